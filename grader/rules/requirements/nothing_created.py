"""Templates that create nothing."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.plan.answer import AnswerKind, kind_of
from grader.support.markdown import code, listed
from grader.template import Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report templates that hold no resource that a deployment would create."""
    if kind_of(case) is AnswerKind.INERT:
        template = case.templates[0]
        line = template.root.keys["Resources"].line if "Resources" in template.root.keys else 1
        yield RuleFinding(
            location=Location(file=template.file, line=line),
            message="no resource of a known type would be created",
            facts=_facts(template),
        )


def _facts(template: Template) -> dict[str, str]:
    """Say what the template has in place of resources that would be created."""
    names, file, key = list(template.resources), code(template.file), template.root.keys.get("Resources")
    if not names:
        return {
            "consequence": f"Nothing is below `Resources` (line {key.line})."
            if key
            else "It has no section `Resources`.",
            "because": f"`Resources` of {file} has no entries."
            if key
            else f"{file} has {listed(list(template.root.values))}, and no resource.",
        }
    return {
        "consequence": "What it defines has a condition that is never true, a type that does nothing or does not exist, or is left to a "
        "macro.",
        "because": f"The resources of {file} are {listed(names)}.",
    }


RULE = Rule(
    id="nothing-created",
    kind="nothing-created",
    level="Critical",
    category="requirements",
    title="A template that creates nothing",
    issue="A deployment of {file} creates no resource of AWS. {consequence}",
    fix="Declare the resources that the prompt asks for, with their AWS types, directly under Resources.",
    root_cause="{because}",
    lesson="Check what a deployment with the default parameters would create.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
    aws_behaviour="The stack is created and holds nothing of what was asked for, or its creation is refused.",
    check=check,
    fails=(
        example("""
Resources:  # finds
  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
"""),
        example("""
Conditions:
  Never: !Equals [a, b]
Resources:  # finds
  Topic:
    Type: AWS::SNS::Topic
    Condition: Never
"""),
        example("""
Transform: TeamMacro
Resources:  # finds
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
    passes=(
        example("""
Parameters:
  Enabled: {Type: String, Default: 'true'}
Conditions:
  IsEnabled: !Equals [!Ref Enabled, 'true']
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsEnabled
"""),
    ),
)
