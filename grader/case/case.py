"""What a detector sees: the bundle, its templates, the task and the account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any, TypeVar

from grader.bundle import DEFAULT_LIMITS, Bundle, BundleFile, Kind, Limits, Omitted
from grader.case.nesting import nested_file
from grader.case.parameter_values import Given, first_of, given_by
from grader.errors import ResponseError
from grader.support.text import compiled
from grader.task import Task
from grader.task.account import Account
from grader.task.prompt import Prompt, read_prompt
from grader.template import (
    AnyNode,
    Call,
    Path,
    Resource,
    Scalar,
    Scope,
    Template,
    TemplateSyntaxError,
    at,
    children,
    parse_template,
    readable_part,
)

_REFERENCE = re.compile(r"\$\{(\w+)(?:\.[\w.]+)?\}$")


_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Broken:
    """A template that cannot be parsed, and why."""

    file: str
    text: str
    error: TemplateSyntaxError


@dataclass(frozen=True)
class OverLimit:
    """A template that is not judged, because it is larger or deeper than a limit allows."""

    file: str
    text: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Case:
    """One response to one task, ready to be looked at. Templates are parsed once, on first use.

    Raises ResponseError then where no template is within the limits; where others are, those over a limit are not judged.
    `ideal` is the task's ideal answer, None where there is none or where the response is not to be compared
    with it.
    """

    task: Task
    bundle: Bundle
    limits: Limits = DEFAULT_LIMITS
    ideal: Bundle | None = None

    @property
    def account(self) -> Account:
        """The account that the task deploys to."""
        return self.task.account

    @cached_property
    def is_ideal(self) -> bool:
        """Whether the response is the task's ideal answer itself, whatever its files are called."""
        texts, ideal = ([file.text for file in one.files] if one else [] for one in (self.bundle, self.ideal))
        return bool(texts) and texts == ideal

    @cached_property
    def ideal_case(self) -> Case | None:
        """The ideal answer as a case of the same task; None where there is none, and where the response is the ideal answer.

        It has no files where it is over a limit.
        """
        if self.ideal is None or self.is_ideal:
            return None
        case = Case(self.task, self.ideal, self.limits)
        over = [Omitted(one.file, one.reason, one.line) for one in case._read if isinstance(one, OverLimit)]
        is_read = len(over) < len(case._read) or not over
        return case if is_read else Case(self.task, replace(self.ideal, files=(), omitted=tuple(over)), self.limits)

    @cached_property
    def _read(self) -> tuple[Template | Broken | OverLimit, ...]:
        return tuple(map(self._parse, self.bundle.of_kind(Kind.TEMPLATE)))

    def _parse(self, file: BundleFile) -> Template | Broken | OverLimit:
        try:
            return parse_template(file.name, file.text, self.limits)
        except TemplateSyntaxError as error:
            if error.is_limit:
                return OverLimit(file.name, file.text, error.line, error.message)
            return Broken(file.name, file.text, error)

    @cached_property
    def _parsed(self) -> tuple[Template | Broken, ...]:
        parsed = tuple(one for one in self._read if not isinstance(one, OverLimit))
        if self.over_limit and not parsed:
            first = self.over_limit[0]
            raise ResponseError(first.reason, first.file, first.line)
        return parsed

    @cached_property
    def over_limit(self) -> tuple[OverLimit, ...]:
        """The templates that are not judged, because they are larger or deeper than a limit allows."""
        return tuple(one for one in self._read if isinstance(one, OverLimit))

    def with_parameters(self, values: Mapping[str, object]) -> Case:
        """Return the case with other values of the root stacks' parameters; its templates are not parsed again."""
        task = replace(self.task, parameters={**self.task.parameters, **values})
        other = Case(task, self.bundle, self.limits, self.ideal)
        other.__dict__["_read"] = self._read  # what _read would work out again
        return other

    def with_bundle(self, bundle: Bundle, known: Sequence[Template]) -> Case:
        """Return the case of another bundle, whose templates are parsed already: those of `known`, else those of this case."""
        other = Case(self.task, bundle, self.limits, self.ideal)
        read = {item.file: item for item in (*self._read, *known)}
        files = (file.name for file in bundle.of_kind(Kind.TEMPLATE))
        other.__dict__["_read"] = tuple(read[name] for name in files)  # what _read would work out again
        if {file.name for file in bundle.files} == {file.name for file in self.bundle.files}:
            kept = (
                "given",
                "parameters",
                "documents",
                "prose",
                "prompt",
            )  # of the task and of files that are not templates
            other.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return other

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """The templates that could be parsed, in the bundle's order, and what can be read of those that could not (`partial`)."""
        found = (self._parts.get(item.file) if isinstance(item, Broken) else item for item in self._parsed)
        return tuple(item for item in found if item is not None)

    @cached_property
    def _parts(self) -> Mapping[str, Template]:
        parts = ((one.file, readable_part(one.file, one.text, one.error, self.limits)) for one in self.broken)
        return {file: part for file, part in parts if part is not None}

    @property
    def partial(self) -> frozenset[str]:
        """The files of the templates of which only a part could be read: these are broken too, and deploy nothing."""
        return frozenset(self._parts)

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """The templates that CloudFormation cannot parse; those whose meaning is clear all the same are templates as well."""
        found = []
        for item in self._parsed:
            if isinstance(item, Broken):
                found.append(item)
            elif item.refused is not None:
                found.append(Broken(item.file, item.text, item.refused))
        return tuple(found)

    @property
    def unread(self) -> tuple[Broken | OverLimit, ...]:
        """The templates that are not seen as they are: those that cannot be parsed, and those over a limit."""
        return (*self.broken, *self.over_limit)

    @cached_property
    def _given(self) -> tuple[Given, ...]:
        return given_by(self.bundle.files)

    @cached_property
    def given(self) -> Mapping[str, Given]:
        """The parameter values that the response gives to any template, in parameters files or in the commands it shows."""
        return first_of(self._given)

    def given_to(self, template: Template) -> Mapping[str, Given]:
        """Return the parameter values that the response gives to one template."""
        return first_of(one for one in self._given if one.template in ("", template.file))

    @cached_property
    def parameters(self) -> Mapping[str, object]:
        """The values of root stacks' parameters: the task's, else those that the response gives to any template."""
        return _values(self.given) | dict(self.task.parameters)

    def parameters_of(self, template: Template) -> Mapping[str, object]:
        """Return the values of the parameters of a template that is deployed by itself."""
        return _values(self.given_to(template)) | dict(self.task.parameters)

    @cached_property
    def parents(self) -> Mapping[str, tuple[Template, Resource]]:
        """For each nested template, by file, the template and the stack resource that name it."""
        found: dict[str, tuple[Template, Resource]] = {}
        for template in self.templates:
            for resource in template.of_type("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
                child = self.child_of(template, resource)
                if child and child.file != template.file:
                    found.setdefault(child.file, (template, resource))
        return found

    @cached_property
    def roots(self) -> tuple[Template, ...]:
        """The templates that no other template nests; all of them where they nest each other."""
        found = tuple(template for template in self.templates if template.file not in self.parents)
        return found or self.templates

    def child_of(self, template: Template, stack: Resource) -> Template | None:
        """Return the template of the bundle that a nested stack names, None where it is not in the bundle."""
        name = self._nested(template, stack, [one.file for one in self.templates])
        return next((one for one in self.templates if one.file == name), None)

    def is_unread_child(self, template: Template, stack: Resource) -> bool:
        """Whether a nested stack names a template of the bundle that is broken or over a limit."""
        return self._nested(template, stack, [one.file for one in self.unread]) is not None

    def _nested(self, template: Template, stack: Resource, files: Sequence[str]) -> str | None:
        node = stack.get("TemplateURL") or stack.get("Location")
        url = Scope(template, self.parameters_of(template), self.account.pseudo).text(node)
        return nested_file(url, template.file, files)

    @cached_property
    def scopes(self) -> Mapping[str, Scope]:
        """For each template, by file, the values its names have: a nested one's parameters come from its parent."""
        found: dict[str, Scope] = {}
        for template in self.templates:
            self._scope(template, found, ())
        return found

    def _scope(self, template: Template, found: dict[str, Scope], above: tuple[str, ...]) -> Scope:
        if template.file not in found:
            given: Mapping[str, object] = self.parameters_of(template)
            parent = self.parents.get(template.file)
            if parent and parent[0].file not in (*above, template.file):
                passed = parent[1].get("Parameters")
                scope = self._scope(parent[0], found, (*above, template.file))
                is_created = scope.exists(parent[1]) is not False  # one that is not has the values of its own defaults
                values = scope.value(passed) if passed is not None and is_created else {}
                given = values if isinstance(values, dict) else {}
            found[template.file] = Scope(template, given, self.account.pseudo, self.account.zones)
        return found[template.file]

    def resources(self, *types: str) -> Iterator[tuple[Template, Resource]]:
        """Yield the resources of the given types over all templates; of every type where none is given."""
        groups = [found for name in dict.fromkeys(types) if (found := self._by_type.get(name))]
        if len(groups) == 1:
            yield from groups[0]
        elif groups or not types:
            for template in self.templates:
                for resource in template.resources.values():
                    if not types or resource.type in types:
                        yield template, resource

    @cached_property
    def _by_type(self) -> Mapping[str, list[tuple[Template, Resource]]]:
        found: dict[str, list[tuple[Template, Resource]]] = {}
        for template, resource in self.resources():
            found.setdefault(resource.type, []).append((template, resource))
        return found

    def referred(self, template: Template, node: AnyNode | None) -> Resource | None:
        """Return the resource of a template that a value is the Ref or an attribute of, None where it is neither."""
        used = _REFERENCE.match(self.scopes[template.file].text(node)) if node is not None else None
        return template.resources.get(used.group(1)) if used else None

    @cached_property
    def kept(self) -> dict[object, Any]:
        """What checks of this case found that others ask for again, by the check and what it was about."""
        return {}

    @cached_property
    def documents(self) -> tuple[BundleFile, ...]:
        """The files that a person reads or runs: documents and scripts."""
        return tuple(self.bundle.of_kind(Kind.DOCUMENT, Kind.SCRIPT))

    def texts(self, template: Template) -> tuple[tuple[Path, AnyNode, str], ...]:
        """Return every string of a template as it would be once deployed: path, node, text with `${Name}` for unknowns."""
        return self._texts[template.file]

    @cached_property
    def _texts(self) -> Mapping[str, tuple[tuple[Path, AnyNode, str], ...]]:
        return {template.file: tuple(_strings(template, self.scopes[template.file])) for template in self.templates}

    @cached_property
    def prose(self) -> str:
        """The text of all documents and scripts, in lower case."""
        return "\n".join(file.text for file in self.documents).lower()

    def mentions(self, *words: str) -> bool:
        """Whether a document or script has any of the words, whole and whatever their case."""
        patterns = (rf"(?<![\w]){re.escape(word.lower())}(?![\w])" for word in words if word)
        return any(compiled(pattern).search(self.prose) for pattern in patterns)

    def documented(self, pattern: str) -> bool:
        """Whether a regular expression, written in lower case, matches in a document or script."""
        return compiled(pattern).search(self.prose) is not None

    @cached_property
    def prompt(self) -> str:
        """The prompt, in lower case."""
        return self.task.prompt.lower()

    @property
    def request(self) -> Prompt:
        """The prompt as sentences: ask it before contradicting the author of the task."""
        return read_prompt(self.task.prompt)


def _values(given: Mapping[str, Given]) -> dict[str, object]:
    return {name: one.value for name, one in given.items() if one.value is not None}


def _strings(template: Template, scope: Scope) -> Iterator[tuple[Path, AnyNode, str]]:
    stack: list[tuple[Path, AnyNode]] = [((), template.root)]
    while stack:
        path, node = stack.pop()
        chosen = scope.chosen_branch(node)
        if isinstance(node, Scalar):
            if isinstance(node.value, str):
                yield path, node, node.text
        elif isinstance(node, Call) and node.name in ("Fn::Sub", "Fn::Join"):
            yield path, node, scope.text(node)
        elif len(path) == 2 and not scope.is_created(str(path[0]), str(path[1])):
            continue
        elif chosen is not None and isinstance(node, Call):
            branch = at(node.argument, chosen)
            stack += [((*path, "Fn::If", chosen), branch)] if branch is not None else []
        else:
            stack += reversed([((*path, step), child) for step, child in children(node)])


def once(check: Callable[[Case], Iterable[_Found]]) -> Callable[[Case], tuple[_Found, ...]]:
    """Return a check that is made once of a case: the plan and rules ask for the same."""

    @wraps(check)
    def kept(case: Case) -> tuple[_Found, ...]:
        if check not in case.kept:
            case.kept[check] = tuple(check(case))
        found: tuple[_Found, ...] = case.kept[check]
        return found

    return kept
