"""Fixed names where CloudFormation can choose."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import SUFFIX, environment_parameters
from grader.rules.delivery._corrections import name_with_stack
from grader.rules.delivery._names import (
    composed_names,
    convention,
    in_second_environment,
    is_free,
    is_literal,
    named,
    ordered,
    parameters_of,
)
from grader.support.markdown import code, listed
from grader.template import Template, is_known


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names that every stack of the template would use again, where the prompt does not say how to name."""
    if case.request.first(SUFFIX) or convention(case):
        return
    for template, resource, key, name in named(case):
        if (
            not is_free(resource.type)
            or resource.type == "AWS::S3::Bucket"
            or not is_known(name)
            or ordered(case, name)
        ):
            continue
        again = in_second_environment(case, template)
        same = (
            again is not None
            and not parameters_of(template, resource, key)
            and again.exists(resource) is not False
            and again.text(resource.get(key)) == name
        )
        if same or is_literal(resource.get(key)):
            because = _because(template)
            yield at_property(template, resource, key, f"has the fixed name {name}", value=name, because=because)


def _because(template: Template) -> str:
    """Say how the name relates to the parameters and to the other names of the template."""
    others = composed_names(template)
    parameters = environment_parameters(template)
    if others:
        return f"Other names of the template contain a parameter, for instance that of {listed(others[:3])}."
    if parameters:
        return f"The template takes the environment as {code(parameters[0])}, and its names do not contain it."
    return "The names are written out as texts, without a parameter or `AWS::StackName`."


RULE = Rule(
    id="explicit-name",
    former_ids=("fixed-name",),
    kind="hardcoded-name",
    level="Medium",
    category="naming",
    title="Fixed resource {name|names}",
    issue="{resources} in {file} {has|have} the fixed {name|names} {values}. Such a name is unique in a region of an account, "
    "or in the whole account for IAM: a second stack of this template fails there, and so does an update that has to replace "
    "the resource.",
    fix="Leave the {name|names} out, so that CloudFormation generates {it|them}, or put `${{AWS::StackName}}` into {it|them} with "
    "Fn::Sub.",
    root_cause="{because}",
    lesson="Set a name only where something outside the stack has to know it, and make it depend on the stack.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    is_choice=True,
    aws_behaviour="The first stack is created; a second one with the same name is rejected, and CloudFormation refuses an "
    "update that replaces a resource with a custom name.",
    yields_to=("missing-environment-suffix", "name-collision", "name-length"),
    check=check,
    corrections=name_with_stack,
    fails=(
        example("""
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: shop-orders  # finds
"""),
        example("""
Parameters: {Environment: {Type: String, Default: dev, AllowedValues: [dev, live]}}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub 'shop-${AWS::Region}-orders'  # finds
      Tags: [{Key: Environment, Value: !Ref Environment}]
"""),
    ),
    passes=(
        example("""
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub '${AWS::StackName}-orders'}
"""),
        example(
            """
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: shop-orders}
""",
            prompt="Create a queue. Resource names must start with shop-.",
        ),
        example(
            """
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: shop-orders}
""",
            prompt="Create an SQS queue called `shop-orders`.",
        ),
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Conditions: {IsLive: !Equals [!Ref Environment, live]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Orders:
    Type: AWS::SQS::Queue
    Condition: IsLive
    Properties: {QueueName: orders}
"""),
    ),
)
