"""Values that a property does not accept."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules._fragments import but
from grader.rules.language._causes import because_value

_TEMPLATE = """
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: 'On'  # finds
"""

RULE = Rule(
    id="invalid-property-value",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Invalid property {#value|values} of {types}",
    issue=("{resources} in {file} {has a value|have values} that AWS does not accept: {says}."),
    fix="{remedy}",
    root_cause="{because}",
    lesson="Check enumerated values, lengths, ranges and combinations against the resource type.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="CloudFormation or the service rejects the value, and the stack is rolled back.",
    confirm=because_value,
    stands_for=(
        "cfn-lint:E3*",
        "cloudformation-validate:W3030",
        "cloudformation-validate:E3*",
        "cloudformation-validate:F3*",
        "cfn-lint:E2*",
        "cloudformation-validate:E2*",
        "cfn-lint:E9*",
        "cloudformation-validate:E9*",
        "cfn-lint:E11*",
        "cloudformation-validate:E11*",
        "cloudformation-validate:E00*",
        "cfn-lint:E0*",
    ),
    fails=(example(_TEMPLATE),),
    passes=(example(but(_TEMPLATE, {"Status: 'On'  # finds": "Status: Enabled"})),),
)
