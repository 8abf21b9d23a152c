"""Rules that users write: Python like ours, CloudFormation Guard or CEL, with level and narrative in their metadata."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.catalogue.categories import Category, known_category
from grader.catalogue.rule import Example, Rule, example
from grader.errors import InputError
from grader.model import Policy, PolicyRule
from grader.support.files import plain_file
from grader.support.names import Level, known_level
from grader.support.text import did_you_mean
from grader.support.validation import parse_yaml, validate

GUARD, CEL = "guard", "cel"
GROUP = "grader.rules"  # the entry point group of packages that bring rules
DETECTOR = "policies"
_RULE = re.compile(r"^rule\s+([A-Za-z_][\w]*)", re.M)
_KEY = re.compile(r"([a-z_]+):(?:\s|$)")  # of a field in a comment
_FIX = re.compile(r"^\s*Fix:\s*(.+?)\s*>>", re.M | re.S)  # in the message of a rule
_LET = re.compile(r"^\s*let\s+(\w+)\s*=\s*(.*)$", re.M)
_TYPE = re.compile(r"\b[A-Z][A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+")
_REFERENCE = "https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html"


class PolicyFile(BaseModel):
    """The metadata of a Guard or CEL rule: what is written in the comment above it, or under `grade`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str | None = Field(None, pattern=r"^[a-z][a-z0-9-]{1,60}$")
    kind: str = "requirement"
    level: Level = "Medium"
    category: Category = "requirements"
    title: str | None = None
    issue: str = "The rule is not met by {resources} in {file}: {says}."
    fix: str = "Change {resources} so that the rule holds."
    root_cause: str = "The rule was not looked at."
    lesson: str = "Hold the templates against the rules that come with a task."
    reference: str = _REFERENCE
    cost: str = "None."
    security: str = "None."
    performance: str = "None."
    asks: str | None = Field(None, description="words of the prompt that ask for it: what is missing points there")
    templates: Literal["all", "any"] = Field("all", description="whether every template has to meet it, or one")
    fails: list[str] = Field(default_factory=list)
    passes: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UserRules:
    """What a folder, a file or an installed package adds to the catalogue."""

    rules: tuple[Rule, ...] = ()
    policies: tuple[Policy, ...] = ()


def read_rules(folder: Path) -> UserRules:
    """Read every `*.py`, `*.guard` and `*.cel.json` of a folder, in the order of their names.

    Raises InputError, with file and line, for what cannot be read. Python files are imported: they are the user's own.
    """
    if not folder.is_dir():
        raise InputError("no such folder of rules", folder)
    rules: list[Rule] = []
    policies: list[Policy] = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py" and not path.name.startswith("_"):
            rules += _of_python(path)
        elif path.suffix == ".guard" or path.name.endswith(".cel.json"):
            found, policy = read_policy(path)
            rules += found
            policies.append(policy)
    if not rules:
        raise InputError("no rule here: rules are *.py, *.guard and *.cel.json", folder)
    return UserRules(tuple(rules), tuple(policies))


def installed_rules() -> UserRules:
    """Return the rules of installed packages: each entry point of the group `grader.rules` is a rule or a list of them."""
    rules: list[Rule] = []
    for point in entry_points(group=GROUP):
        loaded = point.load()
        found = loaded if isinstance(loaded, list | tuple) else [loaded]
        for rule in found:
            _check(rule, point.value)
        rules += found
    return UserRules(tuple(rules))


def _of_python(path: Path) -> list[Rule]:
    module = ModuleType(f"_user_rules_{path.stem}")
    module.__file__ = str(path)
    try:  # compiled each time: nothing is written into the user's folder, and nothing outdated is read
        exec(compile(plain_file(path).read_bytes(), path, "exec"), module.__dict__)
    except Exception as error:  # the user's own code: whatever it raises is one line
        raise InputError(f"cannot be imported: {type(error).__name__}: {error}", path) from None
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise InputError("has no RULE: a Python rule is a module with RULE = Rule(...)", path)
    _check(rule, path)
    return [rule]


def _check(rule: Rule, where: Path | str) -> None:
    """Raise InputError for a rule written in Python whose level or category does not exist."""
    try:
        known_level(rule.level)
        known_category(rule.category)
    except ValueError as error:
        raise InputError(f"rule {rule.id}: {error}", where) from None


def read_policy(path: Path) -> tuple[list[Rule], Policy]:
    """Read a Guard or CEL file: its rules, and the text for the evaluator."""
    try:
        text = plain_file(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path) from None
    return _of_guard(path, text) if path.suffix == ".guard" else _of_cel(path, text)


def _of_guard(path: Path, text: str) -> tuple[list[Rule], Policy]:
    rules, names = [], []
    for match in _RULE.finditer(text):
        fields = _header(text, match, path)
        rules.append(_rule(match.group(1), fields))
        names.append(_about(match.group(1), fields, _type_in(text, match)))
    if not rules:
        raise InputError("holds no Guard rule: write `rule name { ... }`", path)
    return rules, Policy(path.name, GUARD, text, tuple(names))


def _header(text: str, match: re.Match[str], path: Path) -> PolicyFile:
    """Return the fields in the comment lines right above a rule.

    A comment without any of our fields is another's, such as that of AWS's Guard Rules Registry
    (https://github.com/aws-cloudformation/aws-guard-rules-registry): it is not read, and the fix is what the rule's own
    message names as such. Raises InputError, with file and line, for a field that is wrong.
    """
    lines: list[str] = []
    for line in reversed(text[: match.start()].rstrip("\n").split("\n")):
        if not line.startswith("#"):
            break
        lines.insert(0, line[1:].removeprefix(" "))
    last = text.count("\n", 0, match.start())  # the number, from 1, of the comment's last line
    keys = {found.group(1): number for number, line in enumerate(lines, 1) if (found := _KEY.match(line))}
    if not keys.keys() & PolicyFile.model_fields.keys():
        for key, number in keys.items():
            if hint := did_you_mean(key, PolicyFile.model_fields):
                raise InputError(f"{key}: unknown field{hint}", path, last - len(lines) + number)
        fix = _FIX.search(_body(text, match))
        name = match.group(1)
        title = {"title": f"Rule {name} is not met"} if name.isupper() else {}
        return PolicyFile.model_validate(title | ({"fix": f"{' '.join(fix.group(1).split())}."} if fix else {}))
    try:
        return validate(PolicyFile, parse_yaml("\n".join(lines), path), path)
    except InputError as error:
        inside = error.line or keys.get(error.message.partition(":")[0].partition(".")[0], 1)
        raise InputError(error.message, path, last - len(lines) + inside) from None


def _body(text: str, match: re.Match[str]) -> str:
    """Return the text of a Guard rule, from its name to the next rule."""
    end = _RULE.search(text, match.end())
    return text[match.end() : end.start() if end else len(text)]


def _of_cel(path: Path, text: str) -> tuple[list[Rule], Policy]:
    try:
        data = json.loads(text)
        entries = data["rules"]
        names = [(entry["rule_id"], entry.pop("grade", {})) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f'is no file of CEL rules ({error}): write {{"rules": [{{"rule_id": ...}}]}}', path) from None
    rules = [_rule(name, validate(PolicyFile, meta, path)) for name, meta in names]
    about = tuple(_about(name, validate(PolicyFile, meta, path), "") for name, meta in names)
    return rules, Policy(path.name, CEL, json.dumps(data), about)


def _about(name: str, fields: PolicyFile, type: str) -> PolicyRule:
    return PolicyRule(name, fields.asks, fields.templates == "any", type)


def _type_in(text: str, match: re.Match[str]) -> str:
    """Return the resource type that a Guard rule is about: the first that it names, or that a variable it uses names."""
    body = "\n".join(line for line in _body(text, match).split("\n") if not line.lstrip().startswith("#"))
    used = [definition for name, definition in _LET.findall(text) if f"%{name}" in body]
    found = _TYPE.search(" ".join([body, *used]))
    return found.group() if found else ""


def _rule(name: str, fields: PolicyFile) -> Rule:
    identifier = fields.id or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return Rule(
        id=identifier,
        kind=fields.kind,
        level=fields.level,
        category=fields.category,
        title=fields.title or name.replace("_", " ").replace("-", " ").capitalize(),
        issue=fields.issue,
        fix=fields.fix,
        root_cause=fields.root_cause,
        lesson=fields.lesson,
        reference=fields.reference,
        cost=fields.cost,
        security=fields.security,
        performance=fields.performance,
        stands_for=(f"{DETECTOR}:{name}",),
        fails=_examples(fields.fails),
        passes=_examples(fields.passes),
    )


def _examples(texts: list[str]) -> tuple[Example, ...]:
    return tuple(example(text) for text in texts)
