"""The root cause of a failure whose rule wrote none: what in this answer leads there, read from its templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.case import Case
from grader.catalogue.corrections import node_at, steps_of, template_of
from grader.model import Finding
from grader.support.markdown import code, listed
from grader.template import Map, Template, at

MAX_SENTENCES = 2
_NEEDED = re.compile(r"'(\w+)' is a (?:required property|dependency of '(\w+)')")
_ONE_OF = re.compile(r"^(?:Exactly|At least) one of \[(?P<names>[^\]]*)\]")
_UNDEFINED = re.compile(r"^(?P<what>the condition |the mapping )?(?P<name>[\w:]+) is not defined$")
_OF_POLICIES = re.compile(r"(aws|iam|s3|saml|ec2):\w+")


def cause(findings: Sequence[Finding], case: Case) -> str:
    """Return at most two sentences on what leads to the findings; empty where the templates tell nothing of it."""
    sentences: dict[str, None] = {}
    for finding in findings:
        template = template_of(case, finding)
        if template is not None:
            sentences.update(dict.fromkeys(_sentences(template, finding)))
    return " ".join(list(sentences)[:MAX_SENTENCES])


def _sentences(template: Template, finding: Finding) -> Iterator[str]:
    message = finding.facts.get("says", finding.message)
    if needed := _NEEDED.search(message):
        yield from _of_neighbour(template, finding, needed.group(1))
        if needed.group(2):
            yield f"{code(finding.resource)} sets {code(needed.group(2))}, which takes effect only with {code(needed.group(1))}."
    elif one_of := _ONE_OF.match(message):
        yield from _of_choice(template, finding, re.findall(r"'(\w+)'", one_of["names"]))
    elif undefined := _UNDEFINED.match(message):
        yield from _of_name(template, undefined["name"], undefined["what"] or "")


def _of_neighbour(template: Template, finding: Finding, name: str) -> Iterator[str]:
    """Name a resource of the same type that has the property at the same place."""
    steps = steps_of(template, finding) or ()
    for other in template.of_type(finding.type):
        if other.name != finding.resource and at(other.node, *steps[2:], name) is not None:
            yield f"{code(other.name)} (line {other.line}) is of the same type and has {code(name)}; {code(finding.resource)} has not."
            return


def _of_choice(template: Template, finding: Finding, names: Sequence[str]) -> Iterator[str]:
    """Say which of several properties are set, where one has to be."""
    steps = steps_of(template, finding)
    node = node_at(template, steps) if steps else None
    if isinstance(node, Map) and names:
        found = [name for name in names if name in node.values]
        yield f"{code(finding.resource)} sets {listed(found) if found else 'none of ' + listed(names)} there."


def _of_name(template: Template, name: str, what: str) -> Iterator[str]:
    if _OF_POLICIES.fullmatch(name):
        yield f"{code(name)} is a variable of IAM policies; Fn::Sub takes `${{{name}}}` for a name of the template."
        return
    section = {"the condition ": "Conditions", "the mapping ": "Mappings"}.get(what, "")
    if section:
        names = list(template.section(section).values)
        yield (
            f"The {section.lower()} of {code(template.file)} are {listed(names)}."
            if names
            else (f"{code(template.file)} has no {section} section.")
        )
