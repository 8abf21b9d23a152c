"""Edits that correct what trails log and Config rules take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import item_steps, node_at, removed, renamed, set_value, steps_of, template_of
from grader.model import Action, Edit, Finding, Steps
from grader.template import Call, Template, at, items_of, plain, text_of

_ALL = re.compile(r"(arn:[\w${}:-]+?:(?:s3|lambda))(:::\*|:\*:\*:function)")
_BUCKET = re.compile(r"\$\{(\w+)(?:\.Arn)?\}(?:/\*)?$")


def logged_data(case: Case, finding: Finding) -> Iterator[Edit]:
    """Log the data events of all buckets or functions by the prefix that CloudTrail accepts, of one bucket by its ARN and a slash.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
    """
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template is None or not steps:
        return
    value = finding.facts.get("value", "")
    if steps[-1] == "Type":
        yield from _of_type(template, steps, value)
        return
    place = item_steps(case, template, steps, value)
    node = node_at(template, place) if place else None
    if place is None:
        return
    bucket = _BUCKET.match(_written(plain(node)))
    if every := _ALL.match(value):
        yield set_value(place, every.group(1))
    elif (
        isinstance(node, Call)
        and bucket
        and bucket.group(1) in {one.name for one in template.of_type("AWS::S3::Bucket")}
    ):
        yield set_value(place, {"Fn::Sub": "${" + bucket.group(1) + ".Arn}/"})


# Types whose calls are management events, which a trail logs without an event selector.
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
_OF_MANAGEMENT = re.compile(
    r"AWS::(IAM|KMS|SecretsManager|CloudFormation|CloudTrail|Config|EC2::(Instance|VPC|SecurityGroup))(::.*)?"
)


def _of_type(template: Template, steps: Steps, kind: str) -> Iterator[Edit]:
    """Log the objects of a bucket in place of the bucket; remove an entry that another covers, and one without data events."""
    entries = items_of(node_at(template, steps[:-2]))
    other = next((number for number, one in enumerate(entries) if text_of(at(one, "Type")) == "AWS::S3::Object"), None)
    if _OF_MANAGEMENT.fullmatch(kind):
        yield from filter(None, [removed(template, steps[:-1])])
    if kind != "AWS::S3::Bucket":
        return
    values = [_with_slash(plain(one)) for one in items_of(node_at(template, (*steps[:-1], "Values")))]
    if other is None:
        yield set_value(steps, "AWS::S3::Object")
        yield set_value((*steps[:-1], "Values"), values)
        return
    there: Steps = (*steps[:-2], other, "Values")
    logged = [plain(one) for one in items_of(node_at(template, there))]
    more = [one for one in values if not any(_covers(other, one) for other in logged)]
    yield from [Edit(action=Action.APPEND, path=there, value=one) for one in more]
    yield from filter(None, [removed(template, steps[:-1])])


def _covers(value: object, other: object) -> bool:
    """Whether a value selects all that another one does: the same bucket, or all buckets."""
    names = [re.split(r"[.:}/*]", _written(one).removeprefix("${"))[0] for one in (value, other)]
    return (
        value == other
        or (bool(names[0]) and names[0] == names[1])
        or (isinstance(value, str) and (value.endswith(":s3") or _ALL.match(value) is not None))
    )


def _with_slash(value: object) -> object:
    match value:
        case str() if every := _ALL.match(value):
            return every.group(1)
        case str():
            return value.rstrip("*/") + "/" if value.count(":") >= 5 else value
        case {"Fn::GetAtt": [str() as name, "Arn"]}:
            return {"Fn::Sub": "${" + name + ".Arn}/"}
        case {"Fn::GetAtt": str() as path}:
            return {"Fn::Sub": "${" + path + "}/"}
        case {"Fn::Sub": str() as text}:
            return {"Fn::Sub": text.rstrip("*/") + "/"}
    return value


def _written(value: object) -> str:
    """Return a reference to a resource in the notation of Fn::Sub; empty for anything else."""
    call = value if isinstance(value, dict) else {}
    if "Fn::GetAtt" in call and isinstance(call["Fn::GetAtt"], list):
        return "${" + ".".join(map(str, call["Fn::GetAtt"])) + "}"
    return "${" + str(call["Ref"]) + "}" if "Ref" in call else str(call.get("Fn::Sub", ""))


def rule_parameter(case: Case, finding: Finding) -> Iterator[Edit]:
    """Give an input parameter the name that the managed rule takes, where one is like it."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if steps and finding.facts["near"] and steps[-1] == finding.facts["value"]:
        yield renamed(steps, finding.facts["near"])
