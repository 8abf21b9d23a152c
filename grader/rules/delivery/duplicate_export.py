"""Two exports with the same name."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._shared import with_facts
from grader.support.markdown import code


def _confirm(case: Case, finding: Finding) -> Finding:
    """Say which other output or stack exports the name."""
    other, place = finding.facts.get("other", ""), finding.facts.get("place", "")
    if not other:
        return with_facts(finding, because="A stack of the account exports the name already.")
    return with_facts(finding, because=f"The output {code(other)} of {code(place)} exports the name, too.")


RULE = Rule(
    id="duplicate-export",
    kind="duplicate-export",
    level="Critical",
    category="naming",
    title="Export name used twice: {values}",
    issue="{resources} in {file} {exports|export} {values}, which another output or stack exports as well. Export names are unique in "
    "a region of an account, and CloudFormation rejects the second stack or output.",
    fix="Give each export a name of its own that contains the name of the stack, such as `!Sub ${{AWS::StackName}}-Address`.",
    root_cause="{because}",
    lesson="Build export names from the name of the stack and the output.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html",
    aws_behaviour="CloudFormation rejects a stack that exports a name which another output or stack exports.",
    stands_for=("plan:export-collision",),
    confirm=_confirm,
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
