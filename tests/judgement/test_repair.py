"""The fix of a failure shows the response's own resource, with what it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from grader import grade, load_rubric, load_task, read_response

YAML = """Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Delete
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: true
"""


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_snippet_is_the_resource_corrected(tmp_path: Path, form: str) -> None:
    (tmp_path / "PROMPT.md").write_text("A table. Everything must be destroyable.")
    text = YAML if form == "yaml" else json.dumps(yaml.safe_load(YAML), indent=2)
    (tmp_path / f"answer.{form}").write_text(text)
    result = grade(load_task(tmp_path), read_response(tmp_path / f"answer.{form}"), load_rubric(), fast=True)
    fixes = {failure.rule: failure.fix for failure in result.failures}
    for rule, wanted in (
        ("deletion-protection", {"Properties": {"DeletionProtectionEnabled": False}}),
        ("retain-policy", {"DeletionPolicy": "Delete"}),
    ):
        snippet = fixes[rule].split(f"```{form}\n")[1].split("\n```")[0]
        assert yaml.safe_load(snippet) == {"Orders": {"Type": "AWS::DynamoDB::Table", **wanted}}
        assert (snippet[0] == "{") is (form == "json")
