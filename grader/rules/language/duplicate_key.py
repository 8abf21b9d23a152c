"""Keys that are written twice in one mapping."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code
from grader.template import Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys that are written twice: High where a section, resource, output or parameter is lost whose value differs."""
    for template in case.templates:
        for twice in template.duplicates:
            lost = _entry(template, twice.key, twice.line)
            resource = template.resources.get(twice.key) if lost == "Resources" else None
            because = (
                f"The value at line {twice.line} replaces the value of {code(twice.key)} at line {twice.first_line}."
            )
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=twice.line,
                    resource=resource.name if resource else "",
                    type=resource.type if resource else "",
                ),
                message=f"the key {twice.key} is written twice, first at line {twice.first_line}",
                facts={"key": twice.key, "first": str(twice.first_line), "because": because},
                level="High" if lost and twice.differs else "",
            )


def _entry(template: Template, key: str, line: int) -> str:
    """Return the section whose entry a key is, the key itself where it is a section; empty for keys further down."""
    if key in template.root.keys and template.root.keys[key].line == line:
        return key
    for section in ("Parameters", "Mappings", "Conditions", "Resources", "Outputs"):
        entry = template.section(section).keys.get(key)
        if entry is not None and entry.line == line:
            return section
    return ""


RULE = Rule(
    id="duplicate-key",
    kind="template-syntax",
    level="Medium",
    category="syntax",
    title="Key written twice: {keys}",
    issue="{file} has {keys} twice in one mapping, first at line {first} and again at line {line}. CloudFormation keeps the last value, "
    "and ignores the first.",
    fix="Merge the two values, or give the second another key.",
    root_cause="{because}",
    lesson="Write every key of a mapping once.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
    # Source: https://github.com/aws-cloudformation/cfn-lint/issues/35
    aws_behaviour="CloudFormation accepts the template and keeps the last value of the key.",
    check=check,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Topic:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: orders}
"""),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
      DisplayName: returns  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: orders}
  Other:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: orders}
"""),
    ),
)
