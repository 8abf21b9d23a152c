"""What a run gives to CI: every file and line is one that the user has."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import junitparser
import pytest

from grader.support.version import VERSION
from tests.conftest import BROKEN, TOPIC, Run

pytestmark = pytest.mark.slow
LINE = next(number for number, line in enumerate(BROKEN.split("\n"), 1) if "!Ref Nothing" in line)


@pytest.fixture
def answers(tasks: Path, tmp_path: Path) -> Path:
    """The same fault in a folder, a markdown answer, a template, an archive and two records."""
    assert tasks
    folder = tmp_path / "new answers"
    (folder / "t0").mkdir(parents=True)
    (folder / "t0" / "main stack.yml").write_text(BROKEN)
    (folder / "t1.md").write_text(f"# Orders\n\nHere it is:\n\n```yaml\n{BROKEN}```\n")
    (folder / "t2.yml").write_text(BROKEN)
    with zipfile.ZipFile(folder / "t3.zip", "w") as archive:
        archive.writestr("main.yml", BROKEN)
    (folder / "t4.json").write_text(json.dumps({"completion": f"```yaml\n{BROKEN}```\n"}))
    return folder


def sarif(grade: Run, run: str = "run") -> dict[str, Any]:
    done = grade("report", run, "--format", "sarif", "--out", "-")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["runs"][0]
    return found


def references(log: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Return the file and line of the undefined reference of each response."""
    found = {}
    for one in log["results"]:
        place = one["locations"][0]["physicalLocation"]
        if one["ruleId"] == "undefined-reference":
            uri = unquote(place["artifactLocation"]["uri"])
            found[one["properties"]["response"]] = (uri, place["region"]["startLine"])
    return found


def test_every_uri_of_sarif_is_a_file_from_here(answers: Path, tmp_path: Path, grade: Run) -> None:
    grade("batch", "tasks", "--responses", answers.name, "--fast", "--out", "run", "-q")
    log = sarif(grade)
    base = log["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert base == f"{tmp_path.as_uri()}/"
    for one in log["results"]:
        artifact = one["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact["uriBaseId"] == "SRCROOT"
        assert (tmp_path / unquote(artifact["uri"])).exists()
    assert references(log) == {
        "t0": ("new answers/t0/main stack.yml", LINE),
        "t1": ("new answers/t1.md", LINE + 5),
        "t2": ("new answers/t2.yml", LINE),
        "t3": ("new answers/t3.zip", 1),
        "t4": ("new answers/t4.json", 1),
    }


def test_a_record_is_at_its_line_and_a_lost_response_at_its_result(tasks: Path, tmp_path: Path, grade: Run) -> None:
    records = [{"model": "m", "task": f"t{number}", "files": {"a.yml": BROKEN}} for number in range(3)]
    lines = tmp_path / "answers.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    grade("batch", "tasks", "--responses", "answers.jsonl", "--fast", "--out", "run", "-q")
    assert references(sarif(grade)) == {f"m/t{number}": ("answers.jsonl", number + 1) for number in range(3)}
    lines.unlink()
    assert references(sarif(grade))["m/t1"] == ("run/m/t1/result.json", 1)


def test_rules_and_tool_of_sarif_say_what_they_are(answers: Path, grade: Run) -> None:
    grade("batch", "tasks", "--responses", answers.name, "--fast", "--out", "run", "-q")
    driver = sarif(grade)["tool"]["driver"]
    assert driver["version"] == VERSION
    rule = next(one for one in driver["rules"] if one["id"] == "undefined-reference")
    assert rule["shortDescription"]["text"] != "undefined reference"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert len(rule["help"]["text"]) > 80
    assert not re.search(r"\{\w+\}", json.dumps([one["help"] for one in driver["rules"]]))


def test_fingerprints_stay_when_lines_move(answers: Path, grade: Run) -> None:
    def prints(run: str) -> list[tuple[str, str]]:
        grade("batch", "tasks", "--responses", answers.name, "--fast", "--out", run, "-q")
        results = sarif(grade, run)["results"]
        return sorted((one["properties"]["response"], one["partialFingerprints"]["gradeFailure/v1"]) for one in results)

    before = prints("one")
    assert len({fingerprint for _, fingerprint in before}) == len(before)
    (answers / "t2.yml").write_text(f"# first\n# second\n{BROKEN}")
    assert prints("two") == before
    (answers / "t2.yml").write_text(BROKEN.replace("Orders", "Sales"))
    assert prints("three") != before


def test_github_is_told_of_files_and_lines(answers: Path, tmp_path: Path, grade: Run) -> None:
    (answers / "t5.yml").write_bytes(b"\0\1")
    (answers / "t2.yml").write_text(BROKEN.replace("Nothing", '"No%0A::error::\\r::x"'))
    grade("batch", "tasks", "--responses", answers.name, "--fast", "--out", "run", "-q")
    done = grade("report", "run", "--format", "github")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("::error file=new answers/t5.yml,line=1,title=grade%3A error::t5: error: ")
    wanted = f"::error file=new answers/t0/main stack.yml,line={LINE},title=Critical%3A undefined-reference::"
    assert any(line.startswith(wanted) for line in lines)
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) file=([^,:]+),line=(\d+),title=[^,:]+::.+", line)
        assert match, line
        assert (tmp_path / match[2]).exists()
    levels = [line.split("title=")[1].split("%3A")[0] for line in lines]
    assert levels == sorted(levels, key=["grade", "Critical", "High", "Medium"].index)


def test_what_was_not_graded_is_in_every_format(tasks: Path, tmp_path: Path, grade: Run) -> None:
    records = [{"model": "m", "task": "t0", "files": {"a.yml": TOPIC}}, {"model": "m", "task": "t1", "error": "quota"}]
    records += [{"model": "m", "task": "t11", "files": {"a.yml": TOPIC}}]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    grade("batch", "tasks", "--responses", "answers.jsonl", "--fast", "--out", "run", "-q")
    (invocation,) = sarif(grade)["invocations"]
    about = json.loads((tmp_path / "run" / "run.json").read_text())
    assert not invocation["executionSuccessful"]
    assert (invocation["startTimeUtc"], invocation["endTimeUtc"]) == (about["started"], about["finished"])
    notes = invocation["toolExecutionNotifications"]
    places = [one["locations"][0]["physicalLocation"] for one in notes]
    assert [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places] == [
        ("answers.jsonl", 2),
        ("answers.jsonl", 3),
    ]
    assert "quota" in notes[0]["message"]["text"]
    assert "did you mean t1?" in notes[1]["message"]["text"]
    lines = grade("report", "run", "--format", "github").stdout.splitlines()
    assert [line.split("::")[1] for line in lines] == [
        "error file=answers.jsonl,line=2,title=grade%3A error",
        "error file=answers.jsonl,line=3,title=grade%3A unmatched",
    ]
    suites = junitparser.JUnitXml.fromstring(grade("report", "run", "--format", "junit", "--out", "-").stdout)
    assert {suite.name: (suite.tests, suite.failures, suite.errors) for suite in suites} == {
        "m": (2, 0, 1),
        "of no task": (1, 0, 1),
    }


def test_a_failure_of_junit_names_its_places(answers: Path, grade: Run) -> None:
    grade("batch", "tasks", "--responses", answers.name, "--fast", "--out", "run", "-q")
    suites = junitparser.JUnitXml.fromstring(grade("report", "run", "--format", "junit", "--out", "-").stdout)
    (suite,) = suites
    texts = {case.name: case.result[0].text for case in suite}
    assert f"(undefined-reference) at new answers/t0/main stack.yml:{LINE}" in texts["t0"]
    assert f"(undefined-reference) at new answers/t1.md:{LINE + 5}" in texts["t1"]


def test_no_line_is_after_the_end_of_its_file(tasks: Path, tmp_path: Path, grade: Run) -> None:
    cut = f"```yaml\n{BROKEN}  Work:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${{Stage"
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "t0.md").write_text(cut)
    grade("batch", "tasks", "--responses", "cut", "--fast", "--out", "run", "-q")
    results = sarif(grade)["results"]
    assert results
    places = [one["locations"][0]["physicalLocation"] for one in results]
    assert max(place["region"]["startLine"] for place in places) <= len(cut.splitlines())


def test_times_of_junit_are_those_of_this_run(answers: Path, grade: Run) -> None:
    def times(run: str) -> list[float]:
        grade("batch", "tasks", "--responses", answers.name, "--fast", "--out", run, "-q")
        text = grade("report", run, "--format", "junit", "--out", "-").stdout
        return [float(time) for time in re.findall(r'<testcase [^>]*time="([\d.]+)"', text)]

    first = times("one")
    assert len(first) == 5
    assert min(first) > 0
    assert times("two") == [0.0] * 5
    text = grade("report", "one", "--format", "junit", "--out", "-").stdout
    started = json.loads((answers.parent / "one" / "run.json").read_text())["started"]
    assert f'timestamp="{started.removesuffix("Z")}"' in text
    suite = re.findall(r'<testsuite [^>]*time="([\d.]+)"', text)
    assert float(suite[0]) == pytest.approx(sum(first))
