"""Intrinsic functions with arguments or in places that they do not have."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.text import is_natural
from grader.template import Call, Scope, Template, at, dotted, items_of


def check(case: Case) -> Iterator[RuleFinding]:
    """Report functions in DependsOn, and Fn::Select of an item that its list does not have."""
    for template in case.templates:
        scope, has_select = case.scopes[template.file], "Select" in template.text
        for resource in template.resources.values():
            for node in items_of(resource.node.get("DependsOn")):
                if isinstance(node, Call):
                    says = f"DependsOn takes logical IDs, and this is {node.name}"
                    yield _found(template, resource.name, resource.type, "DependsOn", node.line, says)
            if has_select and scope.exists(resource) is True:
                for path, node in scope.walk(resource.properties, ("Properties",)):
                    says = _beyond(scope, node) if isinstance(node, Call) and node.name == "Fn::Select" else ""
                    if says and isinstance(node, Call):
                        yield _found(template, resource.name, resource.type, dotted(path), node.line, says)


def _beyond(scope: Scope, call: Call) -> str:
    """Say which item Fn::Select asks for where its list is shorter; the zones of a region are not counted."""
    index, source = scope.text(at(call.argument, 0)), at(call.argument, 1)
    values = scope.value(source)
    if (
        not is_natural(index)
        or not isinstance(values, list)
        or (isinstance(source, Call) and source.name == "Fn::GetAZs")
    ):
        return ""
    count = len(values)
    return (
        f"Fn::Select cannot select index {index} of a list of {count} item{'' if count == 1 else 's'}"
        if int(index) >= count
        else ""
    )


def _found(template: Template, name: str, kind: str, path: str, line: int, says: str) -> RuleFinding:
    location = Location(file=template.file, line=line, resource=name, type=kind, path=path)
    return RuleFinding(location=location, message=says, facts={"says": says})


RULE = Rule(
    id="invalid-intrinsic",
    kind="invalid-intrinsic",
    level="Critical",
    category="references",
    title="Intrinsic function with wrong arguments",
    issue=("{file} uses an intrinsic function in a way that CloudFormation does not evaluate, at line {line}: {says}."),
    fix="Write the function at line {line} with the arguments, and in the sections, that its documentation gives.",
    root_cause="The arguments at line {line} are not those that the function takes there.",
    lesson="Use intrinsic functions with their documented arguments, in the sections that allow them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html",
    aws_behaviour="CloudFormation rejects the template when it validates or processes the function.",
    check=check,
    stands_for=(
        "cfn-lint:E1*",
        "cloudformation-validate:E1*",
        "cloudformation-validate:F1*",
        "cloudformation-validate:F0010",
        "cloudformation-validate:F1050",
        "cloudformation-validate:E9101",
        "cfn-lint:E6101",
    ),
    yields_to=("undefined-reference", "invalid-getatt"),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Select [0]  # finds
"""),
        example("""
Conditions: {IsHome: !Equals [!Ref 'AWS::Region', us-east-1]}
Resources:
  Orders: {Type: AWS::SNS::Topic}
  Returns:
    Type: AWS::SNS::Topic
    DependsOn: !If [IsHome, Orders, !Ref 'AWS::NoValue']  # finds
"""),
        example("""
Resources:
  Left:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-01234567
      CidrBlock: !Select [4, !Cidr [10.0.0.0/22, 4, 8]]  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Select [0, [orders, returns]]
"""),
    ),
)
