"""Policy resources that are no ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import AnyNode, Call, Map, Scalar, Template, dotted, items_of, text_of, walk

_POLICIES = (
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::S3::BucketPolicy",
)
# Types whose Ref is a name, not an ARN.
# Source: "Return values" of each, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_NAMES = (
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Function",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
)
_NAMED = re.compile(r"^[A-Za-z0-9][^:*]*(/.*)?$")
_OWN = re.compile(r"^\$\{(\w+)\}(?:/.*)?$")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report statements whose resource is the name of something where its ARN is wanted."""
    for template, resource in case.resources(*_POLICIES):
        scope = case.scopes[template.file]
        for path, node in walk(resource.properties):
            if not isinstance(node, Map) or text_of(node.get("Effect")) is None:
                continue
            for item in items_of(node.get("Resource")):
                text = scope.text(item)
                if _is_name(text, template):
                    needed = _arn(item) or "the ARN"
                    message = f"has {text} for the resource of a statement, which is no ARN"
                    place = f"Properties.{dotted(path)}.Resource"
                    facts = {"value": text, "needed": needed}
                    yield RuleFinding(
                        location=Location(
                            file=template.file, line=item.line, resource=resource.name, type=resource.type, path=place
                        ),
                        message=message,
                        facts=facts,
                    )


def _is_name(text: str, template: Template) -> bool:
    if not text.startswith("${"):
        return _NAMED.match(text) is not None
    own = _OWN.match(text)
    target = template.resources.get(own.group(1)) if own else None
    return target is not None and target.type in _NAMES


def _arn(node: AnyNode) -> str:
    """Return what to write instead of a reference to a resource, or an empty string."""
    argument = node.argument if isinstance(node, Call) else None
    if not isinstance(node, Call) or not isinstance(argument, Scalar):
        return ""
    if node.name == "Ref":
        return f"!GetAtt {argument.text}.Arn"
    if node.name == "Fn::Sub":
        return "!Sub '" + re.sub(r"^\$\{(\w+)\}", r"${\1.Arn}", argument.text) + "'"
    return ""


RULE = Rule(
    id="policy-resource",
    kind="invalid-property-value",
    level="Critical",
    category="security",
    title="Policy resources that are no ARNs",
    issue="In {file}, statements of {resources} name {values} as their resource. That is a name; a policy's resource is an ARN "
    "or `*`, and IAM and S3 refuse the policy as malformed when it is created.",
    fix="Write {neededs}.",
    root_cause="Ref gives the name of a bucket, a table or a function, where Fn::GetAtt gives its ARN.",
    lesson="Know for each type what Ref returns; in policies, use Fn::GetAtt or spell the ARN out.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    cost="The deployment is rolled back.",
    security="None: the policy is not created.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties: {BucketName: !Sub 'uploads-${AWS::AccountId}'}
  Writers:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:PutObject
            Resource: !Sub '${Uploads}/*'  # finds
"""),
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties: {BucketName: !Sub 'uploads-${AWS::AccountId}'}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Uploads
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Deny
            Principal: '*'
            Action: s3:*
            Resource:
              - !GetAtt Uploads.Arn
              - !Ref Uploads  # finds
            Condition: {Bool: {'aws:SecureTransport': false}}
"""),
    ),
    passes=(
        example("""
Parameters:
  Extra: {Type: String, Default: ''}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties: {BucketName: !Sub 'uploads-${AWS::AccountId}'}
  Writers:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:PutObject
            Resource: [!Sub '${Uploads.Arn}/*', !Sub 'arn:${AWS::Partition}:s3:::${Uploads}', '*', 'arn:aws:s3:::orders']
          - Effect: Allow
            Action: sns:Publish
            Resource: !Ref Orders
          - Effect: Allow
            Action: s3:ListBucket
            Resource: !Ref Extra
  Orders:
    Type: AWS::SNS::Topic
"""),
    ),
)
