"""What is wrong with the structure of a template, in plain words, and what corrects it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from grader.case import Case
from grader.catalogue import RuleFinding
from grader.catalogue.corrections import template_of
from grader.model import Finding, Location
from grader.plan.answer import AnswerKind, has_macro, kind_of
from grader.rules._shared import with_facts
from grader.support.markdown import code, listed
from grader.support.text import series
from grader.template import AnyNode, Call, Map, Scalar, Sequence, Template, at
from grader.template.edits import SECTIONS

MAX_QUOTED = 80  # characters of a line

_EMPTY = re.compile(r"^\w+ section must be an object, got null")
_Match = re.Match[str]
_NO_RESOURCE = "the template has no resource"  # the plan's message
# Forms of an engine's and the plan's messages: the clause that says the same, and the sentence that corrects it.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[_Match], str], Callable[[_Match], str]], ...] = (
    (
        re.compile(rf"^{_NO_RESOURCE}$"),
        lambda _: "the template defines no resources",
        lambda _: "Define at least one resource under `Resources`.",
    ),
    (
        re.compile(r"^(\w+) section must be an object, got (.+)"),
        lambda found: (
            f"the section {code(found[1])} is {found[2]}, and CloudFormation accepts only a mapping of names to entries"
        ),
        lambda found: f"Write each entry of {code(found[1])} under a name of its own.",
    ),
    (
        re.compile(r"^(Parameter|Output|Mapping|Condition|Resource) '(\w+)': None is not of type"),
        lambda found: f"the {found[1].lower()} {code(found[2])} is empty",
        lambda found: f"Define {code(found[2])}, or remove it.",
    ),
    (
        re.compile(r"^Resource '(\w+)' property '(\w+)' must be a string"),
        lambda found: f"the attribute {code(found[2])} of {code(found[1])} is not a name",
        lambda found: (
            f"Define the condition under `Conditions`, and write its name as {code('Condition')} of {code(found[1])}."
            if found[2] == "Condition"
            else f"Write {code(found[2])} of {code(found[1])} as a text."
        ),
    ),
    (
        re.compile(r"^Parameter '(\w+)': Default must be a string"),
        lambda found: f"`Default` of the parameter {code(found[1])} is a mapping or a list",
        lambda found: f"Write a literal text as `Default` of {code(found[1])}: parameters do not accept functions.",
    ),
    (
        re.compile(r"^Resource '(\w+)' has invalid property '(\w+)'"),
        lambda found: f"{code(found[1])} has {code(found[2])}, which is not an attribute of resources",
        lambda found: f"Move {code(found[2])} below `Properties` of {code(found[1])}, or remove it.",
    ),
    (
        re.compile(r"^(\w+) is not a section of a template"),
        lambda found: f"{code(found[1])} at the top level is not a section of a template",
        lambda found: f"Remove {code(found[1])} from the top level, or move it into `Metadata`.",
    ),
    (
        re.compile(r"^has no Type$"),
        lambda _: "{resource} has no `Type`",
        lambda _: "Add `Type` to {resource}.",
    ),
)


_WITHOUT_RESOURCES = re.compile(r"^Resources section must exist")  # the plan reports it, too


def computed_mappings(case: Case) -> Iterator[RuleFinding]:
    """Report values of mappings that are a function or a mapping; a macro may replace them.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html
    """
    for template in case.templates:
        maps = {} if has_macro(template) else template.section("Mappings").values
        for name, outer in maps.items():
            for path, node in _second_level(outer):
                what = _not_literal(node)
                if what:
                    yield _computed(template.file, node.line, name, path, what)


def _computed(file: str, line: int, name: str, path: str, what: str) -> RuleFinding:
    says = f"{code(path)} of the mapping {code(name)} is {what}, and a mapping takes only literal values"
    return RuleFinding(
        location=Location(file=file, line=line, resource=name, path=f"Mappings.{name}.{path}"),
        message=f"the mapping {name} has {what} at {path}",
        facts={
            "says": says,
            "plain": f"{says} (line {line})",
            "because": f"CloudFormation does not evaluate functions in `Mappings`, and reads two levels of keys below {code(name)}.",
            "remedy": f"Write a literal at {code(path)} of {code(name)}, or compute the value where it is used.",
        },
    )


def _second_level(mapping: AnyNode) -> Iterator[tuple[str, AnyNode]]:
    for key, inner in mapping.values.items() if isinstance(mapping, Map) else ():
        for second, value in inner.values.items() if isinstance(inner, Map) else ():
            yield f"{key}.{second}", value


def _not_literal(node: AnyNode) -> str:
    """Say what a value of a mapping is where it is neither a literal nor a list; empty where it is."""
    if isinstance(node, Call):
        return "" if node.name == "Fn::Transform" else f"the function {code(node.name)}"
    if isinstance(node, Sequence):
        return next((what for one in node.items if (what := _not_literal(one))), "")
    return "a mapping of a third level" if isinstance(node, Map) and node.values else ""


def structure(case: Case, finding: Finding) -> Finding | None:
    """Say of a fault in the structure what it is, what the template has there, and what corrects it."""
    if _WITHOUT_RESOURCES.search(finding.message):
        return None
    if finding.message == _NO_RESOURCE and kind_of(case) is AnswerKind.INERT:
        return None  # nothing-created reports it
    facts = {"because": _because(case, finding)}
    template = template_of(case, finding)
    empty = _empty_sections(template) if template and _EMPTY.search(finding.message) else {}
    if empty:
        return with_facts(finding, **_of_outline(template, empty)) if template else None
    for pattern, clause, remedy in _FORMS:
        found = pattern.search(finding.message)
        if found:
            name = code(finding.resource)
            facts["plain"] = clause(found).replace("{resource}", name) + f" (line {finding.line})"
            facts["remedy"] = remedy(found).replace("{resource}", name)
            break
    else:
        facts["remedy"] = f"Correct line {finding.line} of {code(finding.file)}."
    return with_facts(finding, **facts)


def _empty_sections(template: Template) -> dict[str, int]:
    """Return the sections that have a key and no value, with the lines of their keys."""
    return {
        name: template.root.keys[name].line
        for name, node in template.root.values.items()
        if name in SECTIONS and isinstance(node, Scalar) and node.value is None
    }


def _of_outline(template: Template, empty: Mapping[str, int]) -> dict[str, str]:
    """Say once which sections are empty, and what each of them requires."""
    names = [code(name) for name in empty]
    lines = "line" if len(empty) == 1 else "lines"
    numbers = series([str(line) for line in empty.values()])
    is_one = len(empty) == 1
    others = [code(name) for name in empty if name != "Resources"]
    remedies = ["Define at least one resource under `Resources`."] if "Resources" in empty else []
    if others:
        each = "the entries that it is for" if len(others) == 1 else "the entries that they are for"
        remedies.append(f"Remove the key{'' if len(others) == 1 else 's'} {series(others)}, or add {each}.")
    full = [name for name in template.root.values if name in SECTIONS and name not in empty]
    rest = (
        f"Of its sections, only {listed(full)} {'has' if len(full) == 1 else 'have'} entries."
        if full
        else "None of its sections has entries."
    )
    return {
        "plain": f"the section{'' if is_one else 's'} {series(names)} {'is' if is_one else 'are'} empty ({lines} {numbers})",
        "says": ", ".join(empty),
        "remedy": " ".join(remedies),
        "because": f"{code(template.file)} has the key{'' if is_one else 's'} {series(names)} without a value. {rest}",
    }


def _because(case: Case, finding: Finding) -> str:
    """Say what the template has at the place."""
    template = template_of(case, finding)
    attribute = re.search(r"^Resource '(\w+)' property '(\w+)'|^Parameter '(\w+)': (Default)", finding.message)
    owner, key = (attribute[1] or attribute[3], attribute[2] or attribute[4]) if attribute else ("", "")
    node = (
        at(template.root, "Parameters" if key == "Default" else "Resources", owner, key) if template and key else None
    )
    if isinstance(node, Call | Map | Sequence):
        name = f"!{node.name.removeprefix('Fn::')}" if isinstance(node, Call) else ""
        kind = f"the function {code(name)}" if name else "a mapping" if isinstance(node, Map) else "a list"
        return f"{code(key)} of {code(owner)} is written as {kind}."
    extra = re.search(r"^Resource '(\w+)' has invalid property '(\w+)'", finding.message)
    entry = at(template.root, "Resources", extra[1]) if template and extra else None
    if isinstance(entry, Map) and extra:
        return f"{code(extra[1])} has {listed([name for name in entry.values if name != extra[2]])} beside {code(extra[2])}."
    if template is not None and not finding.resource and re.search(r"section|no resource", finding.message):
        return f"At its top level, {code(finding.file)} has {listed(list(template.root.values))}."
    lines = template.text.split("\n") if template else []
    text = " ".join(lines[finding.line - 1].split())[:MAX_QUOTED] if 0 < finding.line <= len(lines) else ""
    return f"Line {finding.line} of {code(finding.file)} is {code(text)}." if text else ""
