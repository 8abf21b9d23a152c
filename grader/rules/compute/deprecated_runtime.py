"""Runtimes that are or will be switched off."""

from __future__ import annotations

import re

from grader.catalogue import Rule, example
from grader.model import Finding

# The newest of each family. Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_CURRENT = {"python": "python3.13", "nodejs": "nodejs22.x", "java": "java21", "dotnet": "dotnet8", "ruby": "ruby3.4"}


def _current(finding: Finding) -> object:
    named = re.search(r"'([a-z]+)[\d.]*[\w.]*' was deprecated", finding.message)
    return _CURRENT.get(named.group(1)) if named and finding.path.endswith("Runtime") else None


RULE = Rule(
    id="deprecated-runtime",
    kind="deprecated-runtime",
    level="Medium",
    category="versions",
    title="Lambda runtimes at the end of their life",
    issue="A runtime at the end of its life, in {file}: on {resources}. For {resource}: {says}.",
    fix="Move {resources} to a current runtime and test the code on it.",
    root_cause="The runtime was current in what the model learnt from.",
    lesson="Choose runtimes that are still supported at the time of the task.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    cost="A migration soon after the first deployment.",
    security="A deprecated runtime gets no security patches.",
    performance="Newer runtimes start faster.",
    stands_for=(
        "cfn-lint:W2531",
        "cfn-lint:E2531",
        "cfn-lint:E2533",
        "cloudformation-validate:W2531",
        "cloudformation-validate:E2531",
        "cloudformation-validate:E2533",
    ),
    needed=_current,
    forgiven=True,
    fails=(
        example("""
Resources:
  Cleaner:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.8  # finds
      Handler: index.handler
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
