"""What a task demands: Guard rules in `requirements.guard`, and in `task.yaml` what Guard cannot say.

Each requirement is a rule of the catalogue while its task is graded. What does not meet it is a failure that adds nothing to
the penalty, and the result lists every requirement with its standing.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from grader.bundle import Kind
from grader.case import Case
from grader.catalogue import Catalogue, Rule, RuleFinding, UserRules, read_policy
from grader.errors import GradeError, InputError
from grader.judgement.rubric import Rubric
from grader.model import (
    Finding,
    JudgedRequirement,
    Location,
    Requirement,
    RequirementSource,
    RequirementStanding,
)
from grader.task import GUARD_FILE, PROMPT, Task, asked_at, load_task
from grader.task.requirement_fields import Mention, RequirementFile, ResourceCount
from grader.template import text_of


def requirements_of(task: Task) -> UserRules:
    """Return the requirements of a task: those declared in task.yaml, then those of its `requirements.guard`.

    Raises InputError for a Guard file that cannot be read and for an id that is used twice.
    """
    folder = task.folder or Path()
    rules = [_rule(one, folder / "task.yaml") for one in task.requirements]
    path = folder / GUARD_FILE
    found, policy = read_policy(path) if task.folder and path.is_file() else ([], None)
    rules += found
    names = [rule.id for rule in rules]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InputError(f"two requirements have the id {twice}", path if policy else folder / "task.yaml")
    return UserRules(tuple(rules), (policy,) if policy else ())


def requirement_ids(folders: Iterable[Path]) -> frozenset[str]:
    """Return the ids of the requirements of tasks; a task that cannot be read has none."""
    found: set[str] = set()
    for folder in folders:
        with suppress(GradeError, OSError):
            found.update(rule.id for rule in requirements_of(load_task(folder)).rules)
    return frozenset(found)


def with_requirements(catalogue: Catalogue, requirements: UserRules, folder: Path | None) -> Catalogue:
    """Return a catalogue with a task's requirements added. Raises InputError where one has the id of a rule."""
    if not requirements.rules:
        return catalogue
    for rule in requirements.rules:
        if rule.id in catalogue.rules:
            raise InputError(f"the requirement {rule.id} has the id of a rule: give it another", folder or "")
    rules = dict(catalogue.rules) | {rule.id: rule for rule in requirements.rules}
    policies = (*catalogue.policies, *requirements.policies)
    return Catalogue(dict(sorted(rules.items())), policies, requirements.rules)


def judged_of_task(case: Case, catalogue: Catalogue, findings: Sequence[Finding]) -> tuple[JudgedRequirement, ...]:
    """Return the requirements that the task's author wrote, each with its standing and the places where it is not met."""
    asks = {one.id: one.asks for one in case.task.requirements}
    asks |= {rule.name: rule.asks for policy in catalogue.policies for rule in policy.rules}
    return tuple(_judged(rule, _words(rule, asks), case, findings) for rule in catalogue.demanded)


def _words(rule: Rule, asks: Mapping[str, str | None]) -> str:
    names = (rule.id, *(name.partition(":")[2] for name in rule.stands_for))
    return next((words for name in names if (words := asks.get(name))), "")


def _judged(rule: Rule, words: str, case: Case, findings: Sequence[Finding]) -> JudgedRequirement:
    evidence = tuple(one for one in findings if one.rule == rule.id)
    types = tuple(dict.fromkeys(one.type for one in evidence if one.type))
    asked = Requirement(
        id=rule.id,
        source=RequirementSource.AUTHOR,
        line=asked_at(case.task.prompt, words) if words else 0,
        quote=words,
        about=_ABOUT.get(rule.kind, "value"),
        types=types,
        level=rule.level,
        title=rule.title,
    )
    standing = RequirementStanding.UNMET if evidence else RequirementStanding.MET
    return JudgedRequirement(
        requirement=asked, standing=standing, evidence=evidence, reason=evidence[0].message if evidence else ""
    )


_ABOUT = {
    "missing-resource": "resource",
    "missing-output": "output",
    "missing-tags": "tag",
    "docs-incomplete": "document",
}


def delivered(requirements: Sequence[JudgedRequirement], rubric: Rubric) -> float:
    """Return the share of the judged requirements that are met, weighted as their levels are; 1 where none was judged.

    What cannot be judged because the answer hides a part of itself is not met. Requirements that failures decide, such as that
    the templates deploy, count once: the same failures decide all of them.
    """
    judged = [one for one in requirements if one.standing is not RequirementStanding.UNJUDGED or one.is_unseen]
    decided = [one for one in judged if one.decided_by]
    once = min(decided, key=lambda one: one.standing is RequirementStanding.MET, default=None)
    judged = [one for one in judged if not one.decided_by or one is once]
    weights = [rubric.weight(rubric.named(one.requirement.level)) for one in judged]
    met = [w for w, one in zip(weights, judged, strict=True) if one.standing is RequirementStanding.MET]
    return round(sum(met) / sum(weights), 4) if judged else 1.0


def _rule(one: RequirementFile, where: Path) -> Rule:
    check = _check(one, where)
    title = one.title or one.id.replace("-", " ").capitalize()
    return Rule(
        id=one.id,
        kind=one.kind,
        level=one.level,
        category="requirements",
        title=title,
        issue=one.issue or "A requirement of the task is not met: {says}.",
        fix=one.fix,
        root_cause="The response was not compared with this requirement of the task.",
        lesson="Hold the answer against each requirement of the task.",
        check=check,
        fails=(),
        passes=(),
    )


def _check(one: RequirementFile, where: Path) -> Callable[[Case], Iterator[RuleFinding]]:
    patterns = [_pattern(text, where) for text in one.document.says] if one.document else []

    def check(case: Case) -> Iterator[RuleFinding]:
        found = _unmet(one, patterns, case)
        if found:
            message, type = found
            line = asked_at(case.task.prompt, one.asks)
            yield RuleFinding(
                location=Location(file=PROMPT, line=line, type=type),
                message=message,
                facts={"says": message, "value": message},
            )

    return check


def _pattern(text: str, where: Path) -> re.Pattern[str]:
    try:
        return re.compile(text, re.I)
    except re.error as error:
        raise InputError(f"{text!r} is no regular expression: {error}", where) from None


def _unmet(one: RequirementFile, patterns: list[re.Pattern[str]], case: Case) -> tuple[str, str] | None:
    """Return what is not met, and the type that it is about; None where the requirement is met."""
    if one.resources:
        return _count(one.resources, case)
    if one.document:
        return _documents(one.document, patterns, case)
    if one.file and not any(fnmatch.fnmatchcase(file.name, one.file) for file in case.bundle.files):
        return f"there is no file {one.file}", ""
    if one.parameter and not any(one.parameter in template.parameters for template in case.templates):
        return f"no template has the parameter {one.parameter}", ""
    if one.output and not any(one.output in template.outputs for template in case.templates):
        return f"no template has the output {one.output}", ""
    return None


def _count(wanted: ResourceCount, case: Case) -> tuple[str, str] | None:
    """Count the resources that would be created."""
    number = sum(
        case.scopes[template.file].exists(resource) is not False
        and fnmatch.fnmatchcase(resource.type, wanted.type)
        and all(text_of(resource.get(path)) == value for path, value in wanted.properties.items())
        for template in case.templates
        for resource in template.resources.values()
    )
    such = "".join(f", {path} {value}" for path, value in wanted.properties.items())
    if number < wanted.at_least:
        asked = f"{wanted.at_least} resource{'s' if wanted.at_least > 1 else ''} of type {wanted.type}{such}"
        return f"the task asks for {asked}, and the response has {number or 'none'}", wanted.type
    if wanted.at_most is not None and number > wanted.at_most:
        asked = f"at most {wanted.at_most} resource{'s' if wanted.at_most != 1 else ''} of type {wanted.type}{such}"
        return f"the task asks for {asked}, and the response has {number}", wanted.type
    return None


def _documents(wanted: Mention, patterns: list[re.Pattern[str]], case: Case) -> tuple[str, str] | None:
    files = [f for f in case.bundle.of_kind(Kind.DOCUMENT) if fnmatch.fnmatchcase(f.name, wanted.file)]
    if not files:
        return f"there is no document {wanted.file}", ""
    silent = [text.pattern for text in patterns if not any(text.search(file.text) for file in files)]
    return (f"no document {wanted.file} says {silent[0]}", "") if silent else None
