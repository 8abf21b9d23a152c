"""Two exports with the same name."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="duplicate-export",
    kind="duplicate-export",
    level="Critical",
    category="naming",
    title="Export name used twice: {values}",
    issue="The output {resource} in {file} exports {value}, a name that is taken: {says}. Export names are unique in a region "
    "of an account, and CloudFormation rejects the stack.",
    fix="Give each export a name of its own that contains the name of the stack, such as `!Sub ${{AWS::StackName}}-Address`.",
    root_cause="{count} of the outputs use a name that another output or stack has.",
    lesson="Build export names from the name of the stack and the output.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html",
    aws_behaviour="CloudFormation rejects a stack that exports a name which another output or stack exports.",
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
    Export: {Name: !Sub '${AWS::StackName}-arn'}
  Second:
    Value: !GetAtt Topic.TopicName
    Export: {Name: !Sub '${AWS::StackName}-name'}
"""),
    ),
)
