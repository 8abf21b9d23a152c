"""A Lambda permission and a target group that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created
from grader.support.markdown import code
from grader.template import Resource, Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report permissions that name a target group which registers the function, where no earlier permission exists."""
    for template, permission in created(case, "AWS::Lambda::Permission"):
        source = {use.target for use in template.references if use.owner == permission.name and "SourceArn" in use.path}
        for group in template.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"):
            lambdas = group.text("TargetType") == "lambda" and group.get("Targets") is not None
            if group.name in source and lambdas and not _is_permitted_before(case, template, permission, group):
                message = f"waits for {group.name}, which registers the function and needs the permission for that"
                because = f"`SourceArn` of {code(permission.name)} refers to {code(group.name)}, which has `Targets`."
                yield at_property(template, permission, "SourceArn", message, value=group.name, because=because)


def _is_permitted_before(case: Case, template: Template, permission: Resource, group: Resource) -> bool:
    """Whether another permission for load balancers is created before the target group."""
    before = {use.target for use in template.references if use.owner == group.name and use.kind == "DependsOn"}
    return any(
        other.name in before
        and other.name != permission.name
        and case.scopes[template.file].text(other.get("Principal")).startswith("elasticloadbalancing")
        for other in template.of_type("AWS::Lambda::Permission")
    )


RULE = Rule(
    id="lambda-target-group-cycle",
    former_ids=("lambda-target-circle",),
    kind="circular-dependency",
    level="Critical",
    category="references",
    title="Lambda permission created after the target group that needs it",
    issue="{resources} in {file} {takes its|take their} SourceArn from {values}, so CloudFormation creates the target group first. The "
    "target group registers the function, and Elastic Load Balancing rejects that while the function's policy does not permit "
    "`elasticloadbalancing.amazonaws.com` to invoke it.",
    fix="Remove SourceArn from {resources} and add {resources} to the DependsOn of {values}; or add the target in a later update.",
    root_cause="{because}",
    lesson="Create the Lambda permission before the target group that registers the function.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html",
    security="Without SourceArn, every load balancer may invoke the function: restrict it with SourceAccount.",
    aws_behaviour="The registration of the target is rejected with AccessDenied, and the stack rolls back.",
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
Parameters: {FunctionArn: {Type: String, Default: 'arn:aws:lambda:us-east-1:123456789012:function:f'}}
Resources:
  Invoke:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref FunctionArn, Principal: elasticloadbalancing.amazonaws.com}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: Invoke
    Properties: {TargetType: lambda, Targets: [{Id: !Ref FunctionArn}]}
"""),
    ),
)
