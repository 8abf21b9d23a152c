"""Whether inline Python behind a custom resource answers CloudFormation when the resource is deleted."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.case.inline_code import python_tree
from grader.facts.checks.base import Broken, Check
from grader.facts.checks.neighbours import custom_resources_of
from grader.facts.places import Place, places

_DELETE = "Delete"


def custom_resource_delete(case: Case, root: Place) -> Iterator[Broken]:
    """Report Python code whose every call of cfnresponse.send is reserved for other request types than Delete.

    Only the plain form is judged: the calls are in the handler itself, below comparisons of the request type with texts.
    """
    [source] = places(case, root, "Code.ZipFile")
    users = custom_resources_of(case, root)
    if source.is_absent or not users:
        return
    tree = python_tree(source.text)
    if not isinstance(tree, ast.Module):
        return
    handler = places(case, root, "Handler")[0].text.rpartition(".")[2]
    function = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == handler), None)
    if function is None or any(
        _is_answer(one) for other in tree.body if other is not function for one in ast.walk(other)
    ):
        return
    try:
        answers = list(_answers(function.body, {"event['RequestType']"} | _names(function), True))
    except RecursionError:  # a chain of elif without end
        return
    if answers and not any(answers):
        yield Broken(source, f"{users[0].name} is deleted only after an answer, and the code sends none for Delete")


def _names(function: ast.FunctionDef) -> set[str]:
    """Return the variables that hold the request type."""
    return {
        target.id
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and "RequestType" in ast.unparse(one.value)
        for target in one.targets
        if isinstance(target, ast.Name)
    }


def _answers(body: list[ast.stmt], names: set[str], on_delete: bool) -> Iterator[bool]:
    """Yield for each answer of some statements whether a deletion may get to it; what follows a return is not distinguished."""
    for statement in body:
        if isinstance(statement, ast.If):
            truth = _on_delete(statement.test, names)
            yield from _answers(statement.body, names, on_delete and truth is not False)
            yield from _answers(statement.orelse, names, on_delete and truth is not True)
            continue
        blocks = [
            block
            for name in ("body", "orelse", "finalbody")
            if isinstance(block := getattr(statement, name, None), list)
        ]
        if isinstance(statement, ast.Try | ast.With | ast.For | ast.While):
            for block in blocks:
                yield from _answers(block, names, on_delete)
            continue  # what the handlers of exceptions send is for failures
        yield from (on_delete for one in ast.walk(statement) if _is_answer(one))


def _is_answer(node: ast.AST) -> bool:
    """Whether a node may answer: a call of a function named send, or anything that uses the ResponseURL."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ("send", "send_response", "urlopen", "sendResponse")
    return isinstance(node, ast.Constant) and node.value == "ResponseURL"


def _on_delete(test: ast.expr, names: set[str]) -> bool | None:
    """Return whether a test holds for a deletion; None where it is about something else."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    left = ast.unparse(test.left)
    if left not in names and not left.startswith("event.get('RequestType'"):
        return None
    try:
        right = ast.literal_eval(test.comparators[0])
    except ValueError:
        return None
    found = (
        right == _DELETE
        if isinstance(right, str)
        else _DELETE in right
        if isinstance(right, tuple | list | set)
        else None
    )
    if found is None or not isinstance(test.ops[0], ast.Eq | ast.In | ast.NotEq | ast.NotIn):
        return None
    return found is isinstance(test.ops[0], ast.Eq | ast.In)


CHECKS: Mapping[str, Check] = {"custom-resource-delete": custom_resource_delete}
