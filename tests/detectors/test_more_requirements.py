"""Demands on code, literals, deletion, lists and services without resources, judged over templates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.case import Case
from grader.detectors.requirements import judged
from grader.task.reading import read_demands

Make = Callable[..., Case]

DATA = """
Description: Orders of the shop
Parameters:
  Stage: {Type: String, Default: dev}
  DBUser: {Type: String, Default: admin}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Owner, Value: shop}]}}
  One: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Two: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Group: {Type: 'AWS::RDS::DBSubnetGroup', Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref One, !Ref Two]}}
  Settings:
    Type: AWS::RDS::DBParameterGroup
    Properties: {Family: mysql8.0, Description: d, Parameters: {slow_query_log: 1, binlog_format: ROW}}
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: mysql, DBInstanceClass: db.t3.micro, DeletionProtection: true, AutoMinorVersionUpgrade: false}
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0a9b8c7d6e5f40312, InstanceType: t3.micro}
  Throttled:
    Type: AWS::CloudWatch::Alarm
    Properties:
      {Namespace: AWS/DynamoDB, MetricName: UserErrors, Threshold: 1, ComparisonOperator: GreaterThanThreshold,
       EvaluationPeriods: 1, Period: 60, Statistic: Sum}
"""
CODE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: read
          PolicyDocument: {Statement: [{Effect: Allow, Action: 'textract:AnalyzeDocument', Resource: '*'}]}
  Reader:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Timeout: 10
      Role: !GetAtt Role.Arn
      Code: {ZipFile: "def handler(event, context):\\n    return {}\\n"}
  Writer:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Timeout: 4
      Role: arn:aws:iam::111122223333:role/writer
      Code: {ZipFile: "def handler(event, context):\\n    return event\\n"}
  Pipeline:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: !GetAtt Role.Arn
      Stages:
        - {Name: Source, Actions: [{Name: S, ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: '1'}}]}
        - {Name: Build, Actions: [{Name: B, ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1'}}]}
"""
CAREFUL = CODE.replace("    return", "    try:\\n        return").replace("111122223333", "${AWS::AccountId}")
WEB = """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Enabled: true}}
"""


def standings(case: Case) -> dict[str, str]:
    demands = read_demands(case.task.prompt).demands
    return {demand.entry: one.standing.value for demand, one in zip(demands, judged(case), strict=True)}


@pytest.mark.parametrize(
    ("template", "ask", "entry", "standing"),
    [
        (DATA, "Database instances must have SkipFinalSnapshot: true", "no-final-snapshot", "unmet"),
        (DATA.replace("Type: AWS::RDS::DBInstance", "DeletionPolicy: Delete\n    Type: AWS::RDS::DBInstance"),
         "Skip the final snapshot of the database", "no-final-snapshot", "met"),
        (DATA, "Support clean stack deletion", "no-retain", "unmet"),
        (DATA.replace("DeletionProtection: true", "DeletionProtection: false"), "Support clean stack deletion", "no-retain", "met"),
        (DATA, "Do not hardcode AMI IDs", "no-literal-image", "unmet"),
        (DATA, "Deployable in different regions without changes", "no-literal-region", "unmet"),
        (DATA, "Never hard-code region names", "no-literal-region", "met"),
        (CODE, "No hardcoded account IDs", "no-literal-account", "unmet"),
        (CAREFUL, "No hardcoded account IDs", "no-literal-account", "met"),
        (CODE, "Lambda functions with proper error handling", "error-handling", "unmet"),
        (CAREFUL, "Lambda functions with proper error handling", "error-handling", "met"),
        (CODE, "Read documents with Amazon Textract", "service-used", "met"),
        (CODE, "Translate comments with Amazon Translate", "service-used", "unmet"),
        (CODE, "Publish custom CloudWatch metrics", "custom-metrics", "unmet"),
        (CODE, "The pipeline has the stages source, build and deploy", "pipeline-stages", "unmet"),
        (CODE, "One IAM role for all Lambda functions", "role-shared", "unmet"),
        (CODE, "Lambda functions have a timeout within 5 seconds", "function-timeout-at-most", "met"),
        (CODE, "All Lambda functions have a timeout within 5 seconds", "function-timeout-at-most", "unmet"),
        (DATA, "Subnet groups span at least three Availability Zones", "group-zones", "unmet"),
        (DATA, "Subnet groups span two Availability Zones", "group-zones", "met"),
        (DATA, "A parameter group with slow query logging", "db-slow-queries", "met"),
        (DATA, "The parameter group disables binary logging", "db-binary-log", "unmet"),
        (DATA, "Enable automated minor version patching", "db-minor-versions", "unmet"),
        (DATA, 'Include a description: "Payments of the bank"', "description-is", "unmet"),
        (DATA, 'Include a description: "Orders of the shop"', "description-is", "met"),
        (DATA, "CloudWatch alarm for DynamoDB throttling", "alarm-table-throttles", "unmet"),
        (DATA, "Tags on all resources: Owner and CostCenter", "tags-keys", "unmet"),
        (DATA, "Parameters section with StageName and EngineVersion", "parameters-called", "unmet"),
        (WEB, "All AWS services in this stack should have logging enabled", "logging-everywhere", "unmet"),
        (WEB, "Use SES for mails", "exists", "unmet"),
        (WEB, "A cross-region monitoring dashboard", "exists", "unmet"),
    ],
)  # fmt: skip
def test_a_demand_is_judged_by_what_the_template_has(
    make_case: Make, template: str, ask: str, entry: str, standing: str
) -> None:
    assert standings(make_case({"t.yaml": template}, prompt=f"- {ask}\n"))[entry] == standing


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("- Store approved security group rules", "security group"),
        ("- Use AWS::SSM::Parameter::Value<AWS::EC2::Image::Id> for the image", "SSM::Parameter"),
        ("- Store CloudTrail logs for a year", "trail"),
        ("- Use the Amazon Linux 2 AMI SSM parameter of the region", "SSM parameter"),
        ("- No CloudFront distribution should be reachable by HTTP", "CloudFront"),
        ("The current setup has an Aurora cluster and a load balancer", "a"),
        ("- I am not sure whether to include a NAT gateway or keep it simple", "NAT"),
        ("- DNS and Service Discovery", "Service"),
        ("- Security Group Optimization", "security group"),
        ("- Config rules (CloudTrail enabled, EBS encryption)", "trail"),
        ("- Buckets for application logs, CloudTrail logs and artifacts", "trail"),
        ("- <!-- A transit gateway -->", "gateway"),
        ("- Copy tags to snapshots for consistent tagging", "tags"),
        ("- DynamoDB table with a partition key considering the access patterns", "partition key"),
        ("- Outputs (export-ready, well-named)", "well-named"),
    ],
)
def test_what_is_named_in_passing_is_not_called_unmet(make_case: Make, text: str, word: str) -> None:
    case = make_case({"t.yaml": WEB}, prompt=f"{text}\n")
    assert [
        one.requirement.title for one in judged(case) if one.standing == "unmet" and word in one.requirement.title
    ] == []


def test_subnets_that_something_is_placed_in_are_not_asked_for(make_case: Make) -> None:
    case = make_case({"t.yaml": WEB}, prompt="- A load balancer in public subnets\n")
    things = [
        one.requirement.title for one in judged(case) if one.standing == "unmet" and one.requirement.about == "resource"
    ]
    assert things == ["load balancer"]


def test_what_a_sentence_says_of_its_own_noun_is_not_asked_of_one_above(make_case: Make) -> None:
    template = "Resources: {Cluster: {Type: 'AWS::EKS::Cluster', Properties: {}}}\n"
    prompt = "- EKS cluster:\n  - All node groups must have encryption at rest\n"
    assert standings(make_case({"t.yaml": template}, prompt=prompt))["encrypted"] == "unjudged"


def test_ssh_and_another_port_are_ports_and_no_addresses(make_case: Make) -> None:
    assert "ssh-restricted" not in standings(make_case({"t.yaml": DATA}, prompt="- Allow only SSH and HTTPS\n"))


def test_items_of_lists_are_parameters_tags_and_outputs(make_case: Make) -> None:
    prompt = """## Parameters (portable)

- Stage
- DBUser for the database
- Certificate ARN
- User of the database
- Only letters are allowed

## Tags

They are on all resources. Tag with:

- Owner: the team
- CostCenter
"""
    case = make_case({"t.yaml": DATA}, prompt=prompt)
    found = [(one.requirement.title, one.standing.value) for one in judged(case)]
    assert found == [
        ("parameter for Stage", "met"),
        ("parameter DBUser", "met"),
        ("parameter for Certificate ARN", "unmet"),
        ("parameter for User of the database", "unjudged"),
        ("tags Owner", "unmet"),
        ("tags CostCenter", "unmet"),
    ]


def test_tests_are_asked_for_among_the_deliverables_only(make_case: Make) -> None:
    prompt = (
        "## Deliverables\n\n- The template\n- Unit tests of the template\n\n## Testing\n\n- Unit tests run nightly\n"
    )
    bare = make_case({"t.yaml": WEB}, prompt=prompt)
    assert [(one.requirement.line, one.standing.value) for one in judged(bare)] == [(4, "unmet")]
    tested = {"t.yaml": WEB, "test_t.py": "def test_it():\n    assert True\n"}
    assert [one.standing.value for one in judged(make_case(tested, prompt=prompt))] == ["met"]


def test_a_sentence_about_the_template_is_commentary_and_a_title_is_not(make_case: Make) -> None:
    prompt = "- Return only the YAML template without any explanatory text\n"
    titled = {"t.yaml": WEB, "README.md": "# site.yaml\n"}
    told = {
        "t.yaml": WEB,
        "README.md": "Here is the template that you asked for, with a distribution for the site and its settings.\n",
    }
    for files, standing in ((titled, "met"), (told, "unmet")):
        assert standings(make_case(files, prompt=prompt))["bare"] == standing


def test_a_value_that_a_parameter_gives_may_differ_in_each_environment(make_case: Make) -> None:
    template = """
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Size: {Type: String, Default: t3.micro}
Resources:
  Server: {Type: 'AWS::EC2::Instance', Properties: {InstanceType: !Ref Size}}
"""
    found = judged(make_case({"t.yaml": template}, prompt="An EC2 instance: t3.micro for dev and m5.large for prod."))
    standings = {one.requirement.title: one.standing.value for one in found}
    assert standings["EC2 instance of type t3.micro in dev"] == "met"
    assert standings["EC2 instance of type m5.large in prod"] == "unjudged"


def test_values_of_environments_are_not_judged_where_no_parameter_chooses_them(make_case: Make) -> None:
    template = "Resources: {Server: {Type: 'AWS::EC2::Instance', Properties: {InstanceType: t3.micro}}}"
    found = judged(make_case({"t.yaml": template}, prompt="An EC2 instance: t3.micro for dev and m5.large for prod."))
    assert {one.standing.value for one in found if one.requirement.about == "value"} == {"unjudged"}
