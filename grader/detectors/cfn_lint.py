"""The reference engine: cfn-lint, in a process of its own, its rules loaded once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors.as_deployed import AsDeployed, whole
from grader.detectors.engine_quirks import heard, is_crash
from grader.detectors.remark import Remark
from grader.model import Finding
from grader.plan.parameters import has_slow_pattern
from grader.support.engines.registry import EngineError, EngineLimitError, linter
from grader.support.json_process import ChildEndedError
from grader.support.version import installed
from grader.template import Template

NAME = "cfn-lint"
SECONDS = 60.0  # for all templates of a response; a large one takes about ten
OTHER_VALUES = 3  # each takes as long as the template itself


def version() -> str:
    """Return the version of the installed package."""
    return installed("cfn-lint")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what cfn-lint finds in every template that could be parsed, as findings of the catalogue's rules.

    Raises EngineError at the end for the templates that it could not judge; EngineLimitError where time or memory ran out.
    """
    end = time.monotonic() + SECONDS
    region = case.account.region
    unjudged: list[EngineError] = []
    for template in case.templates:
        ask = partial(_remarks, template, region, end, catalogue.whole_linter)
        scope = case.scopes[template.file]
        try:
            is_slow = has_slow_pattern(template)
            if is_slow:
                unjudged.append(
                    EngineLimitError(f"{template.file}: its patterns are too slow to match; judged without them")
                )
            remarks = whole(scope, ask) if is_slow else ask(template.text)
            deployed = AsDeployed(scope, ask, OTHER_VALUES, region, ask, remarks)
            for remark in remarks:
                if is_crash(remark):
                    unjudged.append(EngineError(f"{template.file}: {remark.message}"))
                    continue
                said = heard(remark, template, region)
                rule = catalogue.of(NAME, said.id) if said else None
                said = deployed.holds(said) if said and rule else None
                if said and rule:
                    yield said.remark.finding(rule.id, NAME, template, template.file, said.level)
        except EngineError as error:
            unjudged.append(error)
    if unjudged:
        limited = any(isinstance(error, EngineLimitError) for error in unjudged)
        raise (EngineLimitError if limited else EngineError)("; ".join(map(str, unjudged)))


def _remarks(
    template: Template, region: str, end: float, whole_linter: bool, text: str, rule: str = ""
) -> list[Remark]:
    """Return what cfn-lint says of a text, or a rule of it that runs alone.

    Raises EngineError where it says nothing, EngineLimitError at the end of its time.
    """
    file, seconds = template.file, end - time.monotonic()
    if seconds <= 0:
        raise EngineLimitError(f"{file}: not judged, {SECONDS:g} seconds were over")
    try:
        answer = linter().ask({"text": text, "region": region, "whole": whole_linter, "rule": rule}, seconds)
    except TimeoutError:
        raise EngineLimitError(f"{file}: took more than {SECONDS:g} seconds and was ended") from None
    except ChildEndedError as error:
        raise EngineLimitError(f"{file}: its process {error}") from None
    if "error" in answer:
        raise EngineError(f"{file}: {answer['error']}")
    return [_remark(match, template) for match in answer["matches"]]


def _remark(match: dict[str, Any], template: Template) -> Remark:
    section, name = [*match["path"], "", ""][:2]
    known = section in ("Resources", "Parameters", "Outputs", "Conditions", "Mappings")
    resource = template.resources.get(name) if section == "Resources" else None
    return Remark(
        id=match["rule"],
        message=match["message"],
        line=match["line"],
        section=section,
        name=name if known else "",
        type=resource.type if resource else "",
        path=".".join(match["path"][2:] if resource else match["path"]),
    )
