"""Resources that depend on each other in a circle."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._circle_texts import because_circle
from grader.rules.language._circles import without_circle

RULE = Rule(
    id="circular-dependency",
    kind="circular-dependency",
    level="Critical",
    category="references",
    title="Circular dependency between {resources}",
    issue=(
        "The resources {resources} in {file} depend on each other in a circle: {ways}. CloudFormation has no "
        "order in which to create them and rejects the template."
    ),
    fix="{remedy}",
    root_cause="{because}",
    lesson="Follow references to their end; put mutual rules and permissions into separate resources.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html",
    aws_behaviour="CloudFormation rejects the template with a circular dependency error before it creates anything.",
    confirm=because_circle,
    stands_for=(
        "plan:cycle",
        "plan:nested-cycle",
        "cfn-lint:E3004",
        "cloudformation-validate:F3004",
        "cloudformation-validate:E9106",
    ),
    corrections=without_circle,
    fails=(
        example("""
Resources:
  Web:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt App.TopicName}
  App:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt Web.TopicName}
"""),
        example("""
Resources:
  Reports:  # finds
    Type: AWS::S3::Bucket
    Properties:
      LoggingConfiguration: {DestinationBucketName: !Ref Logs, LogFilePrefix: !Ref Reader}
  Reader:  # finds
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Reports.Arn}/*'}]
  Logs: {Type: AWS::S3::Bucket}
"""),
    ),
    passes=(
        example("""
Resources:
  Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: Web}}
  App: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: App}}
  FromWeb:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt App.GroupId, SourceSecurityGroupId: !GetAtt Web.GroupId, IpProtocol: tcp, FromPort: 80, ToPort: 80}
  FromApp:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Web.GroupId, SourceSecurityGroupId: !GetAtt App.GroupId, IpProtocol: tcp, FromPort: 80, ToPort: 80}
"""),
    ),
)
