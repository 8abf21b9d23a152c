"""Nested templates, parameter values and texts of a response, as they would be deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bundle import Bundle, BundleFile
from grader.bundle.classify import classify
from grader.case import Case
from grader.case.nesting import nested_file
from grader.plan import make_plan
from grader.plan.sources import unresolved_images, unresolved_reads
from grader.task import Task
from grader.task.account import AccountFile, account_of

FILES = ("main.yaml", "net/stack.yaml", "data/stack.yaml", "data/tables/stack.yaml")


def case_of(**files: str) -> Case:
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    bundle = Bundle("b", tuple(BundleFile(name, classify(name, text)[0], text, name) for name, text in named.items()))
    return Case(Task("t", "t", "", account_of(AccountFile.model_validate({}), Path("account.yaml")), {}), bundle)


@pytest.mark.parametrize(
    ("url", "parent", "file"),
    [
        ("data/stack.yaml", "main.yaml", "data/stack.yaml"),
        ("./net/stack.yaml", "main.yaml", "net/stack.yaml"),
        ("tables/stack.yaml", "data/stack.yaml", "data/tables/stack.yaml"),
        ("../net/stack.yaml", "data/stack.yaml", "net/stack.yaml"),
        ("https://${Bucket}.s3.amazonaws.com/v1/data/stack.yaml?versionId=7", "main.yaml", "data/stack.yaml"),
        ("https://s3.amazonaws.com/b/main.yaml", "main.yaml", None),
        ("${Template}", "main.yaml", None),
        ("", "main.yaml", None),
    ],
)
def test_nested_templates_are_found_by_folder(url: str, parent: str, file: str | None) -> None:
    assert nested_file(url, parent, FILES) == file


QUEUE = "Parameters:\n  Size: {Type: String, Default: s}\nResources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Size}}\n"


def sizes(case: Case) -> dict[str, object]:
    return {file: scope.parameter("Size") for file, scope in case.scopes.items()}


def test_a_command_gives_values_to_the_template_that_it_names() -> None:
    readme = (
        "Run `aws cloudformation deploy --template-file a.yaml --parameter-overrides Size=large`.\n\n"
        "    aws cloudformation deploy --stack-name b \\\n      --template-file ./b.yaml \\\n"
        "      --parameter-overrides Size=tiny\n"
    )
    assert sizes(case_of(a_yaml=QUEUE, b_yaml=QUEUE, README_md=readme)) == {"a.yaml": "large", "b.yaml": "tiny"}


def test_a_file_gives_values_to_the_template_of_its_name_or_command() -> None:
    values = '[{"ParameterKey": "Size", "ParameterValue": "%s"}]'
    by_name = case_of(net_yaml=QUEUE, **{"data-stack_yaml": QUEUE, "data-prod_json": values % "big"})
    assert sizes(by_name) == {"net.yaml": "s", "data-stack.yaml": "big"}
    readme = "    aws cloudformation create-stack --template-body file://net.yaml --parameters file://live.json\n"
    by_command = case_of(net_yaml=QUEUE, data_yaml=QUEUE, live_json=values % "big", README_md=readme)
    assert sizes(by_command) == {"net.yaml": "big", "data.yaml": "s"}
    assert sizes(case_of(net_yaml=QUEUE, parameters_json=values % "big")) == {"net.yaml": "big"}


def test_the_sentence_around_a_command_is_no_part_of_its_values() -> None:
    readme = "Deploy with aws cloudformation deploy --parameter-overrides Size=large.\n"
    assert sizes(case_of(a_yaml=QUEUE, README_md=readme)) == {"a.yaml": "large"}


def test_what_a_stack_that_is_not_created_passes_does_not_count() -> None:
    main = (
        "Conditions:\n  Off: !Equals [a, b]\nResources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Condition: Off\n"
        "    Properties: {TemplateURL: inner.yaml, Parameters: {Size: huge}}\n  Other: {Type: AWS::SQS::Queue}\n"
    )
    inner = QUEUE.replace("Default: s}", "Default: s, AllowedValues: [s, m]}")
    case = case_of(main_yaml=main, inner_yaml=inner)
    assert case.scopes["inner.yaml"].parameter("Size") == "s"
    assert make_plan(case).problems == ()


def test_booleans_are_texts_in_lower_case() -> None:
    text = (
        "Parameters:\n  On: {Type: String, AllowedValues: [yes, False], Default: True}\n"
        "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref On}}\n"
    )
    case = case_of(a_yaml=text)
    assert case.templates[0].parameters["On"].allowed == ("true", "false")
    assert make_plan(case).problems == ()


def test_texts_are_those_of_what_is_created_and_taken() -> None:
    text = (
        "Conditions:\n  Off: !Equals [a, b]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n"
        "    Properties: {QueueName: !If [Off, untaken, taken]}\n"
        "  R: {Type: AWS::SQS::Queue, Condition: Off, Properties: {QueueName: uncreated}}\n"
    )
    case = case_of(a_yaml=text)
    texts = {text for _, _, text in case.texts(case.templates[0])}
    assert "taken" in texts
    assert texts.isdisjoint({"untaken", "uncreated"})


IMAGE = """
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions: [{Name: a, Memory: 128, Image: !Sub '%s'}]
  Cache: {Type: AWS::ECR::PullThroughCacheRule, Properties: {EcrRepositoryPrefix: hub}}
  Secret: {Type: AWS::SecretsManager::Secret}
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'}
"""


@pytest.mark.parametrize(
    ("image", "missing"),
    [
        ("${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:1", True),
        ("${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/hub/library/redis:7", False),
        ("602401143452.dkr.ecr.${AWS::Region}.amazonaws.com/eks/pause:3", False),
    ],
)
def test_images_that_others_fill_are_there(image: str, missing: bool) -> None:
    case = case_of(a_yaml=IMAGE % image)
    assert bool(list(unresolved_images(case))) is missing
    assert list(unresolved_reads(case)) == []


def test_branches_that_are_not_taken_import_and_look_up_nothing() -> None:
    text = (
        "Conditions:\n  Off: !Equals [a, b]\nMappings:\n  Sizes: {s: {cpu: 1}}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n"
        "    Properties:\n      QueueName: !If [Off, !ImportValue nothing, q]\n"
        "      DelaySeconds: !If [Off, !FindInMap [Sizes, m, cpu], 1]\n"
    )
    assert make_plan(case_of(a_yaml=text)).problems == ()
