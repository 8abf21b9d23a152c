"""References to names that the template does not define."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._causes import because_undefined

RULE = Rule(
    id="undefined-reference",
    kind="undefined-reference",
    level="Critical",
    category="references",
    title="Reference to an undefined name: {targets}",
    issue=("In {file}, {says}. {consequence}"),
    fix="{remedy}",
    root_cause="{because}",
    lesson=(
        "Check that every Ref, Fn::GetAtt, Fn::Sub, DependsOn and Fn::FindInMap names something that the same "
        "template defines."
    ),
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    aws_behaviour="CloudFormation rejects the template: unresolved dependencies.",
    confirm=because_undefined,
    stands_for=(
        "plan:undefined-reference",
        "plan:undefined-mapping",
        "plan:mapping-key",
        "plan:undefined-condition",
        "plan:conditional-reference",
        "cfn-lint:undefined-name",
        "cloudformation-validate:undefined-name",
        "cloudformation-validate:F1010",
        "cloudformation-validate:F1012",
        "cloudformation-validate:F1018",
        "cloudformation-validate:F1020",
        "cfn-lint:E3005",
        "cloudformation-validate:E3005",
        "cloudformation-validate:E8002",
        "cfn-lint:E8002",
        "cfn-lint:E6005",
        "cloudformation-validate:E6005",
    ),
    yields_to=("invalid-getatt",),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Shop  # finds
"""),
    ),
    passes=(
        example("""
Parameters: {Shop: {Type: String, Default: books}}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub '${Shop}-${AWS::StackName}'
"""),
    ),
)
