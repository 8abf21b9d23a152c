"""Parameters and resources of one name."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code, listed


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources that have the name of a parameter of their template."""
    for template in case.templates:
        for name, resource in template.resources.items():
            parameter = template.parameters.get(name)
            if parameter is None:
                continue
            lines = sorted({str(use.line) for use in template.uses.get(name, ())}, key=int)
            because = f"Line {parameter.line} of {code(template.file)} defines the parameter {code(name)}, and line {resource.line} a resource"
            because += f"; it is unclear which of them the references at {_lines(lines)} mean." if lines else "."
            yield RuleFinding(
                location=Location(file=template.file, line=resource.line, resource=name, type=resource.type),
                message=f"{name} is the name of a parameter as well, at line {parameter.line}",
                facts={"name": name, "because": because},
            )


def _lines(lines: list[str]) -> str:
    return f"line {lines[0]}" if len(lines) == 1 else f"lines {listed(lines).replace('`', '')}"


RULE = Rule(
    id="shared-logical-id",
    kind="invalid-logical-id",
    level="Critical",
    category="syntax",
    title="Parameter and resource of one name: {names}",
    issue="{file} gives {names} as the name of a parameter and of a resource. Logical ids are unique among all names of a template: "
    "CloudFormation rejects it.",
    fix="Rename the parameter or the resource {names}, and the references that mean it.",
    root_cause="{because}",
    lesson="Use each logical id once in a template, across parameters and resources.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="CloudFormation rejects the template: the name of a parameter is unique among all logical names.",
    stands_for=("cfn-lint:E3007", "cloudformation-validate:F3007"),
    check=check,
    fails=(
        example("""
Parameters:
  Topic: {Type: String, Default: orders}
Resources:
  Topic:  # finds
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Ref Topic}
"""),
    ),
    passes=(
        example("""
Parameters:
  TopicName: {Type: String, Default: orders}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Ref TopicName}
Outputs:
  Topic: {Value: !Ref Topic}
"""),
    ),
)
