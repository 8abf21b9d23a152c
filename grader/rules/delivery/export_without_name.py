"""Exports without a name."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import Map


def check(case: Case) -> Iterator[RuleFinding]:
    """Report outputs whose Export has no Name."""
    for template in case.templates:
        for name, node in template.outputs.items():
            if not isinstance(node, Map) or "Export" not in node.keys:
                continue
            export = node.get("Export")
            if not isinstance(export, Map) or export.get("Name") is None:
                message = "is exported without a name"
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=node.keys["Export"].line, resource=name, path=f"Outputs.{name}.Export"
                    ),
                    message=message,
                    facts={"output": name},
                )


RULE = Rule(
    id="export-without-name",
    kind="missing-export-name",
    level="Critical",
    category="schema",
    title="Exports without a name",
    issue="The outputs {outputs} of {file} have an Export without a Name. The template is refused.",
    fix="Give each Export a Name, such as !Sub ${{AWS::StackName}}-Address, or remove it.",
    root_cause="The section was begun and not finished.",
    lesson="Write Export and Name together.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html",
    cost="The template is refused as a whole.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: orders}}
Outputs:
  Address:
    Value: !Ref Topic
    Export:  # finds
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
