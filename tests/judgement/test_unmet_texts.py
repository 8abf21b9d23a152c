"""What a failure of the prompt's demands says."""

from __future__ import annotations

from grader.judgement.unmet_texts import fix_of, issue_of, title_of
from grader.model import (
    NOT_IN_IDEAL,
    JudgedRequirement,
    Located,
    Location,
    Requirement,
    RequirementSource,
    RequirementStanding,
)
from grader.task.prompt import read_prompt

PROMPT = read_prompt(
    "Publish orders to a topic, with alarms on its errors.\n\n- Outputs: OrdersArn and OrdersName\n- Keep logs\n"
)


def unmet(
    about: str, title: str, reason: str = "", line: int = 1, quote: str = "", **more: object
) -> JudgedRequirement:
    types = more.get("types", ("AWS::SNS::Topic",))
    assert isinstance(types, tuple)
    asked = Requirement(
        id=f"prompt-{line}-{title}",
        source=RequirementSource.PROMPT,
        line=line,
        quote=quote or "a topic",
        about=about,
        types=types,
        title=title,
    )
    place = more.get("place")
    evidence = (place,) if isinstance(place, Located) else ()
    return JudgedRequirement(requirement=asked, standing=RequirementStanding.UNMET, evidence=evidence, reason=reason)


def test_a_missing_resource_is_named_with_the_whole_sentence_of_the_prompt() -> None:
    members = [unmet("resource", "SNS topic", "the answer creates no SNS topic")]
    assert title_of(members) == "Missing SNS topic"
    assert issue_of(members, PROMPT) == (
        'Line 1 of the prompt: "Publish orders to a topic, with alarms on its errors". The answer creates no SNS topic.'
    )
    assert "`AWS::SNS::Topic`, as line 1 of the prompt asks" in fix_of(members, "", "us-east-1")


def test_outputs_that_are_missing_are_one_sentence() -> None:
    members = [
        unmet("output", f"output {name}", f"no template has the output {name}. {NOT_IN_IDEAL}", 3, quote=name, types=())
        for name in ("OrdersArn", "OrdersName")
    ]
    assert title_of(members) == "Missing outputs OrdersArn and OrdersName"
    assert issue_of(members, PROMPT) == (
        'Line 3 of the prompt: "Outputs: OrdersArn and OrdersName". No template has the outputs `OrdersArn` and `OrdersName`. '
        "The ideal answer does not meet it either."
    )
    assert (
        fix_of(members, "", "us-east-1")
        == "Add `OrdersArn` and `OrdersName` to `Outputs`, as line 3 of the prompt asks."
    )


def test_a_property_that_differs_is_not_called_missing() -> None:
    location = Location(
        file="t.yml", line=7, resource="Logs", type="AWS::Logs::LogGroup", path="Properties.RetentionInDays"
    )
    place = Located(location=location, message="sets RetentionInDays to 3")
    members = [unmet("value", "logs kept 30 days", "Logs sets RetentionInDays to 3", place=place)]
    assert title_of(members) == "Requirement not met: logs kept 30 days"
    assert issue_of(members, PROMPT).endswith("`Logs` sets `RetentionInDays` to 3.")
    assert fix_of(members, "", "us-east-1") == (
        "Set `RetentionInDays` of `Logs` as line 1 of the prompt asks: logs kept 30 days."
    )


def test_what_a_condition_leaves_out_names_the_condition() -> None:
    place = Located(
        location=Location(file="t.yml", line=7, resource="Topic", type="AWS::SNS::Topic"),
        message="has the condition Prod",
    )
    reason = "Topic is created only under the condition Prod, which is false by default"
    members = [unmet("resource", "SNS topic", reason, place=place)]
    assert title_of(members) == "Not created by default: SNS topic"
    assert "without the condition `Prod`" in fix_of(members, "", "us-east-1")


def test_several_missing_things_are_one_sentence() -> None:
    members = [unmet("resource", name, f"the answer creates no {name}") for name in ("VPC", "subnet", "NAT gateway")]
    assert title_of(members) == "Missing VPC, subnet and NAT gateway"
    assert issue_of(members, PROMPT).endswith("The answer creates no VPC, no subnet and no NAT gateway.")


def test_tags_are_listed_with_the_resources_that_need_them() -> None:
    location = Location(file="t.yaml", line=3, resource="Orders", path="Properties.Tags")

    def lacking(missing: str) -> list[JudgedRequirement]:
        place = Located(location=location, message=f"has no {missing}")
        return [unmet("tag", title, "", types=(), place=place) for title in ("tags Team, Stage, Owner", "tags")]

    both = lacking("tags Team and Stage")
    assert title_of(both) == "Missing tags Team and Stage"
    assert fix_of(both, "", "us-east-1") == "Add the tags `Team` and `Stage` to `Orders`, as line 1 of the prompt asks."
    assert title_of(lacking("tag Team")) == "Missing tag Team"
    told = issue_of(
        [unmet("tag", "tags Team", "Orders has no tag Team"), unmet("tag", "tags", "Orders has no tags")], PROMPT
    )
    assert told.endswith("Orders has no tag Team.")
    assert title_of(lacking("tags")[1:]) == "Missing tags"


def test_what_is_asked_of_a_resource_that_is_missing_names_the_resource() -> None:
    members = [unmet("property", "alarms that notify a topic", "the answer creates no alarm")]
    assert title_of(members) == "Missing alarm: alarms that notify a topic"
    assert fix_of(members, "", "us-east-1").startswith("Add a resource of the type `AWS::SNS::Topic`, as line 1 of the")


def test_outputs_that_nothing_gives_are_named() -> None:
    members = [unmet("output", "outputs of VPC ID, table name", "no output gives table name", types=())]
    assert title_of(members) == "Missing output of table name"
    assert fix_of(members, "", "us-east-1") == "Add outputs for table name to `Outputs`, as line 1 of the prompt asks."


def test_what_the_prompt_excludes_is_removed() -> None:
    place = Located(location=Location(file="t.yaml", line=3, resource="Door"), message="is created")
    members = [unmet("forbid", "No internet gateway", "the answer creates Door", types=(), place=place)]
    assert fix_of(members, "", "us-east-1") == "Remove `Door`, which line 1 of the prompt excludes."


def test_a_section_that_no_template_has_is_to_be_added() -> None:
    members = [unmet("parameter", "parameters", "no template has Parameters", types=())]
    assert title_of(members) == "Missing parameters"
    assert fix_of(members, "", "us-east-1") == "Add the section `Parameters` with what line 1 of the prompt asks for."


def test_a_service_that_nothing_uses_is_missing() -> None:
    members = [unmet("behaviour", "use of Amazon Polly", "no template of the answer uses Amazon Polly", types=())]
    assert title_of(members) == "Missing use of Amazon Polly"
    assert fix_of(members, "", "us-east-1").startswith("Call Amazon Polly in the code of a function")


def test_a_type_has_one_name_where_another_demand_says_which_resource_it_is() -> None:
    kind = ("AWS::SecretsManager::Secret",)
    reason = "the answer creates no Secrets Manager secret"
    names = ("token in Secrets Manager", "a Secrets Manager secret", "token in Secrets Manager")
    members = [unmet("resource", name, reason, types=kind) for name in names]
    assert title_of(members) == title_of(members[1:]) == "Missing token in Secrets Manager"
    assert title_of(members[1:2]) == "Missing Secrets Manager secret"


def test_a_missing_resource_is_told_with_what_it_needs_to_work() -> None:
    rotation = unmet(
        "resource", "rotation", "the answer creates none", types=("AWS::SecretsManager::RotationSchedule",)
    )
    fix = fix_of([rotation], "", "us-east-1")
    assert "Its schema requires `SecretId`." in fix
    assert "To have an effect, it needs HostedRotationLambda or RotationLambdaARN" in fix


def test_what_is_allowed_in_excess_is_named_with_its_line() -> None:
    def wide(message: str) -> str:
        place = Located(
            location=Location(file="a.yml", line=9, resource="Builder", type="AWS::IAM::Role"), message=message
        )
        return fix_of([unmet("behaviour", "least privilege", message, place=place)], "", "us-east-1")

    assert wide("attaches SNSFullAccess").startswith(
        "Remove the managed policy `SNSFullAccess` from `Builder` (line 9)"
    )
    assert "name the actions that are called in place of `sns:*`" in wide("allows sns:*")
    assert "name the resources of `sns:Publish` in place of `*`" in wide("allows sns:Publish on every resource")
