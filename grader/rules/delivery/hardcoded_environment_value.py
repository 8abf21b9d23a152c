"""Environment tags that do not follow the environment's parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import environment_parameters
from grader.support.markdown import code
from grader.template import AnyNode, Path, Scalar, Template, as_text, at, dotted, text_of

_ENVIRONMENT = re.compile(r"prod|production|dev|development|staging|stage|test|testing|qa|uat", re.I)
# In the name of a resource: the first or the last word, and no word that has other meanings there.
_IN_NAME = re.compile(
    r"(prod|production|dev|development|staging)[-_ ].+|.+[-_ ](prod|production|dev|development|staging)", re.I
)
_KEYS = ("environment", "env", "stage")
_SHORT = {"production": "prod", "development": "dev", "staging": "stage", "testing": "test"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report tags with a fixed environment in templates that take the environment as a parameter.

    Silent where the prompt gives the tag's value, and where one template holds the resources of several environments.
    """
    for template in case.templates:
        parameter = _parameter(template)
        if parameter is None or len(_environments(template)) > 1:
            continue
        scope = case.scopes[template.file]
        for resource in template.resources.values():
            if scope.exists(resource) is False:
                continue
            for path, node in template.nodes(resource):
                found = _written(path, node, resource.properties) if "Fn::If" not in path else ""
                if isinstance(node, Scalar) and found and not _is_ordered(case, found):
                    value = as_text(scope.parameter(parameter))
                    yield at_property(
                        template,
                        resource,
                        dotted(path),
                        f"has the tag value {node.text} for every value of {parameter}",
                        value=node.text,
                        parameter=parameter,
                        because=_because(template, parameter, value, found),
                        consequence="" if _is_name(path, resource.properties) else _COST,
                    )


_COST = "Cost reports by this tag book the resource to the wrong environment."


def _is_name(path: Path, root: AnyNode) -> bool:
    """Whether a tag is the name of its resource, not its environment."""
    return (text_of(at(root, *path[:-1], "Key")) if path[-1] == "Value" else str(path[-1])) == "Name"


def _environments(template: Template) -> set[str]:
    """Return the environments that tags of a template write out."""
    return {
        _short(found)
        for resource in template.resources.values()
        for path, node in template.nodes(resource)
        if (found := _written(path, node, resource.properties))
    }


def _parameter(template: Template) -> str | None:
    """Return the parameter that names the environment, not only a suffix of names."""
    named = [
        name
        for name in environment_parameters(template)
        if re.match(r"(env(ironment)?|stage)(name|type)?$", name, re.I)
    ]
    return named[0] if named else None


def _because(template: Template, parameter: str, value: str, tag: str) -> str:
    uses = [use.owner for use in template.uses.get(parameter, ()) if use.section == "Resources"]
    if "${" not in value and _short(value) != _short(tag):
        return f"{code(parameter)} is {code(value)} by default, and the tag says {code(tag)}."
    used = f", which {code(uses[0])} uses" if uses else ""
    return f"The template has the parameter {code(parameter)}{used}, and the tag does not."


def _short(value: str) -> str:
    return _SHORT.get(value.lower(), value.lower())


def _written(path: Path, node: AnyNode, root: AnyNode) -> str:
    """Return the environment that a tag writes out, as its value or in the name of the resource; empty for other places."""
    if len(path) < 2 or not isinstance(node, Scalar) or not any(str(step).endswith("Tags") for step in path):
        return ""
    key = (text_of(at(root, *path[:-1], "Key")) if path[-1] == "Value" else str(path[-1])) or ""
    if key.lower() in _KEYS:
        return node.text if _ENVIRONMENT.fullmatch(node.text) else ""
    named = _IN_NAME.fullmatch(node.text) if key == "Name" else None
    return (named.group(1) or named.group(2)) if named else ""


def _is_ordered(case: Case, value: str) -> bool:
    short = _short(value)
    words = "|".join({value, short, *(long for long, brief in _SHORT.items() if brief == short)})
    return case.request.orders(rf"\b({words})\b", near=r"\b(tag(s|ged|ging)?|nam(e|es|ed|ing)|prefix)\b") is not None


RULE = Rule(
    id="hardcoded-environment-value",
    kind="hardcoded-environment-value",
    level="Medium",
    category="naming",
    title="{Tag|Tags} with a fixed environment beside the parameter {parameters}: {values}",
    issue="In {file}, {resources} {has the tag value|have the tag values} {values}, although {parameter} selects the environment. "
    "In every other environment, the {tag names|tags name} the wrong environment.",
    fix="Refer to the parameter {parameter} in the tag, with Ref or Fn::Sub.",
    root_cause="{because}",
    lesson="Take the environment from its parameter in names and in tags.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    cost="{consequence}",
    is_choice=True,
    aws_behaviour="The resource is created with the tag as it is written, for every value of the parameter.",
    check=check,
    fails=(
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Environment
      Tags:
        - {Key: Environment, Value: production}  # finds
        - {Key: Name, Value: orders-production}  # finds
"""),
    ),
    passes=(
        example("""
Parameters: {Environment: {Type: String, Default: all}}
Resources:
  DevTopic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Environment, Tags: [{Key: Environment, Value: dev}]}
  LiveTopic:
    Type: AWS::SNS::Topic
    Properties: {Tags: [{Key: Environment, Value: production}]}
"""),
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      Tags:
        - {Key: Environment, Value: !Ref Environment}
        - {Key: Name, Value: api-stage-topic}
"""),
        example(
            """
Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Environment
      Tags: [{Key: Environment, Value: Production}]
""",
            prompt="A topic. Tag every resource with Environment: Production.",
        ),
    ),
)
