"""A response, as it arrived, to a bundle."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from grader.bundle.archive import is_archive, read_archive
from grader.bundle.blocks import open_block, without_prose
from grader.bundle.classify import begins_as_template, classify, looks_like_template
from grader.bundle.decode import decode
from grader.bundle.folder import RawFile, TooLargeError, read_bytes, read_folder
from grader.bundle.limits import DEFAULT_LIMITS, Limits
from grader.bundle.markdown import read_markdown
from grader.bundle.model import Bundle, BundleFile, Kind, Omitted
from grader.bundle.names import safe_name, unique_name
from grader.bundle.record import parse_record, unknown_record
from grader.errors import ResponseError

STDIN = "-"
_MARKDOWN = (".md", ".markdown")
_TEMPLATES = (".yaml", ".yml", ".json", ".template", ".cfn", ".cform")


def read_response(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> Bundle:
    """Read a response: a folder, a markdown answer, a single template, an archive, a JSON record, or `-` for standard input.

    What it is follows from its content; an empty one is an empty bundle. Raises ResponseError where there is no such file,
    nothing readable, or more than the limits allow.
    """
    if str(path) == STDIN:
        data = sys.stdin.buffer.read(limits.total_bytes + 1)
        return read_data("stdin", data, limits)
    path = Path(path)
    if path.is_dir():
        return _bundle(path.resolve().name, str(path), read_folder(path, limits), limits)
    if not path.exists():
        raise ResponseError("no such file or folder: give the response with --response PATH", path)
    try:
        data = read_bytes(path.resolve(), limits.total_bytes)
    except TooLargeError as error:
        raise ResponseError(str(error), path) from None
    except OSError as error:
        raise ResponseError(f"cannot be read: {error.strerror or error}", path) from None
    return read_data(path.name, data, limits, str(path))


def read_data(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS, where: str = "") -> Bundle:
    """Read the bytes of a response that came as one file; `name` is a hint only, `where` is named in errors."""
    where = where or name
    if is_archive(data):
        entries = sorted(read_archive(where, data, limits), key=lambda entry: entry.name)
        return _bundle(_stem(name), where, entries, limits)
    if len(data) > limits.file_bytes:
        raise ResponseError(f"larger than {limits.file_bytes:,} bytes; raise the limit with --max-file-bytes", where)
    text = decode(data)
    if text is None:
        raise ResponseError("a binary file: give a text file, a folder or an archive", where)
    record = parse_record(where, text)
    if record is None:
        bundle = read_text(name, text, limits)
        is_known = any(file.kind in (Kind.TEMPLATE, Kind.FOREIGN, Kind.PARAMETERS) for file in bundle.files)
        problem = "" if is_known else unknown_record(text)
        if problem:
            raise ResponseError(problem, where)
        return bundle
    if isinstance(record.content, dict):
        files = (RawFile(file, content.encode("utf-8", "surrogatepass")) for file, content in record.content.items())
        bundle = _bundle(_stem(name), where, files, limits)
    else:
        bundle = read_text(f"{name} (text)", record.content, limits)
    return replace(bundle, cut_off=record.cut_off or bundle.cut_off, is_refused=record.is_refused)


def read_text(name: str, text: str, limits: Limits = DEFAULT_LIMITS) -> Bundle:
    """Read one text as a response: a markdown answer, or a single file where it is a template and nothing else.

    An empty text is an empty bundle: nothing was answered.
    """
    if not text.strip("\x00\ufeff \t\r\n"):
        return Bundle(_stem(name), ())
    if not name.lower().endswith(_MARKDOWN) and looks_like_template(text) and not _is_answer(name, text):
        kind, detail = classify(name if "." in name else "", text)
        default = "template.json" if text.lstrip()[:1] == "{" else "template.yml"
        own = safe_name(name) if "." in name else default
        return Bundle(_stem(name), (BundleFile(own or default, kind, text, name, detail=detail),))
    files, omitted = read_markdown(name, text, limits)
    return Bundle(_stem(name), files, omitted, cut_off=_cut_off(text))


NEVER_CLOSED = "is never closed"


def _cut_off(text: str) -> str:
    """Say where a markdown answer ends inside a block of data, empty where it does not."""
    line = open_block(text.split("\n"))
    return f"the block that begins at line {line} {NEVER_CLOSED}" if line else ""


def _is_answer(name: str, text: str) -> bool:
    """Whether a text that holds a template is an answer around it: with fences or, without the name of a template, with prose."""
    if any(line.startswith(("```", "~~~")) for line in text.split("\n")):
        return True
    is_named = name.lower().endswith(_TEMPLATES)
    return not is_named and not (begins_as_template(text) and without_prose(text) == text)


def _stem(name: str) -> str:
    return safe_name(PurePosixPath(name).stem) or "response"


def _bundle(name: str, where: str, entries: Iterable[RawFile | Omitted], limits: Limits) -> Bundle:
    """Make the bundle of a source with several files."""
    files: list[BundleFile] = []
    omitted: list[Omitted] = []
    taken: set[str] = set()
    for entry in entries:
        file = entry if isinstance(entry, Omitted) else _file(entry, taken)
        if isinstance(file, Omitted):
            omitted.append(file)
        else:
            files.append(file)
    if all(file.name.startswith(".") and not file.text.strip() for file in files):
        reason = "it holds no text" if omitted or files else "it is empty"
        raise ResponseError(f"no response here, {reason}: a response is files, or a markdown answer", where)
    cut_off = ""
    if not any(file.kind is Kind.TEMPLATE for file in files):
        cut_off = next((cut for file in files if file.kind is Kind.DOCUMENT and (cut := _cut_off(file.text))), "")
        files, more = _from_answers(files, limits)
        omitted += more
    return Bundle(safe_name(name) or "response", tuple(files), tuple(omitted), cut_off)


def _file(entry: RawFile, taken: set[str]) -> BundleFile | Omitted:
    text = decode(entry.data)
    if text is None:
        return Omitted(entry.name, "an archive inside the response" if is_archive(entry.data) else "a binary file")
    name = safe_name(entry.name)
    if not name:
        return Omitted(entry.name, "a name that is not a file's")
    kind, detail = classify(name, text)
    return BundleFile(unique_name(name, taken), kind, text, entry.name, detail=detail)


def _from_answers(files: list[BundleFile], limits: Limits) -> tuple[list[BundleFile], list[Omitted]]:
    """Look into the documents of a source that holds no template of its own: one of them may be the answer."""
    found: list[BundleFile] = []
    omitted: list[Omitted] = []
    taken: set[str] = set()
    for file in files:
        if file.kind is not Kind.DOCUMENT:
            found.append(file)
            continue
        inner, left_out = read_markdown(file.source, file.text, limits)
        found.extend(inner)
        omitted.extend(left_out)
    return [_renamed(file, taken) for file in found], omitted


def _renamed(file: BundleFile, taken: set[str]) -> BundleFile:
    name = unique_name(file.name, taken)
    if name == file.name:
        return file
    return BundleFile(name, file.kind, file.text, file.source, file.segments, file.detail)
