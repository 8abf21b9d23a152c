"""Variables in texts without Fn::Sub."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code
from grader.template import Map, Resource, Scalar, Template, dotted

_VARIABLE = re.compile(r"(?<![$\\])\$\{((?:AWS::)?[A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
_PSEUDO = frozenset({"AccountId", "Partition", "Region", "StackId", "StackName", "URLSuffix"})
# Code has variables of its own in the same form, and texts for people work with any content.
_OWN_VARIABLES = ("ZipFile", "InlineCode", "DefinitionSubstitutions")
_PROSE = ("Description", "AlarmDescription", "Comment", "DisplayName", "Tags", "GroupDescription")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report texts with `${Name}` of a parameter, a resource or a pseudo parameter that no Fn::Sub replaces.

    Medium in descriptions and tags. Silent where the text itself defines the name, as a script does.
    """
    for template in case.templates:
        if "Fn::Transform" in template.text:
            continue
        scope = case.scopes[template.file]
        for resource in template.resources.values():
            if scope.exists(resource) is False:
                continue
            for path, node in template.nodes(resource):
                if not isinstance(node, Scalar) or "Fn::Sub" in path or any(step in _OWN_VARIABLES for step in path):
                    continue
                name = _forgotten(template, resource, node.text)
                if name:
                    yield at_property(
                        template,
                        resource,
                        dotted(path),
                        f"contains ${{{name}}} without Fn::Sub",
                        level="Medium" if any(step in _PROSE for step in path) else "",
                        variable="${" + name + "}",
                        because=_because(template, name),
                    )


def _forgotten(template: Template, resource: Resource, text: str) -> str:
    """Return the first variable of a text that Fn::Sub would replace, empty where there is none."""
    substitutions = resource.get("DefinitionSubstitutions")
    own = substitutions.values if isinstance(substitutions, Map) else {}
    for found in _VARIABLE.finditer(text):
        name = found.group(1)
        is_pseudo = name.startswith("AWS::") and name.removeprefix("AWS::") in _PSEUDO
        is_defined = name in template.parameters or name in template.resources
        if (is_pseudo or is_defined) and name not in own and not re.search(rf"\b{re.escape(name)}\s*=", text):
            return name
    return ""


def _because(template: Template, name: str) -> str:
    uses = [use.owner for use in template.uses.get(name, ()) if use.kind == "Sub"]
    if uses:
        return (
            f"{code('${' + name + '}')} is inside Fn::Sub elsewhere in the template, for instance in {code(uses[0])}."
        )
    return f"No Fn::Sub of the template contains {code('${' + name + '}')}."


RULE = Rule(
    id="unsubstituted-variable",
    kind="invalid-intrinsic",
    level="High",
    category="references",
    title="Variable without Fn::Sub: {variables}",
    issue="{resources} in {file} {contains|contain} {variables} in a text that is not an argument of Fn::Sub (at {path}). "
    "CloudFormation passes the text on as it is written, and the service gets the name instead of the value.",
    fix="Make the text an argument of Fn::Sub, and write variables of a script in it as `${{!NAME}}`.",
    root_cause="{because}",
    lesson="Use Fn::Sub for every text with a variable of the template.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    aws_behaviour="CloudFormation does not replace a variable outside Fn::Sub; the resource is created with the text as it is.",
    check=check,
    fails=(
        example("""
Parameters: {ProjectName: {Type: String, Default: shop}}
Resources:
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      ServiceRole: arn:aws:iam::998877665544:role/build
      Artifacts: {Type: NO_ARTIFACTS}
      Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: 'aws/codebuild/standard:7.0'}
      Source:
        Type: NO_SOURCE
        BuildSpec: 'echo ${ProjectName} in ${AWS::Region}'  # finds
"""),
    ),
    passes=(
        example("""
Parameters: {ProjectName: {Type: String, Default: shop}}
Resources:
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      ServiceRole: arn:aws:iam::998877665544:role/build
      Artifacts: {Type: NO_ARTIFACTS}
      Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: 'aws/codebuild/standard:7.0'}
      Source:
        Type: NO_SOURCE
        BuildSpec: 'ProjectName=shop; echo ${ProjectName} ${HOME}'
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub '${ProjectName}'}
"""),
    ),
)
