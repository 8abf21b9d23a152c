"""Functions of cfn-lint that take half of its time, replaced by equal functions that take less.

cfn-lint makes a new validator and a new context for each node of a template: through `dataclasses.fields`, and for each schema
through a class of its own, with an empty template that is not used. It searches a schema for identifiers each time that it
enters it, sorts the keywords of a schema each time that it looks at a value, and asks every rule about every resource. The
replacements copy what does not change, and keep what was found. `tests/support/test_engines.py` compares what cfn-lint reports
with and without them. They are made for one version; another version runs as it is.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import cache, lru_cache
from types import ModuleType
from typing import Any
from urllib.parse import urljoin

VERSION = "1.58.0"
MAX_SCHEMAS = 2_000  # that are searched once; a template has some dozens


def make_faster() -> None:
    """Replace the functions, where cfn-lint has the version that they are made for. Called once, before a template is judged."""
    from grader.support.version import installed

    if installed("cfn-lint") != VERSION:
        return
    import regex
    from cfnlint.context import context
    from cfnlint.jsonschema import _filter, _keywords, validators
    from cfnlint.rules import RulesCollection
    from cfnlint.rules.jsonschema.Base import BaseJsonSchema
    from cfnlint.schema.resolver import _resolver
    from cfnlint.template import Template

    _compiling(regex)
    context.Context.evolve = _evolved_context
    context.Path.descend = _below
    context.Context.module_names = _module_names(context.Context.module_names)
    context.fields = _filter.fields = cache(fields)
    for kind in (validators.CfnTemplateValidator, validators.StandardValidator):
        _evolving(kind)
    validators.create = _creating(validators.create)
    _filter.FunctionFilter.filter = _filtering(_filter.FunctionFilter.filter)
    _filter.FunctionFilter._filter_schemas = _filtered_schemas
    _keywords.equal = _comparing(_keywords.equal)
    BaseJsonSchema.extend_validator = _extended
    RulesCollection.create_from_directory = _creating_rules(RulesCollection.create_from_directory)
    _resolver._match_keyword = cache(_resolver._match_keyword)
    _resolver._search_schema = _searching(_resolver._search_schema)
    _resolver.RefResolver.from_schema = classmethod(_resolver_of)
    _resolver.RefResolver._cache = _WhenUsed("_cache", "resolve_from_url")
    _resolver.RefResolver._cache_cfn_pointer = _WhenUsed("_cache_cfn_pointer", "resolve_cfn_pointer")
    RulesCollection.run = _run
    Template._search_deep_keys = _searching_keys(Template._search_deep_keys)


def _compiling(regex: ModuleType) -> None:
    """Make the functions of a module of regular expressions keep their patterns: its own cache takes longer than a search."""

    @lru_cache(5_000)
    def compiled(pattern: str, flags: int) -> Any:
        return regex.compile(pattern, flags)

    def keeping(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def searches(pattern: Any, string: Any, flags: int = 0, *arguments: Any, **named: Any) -> Any:
            if arguments or named:
                return original(pattern, string, flags, *arguments, **named)
            return getattr(compiled(pattern, flags) if isinstance(pattern, str) else pattern, name)(string)

        return searches

    for name in ("match", "search", "findall"):
        setattr(regex, name, keeping(name, getattr(regex, name)))


def _below(self: Any, path: Any = None, cfn_path: Any = None) -> Any:
    """Return the path of something below: Path.descend, without a call of the constructor."""
    from cfnlint.helpers import FUNCTIONS

    if path is None and cfn_path is None:
        return self
    if isinstance(cfn_path, int) or cfn_path in FUNCTIONS:
        raise ValueError(f"{cfn_path!r} cannot be in 'cfn_path'")
    new = object.__new__(type(self))
    state = new.__dict__
    state.update(self.__dict__)
    if path is not None:
        state["path"] = self.path + deque((path,))
    if cfn_path is not None:
        state["cfn_path"] = self.cfn_path + deque((cfn_path,))
    return new


def _module_names(original: Any) -> property:
    """Return the property of a context that names its modules, worked out once for all contexts with the same resources."""
    kept: list[Any] = [None, ()]

    def names(self: Any) -> Any:
        if kept[0] is not self.resources:
            kept[:] = self.resources, original.func(self)
        return kept[1]

    return property(names)


def _filtering(original: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Return FunctionFilter.filter with a short way for values without dynamic references, which most are."""
    from cfnlint.helpers import PSEUDOPARAMS, ToPy

    python_name = cache(lambda name: ToPy(name).py)

    def filters(self: Any, validator: Any, instance: Any, schema: Any) -> Iterator[Any]:
        context = validator.context
        is_text = isinstance(instance, str)
        if (
            "cfnContext" in schema
            or not context.functions
            or (is_text and (instance in PSEUDOPARAMS or "{{" in instance))
        ):
            yield from original(self, validator, instance, schema)
            return
        standard, group = self._filter_schemas(schema, validator)
        if group:
            for some, scenario in context.conditions.evolve_from_instance(instance, context=context):
                if some is not None:
                    with_scenario = context if scenario is context.conditions else context.evolve(conditions=scenario)
                    yield some, group, validator.evolve(context=with_scenario)
        if isinstance(instance, dict) and len(instance) == 1:
            name = next(iter(instance))
            if name in context.functions:
                yield instance, {python_name(name): standard}, validator
                return
        yield instance, standard, validator

    return filters


_ALL_TYPES = ["array", "boolean", "integer", "number", "object", "string"]
_split: OrderedDict[int, tuple[Any, dict[str, Any], dict[str, Any]]] = OrderedDict()


def _filtered_schemas(self: Any, schema: Any, validator: Any) -> tuple[Any, Any]:
    """Return the keywords of a schema that look at a value as it is, and those that need its conditions resolved.

    FunctionFilter._filter_schemas; how the keywords are divided is kept, with the schema, which is never changed.
    """
    path = validator.context.path
    if path.path and path.path[-1] == "Fn::If":
        return schema, None
    kept = _split.get(id(schema))
    if kept is None or len(kept[1]) + len(kept[2]) != len(schema):
        groups = self.group_functions
        kept = _split[id(schema)] = (
            schema,
            {key: value for key, value in schema.items() if key not in groups},
            {key: value for key, value in schema.items() if key in groups},
        )
        if len(_split) > MAX_SCHEMAS:
            _split.popitem(last=False)
    standard, group = dict(kept[1]), dict(kept[2])
    if self.add_cfn_lint_keyword and "$ref" not in standard:
        standard["cfnLint"] = [*_listed(standard.get("cfnLint", [])), "/".join(path.cfn_path)]
    type = standard.get("type", [])
    if "object" in _listed(type) and not (
        "properties" in standard or "additionalProperties" in standard or "patternProperties" in standard
    ):
        standard["patternProperties"] = {".*": {"type": _ALL_TYPES}}
    if "array" in type and "items" not in standard:
        standard["items"] = {"type": _ALL_TYPES}
    return standard, group


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _comparing(original: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return the function that compares values with a short way for texts; `true` and `false` are compared in any case."""

    def compares(one: Any, two: Any) -> bool:
        if isinstance(one, str) and isinstance(two, str):
            if one == two:
                return True
            if len(one) not in (4, 5) and len(two) not in (4, 5):
                return False
        return original(one, two)

    return compares


_urljoin = lru_cache(10_000)(urljoin)


class _WhenUsed:
    """The cache of a method of a resolver, made when it is first used: most resolvers never do."""

    def __init__(self, name: str, method: str) -> None:
        self._name, self._method = name, method

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return None
        made = instance.__dict__[self._name] = lru_cache(1024)(getattr(instance, self._method))
        return made


def _resolver_of(kind: Any, /, schema: Any, **named: Any) -> Any:
    """Return a resolver for a schema: RefResolver.from_schema, without a call of the constructor."""
    from cfnlint.schema.resolver._resolver import id_of

    if named:
        return kind(base_uri=id_of(schema), referrer=schema, **named)
    new = object.__new__(kind)
    base = id_of(schema)
    new.__dict__.update(
        referrer=schema,
        base_uri=base,
        _id_of=id_of,
        _scopes_stack=[base],
        _urljoin_cache=_urljoin,
        _subschemas_cache=None,
        store={},
    )
    return new


def _run(self: Any, filename: Any, cfn: Any, config: Any = None) -> list[Any]:
    """Return what the rules report of a template: RulesCollection.run, which asks every rule about every resource."""
    rules = list(self.rules.values())
    for rule in rules:
        rule.initialize(cfn)
    for rule in rules:
        for key in rule.child_rules:
            rule.child_rules[key] = self.rules.get(key)
        for parent in rule.parent_rules:
            if parent in self.rules:
                self.rules[parent].child_rules[rule.id] = rule
    matches: list[Any] = []
    for rule in rules:
        matches += self.run_check(rule.matchall, filename, rule.id, filename, cfn)
    about = [rule for rule in rules if rule.resource_property_types]
    for name, resource in cfn.get_resources().items():
        type, properties = resource.get("Type"), resource.get("Properties")
        if isinstance(type, str) and isinstance(properties, dict):
            path = ["Resources", name, "Properties"]
            for rule in about:
                if type in rule.resource_property_types:
                    check = rule.matchall_resource_properties
                    matches += self.run_check(check, filename, rule.id, filename, cfn, properties, type, path)
    return matches


def _searching_keys(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return Template._search_deep_keys, with a path of its own only for what is found."""

    def searches(self: Any, wanted: Any, root: Any, path: Any) -> Any:
        if isinstance(wanted, re.Pattern) or not isinstance(wanted, str):
            return original(self, wanted, root, path)
        found: list[list[Any]] = []
        here = list(path)

        def look(node: Any) -> None:
            if isinstance(node, dict):
                for key, value in node.items():
                    here.append(key)
                    if key == wanted:
                        found.append([*here, value])
                    if isinstance(value, dict | list):
                        look(value)
                    here.pop()
            elif isinstance(node, list):
                for index, item in enumerate(node):
                    if isinstance(item, dict | list):
                        here.append(index)
                        look(item)
                        here.pop()

        look(root)
        return found

    return searches


def _evolved_context(self: Any, **changes: Any) -> Any:
    """Return a context with changes: Context.evolve, without a call of the constructor."""
    if "ref_values" in changes:
        changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
    new = object.__new__(type(self))
    state = new.__dict__
    state.update(self.__dict__)
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
    """Give a class of validators the faster methods, and the validators that each of its objects is made with."""
    kind.evolve = _evolved
    kind.is_type = _having_type(kind.is_type)
    kind.descend = _descended
    kind._made_with = kind.__dataclass_fields__["validators"].default_factory()
    return kind


def _having_type(original: Callable[[Any, Any, str], bool]) -> Callable[[Any, Any, str], bool]:
    """Return Validator.is_type with the types of JSON looked at directly."""

    def has_type(self: Any, instance: Any, type: str) -> bool:
        kinds = _KINDS.get(type)
        return isinstance(instance, kinds) if kinds else original(self, instance, type)

    return has_type


_KINDS = {"string": str, "object": dict, "array": list, "boolean": bool}


def _descended(
    self: Any, instance: Any, schema: Any, path: Any = None, schema_path: Any = None, property_path: Any = None
) -> Iterator[Any]:
    """Yield the errors of what is below: Validator.descend, with fewer calls."""
    context = _evolved_context(self.context, path=_below(self.context.path, path, property_path))
    for error in _evolved(self, schema=schema, context=context).iter_errors(instance):
        if path is not None:
            error.path.appendleft(path)
        if schema_path is not None:
            error.schema_path.appendleft(schema_path)
        yield error


def _checking_type(original: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Return the rule's method that checks types, with a short way for a value that has its type."""
    from cfnlint.jsonschema._keywords_cfn import _raw_type, _raw_type_strict

    def checks(self: Any, validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[Any]:
        context = validator.context
        is_strict = (self.config.get("strict") or context.strict_types) and not context.is_resolved_value
        has_type = _raw_type_strict if is_strict else _raw_type
        if any(has_type(validator, type, instance) for type in _listed(types)):
            return iter(())
        return original(self, validator, types, instance, schema)

    return checks


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
        if "E1101" in self.rules:
            type(self.rules["E1101"]).cfnLint = _further_rules
        if "E3012" in self.rules:
            kind: Any = type(self.rules["E3012"])
            kind.type = _checking_type(kind.type)

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
