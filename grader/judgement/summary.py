"""What a set of failures says as a whole: the summary, the knowledge gaps, the training value, the recommendations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.case import Case
from grader.catalogue.categories import CATEGORIES
from grader.model import Failure
from grader.support.markdown import listed
from grader.support.text import series

MAX_GAPS = 5
MAX_RECOMMENDATIONS = 8


def summary(case: Case, failures: Sequence[Failure]) -> str:
    """Describe the response and its most severe failures in two sentences."""
    resources = sum(len(template.resources) for template in case.templates)
    count = len({one.file for one in case.templates} | {one.file for one in case.unread})
    templates = "no template" if not count else "one template" if count == 1 else f"{count} templates"
    services = Counter(
        resource.type.split("::")[1] for _, resource in case.resources() if resource.type.count("::") == 2
    )
    shape = f"The response has {templates}"
    if resources:
        top = [name for name, _ in sorted(services.items(), key=lambda item: (-item[1], item[0]))[:5]]
        shape += f" with {resources} resource{'s' if resources != 1 else ''}" + (
            f", mainly {series(top)}" if top else ""
        )
    if not failures:
        return f"{shape}. No failure was found."
    gravest = [failure for failure in failures if failure.level == failures[0].level]
    titles = "; ".join(failure.title for failure in gravest[:4])
    more = f"; and {len(gravest) - 4} more" if len(gravest) > 4 else ""
    return f"{shape}. {_share(len(gravest), len(failures), failures[0].level)}: {titles}{more}."


def _share(some: int, all: int, level: str) -> str:
    if all == 1:
        return f"The only failure is {level}"
    if some == all:
        return f"All {all} failures are {level}"
    return f"{some} of {all} failures {'are' if some > 1 else 'is'} {level}"


def gaps(failures: Sequence[Failure]) -> tuple[str, ...]:
    """Name the categories that the failures fall into, the most frequent first, each with its failures' numbers."""
    numbers: dict[str, list[int]] = {}
    for failure in failures:
        numbers.setdefault(failure.category, []).append(failure.number)
    ranked = sorted(numbers.items(), key=lambda item: (-len(item[1]), item[1]))
    return tuple(
        f"{_capital(CATEGORIES[category])} (failure{'s' if len(found) > 1 else ''} {', '.join(map(str, found))})"
        for category, found in ranked[:MAX_GAPS]
    )


def training_value(failures: Sequence[Failure], levels: Sequence[str]) -> str:
    """Say how much the response teaches: HIGH, MEDIUM or LOW, and why."""
    if not failures:
        return "LOW - no failure was found; the response is a positive example."
    worst = failures[0]
    share = sum(failure.level == worst.level for failure in failures)
    grade = ("HIGH", "MEDIUM", "LOW")[min(2, list(levels).index(worst.level))]
    kinds = len({failure.category for failure in failures})
    return (
        f"{grade} - {_share(share, len(failures), worst.level)}, in {kinds} area{'s' if kinds > 1 else ''} of knowledge; "
        f"failure {worst.number} ({worst.title}) is the best example."
    )


def recommendations(failures: Sequence[Failure]) -> tuple[str, ...]:
    """Return what to teach, one lesson for each rule that failed, with the resources that show it."""
    lessons: dict[str, list[Failure]] = {}
    for failure in failures:
        lessons.setdefault(failure.lesson, []).append(failure)
    written = []
    for lesson, found in list(lessons.items())[:MAX_RECOMMENDATIONS]:
        shown = [evidence.resource or evidence.file for failure in found for evidence in failure.evidence]
        example = f" Shown by {listed(shown)}." if any(shown) else ""
        written.append(f"{lesson}{example}")
    return tuple(written)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
