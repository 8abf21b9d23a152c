"""JSON records as sources: what evaluation harnesses log of an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.errors import ResponseError
from grader.support.text import whole_characters

# Where a log keeps the text of an answer, the most telling place first.
_TEXTS = (
    "completion",
    "content",
    "response",
    "answer",
    "output_text",
    "output",
    "text",
    "message",
    "messages",
    "choices",
)
_NAMES = ("name", "path", "filename", "file")
_CONTENTS = ("content", "text", "body", "code")
_SECTIONS = {"Resources", "AWSTemplateFormatVersion", "Parameters", "Outputs", "Mappings"}


# Why a model stopped, as the interfaces of model providers call it: OpenAI, Anthropic, Google, Amazon Bedrock, Ollama.
# Sources: https://platform.openai.com/docs/api-reference/chat/object, https://docs.anthropic.com/en/api/messages,
# https://ai.google.dev/api/generate-content#FinishReason,
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_STOPS = ("finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason", "incomplete_details", "reason")
_CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
_REFUSED = frozenset(
    {
        "refusal",
        "content_filter",
        "content_filtered",
        "guardrail_intervened",
        "safety",
        "prohibited_content",
        "blocklist",
    }
)


@dataclass(frozen=True, slots=True)
class Record:
    """The answer of a record: its files by name or its text, and whether it was cut off or refused."""

    content: dict[str, str] | str
    cut_off: str = ""
    is_refused: bool = False


def parse_record(name: str, text: str) -> Record | None:
    """Return the answer of a record, None where the text is no record.

    A record is one JSON object, or the one line of a JSONL file: with a `files` map of name to text (or a list of
    objects with a name and a content), or with a completion's text. Raises ResponseError for several records.
    """
    if text.lstrip()[:1] != "{":
        return None
    records = list(_records(text))
    records = [record for record in records if not _SECTIONS & record.keys()]
    found = [answer for record in records if (answer := _answer(record)) is not None]
    if len(records) > 1 and found:
        raise ResponseError(f"holds {len(records)} records: one response is one record; split the file", name)
    return found[0] if found else None


def _records(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON or JSONL text; nothing where it is neither."""
    try:
        whole = _read(text)
        lines = [whole]
    except (ValueError, RecursionError):
        try:
            lines = [_read(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return
    yield from (line for line in lines if isinstance(line, dict))


def _read(text: str) -> Any:
    """Parse JSON. Half a character, which JSON can escape and no file can hold, is read as a replacement character."""
    value = json.loads(text)
    return json.loads(whole_characters(json.dumps(value, ensure_ascii=False))) if "\\u" in text else value


def _answer(record: dict[str, Any]) -> Record | None:
    content = _content(record)
    if content is None:
        return None
    stops = set(_stops(record, 0))
    cut = sorted(stops & _CUT)
    return Record(content, f"the record gives the stop reason {cut[0]}" if cut else "", bool(stops & _REFUSED))


def _stops(value: Any, depth: int) -> Iterator[str]:
    """Yield the reasons that a record gives for the end of its answer: of the first choice where there are several."""
    if isinstance(value, list):
        yield from _stops(value[0] if value else None, depth + 1) if depth < 6 else ()
    elif isinstance(value, dict) and depth < 6:
        for key, inner in value.items():
            if key in _STOPS and isinstance(inner, str):
                yield inner.lower()
            elif key in (*_STOPS, *_TEXTS, "candidates", "raw", "completion_info"):
                yield from _stops(inner, depth + 1)


def _content(record: dict[str, Any]) -> dict[str, str] | str | None:
    files = _files(record.get("files"))
    if files:
        return files
    for key in _TEXTS:
        found = _text(record.get(key), 0)
        if found:
            return found
    return "" if any(_is_blank(record.get(key)) for key in _TEXTS) else None


def _is_blank(value: Any) -> bool:
    """Whether the place of an answer is there and holds nothing."""
    if isinstance(value, list):
        return not value or _is_blank(value[0])
    if isinstance(value, dict):
        return any(_is_blank(value[key]) for key in _TEXTS if key in value)
    return value is None or value == ""


def _files(value: Any) -> dict[str, str]:
    """Return files by name from a map of name to text, or from a list of objects with a name and a content."""
    if isinstance(value, dict):
        pairs = ((name, _text(text, 0)) for name, text in value.items())
        return {name: text for name, text in pairs if isinstance(text, str)}
    found: dict[str, str] = {}
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            name = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), "")
            text = next((item[key] for key in _CONTENTS if isinstance(item.get(key), str)), None)
            if name and text is not None:
                found[name] = text
    return found


def _text(value: Any, depth: int) -> str | None:
    """Return the text of a message in any of the shapes that completions have: a string, parts, choices, messages."""
    if isinstance(value, str):
        return value
    if depth > 6:
        return None
    if isinstance(value, list):
        return _of_list(value, depth)
    if isinstance(value, dict):
        for key in _TEXTS:
            found = _text(value.get(key), depth + 1)
            if found:
                return found
    return None


def _of_list(value: list[Any], depth: int) -> str | None:
    answers = [item for item in value if isinstance(item, dict) and item.get("role") == "assistant"]
    if answers:
        return _text(answers[-1], depth + 1)
    if any(isinstance(item, dict) and "role" in item for item in value):
        return None
    if any(isinstance(item, dict) and ("message" in item or "index" in item) for item in value):
        return _text(value[0], depth + 1)
    parts = [part for item in value if (part := _text(item, depth + 1))]
    return "\n".join(parts) or None
