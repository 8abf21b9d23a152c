"""Remarks of engines that are wrong are not findings; what an engine cannot read in time is not given to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.case import Case
from grader.catalogue import load_catalogue
from grader.detectors import detect
from grader.detectors.as_deployed import nests_tags
from grader.detectors.cloudformation_validate import NAME
from grader.detectors.engine_quirks import heard
from grader.detectors.remark import Remark
from grader.template import parse_template

MISSED = "'Name' is not a second level key when {'Ref': 'AWS::Region'} is resolved for mapping 'Regions'"


@pytest.mark.parametrize(("entry", "is_heard"), [("Name: !Ref Stage", False), ("Other: x", True)])
def test_a_key_whose_value_is_a_function_is_not_missing(entry: str, is_heard: bool) -> None:
    text = f"Mappings:\n  Regions:\n    us-east-1: {{{entry}}}\nResources: {{}}\n"
    remark = Remark(id="E1011", message=MISSED, line=4, section="Resources", name="Topic")
    assert (heard(remark, parse_template("t.yml", text), "us-east-1") is not None) is is_heard


@pytest.mark.parametrize(("depth", "is_deep"), [(12, False), (13, True), (40, True)])
def test_tags_that_an_engine_cannot_read_in_time_are_counted(depth: int, is_deep: bool) -> None:
    for nested in (
        "!Not [" * depth + "a" + "]" * depth,
        "".join(f"!Not\n{' ' * at}- " for at in range(4, depth + 4)) + "a",
    ):
        template = parse_template("t.yml", f"Resources:\n  Topic:\n    Type: {nested}\n")
        assert nests_tags(template) is is_deep
    long = '{"Fn::Not": [' * 40 + '"a"' + "]}" * 40
    assert not nests_tags(parse_template("t.json", f'{{"Resources": {{"Topic": {{"Type": {long}}}}}}}'))


def test_deep_tags_are_judged_with_the_values_of_the_plan(make_case: Callable[..., Case]) -> None:
    text = f"Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      Nothing: 1\n      DisplayName: {'!Not [' * 30}a{']' * 30}\n"
    detection = next(one for one in detect(make_case({"t.yml": text}), load_catalogue(), fast=True) if one.name == NAME)
    assert "tags are nested more than 12 levels deep; judged with the values of the plan alone" in detection.errors[0]
    assert "invalid-property" in {one.rule for one in detection.findings}
