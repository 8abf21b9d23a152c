"""What roles are granted, and the statements of policies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.case import Case
from grader.case.iam import Grants, grants, role_of, statements
from grader.case.policies import statements_in, texts_in

ROLE = """Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt WorkerRole.Arn, Code: {ZipFile: pass}, Runtime: python3.12, Handler: index.handler}
  WorkerRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
"""


def granted(case: Case) -> Grants:
    [template] = case.templates
    role = role_of(template, template.resources["Worker"])
    assert role is not None
    assert role.name == "WorkerRole"
    return grants(case, template, role)


@pytest.mark.parametrize(
    ("more", "allowed", "refused"),
    [
        ("", [], ["s3:GetObject"]),
        (
            "      Policies:\n        - PolicyName: p\n          PolicyDocument:\n"
            "            Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}\n",
            ["s3:GetObject", "S3:getobject"],
            ["s3:PutObject"],
        ),
        (
            "      Policies:\n        - PolicyName: p\n          PolicyDocument:\n"
            "            Statement: [{Effect: Deny, Action: 's3:*', Resource: '*'}]\n",
            [],
            ["s3:GetObject"],
        ),
        (
            "      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole]\n",
            ["sqs:ReceiveMessage", "logs:PutLogEvents"],
            ["sqs:SendMessage"],
        ),
        (
            "  Beside:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: p\n      Roles: [!Ref WorkerRole]\n"
            "      PolicyDocument: {Statement: [{Effect: Allow, Action: [sqs:SendMessage], Resource: '*'}]}\n",
            ["sqs:SendMessage"],
            ["sqs:ReceiveMessage"],
        ),
    ],
)
def test_what_a_role_is_granted(
    make_case: Callable[..., Case], more: str, allowed: list[str], refused: list[str]
) -> None:
    found = granted(make_case({"a.yml": ROLE + more}))
    assert [action for action in allowed if not found.allow(action)] == []
    assert [action for action in refused if found.allow(action)] == []


def test_a_policy_from_elsewhere_leaves_it_open_what_is_granted(make_case: Callable[..., Case]) -> None:
    assert granted(make_case({"a.yml": ROLE})).is_complete
    other = ROLE + "      ManagedPolicyArns: [arn:aws:iam::123456789012:policy/own]\n"
    assert not granted(make_case({"a.yml": other})).is_complete


def test_a_role_of_another_stack_is_none(make_case: Callable[..., Case]) -> None:
    text = ROLE.replace("!GetAtt WorkerRole.Arn", "!ImportValue worker-role")
    [template] = make_case({"a.yml": text}).templates
    assert role_of(template, template.resources["Worker"]) is None


def test_statements_as_deployed(make_case: Callable[..., Case]) -> None:
    [found] = statements(make_case({"a.yml": ROLE}), "AWS::IAM::Role")
    assert (found.resource.name, found.allows, found.actions) == ("WorkerRole", True, ("sts:AssumeRole",))
    assert found.has_principal
    assert found.principals() == {"lambda.amazonaws.com"}


def test_statements_of_a_value() -> None:
    one = {"Effect": "Allow"}
    assert list(statements_in({"Statement": one})) == list(statements_in({"Statement": [one, "x"]})) == [one]
    assert list(statements_in({})) == list(statements_in("x")) == []
    assert texts_in("a") == ["a"]
    assert texts_in(["a", {"b": "c"}, None, 3]) == ["a", "3"]
