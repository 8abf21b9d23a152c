"""Bundles compared by meaning: what a comparison must hold to, and what it says of single differences."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bundle import Bundle, read_response, read_text
from grader.case import Case
from grader.diff import Difference, compare
from grader.task import Task
from grader.task.account import profile
from tests.conftest import CORPUS, Cli
from tests.conftest import TASK as SHIPPED

TASK = Task("t", "T", "", profile("fresh"))
YAML = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Suffix: {Type: String, Default: dev}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub uploads-${Suffix}
      Tags: [{Key: Team, Value: shop}, {Key: Use, Value: orders}]
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub '${AWS::AccountId}-logs'
  Policy:
    Type: AWS::S3::BucketPolicy
    DependsOn: Logs
    Properties:
      Bucket: !Ref Uploads
      PolicyDocument: {Statement: [{Effect: Deny, Principal: '*', Action: 's3:*', Resource: !GetAtt Uploads.Arn}]}
"""


def case(text: str) -> Case:
    bundle: Bundle = read_text("answer.yml", text)
    return Case(TASK, bundle)


def statuses(difference: Difference) -> Counter[tuple[str, str, str]]:
    return Counter((entry.section, entry.status, entry.type) for entry in difference.entries)


SWAPPED = {"missing": "extra", "extra": "missing", "changed": "changed"}


def test_a_template_does_not_differ_from_itself() -> None:
    assert compare(case(YAML), case(YAML)).entries == ()


def test_json_and_long_forms_do_not_differ() -> None:
    long = {
        "Parameters": {"Suffix": {"Type": "String", "Default": "dev"}},
        "Resources": {
            "Policy": {
                "Type": "AWS::S3::BucketPolicy",
                "DependsOn": ["Archive"],
                "Properties": {
                    "PolicyDocument": {
                        "Statement": [
                            {
                                "Resource": {"Fn::Sub": "${Incoming.Arn}"},
                                "Effect": "Deny",
                                "Principal": "*",
                                "Action": "s3:*",
                            }
                        ]
                    },
                    "Bucket": {"Fn::Sub": "${Incoming}"},
                },
            },
            "Archive": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": {"Fn::Join": ["-", [{"Ref": "AWS::AccountId"}, "logs"]]}},
            },
            "Incoming": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "Tags": [{"Value": "orders", "Key": "Use"}, {"Key": "Team", "Value": "shop"}],
                    "BucketName": {"Fn::Join": ["", ["uploads-", {"Ref": "Suffix"}]]},
                },
            },
        },
    }
    difference = compare(case(YAML), case(json.dumps(long, indent=1)))
    assert difference.entries == ()
    assert {left[1]: right[1] for left, right in difference.pairs.items()} == {
        "Uploads": "Incoming",
        "Logs": "Archive",
        "Policy": "Policy",
    }


def test_what_changed_is_named_with_both_values_and_lines() -> None:
    other = YAML.replace("uploads-${Suffix}", "uploads").replace("Value: shop", "Value: store")
    (entry,) = compare(case(YAML), case(other)).entries
    assert (entry.status, entry.type, entry.left and entry.left.line) == ("changed", "AWS::S3::Bucket", 5)
    changes = {change.path: (change.left, change.right, change.effect) for change in entry.changes}
    assert changes == {
        "Properties.BucketName": ("uploads-${Suffix}", "uploads", "deployment"),
        "Properties.Tags.0.Value": ("shop", "store", "cosmetic"),
    }
    assert {change.left_line for change in entry.changes} == {8, 9}


def test_missing_and_extra_are_told_apart() -> None:
    fewer = YAML[: YAML.index("  Policy:")]
    assert statuses(compare(case(fewer), case(YAML))) == {("Resources", "missing", "AWS::S3::BucketPolicy"): 1}
    assert statuses(compare(case(YAML), case(fewer))) == {("Resources", "extra", "AWS::S3::BucketPolicy"): 1}


_VALUES = st.sampled_from(["a", "b", "true", "17", "arn:aws:s3:::x"])
_TYPES = st.sampled_from(["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"])
_RESOURCES = st.lists(
    st.tuples(_TYPES, st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), _VALUES, max_size=4), st.integers(0, 5)),
    min_size=1,
    max_size=6,
)


def _template(resources: list[tuple[str, dict[str, str], int]], name: str = "R") -> str:
    made: dict[str, object] = {}
    for index, (kind, properties, target) in enumerate(resources):
        values: dict[str, object] = dict(properties)
        if target < len(resources) and target != index:
            values["Of"] = {"Ref": f"{name}{target}"}
        made[f"{name}{index}"] = {"Type": kind, "Properties": values}
    return yaml.safe_dump({"AWSTemplateFormatVersion": "2010-09-09", "Resources": made}, sort_keys=False)


@settings(max_examples=60, deadline=None)
@given(_RESOURCES)
def test_renaming_all_logical_ids_changes_nothing(resources: list[tuple[str, dict[str, str], int]]) -> None:
    assert compare(case(_template(resources)), case(_template(resources, "Other"))).entries == ()


@settings(max_examples=60, deadline=None)
@given(_RESOURCES, _RESOURCES)
def test_missing_and_extra_swap(
    one: list[tuple[str, dict[str, str], int]], two: list[tuple[str, dict[str, str], int]]
) -> None:
    there, back = (
        compare(case(a), case(b)) for a, b in ((_template(one), _template(two)), (_template(two), _template(one)))
    )
    counted = Counter((e.section, SWAPPED[e.status], e.type) for e in back.entries if e.status != "changed")
    assert Counter((e.section, e.status, e.type) for e in there.entries if e.status != "changed") == counted


def test_the_command_compares_a_response_with_the_ideal_of_a_task(cli: Cli) -> None:
    done = cli("diff", SHIPPED, "--response", SHIPPED / "model_out", "--format", "json")
    assert done.returncode == 1, done.stderr
    data = json.loads(done.stdout)
    assert data["resources"]["paired"] > 20
    assert any(entry["type"] == "AWS::S3::Bucket" and entry["changes"] for entry in data["entries"])


def test_a_hostile_response_is_text_in_the_page(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.yml").write_text(YAML.replace("Value: shop", "Value: '<script>alert(1)</script>{{ 7 * 7 }}'"))
    (tmp_path / "b.yml").write_text(YAML)
    page = cli("diff", tmp_path / "a.yml", tmp_path / "b.yml", "--format", "html").stdout
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page


@pytest.mark.parametrize("arguments", [("nowhere", "neither"), (str(SHIPPED),), ("a", "b", "--response", "c")])
def test_bad_input_is_one_line(arguments: tuple[str, ...], cli: Cli) -> None:
    done = cli("diff", *arguments)
    assert done.returncode == 2
    assert re.fullmatch(r"grade: [^\n]+\n", done.stderr)


@pytest.mark.corpus
def test_every_pair_of_the_corpus_compares() -> None:
    for folder in sorted(CORPUS.iterdir()):
        model, ideal = (Case(TASK, read_response(folder / name)) for name in ("MODEL_RESPONSE.md", "IDEAL_RESPONSE.md"))
        there, back = compare(model, ideal), compare(ideal, model)
        for status in ("missing", "extra"):
            forth = sum(e.status == status for e in there.entries)
            assert forth == sum(e.status == SWAPPED[status] for e in back.entries), folder.name
        assert compare(model, model).entries == (), folder.name
