"""An engine judges a template for every value that its parameters can have; a failure holds for the values that are deployed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.detectors.engine_quirks import Heard, heard
from grader.detectors.remark import Remark
from grader.template import AnyNode, Call, Scope, Template, as_text, at, child_at, children, items_of, text_of, walk
from grader.template.specialize import specialized

Ask = Callable[[str], list[Remark]]
AskRule = Callable[[str, str], list[Remark]]
# Rules of either engine about one resource, its type and its properties, whose words name no other resource: of a template
# with few resources they say the same.
_ALONE = frozenset(
    "E2531 W2531 E3001 E3002 E3003 E3012 E3014 E3017 E3018 E3020 E3021 E3030 E3031 E3032 E3033 E3034 E3063 E3505 E3510 E3512"
    " E3690 E3691 W3690 W3691 F3002 F3003 F3012 F3014 F3017 F3018 F3020 F3021 F3030 F3031 F3032 F3033 F3034 W3030".split()
)
_BY_ITSELF = frozenset({"E3004"})
MAX_TAGS = 12  # levels: the fast engine takes 20 ms to read 12 tags in each other, and two and a half times as long for each more
MAX_VARIANTS = 600  # of one text; the fast engine takes 30 ms for 512, and the square of that for the square


@dataclass
class AsDeployed:
    """Holds an engine's remarks on one template against its plan: the engine is asked again, with the values fixed.

    `ask` gives the engine's remarks on a text, `others` says with how many other sets of values it may be asked. `ask_rule` gives those
    of one rule that needs no other, where the engine can run rules by themselves. `remarks` are those that may be held: the
    engine is asked about their resources alone where its rules look at no others.
    """

    scope: Scope
    ask: Ask
    others: int
    region: str
    ask_rule: AskRule | None = None
    remarks: Sequence[Remark] = ()
    _asked: dict[tuple[str, str], list[Remark]] = field(default_factory=dict)

    def holds(self, said: Heard) -> Heard | None:
        """Return a remark as it counts: as it is where it holds as deployed, Medium where only other values make it hold.

        None where no values at hand make it hold. Raises EngineError where the engine does not answer again.
        """
        remark = said.remark
        if not self._depends(remark):
            return said
        again = _again(remark, self._remarks(self.scope, remark))
        if again is not None:
            return replace(said, remark=replace(remark, message=again.message))
        for values in itertools.islice(self._other_values(remark), self.others):
            scope = replace(self.scope, given={**self.scope.given, **values})
            again = _again(remark, self._remarks(scope, remark))
            if again is not None and not self._is_about_made_up(remark, values):
                shown = ", ".join(f"{name}={value or repr('')}" for name, value in values.items())
                message = f"{again.message} (only with {shown})"
                return replace(said, remark=replace(remark, message=message), level="Medium")
        return None

    def _is_about_made_up(self, remark: Remark, values: Mapping[str, str]) -> bool:
        """Whether a remark is about a value that no one gives, and that only decides a condition here."""
        made_up = {name for name, value in values.items() if value == _made_up(name)}
        entry = self._entry(remark)
        return entry is not None and not made_up.isdisjoint(
            _parameters_in(self._template, _nearest(entry, remark.steps))
        )

    def _remarks(self, scope: Scope, remark: Remark) -> list[Remark]:
        """Return what the engine says with other values: of the whole, or of the part and by the rule that the remark is about."""
        is_alone = remark.section == "Resources" and remark.id in _ALONE
        text = specialized(scope, self._part if is_alone else None)
        rule = remark.id if self.ask_rule and remark.id in _BY_ITSELF else ""
        if (text, rule) not in self._asked:
            remarks = self.ask_rule(text, rule) if self.ask_rule and rule else self.ask(text)
            heard_of = [one for one in remarks if heard(one, self._template, self.region) is not None]
            self._asked[text, rule] = heard_of
        return self._asked[text, rule]

    @cached_property
    def _part(self) -> frozenset[str]:
        """The resources that remarks of such rules are about."""
        return frozenset(one.name for one in self.remarks if one.section == "Resources" and one.id in _ALONE)

    @property
    def _template(self) -> Template:
        return self.scope.template

    def _entry(self, remark: Remark) -> AnyNode | None:
        if remark.section not in ("Resources", "Outputs"):
            return None
        return self._template.section(remark.section).get(remark.name)

    def _depends(self, remark: Remark) -> bool:
        """Whether a remark can depend on values: its entry has a condition or a choice, or its value is a parameter's."""
        entry = self._entry(remark)
        if entry is None:
            return False
        if at(entry, "Condition") is not None or any(_is_choice(node) for _, node in walk(entry)):
            return True
        return bool(_parameters_in(self._template, _nearest(entry, remark.steps)))

    def _other_values(self, remark: Remark) -> Iterator[Mapping[str, str]]:
        """Yield other values of the parameters that decide about a remark's entry, fewest changes first."""
        entry = self._entry(remark)
        if entry is None:
            return
        names = dict.fromkeys(_parameters_in(self._template, _nearest(entry, remark.steps)))
        for condition in _conditions_in(entry):
            names |= dict.fromkeys(_parameters_of_condition(self._template, condition))
        choices = {name: candidates for name in names if (candidates := self._candidates(name))}
        for size in (1, 2, 3):
            for chosen in itertools.combinations(choices, size):
                for values in itertools.product(*(choices[name] for name in chosen)):
                    yield dict(zip(chosen, values, strict=True))

    def _candidates(self, name: str) -> list[str]:
        """Return the values that a parameter can have besides its own: allowed values, or those that conditions compare it with."""
        parameter = self._template.parameters[name]
        current = as_text(self.scope.parameter(name))
        if parameter.allowed:
            return [value for value in dict.fromkeys(parameter.allowed) if value != current]
        compared = _compared(self._template, name)
        other = [_made_up(name)] if compared and ("" not in compared or current == "") else []
        return [value for value in dict.fromkeys([*compared, *other]) if value != current]


def _made_up(name: str) -> str:
    """Return a value for a parameter that a condition compares with an empty text."""
    return f"example-{name.lower()}"


def has_many_variants(template: Template) -> bool:
    """Whether the parameters of one text have more allowed values, multiplied out, than an engine can try."""
    for section in ("Resources", "Outputs"):
        for _, node in walk(template.section(section)):
            if isinstance(node, Call) and node.name in ("Fn::Sub", "Fn::Join"):
                count = 1
                for name in _parameters_in(template, node):
                    count *= max(1, len(template.parameters[name].allowed))
                    if count > MAX_VARIANTS:
                        return True
    return False


def nests_tags(template: Template) -> bool:
    """Whether tags such as `!If` are in each other deeper than an engine can read: it takes twice as long for each level."""
    lines = template.text.split("\n")
    stack: list[tuple[AnyNode, int]] = [(template.root, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, Call) and node.line <= len(lines) and lines[node.line - 1].startswith("!", node.column - 1):
            depth += 1
        if depth > MAX_TAGS:
            return True
        stack += [(child, depth) for _, child in children(node)]
    return False


def whole(scope: Scope, ask: Ask) -> list[Remark]:
    """Return an engine's remarks on a template with its values fixed, for one that it cannot judge for all values."""
    return ask(specialized(scope))


def _again(remark: Remark, others: list[Remark]) -> Remark | None:
    """Return what an engine says of the same place again, preferably in the same words."""
    same = [
        other
        for other in others
        if other.id == remark.id
        and other.name == remark.name
        and (other.line == remark.line or other.property == remark.property)
    ]
    return next((other for other in same if other.message == remark.message), same[0] if same else None)


def _is_choice(node: AnyNode) -> bool:
    return isinstance(node, Call) and node.name == "Fn::If"


def _nearest(entry: AnyNode, steps: tuple[str, ...]) -> AnyNode:
    """Return the node at a path, or the last one on the way to it that is there."""
    node = entry
    for step in steps:
        found = child_at(node, step)
        if found is None:
            break
        node = found
    return entry if node is entry and steps else node


def _parameters_in(template: Template, node: AnyNode) -> list[str]:
    """Return the parameters that a node uses."""
    names: list[str] = []
    for _, part in walk(node):
        if isinstance(part, Call) and part.name == "Ref":
            names.append(text_of(part.argument) or "")
        elif isinstance(part, Call) and part.name == "Fn::Sub":
            text = text_of(part.argument) or text_of(at(part.argument, 0)) or ""
            names += [name for name in template.parameters if "${" + name + "}" in text]
    return [name for name in dict.fromkeys(names) if name in template.parameters]


def _conditions_in(entry: AnyNode) -> Iterator[str]:
    name = text_of(at(entry, "Condition"))
    if name is not None:
        yield name
    for _, node in walk(entry):
        if isinstance(node, Call) and node.name == "Fn::If":
            name = text_of(at(node.argument, 0))
            if name is not None:
                yield name


def _parameters_of_condition(template: Template, name: str) -> Iterator[str]:
    for below in template.condition_order(name):
        node = template.conditions.get(below)
        if node is not None:
            yield from _parameters_in(template, node)


def _compared(template: Template, name: str) -> list[str]:
    """Return the literal values that conditions compare a parameter with."""
    found: list[str] = []
    for node in template.conditions.values():
        for _, part in walk(node):
            if isinstance(part, Call) and part.name == "Fn::Equals":
                sides = items_of(part.argument)
                if any(isinstance(side, Call) and text_of(side.argument) == name for side in sides):
                    found += [text for side in sides if (text := text_of(side)) is not None]
    return found
