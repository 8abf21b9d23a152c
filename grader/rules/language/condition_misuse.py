"""Conditions that CloudFormation cannot evaluate."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._conditions import because_condition, named_condition

RULE = Rule(
    id="condition-misuse",
    kind="condition-misuse",
    level="Critical",
    category="references",
    title="Condition that CloudFormation cannot evaluate",
    issue="In {file}, {says}. CloudFormation rejects the template when it validates it.",
    fix="{remedy}",
    root_cause="{because}",
    lesson=(
        "Write conditions with Fn::Equals, Fn::And, Fn::Or and Fn::Not over parameters, mappings and other conditions."
    ),
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    aws_behaviour="CloudFormation rejects the template when it validates it.",
    stands_for=(
        "plan:condition-cycle",
        "cfn-lint:E8*",
        "cloudformation-validate:E8*",
        "cloudformation-validate:F0013",
        "cloudformation-validate:F0014",
        "cloudformation-validate:F86*",
        "cfn-lint:E1028",
        "cloudformation-validate:E1028",
    ),
    confirm=because_condition,
    corrections=named_condition,
    yields_to=("undefined-reference", "template-structure"),
    fails=(
        example("""
Parameters:
  Engine: {Type: String, Default: postgres}
Resources:
  Admission:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: sg-01234567
      CidrIp: 10.0.0.0/16
      IpProtocol: tcp
      FromPort: !If [!Equals [!Ref Engine, postgres], 5432, 3306]  # finds
      ToPort: 5432
"""),
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProduction: !Equals [!Ref Stage]  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsProduction
"""),
    ),
    passes=(
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
  IsTest: !And [!Not [!Condition IsProduction], !Equals [!Ref Stage, test]]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsTest
"""),
    ),
)
