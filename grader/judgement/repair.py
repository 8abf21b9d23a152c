"""The fix of a failure as a snippet: the response's own resource, with the value that it needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from grader.case import Case
from grader.catalogue import Rule
from grader.model import Finding
from grader.support.markdown import fenced
from grader.template import Template, plain

MAX_SHOWN = 3


def repaired(rule: Rule, findings: Sequence[Finding], case: Case) -> str:
    """Return markdown that shows the resources of a failure with what they need, at most three of them.

    Empty where the rule cannot tell the value, or the place cannot be found again.
    """
    if rule.needed is None:
        return ""
    templates = {template.file: template for template in case.templates}
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    for finding in findings:
        template, needed = templates.get(finding.file), rule.needed(finding)
        if template is None or needed is None or finding.resource not in template.resources:
            continue
        branch = shown.setdefault((finding.file, finding.resource), {})
        if not _put(branch, finding.path, needed):
            return ""
    parts = [_snippet(templates[file], name, branch) for (file, name), branch in list(shown.items())[:MAX_SHOWN]]
    return "\n\n".join(parts)


def _put(branch: dict[str, Any], path: str, value: object) -> bool:
    """Set a value at a path of names; False for a path that goes through a list, which a branch cannot show."""
    *above, last = path.replace("/", ".").split(".")
    if not path or any(step.isdigit() for step in (*above, last)):
        return False
    for step in above:
        branch = branch.setdefault(step, {})
    branch[last] = value
    return True


def _snippet(template: Template, name: str, branch: dict[str, Any]) -> str:
    resource = {name: {"Type": plain(template.resources[name].node.get("Type")), **branch}}
    if template.is_json:
        text = json.dumps(resource, indent=2, ensure_ascii=False)
    else:
        text = yaml.safe_dump(resource, sort_keys=False, allow_unicode=True, width=120).rstrip()
    language = "json" if template.is_json else "yaml"
    return f"In `{template.file}`, its other properties left out:\n\n{fenced(text, language)}"
