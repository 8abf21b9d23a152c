"""Data events of buckets by a wildcard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import Map, dotted, items_of, walk

_WILD = re.compile(r"^arn:aws[\w-]*:s3:::\*")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report event selectors of trails that name all buckets by a wildcard."""
    for template, trail in case.resources("AWS::CloudTrail::Trail"):
        scope = case.scopes[template.file]
        for path, node in walk(trail.properties):
            if path[-1:] != ("DataResources",) and path[-2:-1] != ("DataResources",):
                continue
            for value in items_of(node.get("Values")) if isinstance(node, Map) else ():
                text = scope.text(value)
                if _WILD.match(text):
                    message = f"logs the data events of {text}, which CloudTrail does not take"
                    place = f"Properties.{dotted(path)}.Values"
                    yield RuleFinding(
                        location=Location(
                            file=template.file, line=value.line, resource=trail.name, type=trail.type, path=place
                        ),
                        message=message,
                        facts={"value": text},
                    )


RULE = Rule(
    id="trail-data-resource",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Data events of buckets by a wildcard",
    issue="{resources} in {file} log the data events of {values}. CloudTrail's basic event selectors know no wildcard for the name of "
    "a bucket, and the trail is refused.",
    fix="Write `arn:aws:s3` for all buckets, `arn:aws:s3:::NAME/` for one, or use advanced event selectors.",
    root_cause="The ARN was written as in an IAM policy, where wildcards are allowed.",
    lesson="An ARN pattern means something else in each service: look at the field's own documentation.",
    reference="https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html",
    cost="The deployment is rolled back; data events of all buckets would cost by the event.",
    security="Nothing is logged.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      S3BucketName: orders-audit
      EnableLogFileValidation: true
      EventSelectors:
        - ReadWriteType: All
          DataResources:
            - Type: AWS::S3::Object
              Values: ['arn:aws:s3:::*/*']  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      S3BucketName: orders-audit
      EnableLogFileValidation: true
      EventSelectors:
        - ReadWriteType: All
          DataResources:
            - Type: AWS::S3::Object
              Values: ['arn:aws:s3', 'arn:aws:s3:::orders/', 'arn:aws:s3:::']
"""),
    ),
)
