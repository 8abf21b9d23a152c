"""Replication to a bucket that nothing creates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.plan.sources import unresolved_destinations
from grader.support.markdown import code, listed
from grader.task.prompt import Sentence
from grader.template import Parameter, Resource, text_of

# "Create the destination bucket first" in words, or the commands that do it.
_DOCUMENTED = (
    r"(create-bucket|s3 mb)[^\n]*(repl|dest|dr\b|backup)"
    r"|\bcreate\b[^\n.]{0,60}\b(replica|destination|replication|target)\b[^\n.]{0,30}\bbucket"
    r"|\b(replica|destination|replication|target)\b[^\n.]{0,30}\bbucket[^\n.]{0,60}"
    r"\b(must|has to|needs to|should)\b[^\n.]{0,30}\b(exist|be created|created)"
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report each replication to a bucket that is not there, unless a document or a description says to create it."""
    if case.documented(_DOCUMENTED) or any(re.search(_DOCUMENTED, text.lower()) for text in _descriptions(case)):
        return
    for problem in unresolved_destinations(case):
        if not problem.facts["value"].startswith("${Fn::"):  # taken from a list that the reader gives
            elsewhere = _is_elsewhere(case, problem.facts["value"])
            facts = {
                **problem.facts,
                "because": _because(case, problem.resource),
                "remedy": _IN_ACCOUNT if elsewhere else _IN_REGION,
            }
            if elsewhere:
                facts["because"] = (
                    f"Line {elsewhere.line} of the prompt asks for a copy in another account. {facts['because']}"
                )
            level = "High" if elsewhere else ""
            yield RuleFinding(location=problem.location, message=problem.message, facts=facts, level=level)


_IN_REGION = "In another region, that takes a stack of its own."
_IN_ACCOUNT = (
    "In the other account, that takes a stack of its own, with a bucket policy that allows the replication role."
)
_OTHER_ACCOUNT = r"cross[- ]account|\b(another|separate|different|second|backup) (aws )?accounts?\b"


def _is_elsewhere(case: Case, bucket: str) -> Sentence | None:
    """Return the sentence that asks for a bucket in another account, where a name tells that this is it: then others create it."""
    return case.request.orders(_OTHER_ACCOUNT) if re.search(r"\$\{(?!AWS::)\w*account", bucket, re.I) else None


def _descriptions(case: Case) -> Iterator[str]:
    """Yield the descriptions of templates, parameters and resources, and the comments of YAML."""
    for template in case.templates:
        described: list[Parameter | Resource] = [*template.parameters.values(), *template.resources.values()]
        yield from (text for one in described if (text := text_of(one.node.get("Description"))))
        yield text_of(template.root.get("Description")) or ""
        yield from re.findall(r"^\s*#(.*)$", "" if template.is_json else template.text, re.M)


def _because(case: Case, source: str) -> str:
    """Say which buckets the bundle creates, and that none of them is the destination."""
    others = [bucket.name for _, bucket in case.resources("AWS::S3::Bucket") if bucket.name != source]
    if others:
        return f"The templates create {listed([source, *others])}; the destination is named by a text that none of them has."
    return f"{code(source)} is the only bucket that the templates create."


RULE = Rule(
    id="s3-replication-destination",
    kind="replication-destination-missing",
    level="Critical",
    category="prerequisites",
    title="S3 replication to a bucket that does not exist: {values}",
    issue="{resources} in {file} {replicates|replicate} objects to {values}. No template of the response creates that bucket, and "
    "neither the task nor a document says that it exists or has to be created first. S3 checks the destination when replication is "
    "configured, and the stack fails there.",
    fix="Create the destination bucket, with versioning on, before {resources}. {remedy} "
    "Or make the replication conditional on a parameter that takes the ARN of the bucket.",
    root_cause="{because}",
    lesson="Create both ends of a replication, or make it optional; a stack cannot create a bucket in another region.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
    aws_behaviour="PutBucketReplication is refused where the destination bucket does not exist.",
    cost="The copies are charged as storage, and their transfer to another region.",
    security="Without the copy, the objects are in one bucket only.",
    check=check,
    fails=(
        example("""
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration:
        Role: arn:aws:iam::999988887777:role/replicate
        Rules:
          - Status: Enabled
            Destination:
              Bucket: !Sub 'arn:aws:s3:::archive-copy-${AWS::AccountId}'  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration:
        Role: arn:aws:iam::999988887777:role/replicate
        Rules:
          - Status: Enabled
            Destination: {Bucket: !GetAtt Copy.Arn}
  Copy:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
"""),
        example("""
Parameters:
  CopyBucketArn: {Type: String, Default: ''}
Conditions:
  Replicate: !Not [!Equals [!Ref CopyBucketArn, '']]
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration: !If
        - Replicate
        - Role: arn:aws:iam::999988887777:role/replicate
          Rules:
            - Status: Enabled
              Destination: {Bucket: !Ref CopyBucketArn}
        - !Ref AWS::NoValue
"""),
    ),
)
