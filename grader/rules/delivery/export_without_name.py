"""Exports without a name."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code
from grader.template import Map, at


def check(case: Case) -> Iterator[RuleFinding]:
    """Report outputs whose Export has no Name."""
    for template in case.templates:
        complete = [name for name, node in template.outputs.items() if at(node, "Export", "Name") is not None]
        for name, node in template.outputs.items():
            if not isinstance(node, Map) or "Export" not in node.keys:
                continue
            if at(node, "Export", "Name") is None:
                because = (
                    f"The output {code(complete[0])} of the same template has an export with a Name."
                    if complete
                    else f"Nothing follows `Export` in the output {code(name)}."
                )
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=node.keys["Export"].line, resource=name, path=f"Outputs.{name}.Export"
                    ),
                    message="is exported without a name",
                    facts={"output": name, "because": because},
                )


RULE = Rule(
    id="export-without-name",
    kind="missing-export-name",
    level="Critical",
    category="schema",
    title="Missing export name",
    issue="The {output|outputs} {outputs} of {file} {has|have} an Export without a Name. CloudFormation rejects the template.",
    fix="Add a Name to each Export, such as `!Sub ${{AWS::StackName}}-Address`, or remove the Export.",
    root_cause="{because}",
    lesson="Write Export and Name together.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html",
    aws_behaviour="CloudFormation rejects the template when it validates it.",
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
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: orders}}
Outputs:
  Address: {Value: !Ref Topic, Export: {Name: !Sub '${AWS::StackName}-address'}}
  Name: {Value: !GetAtt Topic.TopicName}
"""),
    ),
)
