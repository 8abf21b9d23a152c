"""`The template passes validation`: the failures of the result decide, and make no second failure."""

from __future__ import annotations

from pathlib import Path

from grader import Result, grade, load_rubric, load_task, read_response

SOUND = """Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {SqsManagedSseEnabled: true}
"""
UNKNOWN = SOUND.replace("SqsManagedSseEnabled: true", "SqsManagedSseEnabled: true, Colour: red")
CIRCLE = """Resources:
  Left:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Ref Right}
  Right:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Ref Left}
"""
REFUSED_LATER = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/NoSuchPolicyAnywhere']
"""
VALID = "Create it. The template must pass CloudFormation validation.\n"
DEPLOYS = "Create it. The template must deploy without errors.\n"
LINTS = "Create it. The template must pass cfn-lint with zero errors.\n"


def graded(folder: Path, text: str, prompt: str) -> Result:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / "answer.yml").write_text(text)
    return grade(load_task(folder), read_response(folder / "answer.yml"), load_rubric(), fast=True)


def standing(result: Result) -> tuple[str, str]:
    one = next(one for one in result.requirements if one.decided_by)
    return one.standing.value, one.reason


def test_a_template_that_cloudformation_rejects_does_not_pass_validation(tmp_path: Path) -> None:
    for text in (UNKNOWN, CIRCLE):
        result = graded(tmp_path, text, VALID)
        assert standing(result) == ("unmet", "CloudFormation rejects the template: failure 1")
        assert [one.rule for one in result.failures if one.rule.startswith("unmet-")] == []
        assert next(one for one in result.requirements if one.decided_by).evidence[0].file == "answer.yml"


def test_the_failure_is_charged_and_the_requirement_is_not_delivered(tmp_path: Path) -> None:
    silent = graded(tmp_path, UNKNOWN, "Create an SQS queue.\n")
    asked = graded(tmp_path, UNKNOWN, "Create an SQS queue. The template must pass CloudFormation validation.\n")
    again = graded(
        tmp_path, UNKNOWN, "Create an SQS queue. It must pass CloudFormation validation and deploy without errors.\n"
    )
    assert silent.counts == asked.counts == again.counts
    assert silent.delivered == 1 > asked.delivered == again.delivered
    assert asked.score < silent.score


def test_a_sound_template_passes_validation_and_deploys(tmp_path: Path) -> None:
    assert standing(graded(tmp_path, SOUND, VALID)) == ("met", "")
    assert standing(graded(tmp_path, SOUND, DEPLOYS)) == ("met", "")


def test_what_aws_rejects_later_passes_validation_and_does_not_deploy(tmp_path: Path) -> None:
    assert standing(graded(tmp_path, REFUSED_LATER, VALID))[0] == "met"
    assert standing(graded(tmp_path, REFUSED_LATER, DEPLOYS)) == ("unmet", "AWS rejects the deployment: failure 1")


def test_nothing_passes_a_linter_that_did_not_run(tmp_path: Path) -> None:
    assert standing(graded(tmp_path, SOUND, LINTS))[0] == "unjudged"
    assert standing(graded(tmp_path, UNKNOWN, LINTS)) == ("unmet", "linters report errors: failure 1")
