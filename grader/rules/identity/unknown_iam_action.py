"""Policies with actions that IAM does not have."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from grader.case import Case
from grader.case.iam import IDENTITY_POLICIES, Statement, statements
from grader.catalogue import Rule, RuleFinding, example
from grader.plan.iam_actions import actions_of, is_known_action
from grader.rules._fragments import resources, role, worker
from grader.rules.code._called_actions import CALLED, Misnamed, misnamed_calls
from grader.support.markdown import code, listed

# Policies of resources whose service rejects an action that it does not have; other policies are stored as they are.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (MalformedPolicy)
_REJECTS = ("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy")
_TYPES = (*IDENTITY_POLICIES, *_REJECTS, "AWS::KMS::Key", "AWS::SQS::QueuePolicy")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report actions of statements that no action of their service matches.

    High where inline code with the role makes the call, and no other statement allows it.
    """
    misnamed = list(misnamed_calls(case))
    for statement in statements(case, *_TYPES):
        rejected = statement.resource.type in _REJECTS
        for path, node, action in statement.items("Action"):
            if ":" not in action or is_known_action(action):
                continue
            right = _right(action)
            because = _because(statement, action, right)
            if rejected:
                service = "S3" if "S3" in statement.resource.type else "SNS"
                because = f"{service} rejects a policy with an action that it does not have. {because}"
            callers = [one.function for one in misnamed if _is_of(statement, one) and one.name == action.lower()]
            if callers:
                because += f" The inline code of {listed(callers)} makes this call, which fails with AccessDenied."
            yield RuleFinding(
                location=statement.at(path, node),
                message=f"{action} is not an action of IAM" + (f"; it is {right}" if right else ""),
                facts={"value": action, "right": right, "because": because, "remedy": _remedy(action, right)},
                level="Critical" if rejected else "High" if callers else "",
            )


def _is_of(statement: Statement, call: Misnamed) -> bool:
    """Whether a statement is in the role of a call, or in a policy beside it, which may be the role's."""
    is_other_role = statement.resource.type == "AWS::IAM::Role" and statement.resource.name != call.role
    return statement.template.file == call.file and not is_other_role


def _right(action: str) -> str:
    """Return the action that is meant, empty where none is similar."""
    service = action.partition(":")[0]
    if action.lower() in CALLED:
        return CALLED[action.lower()]
    near = get_close_matches(action.partition(":")[2].lower(), actions_of(service), 1, 0.85)
    return f"{service}:{near[0]}" if near else ""


def _remedy(action: str, right: str) -> str:
    return f"Replace {code(action)} by {code(right) if right else 'the action that covers the call'}."


def _because(statement: Statement, action: str, right: str) -> str:
    valid = [other for other in statement.actions if other != action and ":" in other and is_known_action(other)]
    beside = f" Other actions of the statement exist: {listed(valid)}." if valid else ""
    if action.lower() in CALLED:
        return (
            f"{code(action)} is the name of an API operation or a setting; the action that allows it is {code(right)}."
        )
    return (
        f"{code(action)} is similar to {code(right)}."
        if right
        else f"No action of the service is similar to {code(action)}."
    ) + beside


RULE = Rule(
    id="unknown-iam-action",
    kind="missing-iam-permission",
    level="Medium",
    category="security",
    title="IAM actions that do not exist: {values}",
    issue="Policies of {resources} in {file} list {values}, which the Service Authorization Reference does not have. Such an action "
    "allows or denies nothing, so the call that it was written for is decided by the other statements alone.",
    fix="{remedy} The Service Authorization Reference lists the actions of each API operation.",
    root_cause="{because}",
    lesson="Take actions from the Service Authorization Reference: their names differ from those of API operations.",
    reference="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-"
    "contextkeys.html",
    aws_behaviour="IAM and KMS store the policy, and the action matches no request; S3 and SNS reject a policy with an action that "
    "they do not have (Critical). A call that no other statement allows is denied (High where inline code makes it).",
    needed=lambda finding: finding.facts.get("right") or None,
    check=check,
    fails=(
        example("""
Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:GetBucketEncryption  # finds
            Resource: '*'
          - Effect: Allow
            Action:
              - sqs:SendMessage
              - sqs:SendMesage  # finds
            Resource: '*'
"""),
    ),
    passes=(
        example(
            resources(
                role(["s3:GetEncryptionConfiguration", "logs:*"]),
                worker(
                    "import boto3\nclient = boto3.client('s3')\ndef handler(event, context):\n"
                    "    client.get_bucket_encryption(Bucket='orders')"
                ),
            )
        ),
        example("""
Parameters:
  Verb: {Type: String}
Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: ['s3:GetEncryptionConfiguration', 'S3:getobject', 'kms:ReEncrypt*', '*', !Sub 'sqs:${Verb}Message']
            Resource: '*'
"""),
    ),
)
