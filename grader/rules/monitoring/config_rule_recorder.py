"""Config rules that may come before their recorder."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import Template

_RECORDER = "AWS::Config::ConfigurationRecorder"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report Config rules that nothing makes wait for the recorder of their template."""
    if _RECORDER in case.account.singletons:
        return
    for template, rule in case.resources("AWS::Config::ConfigRule", "AWS::Config::ConformancePack"):
        recorders = {recorder.name for recorder in template.of_type(_RECORDER)}
        if not recorders:
            continue
        needed: set[str] = set()
        todo = [rule.name]
        while todo:
            for use in _needs(template, todo.pop()) - needed:
                needed.add(use)
                todo.append(use)
        if not recorders & needed:
            message = f"may be created before {min(recorders)}, without which it is refused"
            yield at_property(template, rule, "", message, value=min(recorders))


def _needs(template: Template, name: str) -> set[str]:
    return {use.target for use in template.references if use.owner == name and use.target in template.resources}


RULE = Rule(
    id="config-rule-recorder",
    kind="missing-depends-on",
    level="Medium",
    category="references",
    title="Config rules that may come before their recorder",
    issue="{resources} in {file} do not wait for a configuration recorder ({value} in this template). AWS Config "
    "refuses a rule while the account has no recorder, and CloudFormation creates both at the same time.",
    fix="Add DependsOn with the recorder to each of {resources}.",
    root_cause="A rule does not refer to the recorder that it needs, so the order is left open.",
    lesson="Use DependsOn where a service needs another resource that nothing refers to.",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html",
    cost="The deployment is rolled back, now and then.",
    security="No rule, no finding.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters: {RoleArn: {Type: String, Default: 'arn:aws:iam::999988887777:role/config'}}
Conditions: {Creates: !Not [!Equals [!Ref RoleArn, '']]}
Resources:
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Condition: Creates
    Properties: {RoleARN: !Ref RoleArn}
  Encrypted:  # finds
    Type: AWS::Config::ConfigRule
    Properties:
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED}
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
