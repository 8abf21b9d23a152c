"""Account numbers written into ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code
from grader.template import Scalar, dotted

# Services whose ARNs of this account or a partner's occur in templates; those of layers, rule packages and baselines are AWS's.
_ACCOUNT = re.compile(
    r"^arn:(?:aws[\w-]*|\$\{AWS::Partition\}):(acm|cloudwatch|codebuild|codecommit|codepipeline|codestar-connections|dynamodb|ecs"
    r"|elasticloadbalancing|events|execute-api|firehose|iam|kinesis|kms|lambda|logs|rds|secretsmanager|sns|sqs|states|sts|wafv2)"
    r":[\w${}:-]*?:(\d{12}):(?!layer:)"
)
# Accounts of AWS that deliver logs of load balancers, by region; bucket policies name them.
# Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
_OF_AWS = frozenset(
    "127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 383597477331"
    " 600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 652711504416 635631232127"
    " 009996457667 897822967062 076674570225 507241528517".split()
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report ARNs with an account number that is neither the prompt's nor that of an AWS service."""
    for template in case.templates:
        scope = case.scopes[template.file]
        for resource in template.resources.values():
            if scope.exists(resource) is False:
                continue
            built = "AWS::AccountId" in template.text
            for path, node in template.nodes(resource):
                text = node.text if isinstance(node, Scalar) else ""
                found = _ACCOUNT.match(text)
                if found is None or found.group(2) in _OF_AWS or found.group(2) in case.prompt:
                    continue
                because = (
                    "Other places of the template use `AWS::AccountId`."
                    if built
                    else f"{code(text)} is written out as a text."
                )
                place = dotted(path[:-1] if path[-1] == "Fn::Sub" else path)
                message = f"names the account {found.group(2)}"
                yield at_property(
                    template, resource, place, message, value=text, account=found.group(2), because=because
                )


RULE = Rule(
    id="hardcoded-account",
    kind="hardcoded-environment-value",
    level="Medium",
    category="naming",
    title="Account number written into an ARN: {accounts}",
    issue="{resources} in {file} {names|name} an account by its number: {values}. In any other account the ARN points to a "
    "resource of that account.",
    fix="Write the ARN with Fn::Sub and `${{AWS::AccountId}}`, or take the account as a parameter.",
    root_cause="{because}",
    lesson="Build ARNs from the pseudo parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html",
    security="A policy with this ARN gives access to, or waits for, an account that may belong to somebody else.",
    is_choice=True,
    aws_behaviour="The ARN is used as it is written, in whatever account the stack is created.",
    yields_to=("placeholder-value", "placeholder-default", "role-missing"),
    check=check,
    fails=(
        example("""
Resources:
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties:
      DomainName: api.shop.dev
      CertificateArn: arn:aws:acm:us-east-1:998877665544:certificate/0b1c2d3e-1111-2222-3333-444455556666  # finds
"""),
    ),
    passes=(
        example(
            """
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Access:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: 'arn:aws:iam::998877665544:root'}, Action: 'sns:Publish', Resource: !Ref Topic}
""",
            prompt="The partner account 998877665544 may publish to the topic.",
        ),
        example("""
Resources:
  Logs: {Type: AWS::S3::Bucket}
  Access:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: 'arn:aws:iam::127311923021:root'}, Action: 's3:PutObject', Resource: !Sub '${Logs.Arn}/*'}
"""),
    ),
)
