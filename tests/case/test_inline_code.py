"""Code in templates: which functions have it, and what is wrong with it. Nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from grader.case import Case
from grader.case.inline_code import MAX_CODE, InlineCode, inline_functions, javascript_error, python_tree

FUNCTION = """Parameters:
  Stage: {Type: String}
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: %s
      Handler: index.handler
      Environment: %s
      Code:
        ZipFile: %s
"""


@pytest.fixture
def code(make_case: Callable[..., Case]) -> Callable[..., list[InlineCode]]:
    def make(text: str, runtime: str = "python3.12", environment: str = "{Variables: {TABLE: t}}") -> list[InlineCode]:
        return list(inline_functions(make_case({"a.yml": FUNCTION % (runtime, environment, text)})))

    return make


def test_a_function_with_its_runtime_handler_and_variables(code: Callable[..., list[InlineCode]]) -> None:
    [found] = code("'import os'")
    assert (found.function.name, found.text, found.handler, found.path) == (
        "Worker", "import os", "index.handler", "Code.ZipFile"
    )  # fmt: skip
    assert found.is_python
    assert not found.is_javascript
    assert found.variables == {"TABLE"}
    assert not found.is_open


def test_an_environment_that_is_a_function_is_open(code: Callable[..., list[InlineCode]]) -> None:
    [found] = code("'import os'", environment="!If [A, {Variables: {TABLE: t}}, !Ref AWS::NoValue]")
    assert found.is_open


def test_what_only_a_deployment_knows_is_marked(code: Callable[..., list[InlineCode]]) -> None:
    [found] = code("!Sub 'stage = \"${Stage}\"'")
    assert found.text == 'stage = "${Stage}"'
    assert found.has_unknowns
    [script] = code("'const a = `${b}`;'", runtime="nodejs22.x")  # a template literal of the language
    assert not script.has_unknowns


@pytest.mark.parametrize("text", ["''", "!Ref Stage", f"'{'x' * (MAX_CODE + 1)}'"])
def test_no_code_unknown_code_and_too_much_code_are_left_out(code: Callable[..., list[InlineCode]], text: str) -> None:
    assert code(text) == []


def test_python_is_parsed_or_described() -> None:
    assert isinstance(python_tree("def handler(event, context):\n    return 1\n"), ast.Module)
    assert python_tree("def handler(event:\n") == "'(' was never closed (line 1)"
    assert python_tree("x = '\0'") is None or isinstance(python_tree("x = '\0'"), str)
    assert python_tree("(" * 5_000 + ")" * 5_000) is None or isinstance(python_tree("(" * 5_000 + ")" * 5_000), str)


def test_javascript_errors_have_a_line() -> None:
    assert javascript_error("exports.handler = async (event) => ({ a: `${event.b}` });\n") is None
    assert javascript_error("const a = 1;\nconst b = ;\n") == 2
