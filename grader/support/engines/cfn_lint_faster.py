"""Functions of cfn-lint that take a third of its time, replaced by equal functions that take less.

cfn-lint makes a new validator and a new context for each node of a template: through `dataclasses.fields`, and for each schema
through a class of its own, with an empty template that is not used. It searches a schema for identifiers each time that it
enters it. The replacements copy what does not change, and keep what was found. `tests/support/test_engines.py` compares what
cfn-lint reports with and without them. They are made for one version; another version runs as it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

VERSION = "1.58.0"
MAX_SCHEMAS = 2_000  # that are searched once; a template has some dozens


def make_faster() -> None:
    """Replace the functions, where cfn-lint has the version that they are made for. Called once, before a template is judged."""
    from grader.support.version import installed

    if installed("cfn-lint") != VERSION:
        return
    from cfnlint.context import context
    from cfnlint.jsonschema import _filter, validators
    from cfnlint.rules import RulesCollection
    from cfnlint.rules.jsonschema.Base import BaseJsonSchema
    from cfnlint.schema.resolver import _resolver

    context.Context.evolve = _evolved_context
    context.fields = _filter.fields = cache(fields)
    for kind in (validators.CfnTemplateValidator, validators.StandardValidator):
        _evolving(kind)
    validators.create = _creating(validators.create)
    BaseJsonSchema.extend_validator = _extended
    RulesCollection.create_from_directory = _creating_rules(RulesCollection.create_from_directory)
    _resolver._match_keyword = cache(_resolver._match_keyword)
    _resolver._search_schema = _searching(_resolver._search_schema)


def _evolved_context(self: Any, **changes: Any) -> Any:
    """Return a context with changes: Context.evolve, without a call of the constructor."""
    if "ref_values" in changes:
        changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
    new = object.__new__(type(self))
    state = new.__dict__
    state.update(self.__dict__)
    state.pop("module_names", None)  # worked out of the resources when it is first used
    state.update(changes)
    return new


def _evolved(self: Any, **changes: Any) -> Any:
    """Return a validator with changes: Validator.evolve, without a call of the constructor."""
    new = object.__new__(type(self))
    state = new.__dict__
    state.update(self.__dict__)
    # those that it was made with: a rule may have given this one others, which its descendants do not have
    state["validators"] = self._made_with
    state.update(changes)
    return new


def _evolving(kind: Any) -> Any:
    """Give a class of validators the faster `evolve`, and the validators that each of its objects is made with."""
    kind.evolve = _evolved
    kind._made_with = kind.__dataclass_fields__["validators"].default_factory()
    return kind


def _creating(create: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that makes a class of validators, with the faster `evolve` in the class."""

    def creates(*arguments: Any, **named: Any) -> Any:
        return _evolving(create(*arguments, **named))

    return creates


def _extended(self: Any, validator: Any, schema: Any, context: Any, validators: Any = None) -> Any:
    """Return a validator with those of a rule added: BaseJsonSchema.extend_validator, without a new class."""
    from cfnlint.schema.resolver import RefResolver

    every = {**validator.validators, **self._get_validators(), **(validators or {})}
    new = object.__new__(type(validator))
    new.__dict__.update(validator.__dict__)
    new.__dict__.update(
        schema=schema,
        context=context,
        resolver=RefResolver.from_schema(schema),
        validators=every,
        _made_with=every,
    )
    return new


def _creating_rules(create: Callable[..., None]) -> Callable[..., None]:
    """Return the method that loads rules, each of a class that it makes, with the faster `cfnLint` in the class that has it."""

    def creates(self: Any, folder: str) -> None:
        create(self, folder)
        rule = self.rules.get("E1101")
        if rule is not None:
            type(rule).cfnLint = _further_rules

    return creates


def _further_rules(self: Any, validator: Any, keywords: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Yield the errors of the rules that are registered for a place: CfnLint.cfnLint, which looks at every rule each time."""
    from cfnlint.jsonschema._utils import Unset

    if self.__dict__.get("_indexed") is not validator.cfn:  # the child rules are set when a template begins
        self._indexed, self._index = validator.cfn, _by_keyword(self.child_rules.values())
    rules = [(keyword, rule) for keyword in keywords for rule in self._index.get(keyword, ())]
    if not rules:
        return
    further = validator.evolve(function_filter=validator.function_filter.evolve(add_cfn_lint_keyword=False))
    for keyword, rule in rules:
        for error in rule.validate(further, keyword, instance, schema):
            if error.rule is None and isinstance(error.validator, Unset):
                error.rule = rule
            yield error


def _by_keyword(rules: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for rule in rules:
        for keyword in rule.keywords if rule is not None and rule.id else ():
            found.setdefault(keyword, []).append(rule)
    return found


def _searching(search: Callable[[Any, Any], Iterator[Any]]) -> Callable[[Any, Any], Iterator[Any]]:
    """Return the function that searches a schema; what it found is kept, with the schema, which is never changed."""
    kept: OrderedDict[tuple[int, Any], tuple[Any, tuple[Any, ...]]] = OrderedDict()

    def searches(schema: Any, matcher: Any) -> Iterator[Any]:
        key = (id(schema), matcher)
        found = kept.get(key)
        if found is None:
            found = kept[key] = (schema, tuple(search(schema, matcher)))
            if len(kept) > MAX_SCHEMAS:
                kept.popitem(last=False)
        return iter(found[1])

    return searches
