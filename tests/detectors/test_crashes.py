"""A crash of a rule, of the plan or of a confirmation is named, and loses no finding of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from grader.bundle import Limits
from grader.case import Case
from grader.catalogue import Catalogue, RuleFinding, load_catalogue
from grader.detectors import Detection, detect
from grader.errors import ResponseError
from grader.judgement import grade, load_rubric
from grader.model import Finding, Location
from grader.plan import make_plan
from grader.template import Template, parse_template

Make = Callable[..., Case]
TEMPLATE = """\
Resources:
  Orders: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Nothing}}
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Other}}
  First: {Type: AWS::SNS::Topic, DependsOn: Second}
  Second: {Type: AWS::SNS::Topic, DependsOn: First}
"""
DEEP = "Resources:\n  Deep:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: " + "[" * 200 + "]" * 200 + "}\n"


def by_name(case: Case, catalogue: Catalogue) -> dict[str, Detection]:
    return {one.name: one for one in detect(case, catalogue, fast=True)}


def resources(detection: Detection, rule: str) -> set[str]:
    return {one.resource for one in detection.findings if one.rule == rule}


def changed(rule: str, **fields: object) -> Catalogue:
    """The catalogue with one rule changed."""
    catalogue = load_catalogue()
    return Catalogue({**catalogue.rules, rule: replace(catalogue.rules[rule], **fields)})  # type: ignore[arg-type]


def test_a_rule_that_crashes_keeps_what_it_found_before(make_case: Make) -> None:
    def check(case: Case) -> Iterator[RuleFinding]:
        yield RuleFinding(location=Location(file="a.yml", line=2, resource="Orders"), message="is odd")
        raise KeyError("odd")

    ours = by_name(make_case({"a.yml": TEMPLATE}), changed("bucket-acl", check=check))["rules"]
    assert resources(ours, "bucket-acl") == {"Orders"}
    assert ours.errors == ("RuntimeError: rule bucket-acl: KeyError: 'odd'",)


def test_a_confirmation_that_crashes_loses_its_own_finding_alone(make_case: Make) -> None:
    def confirm(case: Case, finding: Finding) -> Finding:
        if finding.resource == "Orders":
            raise ZeroDivisionError("odd")
        return finding

    case = make_case({"a.yml": TEMPLATE})
    found = by_name(case, changed("undefined-reference", confirm=confirm))
    assert resources(found["plan"], "undefined-reference") == {"News"}
    assert resources(found["plan"], "circular-dependency")
    assert found["plan"].errors == ("RuntimeError: rule undefined-reference: ZeroDivisionError: odd",)


def test_a_check_of_the_plan_that_crashes_loses_its_own_problems_alone(
    make_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_cycles(*_: object) -> Iterable[object]:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("grader.plan.build.check_cycles", check_cycles)
    case = make_case({"a.yml": TEMPLATE})
    assert make_plan(case).unjudged == ("check_cycles: ZeroDivisionError: odd",)
    plan = by_name(case, load_catalogue())["plan"]
    assert resources(plan, "undefined-reference") == {"Orders", "News"}
    assert plan.errors == ("RuntimeError: check_cycles: ZeroDivisionError: odd",)
    result = grade(case.task, case.bundle, load_rubric(), fast=True)
    assert "Not everything was judged by plan" in result.summary


def test_a_template_over_a_limit_is_named_and_the_others_are_judged(make_case: Make) -> None:
    nesting = "Resources:\n  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: deep.yml}}\n"
    files = {"a.yml": TEMPLATE + nesting.partition("\n")[2], "deep.yml": DEEP}
    case = make_case(files, "Write a template with a topic and a queue.")
    result = grade(case.task, case.bundle, load_rubric(), fast=True)
    reason = "deep.yml:4: nested more than 100 levels deep (--max-nesting raises this)"
    assert result.detectors["templates"].errors == (reason,)
    assert f"Not judged at all: {reason}." in result.summary
    found = {failure.rule for failure in result.failures}
    assert "undefined-reference" in found
    assert not found & {
        "nested-template-location",
        "unmet-resource",
    }  # the queue and the child are in what is not judged


def test_an_ideal_answer_over_a_limit_is_not_compared(make_case: Make) -> None:
    case = make_case({"a.yml": TEMPLATE}, ideal={"a.yml": DEEP})
    result = grade(case.task, case.bundle, load_rubric(), ideal=case.ideal, fast=True)
    assert "nested more than 100 levels deep" in result.detectors["ideal"].errors[0]


def test_a_response_over_a_limit_is_refused_at_once(make_case: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(file: str, text: str, limits: Limits) -> Template:
        parsed.append(file)
        return parse_template(file, text, limits)

    monkeypatch.setattr("grader.case.case.parse_template", counted)
    case = make_case({"a.yml": TEMPLATE})
    with pytest.raises(ResponseError, match="more than 5 nodes"):
        grade(case.task, case.bundle, load_rubric(), fast=True, limits=Limits(nodes=5))
    assert len(parsed) < 5  # not once for each rule
