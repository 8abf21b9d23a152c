"""Identifiers that the account does not have."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Located
from grader.plan.model import PlanCode
from grader.plan.parameters import check_parameters
from grader.plan.prerequisites import check_prerequisites
from grader.rules.parameters._parameters import is_asked, is_made_up
from grader.support.markdown import code

_EMPTY = '""'


def check(case: Case) -> Iterator[RuleFinding]:
    """Report identifiers of networks, certificates and hosted zones that the account does not have.

    A parameter of an AWS-specific type needs an existing identifier even where nothing uses it, so that an empty default is
    rejected too. Values of sample commands are not the template's. High where the prompt asks for the parameter: its default has to be
    replaced. Silent where the prompt gives the value.
    """
    for template in case.templates:
        for problem in check_parameters(case, template, case.scopes[template.file]):
            parameter = template.parameters[problem.resource]
            value = problem.facts.get("value", "")
            if problem.code is not PlanCode.PLACEHOLDER or parameter.default != value:
                continue
            shown = value or _EMPTY
            because = f"{code(parameter.name)} has the type {code(parameter.type)} and the default {code(shown)}."
            yield from _finding(case, problem, shown, because, asked=bool(value) and is_asked(case, parameter))
    for problem in check_prerequisites(case):
        if problem.code is PlanCode.PLACEHOLDER:
            value = problem.facts["value"]
            template = next(one for one in case.templates if one.file == problem.file)
            defaults = {parameter.default for parameter in template.parameters.values()}
            if value in template.text and not (value in defaults and is_made_up(value)):
                name = code(problem.path.removeprefix("Properties."))
                because = f"{name} is {code(value)} with the values of the template."
                yield from _finding(case, problem, value, because, asked=False)


def _finding(case: Case, problem: Located, value: str, because: str, *, asked: bool) -> Iterator[RuleFinding]:
    if value.lower() not in case.prompt:
        yield RuleFinding(
            location=problem.location,
            message=problem.message,
            facts={"value": value, "says": problem.message, "because": because},
            level="High" if asked else "",
        )


RULE = Rule(
    id="placeholder-value",
    kind="placeholder-value",
    level="Critical",
    category="prerequisites",
    title="Identifier that the account does not have: {values}",
    issue="{resources} in {file} {uses|use} {values}, which neither the account nor the response has. AWS looks the identifier up and "
    "rejects the stack.",
    fix="Create in the template what {values} {stands|stand} for, or take it as a parameter of type String with an empty default and a "
    "condition, and document where its value comes from.",
    root_cause="{because}",
    lesson="Do not write out identifiers of networks, certificates or hosted zones: create them or take them as parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html",
    aws_behaviour="CloudFormation, or the service, does not find the identifier and rejects the stack.",
    check=check,
    fails=(
        example("""
Parameters:
  Network:
    Type: AWS::EC2::VPC::Id
    Default: vpc-12345678  # finds
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Web, VpcId: !Ref Network}
"""),
        # The type is checked although nothing uses the parameter: `Parameter validation failed: parameter value for parameter
        # name Network does not exist`.
        example("""
Parameters:
  Network:
    Type: AWS::EC2::VPC::Id
    Default: ''  # finds
Conditions: {HasNetwork: !Not [!Equals [!Ref Network, '']]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Web:
    Type: AWS::EC2::SecurityGroup
    Condition: HasNetwork
    Properties: {GroupDescription: Web, VpcId: !Ref Network}
"""),
    ),
    passes=(
        example("""
Parameters:
  Network: {Type: String, Default: ''}
Conditions: {HasNetwork: !Not [!Equals [!Ref Network, '']]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Web:
    Type: AWS::EC2::SecurityGroup
    Condition: HasNetwork
    Properties: {GroupDescription: Web, VpcId: !Ref Network}
"""),
        example("""
Parameters:
  Network: {Type: AWS::EC2::VPC::Id}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Web, VpcId: !Ref Network}
=== README.md
    aws cloudformation deploy --template-file template.yml --stack-name web --parameter-overrides Network=vpc-12345678
"""),
        example(
            """
Parameters:
  Network: {Type: AWS::EC2::VPC::Id, Default: vpc-0a1b2c3d4e5f60718}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Web, VpcId: !Ref Network}
""",
            prompt="A security group in vpc-0a1b2c3d4e5f60718.",
        ),
    ),
)
