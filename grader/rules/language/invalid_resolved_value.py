"""Values that are wrong once functions are resolved."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="invalid-resolved-value",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Values that are refused once they are put together",
    issue="{resources} in {file} get values that are put together from parameters, and with the values that the "
    "template itself gives them the result is refused; at line {line}: {says}.",
    fix="Change the parts (a default, an allowed value, the order in the name) so that each result fits; bucket names"
    " are in lower case.",
    root_cause="The name was checked as it is written, and not as it comes out.",
    lesson="Work out what names become for every value that a parameter may take.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    cost="The deployment is rolled back at this resource.",
    security="None: nothing stays created.",
    performance="None: nothing stays created.",
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
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
