"""cloudformation-validate as a process of its own: on some templates it takes hours, or all memory of the machine.

python -m grader.support.engines.validate_process
"""

from __future__ import annotations

import fnmatch
from functools import lru_cache
from typing import Any

from grader.support.json_process import bound_memory, serve
from grader.support.text import error_line

MEGABYTES = 800


def main() -> None:
    """Serve requests {name, text, region, policies, users, builtin, advice} with {remarks}, {refused}, {rules} or {error}.

    `policies` are users' rules as [name, language, text]. `builtin` asks for the engine's own rules instead of theirs, whose ids
    are `users`; `advice` are patterns of its informational rules that are wanted.
    A remark is [id, message, path, line, name, kind of entity, resource type].
    `rules` says why a user's rule cannot be parsed, `refused` why the template cannot be judged.
    """
    bound_memory(MEGABYTES)
    serve(_answer)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    policies = tuple(tuple(one) for one in request.get("policies", ()))
    try:
        engine = _engine(policies)
    except ValueError as error:
        return {"rules": str(error)}
    if "text" not in request:
        return {"remarks": []}
    try:
        return _judge(engine, policies, request)
    except Exception as error:
        return {"error": error_line(error)}


def _judge(engine: Any, policies: tuple[tuple[str, ...], ...], request: dict[str, Any]) -> dict[str, Any]:
    import cloudformation_validate as native

    if request["builtin"]:
        config = native.ValidateConfig(
            detail_level=native.DetailLevel.STANDARD,
            pseudo_parameter_overrides=native.PseudoParameterOverrides(region=request["region"]),
            exclude=native.RuleFilterConfig(ids=[*request["users"], *_unheard(policies, tuple(request["advice"]))]),
        )
    else:
        config = native.ValidateConfig(disable_builtin_rules=True, detail_level=native.DetailLevel.STANDARD)
    try:
        report = engine.validate_template(native.TemplateContent(request["text"], request["name"]), config)
    except native.ValidationError as error:
        return {"refused": " ".join(str(error).split())[:300]}
    return {"remarks": [_plain(one) for one in report.diagnostics]}


def _plain(diagnostic: Any) -> list[Any]:
    entity = diagnostic.entity
    about = (entity.logical_id, entity.entity_type.name, entity.resource_type or "") if entity else ("", "", "")
    return [
        diagnostic.rule_id,
        diagnostic.message,
        diagnostic.property_path or "",
        diagnostic.start_line or 0,
        *about,
    ]


@lru_cache(maxsize=1)  # each takes about 240 MB
def _engine(policies: tuple[tuple[str, ...], ...]) -> Any:
    """Make the engine with users' rules in it. Raises ValueError with its words where one of them cannot be parsed."""
    from cloudformation_validate import CompositeEngine, CompositeEngineConfig, ExternalRuleSource, ValidationError

    guard, cel = (
        [ExternalRuleSource(name=name, content=text) for name, kind, text in policies if kind == language]
        for language in ("guard", "cel")
    )
    try:
        return CompositeEngine(CompositeEngineConfig(guard_rules=guard, cel_rules=cel))
    except ValidationError as error:
        raise ValueError(" ".join(str(error).split())[:300]) from None


@lru_cache(maxsize=8)
def _unheard(policies: tuple[tuple[str, ...], ...], advice: tuple[str, ...]) -> list[str]:
    """Return the ids of the informational rules that nobody asks for."""
    ids = (rule.id for rule in _engine(policies).list_rules() if rule.id.startswith("I"))
    return [one for one in ids if not any(fnmatch.fnmatchcase(one, pattern) for pattern in advice)]


if __name__ == "__main__":
    main()
