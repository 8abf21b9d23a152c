"""cfn-lint as a process of its own: it takes its memory to itself, and an hour on some templates with many conditions.

python -m grader.support.engines.cfn_lint_process
"""

from __future__ import annotations

import gc
from functools import cache
from pathlib import Path
from typing import Any

from grader.support.engines.cfn_lint_faster import make_faster
from grader.support.json_process import bound_memory, serve
from grader.support.text import error_line

MEGABYTES = 1_500


def main() -> None:
    """Serve requests {text, region, whole, rule} with {matches: [{rule, message, path, line}]}, or {error}.

    Unless the `whole` of it is asked for, the rules of `covered` are not run. `rule` names a rule to run alone.
    """
    bound_memory(MEGABYTES)
    _own_schemas()
    make_faster()
    _rules(whole=False)
    gc.collect()
    gc.freeze()  # the rules: they are not looked at each time that cycles are collected
    gc.set_threshold(100_000, 20, 20)
    serve(_answer)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"matches": lint(**request)}
    except Exception as error:
        return {"error": error_line(error)}


def lint(text: str, region: str, whole: bool = False, rule: str = "") -> list[dict[str, Any]]:
    """Return what cfn-lint reports of one template, as {rule, message, path, line}; suppressions that it carries are not honoured.

    `rule` names a rule that needs no other, to run it alone.
    """
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import run_template_by_data

    parsed, errors = decode_str(text)
    if errors or parsed is None:
        return [_plain(match) for match in errors]
    _without_suppressions(parsed)
    rules = _alone(rule) if rule else _rules(whole)
    found = run_template_by_data(parsed, ConfigMixIn(regions=[region]), rules)
    # sets give cfn-lint's matches another order in each process
    return sorted(map(_plain, found), key=lambda match: (match["line"], match["rule"], match["message"], match["path"]))


def _own_schemas() -> None:
    """Make cfn-lint use the schemas of its package; it prefers newer schemas that `cfn-lint --update-specs` left in the user's cache folder."""
    import cfnlint
    from cfnlint.schema import manager

    shipped = Path(cfnlint.__file__).parent / "data" / "schemas"
    manager.PROVIDER_SCHEMA_MANAGER.__init__(shipped / "providers", shipped / "resources")


def _plain(match: Any) -> dict[str, Any]:
    path = [str(step) for step in getattr(match, "path", None) or ()]
    return {"rule": match.rule.id, "message": match.message, "path": path, "line": match.linenumber or 1}


def covered() -> tuple[str, ...]:
    """Return the ids of cfn-lint's rules that are not run by default: cloudformation-validate covers them."""
    lines = Path(__file__).with_name("covered.txt").read_text("utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _rules(whole: bool) -> Any:
    """Load cfn-lint's rules without the informational rules, which are not failures."""
    from cfnlint.core import get_rules

    return get_rules([], ["I", *(() if whole else covered())], [], {}, False)


@cache
def _alone(rule: str) -> Any:
    """Return one rule as a collection."""
    from cfnlint.rules import RulesCollection

    rules = RulesCollection()
    rules.register(_rules(whole=False).rules[rule])
    return rules


def _without_suppressions(parsed: Any) -> None:
    """Take away what silences cfn-lint, and Metadata that is not a map: CloudFormation reads none of it, and some rules crash on it."""
    resources = parsed.get("Resources") if isinstance(parsed, dict) else None
    for holder in (parsed, *(resources.values() if isinstance(resources, dict) else ())):
        metadata = holder.get("Metadata") if isinstance(holder, dict) else None
        if isinstance(metadata, dict):
            metadata.pop("cfn-lint", None)
        elif metadata is not None:
            holder.pop("Metadata")


if __name__ == "__main__":
    main()
