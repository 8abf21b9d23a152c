"""The root cause of a failure whose rule wrote none: what in this answer leads there, read from its templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from grader.case import Case
from grader.case.iam import statements
from grader.catalogue.corrections import node_at, steps_of, template_of
from grader.catalogue.sentences import sets_and_not
from grader.catalogue.unmet import DETECTOR
from grader.model import Finding, Steps
from grader.plan.answer import cut_off, ends_open
from grader.support.markdown import code, listed
from grader.support.text import one_line
from grader.template import Call, Map, Scalar, Template, at, text_of

MAX_SENTENCES = 2
_NEEDED = re.compile(r"'(\w+)' is a (?:required property|dependency of '(\w+)')")
_ONE_OF = re.compile(r"^(?:Exactly|At least) one of \[(?P<names>[^\]]*)\]")
_UNDEFINED = re.compile(r"^(?P<what>the condition |the mapping )?(?P<name>[\w:]+) is not defined$")
# The section that a requirement without a resource is about.
_SECTIONS = {"unmet-output": "Outputs", "unmet-parameter": "Parameters"}
# About what code and roles do.
_OF_CODE = frozenset({"unmet-code", "unmet-monitoring"})
_NO_SECTION = re.compile(r"^has no [A-Z]\w+$")
_AND_NOT = ", and not "
MAX_QUOTED = 80  # characters of a line
_OF_POLICIES = re.compile(r"(aws|iam|s3|saml|ec2):\w+")


def cause(findings: Sequence[Finding], case: Case) -> str:
    """Return at most two sentences on what leads to the findings: what the templates have there, or what the answer has instead."""
    sentences: dict[str, None] = {}
    for finding in findings:
        template = template_of(case, finding)
        if finding.detector == DETECTOR:
            sentences.update(dict.fromkeys(_of_demand(case, template, finding)))
        elif template is not None:
            sentences.update(dict.fromkeys(_sentences(template, finding)))
    return " ".join((_joined(sentences) or [_otherwise(findings, case)])[:MAX_SENTENCES])


def _joined(sentences: Iterable[str]) -> list[str]:
    """Make sentences that differ only in what is not there one."""
    absent: dict[str, list[str]] = {}
    for sentence in sentences:
        start, joint, end = sentence.partition(_AND_NOT)
        absent.setdefault(start, []).extend([end.rstrip(".")] if joint else [])
    return [f"{start}{_AND_NOT}{' or '.join(ends)}." if ends else start for start, ends in absent.items()]


def _otherwise(findings: Sequence[Finding], case: Case) -> str:
    """Say what is at the line of the first finding, or what the answer has, where nothing more is known of the cause."""
    first = findings[0]
    template = template_of(case, first)
    if template is not None and (there := next(_there(template, first), "")):
        return there
    if template is not None and _NO_SECTION.match(first.message):
        return f"The sections of {code(template.file)} are {listed(list(template.root.values))}."
    if first.rule in _OF_CODE and (granted := _granted(case)):
        return granted
    services: dict[str, int] = {}
    for _, one in case.resources():
        service = "::".join(one.type.split("::")[:2])
        services[service] = services.get(service, 0) + 1
    if services:
        most = sorted(services, key=lambda name: -services[name])
        return f"The resources of the templates are of {listed(most)}."
    names = [file.name for file in case.bundle.files]
    return f"The files of the answer are {listed(names)}." if names else "The answer has no files."


def _there(template: Template, finding: Finding) -> Iterator[str]:
    """Yield what the template has at the place of a finding: the value, what the resource sets, or the line."""
    steps, resource = steps_of(template, finding), template.resources.get(finding.resource)
    if resource is not None and steps and len(steps) > 3 and node_at(template, steps) is not None:
        yield from _of_source(template, finding, steps)
    elif resource is not None and resource.properties.values:
        yield f"{code(resource.name)} (line {resource.line}) sets {listed(list(resource.properties.values))}."
    elif finding.resource or finding.path or not template.resources:
        yield from _line(template, finding)


def _line(template: Template, finding: Finding) -> Iterator[str]:
    lines = template.text.split("\n")
    text = one_line(lines[finding.line - 1], MAX_QUOTED) if 0 < finding.line <= len(lines) else ""
    if text:
        yield f"Line {finding.line} of {code(template.file)} is {code(text)}."


def _granted(case: Case) -> str:
    """Say which services' actions the policies of identities and the inline code name in place of what is asked for."""
    prefixes = dict.fromkeys(
        action.partition(":")[0].lower()
        for statement in statements(case)
        for action in statement.actions
        if ":" in action and not action.startswith("$")
    )
    return f"The policies of the templates name actions of {listed(list(prefixes))}." if prefixes else ""


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


def _of_demand(case: Case, template: Template | None, finding: Finding) -> Iterator[str]:
    """Say what in the templates leaves a demand of the prompt unmet."""
    if template is None:
        yield from _of_end(case)
        yield from _of_absence(case, finding)
        return
    if finding.rule in _SECTIONS:
        yield _entries(template, _SECTIONS[finding.rule])
        return
    resource = template.resources.get(finding.resource)
    steps = steps_of(template, finding)
    if resource is None:
        return
    if finding.rule == "unmet-permissions" and (not steps or len(steps) < 4) and finding.line != resource.line:
        yield from _line(template, finding)
    elif not steps or len(steps) < 4:
        yield f"{code(finding.resource)} (line {resource.line}) {finding.message.rstrip('.')}."
    elif node_at(template, steps) is None:
        neighbours = list(_of_neighbour(template, finding, str(steps[-1])))
        yield from neighbours
        if not neighbours:
            names = [name for name in resource.properties.values if name != "Tags"]
            where = f"{code(finding.resource)} (line {resource.line})"
            yield sets_and_not(where, names, _missing(template, steps))
    else:
        yield from _of_source(template, finding, steps)


def _missing(template: Template, steps: Steps) -> str:
    """Return the part of a path below Properties that is missing: as far as the first step that is not there."""
    size = next(size for size in range(3, len(steps) + 1) if node_at(template, steps[:size]) is None)
    return ".".join(map(str, steps[3:size]))


def _of_source(template: Template, finding: Finding, steps: Steps) -> Iterator[str]:
    """Say where a value comes from: a parameter with its default, a mapping, or the line itself."""
    node, path = node_at(template, steps), ".".join(map(str, steps[3:]))
    name = text_of(node.argument) if isinstance(node, Call) and node.name == "Ref" else None
    parameter = template.parameters.get(name) if name else None
    if node is None:
        return
    if parameter is not None:
        default = (
            f"whose default is {code(str(parameter.default))}"
            if parameter.default is not None
            else "which has no default"
        )
        yield f"{code(path)} of {code(finding.resource)} is the parameter {code(parameter.name)}, {default}."
    elif isinstance(node, Scalar):
        yield f"Line {node.line} of {code(template.file)} sets {code(path)} of {code(finding.resource)} to {code(node.text)}."
    else:
        yield f"{code(finding.resource)} {finding.message.rstrip('.')}, at line {node.line} of {code(template.file)}."


def _of_end(case: Case) -> Iterator[str]:
    """Say where an answer or a template is cut off: what is missing may have been meant for the rest."""
    files = [file for file in case.bundle.files if file.detail != "answer"]
    broken_off = next((one for one in case.templates if ends_open(one)), None)
    if cut_off(case) and files:
        lines = files[-1].text.rstrip().split("\n")
        last = code(one_line(lines[-1], MAX_QUOTED))
        yield f"The answer is cut off: line {len(lines)} of {code(files[-1].name)}, its last, is {last}."
    elif broken_off is not None:
        lines = broken_off.text.rstrip().split("\n")
        last = code(one_line(lines[-1], MAX_QUOTED))
        yield f"{code(broken_off.file)} is cut off in its last line, {len(lines)}: {last} has no value."


def _of_absence(case: Case, finding: Finding) -> Iterator[str]:
    """Say what the answer has in place of what is missing: files, entries of a section, or resources of the service."""
    if finding.rule in _SECTIONS:
        yield from (_entries(template, _SECTIONS[finding.rule]) for template in case.templates)
        return
    if finding.rule == "unmet-document":
        names = [file.name for file in case.bundle.files]
        yield (
            f"The files of the answer are {listed(names)}."
            if len(names) > 1
            else f"The answer is the one file {listed(names)}."
        )
        return
    if not finding.type:
        return
    same = [one.name for _, one in case.resources(finding.type)]
    if same:
        yield (
            f"The resources of the type {code(finding.type)} are {listed(same)}."
            if len(same) > 1
            else f"The only resource of the type {code(finding.type)} is {code(same[0])}."
        )
        return
    service = finding.type.rpartition("::")[0]
    kinds = dict.fromkeys(
        one.type for _, one in case.resources() if one.type.startswith(f"{service}::") and one.type != finding.type
    )
    if kinds:
        # What a demand on permissions names is one of several types that could hold them.
        absent = "" if finding.rule == "unmet-permissions" else f"{_AND_NOT}{code(finding.type)}"
        yield f"Of {code(service)}, the templates create {listed(list(kinds))}{absent}."
    elif case.templates:
        count = sum(len(template.resources) for template in case.templates)
        none = f"None of the {count} resources of the templates" if count > 1 else "The only resource of the templates"
        yield f"{none} is {'' if count > 1 else 'not '}of {code(service)}."


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
        yield f"{code(finding.resource)} sets {listed(found) if found else 'none of ' + listed(names)}."


def _of_name(template: Template, name: str, what: str) -> Iterator[str]:
    if _OF_POLICIES.fullmatch(name):
        yield f"{code(name)} is a variable of IAM policies; Fn::Sub takes `${{{name}}}` for a name of the template."
        return
    section = {"the condition ": "Conditions", "the mapping ": "Mappings"}.get(what, "")
    if section:
        yield _entries(template, section)


def _entries(template: Template, section: str) -> str:
    """Say what a section of a template has."""
    names, file = list(template.section(section).values), code(template.file)
    return f"The {section.lower()} of {file} are {listed(names)}." if names else f"{file} has no {section} section."
