"""Parameters that nothing gives a value."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="parameter-without-default",
    kind="missing-parameter-default",
    level="High",
    category="parameters",
    title="Parameters without a default or a documented value",
    issue="{parameters} in {file} have no default, and neither a parameters file nor a command of the response gives "
    "them a value. CloudFormation refuses to create the stack until somebody finds out what to put there.",
    fix="Give each of {parameters} a default that works in a new account, create what it stands for in the template, "
    "or show the command with its value.",
    root_cause="The template was written for a reader who already has these values.",
    lesson="A template deploys by itself: every parameter has a default that works, or a documented value.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    cost="An unattended deployment stops here.",
    security="None by itself; a secret is better generated than asked for.",
    performance="None.",
    stands_for=("plan:parameter-missing",),
    yields_to=("external-dependency",),
    fails=(
        example("""
Parameters:
  Stage:  # finds
    Type: String
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
"""),
    ),
    passes=(
        example("""
Parameters:
  Stage: {Type: String}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
=== README.md
    aws cloudformation deploy --template-file template.yml --stack-name topics --parameter-overrides Stage=dev
"""),
    ),
)
