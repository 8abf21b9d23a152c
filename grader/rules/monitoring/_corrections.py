"""Edits that correct what trails log and Config rules take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import item_steps, node_at, renamed, set_value, steps_of, template_of
from grader.model import Edit, Finding
from grader.template import Call, plain

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
    if steps[-1] == "Type" and value == "AWS::S3::Bucket":
        yield set_value(steps, "AWS::S3::Object")
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
