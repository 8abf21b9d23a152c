"""A run as tables: JSON, CSV, Parquet, markdown, JUnit, SARIF, and a page."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from grader.errors import InputError
from grader.runs.report import Run
from grader.runs.statistics import by_model
from grader.writers.comparison import cell

_COLUMNS = ("id", "model", "task", "sample", "status", "score", "verdict", "passes", "answer", "delivered")
_SARIF = ("error", "error", "warning")  # by level, gravest first; the rest are notes


def run_json(run: Run) -> str:
    """Write the figures of the models and every row."""
    models = [_figures(one) for one in by_model(run.rows)]
    compared = run.comparison.to_dict() if run.comparison else None
    return json.dumps({"run": run.path.name, "models": models, "baseline": compared, "rows": run.rows}, indent=2) + "\n"


def _figures(one: Any) -> dict[str, Any]:
    score, rank = ({"value": i.value, "low": i.low, "high": i.high} for i in (one.score, one.rank))
    return {
        "model": one.model,
        "tasks": one.tasks,
        "responses": one.responses,
        "score": score,
        "rank": rank,
        "pass_at": {str(k): value for k, value in one.pass_at.items()},
        "answers": dict(one.answers),
    }


def run_csv(run: Run) -> str:
    """Write one line a failure; a response without one has a line with empty fields of a failure."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, "level", "rule", "kind", "title", "resources"])
    for record in _records(run):
        writer.writerow([_inert(value) for value in record.values()])
    return text.getvalue()


def _inert(value: object) -> object:
    """Keep a spreadsheet from taking a text of a response for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _records(run: Run) -> Iterator[dict[str, Any]]:
    nothing: dict[str, Any] = {"level": "", "rule": "", "kind": "", "title": "", "resources": []}
    for row in run.rows:
        for failure in row["failures"] or [nothing]:
            about = {name: failure[name] for name in ("level", "rule", "kind", "title")}
            yield {name: row.get(name, "") for name in _COLUMNS} | about | {"resources": " ".join(failure["resources"])}


def write_parquet(run: Run, path: Path) -> None:
    """Write the lines of the CSV as a Parquet file. Raises InputError where pyarrow is not installed."""
    records = list(_records(run))
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("--format parquet needs pyarrow: install cfn-grader[parquet]") from None
    pq.write_table(pa.Table.from_pylist(records), path)


def run_markdown(run: Run) -> str:
    """Write the figures of the models, and the worst responses, as markdown."""
    lines = [
        f"# {cell(run.path.name)}",
        "",
        "| model | tasks | responses | mean score (95%) | rank (95%) | passed | answers |",
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for one in by_model(run.rows):
        passed = ", ".join(f"pass@{k} {value:.3f}" for k, value in one.pass_at.items())
        score = f"{one.score.value:.1f} ({one.score.low:.1f} to {one.score.high:.1f})"
        rank = f"{one.rank.value:.0f} ({one.rank.low:.0f} to {one.rank.high:.0f})"
        lines.append(
            f"| {cell(one.model or '(no model)')} | {one.tasks} | {one.responses} | {score} | {rank} | {passed} | {answers_text(one.answers)} |"
        )
    lines += [
        "",
        f"| response | score | verdict | {' | '.join(run.levels)} |",
        f"|---|---|---|{'---|' * len(run.levels)}",
    ]
    for row in sorted(run.rows, key=lambda row: (row["score"], row["id"])):
        counts = " | ".join(str(row["counts"].get(level, 0)) for level in run.levels)
        lines.append(f"| {cell(row['id'])} | {row['score']:g} | {row['verdict']} | {counts} |")
    return "\n".join(lines) + "\n"


def answers_text(answers: Mapping[str, int]) -> str:
    """Say how many responses are of which kind of answer."""
    return ", ".join(f"{count} {kind}" for kind, count in answers.items())


def run_junit(run: Run) -> str:
    """Write one test suite a model and one test case a response; its failures are the responses that do not pass, its errors what was not graded."""
    root = Xml.Element("testsuites", name=_xml(run.path.name))
    suites: dict[str, Xml.Element] = {}
    for row in run.rows:
        model = row["model"] or "responses"
        suite = suites.get(model)
        if suite is None:
            suite = suites[model] = Xml.SubElement(root, "testsuite", name=_xml(model))
        case = Xml.SubElement(suite, "testcase", classname=_xml(model), name=_xml(row["id"]), time=str(row["seconds"]))
        if row["status"] != "graded":
            Xml.SubElement(case, "error", type=row["status"], message=_xml(row["error"]))
        for failure in row["failures"][:1] if not row.get("passes") else ():
            text = "\n".join(f"{one['level']}: {one['title']} ({one['rule']})" for one in row["failures"])
            message = f"{row['verdict']}, {row['score']:g} of 100"
            Xml.SubElement(case, "failure", type=_xml(failure["rule"]), message=_xml(message)).text = _xml(text)
    for suite in suites.values():
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            suite.set(name, str(sum(1 for _ in suite.iter(tag))))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(
        char if char in "\t\n" or 32 <= ord(char) < 0xD800 or 0xE000 <= ord(char) < 0xFFFE else "?" for char in text
    )


def run_sarif(run: Run) -> str:
    """Write a SARIF 2.1.0 log: one result for each place of each failure, in the files of the responses."""
    from grader.catalogue import load_catalogue

    catalogue = load_catalogue().rules
    used: dict[str, dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    for row, result in run.results():
        for failure in result["failures"] if result else ():
            rule = catalogue.get(failure["rule"])
            used.setdefault(failure["rule"], _sarif_rule(failure, rule.lesson if rule else failure["lesson"]))
            results += [_sarif_result(row["id"], failure, one, run.levels) for one in failure["evidence"]]
    driver = {
        "name": "grade",
        "informationUri": "https://docs.aws.amazon.com/cloudformation/",
        "rules": list(used.values()),
    }
    log = {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}],
    }
    return json.dumps(log, indent=1) + "\n"


def _sarif_rule(failure: dict[str, Any], help: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": failure["rule"], "shortDescription": {"text": failure["rule"].replace("-", " ")}}
    rule["help"] = {"text": help}
    return rule | ({"helpUri": failure["reference"]} if failure["reference"] else {})


def _sarif_result(
    response: str, failure: dict[str, Any], evidence: dict[str, Any], levels: Sequence[str]
) -> dict[str, Any]:
    from urllib.parse import quote

    uri = quote(f"{response}/{evidence['file']}", safe="/")
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}, "region": {"startLine": max(1, evidence["line"])}}
    logical = [{"name": evidence["resource"], "kind": "resource"}] if evidence["resource"] else []
    return {
        "ruleId": failure["rule"],
        "level": dict(zip(levels, _SARIF, strict=False)).get(failure["level"], "note"),
        "message": {"text": f"{failure['title']}: {evidence['message']}"},
        "locations": [{"physicalLocation": place} | ({"logicalLocations": logical} if logical else {})],
        "properties": {"level": failure["level"], "kind": failure["kind"], "response": response},
    }


def count_text(run: Run) -> str:
    """Say how many failures of each level a run has."""
    levels: Counter[str] = Counter()
    for row in run.rows:
        levels.update(row["counts"])
    return ", ".join(f"{levels[level]} {level}" for level in run.levels)
