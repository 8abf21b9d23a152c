"""The fast engine: AWS's own offline validator, as a detector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from grader.case import Case
from grader.detectors.known import GETATT, is_attribute, is_generated, is_major_version, is_of_default, target_of
from grader.engines import fast_engine
from grader.finding import Finding
from grader.rule import Catalogue
from grader.template import Template

NAME = "cloudformation-validate"


def version() -> str:
    """Return the version of the installed package."""
    from importlib.metadata import version as installed

    return installed("cloudformation-validate")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what the engine finds in every template, broken ones too, as findings of the catalogue's rules."""
    from cloudformation_validate import (
        DetailLevel,
        PseudoParameterOverrides,
        RuleFilterConfig,
        TemplateContent,
        ValidateConfig,
        ValidationError,
    )

    config = ValidateConfig(
        detail_level=DetailLevel.STANDARD,
        pseudo_parameter_overrides=PseudoParameterOverrides(region=case.account.region),
        exclude=RuleFilterConfig(),
    )
    texts: list[tuple[str, str, Template | None]] = [
        (template.file, template.text, template) for template in case.templates
    ]
    texts += [(broken.file, broken.text, None) for broken in case.broken]
    for file, text, template in texts:
        try:
            report = fast_engine().validate_template(TemplateContent(text, file), config)
        except ValidationError as error:
            raise EngineError(file, str(error)) from None
        for diagnostic in report.diagnostics:
            found = _finding(diagnostic, file, template, catalogue, case)
            if found:
                yield found


class EngineError(Exception):
    """An engine could not judge a template: an error of the run, not a failure of the response."""

    def __init__(self, file: str, message: str) -> None:
        super().__init__(f"{file}: {' '.join(message.split())[:300]}")


def _is_doubtful(diagnostic: Any, template: Template | None) -> bool:
    """Whether the engine speaks of a value that no deployment has.

    It takes an empty default for the value even where a condition looks at it, tries each branch of an engine's name with each
    version, and counts what stands in an Fn::If twice.
    """
    path, message = diagnostic.property_path or "", diagnostic.message
    empty = message.startswith("'' ") or " '' " in message
    if diagnostic.rule_id in ("W1011", "W2501", "W2509") and template and diagnostic.start_line:
        # A parameter inside a dynamic reference is no secret; the engine takes it for one.
        name = re.escape(diagnostic.entity.logical_id) if diagnostic.entity else ""
        inside = re.search(rf"\{{\{{resolve:[^\n]*\$\{{{name}\}}", template.text) if name else None
        return inside is not None or "{{resolve:" in template.text.split("\n")[diagnostic.start_line - 1]
    return empty or is_major_version(message) or path.endswith(("EngineVersion", "ViewerCertificate"))


def _finding(diagnostic: Any, file: str, template: Template | None, catalogue: Catalogue, case: Case) -> Finding | None:
    attribute = is_attribute(diagnostic.property_path or "", diagnostic.message)
    rule = catalogue.of(NAME, GETATT if attribute else diagnostic.rule_id)
    if rule is None or _is_doubtful(diagnostic, template):
        return None
    entity = diagnostic.entity
    is_resource = entity is not None and entity.entity_type.name == "RESOURCE"
    name = entity.logical_id if entity else ""
    kind = (entity.resource_type or "") if entity else ""
    target = target_of(template, name) if attribute and template and not is_resource else None
    if target:
        name, kind = target.name, target.type
    if template and (
        is_generated(diagnostic.message, template)
        or is_of_default(diagnostic.message, template, case.scopes[template.file], name)
    ):
        return None
    facts = {"name": name, "id": diagnostic.rule_id, "says": diagnostic.message}
    return Finding(
        rule.id,
        NAME,
        file,
        diagnostic.start_line or (template.line_of("Resources", name) if template and is_resource else 1),
        diagnostic.message,
        name,
        kind,
        diagnostic.property_path or "",
        facts,
    )
