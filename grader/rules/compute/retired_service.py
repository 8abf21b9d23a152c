"""Services and settings that end."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="retired-service",
    former_ids=("ending-service",),
    kind="wrong-resource",
    level="Medium",
    category="versions",
    title="Services and settings that AWS is withdrawing",
    issue="{resources} in {file} use what AWS is closing or has put into maintenance: {says}.",
    fix="Take the successor that AWS names for it.",
    root_cause="The template follows documentation from before the announcement.",
    lesson="Check that a service takes new customers.",
    reference="https://docs.aws.amazon.com/general/latest/gr/service-lifecycle.html",
    cost="A migration within months.",
    security="None.",
    performance="None.",
    stands_for=(
        "cfn-lint:W3696",
        "cloudformation-validate:W3696",
        "cfn-lint:W3697",
        "cloudformation-validate:W3697",
        "cloudformation-validate:W9009",
    ),
    forgiven=True,
    fails=(
        example("""
Resources:
  Series:
    Type: AWS::Timestream::Database
    Properties:
      DatabaseName: readings
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
