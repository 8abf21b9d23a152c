"""Remarks of engines that are wrong are not findings."""

from __future__ import annotations

import pytest

from grader.detectors.engine_quirks import heard
from grader.detectors.remark import Remark
from grader.template import parse_template

MISSED = "'Name' is not a second level key when {'Ref': 'AWS::Region'} is resolved for mapping 'Regions'"


@pytest.mark.parametrize(("entry", "is_heard"), [("Name: !Ref Stage", False), ("Other: x", True)])
def test_a_key_whose_value_is_a_function_is_not_missing(entry: str, is_heard: bool) -> None:
    text = f"Mappings:\n  Regions:\n    us-east-1: {{{entry}}}\nResources: {{}}\n"
    remark = Remark(id="E1011", message=MISSED, line=4, section="Resources", name="Topic")
    assert (heard(remark, parse_template("t.yml", text), "us-east-1") is not None) is is_heard
