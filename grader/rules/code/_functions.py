"""What a function with inline code is for: who calls it, and what fails with it."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import InlineCode, inline_functions
from grader.support.markdown import code

_ROTATION = "AWS::SecretsManager::RotationSchedule"


def created_functions(case: Case) -> Iterator[InlineCode]:
    """Yield the functions with inline code that are created or may be."""
    for function in inline_functions(case):
        if function.scope.exists(function.function) is not False:
            yield function


def _callers(function: InlineCode, step: str) -> list[str]:
    """Return the created resources that name a function at a property."""
    template = function.template
    found = [
        use.owner
        for use in template.uses.get(function.function.name, ())
        if use.section == "Resources" and step in use.path and use.owner in template.resources
    ]
    return [name for name in dict.fromkeys(found) if function.scope.exists(template.resources[name]) is True]


def custom_resources(function: InlineCode) -> list[str]:
    """Return the custom resources that a function serves: where it fails, so does the stack operation."""
    return _callers(function, "ServiceToken")


def rotates(function: InlineCode) -> bool:
    """Whether a rotation schedule calls a function."""
    return any(function.template.resources[name].type == _ROTATION for name in _callers(function, "RotationLambdaARN"))


def level_of_failure(function: InlineCode) -> str:
    """Return Critical where a stack operation waits for the function, an empty text for the rule's own level elsewhere."""
    return "Critical" if custom_resources(function) else ""


def stack_waits(function: InlineCode) -> str:
    """Return the sentence that says which custom resource waits for a function; empty where none does."""
    waiting = custom_resources(function)
    return (
        f" The custom resource {code(waiting[0])} waits for it, and the stack operation fails with it."
        if waiting
        else ""
    )
