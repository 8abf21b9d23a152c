"""Names that another resource has."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._shared import with_facts
from grader.support.markdown import code


def _confirm(case: Case, finding: Finding) -> Finding:
    """Say which other resource has the name."""
    name, other, place = (finding.facts.get(key, "") for key in ("value", "other", "place"))
    if not other:
        return with_facts(finding, because=f"The account has a resource of the name {code(name)}.")
    where = "" if place == finding.file else f" in {code(place)}"
    return with_facts(
        finding, because=f"{code(other)}{where} has the name {code(name)}, too, with the values of the parameters."
    )


RULE = Rule(
    id="name-collision",
    kind="hardcoded-name",
    level="Critical",
    category="naming",
    title="Name used twice: {values}",
    issue="{resources} in {file} {has|have} {values} as {its name|their names}, which another resource has. A name is unique among the "
    "resources of {types} in the account and region: the service rejects the second one, and CloudFormation rolls the stack back.",
    fix="Give {resources} {a name of its own|names of their own}, or leave {it|them} out so that CloudFormation generates {it|them}.",
    root_cause="{because}",
    lesson="Leave names to CloudFormation, or build them from what differs between the resources.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    aws_behaviour="The service rejects the second resource of the name, and CloudFormation rolls the stack back.",
    stands_for=("plan:name-collision", "plan:name-taken"),
    confirm=_confirm,
    fails=(
        example("""
Resources:
  First:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /shop/orders, RetentionInDays: 7}
  Second:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Join ['', [/shop/, orders]]  # finds
      RetentionInDays: 7
"""),
    ),
    passes=(
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Conditions:
  IsLive: !Equals [!Ref Environment, live]
  IsNotLive: !Not [!Condition IsLive]
Resources:
  First:
    Type: AWS::Logs::LogGroup
    Condition: IsLive
    Properties: {LogGroupName: !Sub '/shop/${Environment}', RetentionInDays: 365}
  Second:
    Type: AWS::Logs::LogGroup
    Condition: IsNotLive
    Properties: {LogGroupName: !Sub '/shop/${Environment}', RetentionInDays: 7}
"""),
    ),
)
