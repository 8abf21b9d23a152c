"""Detectors: anything that finds. Each is one adapter that turns what it sees into findings of the catalogue's rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from types import ModuleType

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors import builtin, cfn_lint, cloudformation_validate, plan, policies
from grader.errors import GradeError
from grader.model import Finding
from grader.support.text import error_line

Detect = Callable[[Case, Catalogue], Iterable[Finding]]
_ENGINES = (cloudformation_validate, cfn_lint)


@dataclass(frozen=True, slots=True)
class Detection:
    """What one detector found, how long it took in seconds, and what it could not judge."""

    name: str
    version: str
    findings: tuple[Finding, ...]
    seconds: float
    errors: tuple[str, ...] = ()


def detectors(fast: bool = False) -> tuple[ModuleType, ...]:
    """Return the detectors of a run: `fast` leaves cfn-lint out."""
    ours = (builtin, plan, cloudformation_validate, policies)
    return ours if fast else (*ours, cfn_lint)


def detect(case: Case, catalogue: Catalogue, fast: bool = False) -> tuple[Detection, ...]:
    """Run the detectors on a case.

    The engines are processes: they run beside the others. Where this is interrupted, nobody waits for them.
    """
    return _detections(detectors(fast), case, catalogue)


def look_for(rules: Collection[str], case: Case, catalogue: Catalogue) -> tuple[Detection, ...]:
    """Run the detectors, cfn-lint aside, that can report some rules, and report these alone."""
    only = catalogue.only(rules)
    return _detections([one for one in detectors(fast=True) if only.hears(one.NAME)], case, only)


def _detections(chosen: Sequence[ModuleType], case: Case, catalogue: Catalogue) -> tuple[Detection, ...]:
    beside = {one: _beside(one, case, catalogue) for one in chosen if one in _ENGINES}
    here = {one: _run(one, case, catalogue) for one in chosen if one not in _ENGINES}
    return tuple(beside[one].result() if one in beside else here[one] for one in chosen)


def _beside(module: ModuleType, case: Case, catalogue: Catalogue) -> Future[Detection]:
    """Run a detector in a thread that does not keep this process from ending."""
    future: Future[Detection] = Future()

    def run() -> None:
        try:
            future.set_result(_run(module, case, catalogue))
        except BaseException as error:  # it belongs to the caller that waits for the future
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def found_by(module: ModuleType, case: Case, catalogue: Catalogue, whole: Case | None = None) -> Iterator[Finding]:
    """Yield what a detector finds in a case and its rules confirm; `whole` is the case that they look at, where `case` is a part.

    Raises what the detector raises; RuntimeError, at the end, for findings that a rule crashed on.
    """
    unconfirmed: list[str] = []
    for finding in module.detect(case, catalogue):
        rule = catalogue.rules.get(finding.rule)
        try:
            confirmed = rule.confirmed(whole or case, finding) if rule else finding
        except GradeError:
            raise
        except Exception as error:  # a rule's fault must not hide what comes after it
            unconfirmed.append(f"rule {finding.rule}: {error_line(error)}")
            continue
        if confirmed:
            yield confirmed
    if unconfirmed:
        raise RuntimeError("; ".join(dict.fromkeys(unconfirmed)))


def _run(module: ModuleType, case: Case, catalogue: Catalogue) -> Detection:
    start = time.perf_counter()
    findings: list[Finding] = []
    errors: list[str] = []
    try:
        findings.extend(found_by(module, case, catalogue))
    except GradeError:  # a user's own rule that cannot be used, or a response over a limit
        raise
    except Exception as error:  # a detector's crash must not lose the findings of the others
        errors.append(error_line(error))
    seconds = time.perf_counter() - start
    return Detection(module.NAME, module.version(), tuple(findings), seconds, tuple(errors))
