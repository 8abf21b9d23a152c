"""Logical ids with characters that CloudFormation does not accept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code

_SECTIONS = ("Parameters", "Resources", "Outputs")
_ID = re.compile(r"[A-Za-z0-9]{1,255}")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names of parameters, resources and outputs that are not alphanumeric."""
    for template in case.templates:
        for section in _SECTIONS:
            for name, key in template.section(section).keys.items():
                if _ID.fullmatch(name) or name.startswith("Fn::"):
                    continue
                right = [other for other in template.section(section).keys if _ID.fullmatch(other)]
                because = (
                    f"Other names in {section} are alphanumeric, such as {code(right[0])}."
                    if right
                    else f"Every name in {section} has such a character."
                )
                resource = template.resources.get(name) if section == "Resources" else None
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=key.line, resource=name, type=resource.type if resource else ""
                    ),
                    message=f"{name} in {section} is not alphanumeric",
                    facts={"name": name, "section": section, "because": because},
                )


RULE = Rule(
    id="invalid-logical-id",
    kind="invalid-logical-id",
    level="Critical",
    category="syntax",
    title="Invalid logical {id|ids}: {names}",
    issue="{file} has the logical {id|ids} {names} in {sections}. A logical id consists of letters and digits; CloudFormation rejects the "
    "template because of any other character.",
    fix="Rename {names} to letters and digits only, and every reference to {it|them}.",
    root_cause="{because}",
    lesson="Write logical ids in CamelCase, and put hyphens into the Name tag.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
    aws_behaviour="CloudFormation rejects the template: logical ids are alphanumeric.",
    stands_for=(
        "cloudformation-validate:F0006",
        "cloudformation-validate:F2003",
        "cloudformation-validate:F6004",
        "cfn-lint:E2003",
        "cfn-lint:E6004",
    ),
    check=check,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  order-queue:  # finds
    Type: AWS::SQS::Queue
"""),
    ),
    passes=(
        example("""
Resources:
  OrderQueue2:
    Type: AWS::SQS::Queue
    Properties: {Tags: [{Key: order-name, Value: x}]}
"""),
    ),
)
