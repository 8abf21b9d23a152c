"""Dry runs against a real HTTP endpoint: what is asked, what comes of it, and that nothing stays behind."""

from __future__ import annotations

import fnmatch
import json
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader import GradeError, InputError, Result, grade, load_catalogue, load_rubric, load_task, read_response
from grader.case import Case
from grader.cli.main import cli
from grader.dryrun import Answer, Settings, clean, connect, dry_run
from tests.conftest import ROOT, TASK, Start, command, wait_for
from tests.dryrun.endpoint import Endpoint

POLICY = json.loads((ROOT / "docs" / "iam-policy.json").read_text())
NOTHING: dict[str, list[str]] = {"stacks": [], "buckets": []}
pytestmark = pytest.mark.slow
TOPIC = "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName: orders\n"
NESTED = {
    "main.yml": "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n"
    "    Properties: {TemplateURL: ./child.yml}\n",
    "child.yml": TOPIC,
}
STEPS = (
    "cloudformation:ValidateTemplate",
    "s3:CreateBucket",
    "s3:PutBucketTagging",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutEncryptionConfiguration",
    "s3:PutObject",
    "cloudformation:CreateChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:DeleteBucket",
)
REMOVALS = STEPS[9:]


def settings(endpoint: Endpoint, mode: str = "change-set", **more: Any) -> Settings:
    chosen: dict[str, Any] = {"endpoint_url": endpoint.url, "deadline": 300.0, "timeout": 100.0, "attempts": 3} | more
    return Settings(mode, **chosen)


def ask(endpoint: Endpoint, files: dict[str, str], folder: Path, **more: Any) -> Answer:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    task = load_task(TASK)
    return dry_run(connect(settings(endpoint, **more)), Case(task, read_response(folder)), load_catalogue())


def judged(endpoint: Endpoint, text: str, folder: Path) -> Result:
    (folder / "task").mkdir()
    (folder / "task" / "PROMPT.md").write_text("A topic.")
    (folder / "answer.yml").write_text(text)
    aws = connect(settings(endpoint))
    task, response = load_task(folder / "task"), read_response(folder / "answer.yml")
    return grade(task, response, load_rubric(), fast=True, ask=lambda case, rules: dry_run(aws, case, rules))


def allowed(action: str) -> bool:
    return any(fnmatch.fnmatchcase(action, one) for statement in POLICY["Statement"] for one in statement["Action"])


def outcomes(answer: Answer) -> dict[tuple[str, str], str]:
    return {(one.call, one.file): one.outcome for one in answer.asked}


def test_the_shipped_task_with_its_nested_stacks(endpoint: Endpoint) -> None:
    case = Case(load_task(TASK), read_response(TASK / "ideal"))
    answer = dry_run(connect(settings(endpoint)), case, load_catalogue())
    assert {one.outcome for one in answer.asked} == {"ok"}
    assert len(answer.asked) == 6
    assert not answer.findings
    assert not answer.errors
    sent = json.loads(next(iter(endpoint.templates.values())))
    urls = [one["Properties"]["TemplateURL"] for one in sent["Resources"].values()]
    assert len(set(urls)) == 4
    assert all(url.startswith("https://grade-dry-run-123456789012-") for url in urls)
    assert endpoint.left == NOTHING


def test_only_what_the_policy_grants_is_called(endpoint: Endpoint, tmp_path: Path) -> None:
    ask(endpoint, NESTED, tmp_path / "answer")
    clean(connect(settings(endpoint)), older_than=timedelta(0))
    assert endpoint.calls
    assert [action for action in set(endpoint.calls) if not allowed(action)] == []
    assert not any("Execute" in action for action in endpoint.calls)


def test_a_large_template_goes_through_a_bucket(endpoint: Endpoint, tmp_path: Path) -> None:
    large = TOPIC + "  # " + "x" * 60_000 + "\n"
    answer = ask(endpoint, {"answer.yml": large}, tmp_path / "answer")
    assert set(outcomes(answer).values()) == {"ok"}
    assert next(iter(endpoint.templates.values())).startswith("https://")
    assert endpoint.left == NOTHING


def test_a_bucket_that_is_given_stays(endpoint: Endpoint, tmp_path: Path) -> None:
    aws = connect(settings(endpoint))
    aws.s3.create_bucket(Bucket="ours")
    answer = ask(endpoint, NESTED, tmp_path / "answer", bucket="ours")
    assert set(outcomes(answer).values()) == {"ok"}
    assert endpoint.left == {"stacks": [], "buckets": ["ours"]}
    assert aws.s3.list_objects_v2(Bucket="ours")["KeyCount"] == 0


def test_validate_makes_nothing(endpoint: Endpoint, tmp_path: Path) -> None:
    answer = ask(endpoint, NESTED, tmp_path / "answer", mode="validate")
    assert set(outcomes(answer)) == {("validate-template", "main.yml"), ("validate-template", "child.yml")}
    assert set(endpoint.calls) == {"sts:GetCallerIdentity", "cloudformation:ValidateTemplate"}


def test_what_aws_refuses_is_a_failure_at_its_place(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.refusals["orders"] = "validation failed"
    endpoint.events["orders"] = [
        {"EventId": "0", "EventType": "STACK_EVENT"},
        {
            "EventId": "1",
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": "Orders",
            "ValidationName": "PROPERTY_VALIDATION",
            "ValidationPath": "/Resources/Orders/Properties/DisplayName",
            "ValidationStatus": "FAILED",
            "ValidationFailureMode": "FAIL",
            "ValidationStatusReason": "#: extraneous key [DisplayName] is not permitted",
        },
        {
            "EventId": "2",
            "EventType": "HOOK_INVOCATION_ERROR",
            "LogicalResourceId": "Orders",
            "HookType": "House::Topics::Hook",
            "HookStatusReason": "a topic needs an owner",
        },
    ]
    result = judged(endpoint, TOPIC, tmp_path)
    found = {failure.rule: failure for failure in result.failures}
    property_, hook = found["invalid-property"].evidence[0], found["refused-by-hook"].evidence[0]
    assert (property_.detector, property_.line, property_.path) == ("aws", 5, "Properties.DisplayName")
    assert (hook.resource, hook.type, hook.line) == ("Orders", "AWS::SNS::Topic", 2)
    assert endpoint.left == NOTHING


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("Circular dependency between resources: [Orders]", "circular-dependency"),
        (
            "Template format error: Unresolved resource dependencies [Missing] in the Resources block",
            "undefined-reference",
        ),
        ("Parameters: [Stage] must have values", "parameter-without-default"),
        ("Template format error: Unrecognized resource types: [AWS::SNS::Tropic]", "invalid-resource-type"),
        ("No export named shared-vpc found", "import-missing"),
        ("the moon is full", "refused-by-aws"),
    ],
)
def test_a_refused_call_belongs_to_the_rule_of_the_static_detectors(
    endpoint: Endpoint, tmp_path: Path, reason: str, rule: str
) -> None:
    endpoint.rejected["orders"] = reason
    answer = ask(endpoint, {"answer.yml": TOPIC}, tmp_path / "answer")
    assert {finding.rule for finding in answer.findings} == {rule}
    assert set(outcomes(answer).values()) == {"refused"}


def test_confirmed_and_contradicted(endpoint: Endpoint, tmp_path: Path) -> None:
    broken = TOPIC + "  Copy:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref Nothing}\n"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    contradicted = judged(endpoint, broken, tmp_path / "a")
    assert {f.rule: f.aws for f in contradicted.failures}["undefined-reference"] == "contradicted"
    assert "confirmed none and contradicted failure" in contradicted.summary
    endpoint.rejected["Nothing"] = "Template format error: Unresolved resource dependencies [Nothing]"
    confirmed = judged(endpoint, broken, tmp_path / "b")
    failure = next(f for f in confirmed.failures if f.rule == "undefined-reference")
    assert failure.aws == "confirmed"
    assert {"aws", "plan"} <= {one.detector for one in failure.evidence}


@pytest.mark.parametrize(
    "text",
    [
        "Transform: Evil\n" + TOPIC,
        "Transform: !Sub Evil\n" + TOPIC,
        "Transform: {Name: !Ref Evil}\n" + TOPIC,
        "Transform: [AWS::LanguageExtensions, [Evil]]\n" + TOPIC,
        "Transform: Evil\nTransform: AWS::LanguageExtensions\n" + TOPIC,
        TOPIC + "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://bucket/file}}\n",
        "Resources:\n  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://x.s3.amazonaws.com/y}}\n",
    ],
)
def test_what_would_run_or_fetch_something_is_not_sent(endpoint: Endpoint, tmp_path: Path, text: str) -> None:
    answer = ask(endpoint, {"answer.yml": text}, tmp_path / "answer", allow_transforms=("AWS::LanguageExtensions",))
    assert outcomes(answer)["change-set", "answer.yml"] == "not asked"
    assert endpoint.count("cloudformation:CreateChangeSet") == 0
    assert answer.errors


def test_a_transform_that_is_allowed_is_sent(endpoint: Endpoint, tmp_path: Path) -> None:
    text = "Transform: AWS::LanguageExtensions\n" + TOPIC
    answer = ask(endpoint, {"answer.yml": text}, tmp_path / "answer", allow_transforms=("AWS::LanguageExtensions",))
    assert outcomes(answer)["change-set", "answer.yml"] == "ok"


def test_custom_resources_are_planned_only(endpoint: Endpoint, tmp_path: Path) -> None:
    custom = "  Own: {Type: 'Custom::Thing', Properties: {ServiceToken: 'arn:aws:lambda:us-east-1:1:function:f'}}\n"
    answer = ask(endpoint, {"answer.yml": TOPIC + custom}, tmp_path / "answer")
    assert outcomes(answer)["custom resources", "answer.yml"] == "planned only"


def test_twenty_responses_at_once(endpoint: Endpoint, tmp_path: Path) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: ask(endpoint, NESTED, tmp_path / str(n)), range(20)))
    assert all(set(outcomes(answer).values()) == {"ok"} and not answer.errors for answer in answers)
    assert endpoint.left == NOTHING


@pytest.mark.parametrize("kind", ["throttle", "error", "lost", "gone"])
def test_a_fault_at_every_step_that_passes_is_survived(endpoint: Endpoint, tmp_path: Path, kind: str) -> None:
    endpoint.faults = dict.fromkeys(STEPS, (kind, 1))
    answer = ask(endpoint, NESTED, tmp_path / "answer", attempts=6)
    assert set(outcomes(answer).values()) == {"ok"}
    assert not answer.errors
    assert endpoint.left == NOTHING


@pytest.mark.parametrize("action", STEPS)
def test_a_fault_that_stays_is_said_and_cleaned_later(endpoint: Endpoint, tmp_path: Path, action: str) -> None:
    endpoint.faults = {action: ("denied", 1000)}
    answer = ask(endpoint, NESTED, tmp_path / "answer")
    assert answer.errors
    assert not answer.findings
    endpoint.faults.clear()
    if action in REMOVALS:
        assert endpoint.left != NOTHING
        assert "grade dry-run clean" in " ".join(answer.errors)
    removed, left = clean(connect(settings(endpoint)))
    assert bool(removed) is (action in REMOVALS)
    assert not left
    assert endpoint.left == NOTHING


@pytest.mark.parametrize("kind", ["page", "plain page"])
@pytest.mark.parametrize("action", ["cloudformation:ValidateTemplate", "cloudformation:DescribeChangeSet"])
def test_an_answer_that_is_not_of_aws_is_an_error_of_the_run(
    endpoint: Endpoint, tmp_path: Path, action: str, kind: str
) -> None:
    endpoint.faults = {action: (kind, 1000)}
    answer = ask(endpoint, {"answer.yml": TOPIC}, tmp_path / "answer", attempts=1)
    assert "no answer" in outcomes(answer).values()
    assert answer.errors
    assert not answer.findings
    assert endpoint.left == NOTHING


@pytest.mark.parametrize("kind", ["page", "plain page"])
def test_a_page_for_the_question_who_asks_is_one_line(endpoint: Endpoint, kind: str) -> None:
    endpoint.faults = {"sts:GetCallerIdentity": (kind, 1000)}
    with pytest.raises(GradeError, match="AWS cannot be asked"):
        connect(settings(endpoint, attempts=1))


def test_the_region_is_that_of_the_environment(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert connect(settings(endpoint, region=None)).region == "eu-west-1"
    monkeypatch.delenv("AWS_REGION")
    assert connect(settings(endpoint, region=None)).region == "us-east-1"
    assert connect(settings(endpoint, region="eu-north-1")).region == "eu-north-1"


def test_a_change_set_that_is_not_done_in_time_is_no_answer(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = {"cloudformation:DescribeChangeSet": ("pending", 1000)}
    answer = ask(endpoint, {"answer.yml": TOPIC}, tmp_path / "answer", deadline=0.0)
    assert outcomes(answer)["change-set", "answer.yml"] == "no answer"
    assert "still CREATE_IN_PROGRESS after 0 seconds" in " ".join(answer.errors)
    assert endpoint.left == NOTHING


def test_a_call_that_is_not_answered_in_time_is_no_answer(endpoint: Endpoint, tmp_path: Path) -> None:
    ask(endpoint, {"answer.yml": TOPIC}, tmp_path / "answer")  # the endpoint loads what it needs at the first call
    endpoint.faults = {"cloudformation:DescribeChangeSet": ("held", 1000)}
    # each call is tried again, so that one that a busy machine delays is answered
    answer = ask(endpoint, {"answer.yml": TOPIC}, tmp_path / "answer", timeout=1.0, attempts=4)
    assert outcomes(answer)["change-set", "answer.yml"] == "no answer"
    assert endpoint.left == NOTHING


@pytest.mark.parametrize(
    ("action", "number"),
    [
        ("s3:PutBucketPublicAccessBlock", signal.SIGKILL),
        ("cloudformation:DescribeChangeSet", signal.SIGKILL),
        ("cloudformation:DeleteStack", signal.SIGKILL),
        ("cloudformation:DescribeChangeSet", signal.SIGTERM),
        ("cloudformation:DescribeChangeSet", signal.SIGINT),
    ],
)
def test_a_process_that_is_stopped(
    endpoint: Endpoint, tmp_path: Path, start: Start, action: str, number: signal.Signals
) -> None:
    (tmp_path / "answer").mkdir()
    for name, text in NESTED.items():
        (tmp_path / "answer" / name).write_text(text)
    endpoint.faults = {action: ("held", 1)}
    asked = ("--dry-run", "change-set", "--endpoint-url", endpoint.url)
    process = start(command("run", TASK, "--response", "answer", "--fast", "--no-ideal", "-q", *asked))
    wait_for(lambda: endpoint.count(action))
    process.send_signal(number)
    process.communicate(timeout=300)
    assert process.returncode != 0
    endpoint.released.set()
    wait_for(lambda: not endpoint.at_once)  # what the process had asked for is carried out, too
    if number is signal.SIGKILL:
        assert endpoint.left != NOTHING or action == "cloudformation:DeleteStack"
        answer = CliRunner().invoke(cli, ["dry-run", "clean", "--endpoint-url", endpoint.url], standalone_mode=False)
        assert answer.return_value == 0
    assert endpoint.left == NOTHING
    assert not list((tmp_path / "state").rglob("*.jsonl"))


def test_clean_leaves_what_is_not_ours(endpoint: Endpoint, tmp_path: Path) -> None:
    aws = connect(settings(endpoint))
    aws.cloudformation.create_stack(StackName="grade-school", TemplateBody=TOPIC)
    aws.s3.create_bucket(Bucket="grade-dry-run-notes")
    assert clean(aws, older_than=timedelta(0)) == ([], [])
    assert endpoint.left == {"stacks": ["grade-school"], "buckets": ["grade-dry-run-notes"]}


def test_what_carries_the_tag_and_is_old_is_removed_without_a_journal(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = {"cloudformation:DeleteStack": ("denied", 1000)}
    ask(endpoint, {"answer.yml": TOPIC}, tmp_path / "answer")
    for journal in (tmp_path / "state").rglob("*.jsonl"):
        journal.unlink()
    endpoint.faults.clear()
    aws = connect(settings(endpoint))
    assert clean(aws) == ([], [])
    assert clean(aws, older_than=timedelta(seconds=-60))[0]
    assert endpoint.left == NOTHING


def test_what_is_missing_is_one_clear_line(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="not 210987654321: nothing was asked"):
        connect(settings(endpoint, account_id="210987654321"))
    with pytest.raises(InputError, match="no AWS profile 'nobody'"):
        connect(settings(endpoint, profile="nobody"))
    endpoint.faults = {"sts:GetCallerIdentity": ("denied", 1000)}
    with pytest.raises(GradeError, match="AWS cannot be asked"):
        connect(settings(endpoint))
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(InputError, match="no AWS region"):
        connect(settings(endpoint))
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(InputError, match="no AWS credentials"):
        connect(settings(endpoint))


def test_options_of_a_dry_run_without_one_are_refused() -> None:
    arguments = ["run", str(TASK), "--response", str(TASK / "ideal"), "--bucket", "b"]
    answer = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert isinstance(answer.exception, InputError)
    assert "--dry-run" in str(answer.exception)


def test_a_batch_asks_for_each_response(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for number in range(4):
        folder = tmp_path / "tasks" / f"t{number}"
        folder.mkdir(parents=True)
        (folder / "PROMPT.md").write_text("A topic.")
        (folder / "model_out").mkdir()
        for name, text in NESTED.items():
            (folder / "model_out" / name).write_text(text)
    arguments = ["batch", str(tmp_path / "tasks"), "--out", str(tmp_path / "run"), "--fast", "--jobs", "2", "-q"]
    more = ["--dry-run", "change-set", "--endpoint-url", endpoint.url]
    answer = CliRunner().invoke(cli, [*arguments, *more], standalone_mode=False)
    assert answer.return_value == 0, answer.output
    for number in range(4):
        result = json.loads((tmp_path / "run" / f"t{number}" / "result.json").read_text())
        assert {one["outcome"] for one in result["dry_run"]["asked"]} == {"ok"}
    assert endpoint.left == NOTHING
