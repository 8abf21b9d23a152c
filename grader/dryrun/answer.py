"""What AWS answered: findings, and what could not be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.model import Finding

NAME = "aws"

# What each call looks at, by rule: where it finds nothing wrong, a static finding of these rules is contradicted.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
VALIDATED = frozenset({"template-syntax", "template-structure", "undefined-reference"})
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
PLANNED = VALIDATED | frozenset(
    "circular-dependency import-missing invalid-getatt invalid-intrinsic invalid-property invalid-resource-type "
    "missing-required-property nested-template-location parameter-value parameter-without-default wrong-value-type".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: a template, the call, and what came of it (`ok`, `refused`, `not asked` or `no answer`), with why."""

    file: str
    call: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dry run brought: its account and region, each question, the findings, and the time in seconds."""

    mode: str
    account: str
    region: str
    asked: tuple[Asked, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def errors(self) -> tuple[str, ...]:
        """What could not be asked or cleaned up: errors of the run, not of the response."""
        silent = [one for one in self.asked if one.outcome in ("not asked", "no answer")]
        return (*(f"{one.call} {one.file}: {one.outcome}: {one.reason}" for one in silent), *self.notes)

    def says(self, rule: str, findings: tuple[Finding, ...]) -> str:
        """Return `confirmed` where AWS found the same, `contradicted` where it looked for it and found nothing, else ''."""
        if any(finding.detector == NAME for finding in findings):
            return "confirmed" if any(finding.detector != NAME for finding in findings) else ""
        looked = VALIDATED if self.mode == "validate" else PLANNED
        fine = {one.file for one in self.asked if one.outcome == "ok"}
        contradicted = rule in looked and all(finding.file in fine for finding in findings)
        return "contradicted" if contradicted else ""

    def to_dict(self) -> dict[str, Any]:
        """Return what result.json holds of it; nothing in it differs from run to run."""
        asked = [{"file": a.file, "call": a.call, "outcome": a.outcome, "reason": a.reason} for a in self.asked]
        return {"mode": self.mode, "account": self.account, "region": self.region, "asked": asked}
