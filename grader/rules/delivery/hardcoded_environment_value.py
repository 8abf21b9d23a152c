"""Environment names written into resources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import AnyNode, Path, Scalar, at, dotted, text_of, walk

_ENVIRONMENT = re.compile(r"(?:^|[-_/ ])(prod|production|dev|development|staging|stage|test|qa|uat)(?:$|[-_/ ])", re.I)
_PARAMETER = re.compile(r"env|stage|suffix", re.I)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report tags that say one environment, in templates that take it as a parameter, as the prompt asks."""
    asked = re.search(r"environment_?suffix|parameteri[sz]|hard-?cod", case.prompt) is not None
    for template in case.templates:
        if not asked or not any(_PARAMETER.search(name) for name in template.parameters):
            continue
        for resource in template.resources.values():
            for path, node in walk(resource.properties):
                path = path[:-1] if path and path[-1] == "Fn::Sub" else path
                if not _is_name(path, resource.properties) or not isinstance(node, Scalar) or "Fn::If" in path:
                    continue
                match = _ENVIRONMENT.search(node.text)
                if match:
                    place = "Properties." + dotted(path)
                    facts = {"value": node.text, "environment": match.group(1)}
                    message = f"says {node.text}, whatever the environment"
                    yield RuleFinding(
                        location=Location(
                            file=template.file, line=node.line, resource=resource.name, type=resource.type, path=place
                        ),
                        message=message,
                        facts=facts,
                    )


def _is_name(path: Path, root: AnyNode) -> bool:
    """Whether a path leads to the value of a tag that tells the environment."""
    if not path:
        return False
    if "Tags" in path and path[-1] == "Value":
        return text_of(at(root, *path[:-1], "Key")) in ("Environment", "Env", "Stage", "Name")
    return "Tags" in path and path[-1] in ("Environment", "Env", "Stage")


RULE = Rule(
    id="hardcoded-environment-value",
    kind="hardcoded-environment-value",
    level="High",
    category="naming",
    title="Environment names written into resources",
    issue="In {file}, {resources} say {values}, although the environment is a parameter. A deployment to another "
    "environment carries the wrong name.",
    fix="Write {values} with Fn::Sub and the parameter that tells environments apart.",
    root_cause="The template was written for one environment and parameterised afterwards.",
    lesson="Take the environment from its parameter everywhere, in names and in tags.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/best-practices.html",
    cost="Costs are booked to the wrong environment.",
    security="Policies that go by tags treat the resource as what it is not.",
    performance="None.",
    check=check,
    fails=(
        example(
            """
Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Environment
      Tags:
        - {Key: Environment, Value: production}  # finds
""",
            prompt="A topic. Hard-coded environments are not allowed.",
        ),
    ),
    passes=(
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      Tags:
        - {Key: Environment, Value: !Ref Environment}
"""),
    ),
)
