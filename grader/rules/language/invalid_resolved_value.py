"""Values that are invalid once their parts are put together."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._causes import because_value
from grader.rules.language._corrections import lower_case

RULE = Rule(
    id="invalid-resolved-value",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Composed value that {types} does not accept",
    issue=(
        "{resources} in {file} {gets a value|get values} composed of parameters, mappings or pseudo parameters, and the result "
        "is invalid: {says}."
    ),
    fix="{remedy}",
    root_cause="{because}",
    lesson="Work out what a composed value becomes for every value of its parameters.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    aws_behaviour="The service rejects the composed value, and CloudFormation rolls the stack back.",
    confirm=because_value,
    stands_for=(
        "cfn-lint:W1031",
        "cloudformation-validate:W1031",
        "cfn-lint:W1032",
        "cloudformation-validate:W1032",
        "cfn-lint:W1033",
        "cloudformation-validate:W1033",
        "cfn-lint:W1034",
        "cloudformation-validate:W1034",
        "cfn-lint:W1035",
        "cloudformation-validate:W1035",
        "cfn-lint:W1036",
        "cloudformation-validate:W1036",
        "cfn-lint:W1040",
        "cloudformation-validate:W1040",
    ),
    corrections=lower_case,
    fails=(
        example("""
Parameters:
  Environment: {Type: String, Default: Production, AllowedValues: [Production, Test]}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'uploads-${AWS::AccountId}-${Environment}'  # finds
"""),
    ),
    passes=(
        example("""
Parameters:
  Environment: {Type: String, Default: production, AllowedValues: [production, test]}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'uploads-${AWS::AccountId}-${Environment}'
"""),
    ),
)
