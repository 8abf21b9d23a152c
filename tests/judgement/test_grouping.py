"""One fault is one failure, whoever reports it."""

from __future__ import annotations

from grader import load_catalogue, load_rubric
from grader.judgement.grouping import group
from grader.judgement.unmet import merged, unmet_of_prompt
from grader.model import (
    Finding,
    JudgedRequirement,
    Located,
    Location,
    Requirement,
    RequirementSource,
    RequirementStanding,
)
from grader.task import Task
from grader.task.account import profile

CATALOGUE, RUBRIC = load_catalogue(), load_rubric()
TASK = Task("t", "T", "Send orders to a queue.", profile("fresh"))


def finding(rule: str, detector: str, path: str = "", *, message: str = "m", level: str = "", line: int = 7) -> Finding:
    location = Location(file="t.yml", line=line, resource="Job", type="AWS::Lambda::Function", path=path)
    return Finding(rule=rule, detector=detector, location=location, message=message, level=level)


def rules(*findings: Finding) -> list[tuple[str, str]]:
    return sorted((one.rule.id, one.level) for one in group(findings, CATALOGUE, RUBRIC))


def test_findings_of_one_rule_with_levels_of_their_own_are_a_failure_for_each_level() -> None:
    found = rules(
        finding("invalid-property", "rules", "Properties.A", line=3),
        finding("invalid-property", "rules", "Properties.B", line=4, level="Medium"),
        finding("invalid-property", "rules", "Properties.C", line=5),
    )
    assert found == [("invalid-property", "Critical"), ("invalid-property", "Medium")]


def test_one_misspelling_is_one_failure() -> None:
    unknown = finding("invalid-property", "cfn-lint", "Properties.RoleArn", message="'RoleArn' was unexpected")
    missing = finding("missing-required-property", "cfn-lint", "Properties", message="'RoleARN' is a required property")
    other = finding("missing-required-property", "cfn-lint", "Properties", message="'Code' is a required property")
    assert rules(unknown, missing) == [("invalid-property", "Critical")]
    assert [rule for rule, _ in rules(unknown, other)] == ["invalid-property", "missing-required-property"]


def test_an_engine_yields_at_a_property_that_a_rule_reports_at_least_as_gravely() -> None:
    ours = finding("ssm-secure-string", "rules", "Properties.Type")
    engine = finding("invalid-property-value", "cloudformation-validate", "Properties.Type")
    assert [rule for rule, _ in rules(ours, engine)] == ["ssm-secure-string"]
    mild = finding("ssm-secure-string", "rules", "Properties.Type", level="Medium")
    assert [rule for rule, _ in rules(mild, engine)] == ["invalid-property-value", "ssm-secure-string"]
    elsewhere = finding("invalid-property-value", "cloudformation-validate", "Properties.Value")
    assert [rule for rule, _ in rules(ours, elsewhere)] == ["invalid-property-value", "ssm-secure-string"]


def test_an_engine_yields_where_a_fact_covers_what_it_says_in_general_words() -> None:
    location = Location(file="t.yml", line=5, resource="Caller", type="AWS::Lambda::Alias", path="Properties.Name")
    facts = {"about": "Caller.Name Job.Timeout Job:Properties.Code"}
    fact = Finding(
        rule="queue-visibility-below-function-timeout", detector="rules", location=location, message="m", facts=facts
    )
    other = finding("invalid-property-value", "cloudformation-validate", "Properties.Timeout")
    said = finding("invalid-property-value", "cfn-lint", "Properties", message="the Timeout is too long")
    elsewhere = finding("invalid-property-value", "cfn-lint", "Properties.MemorySize", message="1 is too small")
    assert [rule for rule, _ in rules(fact, other)] == ["queue-visibility-below-function-timeout"]
    assert [rule for rule, _ in rules(fact, said)] == ["queue-visibility-below-function-timeout"]
    assert len(rules(fact, elsewhere)) == 2


def test_both_engines_at_one_property_are_one_failure() -> None:
    one = finding("invalid-resource-type", "cloudformation-validate", "Type")
    other = finding("template-structure", "cfn-lint", "Type")
    assert len(rules(one, other)) == 1


def requirement(
    about: str, standing: str, *, line: int = 4, quote: str = "a queue", **kept: object
) -> JudgedRequirement:
    asked = Requirement(
        id=f"prompt-{line}-{about}",
        source=RequirementSource.PROMPT,
        line=line,
        quote=quote,
        about=about,
        types=("AWS::SQS::Queue",),
        level=str(kept.get("level", "High")),
        title=str(kept.get("title", "")),
    )
    places = tuple(one for one in [kept.get("place")] if isinstance(one, Located))
    return JudgedRequirement(
        requirement=asked,
        standing=RequirementStanding(standing),
        evidence=places,
        reason=str(kept.get("reason", "")),
    )


def test_an_unmet_requirement_is_a_failure_that_quotes_the_prompt() -> None:
    unmet = requirement("resource", "unmet", quote="a queue for {orders}", title="queue", reason="there is no queue")
    (failure,) = unmet_of_prompt(
        [unmet, requirement("count", "met"), requirement("tag", "unjudged")], CATALOGUE, RUBRIC, TASK
    )
    assert failure.rule.kind == "missing-resource"
    assert failure.requirements == ("prompt-4-resource",)
    assert failure.rule.issue == 'Line 4 of the prompt: "a queue for {{orders}}". There is no queue.'
    assert (failure.findings[0].file, failure.findings[0].line) == ("PROMPT.md", 4)


def test_what_is_asked_of_a_missing_resource_is_part_of_one_failure() -> None:
    unmet = [
        requirement("value", "unmet", line=9, quote="retained for 4 days", level="Medium"),
        requirement("resource", "unmet"),
    ]
    (failure,) = unmet_of_prompt(unmet, CATALOGUE, RUBRIC, TASK)
    assert (failure.level, set(failure.requirements)) == ("High", {"prompt-4-resource", "prompt-9-value"})


def test_a_requirement_and_a_rule_at_one_property_are_one_failure() -> None:
    place = Located(
        location=Location(file="t.yml", line=7, resource="Job", type="T", path="Properties.Timeout"), message="is 3"
    )
    unmet = list(
        unmet_of_prompt([requirement("value", "unmet", place=place, level="Critical")], CATALOGUE, RUBRIC, TASK)
    )
    ours = group([finding("function-configuration", "rules", "Properties.Timeout")], CATALOGUE, RUBRIC)
    (failure,) = merged(ours, unmet, RUBRIC)
    assert (failure.rule.id, failure.level) == ("function-configuration", "Critical")
    assert failure.requirements == ("prompt-4-value",)
    apart = group([finding("function-configuration", "rules", "Properties.MemorySize")], CATALOGUE, RUBRIC)
    assert len(merged(apart, unmet, RUBRIC)) == 2


def test_what_is_missing_by_letters_of_the_wrong_case_is_the_failure_of_the_wrong_name() -> None:
    location = Location(file="t.yml", line=7, resource="Job", type="T", path="Properties.Encryption")
    lacks = Located(location=location, message="has no Encryption.Rules.KMSKeyID")
    asked = requirement("property", "unmet", place=lacks, title="queue encrypted with a key")
    unmet = list(unmet_of_prompt([asked], CATALOGUE, RUBRIC, TASK))
    wrong = finding("invalid-property", "cfn-lint", "Properties.Encryption.Rules.0.KmsKeyId")
    (failure,) = merged(group([wrong], CATALOGUE, RUBRIC), unmet, RUBRIC)
    assert (failure.rule.id, failure.requirements) == ("invalid-property", ("prompt-4-property",))
    other = finding("invalid-property", "cfn-lint", "Properties.Encryption.Rules.0.KeyId")
    assert len(merged(group([other], CATALOGUE, RUBRIC), unmet, RUBRIC)) == 2


def test_a_requirement_that_rules_report_at_all_its_resources_is_told_by_them() -> None:
    place = Located(location=Location(file="t.yml", line=7, resource="Job", type="T"), message="allows s3:*")
    asked = requirement("behaviour", "unmet", place=place, quote="least privilege", level="Critical")
    unmet = list(unmet_of_prompt([asked], CATALOGUE, RUBRIC, TASK))
    broad = finding("overly-permissive-iam", "rules", "Properties.Policies.0")
    (failure,) = merged(group([broad], CATALOGUE, RUBRIC), unmet, RUBRIC)
    assert (failure.rule.id, failure.level) == ("overly-permissive-iam", "Critical")
    assert failure.requirements == ("prompt-4-behaviour",)
    other = finding("function-configuration", "rules", "Properties.Timeout")
    assert len(merged(group([other], CATALOGUE, RUBRIC), unmet, RUBRIC)) == 2


def test_an_engine_yields_to_a_rule_that_names_the_same_property_above_or_below() -> None:
    ours = finding("rule-without-trigger", "rules", "Properties.EventPattern", message="EventPattern is not set")
    engine = "One of ['EventPattern', 'ScheduleExpression'] is a required property"
    above = finding("missing-required-property", "cloudformation-validate", "Properties", message=engine)
    assert [rule for rule, _ in rules(ours, above)] == ["rule-without-trigger"]
    other = finding(
        "missing-required-property", "cloudformation-validate", "Properties", message="'Targets' is required"
    )
    assert len(rules(ours, other)) == 2
    sibling = finding("invalid-property-value", "cfn-lint", "Properties.State", message="EventPattern needs a State")
    assert len(rules(ours, sibling)) == 2


def test_an_engine_is_kept_beside_another_fault_of_the_same_resource() -> None:
    missing = finding("missing-required-property", "cfn-lint", "Properties", message="'Code' is a required property")
    late = finding("trail-before-bucket-policy", "rules", "", message="nothing makes Job wait for OtherPolicy")
    assert len(rules(missing, late)) == 2
    unknown = finding("invalid-property", "cfn-lint", "Properties.SomeList", message="'SomeList' was unexpected")
    inside = finding("undefined-reference", "plan", "Properties.SomeList.0.LogName", message="LogTable is not defined")
    assert len(rules(unknown, inside)) == 2


def judged(title: str, about: str, *types: str, reason: str = "", place: Located | None = None) -> JudgedRequirement:
    asked = Requirement(
        id=f"prompt-{title}",
        source=RequirementSource.PROMPT,
        line=1,
        quote=title,
        about=about,
        types=types,
        title=title,
    )
    return JudgedRequirement(
        requirement=asked, standing=RequirementStanding.UNMET, reason=reason, evidence=(place,) if place else ()
    )


def test_a_missing_network_is_one_failure() -> None:
    unmet = [
        judged("private subnet", "resource", "AWS::EC2::Subnet"),
        judged("VPC", "resource", "AWS::EC2::VPC"),
        judged("security group", "resource", "AWS::EC2::SecurityGroup"),
        judged("queue", "resource", "AWS::SQS::Queue"),
    ]
    titles = [one.rule.title for one in unmet_of_prompt(unmet, CATALOGUE, RUBRIC, TASK)]
    assert titles == ["Missing VPC, private subnet and security group", "Missing queue"]
    without = unmet_of_prompt([unmet[0], unmet[2]], CATALOGUE, RUBRIC, TASK)
    assert [one.rule.title for one in without] == ["Missing private subnet", "Missing security group"]


def test_demands_on_one_missing_property_are_one_failure() -> None:
    def capacity(name: str, cluster: str = "Cluster") -> JudgedRequirement:
        path = f"Properties.ServerlessV2ScalingConfiguration.{name}"
        place = Located(location=Location(file="t.yml", line=3, resource=cluster, path=path), message="has no scaling")
        return judged(name, "value", "AWS::RDS::DBCluster", reason=f"{cluster} has no scaling", place=place)

    (failure,) = unmet_of_prompt([capacity("MinCapacity"), capacity("MaxCapacity")], CATALOGUE, RUBRIC, TASK)
    assert failure.rule.title == "Requirement not met: MinCapacity and MaxCapacity"
    apart = [capacity("MinCapacity"), capacity("MaxCapacity", "Other")]
    assert len(list(unmet_of_prompt(apart, CATALOGUE, RUBRIC, TASK))) == 2


def test_a_template_without_outputs_is_one_failure() -> None:
    unmet = [judged(title, "output", reason="no template has outputs") for title in ("outputs of the URL", "outputs")]
    (failure,) = unmet_of_prompt(unmet, CATALOGUE, RUBRIC, TASK)
    assert failure.rule.title == "Missing outputs of the URL"
