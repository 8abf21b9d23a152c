"""Templates that do not say their format."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example


def check(case: Case) -> Iterator[Hit]:
    """Report templates without AWSTemplateFormatVersion."""
    for template in case.templates:
        if template.root.get("AWSTemplateFormatVersion") is None and len(template.resources) > 5:
            yield Hit(template.file, 1, "has no AWSTemplateFormatVersion", facts={"value": template.file})


RULE = Rule(
    id="missing-format-version",
    kind="missing-format-version",
    level="Medium",
    category="syntax",
    title="Template without its format version",
    issue="{files} does not begin with AWSTemplateFormatVersion. CloudFormation assumes the latest, but tools that "
    "recognise templates by it do not take the file for one.",
    fix="Begin the template with AWSTemplateFormatVersion: '2010-09-09'.",
    root_cause="The line is optional for CloudFormation and was left out.",
    lesson="Begin every template with its format version and a description.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/format-version-structure.html",
    cost="None.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:  # finds
  A: {Type: AWS::SNS::Topic}
  B: {Type: AWS::SNS::Topic}
  C: {Type: AWS::SNS::Topic}
  D: {Type: AWS::SNS::Topic}
  E: {Type: AWS::SNS::Topic}
  F: {Type: AWS::SNS::Topic}
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
