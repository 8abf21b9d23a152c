"""Parameters that nothing gives a value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.parameters._corrections import with_default
from grader.rules.parameters._parameters import is_asked, is_left_open, is_reached, is_secret, kind_of, ordered
from grader.support.markdown import code, listed
from grader.template import Parameter, Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters of root templates without a default, a value of the task or a value that the response gives.

    Medium where the prompt names the parameter or the template describes it: any deployer can choose the value. Silent
    where a document of the response explains it, where the prompt wants no default or the parameter of a secret, and where the
    parameter is for something of the reader's that the prompt speaks of.
    """
    for template in case.templates:
        if template.file in case.parents:
            continue
        for parameter in template.parameters.values():
            name = parameter.name
            is_given = name in case.task.parameters or name in case.given or _is_explained(case, name)
            if "Default" in parameter.node.keys or is_given or is_left_open(case, parameter):
                continue
            if is_secret(parameter) and ordered(case, name):
                continue  # a secret has no default, and the prompt wants to pass it
            described = bool(parameter.text("Description")) or bool(parameter.allowed) or ordered(case, name)
            is_input = bool(kind_of(parameter)) and is_asked(case, parameter)
            if is_reached(case, template, name) and not is_input:
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=parameter.line, resource=name, path=f"Parameters.{name}"
                    ),
                    message="has no default, and no value is given for it",
                    facts={
                        "parameter": name,
                        "because": _because(case, template, name),
                        "remedy": _remedy(parameter),
                    },
                    level="Medium" if described else "",
                )


def _is_explained(case: Case, name: str) -> bool:
    """Whether a document lists the parameter with a few words: `- Stage: the environment`, or a row of a table."""
    return case.documented(rf"(?m)^[ \t>*|-]*[`*]*{re.escape(name.lower())}[`*]*\s*[:|(=–-]+ *[`*]*\w+ \w+")


def _remedy(parameter: Parameter) -> str:
    name = code(parameter.name)
    if is_secret(parameter):
        return (
            f"Say in a document how {name} is passed, or let the service that takes the secret generate and keep it: a secret has "
            "no default."
        )
    return (
        f"Show the deployment command with a value for {name}, or give it a default where one works in every account."
    )


def _because(case: Case, template: Template, name: str) -> str:
    given = [other for other in template.parameters if other in case.given]
    if given:
        return f"The response gives {'a value' if len(given) == 1 else 'values'} to {listed(given)}, and none to {code(name)}."
    total = len(template.parameters)
    count = sum(one.default is not None for one in template.parameters.values())
    some = f"{count} of the {total} parameters of {code(template.file)} {'has' if count == 1 else 'have'} a default"
    return (
        f"{some}, and no command or parameters file of the response gives values to the others."
        if count
        else f"No parameter of {code(template.file)} has a default."
    )


RULE = Rule(
    id="parameter-without-default",
    kind="missing-parameter-default",
    level="High",
    category="parameters",
    title="{Parameter|Parameters} without a default or a documented value: {parameters}",
    issue="{parameters} in {file} {has|have} no default, and neither a parameters file, a command nor a document of the "
    "response gives {it a value|them values}. CloudFormation does not create the stack until somebody passes {it|them}.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Give every parameter a default that works, or document its value; have passwords generated.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    is_choice=True,
    aws_behaviour="CloudFormation rejects a stack with a parameter that has neither a value nor a default.",
    yields_to=("external-dependency", "secret-in-parameter"),
    check=check,
    corrections=with_default,
    fails=(
        example("""
Parameters:
  Stage:  # finds
    Type: String
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
"""),
    ),
    passes=(
        example("""
Parameters:
  Stage: {Type: String}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
=== README.md
    aws cloudformation deploy --template-file template.yml --stack-name topics --parameter-overrides Stage=dev
"""),
        example("""
Parameters:
  Stage: {Type: String}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
=== README.md
| Parameter | Meaning |
|---|---|
| `Stage` | name of the environment, for instance dev |
"""),
        example(
            """
Parameters:
  AlertEmail: {Type: String, Description: Where alerts go}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: email, Endpoint: !Ref AlertEmail}]}
""",
            prompt="AlertEmail is a required parameter.",
        ),
    ),
)
