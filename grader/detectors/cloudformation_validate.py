"""The fast engine: AWS's own offline validator, as a detector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors.engine_quirks import (
    GETATT,
    is_attribute,
    is_generated,
    is_major_version,
    is_of_default,
    target_of,
)
from grader.model import Finding, Location, Policy, property_path
from grader.plan.schemas import property_names
from grader.support.engines.registry import EngineError, fast_engine
from grader.support.text import one_line
from grader.support.version import installed
from grader.template import Template

NAME = "cloudformation-validate"
_HINT = re.compile(r"'(?P<wrong>[^']+)' was unexpected\.(?P<hint> Did you mean '[^']*'\?)")


def version() -> str:
    """Return the version of the installed package."""
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
        exclude=RuleFilterConfig(ids=_unheard(catalogue)),
    )
    engine = fast_engine(catalogue.policies)
    texts: list[tuple[str, str, Template | None]] = [
        (template.file, template.text, template) for template in case.templates
    ]
    texts += [(broken.file, broken.text, None) for broken in case.broken]
    for file, text, template in texts:
        try:
            report = engine.validate_template(TemplateContent(text, file), config)
        except ValidationError as error:
            raise EngineError(f"{file}: {one_line(str(error), 300)}") from None
        for diagnostic in report.diagnostics:
            found = _finding(diagnostic, file, template, catalogue, case)
            if found:
                yield found


def _unheard(catalogue: Catalogue) -> list[str]:
    """Return what the engine need not report: users' rules, and advice that no rule of the catalogue speaks of."""
    users = (rule.name for policy in catalogue.policies for rule in policy.rules)
    return [*users, *(one for one in _advice(catalogue.policies) if catalogue.of(NAME, one) is None)]


@lru_cache(maxsize=8)
def _advice(policies: tuple[Policy, ...]) -> tuple[str, ...]:
    return tuple(rule.id for rule in fast_engine(policies).list_rules() if rule.id.startswith("I"))


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
    message = _hinted(diagnostic, case.account.region)
    is_resource = entity is not None and entity.entity_type.name == "RESOURCE"
    name = entity.logical_id if entity else ""
    kind = (entity.resource_type or "") if entity else ""
    target = target_of(template, name) if attribute and template and not is_resource else None
    if target:
        name, kind = target.name, target.type
    if template and (
        is_generated(message, template) or is_of_default(message, template, case.scopes[template.file], name)
    ):
        return None
    facts = {"name": name, "id": diagnostic.rule_id, "says": message}
    return Finding(
        rule=rule.id,
        detector=NAME,
        location=Location(
            file=file,
            line=diagnostic.start_line or (template.line_of("Resources", name) if template and is_resource else 1),
            resource=name,
            type=kind,
            path=property_path(diagnostic.property_path or ""),
        ),
        message=message,
        facts=facts,
    )


def _hinted(diagnostic: Any, region: str) -> str:
    """Return the message; which of several like names the engine suggests differs from run to run, so it is chosen here."""
    message: str = diagnostic.message
    found = _HINT.search(message)
    if found is None:
        return message
    path = (diagnostic.property_path or "").split(".")[1:-1]
    names = property_names(diagnostic.entity.resource_type or "", path, region) if diagnostic.entity else ()
    nearest = get_close_matches(found["wrong"], names, 1)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    return message[: found.start("hint")] + hint + message[found.end("hint") :]
