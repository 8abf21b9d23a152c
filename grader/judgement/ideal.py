"""The ideal answer beside the failures: does it do the same, and what has it instead?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors import look_for
from grader.diff import Difference
from grader.diff.counterpart import counterpart, differs
from grader.diff.quote import quote
from grader.model import Finding


class Standing(StrEnum):
    """What the ideal answer says of a finding."""

    SHARED = "shared"  # the rule finds the same in the ideal
    OTHERWISE = "otherwise"  # the ideal has something else there, and the rule finds nothing in it
    OPEN = "open"  # the ideal says nothing of it, or there is none


@dataclass(frozen=True)
class IdealAnswer:
    """The ideal answer, judged by the rules that the response breaks: `reported` are their ids."""

    difference: Difference
    catalogue: Catalogue
    reported: frozenset[str]

    def standing(self, finding: Finding) -> Standing:
        """Return whether a rule that reports a finding reports the same at its counterpart in the ideal answer.

        What a document leaves out, and what has no counterpart, is open.
        """
        twin = counterpart(finding, self.difference)
        rule = self.catalogue.rules[finding.rule]
        if twin is None or rule.category == "documentation":
            return Standing.OPEN
        paths = self._found.get((finding.rule, *twin))
        if paths is not None:
            worse = rule.forgiven and differs(
                finding, self.difference
            )  # an older version than the ideal's, for instance
            return Standing.SHARED if finding.location.property in paths and not worse else Standing.OPEN
        if finding.detector == "cfn-lint":  # too slow to run on the ideal as well
            return Standing.OPEN if differs(finding, self.difference) else Standing.SHARED
        otherwise = self.difference.is_revision and differs(finding, self.difference)
        return Standing.OTHERWISE if otherwise else Standing.OPEN

    def lines(self, findings: Sequence[Finding]) -> str:
        """Return markdown that quotes what the ideal has at the first finding where it does otherwise; empty without one."""
        otherwise = (one for one in findings if self.standing(one) is Standing.OTHERWISE)
        return next((text for one in otherwise if (text := quote(one, self.difference))), "")

    @cached_property
    def _found(self) -> dict[tuple[str, str, str], set[str]]:
        """The property paths that each rule reports in the ideal answer, by rule, file and resource."""
        found: dict[tuple[str, str, str], set[str]] = {}
        for detection in look_for(self.reported, self.difference.right.case, self.catalogue):
            for one in detection.findings:
                found.setdefault((one.rule, one.file, one.resource), set()).add(one.location.property)
        return found


def own_standing(case: Case, catalogue: Catalogue) -> Callable[[Finding], Standing]:
    """Return the standing of findings where the response is the task's ideal answer: what it has, the ideal has as well.

    So an answer that repeats the ideal scores what the ideal scores. What a document leaves out is open, as it is beside the ideal.
    """
    there = {(one.file, name) for one in case.templates for name in (*one.resources, *one.parameters)}

    def standing(finding: Finding) -> Standing:
        is_shared = (
            finding.file,
            finding.resource,
        ) in there and catalogue.rules[finding.rule].category != "documentation"
        return Standing.SHARED if is_shared else Standing.OPEN

    return standing
