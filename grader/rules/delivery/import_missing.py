"""Imports of values that no stack exports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.plan.model import PlanCode
from grader.plan.names import check_exports, exported
from grader.support.markdown import listed

_ASKED = r"\bfn::importvalue\b|\bimport(s|ed|ing)?\b|\bexisting (stack|export)s?\b|\bexported by\b"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report imports of what neither the bundle nor the account exports, where the prompt does not speak of imports."""
    if case.request.orders(_ASKED):
        return
    for problem in check_exports(case):
        if problem.code is PlanCode.EXPORT_MISSING:
            names = sorted(re.sub(r"^.*?:(?=.*\$\{AWS::StackName\})", "", name) for name in exported(case))
            value = problem.facts["value"]
            because = (
                f"The templates of the response export {listed(names)}."
                if names
                else "No template of the response has an export."
            )
            yield RuleFinding(
                location=problem.location, message=problem.message, facts={"value": value, "because": because}
            )


RULE = Rule(
    id="import-missing",
    kind="external-dependency",
    level="Critical",
    category="prerequisites",
    title="Import of a value that no stack exports: {values}",
    issue="{resources} in {file} {imports|import} {values}. Neither a template of the response nor the account exports {it|them}, and "
    "CloudFormation rejects the stack.",
    fix="Create what {value} stands for in this response and refer to it, or take it as a parameter.",
    root_cause="{because}",
    lesson="Import only names that the response exports, or that the prompt gives.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-"
    "importvalue.html",
    aws_behaviour="CloudFormation rejects the stack: no export with that name was found.",
    check=check,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !ImportValue shared-name  # finds
"""),
    ),
    passes=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !ImportValue shared-name
""",
            prompt="Import the display name that the stack `shared` exports as shared-name.",
        ),
    ),
)
