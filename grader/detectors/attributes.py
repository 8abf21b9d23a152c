"""What engines say of attributes that a resource does not return, whatever the rule they say it under."""

from __future__ import annotations

from grader.template import Resource, Template

GETATT = "E1010"  # the id of both engines for an attribute that does not exist


def is_attribute(path: str, message: str) -> bool:
    """Whether a message is about the attribute of an Fn::GetAtt."""
    return "Fn::GetAtt" in path and " is not one of [" in message and not message.startswith("{")


def target_of(template: Template, owner: str) -> Resource | None:
    """Return the resource whose attribute an output or another section reads, None where it reads none or several."""
    names = {use.target for use in template.references if use.owner == owner and use.kind == "GetAtt"}
    return template.resources.get(min(names)) if len(names) == 1 else None
