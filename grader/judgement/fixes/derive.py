"""Edits that correct a finding: those of its rule, else what the finding's message, its neighbours or the ideal answer tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from grader.case import Case
from grader.catalogue import Rule
from grader.catalogue.corrections import in_file, item_steps, node_at, scalars, set_value, steps_of, template_of
from grader.judgement.fixes.facts import by_fact
from grader.judgement.fixes.grants import by_grant
from grader.judgement.fixes.ideal_values import by_ideal
from grader.judgement.fixes.keys import by_key
from grader.judgement.fixes.messages import by_message
from grader.judgement.fixes.metrics import by_metric
from grader.judgement.fixes.names import by_name
from grader.judgement.ideal import IdealAnswer
from grader.model import Action, Edit, Finding, Steps
from grader.template import Scalar, Template
from grader.template import Sequence as Items

_SHORT_FORM = re.compile(r"!(GetAtt|Ref|Sub) '?([^'\n]+)'?$")
_ARN = re.compile(r"arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[^\s$]+")
MAX_PLACES = 40  # of a failure that are corrected
Derive = Callable[[Case, Template, Finding], Iterable[Edit]]


def edits_of(
    rule: Rule, findings: Sequence[Finding], case: Case, ideal: IdealAnswer | None = None
) -> list[tuple[Finding, tuple[Edit, ...]]]:
    """Return the findings of a failure that edits are known for, each with its edits.

    A finding at or below the place of an edit of another finding is corrected by that edit.
    """
    found = {}
    for number, finding in enumerate(findings[:MAX_PLACES]):
        try:
            found[number] = tuple(_edits(rule, finding, case, ideal))
        except Exception:  # what a response can hold is endless; the failure is reported, without corrected lines
            found[number] = ()
    found = _without_twins(found)
    known = [edit for edits in found.values() for edit in edits]
    for number, edits in found.items():
        if not edits:
            found[number] = tuple(edit for edit in known if _covers(edit, findings[number], case))[:1]
    return [(findings[number], edits) for number, edits in found.items() if edits]


def _without_twins(found: Mapping[int, tuple[Edit, ...]]) -> dict[int, tuple[Edit, ...]]:
    """Remove a key that would get the same new name as another one beside it."""
    names: dict[tuple[str, Steps, object], Steps] = {}

    def once(edit: Edit) -> Edit:
        first = names.setdefault((edit.file, edit.path[:-1], edit.value), edit.path)
        return edit if first == edit.path else Edit(action=Action.REMOVE, path=edit.path, file=edit.file)

    return {
        number: tuple(once(edit) if edit.action is Action.RENAME else edit for edit in edits)
        for number, edits in found.items()
    }


def _edits(rule: Rule, finding: Finding, case: Case, ideal: IdealAnswer | None) -> list[Edit]:
    template = template_of(case, finding)
    if template is None:
        return []
    if rule.corrections:
        own = rule.corrections(case, finding)
        if own is None:
            return []
        edits = list(own)
    else:
        derive = (_needed(rule), _written, _text, by_message, by_name, by_grant, by_metric, by_key)
        edits = next((found for one in derive if (found := list(one(case, template, finding)))), [])
    if not edits and ideal is not None:
        edits = list(by_ideal(ideal, template, finding))
    if not edits and not rule.corrections:
        edits = list(by_fact(case, template, finding))
    return [in_file(edit, template.file) for edit in edits]


def _needed(rule: Rule) -> Derive:
    """Return the edit that gives the property of a finding the value that its rule needs there."""

    def derive(case: Case, template: Template, finding: Finding) -> Iterable[Edit]:
        value = rule.needed(finding) if rule.needed else None
        steps = steps_of(template, finding) if value is not None and finding.path else None
        if steps and len(steps) > 2:
            yield set_value(steps, value)

    return derive


def _written(case: Case, template: Template, finding: Finding) -> Iterable[Edit]:
    """Return the edit that writes a finding's `needed`, a function such as `!GetAtt Orders.Arn` or an ARN, at its place.

    Where that is a list, it is the item that reads as the finding's `value`.
    """
    needed = finding.facts.get("needed", "")
    match = _SHORT_FORM.match(needed)
    steps = steps_of(template, finding)
    if not steps or (match is None and not _ARN.fullmatch(needed)):
        return
    while len(steps) > 3 and (str(steps[-1]).startswith("Fn::") or steps[-1] == "Ref"):
        steps = steps[:-1]
    place: Steps | None = steps
    if isinstance(node_at(template, steps), Items):
        place = item_steps(case, template, steps, finding.facts.get("value", ""))
    if place is None or node_at(template, place) is None:
        return
    if match is None:
        yield set_value(place, needed)
        return
    name, argument = match.groups()
    key = name if name == "Ref" else f"Fn::{name}"
    yield set_value(place, {key: argument.split(".", 1) if name == "GetAtt" else argument})


def _text(case: Case, template: Template, finding: Finding) -> Iterable[Edit]:
    """Return the edit that writes a finding's `needed` text where its `value` is, where the template spells that out."""
    old, new = finding.facts.get("value", ""), finding.facts.get("needed", "")
    steps = steps_of(template, finding)
    if not old or not new or old == new or not steps or node_at(template, steps) is None:
        return
    for path, node in scalars(template, steps):
        if isinstance(node, Scalar) and isinstance(node.value, str) and old in node.text:
            yield Edit(action=Action.REPLACE, path=path, old=old, value=new)


def _covers(edit: Edit, finding: Finding, case: Case) -> bool:
    """Whether an edit is at the place of a finding, or above it."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    return steps is not None and edit.file == finding.file and steps[: len(edit.path)] == edit.path
