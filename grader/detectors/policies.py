"""Users' rules in Guard and CEL, evaluated by the fast engine, as a detector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.case import Case
from grader.catalogue import Catalogue
from grader.catalogue.user_rules import DETECTOR, GUARD
from grader.detectors import native
from grader.detectors.remark import Remark
from grader.errors import InputError
from grader.model import Finding, Location, Policy, PolicyRule
from grader.support.text import one_line
from grader.support.version import installed
from grader.task import GUARD_FILE, PROMPT, asked_at
from grader.template import Template

NAME = DETECTOR
_TRIAL = "Resources: {Trial: {Type: 'AWS::CloudFormation::WaitConditionHandle'}}\n"
_AT_LINE = re.compile(r"\bat line (\d+)")
_VIOLATION = re.compile(r"Violation: (.+?)(?: Fix: .*)?$")  # as rules of AWS's Guard Rules Registry write messages
_QUOTED = re.compile(r"""\bmsg=(["'])(.*)\1""", re.S)


def version() -> str:
    """Return the version of the engine that evaluates the rules."""
    return installed("cloudformation-validate")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield where the templates do not meet a rule; nothing where the catalogue holds no such rules."""
    if not catalogue.policies:
        return
    about = {rule.name: rule for policy in catalogue.policies for rule in policy.rules}
    unmet: dict[str, list[str]] = {}
    found: list[tuple[str, Finding]] = []
    templates = [template for template in case.templates if template.resources]  # Guard cannot look into an empty one
    for template in templates:
        try:
            remarks = native.remarks(template.file, template.text, catalogue, case.account.region, builtin=False)
        except native.RefusedError as error:  # what cannot be read meets nothing
            message = f"cannot be evaluated: {one_line(str(error), 200)}"
            for name in about:
                unmet.setdefault(name, []).append(template.file)
            found += [(name, one) for name, one in _unread(case, catalogue, message)]
            continue
        for remark in remarks:
            rule = catalogue.of(NAME, remark.id)
            if rule is not None:
                unmet.setdefault(remark.id, []).append(template.file)
                found.append((remark.id, _finding(rule.id, about[remark.id], remark, template, case)))
    met_once = {name for name, files in unmet.items() if len(set(files)) < len(templates)}
    yield from (finding for name, finding in found if not (about[name].any_template and name in met_once))
    if not templates:
        yield from (finding for _, finding in _unread(case, catalogue, "there is no template"))


def check_policies(policies: Iterable[Policy], folder: Path) -> None:
    """Raise InputError, with file and line, for a Guard or CEL file of a folder that the engine cannot use."""
    for policy in policies:
        alone = Catalogue({}, (policy,))
        try:
            native.remarks("trial.yml", _TRIAL, alone, "us-east-1", builtin=False)
        except (InputError, native.RefusedError) as error:
            found = _AT_LINE.search(str(error)) if policy.language == GUARD else None
            quoted = _QUOTED.search(str(error))
            text = one_line(quoted.group(2) if quoted else str(error), 300)
            line = int(found.group(1)) if found else 0
            raise InputError(f"cannot be used: {text}", folder / policy.name, line) from None


def _finding(rule: str, about: PolicyRule, remark: Remark, template: Template, case: Case) -> Finding:
    """Return a remark as a finding; what is missing is reported where the prompt asks for it, if that is known."""
    message = " ".join(remark.message.split())
    registry = _VIOLATION.match(message)
    message = registry.group(1) if registry else message
    facts = {"says": message, "value": message}
    file, line = template.file, remark.line or 1
    if not remark.name and about.asks:
        file, line = PROMPT, asked_at(case.task.prompt, about.asks)
    return Finding(
        rule=rule,
        detector=NAME,
        location=Location(
            file=file,
            line=line,
            resource=remark.name,
            type=remark.type if remark.name else about.type,
            path=remark.path,
        ),
        message=message,
        facts=facts,
    )


def _unread(case: Case, catalogue: Catalogue, message: str) -> Iterator[tuple[str, Finding]]:
    """Yield a finding for every requirement of the task: without a template that can be read it meets none."""
    for policy in catalogue.policies:
        for about in policy.rules if policy.name == GUARD_FILE else ():
            rule = catalogue.of(NAME, about.name)
            if rule is not None:
                line = asked_at(case.task.prompt, about.asks)
                facts = {"says": message, "value": message}
                yield (
                    about.name,
                    Finding(
                        rule=rule.id,
                        detector=NAME,
                        location=Location(file=PROMPT, line=line, type=about.type),
                        message=message,
                        facts=facts,
                    ),
                )
