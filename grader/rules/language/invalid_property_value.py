"""Values that a property does not accept."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="invalid-property-value",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Values that the property does not accept",
    issue="Values that the service refuses, in {file}: on {resources}. At {path} of {resource}: {says}.",
    fix="Set {path} of {resource} to one of the values that {type} accepts.",
    root_cause="The value is plausible and was not checked against what the property accepts.",
    lesson="Check enumerated values, lengths, ranges and combinations against the resource type.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The deployment is refused or rolled back.",
    security="None: nothing stays created.",
    performance="None: nothing stays created.",
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
    fails=(
        example("""
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: 'On'  # finds
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
