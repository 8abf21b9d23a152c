"""Names where a policy requires ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import switched_off
from grader.case.iam import IDENTITY_POLICIES, Statement, statements, statements_of
from grader.catalogue import Rule, RuleFinding, example
from grader.rules._deployed import only_with
from grader.support.markdown import code
from grader.template import AnyNode, Call, Scalar, Template

_POLICIES = (*IDENTITY_POLICIES, "AWS::S3::BucketPolicy")
# Types whose Ref is a name, an id or a URL, and not an ARN.
# Source: "Return values" of each, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_NAMES = (
    "AWS::ApiGateway::RestApi",
    "AWS::CodeBuild::Project",
    "AWS::CodeCommit::Repository",
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Instance",
    "AWS::EC2::VPC",
    "AWS::ECR::Repository",
    "AWS::ECS::Cluster",
    "AWS::EFS::FileSystem",
    "AWS::Events::EventBus",
    "AWS::Glue::Database",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
    "AWS::Serverless::Function",
    "AWS::Serverless::SimpleTable",
)
# Pseudo parameters that begin a name, never an ARN (AWS::StackId and AWS::NotificationARNs are ARNs).
_PSEUDO = ("AWS::AccountId", "AWS::Region", "AWS::StackName", "AWS::Partition")
_NAMED = re.compile(r"^[A-Za-z0-9][^:*$]*((/|\$).*)?$")
_FIRST = re.compile(r"^\$\{([\w:]+)\}([^:]*)$")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report statements whose resource is a name where IAM and S3 require an ARN."""
    found = [(one, "", "") for one in statements(case, *_POLICIES)]
    for template, resource, scope, parameters in switched_off(case, *_POLICIES):
        condition = only_with(resource, parameters)
        found += [(one, "Medium", condition) for one in statements_of(template, resource, scope)]
    for statement, level, condition in found:
        for key in ("Resource", "NotResource"):
            for path, node, text in statement.items(key):
                why = _why(text, node, statement)
                if why:
                    yield RuleFinding(
                        location=statement.at(path, node),
                        message=f"has {text} as the {key} of a statement, which is not an ARN",
                        level=level,
                        facts={"value": text, "because": condition + why, "needed": _needed(node, text, statement)},
                    )


def _why(text: str, node: AnyNode, statement: Statement) -> str:
    """Say why a text is not an ARN, as far as it is known; empty where it is one or may be one."""
    used = _used(node)
    target = statement.template.resources.get(used)
    if target is not None and target.type in _NAMES and not text.startswith(("arn:", "${AWS::Partition")):
        return f"Ref of {code(used)} ({target.type}) returns a name or id; its ARN is {code(f'!GetAtt {used}.Arn')}."
    first = _FIRST.match(text)
    if first and first.group(1) in _PSEUDO[:3]:
        return f"The text begins with {code('${' + first.group(1) + '}')}, so it cannot begin with {code('arn:')}."
    if first and first.group(1) in statement.template.parameters:
        other = _as_name(first.group(1), statement.template)
        return f"{code(first.group(1))} is a name in {code(other)} of this template, and an ARN here." if other else ""
    if "${" not in text[:1] and _NAMED.match(text) and not text.startswith("arn:"):
        return f"{code(text)} is the name of the resource without {code('arn:')} and the service."
    return ""


def _used(node: AnyNode) -> str:
    """Return the name that a Ref returns, or that an Fn::Sub begins with and that has no attribute; else nothing."""
    argument = node.argument if isinstance(node, Call) else None
    if not isinstance(node, Call) or not isinstance(argument, Scalar):
        return ""
    if node.name == "Ref":
        return argument.text
    match = re.match(r"\$\{([\w-]+)\}", argument.text) if node.name == "Fn::Sub" else None
    return match.group(1) if match else ""


def _as_name(parameter: str, template: Template) -> str:
    """Return where a parameter is used as the name of a bucket or table, or behind the beginning of an ARN; else nothing."""
    for use in template.uses.get(parameter, ()):
        if use.kind == "Ref" and use.path[-2:-1] in (("BucketName",), ("TableName",), ("FunctionName",)):
            return f"{use.owner}.{use.path[-2]}"
    if f"arn:aws:s3:::${{{parameter}}}" in template.text:
        return f"arn:aws:s3:::${{{parameter}}}"
    return ""


def _needed(node: AnyNode, text: str, statement: Statement) -> str:
    """Return what to write instead, as it reads in YAML."""
    argument = node.argument if isinstance(node, Call) else None
    used = _used(node)
    if not isinstance(node, Call) or not isinstance(argument, Scalar) or used not in statement.template.resources:
        service = statement.actions[0].partition(":")[0] if statement.actions else "s3"
        return f"arn:aws:s3:::{text}" if service == "s3" else f"arn:aws:{service}:REGION:ACCOUNT:TYPE/{text}"
    after = re.sub(r"^\$\{[\w-]+\}", "", argument.text) if node.name == "Fn::Sub" else ""
    is_group = statement.template.resources[used].type == "AWS::Logs::LogGroup"
    if not after or (is_group and after == ":*"):  # the attribute of a log group ends in `:*` itself
        return f"!GetAtt {used}.Arn"
    return f"!Sub '${{{used}.Arn}}{after}'"


RULE = Rule(
    id="policy-resource",
    kind="invalid-property-value",
    level="Critical",
    category="security",
    title="Policy {#resource that is not an ARN|resources that are not ARNs}",
    issue="In {file}, {#a statement|statements} of {resources} {#names|name} {values} as {#a resource|resources}. IAM and S3 "
    "accept only ARNs and `*` there, and reject the policy as malformed.",
    fix="Write the {#ARN|ARNs}: {neededs}.",
    root_cause="{because}",
    lesson="Use Fn::GetAtt or a full ARN in the Resource of a policy; Ref returns a name for most types.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    aws_behaviour="Creating the policy is refused: MalformedPolicyDocument in IAM (the resource must be in ARN format or `*`), "
    "MalformedPolicy in S3.",
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
          - Effect: Allow
            Action: s3:ListBucket
            Resource:
              - !Sub '${AWS::StackName}-uploads'  # finds
              - shop-uploads/*  # finds
"""),
        example("""
Parameters:
  UploadsName: {Type: String}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties: {BucketName: !Ref UploadsName}
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
              - !Sub '${UploadsName}/*'  # finds
            Condition: {Bool: {'aws:SecureTransport': false}}
"""),
    ),
    passes=(
        example("""
Parameters:
  Extra: {Type: String, Default: ''}
  TableArn: {Type: String}
Conditions:
  Never: !Equals ['a', 'b']
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
          - Effect: Allow
            Action: dynamodb:Query
            Resource: [!Ref TableArn, !Sub '${TableArn}/index/*', !If [Never, !Ref Uploads, !Ref TableArn]]
  Orders:
    Type: AWS::SNS::Topic
"""),
    ),
)
