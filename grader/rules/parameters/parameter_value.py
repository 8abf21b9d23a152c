"""Values that the parameter itself refuses."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="parameter-value",
    kind="invalid-property-value",
    level="Critical",
    category="parameters",
    title="Values that their own parameters refuse",
    issue="The value of {resource} in {file} is refused by the template itself: {says}.",
    fix="Make the value and the constraint of {resource} agree.",
    root_cause="Default and constraint were written one after the other, and never tried together.",
    lesson="Check every default against its own type, pattern, allowed values and bounds.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    cost="The stack is refused.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "plan:parameter-value",
        "plan:parameter-type",
        "plan:rule-assertion",
        "cloudformation-validate:F2012",
        "cloudformation-validate:F2015",
        "cloudformation-validate:F0015",
        "cloudformation-validate:F0016",
        "cloudformation-validate:F2002",
        "cfn-lint:E2015",
    ),
    fails=(
        example("""
Parameters:
  Stage:
    Type: String
    AllowedValues: [test, prod]
    Default: dev  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
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
