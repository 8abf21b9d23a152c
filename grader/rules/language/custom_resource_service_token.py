"""Custom resources without the function that creates them."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report custom resources without a ServiceToken."""
    for template, resource in case.resources():
        is_custom = resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource"
        hidden = case.scopes[template.file].exists(resource) is False or "Fn::Transform" in resource.properties.values
        if is_custom and not hidden and resource.get("ServiceToken") is None:
            yield at_property(template, resource, "", f"{resource.type} has no ServiceToken")


RULE = Rule(
    id="custom-resource-service-token",
    kind="missing-required-property",
    level="Critical",
    category="schema",
    title="Custom {resource|resources} without a ServiceToken",
    issue="{resources} in {file} {is|are} of a custom type ({types}) and {has|have} no ServiceToken. CloudFormation has nothing to "
    "call that would create {it|them}, and the creation fails.",
    fix="Use the AWS resource type where one exists; else set ServiceToken to the ARN of the function or topic that does the work.",
    root_cause="{types} {names|name} a type of the template's own, and no property says who provides it.",
    lesson="A Custom:: type works only with a ServiceToken; most of what AWS offers has a type of its own.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html",
    aws_behaviour="ServiceToken is required: the resource fails to be created, and the stack is rolled back.",
    check=check,
    fails=(
        example("""
Resources:
  Table:  # finds
    Type: Custom::Table
    Properties:
      Name: orders
"""),
    ),
    passes=(
        example("""
Resources:
  Table:
    Type: Custom::Table
    Properties:
      ServiceToken: arn:aws:lambda:us-east-1:111122223333:function:tables
"""),
        example("""
Parameters:
  Provider: {Type: String, Default: 'arn:aws:sns:us-east-1:111122223333:orders'}
Resources:
  Table:
    Type: AWS::CloudFormation::CustomResource
    Properties:
      ServiceToken: !Ref Provider
"""),
    ),
)
