"""Rules: named kinds of failure, one file each, found by discovery."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.case import Case
from grader.model import Edit, Finding, Located, Location
from grader.template import Resource, Template

DETECTOR = "rules"
MARK = "# finds"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding(Located):
    """What a rule's own check reports, before the rule's id makes it a finding."""


Check = Callable[[Case], Iterable[RuleFinding]]
Confirm = Callable[[Case, Finding], Finding | None]
Corrections = Callable[[Case, Finding], Iterable[Edit] | None]  # None: no lines, whatever the ideal answer has


@dataclass(frozen=True, slots=True)
class Example:
    """A small response. Lines of its files that end in `# finds` are where the rule must report; no others."""

    files: Mapping[str, str]
    prompt: str = "Write a CloudFormation template."
    event: Mapping[str, str] = field(default_factory=dict)


def example(
    text: str,
    prompt: str = "Write a CloudFormation template.",
    event: Mapping[str, str] | None = None,
) -> Example:
    """Make an example of a text: one template, or several files, each after a line `=== name`.

    `event` is what AWS says of it in a dry run, as DescribeEvents gives it.
    """
    return Example(_files(text), prompt, event or {})


def _files(text: str) -> dict[str, str]:
    files: dict[str, list[str]] = {}
    current = files.setdefault("template.yml", [])
    for line in text.strip("\n").split("\n"):
        if line.startswith("=== "):
            current = files.setdefault(line[4:].strip(), [])
        else:
            current.append(line)
    return {name: "\n".join(lines) + "\n" for name, lines in files.items() if any(lines)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A named kind of failure: what it is, how it is explained, and what detects it.

    The narrative fields are templates: `{name}` is filled from the findings' facts (see grader.judgement.narrative).
    `stands_for` names findings of other detectors as `detector:id`, with `*` and `?` for families of ids; the most
    specific pattern of the catalogue wins. `check` is the rule's own check, None where only other detectors see it.
    `yields_to` names rules whose failure at the same place makes this one redundant. `level` is what happens, whatever the
    ideal answer does. `is_choice` marks a matter of choice: where the ideal answer does the same, it is Medium at most.
    `forgiven` tells that it is not a failure where the ideal answer does the same, unless AWS refuses it: what ages, and style.
    The impact texts (`cost`, `security`, `performance`) are empty where there is nothing to say.
    `aws_behaviour` says in a sentence what AWS does with it, which decides the level; its source is `reference`.
    `subject` is the folder of grader.rules that the rule is in; the catalogue sets it.
    `former_ids` are ids that the rule had before; rubrics may still use them.
    `needed` returns the value that belongs at the path of a finding, None where it cannot tell. `corrections` returns the edits
    that correct a finding where that takes more than a value, none where it cannot tell. The fix shows them, once graded.
    `is_charged` tells that the resources of a finding cost money while the failure lasts: the cost line gives their list price.
    `confirm` tests what another detector found: it returns the finding, with another level or more facts where these
    depend on the case, or None where the rule's own condition does not hold as deployed or the prompt orders what was found.
    """

    id: str
    kind: str
    level: str
    category: str
    title: str
    issue: str
    fix: str
    root_cause: str
    lesson: str
    fails: tuple[Example, ...]
    passes: tuple[Example, ...]
    reference: str = ""
    cost: str = ""
    security: str = ""
    performance: str = ""
    stands_for: tuple[str, ...] = ()
    check: Check | None = None
    yields_to: tuple[str, ...] = ()
    forgiven: bool = False
    engine: str = "cloudformation-validate"
    needed: Callable[[Finding], object] | None = None
    former_ids: tuple[str, ...] = ()
    is_choice: bool = False
    aws_behaviour: str = ""
    subject: str = ""
    confirm: Confirm | None = None
    corrections: Corrections | None = None
    is_charged: bool = False

    def findings(self, case: Case) -> Iterator[Finding]:
        """Run the rule's own check on a case."""
        for found in self.check(case) if self.check else ():
            yield Finding(
                rule=self.id,
                detector=DETECTOR,
                location=found.location,
                message=found.message,
                facts=found.facts,
                level=found.level,
            )

    def confirmed(self, case: Case, finding: Finding) -> Finding | None:
        """Return a finding as the rule reports it, None where the rule does not confirm what another detector found."""
        return finding if self.confirm is None or finding.detector == DETECTOR else self.confirm(case, finding)


def at_property(
    template: Template, resource: Resource, path: str, message: str, *, level: str = "", **facts: str
) -> RuleFinding:
    """Report a property of a resource, given as a dotted path below `Properties`.

    Where the property is not set, the line is that of its nearest ancestor in the template; an empty path is the resource.
    """
    location = Location(
        file=template.file,
        line=resource.line_of(path) if path else resource.line,
        resource=resource.name,
        type=resource.type,
        path=f"Properties.{path}" if path else "",
    )
    return RuleFinding(location=location, message=message, facts=facts, level=level)


def from_problem(problem: Located) -> RuleFinding:
    """Report a problem of the offline plan."""
    return RuleFinding(location=problem.location, message=problem.message, facts=problem.facts, level=problem.level)
