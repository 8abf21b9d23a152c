"""Which templates of a case are deployed on their own."""

from __future__ import annotations

from collections.abc import Callable

from grader.case import Case


def nesting(child: str) -> str:
    return f"Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: ./{child}}}\n"


TOPIC = "Resources:\n  Orders: {Type: AWS::SNS::Topic}\n"


def test_roots_are_what_no_template_nests(make_case: Callable[..., Case]) -> None:
    case = make_case({"main.yml": nesting("queue.yml"), "queue.yml": TOPIC, "alarms.yml": TOPIC})
    assert {template.file for template in case.roots} == {"main.yml", "alarms.yml"}


def test_all_are_roots_where_they_nest_each_other(make_case: Callable[..., Case]) -> None:
    case = make_case({"left.yml": nesting("right.yml"), "right.yml": nesting("left.yml")})
    assert {template.file for template in case.roots} == {"left.yml", "right.yml"}
