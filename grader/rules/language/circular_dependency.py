"""Resources that depend on each other in a circle."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="circular-dependency",
    kind="circular-dependency",
    level="Critical",
    category="references",
    title="Circular dependency between resources",
    issue="A circle of dependencies in {file}, through {resources}: {says}. CloudFormation finds no order in which to "
    "create them and refuses the template.",
    fix="Break the circle: move the part that points back into a resource of its own (a rule of a security group, a "
    "policy, a permission), or use a name instead of a reference.",
    root_cause="Each reference is right by itself; nobody followed them all the way round.",
    lesson="Follow references to their end; put mutual rules and permissions into separate resources.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "plan:cycle",
        "plan:nested-cycle",
        "cfn-lint:E3004",
        "cloudformation-validate:F3004",
        "cloudformation-validate:E9106",
    ),
    fails=(
        example("""
Resources:
  Web:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt App.TopicName}
  App:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt Web.TopicName}
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
