"""What delivers nothing scores nothing, each kind by its own name; what is cut off is graded as far as it goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader import Result, grade, load_rubric, load_task, read_response

QUEUE = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref AWS::StackName\n"
SPARE = "Parameters:\n  Spare: {Type: String, Default: x}\n"


def graded(folder: Path, text: str, name: str = "answer.md", prompt: str = "Write a template.") -> Result:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / name).write_text(text)
    return grade(load_task(folder), read_response(folder / name), load_rubric(), fast=True)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("I can't assist with that.\n", "refused"),
        ("I’m sorry, but as an AI I am unable to provide infrastructure code.\n", "refused"),
        ("You could create a queue in the console, and then a topic.\n", "prose"),
        ("```python\nimport boto3\nboto3.client('sqs').create_queue(QueueName='q')\n```\n", "other-language"),
        ("```ts\nimport * as cdk from 'aws-cdk-lib';\nnew cdk.Stack();\n```\n", "other-language"),
        (f"```yaml\nTransform: Expand\n{QUEUE}```\n", "inert"),
        (
            "```yaml\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Q:\n    Type: Team::SQS::Queue::MODULE\n```\n",
            "inert",
        ),
    ],
)
def test_nothing_delivered_scores_nothing(tmp_path: Path, text: str, answer: str) -> None:
    result = graded(tmp_path, text)
    assert (result.answer, result.score, result.delivered, result.passes) == (answer, 0, 0, False)
    assert [failure.level for failure in result.failures][:1] == ["Critical"]


def test_an_answer_is_no_refusal_because_it_declines_a_detail(tmp_path: Path) -> None:
    text = f"I'm sorry, I cannot provide your account number. The template:\n\n```yaml\n{QUEUE}```\n"
    assert graded(tmp_path, text).answer == "template"


def test_a_block_that_is_never_closed_is_cut_off(tmp_path: Path) -> None:
    whole = graded(tmp_path, f"```yaml\n{SPARE}{QUEUE}```\n")
    cut = graded(tmp_path, f"```yaml\n{SPARE}{QUEUE}")
    assert (cut.answer, cut.verdict) == ("truncated", "truncated")
    assert "answer-cut-off" in {failure.rule for failure in cut.failures}
    assert "parameter-without-effect" not in {failure.rule for failure in cut.failures}  # its use may be missing
    assert 0 < cut.score < whole.score


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        ({"choices": [{"message": {"content": f"```yaml\n{QUEUE}```\n"}, "finish_reason": "length"}]}, "truncated"),
        ({"content": [{"type": "text", "text": QUEUE}], "stop_reason": "max_tokens"}, "truncated"),
        ({"content": [{"type": "text", "text": QUEUE}], "stop_reason": "end_turn"}, "template"),
        ({"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}, "refused"),
        ({"completion": ""}, "empty"),
    ],
)
def test_the_reason_why_a_model_stopped_is_read(tmp_path: Path, record: dict[str, object], answer: str) -> None:
    assert graded(tmp_path, json.dumps(record), "answer.json").answer == answer


def test_a_template_file_that_ends_in_the_middle_of_a_line_is_cut_off(tmp_path: Path) -> None:
    text = '{"Resources": {\n  "Queue": {"Type": "AWS::SQS::Queue"},\n  "Topic": {"Type": "AWS::SNS::To'
    result = graded(tmp_path, text, "answer.json")
    assert (result.answer, result.score) == ("truncated", 0)


def test_a_template_file_that_ends_with_an_open_key_is_cut_off(tmp_path: Path) -> None:
    text = QUEUE + "  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n"
    assert graded(tmp_path, text, "answer.yml").answer == "truncated"
    assert graded(tmp_path, f"```yaml\n{text}```\n").answer == "template"


def test_a_broken_template_keeps_its_other_failures(tmp_path: Path) -> None:
    text = QUEUE.replace("QueueName", "QueueNam")
    broken = graded(tmp_path, f"```yaml\n{text}  : : [\n```\n")
    assert {"template-syntax", "invalid-property"} <= {failure.rule for failure in broken.failures}
    assert broken.score == 0


def test_an_unmet_requirement_lowers_what_is_delivered_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "task.yaml").write_text(
        "requirements:\n"
        "  - {id: a-topic, level: High, asks: a topic, resources: {type: 'AWS::SNS::Topic'}}\n"
        "  - {id: a-queue, level: High, resources: {type: 'AWS::SQS::Queue'}}\n"
    )
    result = graded(tmp_path, f"```yaml\n{QUEUE}```\n", prompt="Something.\nWrite a topic.\n")
    (failure,) = result.failures
    assert (failure.rule, failure.requirements, result.delivered, result.score) == ("a-topic", ("a-topic",), 0.5, 50)
    assert result.verdict == "deficient"
    rows = {one["id"]: one for one in result.to_dict()["requirements"]}
    assert rows["a-topic"]["source"] == "author"
    assert (rows["a-topic"]["standing"], rows["a-topic"]["line"]) == ("unmet", 2)
    assert rows["a-queue"]["standing"] == "met"
