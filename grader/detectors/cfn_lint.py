"""The reference engine: cfn-lint, in a process of its own, its rules loaded once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors.engine_quirks import GETATT, is_attribute, is_generated, is_major_version, target_of
from grader.model import Finding, Location
from grader.support.engines.registry import EngineError, EngineLimitError, linter
from grader.support.json_process import ChildEndedError
from grader.support.version import installed
from grader.template import Template

NAME = "cfn-lint"
CRASHED = "E0002"  # a rule of cfn-lint that failed, not the template
SECONDS = 60.0  # for all templates of a response; a large one takes about ten


def version() -> str:
    """Return the version of the installed package."""
    return installed("cfn-lint")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what cfn-lint finds in every template that could be parsed, as findings of the catalogue's rules.

    Raises EngineError at the end for the templates that it could not judge; EngineLimitError where time or memory ran out.
    """
    end = time.monotonic() + SECONDS
    unjudged: list[EngineError] = []
    for template in case.templates:
        try:
            matches = _matches(template, case.account.region, end - time.monotonic())
        except EngineError as error:
            unjudged.append(error)
            continue
        for match in matches:
            path, message = match["path"], match["message"]
            if match["rule"] == CRASHED:
                unjudged.append(EngineError(f"{template.file}: {message}"))
                continue
            rule = catalogue.of(NAME, GETATT if is_attribute(".".join(path), message) else match["rule"])
            doubtful = is_major_version(message) or is_generated(message, template)
            if rule is not None and not doubtful:
                yield _finding(match, rule.id, template)
    if unjudged:
        limited = any(isinstance(error, EngineLimitError) for error in unjudged)
        raise (EngineLimitError if limited else EngineError)("; ".join(map(str, unjudged)))


def _matches(template: Template, region: str, seconds: float) -> list[dict[str, Any]]:
    """Return cfn-lint's matches in a template. Raises EngineError where it gives none."""
    if seconds <= 0:
        raise EngineLimitError(f"{template.file}: not judged, {SECONDS:g} seconds were over")
    try:
        answer = linter().ask({"text": template.text, "region": region}, seconds)
    except TimeoutError:
        raise EngineLimitError(f"{template.file}: took more than {SECONDS:g} seconds and was ended") from None
    except ChildEndedError as error:
        raise EngineLimitError(f"{template.file}: its process {error}") from None
    if "error" in answer:
        raise EngineError(f"{template.file}: {answer['error']}")
    found: list[dict[str, Any]] = answer["matches"]
    return found


def _finding(match: dict[str, Any], rule: str, template: Template) -> Finding:
    path = match["path"]
    section, name = [*path, "", ""][:2]
    resource = template.resources.get(name) if section == "Resources" else None
    rest = path[2:] if resource else path
    if resource is None and is_attribute(".".join(path), match["message"]):
        resource = target_of(template, name)
        name = resource.name if resource else name
    return Finding(
        rule=rule,
        detector=NAME,
        location=Location(
            file=template.file,
            line=match["line"],
            resource=name if section in ("Resources", "Parameters", "Outputs", "Conditions", "Mappings") else "",
            type=resource.type if resource else "",
            path=".".join(rest),
        ),
        message=match["message"],
        facts={"name": name, "id": match["rule"], "says": match["message"]},
    )
