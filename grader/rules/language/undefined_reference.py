"""References to what the template does not define."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="undefined-reference",
    kind="undefined-reference",
    level="Critical",
    category="references",
    title="References to what the template does not define",
    issue="{file} refers to names that it does not define: {says}. CloudFormation refuses the template before anything "
    "is created.",
    fix="Define what {resource} refers to, or correct the name.",
    root_cause="A resource was renamed, left out or expected from another template, and the reference stayed.",
    lesson="Check that every Ref, GetAtt, Sub, DependsOn and mapping name is defined in the same template.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "plan:undefined-reference",
        "plan:undefined-mapping",
        "plan:mapping-key",
        "plan:undefined-condition",
        "plan:conditional-reference",
        "cloudformation-validate:F1010",
        "cloudformation-validate:F1012",
        "cloudformation-validate:F1018",
        "cloudformation-validate:F1020",
        "cfn-lint:E1020",
        "cfn-lint:E1012",
        "cfn-lint:E1019",
        "cfn-lint:E3005",
        "cloudformation-validate:E3005",
        "cfn-lint:E1011",
        "cloudformation-validate:E8002",
        "cfn-lint:E8002",
        "cfn-lint:E6005",
        "cloudformation-validate:E6005",
        "cloudformation-validate:E1028",
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
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
