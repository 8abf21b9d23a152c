"""The fix of a failure shows the response's own lines, corrected: graded again, with the failure gone and nothing new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from grader import Result, grade, load_rubric, load_task, read_response
from grader.catalogue import Rule, example, load_catalogue
from grader.judgement.fixes.derive import edits_of
from grader.judgement.rule_examples import case_of
from grader.model import Failure
from grader.task.load import read_ideal
from grader.template import plain
from grader.template.edits import apply_edits, plan_edits

YAML = """Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Delete
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: true
"""


def graded(folder: Path, text: str, prompt: str = "Write a template.", name: str = "answer.yml") -> Result:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / name).write_text(text)
    return grade(load_task(folder), read_response(folder / name), load_rubric(), fast=True)


def failure(result: Result, rule: str) -> Failure:
    return next(one for one in result.failures if one.rule == rule)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_lines_are_the_resource_corrected(tmp_path: Path, form: str) -> None:
    text = YAML if form == "yaml" else json.dumps(yaml.safe_load(YAML), indent=2)
    result = graded(tmp_path, text, "A table. Everything must be destroyable.", f"answer.{form}")
    for rule, wanted in (
        ("deletion-protection", {"Properties": {"DeletionProtectionEnabled": False}}),
        ("retain-policy", {"DeletionPolicy": "Delete"}),
    ):
        [lines] = failure(result, rule).fix_lines
        assert yaml.safe_load(lines.text) == {"Orders": {"Type": "AWS::DynamoDB::Table", **wanted}}
        assert f"```{form}\n{lines.text}\n```" in failure(result, rule).fix
        assert (lines.file, lines.removed, lines.graded) == (f"answer.{form}", False, True)
        assert text.split("\n")[lines.line - 1].strip(' "').startswith("Orders")


# rule, response, the corrected lines
CASES = [
    (
        "invalid-property",
        """Resources:
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Condition: Record
    Properties:
      RoleArn: !GetAtt Role.Arn   # the recorder's
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: config.amazonaws.com}, Action: 'sts:AssumeRole'}]
Parameters: {Switch: {Type: String, Default: 'true'}}
Conditions: {Record: !Equals [!Ref Switch, 'true']}
""",
        """Recorder:
  Type: AWS::Config::ConfigurationRecorder
  Properties:
    RoleARN: !GetAtt Role.Arn   # the recorder's""",
    ),
    (
        "policy-resource",
        """Resources:
  Uploads:
    Type: AWS::S3::Bucket
  Writers:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:PutObject
            Resource:
              - !Sub '${Uploads}/*'
""",
        """Writers:
  Type: AWS::IAM::ManagedPolicy
  Properties:
    PolicyDocument:
      Statement:
        - Effect: Allow
          Action: s3:PutObject
          Resource:
            - !Sub '${Uploads.Arn}/*'""",
    ),
    (
        "undefined-reference",
        """Resources:
  OrdersTopic:
    Type: AWS::SNS::Topic
  Queue:
    Type: AWS::SQS::Queue
Outputs:
  Topic:
    Value: !Ref OrderTopic
""",
        """Topic:
  Value: !Ref OrdersTopic""",
    ),
    (
        "missing-required-property",
        """Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      CidrBlock: 10.0.1.0/24
""",
        """Subnet:
  Type: AWS::EC2::Subnet
  Properties:
    VpcId: !Ref Network""",
    ),
    (
        "secret-in-parameter",
        """Parameters:
  Password:
    Type: String
    NoEcho: true
    MinLength: 8
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      DBInstanceClass: db.t4g.micro
      Engine: postgres
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: clerk
      MasterUserPassword: !Ref Password
""",
        """Database:
  Type: AWS::RDS::DBInstance
  Properties:
    DBInstanceClass: db.t4g.micro
    Engine: postgres
    AllocatedStorage: '20'
    StorageEncrypted: true
    MasterUsername: clerk
    ManageMasterUserPassword: true""",
    ),
]


@pytest.mark.parametrize(("rule", "text", "wanted"), CASES, ids=[rule for rule, _, _ in CASES])
def test_what_is_corrected(tmp_path: Path, rule: str, text: str, wanted: str) -> None:
    lines = failure(graded(tmp_path, text), rule).fix_lines
    assert wanted in [one.text for one in lines]


def test_a_correction_that_brings_another_failure_is_not_shown(tmp_path: Path) -> None:
    # The one attribute that is like the wrong name is of another resource: nothing can be shown.
    text = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\nOutputs:\n  Name:\n    Value: !Ref Nothing\n"
    found = failure(graded(tmp_path, text), "undefined-reference")
    assert found.fix_lines == ()
    assert "```" not in found.fix


def test_lines_of_several_failures_are_graded_together(tmp_path: Path) -> None:
    text = YAML.replace("DeletionProtectionEnabled: true", "DeletionProtectionEnabled: true\n      Encrypted: true")
    result = graded(tmp_path, text, "A table. Everything must be destroyable.")
    fixed = {one.rule for one in result.failures if one.fix_lines}
    assert {"deletion-protection", "retain-policy", "invalid-property"} <= fixed


MORE = {
    "circular-dependency": """Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Network
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref App}
  App:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: app
      VpcId: !Ref Network
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref Web}
""",
    "external-dependency": """Parameters:
  AdminKey:
    Type: AWS::EC2::KeyPair::KeyName
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0123456789abcdef0, InstanceType: t3.micro, KeyName: !Ref AdminKey}
""",
    "invalid-resource-type": """Resources:
  Topic:
    Type: AWS::SNS::topic
  Queue:
    Type: AWS::SQS::Queue
""",
    "open-security-group": """Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: ssh
      VpcId: !Ref Network
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
""",
    "ssm-secure-string": """Resources:
  Greeting:
    Type: AWS::SSM::Parameter
    Properties: {Type: SecureString, Value: hello}
""",
}


def corrected_rules() -> list[Rule]:
    rules = load_catalogue().rules.values()
    return [rule for rule in rules if (rule.corrections or rule.needed) and rule.engine != "cfn-lint" and rule.fails]


@pytest.mark.parametrize("rule", corrected_rules(), ids=lambda rule: rule.id)
def test_a_rule_with_corrections_corrects_one_of_its_examples(rule: Rule) -> None:
    found = []
    more = [example(MORE[rule.id])] if rule.id in MORE else []
    for one in (*rule.fails, *more):
        case = case_of(one)
        result = grade(case.task, case.bundle, load_rubric(), fast=True)
        found += [lines for each in result.failures if each.rule == rule.id for lines in each.fix_lines]
    assert found


def test_a_demand_of_the_prompt_is_met_with_the_corrected_lines(tmp_path: Path) -> None:
    text = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      Description: orders\n"
    result = graded(tmp_path, text, "Create a KMS key with automatic key rotation enabled.")
    lines = [one.text for each in result.failures if each.requirements for one in each.fix_lines]
    assert lines == ["Key:\n  Type: AWS::KMS::Key\n  Properties:\n    EnableKeyRotation: true"]


def test_a_value_of_the_ideal_answer_has_the_names_of_the_response(tmp_path: Path) -> None:
    text = """Resources:
  Failed:
    Type: AWS::SQS::Queue
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: {days}
      RedrivePolicy: {{maxReceiveCount: 3, deadLetterTargetArn: !GetAtt Failed.Arn}}
      VisibilityTimeout: 60
      Tags:
        - {{Key: team, Value: billing}}
"""
    (tmp_path / "IDEAL_RESPONSE.md").write_text(
        "```yaml\n" + text.format(days=86400).replace("Failed", "Dead") + "```\n"
    )
    (tmp_path / "PROMPT.md").write_text("Two queues.")
    (tmp_path / "answer.yml").write_text(text.format(days=864000000))
    task = load_task(tmp_path)
    ideal = read_ideal(task, tmp_path / "answer.yml")
    result = grade(task, read_response(tmp_path / "answer.yml"), load_rubric(), ideal=ideal, fast=True)
    lines = [one.text for each in result.failures for one in each.fix_lines]
    assert lines == ["Orders:\n  Type: AWS::SQS::Queue\n  Properties:\n    MessageRetentionPeriod: 86400"]


def test_properties_that_are_one_level_too_high_go_into_the_property_that_has_them(tmp_path: Path) -> None:
    text = """Resources:
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      Type: HTTPS
      ResourcePath: /status
      FullyQualifiedDomainName: www.amazon.com
"""
    result = graded(tmp_path, text)
    [lines] = failure(result, "invalid-property").fix_lines
    assert yaml.safe_load(lines.text)["Check"]["Properties"] == {
        "HealthCheckConfig": {
            "Type": "HTTPS",
            "ResourcePath": "/status",
            "FullyQualifiedDomainName": "www.amazon.com",
        }
    }


def test_a_property_is_moved_to_the_place_where_the_type_has_it(tmp_path: Path) -> None:
    text = """Resources:
  Users:
    Type: AWS::Cognito::UserPool
    Properties:
      UserPoolName: shoppers
      PasswordPolicy: {MinimumLength: 14}
"""
    found = failure(graded(tmp_path, text), "invalid-property")
    [lines] = found.fix_lines
    assert yaml.safe_load(lines.text)["Users"]["Properties"]["Policies"] == {"PasswordPolicy": {"MinimumLength": 14}}


def test_a_place_that_cannot_be_corrected_is_named_and_the_others_are_corrected(tmp_path: Path) -> None:
    text = """Resources:
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Properties: {RoleArn: !GetAtt Role.Arn}
  Waits:
    Type: AWS::SQS::Queue
    DependsOn: Recorder
    Properties: {VisibilityTimeOut: 43201}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: config.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""
    found = failure(graded(tmp_path, text), "invalid-property")
    assert [one.text.split(":")[0] for one in found.fix_lines] == ["Recorder"]
    assert "These lines do not correct `VisibilityTimeOut` of `Waits` (line 8)." in found.fix


def test_an_entry_of_a_trail_that_another_entry_covers_is_removed(tmp_path: Path) -> None:
    text = """Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      S3BucketName: !Ref Bucket
      EventSelectors:
        - DataResources:
            - {Type: 'AWS::S3::Object', Values: [!Sub '${Bucket.Arn}/']}
            - {Type: 'AWS::S3::Bucket', Values: [!GetAtt Bucket.Arn]}
"""
    found = failure(graded(tmp_path, text), "trail-data-resource")
    assert "Remove item 2 from `EventSelectors.0.DataResources` of `Trail`." in found.fix
    [lines] = found.fix_lines
    assert "AWS::S3::Bucket'" not in lines.text


def test_a_failure_that_is_gone_with_the_lines_of_another_refers_to_them(tmp_path: Path) -> None:
    text = """Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUESTS
"""
    result = graded(tmp_path, text)
    value, missing = failure(result, "invalid-property-value"), failure(result, "missing-required-property")
    assert value.fix_lines == missing.fix_lines != ()
    assert f"The corrected lines of failure {value.number} correct this, too." in missing.fix


def test_a_reference_of_a_circle_becomes_the_name_that_the_template_gives(tmp_path: Path) -> None:
    text = """Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DependsOn: Notify
    Properties:
      BucketName: !Sub 'shop-uploads-${AWS::AccountId}-${Stage}'
      NotificationConfiguration:
        LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt Resize.Arn}]
  Resize:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: python3.13
      Handler: index.handler
      Environment: {Variables: {BUCKET: !Ref Uploads, PREFIX: !Sub '${Uploads.Arn}/in'}}
      Code: {ZipFile: 'def handler(event, context): return event'}
  Notify:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Resize
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceAccount: !Ref AWS::AccountId
      SourceArn: !Sub 'arn:${AWS::Partition}:s3:::shop-uploads-${AWS::AccountId}-${Stage}'
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""
    [lines] = failure(graded(tmp_path, text), "circular-dependency").fix_lines
    assert "BUCKET: !Sub 'shop-uploads-${AWS::AccountId}-${Stage}'" in lines.text
    assert "PREFIX: !Sub 'arn:${AWS::Partition}:s3:::shop-uploads-${AWS::AccountId}-${Stage}/in'" in lines.text


def test_rules_of_groups_in_several_circles_are_resources_of_their_own(tmp_path: Path) -> None:
    text = """Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
"""
    for name, others in (("Web", ("App",)), ("App", ("Web", "Data")), ("Data", ("App",))):
        text += f"  {name}:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: {name}\n"
        text += "      VpcId: !Ref Vpc\n      SecurityGroupIngress:\n"
        for other in others:
            text += f"        - {{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref {other}}}\n"
    found = failure(graded(tmp_path, text), "circular-dependency")
    added = [one.text for one in found.fix_lines if one.text.startswith(("Web", "App", "Data"))]
    assert sum("AWS::EC2::SecurityGroupIngress" in one for one in added) == 4


def test_an_address_without_a_default_becomes_optional(tmp_path: Path) -> None:
    text = """Parameters:
  AlertEmail: {Type: String, AllowedPattern: '^[^@]+@[^@]+$', MinLength: 5}
Resources:
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: alias/aws/sns
      Subscription: [{Protocol: email, Endpoint: !Ref AlertEmail}]
"""
    found = failure(graded(tmp_path, text), "parameter-without-default")
    [parameter, condition, topic] = (one.text for one in found.fix_lines)
    assert "Default: ''" in parameter
    assert "AllowedPattern: '^$|^[^@]+@[^@]+$'" in parameter
    assert "MinLength" not in parameter
    assert condition == "HasAlertEmail: !Not\n  - !Equals [!Ref AlertEmail, '']"
    assert "!If\n      - HasAlertEmail" in topic


def test_a_resource_of_an_unknown_type_is_not_removed_where_the_prompt_orders_it(tmp_path: Path) -> None:
    text = """Resources:
  Events: {Type: AWS::SQS::Queue}
  Rules:
    Type: AWS::IAM::AccountPasswordPolicy
    Properties: {MinimumPasswordLength: 14}
"""
    assert failure(graded(tmp_path, text, "A queue."), "invalid-resource-type").fix_lines
    ordered = graded(tmp_path, text, "A queue. Enforce a strong password policy in the account.")
    assert failure(ordered, "invalid-resource-type").fix_lines == ()


def test_a_policy_that_lets_a_service_publish_keeps_the_alarms_of_the_topic(tmp_path: Path) -> None:
    text = """Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Id: alerts, Arn: !Ref Alerts}]
  Cpu:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: Shop
      MetricName: Orders
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: LessThanThreshold
      AlarmActions: [!Ref Alerts]
"""
    [lines] = failure(graded(tmp_path, text), "rule-topic-policy").fix_lines
    policy = yaml.safe_load(lines.text.replace("!", ""))["AlertsPolicy"]
    services = [one["Principal"]["Service"] for one in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert policy["Type"] == "AWS::SNS::TopicPolicy"
    assert services == ["events.amazonaws.com", "cloudwatch.amazonaws.com"]


@pytest.mark.parametrize(
    ("rule", "template", "words"),
    [
        (
            "missing-required-property",
            "Resources:\n  Audit: {Type: AWS::CloudTrail::Trail, Properties: {S3BucketName: audit}}\n",
            "Add `IsLogging` to `Audit`.",
        ),
        (
            "parameter-without-default",
            "Parameters:\n  Token: {Type: String, NoEcho: true}\nResources:\n"
            "  Hook: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Token}}\n",
            "Say in a document how `Token` is passed",
        ),
        (
            "unknown-iam-action",
            "Resources:\n  Reader:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
            "        Version: '2012-10-17'\n"
            "        Statement: [{Effect: Allow, Action: 's3:HeadObject', Resource: 'arn:aws:s3:::orders/*'}]\n",
            "Replace `s3:HeadObject` by `s3:GetObject`.",
        ),
    ],
)
def test_a_fix_names_what_is_to_be_written(tmp_path: Path, rule: str, template: str, words: str) -> None:
    fix = failure(graded(tmp_path, template), rule).fix
    assert fix.startswith(words)
    assert "default where one works" not in fix


def test_a_missing_parameter_has_the_parameters_that_are_there_as_its_cause(tmp_path: Path) -> None:
    template = "Parameters:\n  Stage: {Type: String, Default: dev}\nResources:\n"
    template += "  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Stage}}\n"
    result = graded(tmp_path, template, "Create an SQS queue, and a parameter `RetentionDays` with the default 4.")
    assert failure(result, "unmet-parameter").root_cause == "The parameters of `answer.yml` are `Stage`."


def test_lines_show_what_the_fixes_of_other_failures_make_of_them(tmp_path: Path) -> None:
    text = """Resources:
  Photos: {Type: AWS::S3::Bucket}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      S3BucketName: logs
      IsLogging: true
      EventSelectors:
        - ReadWriteType: All
          DataResources:
            - Type: AWS::S3::Object
              Values:
                - !Sub '${Photos}/*'
            - Type: AWS::S3::Bucket
              Values:
                - !Sub '${Photos.Arn}/'
"""
    result = graded(tmp_path, text)
    assert "invalid-property-value" not in {one.rule for one in result.failures}
    [lines] = [one.text for one in failure(result, "trail-data-resource").fix_lines]
    assert "!Sub '${Photos.Arn}/'" in lines
    assert "!Sub '${Photos}/*'" not in lines
    assert "AWS::S3::Bucket" not in lines


def test_a_removed_property_leaves_no_empty_key(tmp_path: Path) -> None:
    origins = "".join(
        f"""
          - Id: web{number}
            DomainName: shop{number}.acme-books.org
            CustomOriginConfig: {{OriginProtocolPolicy: https-only}}"""
        for number in range(5)
    )
    text = f"""Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultCacheBehavior:
          TargetOriginId: web0
          ViewerProtocolPolicy: https-only
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
        Origins:{origins}
        Tags:
          - Key: Shop
            Value: books
"""
    [lines] = [one.text for one in failure(graded(tmp_path, text), "invalid-property").fix_lines]
    assert "DistributionConfig" not in lines
    assert "Tags:" in lines


def test_what_waits_for_a_removed_recorder_status_waits_for_the_recorder(tmp_path: Path) -> None:
    text = """Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Properties: {RoleARN: !GetAtt Role.Arn}
  Started:
    Type: AWS::Config::ConfigurationRecorderStatus
    Properties: {Name: !Ref Recorder, Recording: true}
  Encrypted:
    Type: AWS::Config::ConfigRule
    DependsOn:
      - Inbox
      - Started
    Properties: {Source: {Owner: AWS, SourceIdentifier: ENCRYPTED_VOLUMES}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: config.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""
    lines = failure(graded(tmp_path, text), "invalid-resource-type").fix_lines
    assert [one.removed for one in lines] == [True, False]
    assert "    - Recorder" in lines[1].text
    assert "Started" not in lines[1].text


def test_a_name_that_means_the_attachment_of_the_gateway_becomes_its_name(tmp_path: Path) -> None:
    text = """Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.4.0.0/16}}
  Way: {Type: AWS::EC2::InternetGateway}
  Joined: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Net, InternetGatewayId: !Ref Way}}
  Address:
    Type: AWS::EC2::EIP
    DependsOn: InternetGatewayAttachment
    Properties: {Domain: vpc}
"""
    [lines] = failure(graded(tmp_path, text), "undefined-reference").fix_lines
    assert "DependsOn: Joined" in lines.text


def test_the_fix_of_a_wrong_value_names_the_value_that_is_meant(tmp_path: Path) -> None:
    text = YAML.replace("PAY_PER_REQUEST", "ON_DEMAND")
    found = failure(graded(tmp_path, text), "invalid-property-value")
    assert found.fix.startswith("Set `BillingMode` of `Orders` to `PAY_PER_REQUEST`.")
    assert "BillingMode: PAY_PER_REQUEST" in found.fix_lines[0].text


INSIGHTS = """Resources:
  Invoices:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.micro
      AllocatedStorage: '20'
      MasterUsername: keeper
      ManageMasterUserPassword: true
      StorageEncrypted: true
      EnablePerformanceInsights: true
      PerformanceInsightsRetentionPeriod: 7
      DatabaseInsightsMode: {mode}
"""


@pytest.mark.parametrize(("mode", "kept"), [("standard", {"DatabaseInsightsMode"}), ("advanced", set())])
def test_what_requires_performance_insights_goes_with_it(mode: str, kept: set[str]) -> None:
    rule = load_catalogue().rules["performance-insights"]
    case = case_of(example(INSIGHTS.replace("{mode}", mode)))
    [finding] = rule.findings(case)
    [(_, edits)] = edits_of(rule, [finding], case)
    edited, made = apply_edits(case.templates[0], [one for one in plan_edits(case.templates[0], edits) if one])
    properties = plain(edited.resources["Invoices"].properties)
    assert len(made) == len(edits)
    assert isinstance(properties, dict)
    assert properties["EnablePerformanceInsights"] is False
    assert {name for name in properties if "Insights" in name} == {"EnablePerformanceInsights", *kept}


@pytest.mark.parametrize(
    "written", ["role/$${aws:username}", "role/${aws:username}", "${aws:username}/$${aws:username}"]
)
def test_a_variable_of_a_policy_keeps_no_second_dollar_sign(tmp_path: Path, written: str) -> None:
    text = f"""Resources:
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: iam:GetUser
            Resource: !Sub 'arn:aws:iam::${{AWS::AccountId}}:user/{written}'
"""
    [lines] = failure(graded(tmp_path, text), "undefined-reference").fix_lines
    fixed = written.replace("$$", "$").replace("${aws", "${!aws")
    assert f"user/{fixed}'" in lines.text


def image_of(words: str, prompt: str = "A server.", data: str = "") -> str:
    text = f"""Mappings:
  # {words}
  Images:
    us-east-1:
      Id: ami-0abcdef1234567890
Resources:
  Desk:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: !FindInMap [Images, !Ref 'AWS::Region', Id]
      UserData: '{data}'
"""
    rule = load_catalogue().rules["hardcoded-ami"]
    case = case_of(example(text, prompt=prompt))
    [finding] = rule.findings(case)
    found = edits_of(rule, [finding], case)
    return str(found[0][1][0].value) if found else ""


@pytest.mark.parametrize(
    ("words", "prompt", "wanted"),
    [
        ("newest Amazon Linux 2", "A server.", "amzn2-ami-hvm-x86_64-gp2"),
        ("", "A server with Amazon Linux 2.", "amzn2-ami-hvm-x86_64-gp2"),
        ("AL2023", "A server.", "al2023-ami-kernel-default-x86_64"),
        ("Ubuntu 24.04", "A server.", "ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"),
        ("", "A Windows Server 2019 host.", "Windows_Server-2019-English-Full-Base"),
        ("", "A server with maintenance windows.", "al2023-ami-kernel-default-x86_64"),
        ("Red Hat 9", "A server.", ""),
    ],
)
def test_the_public_parameter_is_that_of_the_image_that_is_named(words: str, prompt: str, wanted: str) -> None:
    assert wanted in image_of(words, prompt)
    assert bool(image_of(words, prompt)) == bool(wanted)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_section_goes_with_its_only_entry(tmp_path: Path, form: str) -> None:
    text = """Mappings: # of images
  Images:
    us-east-1:
      Id: ami-0abcdef1234567890
    eu-west-1:
      Id: ami-0abcdef1234567891
Resources:
  Desk:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: {'Fn::FindInMap': [Images, {Ref: 'AWS::Region'}, Id]}
"""
    text = text if form == "yaml" else json.dumps(yaml.safe_load(text), indent=2)
    found = failure(graded(tmp_path, text, name=f"answer.{form}"), "hardcoded-ami")
    [gone] = [one for one in found.fix_lines if one.removed]
    assert gone.line == (1 if form == "yaml" else 2)
    assert list(yaml.safe_load(gone.text)) == ["Mappings"]
    assert gone.text.count("Id") == 2


def test_a_mapping_that_the_prompt_orders_stays(tmp_path: Path) -> None:
    text = """Mappings:
  Images:
    us-east-1: {Id: ami-0abcdef1234567890}
Resources:
  Desk:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: !FindInMap [Images, !Ref 'AWS::Region', Id]
"""
    found = failure(graded(tmp_path, text, "Add a mapping with the Ubuntu image of each region."), "hardcoded-ami")
    assert found.fix_lines == ()
    assert found.fix.startswith("Write into the mapping, for each region, the id of the newest image there, which the")
    assert "/aws/service/canonical/ubuntu/server/" in found.fix
