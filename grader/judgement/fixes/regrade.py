"""A response graded again with edits made: which failures are gone, and what is new. Nothing of the response is executed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType

from grader.bundle import Kind
from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors import builtin, cfn_lint, cloudformation_validate, found_by, plan, policies
from grader.errors import InputError
from grader.model import Finding, Location
from grader.support.engines.registry import EngineError
from grader.template import Call, Resource, Scalar, Template, plain

Key = tuple[str, str, str, str]  # detector, rule, file and resource
_CHEAP = (builtin, plan, policies)
# Whose findings can be looked for again: not those of a dry run, nor what the prompt asks for.
DETECTORS = frozenset(module.NAME for module in (*_CHEAP, cloudformation_validate, cfn_lint))
_KEPT_SECTIONS = (
    "AWSTemplateFormatVersion",
    "Transform",
    "Parameters",
    "Mappings",
    "Conditions",
    "Rules",
    "Globals",
)


@dataclass(frozen=True)
class Regraded:
    """What was found in the edited response: the findings of the detectors that ran, and those that are new."""

    case: Case
    findings: tuple[Finding, ...]
    new: tuple[Finding, ...]


@dataclass(frozen=True)
class Regrader:
    """Grades a response again, as often as edits of it are tried.

    `before` are the findings of the first grading. Of the templates that are edited, the fast engine looks at the resources in
    question and at those that they name: its time grows with the size of a template. `lint` runs cfn-lint, too.
    """

    case: Case
    catalogue: Catalogue
    before: tuple[Finding, ...]
    lint: bool = False
    _counts: Counter[Key] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._counts.update(_counts(self.before))

    def grade(self, edited: Mapping[str, Template], focus: Mapping[str, frozenset[str]]) -> Regraded:
        """Grade the response with templates edited, by file; `focus` names the resources and parameters in question."""
        case = with_templates(self.case, edited)
        findings: list[Finding] = []
        for module in _CHEAP:
            findings += _quietly(module, case, self.catalogue)
        findings += self._of_engine(case, edited, focus)
        if self.lint:
            findings += _quietly(
                cfn_lint, with_files(case, {file: t.text for file, t in edited.items()}), self.catalogue
            )
        unused = [one for file, template in edited.items() for one in self._unused(file, template)]
        return Regraded(case, tuple(findings), (*self._new(findings), *unused))

    def _unused(self, file: str, edited: Template) -> Iterator[Finding]:
        """Yield the mappings and conditions that were in use before, and are not any more."""
        before = next(one for one in self.case.templates if one.file == file)
        for section in ("Mappings", "Conditions"):
            for name in edited.section(section).values:
                if name in before.uses and name not in edited.uses:
                    place = Location(
                        file=file, line=edited.line_of(section, name), resource=name, path=f"{section}.{name}"
                    )
                    message = f"{name} is used nowhere any more"
                    yield Finding(rule="unused-condition", detector=builtin.NAME, location=place, message=message)

    def _of_engine(
        self, case: Case, edited: Mapping[str, Template], focus: Mapping[str, frozenset[str]]
    ) -> Iterator[Finding]:
        parts = {file: part_of(template, focus.get(file, frozenset())) for file, template in edited.items()}
        for finding in _quietly(cloudformation_validate, with_files(case, parts), self.catalogue, confirming=case):
            if finding.resource in focus.get(finding.file, ()):
                yield finding

    def _new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        counts: Counter[Key] = Counter()
        for finding in findings:
            key = _key(finding)
            counts[key] += 1
            if counts[key] > self._counts[key]:
                yield finding


def _counts(findings: Iterable[Finding]) -> Counter[Key]:
    return Counter(_key(finding) for finding in findings)


def _key(finding: Finding) -> Key:
    return finding.detector, finding.rule, finding.file, finding.resource or finding.type


def _quietly(module: ModuleType, case: Case, catalogue: Catalogue, confirming: Case | None = None) -> Iterator[Finding]:
    """Yield what a detector finds. Where it fails, what it did not see is not counted: its errors are of the first grading."""
    try:
        yield from found_by(module, case, catalogue, confirming or case)
    except (EngineError, RuntimeError, InputError):
        return


def with_templates(case: Case, edited: Mapping[str, Template]) -> Case:
    """Return the case with templates in place of those of the same files; the others are not parsed again."""
    files = tuple(
        replace(file, text=edited[file.name].text) if file.name in edited and file.kind is Kind.TEMPLATE else file
        for file in case.bundle.files
    )
    return case.with_bundle(replace(case.bundle, files=files), tuple(edited.values()))


def with_files(case: Case, texts: Mapping[str, str]) -> Case:
    """Return the case of certain files alone, with other texts."""
    files = tuple(replace(file, text=texts[file.name]) for file in case.bundle.files if file.name in texts)
    return Case(case.task, replace(case.bundle, files=files), case.limits)


def part_of(template: Template, names: frozenset[str]) -> str:
    """Return the text of a template with certain resources and outputs alone.

    What these name is there with its type and with the properties that are one value; what those name, with its type.
    """
    owners = names & (template.resources.keys() | template.outputs.keys())
    kept = names & template.resources.keys()
    named = {use.target for use in template.references if use.owner in owners} & template.resources.keys() - kept
    shown: dict[str, object] = {
        name: plain(template.resources[name].node) for name in template.resources if name in kept
    }
    for name in template.resources:
        if name in named:
            properties, below = _simple(template.resources[name])
            shown[name] = {"Type": template.resources[name].type, "Properties": properties}
            for other in below & template.resources.keys() - shown.keys() - named:
                shown[other] = {"Type": template.resources[other].type}
    sections = {name: plain(node) for name in _KEPT_SECTIONS if (node := template.root.get(name)) is not None}
    outputs = {name: plain(node) for name, node in template.outputs.items() if name in names}
    return json.dumps({**sections, "Resources": shown, **({"Outputs": outputs} if outputs else {})}, default=str)


def _simple(resource: Resource) -> tuple[dict[str, object], set[str]]:
    """Return the properties of a resource that are one value or a Ref, and what these refer to."""
    found: dict[str, object] = {}
    below: set[str] = set()
    for key, node in resource.properties.values.items():
        if isinstance(node, Call) and node.name == "Ref" and isinstance(node.argument, Scalar):
            below.add(node.argument.text)
            found[key] = plain(node)
        elif isinstance(node, Scalar):
            found[key] = node.value
    return found, below
