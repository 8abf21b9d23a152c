"""Calls of inline code and the actions that the role lists for them: one failure, at the level of what happens."""

from __future__ import annotations

import pytest

from grader.catalogue import example, load_catalogue
from grader.judgement.rule_examples import case_of
from grader.rules._fragments import resources, role, worker

_CODE = (
    "import boto3\ns3 = boto3.client('s3')\ndef handler(event, context):\n    s3.get_bucket_encryption(Bucket='orders')"
)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["s3:GetBucketEncryption", "logs:*"], {"unknown-iam-action": ["High"]}),
        (["s3:GetBucketEncryption", "s3:Get*"], {"unknown-iam-action": ["Medium"]}),
        (
            ["s3:GetBucketReplication", "logs:*"],
            {"unknown-iam-action": ["Medium"], "inline-code-permission": ["High", "High"]},
        ),
        (["s3:GetEncryptionConfiguration"], {}),
    ],
)
def test_a_call_under_a_name_that_iam_does_not_have(actions: list[str], expected: dict[str, list[str]]) -> None:
    rules = load_catalogue().rules
    case = case_of(example(resources(role(actions), worker(_CODE))))
    found = {
        name: [finding.level or rules[name].level for finding in rules[name].findings(case)]
        for name in ("unknown-iam-action", "inline-code-permission")
    }
    assert {name: levels for name, levels in found.items() if levels} == expected
