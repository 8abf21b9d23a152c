"""Two mechanisms of facts: how a value has to refer to a resource, and what two resources must not share."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.facts.checks import Broken
from grader.facts.clauses import View
from grader.facts.model import Distinct, Refers
from grader.facts.places import Place, earlier, identity, places, reference_of
from grader.plan.schemas import has_attribute


def wrong_reference(refers: Refers, view: View) -> Iterator[Broken]:
    """Report values that are nothing but a reference to a resource, and return another attribute than the service takes.

    An attribute that the type does not have is the failure of another rule.
    """
    region = view.case.account.region
    for place in view.at(refers.at):
        target, attribute = reference_of(place) or (None, "")
        if target is None or target.type not in refers.to or attribute in refers.by:
            continue
        if attribute != "Ref" and not has_attribute(target.type, attribute, region):
            continue
        written = "Ref" if attribute == "Ref" else f"the attribute {attribute}"
        detail = f"{'.'.join(place.path)} is {written} of {target.name} ({target.type})"
        yield Broken(place, detail, needed=refers.write.replace("{}", target.name))


def shared(distinct: Distinct, case: Case, root: Place) -> Iterator[Broken]:
    """Report a resource that has the same values as an earlier resource of its type, where AWS requires others."""
    own = _values(distinct, case, root)
    if own is None:
        return
    for there in earlier(case, root):
        if _values(distinct, case, there) == own:
            other = there.resource
            present = [place for path in distinct.paths for place in places(case, root, path) if not place.is_absent]
            names = " and ".join(place.path[-1] for place in present)
            detail = f"{other.name} has the same {names}" if names else f"{other.name} is of the same type"
            yield Broken(present[-1] if present else root, detail)
            return


def _values(distinct: Distinct, case: Case, root: Place) -> tuple[object, ...] | None:
    """Return what has to differ between two resources; None where that is only known at deployment."""
    found: list[object] = []
    for path in distinct.paths:
        [place] = places(case, root, path)
        value = identity(case, place)
        if value is None and not place.is_absent:
            return None
        found.append(value or ("", distinct.defaults.get(path, "")))
    return tuple(found)
