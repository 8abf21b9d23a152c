"""Exports whose names are taken."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="duplicate-export",
    kind="duplicate-export",
    level="Critical",
    category="naming",
    title="Exports whose names are taken",
    issue="The output {resource} in {file} {says}. Export names are unique in a region of an account.",
    fix="Put the name of the stack into each export name, with Fn::Sub and AWS::StackName.",
    root_cause="The export name was chosen as if there were one stack.",
    lesson="Build export names from the name of the stack.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html",
    cost="The second stack is refused.",
    security="None.",
    performance="None.",
    stands_for=("plan:export-collision",),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
Outputs:
  First:
    Value: !Ref Topic
    Export: {Name: topic}
  Second:
    Value: !GetAtt Topic.TopicName
    Export: {Name: topic}  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
Outputs:
  First:
    Value: !Ref Topic
    Export: {Name: !Sub '${AWS::StackName}-topic'}
"""),
    ),
)
