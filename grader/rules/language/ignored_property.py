"""Properties that have no effect."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="ignored-property",
    kind="invalid-property",
    level="Medium",
    category="schema",
    title="Ignored {property|properties} of {resources}",
    issue="{resources} in {file} {sets a property|set properties} that AWS ignores, at line {line}: {says}.",
    fix="Remove {path} from {resource}, or choose the configuration in which it has an effect.",
    root_cause="Another property of {resource} selects a configuration in which {path} is not read.",
    lesson="Check in which configuration a property has an effect.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="The resource is created, and the property has no effect.",
    stands_for=(
        "cfn-lint:W3671",
        "cloudformation-validate:W3671",
        "cfn-lint:W3687",
        "cloudformation-validate:W3687",
        "cfn-lint:W3688",
        "cloudformation-validate:W3688",
        "cfn-lint:W3689",
        "cloudformation-validate:W3689",
        "cfn-lint:W3693",
        "cloudformation-validate:W3693",
        "cfn-lint:W3698",
        "cloudformation-validate:W3698",
        "cfn-lint:W3660",
        "cloudformation-validate:W3660",
        "cfn-lint:W3001",
        "cfn-lint:W3699",
        "cfn-lint:W3700",
        "cfn-lint:W3703",
        "cfn-lint:W3704",
        "cfn-lint:W3705",
        "cfn-lint:W3694",
        "cloudformation-validate:W3694",
        "cloudformation-validate:I9002",
    ),
    fails=(
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Everything from the own network
      SecurityGroupIngress:
        - IpProtocol: '-1'
          FromPort: 443
          ToPort: 443
          CidrIp: 10.0.0.0/16
"""),
    ),
    passes=(
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Web servers
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
"""),
    ),
)
