"""Resource types that do not exist."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="invalid-resource-type",
    kind="invalid-resource-type",
    level="Critical",
    category="schema",
    title="Resource types that do not exist",
    issue="Types that CloudFormation does not know, in {file}: {types} (of {resources}). The engine says: {says}.",
    fix="Use the type under which the service publishes the resource; look it up in the template reference before "
    "inventing one.",
    root_cause="The name of the type was made up from the name of the service or of its API.",
    lesson="Take resource types from the template reference, never by analogy.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "plan:type-unknown",
        "cfn-lint:E3006",
        "cloudformation-validate:F3006",
        "cfn-lint:E3710",
        "cloudformation-validate:E3710",
        "cfn-lint:E3001",
        "cloudformation-validate:E3001",
    ),
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
    Properties:
      DisplayName: orders
"""),
    ),
)
