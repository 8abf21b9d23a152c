"""A rule's own examples, run: the lines marked `# finds`, and no others."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.bundle import Bundle, read_response
from grader.case import Case
from grader.catalogue import MARK, Catalogue, Example, Rule
from grader.detectors import detect, look_for
from grader.dryrun.messages import finding_of_event
from grader.judgement.causes import cause
from grader.judgement.narrative import PlaceholderError, fill, narrate
from grader.model import Finding
from grader.task import Task
from grader.task.account import account_of
from grader.task.load import regions_of

_NARRATIVE = ("title", "issue", "fix", "root_cause", "cost", "security", "performance")


def case_of(one: Example) -> Case:
    """Return the case of an example: its files and its prompt, in a fresh account in the region that the prompt names."""
    region = next(iter(regions_of(one.prompt)), None)
    task = Task("example", "Example", one.prompt, account_of("fresh", "", region))
    return Case(task, bundle_of(one.files))


def bundle_of(files: Mapping[str, str]) -> Bundle:
    """Read a bundle of files, as name to text."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return read_response(folder)


def problems(rule: Rule, catalogue: Catalogue) -> list[str]:
    """Run the examples of a rule; return a sentence for each that does not do what it says, nothing where all do."""
    found = [
        f"has no example that {kind}" for kind, group in (("fails", rule.fails), ("passes", rule.passes)) if not group
    ]
    for number, one in enumerate(rule.fails, 1):
        case = case_of(one)
        findings, wanted = _findings(one, rule, catalogue, case), _marked(one)
        places = _places(findings)
        found += [f"failing example {number}: {text}" for text in _unfilled(rule, findings)]
        found += [f"failing example {number}: {text}" for text in _ill_formed(rule, findings, case)]
        if not places:
            found.append(f"failing example {number} is not reported")
        elif wanted and places != wanted:
            found.append(f"failing example {number} is reported at {_listed(places)}, not at {_listed(wanted)}")
    for number, one in enumerate(rule.passes, 1):
        places = _places(_findings(one, rule, catalogue, case_of(one)))
        if places:
            found.append(f"passing example {number} is reported at {_listed(places)}")
    return found


def _places(findings: Sequence[Finding]) -> set[tuple[str, int]]:
    return {(finding.file, finding.line) for finding in findings}


def _unfilled(rule: Rule, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield what keeps the narrative from being filled with the findings of an example."""
    for field in _NARRATIVE if findings else ():
        try:
            fill(getattr(rule, field), findings)
        except PlaceholderError as error:
            yield f"{field}: {error}"


# What no text of a failure may have, outside of code: each with the words for it.
_CODE = re.compile(r"(`+).+?\1|“[^”]*”", re.S)
_ILL_FORMED = (
    (re.compile(r"(?<!\$)\{\w*\}"), "a placeholder that is not filled"),
    (re.compile(r"(?<!\.)\.\.(?!\.)|\.,|,\."), "two marks in a row"),
    (re.compile(r"\s[.,;:](?=\s|$)"), "a blank before a mark"),
    (re.compile(r"\S  +\S"), "two blanks in a row"),
    (re.compile(r"\(empty\)|\(\)"), "an empty value"),
    (re.compile(r"(?<=\w)…"), "a word that is cut"),
    (re.compile(r"\b(the|a|an|of|to|is|are|and|in) \1\b", re.I), "a word that is written twice"),
)
_ENDS = (".", "?", "`", "```")


def _ill_formed(rule: Rule, findings: Sequence[Finding], case: Case) -> Iterator[str]:
    """Yield what is wrong with the texts of the failure that the findings of an example make."""
    if not findings:
        return
    texts = {field: narrate(getattr(rule, field), findings) for field in _NARRATIVE}
    texts["root_cause"] = texts["root_cause"] or cause(findings, case)
    for field in ("title", "issue", "fix", "root_cause"):
        if not texts[field]:
            yield f"{field}: is empty"
    for field, text in texts.items():
        plain = _CODE.sub("`x`", text)
        for pattern, words in _ILL_FORMED:
            if match := pattern.search(plain):
                around = plain[max(0, match.start() - 30) : match.end() + 30]
                yield f"{field}: has {words}: {around!r}"
        if text and field != "title" and not text.endswith(_ENDS):
            yield f"{field}: ends without a full stop: {text[-40:]!r}"
        if re.search(r"\bNone\b", text) and "None" not in getattr(rule, field):
            yield f"{field}: has the value None"


def _findings(one: Example, rule: Rule, catalogue: Catalogue, case: Case) -> list[Finding]:
    detections = detect(case, catalogue) if rule.engine == "cfn-lint" else look_for([rule.id], case, catalogue)
    errors = [error for detection in detections for error in detection.errors]
    if errors:
        raise RuntimeError(errors[0])
    findings = (finding for detection in detections for finding in detection.findings)
    told = [finding_of_event(one.event, case.templates[0], catalogue)] if one.event else []
    return [finding for finding in (*findings, *told) if finding.rule == rule.id]


def _marked(one: Example) -> set[tuple[str, int]]:
    return {
        (name, number)
        for name, text in one.files.items()
        for number, line in enumerate(text.split("\n"), 1)
        if line.rstrip().endswith(MARK)
    }


def _listed(places: set[tuple[str, int]]) -> str:
    return ", ".join(f"{file}:{line}" for file, line in sorted(places))
