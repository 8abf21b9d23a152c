"""What the ideal answer does to the level of a failure, in a whole grading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader import grade, load_rubric, load_task, read_response
from grader.catalogue import Catalogue, load_catalogue
from grader.model import Failure
from grader.task import read_ideal

FUNCTION = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: RUNTIME
      Handler: index.handler
      Code: {ZipFile: 'def handler(event, context): return event'}
"""
MISSPELT = FUNCTION.replace("RUNTIME", "python3.13").replace("Handler:", "Handel:")


def failures(
    tmp_path: Path, response: str, ideal: str | None, catalogue: Catalogue | None = None
) -> dict[str, Failure]:
    (tmp_path / "PROMPT.md").write_text("A function for orders.")
    (tmp_path / "answer.md").write_text(f"```yaml\n{response}```\n")
    if ideal is not None:
        (tmp_path / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{ideal}```\n")
    task = load_task(tmp_path)
    answer = tmp_path / "answer.md"
    beside = read_ideal(task, answer)
    result = grade(task, read_response(answer), load_rubric(), ideal=beside, catalogue=catalogue, fast=True)
    return {failure.rule: failure for failure in result.failures}


def test_what_aws_refuses_keeps_its_level_though_the_ideal_does_it_too(tmp_path: Path) -> None:
    assert failures(tmp_path, MISSPELT, None)["invalid-property"].level == "Critical"
    shared = failures(tmp_path, MISSPELT.replace("return event", "return [event]"), MISSPELT)["invalid-property"]
    assert shared.level == "Critical"
    assert "The ideal answer does the same, and AWS" in shared.issue


def test_a_matter_of_choice_that_the_ideal_shares_is_at_most_medium(tmp_path: Path) -> None:
    rules = dict(load_catalogue().rules)
    rules["invalid-property"] = replace(rules["invalid-property"], is_choice=True)
    again = MISSPELT.replace("return event", "return [event]")
    shared = failures(tmp_path, again, MISSPELT, Catalogue(rules))["invalid-property"]
    assert shared.level == "Medium"
    assert "The ideal answer does the same, so this counts as a matter of choice." in shared.issue


def test_what_the_ideal_has_instead_is_quoted_where_the_rule_finds_nothing_in_it(tmp_path: Path) -> None:
    current = FUNCTION.replace("RUNTIME", "python3.13")
    old = current.replace("      Handler", "      MemorySize: 64\n      Handler")
    new = current.replace("      Handler", "      MemorySize: !FindInMap [Sizes, Small, Memory]\n      Handler")
    new += "Mappings: {Sizes: {Small: {Memory: 256}}}\n"
    [found] = failures(tmp_path, old, new).values()
    assert "The ideal answer has" in found.fix
    assert "MemorySize: !FindInMap [Sizes, Small, Memory]" in found.fix
    assert "These lines refer to:\n\n```yaml\nMappings: {Sizes:" in found.fix
    assert not found.fix_lines
    secret = new.replace("!FindInMap [Sizes, Small, Memory]", "'{{resolve:secretsmanager:sizes:SecretString:small}}'")
    [found] = failures(tmp_path, old, secret).values()
    assert "The ideal answer has" not in found.fix
    older = FUNCTION.replace("RUNTIME", "python3.7")
    same = failures(tmp_path, older, FUNCTION.replace("RUNTIME", "python3.8"))["deprecated-runtime"]
    assert "The ideal answer has" not in same.fix


def test_what_only_differs_from_the_ideal_is_no_failure(tmp_path: Path) -> None:
    ours = FUNCTION.replace("RUNTIME", "python3.13")
    theirs = ours.replace("      Handler", "      Timeout: 60\n      ReservedConcurrentExecutions: 5\n      Handler")
    assert failures(tmp_path, ours, theirs) == failures(tmp_path, ours, None) == {}


def test_what_only_the_date_made_wrong_is_no_failure_where_the_ideal_does_it(tmp_path: Path) -> None:
    text = FUNCTION.replace("RUNTIME", "python3.8")
    assert "deprecated-runtime" in failures(tmp_path, text, None)
    again = text.replace("return event", "return [event]")
    assert "deprecated-runtime" not in failures(tmp_path, again, text)


def test_an_ideal_that_cannot_be_compared_says_so(tmp_path: Path) -> None:
    (tmp_path / "PROMPT.md").write_text("A function for orders.")
    answer = tmp_path / "answer.md"
    answer.write_text(f"```yaml\n{FUNCTION}```\n")
    reasons = []
    for content in (b"Use a function.\n", b"\0\1\2"):
        (tmp_path / "IDEAL_RESPONSE.md").write_bytes(content)
        task = load_task(tmp_path)
        result = grade(task, read_response(answer), load_rubric(), ideal=read_ideal(task, answer), fast=True)
        reasons.append(result.detectors["ideal"].errors[0])
    assert "it has no template" in reasons[0]
    assert "a binary file" in reasons[1]


def test_statements_are_paired_by_what_they_grant(tmp_path: Path) -> None:
    role = """Resources:
  Role:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
"""
    logs = "          - {Effect: Allow, Action: ['logs:PutLogEvents'], Resource: 'arn:aws:logs:*:*:*'}\n"
    read = "          - {Effect: Allow, Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::orders/*'}\n"
    more = read.replace("'s3:GetObject'", "'s3:GetObject', 's3:ListBucket'")
    (tmp_path / "PROMPT.md").write_text("A policy.")
    for name, text in (("answer.md", logs + read), ("IDEAL_RESPONSE.md", more + logs)):
        (tmp_path / name).write_text(f"```yaml\n{role}{text}```\n")
    task = load_task(tmp_path)
    answer = tmp_path / "answer.md"
    result = grade(task, read_response(answer), load_rubric(), ideal=read_ideal(task, answer), fast=True)
    (difference,) = result.differences
    assert difference.says == (
        "`PolicyDocument.Statement.1.Action.1` is not set, and is `s3:ListBucket` in the ideal answer."
    )


def test_what_the_ideal_answer_lacks_weighs_the_same_for_the_response_and_for_itself(tmp_path: Path) -> None:
    (tmp_path / "PROMPT.md").write_text("Create an SNS topic and a CloudTrail trail.")
    queue = "Resources: {Alerts: {Type: 'AWS::SNS::Topic'}}\n"
    (tmp_path / "answer.md").write_text(f"Here it is.\n\n```yaml\n{queue}```\n")
    ideal = tmp_path / "IDEAL_RESPONSE.md"
    ideal.write_text(f"```yaml\n{queue}```\n")
    task = load_task(tmp_path)
    rubric = load_rubric()
    response, itself = (
        grade(task, read_response(path), rubric, ideal=read_ideal(task, path), fast=True)
        for path in (tmp_path / "answer.md", ideal)
    )
    alone = grade(task, read_response(ideal), rubric, ideal=None, fast=True)
    levels = [{one.rule: one.level for one in each.failures if one.requirements} for each in (response, itself, alone)]
    assert levels == [{"unmet-logging": "Medium"}, {"unmet-logging": "Medium"}, {"unmet-logging": "Critical"}]
    assert response.delivered == itself.delivered > alone.delivered
    assert "This is the task's ideal answer" in itself.failures[0].issue
    assert itself.differences == ()


def test_the_ideal_answer_is_graded_as_an_answer_that_repeats_it(tmp_path: Path) -> None:
    (tmp_path / "PROMPT.md").write_text("Create a security group for a host.")
    group = (
        "Resources:\n  Host:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: host\n"
        "      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]\n"
    )
    (tmp_path / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{group}```\n")
    (tmp_path / "answer.md").write_text(f"Hello.\n\n```yaml\n{group}```\n")
    task = load_task(tmp_path)
    results = [
        grade(task, read_response(path), load_rubric(), ideal=read_ideal(task, path), fast=True)
        for path in (tmp_path / "answer.md", tmp_path / "IDEAL_RESPONSE.md")
    ]
    levels = [[(one.rule, one.level) for one in result.failures] for result in results]
    assert levels[0] == levels[1]
    assert ("open-security-group", "Medium") in levels[0]
    assert results[0].score == results[1].score
    assert "This is the task's ideal answer, so this counts as a matter of choice." in results[1].failures[0].issue
