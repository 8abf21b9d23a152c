"""Users' rules in Guard and CEL, evaluated by the fast engine, as a detector."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from grader.case import Case
from grader.errors import InputError
from grader.finding import Finding
from grader.policies import CEL, DETECTOR, GUARD, Policy
from grader.rule import Catalogue

NAME = DETECTOR


def version() -> str:
    """Return the version of the engine that evaluates the rules."""
    from importlib.metadata import version as installed

    return installed("cloudformation-validate")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield where the templates do not meet a rule; nothing where the catalogue holds no such rules."""
    if not catalogue.policies:
        return
    from cloudformation_validate import DetailLevel, TemplateContent, ValidateConfig

    engine = policy_engine(catalogue.policies)
    config = ValidateConfig(disable_builtin_rules=True, detail_level=DetailLevel.STANDARD)
    for template in case.templates:
        report = engine.validate_template(TemplateContent(template.text, template.file), config)
        for diagnostic in report.diagnostics:
            rule = catalogue.of(NAME, diagnostic.rule_id)
            if rule is None:
                continue
            entity = diagnostic.entity
            name = entity.logical_id if entity else ""
            kind = (entity.resource_type or "") if entity else ""
            facts = {"says": diagnostic.message, "value": diagnostic.message}
            line, path = diagnostic.start_line or 1, diagnostic.property_path or ""
            yield Finding(rule.id, NAME, template.file, line, diagnostic.message, name, kind, path, facts)


@lru_cache(maxsize=8)
def policy_engine(policies: tuple[Policy, ...]) -> Any:
    """Return an engine with the rules of some files. Raises InputError with the engine's words where one cannot be parsed."""
    from cloudformation_validate import CompositeEngine, CompositeEngineConfig, ExternalRuleSource, ValidationError

    sources: dict[str, list[Any]] = {GUARD: [], CEL: []}
    for policy in policies:
        sources[policy.language].append(ExternalRuleSource(name=policy.name, content=policy.text))
    try:
        return CompositeEngine(CompositeEngineConfig(guard_rules=sources[GUARD], cel_rules=sources[CEL]))
    except ValidationError as error:
        raise InputError(" ".join(str(error).split())[:300]) from None
