"""Load balancer targets and permissions that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report permissions that name a target group which registers the function before they can exist."""
    for template, permission in case.resources("AWS::Lambda::Permission"):
        source = {use.target for use in template.references if use.owner == permission.name and "SourceArn" in use.path}
        for group in template.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"):
            if group.name in source and group.text("TargetType") == "lambda" and group.get("Targets") is not None:
                message = f"waits for {group.name}, which registers the function and needs the permission for that"
                yield at_property(template, permission, "SourceArn", message, value=group.name, says=message)


RULE = Rule(
    id="lambda-target-group-cycle",
    former_ids=("lambda-target-circle",),
    kind="circular-dependency",
    level="Critical",
    category="references",
    title="Permission and target group that wait for each other",
    issue="{resource} in {file} takes its SourceArn from {value}, so it is created after it. But {value} registers the "
    "function as its target when it is created, and elasticloadbalancing may not invoke the function before the "
    "permission exists: the registration is refused.",
    fix="Leave SourceArn out of {resource} and let {value} depend on it, or register the target in a later step.",
    root_cause="The references form no circle that CloudFormation sees; the services do.",
    lesson="Create the permission before the target group that registers the function.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html",
    cost="The deployment is rolled back.",
    security="Without SourceArn any load balancer of the account may invoke the function.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters: {FunctionArn: {Type: String, Default: 'arn:aws:lambda:us-east-1:123456789012:function:f'}}
Resources:
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: lambda, Targets: [{Id: !Ref FunctionArn}]}
  Invoke:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref FunctionArn
      Principal: elasticloadbalancing.amazonaws.com
      SourceArn: !Ref Group  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
