"""Sentences of failures are true of the answer: who gives a value, what the prompt asks, where a property belongs."""

from __future__ import annotations

from pathlib import Path

from grader import grade, load_rubric, load_task, read_response
from grader.model import Failure

CHECK = """Resources:
  Probe:
    Type: AWS::Route53::HealthCheck
    Properties:
      Type: HTTPS
      FullyQualifiedDomainName: shop.dev
      Port: 443
      Tags: [{Key: team, Value: shop}]
"""
ZONE = """Parameters:
  Domain: {Type: String, Default: example.com}
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties: {Name: !Ref Domain}
"""
PASSWORD = """Parameters:
  Secret: {Type: String, NoEcho: true, MinLength: 12}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: mysql
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: shop
      MasterUserPassword: !Ref Secret
"""
METHODS = """Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return None'}
"""
METHOD = """  %s:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: %s
      AuthorizationType: AWS_IAM
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations'
"""


def failures(
    folder: Path, text: str, prompt: str = "Write a template.", name: str = "answer.yml"
) -> dict[str, Failure]:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / name).write_text(text)
    found = grade(load_task(folder), read_response(folder / name), load_rubric(), fast=True).failures
    return {one.rule: one for one in found}


def test_properties_outside_the_object_that_they_belong_to_are_one_failure(tmp_path: Path) -> None:
    found = failures(tmp_path, CHECK)
    assert "missing-required-property" not in found
    fix = found["invalid-property"].fix
    assert "Move `Type`, `FullyQualifiedDomainName` and `Port` of `Probe` into `HealthCheckConfig`." in fix
    assert "Rename `Tags` of `AWS::Route53::HealthCheck` to `HealthCheckTags`." in fix


def test_a_reserved_domain_that_the_prompt_gives_stays_critical(tmp_path: Path) -> None:
    assert failures(tmp_path, ZONE)["reserved-domain"].level == "Critical"
    assert failures(tmp_path, ZONE, "A zone; mail goes to dns@example.com.")["reserved-domain"].level == "Critical"
    given = failures(tmp_path, ZONE, "A zone for the domain example.com.")["reserved-domain"]
    assert given.level == "Critical"
    assert given.root_cause.startswith("Line 1 of the prompt gives the domain `example.com`.")


def test_an_optional_wish_for_a_store_of_secrets_is_not_quoted_as_an_order(tmp_path: Path) -> None:
    wish = "# Must\n\nA MySQL database.\n\n# Optional enhancements\n\n- Secrets Manager for the credentials of the database\n"
    found = failures(tmp_path, PASSWORD, wish)["secret-in-parameter"]
    assert (found.level, "prompt" in found.root_cause) == ("Medium", False)
    order = failures(tmp_path, PASSWORD, wish.replace("Optional enhancements", "Security"))["secret-in-parameter"]
    assert (order.level, "Line 7 of the prompt" in order.root_cause) == ("High", True)


def test_a_parameter_that_the_command_leaves_out(tmp_path: Path) -> None:
    answer = (
        "```yaml\n# template.yml\nParameters:\n  Stage: {Type: String}\n  Team: {Type: String}\nResources:\n  Topic:\n"
        "    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Sub '${Team}-${Stage}'}\n```\n\n```bash\n"
        "aws cloudformation deploy --template-file template.yml --stack-name t --parameter-overrides Stage=dev\n```\n"
    )
    found = failures(tmp_path, answer, name="answer.md")["parameter-without-default"]
    assert found.root_cause == "The response gives a value to `Stage`, and none to `Team`."


def test_an_answer_that_is_cut_off_is_quoted(tmp_path: Path) -> None:
    answer = "Here:\n\n```yaml\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n  Queue:\n    Type: AWS::SQ"
    cause = failures(tmp_path, answer, name="answer.md")["answer-cut-off"].root_cause
    assert "is `Type: AWS::SQ`: the code block that holds it is never closed." in cause


def test_methods_of_an_api_share_a_permission(tmp_path: Path) -> None:
    fix = failures(tmp_path, METHODS + METHOD % ("Read", "GET") + METHOD % ("Write", "POST"))[
        "missing-invoke-permission"
    ].fix
    assert fix.count("Type: AWS::Lambda::Permission") == 1


def test_dimensions_among_the_options_of_a_widget(tmp_path: Path) -> None:
    body = (
        '{"widgets": [{"type": "metric", "width": 6, "height": 6, "properties": {"region": "us-east-1", "metrics": '
        '[["AWS/Kinesis", "IncomingBytes", {"dimensions": {"StreamName": "clicks"}}]]}}]}'
    )
    text = (
        f"Resources:\n  Board:\n    Type: AWS::CloudWatch::Dashboard\n    Properties:\n      DashboardBody: '{body}'\n"
    )
    cause = failures(tmp_path, text)["metric-dimensions"].root_cause
    assert (
        "`IncomingBytes` of `AWS/Kinesis` is read without dimensions (`dimensions` is in its rendering options" in cause
    )


def test_a_circle_in_one_of_several_templates_names_the_file(tmp_path: Path) -> None:
    circle = "Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !GetAtt B.TopicName}\n"
    circle += "  B:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !GetAtt A.TopicName}\n"
    other = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\n"
    answer = f"One file:\n\n### one.yml\n\n```yaml\n{circle}```\n\n### two.yml\n\n```yaml\n{other}```\n"
    assert failures(tmp_path, answer, name="answer.md")["circular-dependency"].root_cause.startswith("In `one.yml`, ")


RESOLVED = """Parameters:
  Stage: {Type: String, Default: Live}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub 'uploads-${AWS::AccountId}-${Stage}'}
"""
ADMIN = """Resources:
  %s:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: all
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 'organizations:*', Resource: '*'}]
"""


def test_the_parameter_whose_value_has_capital_letters_is_named(tmp_path: Path) -> None:
    fix = failures(tmp_path, RESOLVED)["invalid-resolved-value"].fix
    assert fix.startswith("Give `Stage` values in lower case only.")


def test_wide_actions_of_the_administrator_that_the_prompt_asks_for(tmp_path: Path) -> None:
    prompt = "Roles with least privilege: a reader role and an admin role."
    assert "overly-permissive-iam" not in failures(tmp_path, ADMIN % "AdminRole", prompt)
    assert failures(tmp_path, ADMIN % "ReaderRole", prompt)["overly-permissive-iam"].level == "High"


CONNECTION = """Resources:
  Board: {Type: AWS::SNS::Topic}
  ConnectionParameter:
    Type: AWS::SSM::Parameter
    Properties:
      Type: SecureString
      Value: !Sub '%s'
"""
QUEUE = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole']
  Orders: {Type: AWS::SQS::Queue}
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Timeout: 120
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return None'}
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Worker}
"""


def test_a_secure_string_without_a_secret_in_it_may_become_a_string(tmp_path: Path) -> None:
    plain = failures(tmp_path, CONNECTION % '{"topic": "${Board}", "secret_arn": "${Board}"}')["ssm-secure-string"]
    assert ("Type: String" in plain.fix, plain.impact.security) == (True, "")
    secret = failures(tmp_path, CONNECTION % '{"topic": "${Board}", "password": "${Board}"}')["ssm-secure-string"]
    assert ("Type: String" in secret.fix, bool(secret.impact.security)) == (False, True)


def test_values_of_other_resources_are_named_with_their_resource(tmp_path: Path) -> None:
    cause = failures(tmp_path, QUEUE)["queue-visibility-below-function-timeout"].root_cause
    assert "`VisibilityTimeout` of `Orders` is not set, and its default is `30`" in cause
    assert "`Timeout` of `Worker` is `120`" in cause


def test_several_unknown_properties_of_a_resource(tmp_path: Path) -> None:
    one = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      Encrypted: true\n"
    found = failures(tmp_path, one)["invalid-property"]
    assert found.title == "Unknown property of `AWS::SNS::Topic`"
    assert "has a property that its type does not have" in found.issue
    found = failures(tmp_path, one + "      Audited: true\n")["invalid-property"]
    assert found.title == "Unknown properties of `AWS::SNS::Topic`"
    assert "has properties that its type does not have" in found.issue


def test_a_bucket_name_that_is_long_and_has_capital_letters(tmp_path: Path) -> None:
    name = "ClinicalTrialDocuments-of-the-northern-department-of-medicine-archive"
    text = f"Resources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: {name}\n"
    fix = failures(tmp_path, text)["name-length"].fix
    assert fix.startswith("Shorten the name of `Files` by at least 6 characters and write it in lower case,")


REGIONS = """Mappings:
  Images: {eu-west-1: {Id: ami-0a1b2c3d4e5f60718}}
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: !FindInMap [Images, !Ref 'AWS::Region', Id]}
"""


def test_a_mapping_without_the_region_of_a_prompt_that_names_none_is_medium(tmp_path: Path) -> None:
    unsaid = failures(tmp_path, REGIONS)["undefined-reference"]
    assert (unsaid.level, "rejects the template in `us-east-1`" in unsaid.issue) == ("Medium", True)
    assert failures(tmp_path, REGIONS, "A server in us-east-1.")["undefined-reference"].level == "Critical"
    assert "undefined-reference" not in failures(tmp_path, REGIONS, "A server in eu-west-1.")


def test_faults_of_the_structure_say_what_is_there(tmp_path: Path) -> None:
    text = "Parameters:\n  Home: {Type: String, Default: !Ref 'AWS::Region'}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n"
    assert "`Default` of `Home` is written as the function `!Ref`." in (
        failures(tmp_path, text)["template-structure"].root_cause
    )
    text = "Resources:\n  Topic: {Type: AWS::SNS::Topic, Default: orders}\n"
    assert failures(tmp_path, text)["template-structure"].root_cause == "`Topic` has `Type` beside `Default`."
    found = failures(tmp_path, "AWSTemplateFormatVersion: '2010-09-09'\nOutputs:\nResources:\n")
    assert "nothing-created" in found
    assert "defines no resources" not in found["template-structure"].issue


KEYS = """Parameters:
  AdminKey: {Type: 'AWS::EC2::KeyPair::KeyName', Default: ''}
Conditions:
  HasKey: !Not [!Equals [!Ref AdminKey, '']]
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'
      InstanceType: t3.micro
      KeyName: !If [HasKey, !Ref AdminKey, !Ref 'AWS::NoValue']
"""
COPIES = """Parameters:
  VaultAccount: {Type: String}
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration:
        Role: !Sub 'arn:aws:iam::${AWS::AccountId}:role/replicate'
        Rules: [{Status: Enabled, Destination: {Bucket: !Sub 'arn:aws:s3:::archive-copy-${VaultAccount}'}}]
"""


def test_an_optional_key_pair_needs_another_type_and_no_resource(tmp_path: Path) -> None:
    fix = failures(tmp_path, KEYS)["key-pair-missing"].fix
    assert "Give `AdminKey` the type String" in fix
    assert "AWS::EC2::KeyPair\n" not in fix
    assert "Type: String" in fix


def test_a_copy_in_another_account_that_the_prompt_asks_for(tmp_path: Path) -> None:
    found = failures(tmp_path, COPIES, "Replicate the bucket to a separate account.")["s3-replication-destination"]
    assert (found.level, "Line 1 of the prompt" in found.root_cause) == ("High", True)
    assert failures(tmp_path, COPIES)["s3-replication-destination"].level == "Critical"


def test_a_resource_policy_that_no_template_has(tmp_path: Path) -> None:
    text = """Resources:
  Journal: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /shop/orders, RetentionInDays: 7}}
  Orders:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets: [{Id: journal, Arn: !GetAtt Journal.Arn}]
"""
    cause = failures(tmp_path, text)["rule-log-group-policy"].root_cause
    assert cause.startswith("No `AWS::Logs::ResourcePolicy` allows `logs:PutLogEvents` and")


RETENTION = """Parameters:
  Days: {Type: Number, Default: %s}
Resources:
  Journal:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !Ref Days}
"""


def test_a_default_that_the_property_does_not_list(tmp_path: Path) -> None:
    found = failures(tmp_path, RETENTION % 2555)["questionable-parameter-value"]
    assert found.level == "Critical"
    assert "`Days` has the default `2555`, and `RetentionInDays` of `Journal` does not accept that" in found.issue
    assert "questionable-parameter-value" not in failures(tmp_path, RETENTION % 365)


def test_names_that_two_outputs_or_resources_have_say_where(tmp_path: Path) -> None:
    export = "  %s: {Value: a, Export: {Name: shop-address}}\n"
    text = "Resources:\n  One: {Type: AWS::SQS::Queue}\nOutputs:\n" + export % "First" + export % "Second"
    found = failures(tmp_path, text)["duplicate-export"]
    assert found.issue.startswith("`Second` in `answer.yml` exports `shop-address`")
    assert found.root_cause == "The output `First` of `answer.yml` exports the name, too."
    log = "  %s: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: orders}}\n"
    cause = failures(tmp_path, "Resources:\n" + log % "One" + log % "Two")["name-collision"].root_cause
    assert cause == "`One` has the name `orders`, too, with the values of the parameters."


def test_a_fixed_environment_in_the_name_of_a_resource_is_not_called_an_environment_tag(tmp_path: Path) -> None:
    text = """Parameters:
  Environment: {Type: String, Default: Production}
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: %s, Value: %s}]}
"""
    named = failures(tmp_path, text % ("Name", "Production-VPC"))["hardcoded-environment-value"]
    assert ("environment tag" in named.issue, named.impact.cost) == (False, "")
    assert failures(tmp_path, text % ("Environment", "Production"))["hardcoded-environment-value"].impact.cost


def test_a_security_group_of_the_default_network(tmp_path: Path) -> None:
    text = """Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  One: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: Web}}
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0a1b2c3d4e5f60718, SubnetId: !Ref One, SecurityGroupIds: [!Ref Group]}
"""
    cause = failures(tmp_path, text)["security-group-of-another-network"].root_cause
    assert cause == "`Group` has no `VpcId`, which puts it into the default VPC, and the subnets are in `VPC`."


def test_a_condition_written_as_a_function_is_one_failure(tmp_path: Path) -> None:
    text = """Parameters:
  Stage: {Type: String, Default: live}
Conditions: {IsLive: !Equals [!Ref Stage, live]}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Condition: !Not IsLive}
"""
    found = failures(tmp_path, text)
    assert ("template-structure" in found, "condition-misuse" in found) == (True, False)


NAMED = """Parameters:
  EnvironmentSuffix: {Type: String, Default: dev}
Resources:
  Limit: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/limit, Type: String, Value: '5'}}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: shop-files-999988887777}}
"""


def test_a_suffix_that_is_asked_for_in_names_of_buckets_only(tmp_path: Path) -> None:
    narrow = "Store the reports.\n\n- Include the environmentSuffix in the bucket name\n"
    assert "`Limit`" not in failures(tmp_path, NAMED, narrow)["missing-environment-suffix"].issue
    wide = f"{narrow}- Resource names must include the environmentSuffix\n"
    issue = failures(tmp_path, NAMED, wide)["missing-environment-suffix"].issue
    assert ("`Limit`" in issue, "line 4" in issue) == (True, True)


def test_the_deletion_policy_of_an_example_asks_for_nothing_else(tmp_path: Path) -> None:
    kept = "Resources:\n  Files: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, UpdateReplacePolicy: Retain}\n"
    prompt = (
        'A bucket beside this table:\n\n```json\n{"Type": "AWS::DynamoDB::Table",\n "DeletionPolicy": "Delete"}\n```\n'
    )
    assert "retain-policy" not in failures(tmp_path, kept, prompt)
    assert "retain-policy" in failures(tmp_path, kept, "A bucket. Use DeletionPolicy: Delete.")


def test_a_property_of_the_other_direction_is_one_failure(tmp_path: Path) -> None:
    text = """Resources:
  Near: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: near}}
  Far:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: far
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref Near}]
"""
    found = failures(tmp_path, text)
    assert "missing-required-property" not in found
    assert "to `DestinationSecurityGroupId`" in found["invalid-property"].fix


def test_a_group_open_on_all_ports_where_the_prompt_asks_for_some(tmp_path: Path) -> None:
    text = """Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: web, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}]}
"""
    issue = failures(tmp_path, text, "A web server that is open to the internet on port 80.")[
        "open-security-group"
    ].issue
    assert issue.endswith("The prompt asks for a public source for port 80 only.")
    assert failures(tmp_path, text)["open-security-group"].issue.endswith("does not ask for a public source.")


STAGES = """Resources:
  Shop: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}
  Release: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Shop, StageName: live}}
  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Shop, DeploymentId: !Ref Release, StageName: live}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties: {ApiStages: [{ApiId: !Ref Shop, Stage: live}]}
"""


def test_a_usage_plan_may_wait_for_the_deployment_that_creates_its_stage(tmp_path: Path) -> None:
    assert "usage-plan-before-stage" in failures(tmp_path, STAGES)
    waiting = STAGES.replace("UsagePlan\n", "UsagePlan\n    DependsOn: Release\n")
    assert "usage-plan-before-stage" not in failures(tmp_path, waiting)


PASSED = """Parameters:
  AdminPassword: {Type: String, NoEcho: true}
Resources:
  Ledger:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, MasterUsername: keeper, MasterUserPassword: !Ref AdminPassword}
"""


def test_the_parameter_of_a_secret_that_the_prompt_orders_needs_no_default(tmp_path: Path) -> None:
    assert "parameter-without-default" in failures(tmp_path, PASSED)
    ordered = failures(tmp_path, PASSED, "A database. Parameters: `AdminPassword` (NoEcho).")
    assert "parameter-without-default" not in ordered


def test_an_empty_default_of_a_key_pair_is_refused(tmp_path: Path) -> None:
    text = """Parameters:
  AdminKey: {Type: AWS::EC2::KeyPair::KeyName, Default: '', Description: An existing key pair}
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties: {KeyName: !Ref AdminKey, ImageId: '{{resolve:ssm:/shop/image}}', InstanceType: t3.micro}
"""
    assert failures(tmp_path, text)["key-pair-missing"].level == "Critical"


def test_an_outline_names_every_empty_section_once(tmp_path: Path) -> None:
    text = "AWSTemplateFormatVersion: '2010-09-09'\nParameters: # sizes\nMappings:\nResources: # all of them\n"
    found = failures(tmp_path, text)
    structure = found["template-structure"]
    assert "the sections `Parameters`, `Mappings` and `Resources` are empty (lines 2, 3 and 4)." in structure.issue
    assert structure.issue.count("are empty") == structure.fix.count("Remove the keys `Parameters` and `Mappings`") == 1
    assert "Nothing is below `Resources` (line 4)." in found["nothing-created"].issue


CALLS = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          import boto3
          queue = boto3.client('sqs')
          events = boto3.client('events')
          def handler(event, context):
              queue.send_message(QueueUrl='x')
              queue.send_message(QueueUrl='y')
              events.put_targets(Rule='a', Targets=[{'Id': '1'}])
              queue.push(event)
"""


def test_every_call_that_aws_rejects_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    found = failures(tmp_path, CALLS)["inline-code-call"]
    sent = "the call of `sqs.send_message` lacks the required parameter `MessageBody` (lines 5 and 6 of the code)"
    assert (
        f"{sent}; the call of `events.put_targets` lacks the required parameter `Arn` in `Targets` (line 7"
        in found.issue
    )
    assert "a client of sqs has no method `push` (line 8 of the code). The function fails there." in found.issue
    assert "Add `MessageBody` to the parameters of the call of `sqs.send_message`." in found.fix
    assert "Add `Arn` to `Targets` of the call of `events.put_targets`." in found.fix
