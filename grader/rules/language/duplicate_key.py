"""Keys that are written twice in one mapping."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.language._causes import lost_names, uses_of_twin
from grader.support.markdown import code, listed
from grader.template import Duplicate, Reference, Resource, Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys that are written twice.

    High where a section, resource, output or parameter is lost whose value differs, Critical where the template refers to a
    name that only the lost section defines, or reads an attribute that only the lost resource returns.
    """
    for template in case.templates:
        for twice in template.duplicates:
            entry = _entry(template, twice.key, twice.line)
            resource = template.resources.get(twice.key) if entry == "Resources" else None
            missed = lost_names(template, twice)
            misread = uses_of_twin(case, template, twice.key) if resource else []
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=twice.line,
                    resource=resource.name if resource else "",
                    type=resource.type if resource else "",
                ),
                message=f"the key {twice.key} is written twice, first at line {twice.first_line}",
                facts={
                    "key": twice.key,
                    "because": _because(template, twice, missed) + _of_attributes(resource, misread),
                    "remedy": _remedy(twice, entry),
                },
                level="Critical" if missed or misread else "High" if entry and twice.differs else "",
            )


def _because(template: Template, twice: Duplicate, missed: list[str]) -> str:
    because = f"The value at line {twice.line} replaces the value of {code(twice.key)} at line {twice.first_line}"
    if not missed:
        return f"{because}."
    lines = [use.line for name in missed for use in template.uses.get(name, ())]
    are = "are" if len(missed) > 1 else "is"
    return (
        f"{because}, so that {listed(missed)} {are} not defined. Line {min(lines)} refers to {code(_first(template, missed))}, and "
        "CloudFormation rejects the template."
    )


def _of_attributes(resource: Resource | None, misread: list[Reference]) -> str:
    """Say that attributes of the lost resource are read, which the last one does not return."""
    if resource is None or not misread:
        return ""
    read = f"{resource.name}.{misread[0].attribute}"
    return f" Line {misread[0].line} reads {code(read)}, which {code(resource.type)} does not return: CloudFormation rejects the template."


def _first(template: Template, names: list[str]) -> str:
    return min(names, key=lambda name: min(use.line for use in template.uses[name]))


def _remedy(twice: Duplicate, entry: str) -> str:
    lines = f"lines {twice.first_line} and {twice.line}"
    if entry in ("", twice.key):
        return f"Merge the values of {code(twice.key)} at {lines} into one."
    return f"Keep the entry of {code(twice.key)} that is meant, or give the other at {lines} a name of its own."


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
    issue="{file} has the key {keys} twice in one mapping. CloudFormation keeps the last value, and ignores the first.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Write every key of a mapping once.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
    # Source: https://github.com/aws-cloudformation/cfn-lint/issues/35
    aws_behaviour="CloudFormation accepts the template and keeps the last value of the key; it rejects a template that refers to a "
    "name of the lost value (Critical).",
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
        example("""
Parameters: {Stage: {Type: String, Default: dev}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsLive
Conditions:  # finds
  IsTest: !Equals [!Ref Stage, test]
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
