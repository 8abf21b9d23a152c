"""The cost line of a failure whose resources are charged while they exist: their list price a month."""

from __future__ import annotations

from collections.abc import Sequence

from grader.case import Case
from grader.catalogue import Rule
from grader.facts.prices import MonthlyCost, monthly_cost
from grader.model import Finding


def priced(rule: Rule, findings: Sequence[Finding], case: Case) -> str:
    """Return a sentence with what the resources of a failure cost a month; empty where a price is not known for one of them."""
    if not rule.is_charged:
        return ""
    places = dict.fromkeys((finding.file, finding.resource) for finding in findings if finding.resource)
    costs = [_cost(case, file, name) for file, name in places]
    known = [cost for cost in costs if cost is not None]
    if not known or len(known) < len(costs):
        return ""
    names = dict.fromkeys(cost.name for cost in known)
    what = (
        f"{len(known)} {next(iter(names))}s"
        if len(names) == 1 and len(known) > 1
        else " and ".join(f"one {name}" for name in names)
    )
    total = sum(cost.dollars for cost in known)
    first = known[0]
    if len(names) > 1 and len(known) > len(names):
        what = f"{len(known)} resources"
    amount = f"${total:,.0f}" if total >= 10 else f"${total:.2f}"
    return f"The list price is about {amount} a month for {what} in {first.region} (price of {first.date}), apart from its use."


def _cost(case: Case, file: str, name: str) -> MonthlyCost | None:
    template = next((one for one in case.templates if one.file == file), None)
    resource = template.resources.get(name) if template else None
    if template is None or resource is None:
        return None
    values = case.scopes[file].value(resource.properties)
    return monthly_cost(resource.type, values if isinstance(values, dict) else {})
