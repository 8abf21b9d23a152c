"""Findings to failures: what is kept, what makes one failure, and their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader import load_catalogue, load_rubric
from grader.catalogue import Catalogue, Rule
from grader.judgement.grouping import Grouped, group, ordered
from grader.model import Finding, Location

BASE = next(iter(load_catalogue().rules.values()))


def rule(name: str, level: str = "High", **more: object) -> Rule:
    return replace(BASE, id=name, level=level, yields_to=(), is_choice=False, forgiven=False, **more)  # type: ignore[arg-type]


def found(
    name: str,
    line: int = 5,
    *,
    detector: str = "rules",
    resource: str = "Orders",
    path: str = "Properties.KeySchema",
    file: str = "a.yml",
    level: str = "",
    message: str = "m",
) -> Finding:
    place = Location(file=file, line=line, resource=resource, type="AWS::DynamoDB::Table", path=path)
    return Finding(rule=name, detector=detector, location=place, message=message, facts={}, level=level)


def groups(findings: list[Finding], *rules: Rule) -> tuple[Grouped, ...]:
    rubric = load_rubric()
    return ordered(group(findings, Catalogue({one.id: one for one in rules}), rubric), rubric)


def detectors(one: Grouped) -> list[str]:
    return [finding.detector for finding in one.findings]


def test_findings_of_one_rule_are_one_failure() -> None:
    [only] = groups([found("keys", 5), found("keys", 9, resource="Bills")], rule("keys"))
    assert [finding.resource for finding in only.findings] == ["Orders", "Bills"]
    assert (only.rule.id, only.level) == ("keys", "High")


def test_the_most_severe_come_first_then_by_place() -> None:
    findings = [found("late", 2, file="b.yml"), found("minor"), found("early", 7), found("worst", 90)]
    ordered = groups(findings, rule("late"), rule("minor", "Medium"), rule("early"), rule("worst", "Critical"))
    assert [one.rule.id for one in ordered] == ["worst", "early", "late", "minor"]


def test_a_finding_with_a_level_of_its_own_is_a_failure_of_its_own() -> None:
    both = groups([found("keys", 5), found("keys", 9, resource="Bills", level="Medium")], rule("keys"))
    assert [(one.level, len(one.findings)) for one in both] == [("High", 1), ("Medium", 1)]


@pytest.mark.parametrize("order", [1, -1])
def test_our_own_finding_is_kept_where_an_engine_reports_the_same_place(order: int) -> None:
    findings = [found("keys", detector="cfn-lint"), found("keys", detector="rules"), found("keys", detector="plan")]
    [only] = groups(findings[::order], rule("keys"))
    assert detectors(only) == ["rules"]


@pytest.mark.parametrize("path", ["Properties.KeySchema.0.KeyType", "Properties", "Properties.KeySchema"])
def test_an_engine_that_reports_above_or_below_the_property_adds_nothing(path: str) -> None:
    [only] = groups([found("keys"), found("keys", 6, detector="cfn-lint", path=path)], rule("keys"))
    assert detectors(only) == ["rules"]


def test_an_engine_that_reports_another_property_is_kept() -> None:
    other = found("keys", 12, detector="cfn-lint", path="Properties.StreamSpecification")
    [only] = groups([found("keys"), other], rule("keys"))
    assert detectors(only) == ["rules", "cfn-lint"]


def test_two_findings_of_one_detector_at_nested_properties_are_kept() -> None:
    [only] = groups([found("keys"), found("keys", 6, path="Properties.KeySchema.0")], rule("keys"))
    assert len(only.findings) == 2


def test_what_aws_reports_is_kept_beside_ours() -> None:
    [only] = groups([found("keys"), found("keys", detector="aws")], rule("keys"))
    assert sorted(detectors(only)) == ["aws", "rules"]


@pytest.mark.parametrize("line", [5, 40])
def test_a_rule_gives_way_at_the_same_line_or_resource(line: int) -> None:
    weak = replace(rule("weak"), yields_to=("strong",))
    kept = groups([found("weak"), found("strong", line)], weak, rule("strong"))
    assert [one.rule.id for one in kept] == ["strong"]


def test_a_rule_does_not_give_way_elsewhere() -> None:
    weak = replace(rule("weak"), yields_to=("strong",))
    kept = groups([found("weak"), found("strong", 40, resource="Bills")], weak, rule("strong"))
    assert {one.rule.id for one in kept} == {"weak", "strong"}


def test_the_order_of_the_findings_changes_nothing() -> None:
    findings = [found("keys", number % 3, detector=name) for number in range(6) for name in ("plan", "rules")]
    assert groups(findings, rule("keys")) == groups(findings[::-1], rule("keys"))


def test_an_engine_that_repeats_another_rule_s_finding_adds_nothing() -> None:
    findings = [
        found("keys"),
        found("schema", detector="cfn-lint"),
        found("table", 7, detector="cfn-lint", path="Properties.TableName"),
    ]
    kept = groups(findings, rule("keys"), rule("schema"), rule("table"))
    assert [one.rule.id for one in kept] == ["keys", "table"]


def test_an_engine_s_more_severe_finding_at_the_same_property_is_kept() -> None:
    kept = groups(
        [found("keys"), found("schema", detector="cfn-lint")], rule("keys", "Medium"), rule("schema", "Critical")
    )
    assert [one.rule.id for one in kept] == ["schema", "keys"]
