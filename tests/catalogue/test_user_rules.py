"""Rules of users: Python, Guard and CEL, in runs, in lists and tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli

TOPIC = """Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: orders
"""
PYTHON = """
from grader.catalogue import Rule, example, at_property


def check(case):
    for template, topic in case.resources("AWS::SNS::Topic"):
        if topic.get("DisplayName") is None:
            yield at_property(template, topic, "", "has no display name")


RULE = Rule(
    id="house-display-name", kind="missing-tags", level="High", category="naming", title="Topics without a display name",
    issue="{resources} have no display name.", fix="Give them one.", root_cause="It is optional.", lesson="Name topics.",
    reference="https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html", check=check,
    fails=(example("Resources:\\n  T:  # finds\\n    Type: AWS::SNS::Topic"),),
    passes=(example("Resources:\\n  T:\\n    Type: AWS::SNS::Topic\\n    Properties: {DisplayName: orders}"),),
)
"""
GUARD = """# id: house-encrypted-topics
# level: Critical
# title: Topics without a key
# issue: "{resources} are not encrypted: {says}."
# fails:
#   - |
#     Resources:
#       T:
#         Type: AWS::SNS::Topic
#         Properties: {DisplayName: a}
# passes:
#   - |
#     Resources:
#       T:
#         Type: AWS::SNS::Topic
#         Properties: {KmsMasterKeyId: alias/a}
rule encrypted_topics {
    AWS::SNS::Topic {
        Properties.KmsMasterKeyId exists <<a topic needs a key>>
    }
}
"""
CEL = {
    "rules": [
        {
            "rule_id": "HOUSE_TAGS",
            "severity": "ERROR",
            "category": "custom",
            "resource_type": "AWS::SNS::Topic",
            "expression": "!has(properties.Tags)",
            "message": "{name} has no tags",
            "grade": {
                "id": "house-tags",
                "level": "Medium",
                "fails": ["Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: a}\n"],
                "passes": [
                    "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {Tags: [{Key: a, Value: b}]}\n"
                ],
            },
        }
    ]
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "display.py").write_text(PYTHON)
    (tmp_path / "house" / "topics.guard").write_text(GUARD)
    (tmp_path / "house" / "tags.cel.json").write_text(json.dumps(CEL))
    (tmp_path / "task").mkdir()
    (tmp_path / "task" / "PROMPT.md").write_text("Write a topic.\n")
    (tmp_path / "answer.yml").write_text(TOPIC)
    return tmp_path


def test_rules_in_three_languages_make_failures(house: Path, cli: Cli) -> None:
    arguments = ("run", "task", "--response", "answer.yml", "--fast", "--rules", "house", "--format", "json")
    done = cli(*arguments)
    assert done.returncode == 0, done.stderr
    found = {failure["rule"]: failure for failure in json.loads(done.stdout)["failures"]}
    levels = {name: found[name]["level"] for name in found if name.startswith("house-")}
    assert levels == {"house-display-name": "High", "house-encrypted-topics": "Critical", "house-tags": "Medium"}
    assert found["house-encrypted-topics"]["issue"] == "`Orders` are not encrypted: `a topic needs a key`."
    assert found["house-encrypted-topics"]["evidence"][0]["resource"] == "Orders"


def test_without_the_folder_they_are_unknown(house: Path, cli: Cli) -> None:
    done = cli("run", "task", "--response", "answer.yml", "--fast", "--format", "json")
    assert not any(failure["rule"].startswith("house-") for failure in json.loads(done.stdout)["failures"])


def test_their_examples_are_run(house: Path, cli: Cli) -> None:
    assert cli("rules", "test", "house").returncode == 0
    path = house / "house" / "topics.guard"
    path.write_text(path.read_text().replace("KmsMasterKeyId: alias/a", "TopicName: b"))
    done = cli("rules", "test", "house")
    assert done.returncode == 1
    assert "house-encrypted-topics: passing example 1 is reported" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("bad.guard", "rule x {", "bad.guard"),
        ("bad.guard", "let a = 1\n", "holds no Guard rule"),
        ("bad.guard", "# level: [1]\nrule x { Resources exists }", "level"),
        ("bad.py", "import nothing_of_that_name", "cannot be imported"),
        ("bad.py", "X = 1", "has no RULE"),
        ("bad.cel.json", "[]", "is no file of CEL rules"),
        ("bad.guard", "rule x {\n  AWS::SNS::Topic { Properties.A exists\n", "house/bad.guard:3: cannot be used"),
        ("bad.guard", "# a: rule\n# level: Medium\n# titel: A\nrule x { Resources exists }", "bad.guard:1: a: unknown"),
        (
            "bad.guard",
            "let a = 1\n# levle: High\nrule x { Resources exists }",
            "bad.guard:2: levle: unknown field: did you",
        ),
        (
            "bad.guard",
            "# level: High\n# category: secruity\nrule x { Resources exists }",
            "house/bad.guard:2: category: unknown category 'secruity': did you mean security?",
        ),
        (
            "bad.guard",
            "# level: Hihg\nrule x { Resources exists }",
            "house/bad.guard:1: level: unknown level 'Hihg': did you mean High?",
        ),
        (
            "bad.guard",
            "# level: Severe\nrule x { Resources exists }",
            "rule x: unknown level 'Severe' (known: Critical",
        ),
        (
            "bad.py",
            "from dataclasses import replace\n"
            "from grader.rules.storage.bucket_acl import RULE as OTHER\n"
            "RULE = replace(OTHER, id='bad', category='storage')\n",
            "house/bad.py: rule bad: unknown category 'storage' (known: account, code",
        ),
        ("bad.cel.json", '{"rules": [{"rule_id": "A", "expression": "true"}]}', "house/bad.cel.json: cannot be used"),
    ],
)
def test_a_broken_rule_is_one_line(house: Path, name: str, text: str, says: str, cli: Cli) -> None:
    (house / "house" / name).write_text(text)
    done = cli("run", "task", "--response", "answer.yml", "--fast", "--rules", "house")
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().split("\n")) == 1
    assert "Traceback" not in done.stderr


def test_the_document_of_the_rules_is_current(cli: Cli) -> None:
    done = cli("rules", "list", "--format", "markdown")
    assert done.stdout == (ROOT / "docs" / "rules.md").read_text("utf-8")


REGISTRY = """#
#####################################
##           Gherkin               ##
#####################################
# Rule Identifier:
#    QUEUE_RETENTION_SET
#
# Reports on:
#    AWS::SQS::Queue
#
# Scenarios:
# a) SKIP: when there are no queues present
# b) FAIL: when a queue: has no retention

let queues = Resources.*[ Type == 'AWS::SQS::Queue' ]
# Select: all of them
rule QUEUE_RETENTION_SET when %queues !empty {
  %queues.Properties.MessageRetentionPeriod exists
  <<
    Violation: the queue keeps messages for the default time
    Fix: set MessageRetentionPeriod
  >>
}
"""


def test_a_file_written_as_those_of_the_guard_registry_works_as_it_is(house: Path, cli: Cli) -> None:
    (house / "house" / "queues.guard").write_text(REGISTRY)
    (house / "answer.yml").write_text(
        "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: jobs}\n"
    )
    done = cli("run", "task", "--response", "answer.yml", "--fast", "--rules", "house", "--format", "json")
    assert done.returncode == 0, done.stderr
    [failure] = [one for one in json.loads(done.stdout)["failures"] if one["rule"] == "queue-retention-set"]
    assert failure["title"] == "Rule QUEUE_RETENTION_SET is not met"
    assert failure["evidence"][0]["message"] == "the queue keeps messages for the default time"
    assert failure["fix"].startswith("set MessageRetentionPeriod.")
