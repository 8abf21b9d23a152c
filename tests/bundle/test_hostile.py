"""Hostile responses: read in a process with 512 MB and 30 seconds of CPU, none crashes, escapes or exceeds."""

from __future__ import annotations

import resource
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bundle import Kind, Limits, read_data
from grader.bundle.names import safe_name
from grader.case import Case
from grader.errors import ResponseError
from grader.task import Task
from grader.task.account import profile
from tests.bundle.hostile import HOSTILE, TEMPLATE
from tests.conftest import command, environment

MEMORY = 512 * 1024 * 1024
SECONDS = 30  # of processor time; the slowest takes 3 on an idle machine
HANGS = 300  # seconds until a process that waits for something is ended, however busy the machine is


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))


def _outside(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if not path.is_relative_to(folder / "out")} | {
        str(path) for path in Path("/tmp").glob("escape*")
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_is_read_or_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    path = HOSTILE[kind](tmp_path)
    before = _outside(tmp_path)
    done = subprocess.run(
        command("read", path, "--extract", tmp_path / "out"),
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        timeout=HANGS,
        preexec_fn=_bounded,
        check=False,
    )
    error = done.stderr.decode("utf-8", "replace")
    assert done.returncode in (0, 2), error[-500:]
    assert "Traceback" not in error
    assert error.count("\n") == (1 if done.returncode == 2 else 0)
    assert b"\x1b" not in done.stdout
    assert _outside(tmp_path) == before


@pytest.mark.parametrize(
    "kind",
    [kind for kind in HOSTILE if "parent folders" in kind or "absolute" in kind or "CRLF" in kind or "UTF-16" in kind],
)
def test_the_template_is_still_found(kind: str, tmp_path: Path) -> None:
    if kind == "text: UTF-16 cut in a character":
        pytest.skip("holds no whole template")
    path = HOSTILE[kind](tmp_path)
    bundle = read_data(path.name, path.read_bytes())
    assert [file.text.strip() for file in bundle.of_kind(Kind.TEMPLATE)] == [TEMPLATE.strip()]


@pytest.mark.parametrize(
    ("limits", "option"),
    [
        (Limits(files=1), "--max-files"),
        (Limits(total_bytes=50), "--max-bytes"),
        (Limits(expansion=1, total_bytes=2_000_000), "--max-bytes"),
    ],
)
def test_a_limit_names_the_option_that_raises_it(limits: Limits, option: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.yml", "b.yml"):
            archive.writestr(name, TEMPLATE + "#" * (1_500_000 if limits.expansion == 1 else 0))
    with pytest.raises(ResponseError, match=option):
        read_data("a.zip", path.read_bytes(), limits)


@given(st.text(max_size=80))
def test_a_safe_name_is_relative_and_stays_below(raw: str) -> None:
    name = safe_name(raw)
    parts = name.split("/")
    assert not name.startswith("/")
    assert ".." not in parts
    assert all(char.isprintable() for char in name if not char.isspace())
    assert "\\" not in name
    assert safe_name(name) == name


_LINES = st.sampled_from(
    [
        "```yaml", "```json", "```", "````markdown", "````", "~~~", "```bash", "### main.yml", "**File: `a.json`**",
        "AWSTemplateFormatVersion: '2010-09-09'", "Resources:", "  Topic:", "    Type: AWS::SNS::Topic", "{", "}",
        '"Resources": {', '"T": {"Type": "AWS::SNS::Topic"}', "Outputs:", "# continued", "Corrected version:", "- a", "> b",
        "", "    Properties: {a: [", "}```", "\ttab", "---",
    ]
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(st.one_of(_LINES, st.text(max_size=20)), max_size=60).map("\n".join))
@settings(max_examples=400, deadline=None)
def test_any_markdown_is_read_and_every_line_is_where_it_says(answer: str) -> None:
    try:
        bundle = read_data("answer.md", answer.encode("utf-8", "surrogatepass"))
    except ResponseError:
        return
    source = answer.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for file in bundle.files:
        assert safe_name(file.name) == file.name
        for number, line in enumerate(file.text.split("\n")[:-1], 1):
            there = source[file.source_line(number) - 1]
            assert line.strip("\t `") in there or file.detail == "answer"
    assert len({file.name.casefold() for file in bundle.files}) == len(bundle.files)
    case = Case(Task("t", "t", "", profile("fresh")), bundle)
    assert len(case.templates) + len(case.broken) == len(list(bundle.of_kind(Kind.TEMPLATE)))


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"{", b"Resources:\n", b"\xff\xfe"]),
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, head: bytes) -> None:
    try:
        bundle = read_data("answer", head + data)
    except ResponseError:
        return
    case = Case(Task("t", "t", "", profile("fresh")), bundle)
    assert len(case.templates) + len(case.broken) == len(list(bundle.of_kind(Kind.TEMPLATE)))
