"""AWS's words as findings: which rule they are about, and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.catalogue import Catalogue
from grader.dryrun.answer import NAME
from grader.model import Finding, Location
from grader.template import Template

OTHER = "refused-by-aws"
HOOK = "refused-by-hook"

# What AWS says, and the rule that stands for it. The first that matches counts.
_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"not well-formed|Template format error: (YAML|JSON)|unsupported structure", "template-syntax"),
    (r"Circular dependency", "circular-dependency"),
    (
        r"Unresolved (resource )?dependenc|undefined resource|Unresolved condition|unresolved dependencies",
        "undefined-reference",
    ),
    (r"Parameters: \[.*\] must have values|must have values", "parameter-without-default"),
    (
        r"AllowedValues|AllowedPattern|failed to satisfy constraint|must match pattern|must contain at (least|most)",
        "parameter-value",
    ),
    (r"Unrecognized resource type|Resource type .* (not found|does not exist)", "invalid-resource-type"),
    (r"No export named", "import-missing"),
    (r"already exists|AlreadyExists|NAME_CONFLICT", "name-collision"),
    (r"(schema|attribute) .* does not exist|Fn::GetAtt.*(attribute|schema)", "invalid-getatt"),
    (r"Template error: .*(Fn::|intrinsic|mapping)|Unable to get mapping", "invalid-intrinsic"),
    (r"extraneous key|is not permitted|Unsupported property|additional propert", "invalid-property"),
    (r"required key|is a required property|Missing required", "missing-required-property"),
    (r"expected type|is not of type", "wrong-value-type"),
    (r"enum value|not a valid|failed validation constraint|does not match pattern", "invalid-property-value"),
    (r"TemplateURL|S3 error|template.*S3", "nested-template-location"),
    (r"Unable to fetch parameters|parameter store|ssm-secure|Secrets Manager", "dynamic-reference-prerequisite"),
    (r"quota|limit exceeded|LimitExceeded", "account-quota"),
    (r"configuration recorder", "account-singleton"),
    (
        r"Invalid template (property|resource property|parameter property)|At least one Resources member",
        "template-structure",
    ),
)
_NAMES = re.compile(
    r"\[([^\]]{1,2000})\]|'([A-Za-z0-9]{1,255})'|(?:resource|Resource|Parameter) ([A-Za-z0-9]{1,255})\b"
)


def finding_of(message: str, template: Template, catalogue: Catalogue) -> Finding:
    """Return what AWS says of a whole template as a finding, at the resource or parameter that it names."""
    rule = _rule_of(message, catalogue)
    name = _named(message, template)
    resource = template.resources.get(name)
    if resource is not None:
        line, type, path = resource.line, resource.type, ""
    elif name in template.parameters:
        line, type, path = template.parameters[name].line, "", f"Parameters.{name}"
    else:
        line, type, path = _line(message), "", ""
    return Finding(
        rule=rule,
        detector=NAME,
        location=Location(file=template.file, line=line, resource=name, type=type, path=path),
        message=message,
        facts=_facts(message, name),
    )


def finding_of_event(event: Mapping[str, Any], template: Template, catalogue: Catalogue) -> Finding:
    """Return a result of pre-deployment validation, or of a hook, as a finding at the property that it names."""
    hook = event.get("EventType") == "HOOK_INVOCATION_ERROR"
    message = str(
        event.get("HookStatusReason" if hook else "ValidationStatusReason") or event.get("ResourceStatusReason") or ""
    )
    message = (
        f"{event.get('HookType', 'hook')}: {message}"
        if hook
        else message or str(event.get("ValidationName", "refused"))
    )
    rule = HOOK if hook else _rule_of(f"{message} {event.get('ValidationName', '')}", catalogue)
    steps = str(event.get("ValidationPath") or "").strip("/").split("/")
    name = steps[1] if len(steps) > 1 and steps[0] == "Resources" else str(event.get("LogicalResourceId") or "")
    resource = template.resources.get(name)
    path = ".".join(steps[2:]) if len(steps) > 2 else ""
    line = 1
    if resource is not None:
        line = resource.line_of(path.removeprefix("Properties.")) if path.startswith("Properties.") else resource.line
    type = resource.type if resource is not None else str(event.get("ResourceType") or "")
    return Finding(
        rule=rule,
        detector=NAME,
        location=Location(file=template.file, line=line, resource=name, type=type, path=path),
        message=message,
        facts=_facts(message, name),
    )


def _facts(message: str, name: str) -> dict[str, str]:
    return {"says": message, "value": message, "parameter": name, "name": name}


def _rule_of(message: str, catalogue: Catalogue) -> str:
    found = (rule for pattern, rule in _MESSAGES if re.search(pattern, message, re.I))
    return next((rule for rule in found if rule in catalogue.rules), OTHER)


def _named(message: str, template: Template) -> str:
    for match in _NAMES.finditer(message):
        for name in re.split(r"[,\s]+", next(part for part in match.groups() if part)):
            if name in template.resources or name in template.parameters:
                return name
    return ""


def _line(message: str) -> int:
    match = re.search(r"line (\d{1,7})", message)
    return int(match.group(1)) if match else 1
