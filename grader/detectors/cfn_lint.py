"""The reference engine: cfn-lint through its Python API, its rules loaded once per process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.case import Case
from grader.detectors.known import GETATT, is_attribute, is_generated, is_major_version, target_of
from grader.engines import lint_rules
from grader.finding import Finding
from grader.rule import Catalogue
from grader.template import Template

NAME = "cfn-lint"


def version() -> str:
    """Return the version of the installed package."""
    from importlib.metadata import version as installed

    return installed("cfn-lint")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what cfn-lint finds in every template that could be parsed, as findings of the catalogue's rules."""
    for template in case.templates:
        for match in _matches(template, case.account.region):
            path = [str(step) for step in getattr(match, "path", None) or ()]
            rule = catalogue.of(NAME, GETATT if is_attribute(".".join(path), match.message) else match.rule.id)
            doubtful = is_major_version(match.message) or is_generated(match.message, template)
            if rule is not None and not doubtful:
                yield _finding(match, rule.id, template)


def _matches(template: Template, region: str) -> list[Any]:
    """Lint one template; suppressions that it carries are not honoured."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import run_template_by_data

    parsed, errors = decode_str(template.text)
    if errors or parsed is None:
        return list(errors)
    _without_suppressions(parsed)
    return list(run_template_by_data(parsed, ConfigMixIn(regions=[region]), lint_rules()))


def _without_suppressions(parsed: Any) -> None:
    for holder in (parsed, *(parsed.get("Resources") or {}).values()) if isinstance(parsed, dict) else ():
        metadata = holder.get("Metadata") if isinstance(holder, dict) else None
        if isinstance(metadata, dict):
            metadata.pop("cfn-lint", None)


def _finding(match: Any, rule: str, template: Template) -> Finding:
    path = [str(step) for step in getattr(match, "path", None) or ()]
    section, name = [*path, "", ""][:2]
    resource = template.resources.get(name) if section == "Resources" else None
    rest = path[2:] if resource else path
    if resource is None and is_attribute(".".join(path), match.message):
        resource = target_of(template, name)
        name = resource.name if resource else name
    return Finding(
        rule,
        NAME,
        template.file,
        match.linenumber or 1,
        match.message,
        name if section in ("Resources", "Parameters", "Outputs", "Conditions", "Mappings") else "",
        resource.type if resource else "",
        ".".join(rest),
        {"name": name, "id": match.rule.id, "says": match.message},
    )
