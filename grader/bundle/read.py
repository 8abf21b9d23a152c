"""A response, as it arrived, to a bundle."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from grader.bundle.classify import classify, looks_like_template
from grader.bundle.decode import decode
from grader.bundle.folder import RawFile, TooLargeError, read_bytes, read_folder
from grader.bundle.limits import DEFAULT_LIMITS, Limits
from grader.bundle.markdown import read_markdown
from grader.bundle.model import Bundle, BundleFile, Kind, Omitted
from grader.bundle.names import safe_name, unique_name
from grader.errors import ResponseError

_MARKDOWN = (".md", ".markdown")


def read_response(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> Bundle:
    """Read a response: a folder of files, a markdown answer or a single file.

    Raises ResponseError where there is nothing, nothing readable, or more than the limits allow.
    """
    path = Path(path)
    if path.is_dir():
        return _bundle(path, read_folder(path, limits))
    if not path.exists():
        raise ResponseError("no such file or folder: give the response with --response PATH", path)
    try:
        data = read_bytes(path.resolve(), limits.file_bytes)
    except TooLargeError as error:
        raise ResponseError(str(error), path) from None
    except OSError as error:
        raise ResponseError(f"cannot be read: {error.strerror or error}", path) from None
    return read_text(path.name, _text_of(data, path))


def _text_of(data: bytes, path: Path) -> str:
    text = decode(data)
    if text is None:
        raise ResponseError("a binary file: give a text file, a folder or an archive", path)
    return text


def read_text(name: str, text: str) -> Bundle:
    """Read one text as a response: a markdown answer, or a single file where it is a template and nothing else."""
    if not text.strip():
        raise ResponseError("the response is empty", name)
    if looks_like_template(text) and not name.lower().endswith(_MARKDOWN):
        kind, detail = classify(name, text)
        return Bundle(_stem(name), (BundleFile(safe_name(name) or "template.yml", kind, text, name, detail=detail),))
    files, omitted = read_markdown(name, text)
    return Bundle(_stem(name), files, omitted)


def _stem(name: str) -> str:
    return safe_name(PurePosixPath(name).stem) or "response"


def _bundle(path: Path, entries: Iterable[RawFile | Omitted]) -> Bundle:
    """Make the bundle of a source with several files."""
    files: list[BundleFile] = []
    omitted: list[Omitted] = []
    taken: set[str] = set()
    for entry in entries:
        if isinstance(entry, Omitted):
            omitted.append(entry)
            continue
        text = decode(entry.data)
        if text is None:
            omitted.append(Omitted(entry.name, "a binary file"))
            continue
        name = safe_name(entry.name)
        if not name:
            omitted.append(Omitted(entry.name, "a name that is not a file's"))
            continue
        kind, detail = classify(name, text)
        files.append(BundleFile(unique_name(name, taken), kind, text, entry.name, detail=detail))
    if not any(file.text.strip() for file in files):
        reason = "the folder holds no text" if omitted or files else "the folder is empty"
        raise ResponseError(f"{reason}: a response is files, or a markdown answer", path)
    if not any(file.kind is Kind.TEMPLATE for file in files):
        files, more = _from_answers(files)
        omitted += more
    return Bundle(path.resolve().name, tuple(files), tuple(omitted))


def _from_answers(files: list[BundleFile]) -> tuple[list[BundleFile], list[Omitted]]:
    """Look into the markdown files of a folder that holds no template of its own."""
    found: list[BundleFile] = []
    omitted: list[Omitted] = []
    for file in files:
        if file.kind is not Kind.DOCUMENT:
            found.append(file)
            continue
        inner, left_out = read_markdown(file.source, file.text)
        found.extend(inner)
        omitted.extend(left_out)
    return found, omitted
