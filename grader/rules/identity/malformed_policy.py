"""Versions of the policy language that do not exist, and statement ids that IAM rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created, deployed, entries
from grader.case.iam import IDENTITY_POLICIES
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code
from grader.template import AnyNode, Map, Resource, Scope, Template, dotted, is_known

_WITH_POLICIES = (
    *IDENTITY_POLICIES,
    "AWS::KMS::Key",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
)
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
_VERSIONS = ("2012-10-17", "2008-10-17")
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html (policies of IAM only)
_STATEMENT_ID = re.compile(r"[A-Za-z0-9]*")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report unknown versions in policies, and ids of IAM statements with other characters or used twice."""
    for template, resource, scope in created(case, *_WITH_POLICIES):
        for path, node in deployed(scope, resource.properties, ("Properties",)):
            if isinstance(node, Map) and node.get("Statement") is not None:
                for element, where, value, because in _wrong(scope, resource, node):
                    yield _finding(template, resource, dotted((*path, *element)), where, value, because)


def _wrong(
    scope: Scope, resource: Resource, document: Map
) -> Iterator[tuple[tuple[str | int, ...], AnyNode, str, str]]:
    """Yield the elements of a policy that are rejected: path below it, node, value, and the sentence that says why."""
    version = document.get("Version")
    text = scope.text(version) if version is not None else ""
    if version is not None and is_known(scope.value(version)) and text not in _VERSIONS:
        because = f"{code('Version')} names a version of the policy language and not a date that the author chooses."
        yield ("Version",), version, text, because
    if resource.type not in IDENTITY_POLICIES:
        return
    seen: set[str] = set()
    for path, statement in entries(scope, document.get("Statement")):
        node = statement.get("Sid") if isinstance(statement, Map) else None
        if node is None or not is_known(scope.value(node)):
            continue
        text = scope.text(node)
        if not _STATEMENT_ID.fullmatch(text):
            yield (
                ("Statement", *path, "Sid"),
                node,
                text,
                "IAM accepts only ASCII letters and digits in a statement id.",
            )
        elif text in seen:
            yield ("Statement", *path, "Sid"), node, text, "An earlier statement of the same policy has this id."
        seen.add(text)


def _finding(template: Template, resource: Resource, path: str, node: AnyNode, value: str, because: str) -> RuleFinding:
    element = path.rpartition(".")[2]
    location = Location(file=template.file, line=node.line, resource=resource.name, type=resource.type, path=path)
    facts = {"value": value, "because": because}
    if element == "Version":
        facts["needed"] = _VERSIONS[0]
    return RuleFinding(location=location, message=f"has the {element} {value} in a policy", facts=facts)


RULE = Rule(
    id="malformed-policy",
    kind="invalid-property-value",
    level="Critical",
    category="security",
    title="Policies with a version or statement id that AWS rejects: {values}",
    issue="In {file}, policies of {resources} have {values} as a version or statement id. The version must be 2012-10-17 or "
    "2008-10-17, and the statement ids of an IAM policy consist of letters and digits and differ from each other. AWS rejects "
    "the policy as malformed.",
    fix="Set `Version` to 2012-10-17, and give each statement an id of its own from letters and digits, or none.",
    root_cause="{because}",
    lesson="Write 2012-10-17 as the version of a policy, and statement ids without spaces and hyphens.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    aws_behaviour="Creating the policy is refused: MalformedPolicyDocument.",
    check=check,
    fails=(
        example("""
Resources:
  Readers:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2022-10-17'  # finds
        Statement:
          - Sid: list-objects  # finds
            Effect: Allow
            Action: s3:ListBucket
            Resource: '*'
          - Sid: Read
            Effect: Allow
            Action: s3:GetObject
            Resource: '*'
          - Sid: Read  # finds
            Effect: Allow
            Action: s3:GetObjectVersion
            Resource: '*'
"""),
    ),
    passes=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
  Private:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Uploads
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Sid: Only encrypted connections
            Effect: Deny
            Principal: '*'
            Action: s3:*
            Resource: !Sub '${Uploads.Arn}/*'
            Condition: {Bool: {aws:SecureTransport: 'false'}}
  Readers:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Sid: !Sub 'Read${AWS::AccountId}', Effect: Allow, Action: s3:ListBucket, Resource: !GetAtt Uploads.Arn}
          - {Effect: Allow, Action: s3:GetObject, Resource: !Sub '${Uploads.Arn}/*'}
"""),
    ),
)
