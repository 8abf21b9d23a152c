"""What of a template is deployed: resources that are created, branches of Fn::If that are taken."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case.case import Case
from grader.support.text import is_natural
from grader.template import AnyNode, Call, Map, Path, Resource, Scalar, Scope, Sequence, Template, at, children


def created(case: Case, *types: str) -> Iterator[tuple[Template, Resource, Scope]]:
    """Yield the resources of the given types, with their scope, that are created or may be."""
    for template, resource in case.resources(*types):
        scope = case.scopes[template.file]
        if scope.exists(resource) is not False:
            yield template, resource, scope


def switched_off(case: Case, *types: str) -> Iterator[tuple[Template, Resource, Scope, tuple[str, ...]]]:
    """Yield the resources that are not created with these parameter values, and the parameters that would change that.

    What is wrong with them is Medium: the stack deploys as it is.
    """
    for template, resource in case.resources(*types):
        scope = case.scopes[template.file]
        if resource.condition and scope.exists(resource) is False:
            names = [name for name in template.parameters if resource.condition in template.conditions_using(name)]
            if names:
                yield template, resource, scope, tuple(names)


def deployed(scope: Scope, node: AnyNode | None, path: Path = ()) -> Iterator[tuple[Path, AnyNode]]:
    """Yield a node and everything below it, in document order, without the branches of Fn::If that are not taken.

    Both branches are yielded where the condition depends on a parameter without a value.
    """
    stack: list[tuple[Path, AnyNode]] = [(path, node)] if node is not None else []
    while stack:
        here, current = stack.pop()
        if isinstance(current, Call) and current.name == "Fn::If" and isinstance(current.argument, Sequence):
            stack += [((*here, "Fn::If", index), branch) for index, branch in reversed(_taken(scope, current))]
        else:
            yield here, current
            if not isinstance(current, Scalar):
                stack += reversed([((*here, step), child) for step, child in children(current)])


def entries(scope: Scope, node: AnyNode | None) -> Iterator[tuple[Path, AnyNode]]:
    """Yield the items of a list as deployed, through Fn::If around the list or an item; a single value is a list of it."""
    stack: list[tuple[Path, AnyNode]] = [((), node)] if node is not None else []
    while stack:
        here, current = stack.pop()
        if isinstance(current, Sequence):
            stack += reversed([((*here, index), item) for index, item in enumerate(current.items)])
        elif isinstance(current, Call) and current.name == "Fn::If" and isinstance(current.argument, Sequence):
            stack += [((*here, "Fn::If", index), branch) for index, branch in reversed(_taken(scope, current))]
        else:
            yield here, current


def _taken(scope: Scope, call: Call) -> list[tuple[int, AnyNode]]:
    """Return the branches of an Fn::If that may be deployed, each with its index; AWS::NoValue is left out."""
    name = at(call.argument, 0)
    truth = scope.condition(name.text) if isinstance(name, Scalar) else None
    indexes = (1, 2) if truth is None else (1,) if truth else (2,)
    found = ((index, at(call.argument, index)) for index in indexes)
    return [(index, branch) for index, branch in found if branch is not None and not _is_nothing(branch)]


def _is_nothing(node: AnyNode) -> bool:
    return (
        isinstance(node, Call)
        and node.name == "Ref"
        and isinstance(node.argument, Scalar)
        and node.argument.text == "AWS::NoValue"
    )


def is_deployed(scope: Scope, resource: Resource, path: str) -> bool:
    """Whether a dotted path below a resource (`Properties.Tags.0`) is deployed: created, and no branch in it left out."""
    if scope.exists(resource) is False:
        return False
    node: AnyNode | None = resource.node
    steps = path.split(".")
    for position, step in enumerate(steps):
        if isinstance(node, Call) and node.name == step:
            chosen = steps[position + 1] if position + 1 < len(steps) else ""
            if step == "Fn::If" and chosen not in ("", "0", *(str(index) for index, _ in _taken(scope, node))):
                return False
            node = node.argument
        elif isinstance(node, Map):
            node = node.get(step)
        elif isinstance(node, Sequence):
            node = at(node, int(step)) if is_natural(step) else None
        else:
            return True
    return True
