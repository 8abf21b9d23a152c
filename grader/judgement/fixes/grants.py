"""Edits that add the permission that a finding misses: a statement of a resource's policy, or an inline policy of a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import added, depends_on, node_at, set_value, steps_of
from grader.model import Action, Edit, Finding, Steps
from grader.template import Resource, Sequence, Template, items_of, plain, text_of

_OF_RESOURCE = re.compile(
    r"^(?:the policy of (?P<one>\w+) does not allow|(?P<two>\w+) has no policy that allows) "
    r"(?P<actions>[\w:, *]+) to (?P<service>[\w-]+\.amazonaws\.com)$"
)
_OF_ROLE = re.compile(r"^(?P<role>\w+)(?:, the role of \w+,)? does not allow (?P<actions>[\w:, *]+)$")
_OF_CODE = re.compile(
    r"^(?:(?P<one>\w+) does not allow (?P<listed>[\w:, *]+), which \w+ calls"
    r"|calls (?P<also>[\w:, *]+), which its role (?P<two>\w+) does not allow)$"
)
_OF_BALANCER = re.compile(r"^no policy of (?P<bucket>\w+) lets Elastic Load Balancing write$")
_BALANCING = "logdelivery.elasticloadbalancing.amazonaws.com"
_ACTION = re.compile(r"\b[\w-]+:[\w*]+")
# Types with a policy of their own: the type of that policy, and the property that names what it is for.
_POLICIES = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket", False),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics", True),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues", True),
}
# Actions on a bucket itself, and not on its objects; what CloudTrail writes with, and where to.
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
_ON_BUCKET = re.compile(r"s3:(Get|Put)Bucket|s3:ListBucket")
_CONDITIONS = {"cloudtrail.amazonaws.com": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}
# Actions that take no resource.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_NO_RESOURCE = re.compile(
    r"xray:|logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe\w+)|cloudwatch:(PutMetricData|GetMetric\w+|ListMetrics)"
    r"|s3:ListAllMyBuckets|ec2:Describe\w+|cloudformation:DescribeStackDriftDetectionStatus"
)
# What the calls of code are about: the type, and whether Ref returns its ARN.
_CALLED = {
    "dynamodb": ("AWS::DynamoDB::Table", False),
    "kinesis": ("AWS::Kinesis::Stream", False),
    "s3": ("AWS::S3::Bucket", False),
    "secretsmanager": ("AWS::SecretsManager::Secret", True),
    "sns": ("AWS::SNS::Topic", True),
    "sqs": ("AWS::SQS::Queue", False),
    "states": ("AWS::StepFunctions::StateMachine", True),
}
# Actions that are needed with another one.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
_TOGETHER = {"xray:PutTraceSegments": ("xray:PutTelemetryRecords",)}


def by_grant(case: Case, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edits that grant what a finding says is not allowed; none where it does not say to whom or on what."""
    if match := _OF_RESOURCE.match(finding.message):
        target = template.resources.get(match["one"] or match["two"])
        if target is not None and target.type in _POLICIES:
            yield from _of_resource(template, finding, target, _ACTION.findall(match["actions"]), match["service"])
    elif match := _OF_BALANCER.match(finding.message):
        target = template.resources.get(match["bucket"])
        if target is not None and target.type == "AWS::S3::Bucket":
            yield from _of_resource(template, finding, target, ["s3:PutObject"], _BALANCING)
    elif match := _OF_CODE.match(finding.message):
        role = template.resources.get(match["one"] or match["two"])
        if role is not None and role.type == "AWS::IAM::Role":
            yield from _of_calls(template, role, _ACTION.findall(match["listed"] or match["also"]))
    elif match := _OF_ROLE.match(finding.message):
        role = template.resources.get(match["role"])
        if role is not None and role.type == "AWS::IAM::Role":
            actions = _ACTION.findall(match["actions"])
            actions += [other for one in actions for other in _TOGETHER.get(one, ()) if other not in actions]
            yield from _of_role(template, finding, role, actions)


def _of_resource(
    template: Template, finding: Finding, target: Resource, actions: list[str], service: str
) -> Iterator[Edit]:
    kind, key, is_list = _POLICIES[target.type]
    statements = [_statement(target, action, service) for action in actions]
    for policy in template.of_type(kind):
        named = plain(policy.get(key))
        if {"Ref": target.name} in (named if isinstance(named, list) else [named]):
            if isinstance(policy.get("PolicyDocument.Statement"), Sequence):
                path: Steps = ("Resources", policy.name, "Properties", "PolicyDocument", "Statement")
                yield from (Edit(action=Action.APPEND, path=path, value=one) for one in statements)
            return
    alarms = {one.name for one in template.of_type("AWS::CloudWatch::Alarm")}
    if target.type == "AWS::SNS::Topic" and alarms & {use.owner for use in template.uses.get(target.name, ())}:
        # A policy of its own takes the place of the default one, by which alarms of the account may publish.
        statements.append(_statement(target, "sns:Publish", "cloudwatch.amazonaws.com"))
    name: object = {"Ref": target.name}
    document = {"Version": "2012-10-17", "Statement": statements}
    new = added(template, f"{target.name}Policy", kind, {key: [name] if is_list else name, "PolicyDocument": document})
    yield new
    if finding.resource in template.resources and target.type == "AWS::S3::Bucket":
        yield depends_on(template, finding.resource, str(new.path[1]))


def _statement(target: Resource, action: str, service: str) -> dict[str, object]:
    resource: object = (
        {"Ref": target.name} if target.type == "AWS::SNS::Topic" else {"Fn::GetAtt": [target.name, "Arn"]}
    )
    condition: dict[str, object] = {}
    if target.type == "AWS::S3::Bucket" and not _ON_BUCKET.match(action):
        resource = {"Fn::Sub": "${" + target.name + ".Arn}/*"}
        condition = {"Condition": _CONDITIONS[service]} if service in _CONDITIONS else {}
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        **condition,
    }


def _of_role(template: Template, finding: Finding, role: Resource, actions: list[str]) -> Iterator[Edit]:
    """Grant actions on what the property of the finding names, where that is an ARN; or those that take no resource."""
    resource: object = "*"
    if not all(_NO_RESOURCE.match(action) for action in actions):
        steps = steps_of(template, finding)
        resource = plain(node_at(template, steps)) if steps else None
        is_arn = isinstance(resource, dict) and resource.keys() == {"Fn::GetAtt"}
        if not is_arn or not str(resource).rstrip("'\"]}").endswith("Arn"):
            return
    yield from new_policy(role, [{"Effect": "Allow", "Action": actions, "Resource": resource}])


def _of_calls(template: Template, role: Resource, actions: list[str]) -> Iterator[Edit]:
    """Grant actions on the only resource of the template that they can be about; nothing where that is open for one of them."""
    statements: list[dict[str, object]] = []
    for action in actions:
        service = action.partition(":")[0]
        type, is_ref = _CALLED.get(service, ("", False))
        found = list(template.of_type(type)) if type else []
        resource: object = "*"
        if not _NO_RESOURCE.match(action):
            if len(found) != 1:
                return
            name = found[0].name
            resource = {"Ref": name} if is_ref else {"Fn::GetAtt": [name, "Arn"]}
            if service == "s3" and not _OF_WHOLE_BUCKET.match(action):
                resource = {"Fn::Sub": "${" + name + ".Arn}/*"}
        same = next((one for one in statements if one["Resource"] == resource), None)
        if same is None:
            statements.append({"Effect": "Allow", "Action": [action], "Resource": resource})
        else:
            same["Action"] = [*_actions_of(same), action]
    yield from new_policy(role, statements)


_OF_WHOLE_BUCKET = re.compile(
    r"s3:(ListBucket|(Get|Put)(Bucket|Replication|Encryption|Lifecycle|Inventory|Metrics|Accelerate))"
)


def new_policy(role: Resource, statements: list[dict[str, object]]) -> Iterator[Edit]:
    """Yield the edit that adds an inline policy to a role, under a name that none of its policies has."""
    actions = [str(one) for statement in statements for one in _actions_of(statement)]
    names = {text_of(one.get("PolicyName")) for one in items_of(role.get("Policies")) if hasattr(one, "get")}
    name = next(
        one for one in (f"allow-{actions[0].split(':')[0]}{number}" for number in ("", 2, 3, 4)) if one not in names
    )
    policy = {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    path: Steps = ("Resources", role.name, "Properties", "Policies")
    node = role.get("Policies")
    if isinstance(node, Sequence) and node.items:
        yield Edit(action=Action.APPEND, path=path, value=policy)
    elif node is None:
        yield set_value(path, [policy])


def _actions_of(statement: dict[str, object]) -> list[object]:
    actions = statement["Action"]
    return list(actions) if isinstance(actions, list) else [actions]
