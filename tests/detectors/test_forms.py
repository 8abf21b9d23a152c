"""The same thing asked for in different words: read to requirements that one template meets and another does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.case import Case
from grader.detectors.requirements import judged
from grader.model import JudgedRequirement, RequirementStanding

Make = Callable[..., Case]
_FORMS = Path(__file__).with_name("forms.yaml")
MET, UNMET = RequirementStanding.MET, RequirementStanding.UNMET


class _Loader(yaml.SafeLoader):
    """Reads the short forms of intrinsic functions as the long ones."""


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, object]:
    value: object
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = None
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


def _cases() -> Iterator[Any]:
    for form in yaml.load(_FORMS.read_text(), _Loader):
        for number, prompt in enumerate(form["prompts"], 1):
            yield pytest.param(form, prompt, id=f"{form['form']} {number}")


def _requirements(make_case: Make, template: dict[str, Any], prompt: str) -> tuple[JudgedRequirement, ...]:
    text = yaml.dump(template, sort_keys=False, Dumper=_Plain)
    return judged(make_case({"template.yaml": text}, prompt=prompt))


class _Plain(yaml.SafeDumper):
    """Writes each use of an anchor in full."""

    def ignore_aliases(self, data: object) -> bool:
        """Return that nothing is written as an alias."""
        return True


@pytest.mark.parametrize(("form", "prompt"), list(_cases()))
def test_a_form_is_met_by_the_right_template_and_not_by_the_wrong(
    make_case: Make, form: dict[str, Any], prompt: str
) -> None:
    right = _requirements(make_case, form["right"], prompt)
    wrong = _requirements(make_case, form["wrong"], prompt)
    assert [f"{one.requirement.title}: {one.reason}" for one in right if one.standing is UNMET] == []
    found = {one.requirement.id for one in wrong if one.standing is UNMET and form["reason"] in one.reason}
    assert found, [f"{one.requirement.title}: {one.standing.value} {one.reason}" for one in wrong]
    assert not form.get("met", True) or [one for one in right if one.requirement.id in found and one.standing is MET]
