"""A run for what shows the checks of a change: JUnit, SARIF, and the workflow commands of GitHub."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from grader.catalogue import Rule, load_catalogue
from grader.runs.jobs import UNMATCHED
from grader.runs.report import Run
from grader.support.text import one_line
from grader.support.version import VERSION

_SARIF = ("error", "error", "warning")  # by level, most severe first; the rest are notes
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # of a GitHub workflow, by SARIF's word
ROOT = "SRCROOT"  # the name of the folder that relative URIs start from
FINGERPRINT = "gradeFailure/v1"


def run_junit(run: Run) -> str:
    """Write one test suite a model and one test case a response; its failures are the responses that do not pass, its errors what was not graded."""
    root = Xml.Element("testsuites", name=_xml(run.path.name))
    suites: dict[str, Xml.Element] = {}
    for row, result in _all(run):
        model = "of no task" if row["status"] == UNMATCHED else row["model"] or "responses"
        suite = suites.get(model)
        if suite is None:
            suite = suites[model] = Xml.SubElement(root, "testsuite", name=_xml(model))
        case = Xml.SubElement(suite, "testcase", classname=_xml(model), name=_xml(row["id"]), time=str(row["seconds"]))
        if row["status"] != "graded":
            Xml.SubElement(case, "error", type=row["status"], message=_xml(row["error"]))
        elif not row.get("passes"):
            failures = result["failures"] if result else row["failures"]
            text = "\n".join(_failure_line(run, row, one) for one in failures)
            message = f"{row['verdict']}, {row['score']:g} of 100"
            kind = failures[0]["rule"] if failures else row["verdict"]
            Xml.SubElement(case, "failure", type=_xml(kind), message=_xml(message)).text = _xml(text)
    started = str(run.about.get("started") or "").removesuffix("Z")
    for suite in suites.values():
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            suite.set(name, str(sum(1 for _ in suite.iter(tag))))
        suite.set("time", f"{sum(float(case.get('time', 0)) for case in suite.iter('testcase')):.3f}")
        if started:
            suite.set("timestamp", started)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _all(run: Run) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield each row with its result, then the rows that belong to no task."""
    yield from run.results()
    yield from ((row, None) for row in run.unmatched)


def _failure_line(run: Run, row: Mapping[str, Any], failure: Mapping[str, Any]) -> str:
    text = f"{failure['level']}: {failure['title']} ({failure['rule']})"
    for evidence in failure.get("evidence", ())[:1]:
        path, line = run.place(row, evidence)
        text += f" at {_shown(path)}:{line}"
    return text


def _shown(path: Path) -> str:
    """Return a path relative to the folder in which the command runs, where the file is below it."""
    whole, here = path.absolute(), Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def _xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(
        char if char in "\t\n" or 32 <= ord(char) < 0xD800 or 0xE000 <= ord(char) < 0xFFFE else "?" for char in text
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """One place of a failure, in a file that the user has. `again` numbers places that are alike in all but the line."""

    row: Mapping[str, Any]
    failure: Mapping[str, Any]
    evidence: Mapping[str, Any]
    path: Path
    line: int
    severity: str
    again: int

    @property
    def message(self) -> str:
        """The failure and what is the matter here, as one line."""
        return one_line(f"{self.failure['title']}: {self.evidence['message']}", 1_000)

    @property
    def fingerprint(self) -> str:
        """A hash that stays the same when lines move."""
        about = [self.evidence[key] for key in ("source", "resource", "type", "path")]
        text = json.dumps([self.row["id"], self.failure["rule"], *about, self.again])
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _places(run: Run) -> Iterator[_Place]:
    lines = cache(_lines)
    for row, result in run.results():
        seen: Counter[tuple[str, ...]] = Counter()
        for failure in result["failures"] if result else ():
            severity = dict(zip(run.levels, _SARIF, strict=False)).get(failure["level"], "note")
            for one in failure["evidence"]:
                key = (failure["rule"], one["source"], one["resource"], one["type"], one["path"])
                path, line = run.place(row, one)
                yield _Place(row, failure, one, path, min(line, lines(path)), severity, seen[key])
                seen[key] += 1


def _lines(path: Path) -> int:
    """Return the number of lines of a file, at least 1: an answer that is cut off may end before the line of a failure."""
    try:
        return max(1, len(path.read_bytes().splitlines()))
    except OSError:  # a folder
        return 1


def run_sarif(run: Run) -> str:
    """Write a SARIF 2.1.0 log: one result for each place of each failure, in the files of the responses as the user has them.

    URIs are relative to the folder in which the command runs, which `originalUriBaseIds` names; those of files elsewhere are
    absolute. The fingerprints stay the same when lines move. What was not graded, or not in full, is a notification of the
    invocation. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
    """
    rules = load_catalogue().rules
    used: dict[str, dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    for place in _places(run):
        name = place.failure["rule"]
        if name not in used:
            used[name] = _sarif_rule(place, rules.get(name), dict(zip(run.levels, _SARIF, strict=False)))
        results.append(_sarif_result(place))
    driver = {
        "name": "grade",
        "version": VERSION,
        "semanticVersion": VERSION,
        "informationUri": "https://docs.aws.amazon.com/cloudformation/",
        "rules": list(used.values()),
    }
    about = {
        "tool": {"driver": driver},
        "invocations": [_invocation(run)],
        "originalUriBaseIds": {ROOT: {"uri": f"{Path.cwd().as_uri()}/"}},
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"version": "2.1.0", "$schema": schema, "runs": [about]}, indent=1) + "\n"


def _invocation(run: Run) -> dict[str, Any]:
    """Return when the run took place, and what it could not judge."""
    notes = []
    for row, result in _all(run):
        if row["status"] != "graded":
            notes.append(_notification(run, row, "error", f"{row['status']}: {row['error']}"))
        for name, entry in (result or {}).get("detectors", {}).items():
            notes += [
                _notification(run, row, "warning", f"{name} did not judge all of it: {e}") for e in entry["errors"]
            ]
    times = {"startTimeUtc": run.about.get("started"), "endTimeUtc": run.about.get("finished")}
    return {
        "executionSuccessful": not any(note["level"] == "error" for note in notes),
        **{name: time for name, time in times.items() if time},
        "toolExecutionNotifications": notes,
    }


def _notification(run: Run, row: Mapping[str, Any], level: str, text: str) -> dict[str, Any]:
    path, line = run.response_of(row)
    place = {"artifactLocation": _artifact(path), "region": {"startLine": line}}
    text = one_line(f"{row['id']}: {text}", 1_000)
    return {"level": level, "message": {"text": text}, "locations": [{"physicalLocation": place}]}


def _artifact(path: Path) -> dict[str, Any]:
    """Return the location of a file: relative to the folder in which the command runs, where it is below it."""
    uri, is_relative = _uri(path)
    return {"uri": uri} | ({"uriBaseId": ROOT} if is_relative else {})


def _sarif_rule(place: _Place, rule: Rule | None, severities: Mapping[str, str]) -> dict[str, Any]:
    """Describe a rule: of the catalogue, or else, where it is a requirement or a rule of the user's, as its failure does."""
    failure = place.failure
    title = _general(rule.title) if rule else failure["title"]
    help = [_general(rule.issue), _general(rule.fix)] if rule else [failure["fix"]]
    text = "\n\n".join(filter(None, [*help, failure["lesson"]])) or title
    severity = severities.get(rule.level, place.severity) if rule else place.severity
    described = {
        "id": failure["rule"],
        "shortDescription": {"text": title},
        "fullDescription": {"text": failure["lesson"] or title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": severity},
        "properties": {"kind": failure["kind"], "tags": ["cloudformation", failure["category"]]},
    }
    return described | ({"helpUri": failure["reference"]} if failure["reference"] else {})


def _general(narrative: str) -> str:
    """Return a rule's text for any response: `{name}` is filled from a finding, and shown in angle brackets here."""
    return re.sub(r"\{\{?(\w[\w:]*)\}?\}", r"<\1>", narrative)


def _sarif_result(place: _Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.path), "region": {"startLine": place.line}}
    resource = place.evidence["resource"]
    logical = [{"name": resource, "kind": "resource"}] if resource else []
    return {
        "ruleId": place.failure["rule"],
        "level": place.severity,
        "message": {"text": place.message},
        "locations": [{"physicalLocation": physical} | ({"logicalLocations": logical} if logical else {})],
        "partialFingerprints": {FINGERPRINT: place.fingerprint, "primaryLocationLineHash": f"{place.fingerprint}:1"},
        "properties": {
            "level": place.failure["level"],
            "kind": place.failure["kind"],
            "response": place.row["id"],
        },
    }


def _uri(path: Path) -> tuple[str, bool]:
    """Return the URI of a file, and whether it is relative to the folder in which the command runs."""
    whole, here = path.absolute(), Path.cwd()
    if whole.is_relative_to(here):
        return quote(whole.relative_to(here).as_posix(), safe="/"), True
    return whole.as_uri(), False


def run_github(run: Run) -> str:
    """Write a workflow command of GitHub Actions for each place of each failure, the most severe first.

    GitHub shows them at the lines of the files. What was not graded is an error.
    Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    lines = []
    for row in [*run.rows, *run.unmatched]:
        if row["status"] != "graded":
            text = f"{row['id']}: {row['status']}: {row['error']}"
            lines.append(_command("error", *run.response_of(row), f"grade: {row['status']}", text))
    order = [*run.levels]
    places = sorted(_places(run), key=lambda one: order.index(one.failure["level"]))
    for place in places:
        title = f"{place.failure['level']}: {place.failure['rule']}"
        lines.append(_command(_COMMANDS[place.severity], place.path, place.line, title, place.message))
    return "".join(f"{line}\n" for line in lines)


def _command(command: str, path: Path, line: int, title: str, text: str) -> str:
    return f"::{command} file={_property(_shown(path))},line={line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    """Write a text as the message of a workflow command: it can end no line, and begin no other command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
