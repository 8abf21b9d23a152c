"""Mutated answers: each is graded, twice the same, or refused in one line.

`pytest --fuzz N` tries N answers on each level instead of a few, and others each time. `make fuzz` does so for about an hour.
"""

from __future__ import annotations

import json
import time
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from grader.analysis import analysis_of, render_analysis
from grader.bundle import read_data
from grader.catalogue import Example, load_catalogue
from grader.errors import GradeError
from grader.judgement import grade, load_rubric
from grader.task import Task
from grader.task.account import profile
from grader.template import TemplateSyntaxError, plain
from grader.template.load import load
from grader.writers import json_text
from tests.fuzz.mutations import mutated_bytes, mutated_text, mutated_tree, written

OURS = ("rules", "plan", "policies")  # the detectors that have no reason to give up
SECONDS = 20.0  # of this process's own time for two gradings; most take a tenth of a second
EXAMPLES = [one for rule in load_catalogue().rules.values() for one in (*rule.fails, *rule.passes)]

pytestmark = pytest.mark.slow
chances = st.randoms(use_true_random=False)
examples = st.sampled_from(EXAMPLES)


@pytest.fixture(scope="module")
def tried(pytestconfig: pytest.Config) -> settings:
    """How many answers are tried: a few, the same each time, or as many others as `--fuzz` asks for."""
    number: int = pytestconfig.getoption("--fuzz")
    return settings(
        max_examples=number or 150,
        derandomize=not number,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # to shrink what chance has made takes minutes
    )


def test_mutated_templates_are_graded(tried: settings) -> None:
    @tried
    @given(chances, examples, st.booleans())
    def check(chance: Random, one: Example, is_compared: bool) -> None:
        _check(json.dumps({"files": _with_mutated_template(chance, one)}), one, is_compared)

    check()


def test_mutated_texts_are_graded(tried: settings) -> None:
    @tried
    @given(chances, examples, st.booleans())
    def check(chance: Random, one: Example, is_markdown: bool) -> None:
        if is_markdown:
            _check(mutated_text(chance, _markdown(one.files)), one)
        else:
            _check(json.dumps({"files": {name: mutated_text(chance, text) for name, text in one.files.items()}}), one)

    check()


def test_mutated_prompts_are_read(tried: settings) -> None:
    prompts = sorted({one.prompt for one in EXAMPLES})

    @tried
    @given(chances, examples, st.sampled_from(prompts))
    def check(chance: Random, one: Example, prompt: str) -> None:
        _check(json.dumps({"files": dict(one.files)}), one, prompt=mutated_text(chance, f"{one.prompt}\n{prompt}"))

    check()


def test_mutated_bytes_are_graded(tried: settings) -> None:
    @tried
    @given(chances, examples)
    def check(chance: Random, one: Example) -> None:
        _check(mutated_bytes(chance, _markdown(one.files).encode()), one)

    check()


def _with_mutated_template(chance: Random, one: Example) -> dict[str, str]:
    """Return the files of an example, one template of them changed and written anew."""
    files = dict(one.files)
    trees = {name: tree for name, text in files.items() if (tree := _tree(text)) is not None}
    if trees:
        name = chance.choice(sorted(trees))
        del files[name]
        new, text = written(chance, mutated_tree(chance, trees[name]))
        files[f"{name}.{new}"] = text
    return files


def _tree(text: str) -> object:
    try:
        tree = plain(load(text).root)
    except TemplateSyntaxError:
        return None
    return tree if isinstance(tree, dict) else None


def _markdown(files: object) -> str:
    assert isinstance(files, dict)
    return "Here it is.\n\n" + "\n".join(f"### {name}\n\n```yaml\n{text}```\n" for name, text in files.items())


def _check(answer: str | bytes, one: Example, is_compared: bool = False, prompt: str = "") -> None:
    """Grade an answer twice; with the example itself as the ideal answer where it is to be compared."""
    data = answer.encode("utf-8", "surrogatepass") if isinstance(answer, str) else answer
    note(f"answer: {data!r}")
    started = time.process_time()
    results = [_graded(data, one, is_compared, prompt) for _ in range(2)]
    assert time.process_time() - started < SECONDS
    assert results[0] == results[1]
    assert "\n" in results[0] or results[0].isprintable()


def _graded(data: bytes, one: Example, is_compared: bool, prompt: str) -> str:
    """Return all that is written of an answer: the error where it cannot be read, else the result and the analysis."""
    task = Task("t", "Task", prompt or one.prompt, profile("fresh"))
    ideal = read_data("ideal.json", json.dumps({"files": dict(one.files)}).encode()) if is_compared else None
    try:
        result = grade(task, read_data("answer", data), load_rubric(), ideal=ideal, fast=True)
    except GradeError as error:
        return str(error)
    errors = [error for name, entry in result.detectors.items() if name in OURS for error in entry.errors]
    assert errors == []
    return json_text(result) + render_analysis(analysis_of(result))
