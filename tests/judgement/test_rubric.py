"""The rubric: the score falls with every failure and never flattens out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader import InputError, Rubric, grade, load_catalogue, load_rubric, load_task, read_response
from grader.model import RANKS
from grader.plan.answer import AnswerKind
from tests.conftest import BROKEN, Cli

RUBRIC = load_rubric()
_COUNTS = st.fixed_dictionaries({level: st.integers(0, 60) for level in RUBRIC.levels})


@given(_COUNTS, st.sampled_from(RUBRIC.levels))
def test_every_failure_lowers_the_score(counts: dict[str, int], level: str) -> None:
    more = counts | {level: counts[level] + 1}
    assert 0 < RUBRIC.score(more) < RUBRIC.score(counts) <= 100


def test_twenty_failures_score_well_below_ten() -> None:
    for level in RUBRIC.levels:
        ten, twenty = ({name: n if name == level else 0 for name in RUBRIC.levels} for n in (10, 20))
        assert RUBRIC.score(twenty) < 0.9 * RUBRIC.score(ten)


def test_a_graver_level_weighs_more() -> None:
    scores = [RUBRIC.score({name: int(name == level) for name in RUBRIC.levels}) for level in RUBRIC.levels]
    assert scores == sorted(scores)


def test_verdicts() -> None:
    verdicts = [RUBRIC.verdict({level: 1}, 90) for level in RUBRIC.levels]
    assert verdicts == ["blocked", "deficient", "acceptable"]
    assert RUBRIC.verdict({}, 100) == "clean"


def test_the_score_is_the_share_that_is_delivered_times_its_soundness() -> None:
    worst = {RUBRIC.levels[0]: 3}
    assert RUBRIC.score(worst, 0.5) == pytest.approx(RUBRIC.score(worst) / 2, abs=0.001)
    assert RUBRIC.score({}, 0.85) == 85
    assert RUBRIC.score({}, 0) == 0


def test_what_was_not_held_against_the_prompt_is_not_clean() -> None:
    assert RUBRIC.verdict({}, 100, is_held=False) == "deployable"
    assert RUBRIC.verdict({RUBRIC.levels[1]: 1}, 90, is_held=False) == "deficient"


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (AnswerKind.REFUSED, "refused"),
        (AnswerKind.EMPTY, "empty"),
        (AnswerKind.INERT, "empty"),
        (AnswerKind.PROSE, "off-task"),
        (AnswerKind.OTHER_LANGUAGE, "off-task"),
        (AnswerKind.OFF_TASK, "off-task"),
        (AnswerKind.TRUNCATED, "truncated"),
    ],
)
def test_kinds_of_answer_have_verdicts_before_all_failures(kind: AnswerKind, verdict: str) -> None:
    found = RUBRIC.verdict({RUBRIC.levels[0]: 1}, 0, kind)
    assert found == verdict
    assert not RUBRIC.passes(found)


def rubric(tmp_path: Path, text: str) -> Rubric:
    path = tmp_path / "rubric.yaml"
    path.write_text(text)
    return load_rubric(path)


OWN = """levels: [{name: Blocker, weight: 5}, {name: Major, weight: 2}, {name: Minor, weight: 1}]
verdicts: [{name: no-go, failures: {Blocker: 1}}, {name: go}]
"""


def test_levels_of_a_rubric_name_the_ranks_of_rules(tmp_path: Path) -> None:
    own = rubric(tmp_path, OWN)
    assert [own.named(rank) for rank in RANKS] == ["Blocker", "Major", "Minor"]
    assert own.passes("go")
    assert not own.passes("no-go")
    turned = OWN.replace("Blocker, weight: 5", "Blocker, weight: 5, rank: 1").replace("{name: Major, weight: 2}, ", "")
    assert [rubric(tmp_path, turned).named(rank) for rank in RANKS] == ["Blocker", "Minor", "Minor"]
    only = "levels: [{name: Bad, weight: 1}]\nverdicts: [{name: any}]\n"
    assert [rubric(tmp_path, only).named(rank) for rank in RANKS] == ["Bad", "Bad", "Bad"]


def test_a_critical_failure_blocks_under_any_names(tmp_path: Path) -> None:
    (tmp_path / "PROMPT.md").write_text("Write a template with a topic.")
    (tmp_path / "answer.md").write_text("```yaml\nResources:\n  T:\n    Type: AWS::SNS::Channel\n```\n")
    answer = read_response(tmp_path / "answer.md")
    result = grade(load_task(tmp_path), answer, rubric(tmp_path, OWN), fast=True)
    assert (result.verdict, result.passes, set(result.counts)) == ("no-go", False, {"Blocker", "Major", "Minor"})
    assert result.failures[0].level == "Blocker"


def written(folder: Path, text: str) -> Path:
    path = folder / "house.yaml"
    path.write_text(text)
    return path


def test_a_rubric_extends_the_default(tmp_path: Path) -> None:
    default = load_rubric()
    path = written(tmp_path, "extends: default\nhalf: 60\nrules:\n  undefined-reference: {level: Medium}\n")
    own = load_rubric(path)
    assert own.levels == default.levels
    assert own.fields.half == 60
    assert own.fields.rules["undefined-reference"].level == "Medium"
    assert set(own.fields.rules) == {*default.fields.rules, "undefined-reference"}
    (tmp_path / "next.yaml").write_text("extends: house.yaml\ncut_off: 0.1\n")
    assert load_rubric(tmp_path / "next.yaml").fields.half == 60


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("half: 60\n", "levels: required, unless the rubric has `extends: default`"),
        ("extends: nowhere.yaml\n", "house.yaml:1: extends: no such rubric file 'nowhere.yaml'"),
        ("extends: house.yaml\n", "more than 5 rubrics extend each other"),
        (
            "extends: default\nrules:\n  bucket-acl: {level: Hihg}\n",
            "house.yaml:3: unknown level 'Hihg': did you mean High?",
        ),
    ],
)
def test_a_rubric_that_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        load_rubric(written(tmp_path, text))


def test_rules_are_selected_and_ignored_by_id_subject_and_kind(tmp_path: Path) -> None:
    rule = load_catalogue().rules["undefined-reference"]
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "PROMPT.md").write_text("A topic for orders.\n")
    (tmp_path / "answer.yml").write_text(BROKEN)

    def found(rubric: Rubric) -> bool:
        task, response = load_task(tmp_path / "t"), read_response(tmp_path / "answer.yml")
        return rule.id in {one.rule for one in grade(task, response, rubric, fast=True).failures}

    for name in (rule.id, rule.subject, rule.kind):
        assert found(load_rubric().narrowed(select=[name]))
        assert not found(load_rubric().narrowed(ignore=[name]))
    assert not found(load_rubric().narrowed(select=["bucket-acl"]))
    assert not found(load_rubric(written(tmp_path, f"extends: default\nignore: [{rule.subject}]\n")))


def test_names_that_no_rule_has_are_refused(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "PROMPT.md").write_text("A topic for orders.\n")
    (tmp_path / "answer.yml").write_text(BROKEN)
    for option in ("--select", "--ignore"):
        done = cli("run", "t", "--response", "answer.yml", "--fast", option, "undefined-referenc")
        assert done.returncode == 2
        assert f"{option}: no rule has the id, the subject or the kind" in done.stderr
        assert "did you mean undefined-reference?" in done.stderr


def test_the_rubric_that_is_used_is_shown(tmp_path: Path, cli: Cli) -> None:
    written(tmp_path, "extends: default\nhalf: 60\n")
    shown = yaml.safe_load(cli("rubric", "show", "house.yaml").stdout)
    assert shown["half"] == 60
    assert [level["name"] for level in shown["levels"]] == list(load_rubric().levels)
    assert json.loads(cli("rubric", "show", "--format", "json").stdout)["verdicts"][0]["name"] == "refused"
