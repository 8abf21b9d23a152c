"""Resource types of services that AWS has closed or is closing."""

from __future__ import annotations

import re

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._shared import resource_at, with_facts
from grader.support.markdown import code

_SAYS = re.compile(
    r"Resource type '(?P<type>AWS::(?P<service>\w+)::(?P<noun>\w+))' is from a service (?P<state>that will be shut down on|in maintenance "
    r"mode since) (?P<date>[\d-]+)"
)
# New accounts cannot create launch configurations, in any way.
# Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html
_CLOSED = "AWS::AutoScaling::LaunchConfiguration"


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """A service in maintenance takes no new customers; a property that a schema calls deprecated is not a failure."""
    said, found = _SAYS.match(finding.message), resource_at(case, finding)
    if said is None or found is None or case.scopes[found[0].file].exists(found[1]) is False:
        return None
    words = " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+", said["noun"]))
    ordered = case.request.orders(rf"\b({re.escape(said['service'])}|{re.escape(words)})", near="")
    is_closed = said["state"].startswith("in")
    date = said["date"]
    because = (
        f"New accounts cannot create {code(said['type'])} since {date}."
        if said["type"] == _CLOSED
        else f"AWS closed the service of {code(said['type'])} to new customers on {date}."
        if is_closed
        else f"AWS shuts the service of {code(said['type'])} down on {date}."
    )
    level = "Medium" if ordered or not (is_closed and case.account.profile == "fresh") else ""
    remedy = f"Replace {code(finding.resource)} by the successor that AWS names for the service."
    if said["type"] == _CLOSED:
        remedy = f"Replace {code(finding.resource)} by an AWS::EC2::LaunchTemplate, and name it as LaunchTemplate of the group."
    consequence = "A new account cannot use the service." if is_closed else f"The resource stops working on {date}."
    if said["type"] == _CLOSED:
        consequence = "EC2 Auto Scaling rejects it in a new account."
    refused = said["type"] == _CLOSED and not level
    return with_facts(
        finding,
        level="Critical" if refused else level,
        value=said["type"],
        because=because,
        remedy=remedy,
        consequence=consequence,
    )


RULE = Rule(
    id="retired-service",
    former_ids=("ending-service",),
    kind="wrong-resource",
    level="High",
    category="versions",
    title="Resource type that AWS has closed or is closing: {values}",
    issue="{resources} in {file} {uses|use} {values}. {consequence}",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Check that a service takes new customers before you build on it.",
    reference="https://docs.aws.amazon.com/general/latest/gr/service-lifecycle.html",
    cost="The workload has to be migrated to the successor later.",
    stands_for=(
        "cfn-lint:W3696",
        "cloudformation-validate:W3696",
        "cfn-lint:W3697",
        "cloudformation-validate:W3697",
        "cloudformation-validate:W9009",
    ),
    confirm=_confirm,
    yields_to=("invalid-resource-type",),
    forgiven=True,
    aws_behaviour="A new account cannot use a service that is closed to new customers; one with a date for its end still deploys (Medium).",
    fails=(
        example("""
Resources:
  Series:
    Type: AWS::Timestream::Database
    Properties:
      DatabaseName: readings
"""),
    ),
    passes=(
        example("""
Parameters: {Key: {Type: String, Default: 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f'}}
Resources:
  Cluster:
    Type: AWS::EKS::Cluster
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/cluster
      ResourcesVpcConfig: {SubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]}
      EncryptionConfig: [{Provider: {KeyArn: !Ref Key}, Resources: [secrets]}]
"""),
    ),
)
