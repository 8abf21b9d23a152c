"""Names where AWS requires ARNs, and ARNs where it requires names."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example, from_problem
from grader.facts.identifiers import wrong_forms
from grader.rules._fragments import but


def check(case: Case) -> Iterator[RuleFinding]:
    """Report references that give a name where an ARN is required, or the other way round."""
    for found in wrong_forms(case):
        yield from_problem(found)


_TEMPLATE = """
Resources:
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [subnet-01234567, subnet-12345678]}}
  Site:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !GetAtt Front.DNSName  # finds
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: '404'}}]
"""

RULE = Rule(
    id="reference-form",
    kind="invalid-property-value",
    level="Critical",
    category="references",
    title="{Name|Names} where an ARN is required, or the reverse: {resources}",
    issue="In {file}, {says}. The service rejects the value, and the stack rolls back when the resource is created.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Ref of most types returns a name or an id; Fn::GetAtt with Arn returns the ARN.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    aws_behaviour="The service rejects the value as malformed when it creates the resource.",
    check=check,
    fails=(
        example("""
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Photos: {Type: AWS::S3::Bucket}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: resize
      EventSourceArn: !Ref Jobs  # finds
  Grant:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: resize
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: !Sub '${Photos}/*'  # finds
"""),
        example("""
Resources:
  Photos: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'photos-${AWS::AccountId}'}}
  Grant:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: resize
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: !Sub 'photos-${AWS::AccountId}/*'  # finds
"""),
        example(_TEMPLATE),
        example("""
Resources:
  Seal: {Type: AWS::KMS::Key}
  Log:
    Type: AWS::Logs::LogGroup
    Properties:
      KmsKeyId: !Ref Seal  # finds
"""),
    ),
    passes=(
        example(
            but(
                _TEMPLATE,
                {"LoadBalancerArn: !GetAtt Front.DNSName  # finds": "LoadBalancerArn: !GetAtt Front.LoadBalancerArn"},
            )
        ),
        example("""
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: resize
      EventSourceArn: !GetAtt Jobs.Arn
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref News
      Protocol: sqs
      Endpoint: !GetAtt Jobs.Arn
"""),
    ),
)
