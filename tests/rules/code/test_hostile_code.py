"""Inline code that is hard to read: the rules on it give an answer, whatever it holds."""

from __future__ import annotations

import pytest

from grader.catalogue import example, load_catalogue
from grader.judgement.rule_examples import case_of
from grader.rules._fragments import resource, resources, role, worker

_HEAD = "import boto3\ntable = boto3.resource('dynamodb').Table('orders')\n"
_CODE = {
    "sum": _HEAD + "x = " + "1+" * 900 + "1\ntable.put_item(Item={'a': x})",
    "attributes": _HEAD + "x = y" + ".a" * 900 + "(1)\ntable.put_item(Item={'a': x})",
    "brackets": "x = " + "(" * 150 + ")" * 150,
    "null": "x = '\\0'\ndef set_secret(event):\n    " + "a." * 900 + "b",
    "comment": "#" * 5_000,
}


@pytest.mark.parametrize("text", _CODE.values(), ids=_CODE.keys())
def test_rules_on_code_answer(text: str) -> None:
    rotation = resource(
        "Rotation", "AWS::SecretsManager::RotationSchedule", "SecretId: shop\nRotationLambdaARN: !GetAtt Worker.Arn"
    )
    case = case_of(example(resources(role(["logs:*"]), worker(text), rotation)))
    for rule in load_catalogue().rules.values():
        if rule.kind.startswith(("inline-code", "rotation-config", "missing-iam-permission")):
            assert all(finding.message for finding in rule.findings(case))
