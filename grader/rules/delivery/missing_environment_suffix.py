"""Names without the environment suffix that the prompt asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import SUFFIX, environment_parameters
from grader.rules.delivery._corrections import name_with_environment
from grader.rules.delivery._names import composed_names, in_second_environment, named
from grader.support.markdown import code, listed
from grader.task.prompt import Sentence
from grader.template import Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names that are the same in every environment, where the prompt asks for a suffix of the environment.

    A name that the prompt writes out is as it was asked for; one that holds the stack's name differs by stack.
    """
    asked = _asked(case)
    if asked is None or asked.is_optional:
        return
    kinds = [] if _GENERAL.search(asked.text) else _KINDS.findall(asked.text)
    for template, resource, key, name in named(case):
        if kinds and not any(kind.replace(" ", "").lower() in resource.type.lower() for kind in kinds):
            continue
        if "${" in name or case.request.orders(rf"(?<![\w-]){_escaped(name)}(?![\w-])"):
            continue
        again = in_second_environment(case, template)
        if again is None or (again.exists(resource) is not False and again.text(resource.get(key)) == name):
            yield at_property(
                template,
                resource,
                key,
                f"has the name {name} in every environment",
                value=name,
                asked=asked.text,
                asked_line=str(asked.line),
                because=_because(template),
                remedy=_remedy(template),
            )


_GENERAL = re.compile(r"\b(resources?|all|every|each|names)\b", re.I)
# The names of one kind: `in the bucket name`.
_KINDS = re.compile(
    r"\b(bucket|topic|table|queue|function|role|cluster|repository|alarm|log group|parameter|secret|stream|database|key)s? names?\b",
    re.I,
)


def _asked(case: Case) -> Sentence | None:
    """Return the sentence that asks for the suffix: of all names, where the prompt has such a sentence."""
    first = case.request.orders(SUFFIX)
    wanted = re.compile(SUFFIX, re.I)
    general = (
        one
        for one in case.request.sentences
        if _GENERAL.search(one.text)
        and not one.is_optional
        and not one.is_code
        and (found := wanted.search(one.text))
        and not one.negates(found.start())
    )
    return next(general, first)


def _escaped(name: str) -> str:
    return "".join(char if char.isalnum() else f"\\{char}" for char in name)


def _because(template: Template) -> str:
    parameters = environment_parameters(template)
    others = composed_names(template)
    if not parameters:
        return f"{code(template.file)} has no parameter for the suffix."
    if others:
        return f"{code(parameters[0])} is declared, and the names of {listed(others[:3])} contain a parameter."
    return f"{code(parameters[0])} is declared, and no name of the template contains it."


def _remedy(template: Template) -> str:
    parameters = environment_parameters(template)
    if parameters:
        return f"Add the parameter {code(parameters[0])} to each name with Fn::Sub."
    return "Declare a parameter such as `EnvironmentSuffix`, and add it to each name with Fn::Sub."


RULE = Rule(
    id="missing-environment-suffix",
    kind="missing-environment-suffix",
    level="High",
    category="naming",
    title="Missing environment suffix in {name|names}: {values}",
    issue="The prompt asks for an environment suffix (line {asked_line}: {asked}). In {file}, {resources} {has|have} the "
    "{name|names} {values} in every environment, so that a second environment in the same account and region is rejected.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Put the environment suffix into every explicit name when the prompt asks for it.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    aws_behaviour="The first environment is created; the second is rejected because the name exists.",
    yields_to=("name-collision",),
    check=check,
    corrections=name_with_environment,
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
    Properties:
      LogGroupName: /shop/alarms  # finds
      RetentionInDays: 7
""",
            prompt="A queue. All names must include the environmentSuffix.",
        ),
    ),
    passes=(
        example(
            """
Parameters: {EnvironmentSuffix: {Type: String}}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub 'orders-${EnvironmentSuffix}'}
  Replication:
    Type: AWS::IAM::Role
    Properties:
      RoleName: dms-vpc-role
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: dms.amazonaws.com}, Action: 'sts:AssumeRole'}]
""",
            prompt="A queue. All names must include the environmentSuffix.",
        ),
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Alarms:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /shop/alarms, RetentionInDays: 7}
"""),
    ),
)
