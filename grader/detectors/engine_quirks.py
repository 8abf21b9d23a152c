"""What is known of engines: where their messages belong to another rule, and where they are wrong."""

from __future__ import annotations

import re

from grader.template import Resource, Scope, Template

GETATT = "E1010"  # the id of both engines for an attribute that does not exist


def is_attribute(path: str, message: str) -> bool:
    """Whether a message is about the attribute of an Fn::GetAtt."""
    return "Fn::GetAtt" in path and " is not one of [" in message and not message.startswith("{")


def target_of(template: Template, owner: str) -> Resource | None:
    """Return the resource whose attribute an output or another section reads, None where it reads none or several."""
    names = {use.target for use in template.references if use.owner == owner and use.kind == "GetAtt"}
    return template.resources.get(min(names)) if len(names) == 1 else None


def is_major_version(message: str) -> bool:
    """Whether a version is refused that a listed one begins with: RDS takes a major version for its default minor one.

    Source: EngineVersion in https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    match = re.match(r"'?([\d.]+)'? is not one of \[", message)
    return match is not None and re.search(rf"'{re.escape(match.group(1))}\.\d", message) is not None


def is_generated(message: str, template: Template) -> bool:
    """Whether a name is missed that the SAM transform makes: the stage, deployment, role or permission of a resource.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
    """
    match = re.search(r"'(\w+)' (?:does not exist|is not one of)", message)
    name = match.group(1) if match else ""
    makers = (one.name for one in template.resources.values() if one.type.startswith("AWS::Serverless::"))
    return name.startswith("Serverless") or any(name.startswith(maker) and name != maker for maker in makers)


def is_of_default(message: str, template: Template, scope: Scope, name: str) -> bool:
    """Whether a value is refused that stands nowhere in the template, on a resource that these parameters do not create."""
    resource = template.resources.get(name)
    quoted = re.search(r"'([^']+)'", message)
    return (
        resource is not None
        and scope.exists(resource) is False
        and quoted is not None
        and quoted.group(1) not in template.text
    )
