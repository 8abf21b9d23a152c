"""Tasks as their authors see them: made, checked, imported, listed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.bundle import Bundle, BundleFile, read_response
from grader.case import Case
from grader.catalogue import Catalogue, UserRules
from grader.detectors import policies
from grader.errors import GradeError, InputError
from grader.judgement.grade import grade
from grader.judgement.requirements import requirements_of, with_requirements
from grader.judgement.rubric import Rubric
from grader.judgement.rule_examples import bundle_of
from grader.support.files import write_whole
from grader.support.validation import json_schema
from grader.task import GUARD_FILE, PROMPT, Task, TaskFile, ideal_of, load_task
from grader.template import Template, plain

_NOTHING = "Resources: {Nothing: {Type: 'AWS::CloudFormation::WaitConditionHandle'}}\n"
MANY = 60  # copies of a resource: more than any requirement allows of one type


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task as a list shows it."""

    id: str
    title: str
    region: str
    ideal: bool
    requirements: int
    folder: str


def task_folders(folder: Path) -> list[Path]:
    """Return the folders of the tasks in a folder, by name; the folder itself where it is a task.

    Raises InputError where there is none.
    """
    if (folder / PROMPT).is_file():
        return [folder]
    if not folder.is_dir():
        raise InputError("no such folder of tasks", folder)
    found = sorted(path for path in folder.iterdir() if (path / PROMPT).is_file())
    if not found:
        raise InputError(f"no task here: a task is a folder with a {PROMPT}", folder)
    return found


def entry_of(task: Task) -> TaskEntry:
    """Return what a list shows of a task."""
    folder = task.folder or Path()
    count = len(requirements_of(task).rules)
    return TaskEntry(task.id, task.title, task.account.region, ideal_of(folder) is not None, count, str(folder))


@dataclass(frozen=True, slots=True)
class TaskCheck:
    """What is wrong with a task, and what could not be checked: a sentence each."""

    wrong: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def check_task(folder: Path, rubric: Rubric, catalogue: Catalogue, level: str, fast: bool = False) -> TaskCheck:
    """Return what is wrong with a task, and what could not be checked.

    The task must be well-formed; its ideal answer must have no failure of `level` or a more severe one; each requirement must
    be met by the ideal answer, and must be able to fail. A task without an ideal answer is checked as far as it goes.
    """
    try:
        task = load_task(folder)
        demands = requirements_of(task)
        rubric.check_levels(demands.rules)
        path = ideal_of(folder)
        if path is None:
            return TaskCheck(unchecked=tuple(_without_ideal(task, demands)))
        return TaskCheck(tuple(_problems(task, path, demands, rubric, catalogue, level, fast)))
    except GradeError as error:
        return TaskCheck((str(error),))


def _without_ideal(task: Task, demands: UserRules) -> Iterator[str]:
    """Yield what cannot be checked of a task that has no ideal answer."""
    yield "no ideal answer (IDEAL_RESPONSE.md or ideal/) to compare responses with"
    if demands.rules:
        yield f"whether an answer can meet the requirements {', '.join(rule.id for rule in demands.rules)}"
    nothing = bundle_of({"template.yml": _NOTHING})
    able = _failing_examples(task, demands) | unmet_requirements(task, nothing)
    silent = [rule.id for rule in demands.rules if rule.id not in able]
    if silent:
        yield f"whether anything fails the requirements {', '.join(silent)}"


def _problems(
    task: Task, path: Path, demands: UserRules, rubric: Rubric, catalogue: Catalogue, level: str, fast: bool
) -> list[str]:
    folder = path.parent
    ideal = read_response(path)
    unmet = unmet_requirements(task, ideal)
    result = grade(task, ideal, rubric, ideal=None, catalogue=catalogue, fast=fast)
    grave = rubric.levels[: rubric.levels.index(level) + 1]
    found = [
        f"{path}: the ideal answer has a failure, {failure.level}: {failure.title} ({failure.rule}, {_place(failure.evidence)})"
        for failure in result.failures
        if failure.level in grave and failure.rule not in unmet
    ]
    found += [f"{folder}: the ideal answer does not meet the requirement {name}" for name in sorted(unmet)]
    able = _able_to_fail(task, demands, ideal)
    found += [
        f"{folder}: nothing was found that fails the requirement {rule.id}: give it an example under `fails`"
        for rule in demands.rules
        if rule.id not in able | unmet
    ]
    return found


def _place(evidence: tuple[object, ...]) -> str:
    first = evidence[0] if evidence else None
    return f"{getattr(first, 'file', '')}:{getattr(first, 'line', '')}"


def unmet_requirements(task: Task, bundle: Bundle) -> set[str]:
    """Return the ids of the task's requirements that a bundle does not meet."""
    demands = requirements_of(task)
    case = Case(task, bundle)
    found = {finding.rule for rule in demands.rules for finding in rule.findings(case)}
    catalogue = with_requirements(Catalogue({}), demands, task.folder)
    return found | {finding.rule for finding in policies.detect(case, catalogue)}


def _able_to_fail(task: Task, demands: UserRules, ideal: Bundle) -> set[str]:
    """Return the requirements that fail on something: their own examples, an empty bundle, or a damaged ideal answer."""
    wanted = {rule.id for rule in demands.rules}
    able = _failing_examples(task, demands)
    for bundle in _damaged(ideal, task):
        if wanted <= able:
            break
        able |= unmet_requirements(task, bundle)
    return able & wanted


def _failing_examples(task: Task, demands: UserRules) -> set[str]:
    """Return the requirements that fail on an example of their own."""
    return {
        rule.id
        for rule in demands.rules
        if any(rule.id in unmet_requirements(task, bundle_of(one.files)) for one in rule.fails)
    }


def _damaged(ideal: Bundle, task: Task) -> Iterator[Bundle]:
    """Yield bundles that lack something of the ideal answer, or have too much of it."""
    case = Case(task, ideal)
    names = {template.file for template in case.templates}
    yield replace(ideal, files=tuple(replace(file, text=_NOTHING) for file in ideal.files if file.name in names))
    for template in case.templates:
        whole = plain(template.root)
        if isinstance(whole, dict):
            for data in _damaged_templates(whole):
                yield _with(ideal, template, json.dumps(data, indent=1, default=str))


def _damaged_templates(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in ("Parameters", "Outputs", "Resources"):
        entries: dict[str, Any] = whole.get(section, {})
        for name in entries if section != "Resources" or len(entries) > 1 else ():
            yield whole | {section: {key: value for key, value in entries.items() if key != name}}
    resources: dict[str, Any] = whole.get("Resources", {})
    for name, body in resources.items():
        yield whole | {"Resources": resources | {f"{name}{number}": body for number in range(MANY)}}
        properties: dict[str, Any] = body.get("Properties") or {}
        for key in properties:
            rest = {other: value for other, value in properties.items() if other != key}
            yield whole | {"Resources": resources | {name: body | {"Properties": rest}}}


def _with(bundle: Bundle, template: Template, text: str) -> Bundle:
    def changed(file: BundleFile) -> BundleFile:
        return replace(file, text=text) if file.name == template.file else file

    return replace(bundle, files=tuple(changed(file) for file in bundle.files))


_ID = re.compile(r"[\w][\w.-]{0,99}")

TASK_SCHEMA = "task.schema.json"  # in the folder of tasks
_SKELETON = {
    PROMPT: """# {title}

Write a CloudFormation template with an SNS topic for order events. The topic is encrypted with a KMS key.
""",
    "task.yaml": """# yaml-language-server: $schema=../{schema}
# All fields are optional; the README lists them.
title: {title}
region: us-east-1
requirements:
  - id: topic-output
    level: Medium
    title: No output for the topic
    asks: an SNS topic
    output: TopicArn
""",
    GUARD_FILE: """# id: encrypted-topic
# level: High
# title: Topics without a key
# issue: "{{resources}} are not encrypted with a KMS key: {{says}}."
# fix: Set KmsMasterKeyId.
# asks: encrypted with a KMS key
rule encrypted_topic {{
    Resources.*[ Type == 'AWS::SNS::Topic' ] !empty <<there is no topic>>
    AWS::SNS::Topic {{
        Properties.KmsMasterKeyId exists <<the topic names no key>>
    }}
}}
""",
    "ideal/template.yml": """AWSTemplateFormatVersion: '2010-09-09'
Description: A topic for order events
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: alias/aws/sns
Outputs:
  TopicArn:
    Description: ARN of the topic
    Value: !Ref Orders
""",
}


def new_task(name: str, folder: Path) -> Path:
    """Write a task with an ideal answer and requirements, to be changed into the author's own; return its folder.

    The schema of task.yaml is written beside it, where the first line of task.yaml lets editors find it.
    Raises InputError for an id that cannot be a folder's name, and where the folder is there already.
    """
    if not _ID.fullmatch(name):
        raise InputError(f"{name!r} cannot be a task's id: letters, digits, '_', '.' and '-' are allowed")
    where = folder / name
    if where.exists():
        raise InputError("is there already: choose another id", where)
    for file, text in _SKELETON.items():
        path = where / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(title=f"Task {name}", schema=TASK_SCHEMA), "utf-8")
    write_whole(folder / TASK_SCHEMA, json.dumps(json_schema(TaskFile, "task.yaml"), indent=2) + "\n")
    return where


_TAKEN = ("IDEAL_RESPONSE.md", "MODEL_RESPONSE.md", "MODEL_FAILURES.md", "task.yaml", GUARD_FILE)
_TAKEN_FOLDERS = ("ideal", "model_out")


def import_tasks(source: Path, folder: Path) -> tuple[list[Path], list[str]]:
    """Copy tasks from a folder of folders with a PROMPT.md; return the new folders, and why others were left out.

    A task that is there already is left alone. Each is copied whole or not at all.
    """
    made: list[Path] = []
    left: list[str] = []
    for origin in task_folders(source):
        target = folder / origin.resolve().name
        if target.exists():
            left.append(f"{target} is there already")
            continue
        try:
            load_task(origin)
        except GradeError as error:
            left.append(str(error))
            continue
        made.append(_copied(origin, target))
    return made, left


def _copied(origin: Path, target: Path) -> Path:
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        for name in (PROMPT, *_TAKEN):
            if (origin / name).is_file():
                shutil.copyfile(origin / name, partial / name)
        for name in _TAKEN_FOLDERS:
            if (origin / name).is_dir():
                shutil.copytree(origin / name, partial / name)
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return target
