"""Parameters whose values do not fit where they are used."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="questionable-parameter-value",
    former_ids=("doubtful-parameter-value",),
    kind="parameter-value",
    level="Medium",
    category="parameters",
    title="Parameters whose values do not fit where they are used",
    issue="A default or an allowed value of a parameter in {file} does not fit the property that takes it: {says}.",
    fix="Give the parameter values that the property accepts, or a type that holds it to them.",
    root_cause="The default stands for a value that somebody would fill in.",
    lesson="Let defaults and allowed values be values that can be deployed.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    cost="A deployment with that value is rolled back.",
    security="None.",
    performance="None.",
    stands_for=(
        "cfn-lint:W1030",
        "cloudformation-validate:W1030",
        "cfn-lint:W2030",
        "cloudformation-validate:W2030",
        "cfn-lint:W2031",
        "cloudformation-validate:W2031",
        "cfn-lint:W3034",
        "cloudformation-validate:W3034",
        "cfn-lint:W2002",
        "cloudformation-validate:W2002",
        "cfn-lint:I2003",
        "cloudformation-validate:I2003",
    ),
    engine="cfn-lint",
    fails=(
        example("""
Parameters:
  KeyArn: {Type: String, Default: placeholder}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: aws:kms
              KMSMasterKeyID: !Ref KeyArn
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
