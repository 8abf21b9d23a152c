"""More reserved concurrency than the account has."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="reserved-concurrency",
    kind="reserved-concurrency",
    level="Critical",
    category="account",
    title="Reserved concurrency that a new account does not have",
    issue="{resources} in {file} reserve {values} concurrent executions. The account has {limit} in all, of which "
    "{room} can be reserved; Lambda refuses the rest when the function is created.",
    fix="Leave ReservedConcurrentExecutions out, or make it a parameter that is off by default.",
    root_cause="The quota of an account in use, 1,000, was taken for that of every account.",
    lesson="Reserve concurrency only where the task asks for it, and never more than a new account has.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="Reserving for one function takes from all the others.",
    stands_for=("plan:reserved-concurrency",),
    fails=(
        example("""
Resources:
  Cleaner:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      ReservedConcurrentExecutions: 50  # finds
      Role: arn:aws:iam::999988887777:role/cleaner
      Code: {ZipFile: 'def handler(event, context): return None'}
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
