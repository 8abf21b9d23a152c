"""Facts: what is true of AWS, each with its source, the error that AWS gives, a failing and a passing template."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from grader.errors import InputError
from grader.facts.checks import CHECKS
from grader.facts.clauses import Clause, ClauseError, parse_clause
from grader.support.validation import load_yaml, validate

DATA = Path(__file__).parent / "data"
_MECHANISMS = ("must", "after", "trust", "allows", "policy", "invoke", "partner", "refers", "distinct", "check")
_TYPE = r"^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$"


class Partner(BaseModel):
    """Another resource: `same` are two paths, of this resource and of the partner, that identify one resource or name;
    empty paths are for what exists once in an account."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: str = Field(pattern=_TYPE)
    same: tuple[str, str]
    when: tuple[str, ...] = ()


class Order(Partner):
    """This resource has to be created after its partner, and no reference leads from it to the partner.

    `even_if_reversed` reports it too where the partner refers to this resource, and so can only be created later.
    `every` names all partners that this resource does not wait for, not only the first.
    `race` is the level where both may be created at the same time, and most deployments succeed; empty for the fact's own.
    `or_type` is another type that creates the same, by the same path: waiting for it is enough.
    """

    even_if_reversed: bool = False
    every: bool = False
    race: str = ""
    or_type: str = Field(default="", pattern=rf"{_TYPE}|^$")


class Trust(BaseModel):
    """The role at a path has to trust one of some service principals."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: str
    principals: tuple[str, ...]


class Allows(BaseModel):
    """The role at a path has to allow actions, before this resource is created where the service checks them `at_creation`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: str
    actions: tuple[str, ...]
    at_creation: bool = True


class ResourcePolicy(Partner):
    """Policies of a partner's type have to allow actions to one of some service principals; empty paths are the account's."""

    principals: tuple[str, ...]
    actions: tuple[str, ...]
    document: str = "PolicyDocument"


class Invoke(BaseModel):
    """The function at a path needs a permission for one of some service principals."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    function: str
    principals: tuple[str, ...]


class Refers(BaseModel):
    """A value refers to a resource of some types by one of some attributes, `Ref` for its Ref; none where no one serves.

    `write` is what belongs there, with `{}` for the name of the resource.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    at: str
    to: tuple[str, ...]
    by: tuple[str, ...] = ()
    write: str


class Distinct(BaseModel):
    """Two resources of the type must not have the same values at all of some paths; without paths, there is only one.

    `defaults` are the values of properties that are absent, as the text that they are compared with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    paths: tuple[str, ...]
    defaults: dict[str, str] = Field(default_factory=dict)


class Corrected(BaseModel):
    """A passing example that is the failing one with parts of its text replaced."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    replace: dict[str, str]

    def text(self, failing: str) -> str:
        """Return the corrected text. Raises ValueError where a part is not in the failing example."""
        for before, after in self.replace.items():
            if before not in failing:
                raise ValueError(f"the failing example does not contain {before!r}")
            failing = failing.replace(before, after)
        return failing


class Fact(BaseModel):
    """One fact. Exactly one mechanism judges it: `must`, `after`, `trust`, `allows`, `policy`, `invoke`, `partner`,
    `refers`, `distinct` or `check`.

    `when` are clauses that have to hold for the fact to apply, `each` the path of a list whose items (`@` in clauses) are
    judged one by one, `defaults` the values of properties that are absent, `also` other types of which it is true,
    `about` further properties that it concerns: what a linter says of these in general words is the same failure. `nearest`
    says that the most similar of the values that a clause lists is the one that is meant.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    type: str = Field(pattern=_TYPE)
    also: tuple[str, ...] = ()
    title: str = Field(max_length=90)
    statement: str
    error: str = ""
    fix: str
    source: str = Field(pattern=r"^https://")
    level: str = "Critical"
    kind: str = "invalid-property-value"
    when: tuple[str, ...] = ()
    each: str = ""
    defaults: dict[str, str] = Field(default_factory=dict)
    at: str = ""
    about: tuple[str, ...] = ()
    nearest: bool = False
    must: tuple[str, ...] = ()
    after: Order | None = None
    trust: Trust | None = None
    allows: Allows | None = None
    policy: ResourcePolicy | None = None
    invoke: Invoke | None = None
    partner: Partner | None = None
    refers: Refers | None = None
    distinct: Distinct | None = None
    check: str = ""
    prompt: str = "Write a CloudFormation template."
    fails: str | tuple[str, ...]
    passes: str | tuple[str, ...] | Corrected

    @field_validator("when", "must")
    @classmethod
    def _clauses(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            _parsed(text)
        return texts

    @model_validator(mode="after")
    def _one_mechanism(self) -> Self:
        given = [name for name in _MECHANISMS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"exactly one mechanism is required, not {', '.join(given) or 'none'}")
        if isinstance(self.passes, Corrected):
            self.passes.text(self.failing[0])
        if self.check and self.check not in CHECKS:
            raise ValueError(f"unknown check {self.check!r} (known: {', '.join(sorted(CHECKS))})")
        return self

    @property
    def refusal(self) -> str:
        """What AWS answers, in its words, empty where they are not known; the middle of a message begins with dots."""
        return ("... " if self.error[:1].islower() else "") + self.error.rstrip(".")

    @property
    def failing(self) -> tuple[str, ...]:
        """The examples that break the fact."""
        return (self.fails,) if isinstance(self.fails, str) else self.fails

    @property
    def passing(self) -> tuple[str, ...]:
        """The examples that keep to it."""
        if isinstance(self.passes, Corrected):
            return (self.passes.text(self.failing[0]),)
        return (self.passes,) if isinstance(self.passes, str) else self.passes

    @property
    def mechanism(self) -> str:
        """The group that `grade facts list` shows: combination, order, grant or check."""
        if self.must or self.check or self.refers or self.distinct:
            return "combination"
        if self.after:
            return "order"
        return "presence" if self.partner else "grant"


class FactFile(BaseModel):
    """A file of facts about one subject."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    facts: list[Fact]


def _parsed(text: str) -> Clause:
    try:
        return parse_clause(text)
    except ClauseError as error:
        raise ValueError(str(error)) from None


@cache
def load_facts(folder: Path = DATA) -> tuple[Fact, ...]:
    """Read every fact of a folder, ordered by id. Raises InputError, with file and line, for one that is wrong."""
    found: dict[str, Fact] = {}
    for path in sorted(folder.glob("*.yaml")):
        for fact in validate(FactFile, load_yaml(path) or {}, path).facts:
            if fact.id in found:
                raise InputError(f"two facts have the id {fact.id}", path)
            found[fact.id] = fact
    return tuple(found[name] for name in sorted(found))
