"""Detectors: anything that finds. Each is one adapter that turns what it sees into findings of the catalogue's rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType

from grader.case import Case
from grader.detectors import cfn_lint, cloudformation_validate, ideal, own, plan, policies
from grader.errors import InputError
from grader.finding import Finding
from grader.rule import Catalogue

Detect = Callable[[Case, Catalogue], Iterable[Finding]]


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
    ours = (own, plan, cloudformation_validate, ideal, policies)
    return ours if fast else (*ours, cfn_lint)


def detect(case: Case, catalogue: Catalogue, fast: bool = False) -> tuple[Detection, ...]:
    """Run the detectors on a case.

    The fast engine is native code that leaves Python's lock alone, so it runs beside the others.
    """
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(_run, cloudformation_validate, case, catalogue)
        rest = [_run(module, case, catalogue) for module in detectors(fast) if module is not cloudformation_validate]
        return (*rest[:2], beside.result(), *rest[2:])


def _run(module: ModuleType, case: Case, catalogue: Catalogue) -> Detection:
    start = time.perf_counter()
    findings: list[Finding] = []
    errors: list[str] = []
    try:
        for finding in module.detect(case, catalogue):
            findings.append(finding)
    except InputError:  # a user's own rule, not the response
        raise
    except Exception as error:  # a detector's crash must not lose the findings of the others
        errors.append(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
    seconds = time.perf_counter() - start
    return Detection(module.NAME, module.version(), tuple(findings), seconds, tuple(errors))
