"""Names without the suffix that the task asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import NAME_PROPERTIES

_ASKED = r"environment_?suffix"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report templates without the suffix parameter that the prompt asks for, and names that leave it out."""
    if not re.search(_ASKED, case.prompt):
        return
    for template in case.templates:
        names = [name for name in template.parameters if re.search(r"suffix|environment|envname|stage", name, re.I)]
        for resource in template.resources.values():
            key = NAME_PROPERTIES.get(resource.type, "")
            node = resource.get(key) if key else None
            if node is None:
                continue
            text = case.scopes[template.file].text(node)
            used = {
                name
                for name in names
                if any(use.owner == resource.name and key in use.path for use in template.uses.get(name, ()))
            }
            if not used and "AWS::StackName" not in text and "${" not in text:
                yield at_property(
                    template, resource, key, f"has the fixed name {text}, without the environment's suffix", value=text
                )


RULE = Rule(
    id="missing-environment-suffix",
    kind="missing-environment-suffix",
    level="High",
    category="naming",
    title="Names without the suffix that the task asks for",
    issue="The task asks for an environment suffix in names, so that several deployments fit in one account. In {file},"
    " {resources} have fixed names: {values}. The second deployment fails on each of them.",
    fix="Add the suffix as a parameter and put it into each name with Fn::Sub.",
    root_cause="The suffix was added to some names and forgotten on others.",
    lesson="Put the environment suffix into every explicit name when the task asks for one.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    cost="A second environment needs an account of its own.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example(
            """
Parameters: {EnvironmentSuffix: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub 'orders-${EnvironmentSuffix}'}
  Alarms:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: /shop/alarms  # finds
      RetentionInDays: 7
""",
            prompt="A queue. All names must include the environmentSuffix.",
        ),
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
