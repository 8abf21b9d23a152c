"""Edits that correct policies, key policies, permissions and secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import (
    added,
    depends_on,
    names_in,
    node_at,
    removed,
    set_value,
    template_of,
    without_names,
)
from grader.model import Action, Edit, Finding
from grader.rules.identity._secrets import password_switch
from grader.template import Call, Resource, Sequence, Template, text_of

_USE = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]


def service_may_use(case: Case, finding: Finding) -> Iterator[Edit]:
    """Let CloudWatch Logs or CloudTrail use a key.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    services = finding.facts.get("service", "")
    if "cloudtrail" in services:
        trail = "arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*"
        allow: dict[str, object] = {
            "Sid": "AllowCloudTrail",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": {"Fn::Sub": trail}}},
        }
        yield from _statement(case, finding, allow)
    if "logs." not in services:
        return
    yield from _statement(
        case,
        finding,
        {
            "Sid": "AllowCloudWatchLogs",
            "Effect": "Allow",
            "Principal": {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}},
            "Action": _USE,
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": {
                        "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"
                    }
                }
            },
        },
    )


def auto_scaling_may_use(case: Case, finding: Finding) -> Iterator[Edit]:
    """Let the service-linked role of Auto Scaling use a key.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    role = (
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/"
        "AWSServiceRoleForAutoScaling"
    )
    allow: dict[str, object] = {"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": role}}}
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    yield from _statement(case, finding, {"Sid": "AllowAutoScaling", **allow, "Action": use, "Resource": "*"})
    yield from _statement(
        case,
        finding,
        {
            "Sid": "AllowAutoScalingGrants",
            **allow,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": True}},
        },
    )


def _statement(case: Case, finding: Finding, statement: dict[str, object]) -> Iterator[Edit]:
    template = template_of(case, finding)
    path = ("Resources", finding.resource, "Properties", "KeyPolicy", "Statement")
    if template and isinstance(node_at(template, path), Sequence):
        yield Edit(action=Action.APPEND, path=path, value=statement)


def managed_password(case: Case, finding: Finding) -> Iterator[Edit]:
    """Let the service make the password of a database."""
    template = template_of(case, finding)
    resource = template.resources.get(finding.resource) if template else None
    if template and resource:
        yield from password_of(case, template, resource)


def without_secret(case: Case, finding: Finding) -> Iterator[Edit]:
    """Let the service make a password that the template spells out, in a property or as the default of a parameter."""
    template = template_of(case, finding)
    if template is None:
        return
    names = [finding.resource]
    if finding.resource in template.parameters:
        uses = template.uses.get(finding.resource, ())
        if any(use.section != "Resources" or use.path[:2] != ("Properties", "MasterUserPassword") for use in uses):
            return
        names = list(dict.fromkeys(use.owner for use in uses))
    for name in names:
        if name in template.resources:
            yield from password_of(case, template, template.resources[name])


def password_of(case: Case, template: Template, resource: Resource) -> Iterator[Edit]:
    """Let the service make the password and keep it in Secrets Manager; remove a parameter that only carried it.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    switch = password_switch(case, resource)
    path = ("Resources", resource.name, "Properties", "MasterUserPassword")
    edit = removed(template, path)
    if switch and edit and resource.get("MasterUsername") is not None and resource.get(switch) is None:
        yield edit
        yield set_value((*path[:3], switch), True)
        yield from without_names(template, names_in(template, path), path)


def invoke_permission(case: Case, finding: Finding) -> Iterator[Edit]:
    """Let the caller of a function invoke it."""
    template = template_of(case, finding)
    function, principal = finding.facts.get("value", ""), finding.facts.get("principal", "")
    match = re.search(r"lets (\w+) call", finding.message)
    caller = template.resources.get(match.group(1) if match else finding.resource) if template else None
    if template is None or caller is None or function not in template.resources or not principal:
        return
    properties: dict[str, object] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Fn::GetAtt": [function, "Arn"]},
        "Principal": principal,
    }
    source = _source(template, caller)
    if source is not None:
        properties["SourceArn"] = source
    elif principal.partition(".")[0] in _BY_ACCOUNT:
        properties["SourceAccount"] = {"Ref": "AWS::AccountId"}
    new = added(template, f"{function}{_origin(template, caller)}Permission", "AWS::Lambda::Permission", properties)
    yield new
    if caller.type in _TESTED:
        yield depends_on(template, caller.name, str(new.path[1]))


# Services that send the account with each call, and types that test the permission when they are created.
# Source: https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
_BY_ACCOUNT = ("s3", "config")
_TESTED = ("AWS::S3::Bucket", "AWS::Config::ConfigRule", "AWS::SecretsManager::RotationSchedule")
_EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s}/*"
# Where a caller refers to what its calls come from.
_SOURCES = {
    "AWS::ApiGateway::Authorizer": ("RestApiId", True),
    "AWS::ApiGateway::Method": ("RestApiId", True),
    "AWS::ApiGatewayV2::Integration": ("ApiId", True),
    "AWS::SNS::Subscription": ("TopicArn", False),
    "AWS::SecretsManager::RotationSchedule": ("SecretId", False),
}


def _source(template: Template, caller: Resource) -> object:
    """Return the ARN of what calls, None where naming it would make a circle or is not known."""
    if caller.type == "AWS::Events::Rule":
        return {"Fn::GetAtt": [caller.name, "Arn"]}
    if caller.type == "AWS::SNS::Topic":
        return {"Ref": caller.name}
    name = _origin(template, caller)
    if name == caller.name:
        return None
    return {"Fn::Sub": _EXECUTE % name} if _SOURCES[caller.type][1] else {"Ref": name}


def _origin(template: Template, caller: Resource) -> str:
    """Return the resource that calls come from, such as the API of a method; the caller itself where it names none.

    All methods of an API share the permission of the API.
    """
    place, _ = _SOURCES.get(caller.type, ("", False))
    node = caller.get(place) if place else None
    name = text_of(node.argument) if isinstance(node, Call) and node.name == "Ref" else None
    return name if name and name in template.resources else caller.name


_SECRETS = r"password|secret|token|key|credential"


def holds_secret(case: Case, template: Template, parameter: Resource) -> bool:
    """Whether an SSM parameter may hold a secret: by its name, by a parameter without echo, or by a word of its value.

    The ARN of a secret is none. A connection is a secret where its value is not written out.
    """
    if re.search(_SECRETS, parameter.name, re.I):
        return True
    used = [use.target for use in template.references if use.owner == parameter.name and use.path[1:2] == ("Value",)]
    if any(template.parameters[name].no_echo for name in used if name in template.parameters):
        return True
    value = case.scopes[template.file].text(parameter.get("Value"))
    is_written = bool(re.sub(r"\$\{[^}]*\}", "", value).strip())
    if "connection" in parameter.name.lower() and not is_written:
        return True
    return (
        re.search(
            rf"(?:{_SECRETS})\w*[\"']?\s*[:=]|resolve:|://[^/\s]*:[^/\s]*@",
            re.sub(r"(?i)\w*arn\b[\"']?\s*:", "", value),
            re.I,
        )
        is not None
    )


def plain_parameter(case: Case, finding: Finding) -> list[Edit] | None:
    """Store a value that is not secret, by its name, as a String; None for a secret, which must not become one."""
    template = template_of(case, finding)
    parameter = template.resources.get(finding.resource) if template else None
    if template is None or parameter is None or holds_secret(case, template, parameter):
        return None
    return [set_value(("Resources", finding.resource, "Properties", "Type"), "String")]
