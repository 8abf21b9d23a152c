"""Values of parameters in files."""

from __future__ import annotations

from grader.case.parameter_values import parameters_of


def test_parameter_values_are_texts_as_cloudformation_writes_them() -> None:
    values = {"Enabled": True, "Count": 3, "Zones": ["a", False, None], "Nothing": None}
    assert parameters_of(values, "p.json") == {"Enabled": "true", "Count": "3", "Zones": "a,false,", "Nothing": ""}
