"""Data resources that CloudTrail's basic event selectors do not accept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Finding, Location
from grader.rules._shared import created
from grader.rules.monitoring._corrections import logged_data
from grader.support.markdown import code
from grader.template import AnyNode, Map, Resource, Template, dotted, items_of, walk

# What `Values` of each type may be. A bucket's ARN needs its slash: "Value ... for DataResources.Values is invalid".
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
_ACCEPTED = {
    "AWS::S3::Object": re.compile(r"arn:[\w-]+:s3(:::([^*/]+/.*)?)?"),
    "AWS::Lambda::Function": re.compile(r"arn:[\w-]+:lambda(:[^*]+)?"),
    "AWS::DynamoDB::Table": re.compile(r"arn:[\w-]+:dynamodb(:[^*]+)?"),
}
_TYPE = re.compile(r"AWS::\w+::\w+")
_REFERENCE = re.compile(r"\$\{(\w+)(\.\w+)?\}")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report types and values of basic event selectors that CloudTrail rejects. The schema accepts more types than the API does."""
    for template, trail in created(case, "AWS::CloudTrail::Trail"):
        scope = case.scopes[template.file]
        for path, node in walk(trail.properties):
            if path[-2:-1] == ("DataResources",) and path[:1] == ("EventSelectors",) and isinstance(node, Map):
                kind = scope.text(node.get("Type"))
                if (written := node.get("Type")) is not None and _TYPE.fullmatch(kind) and kind not in _ACCEPTED:
                    because = f"{code(kind)} is not a type of data that basic event selectors log."
                    yield _found(template, trail, written, f"{dotted(path)}.Type", kind, because)
                for index, value in enumerate(items_of(node.get("Values"))):
                    because = _fault(template, kind, scope.text(value))
                    if because:
                        yield _found(
                            template, trail, value, f"{dotted(path)}.Values.{index}", scope.text(value), because
                        )


def _found(template: Template, trail: Resource, node: AnyNode, path: str, value: str, because: str) -> RuleFinding:
    location = Location(
        file=template.file, line=node.line, resource=trail.name, type=trail.type, path=f"Properties.{path}"
    )
    message = f"logs the data events of {value}, which CloudTrail does not accept"
    return RuleFinding(location=location, message=message, facts={"value": value, "because": because})


def _fault(template: Template, kind: str, text: str) -> str:
    """Return a sentence on why CloudTrail rejects a value; empty where it accepts it, or where the value is not known."""
    accepted = _ACCEPTED.get(kind)
    known = _REFERENCE.sub(lambda used: _standing(template, used), text)
    if accepted is None or not text or known.startswith("?") or accepted.fullmatch(known):
        return ""
    if "*" in known.split("/")[0]:
        return f"{code(text)} has a wildcard, as an IAM policy would allow it."
    if not known.startswith("arn:"):
        return f"{code(text)} is a name, and CloudTrail requires an ARN."
    return f"{code(text)} has no slash after the bucket." if kind == "AWS::S3::Object" else ""


def _standing(template: Template, used: re.Match[str]) -> str:
    """Return a stand-in for a reference: of a resource its ARN or name, else a question mark."""
    resource = template.resources.get(used.group(1))
    if resource is None or not resource.type.startswith("AWS::"):
        return "?"
    if used.group(2) == ".Arn":
        return "arn:aws:s3:::b" if resource.type == "AWS::S3::Bucket" else f"arn:aws:{_service(resource)}:r:a:b"
    return "b" if not used.group(2) else "?"


def _service(resource: Resource) -> str:
    return resource.type.split("::")[1].lower()


def _needed(finding: Finding) -> object:
    """The ARN prefix for all buckets, where the value is a wildcard for them."""
    everything = re.match(r"arn:[\w-]+:(s3|lambda|dynamodb):[^/]*\*", finding.facts["value"])
    return f"arn:aws:{everything.group(1)}" if everything else None


RULE = Rule(
    id="trail-data-resource",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Event selector that CloudTrail rejects",
    issue="{resources} in {file} {has|have} event selectors with {values}. Basic event selectors log `AWS::S3::Object`, "
    "`AWS::Lambda::Function` and `AWS::DynamoDB::Table`, by ARN or the beginning of one, such as `arn:aws:s3` for all buckets or "
    "`arn:aws:s3:::NAME/` for one, without a wildcard in the name. CloudTrail rejects {values}.",
    fix="Write `AWS::S3::Object` with `arn:aws:s3` for all buckets or with `${{Bucket.Arn}}/` in Fn::Sub for one of the stack. Data events of "
    "other types require AdvancedEventSelectors.",
    root_cause="{because}",
    lesson="Basic event selectors take three types and ARN prefixes, not the wildcards of IAM policies.",
    reference="https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html",
    aws_behaviour="CloudTrail rejects the trail with InvalidEventSelectorsException, and the stack rolls back.",
    check=check,
    needed=_needed,
    corrections=logged_data,
    fails=(
        example("""
Resources:
  Orders: {Type: AWS::S3::Bucket}
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
              Values:
                - 'arn:aws:s3:::*/*'  # finds
                - !GetAtt Orders.Arn  # finds
                - !Sub '${Orders}/*'  # finds
            - Type: AWS::Lambda::Function
              Values: ['arn:aws:lambda:*:*:function/*']  # finds
            - Type: AWS::S3::Bucket  # finds
              Values: [!GetAtt Orders.Arn]
"""),
        example("""
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      S3BucketName: topic-audit
      EventSelectors:
        - ReadWriteType: All
          DataResources:
            - Type: AWS::SNS::Topic  # finds
              Values: [!Ref Topic]
"""),
    ),
    passes=(
        example("""
Parameters: {Bucket: {Type: String}}
Resources:
  Orders: {Type: AWS::S3::Bucket}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
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
              Values: ['arn:aws:s3', 'arn:aws:s3:::orders/', 'arn:aws:s3:::', !Sub '${Orders.Arn}/', !Sub '${Orders.Arn}/*', !Ref Bucket]
            - Type: AWS::DynamoDB::Table
              Values: [!GetAtt Table.Arn]
            - Type: AWS::Lambda::Function
              Values: ['arn:aws:lambda']
"""),
        example("""
Resources:
  Orders: {Type: Custom, Properties: {ServiceToken: arn:aws:lambda:us-east-1:123456789012:function:orders}}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      S3BucketName: orders-audit
      EventSelectors: [{DataResources: [{Type: AWS::S3::Object, Values: [!GetAtt Orders.Arn]}]}]
"""),
    ),
)
