"""Resource types that do not exist."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._corrections import known_type

RULE = Rule(
    id="invalid-resource-type",
    kind="invalid-resource-type",
    level="Critical",
    category="schema",
    title="Unknown resource type: {types}",
    issue="{resources} in {file} {is|are} of a type that CloudFormation does not have in this region ({types}): {says}. CloudFormation "
    "rejects the template.",
    fix=(
        "Use the type of the template reference under which the service publishes the resource; where there is "
        "none, configure it with a property of another type or a custom resource."
    ),
    root_cause="{type} is not in the registry of resource types.",
    lesson="Take resource types from the template reference.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="CloudFormation rejects the template: unrecognized resource types.",
    stands_for=(
        "plan:type-unknown",
        "cfn-lint:E3006",
        "cloudformation-validate:F3006",
        "cfn-lint:E3710",
        "cloudformation-validate:E3710",
    ),
    corrections=known_type,
    fails=(
        example("""
Resources:
  Topic:  # finds
    Type: AWS::SNS::Channel
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Own:
    Type: Custom::Migration
    Properties: {ServiceToken: !Ref Topic}
"""),
    ),
)
