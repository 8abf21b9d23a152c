"""The kinds of source, told by content: the same files come out of each."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.bundle import Kind, read_data, read_response
from grader.errors import ResponseError
from tests.conftest import Cli

TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
FILES = {"README.md": "# Deploy\n", "main.yml": TEMPLATE}
ANSWER = f"The template:\n\n### main.yml\n```yaml\n{TEMPLATE}```\n"


def as_zip() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    return raw.getvalue()


def as_tar() -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, text in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return raw.getvalue()


SOURCES = {
    "zip": as_zip(),
    "tar": as_tar(),
    "tar.gz": gzip.compress(as_tar()),
    "tar.bz2": bz2.compress(as_tar()),
    "tar.xz": lzma.compress(as_tar()),
    "a record": json.dumps({"id": 7, "files": FILES}).encode(),
    "a line of records": json.dumps(
        {"files": [{"path": name, "content": text} for name, text in FILES.items()]}
    ).encode()
    + b"\n",
}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_same_files_from_every_source(kind: str) -> None:
    bundle = read_data("response", SOURCES[kind])
    assert {file.name: file.text for file in bundle.files} == FILES
    assert [file.kind for file in bundle.files] == [Kind.DOCUMENT, Kind.TEMPLATE]


MESSAGE = {"role": "assistant", "content": ANSWER}
RECORDS = {
    "completion": {"completion": ANSWER},
    "choices": {"choices": [{"index": 0, "message": MESSAGE}]},
    "messages": {"messages": [{"role": "user", "content": "Write one."}, MESSAGE]},
    "parts": {"content": [{"type": "text", "text": ANSWER}]},
    "an evaluation log": {"sample": 1, "output": {"model": "m", "choices": [{"message": MESSAGE}]}},
}


@pytest.mark.parametrize("shape", RECORDS)
def test_the_text_of_a_completion(shape: str) -> None:
    bundle = read_data("log.json", json.dumps(RECORDS[shape]).encode())
    assert [(file.name, file.text) for file in bundle.of_kind(Kind.TEMPLATE)] == [("main.yml", TEMPLATE)]


def test_a_template_in_json_is_no_record() -> None:
    template = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    [file] = read_data("stack.json", template.encode()).files
    assert (file.name, file.kind) == ("stack.json", Kind.TEMPLATE)


def test_several_records_are_refused() -> None:
    with pytest.raises(ResponseError, match="holds 2 records"):
        read_data("log.jsonl", (json.dumps({"completion": "a"}) + "\n").encode() * 2)


def test_the_name_does_not_tell_the_kind(tmp_path: Path) -> None:
    path = tmp_path / "answer.yml"
    path.write_text(ANSWER)
    assert [file.name for file in read_response(path).of_kind(Kind.TEMPLATE)] == ["main.yml"]


def test_lines_are_those_of_the_response(tmp_path: Path) -> None:
    path = tmp_path / "answer.md"
    path.write_text(ANSWER)
    [file] = read_response(path).of_kind(Kind.TEMPLATE)
    lines = ANSWER.split("\n")
    assert [lines[file.source_line(number) - 1] for number in (1, 2, 3)] == TEMPLATE.split("\n")[:3]


def test_read_shows_and_extracts_standard_input(tmp_path: Path, cli: Cli) -> None:
    done = cli("read", "-", "--extract", "out", "--format", "json", stdin=as_zip())
    assert done.returncode == 0, done.stderr
    assert [file["name"] for file in json.loads(done.stdout)["files"]] == ["README.md", "main.yml"]
    assert (tmp_path / "out" / "main.yml").read_text() == TEMPLATE


def test_read_tells_parents_and_what_was_left_out(tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "answer"
    folder.mkdir()
    (folder / "main.yml").write_text(
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://b.s3.amazonaws.com/n.yml'}\n"
    )
    (folder / "n.yml").write_text(TEMPLATE)
    (folder / "image.png").write_bytes(b"\x89PNG\0\0")
    out = cli("read", folder).stdout
    assert "nested in main.yml" in out
    assert "left out: image.png: a binary file" in out


def test_extract_refuses_a_folder_in_use(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    done = cli("read", "-", "--extract", "out", stdin=TEMPLATE.encode())
    assert done.returncode == 2
    assert done.stderr == "grade: out: --extract: not an empty folder\n"


def test_a_limit_can_be_raised(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.md").write_text("x\n" * 50)
    assert "--max-lines" in cli("read", "a.md", "--max-lines", "10").stderr
    assert cli("read", "a.md", "--max-lines", "100").returncode == 0


@pytest.mark.parametrize(
    "answer",
    [
        f"Here you are:\n\n{TEMPLATE}\n## Notes\n\nDelete the topic first.\n",
        f"{TEMPLATE}\nThat creates a topic. Delete it first.\n",
        TEMPLATE,
    ],
)
def test_an_answer_without_a_fence_reads_the_same_from_every_source(answer: str) -> None:
    sources = {
        "answer.md": answer,
        "stdin": answer,
        "answer.txt": answer,
        "record.json": json.dumps({"completion": answer}),
    }
    read = {name: read_data(name, text.encode()) for name, text in sources.items()}
    texts = {name: [file.text.strip() for file in bundle.of_kind(Kind.TEMPLATE)] for name, bundle in read.items()}
    assert texts == {name: [TEMPLATE.strip()] for name in sources}


def test_half_a_character_of_a_record_is_replaced() -> None:
    record = (
        r'{"files": {"topic.yml": "Resources:\n  Topic:\n    Type: AWS::SNS::Topic # \ud83d \u00e9 \ud83d\ude00\n"}}'
    )
    [file] = read_data("record.json", record.encode()).files
    assert file.text == "Resources:\n  Topic:\n    Type: AWS::SNS::Topic # \ufffd é 😀\n"


def test_a_template_over_a_limit_is_refused_in_one_line(tmp_path: Path, cli: Cli) -> None:
    nested = "&a [" * 90 + "x" + ", y" * 60_000 + "]" * 90
    (tmp_path / "topic.yml").write_text(f"{TEMPLATE}Metadata:\n  Note: {nested}\n  Again: [*a, *a]\n")
    (tmp_path / "PROMPT.md").write_text("Write a template with a topic.\n")
    done = cli("run", ".", "--response", "topic.yml", "--fast")
    assert done.returncode == 2
    assert done.stderr.startswith("grade: topic.yml:5: more than 100,000 nodes")
    assert done.stderr.count("\n") == 1
