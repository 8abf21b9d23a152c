"""Parameters whose values do not fit where they are used."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="questionable-parameter-value",
    former_ids=("doubtful-parameter-value",),
    kind="parameter-value",
    level="Medium",
    category="parameters",
    title="Parameter value that its use does not accept: {resources}",
    issue="A default or an allowed value of {resources} in {file} is not a value of the property that takes it: {says}. A "
    "deployment with that value fails.",
    fix="Give {resource} only values that the property accepts, or constrain it with AllowedValues or AllowedPattern.",
    root_cause="{resource} is declared at line {line} without a constraint that excludes this value.",
    lesson="Let every default and allowed value be a value that can be deployed.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="CloudFormation accepts the parameter; the service rejects the value when the resource is created with it.",
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
