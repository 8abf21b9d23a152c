"""JSON records as sources: what evaluation harnesses and the interfaces of models log of an answer.

docs/records.md says which keys are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.errors import ResponseError
from grader.support.text import one_line, whole_characters

# Where a log keeps the text of an answer, the most specific place first.
TEXTS = (
    "completion",
    "content",
    "response",
    "answer",
    "output_text",
    "generated_text",
    "output",
    "text",
    "message",
    "messages",
    "choices",
    "candidates",
    "parts",
    "refusal",
)
_FIRST = ("choices", "candidates")  # several answers to one prompt: the first is the answer
NAMES = ("name", "path", "filename", "file")
CONTENTS = ("content", "text", "body", "code")
_SECTIONS = {"Resources", "AWSTemplateFormatVersion", "Parameters", "Outputs", "Mappings"}
_THOUGHTS = frozenset({"reasoning", "thinking", "redacted_thinking", "tool_use", "function_call", "tool_call"})
_ATTACHMENT = "attachment://"  # Inspect's logs keep long texts apart

# Why a model stopped, as the interfaces of model providers call it: OpenAI, Anthropic, Google, Amazon Bedrock, Ollama.
# Sources: https://platform.openai.com/docs/api-reference/chat/object, https://docs.anthropic.com/en/api/messages,
# https://ai.google.dev/api/generate-content#FinishReason,
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_STOPS = (
    "finish_reason",
    "stop_reason",
    "finishReason",
    "stopReason",
    "done_reason",
    "incomplete_details",
    "reason",
    "blockReason",
)
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
        "spii",
    }
)
_AROUND = ("raw", "completion_info", "details", "promptFeedback", "result")  # what may hold all this
_INPUT_TOKENS = ("prompt_tokens", "input_tokens", "inputTokens", "promptTokenCount", "prompt_eval_count", "prompt")
_OUTPUT_TOKENS = (
    "completion_tokens",
    "output_tokens",
    "outputTokens",
    "candidatesTokenCount",
    "eval_count",
    "generated_tokens",
    "completion",
)
USAGES = ("usage", "usageMetadata", "tokenUsage", "token_usage", "details")
SETTINGS = (
    "temperature",
    "top_p",
    "topP",
    "top_k",
    "topK",
    "max_tokens",
    "maxTokens",
    "max_output_tokens",
    "maxOutputTokens",
    "max_completion_tokens",
    "max_new_tokens",
    "seed",
    "reasoning_effort",
)
CONFIGS = (
    "config",
    "settings",
    "parameters",
    "params",
    "generation_config",
    "generationConfig",
    "inferenceConfig",
    "request",
)
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What a record tells about its answer: why the model stopped, tokens, the settings of the call, and the model."""

    finish_reason: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The answer of a record: its files by name or its text, and whether it was cut off or refused."""

    content: dict[str, str] | str
    cut_off: str = ""
    is_refused: bool = False


def parse_record(name: str, text: str) -> Record | None:
    """Return the answer of a record, None where the text is not a record.

    A record is one JSON object, or the one line of a JSONL file: with a `files` map of name to text (or a list of
    objects with a name and a content), or with a completion's text. Raises ResponseError for several records, and for a
    record of an error instead of an answer.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    records = [record for record in _records(text) if not _SECTIONS & record.keys()]
    found = [answer for record in records if (answer := _answer(name, record)) is not None]
    if len(records) > 1 and found:
        raise ResponseError(f"holds {len(records)} records: one response is one record; split the file", name)
    return found[0] if found else None


def unknown_record(text: str) -> str:
    """Return what was looked for in a JSON text that is neither a template nor a record; empty where it is not JSON."""
    if text.lstrip()[:1] not in ("{", "["):
        return ""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    keys = f" among {one_line(', '.join(map(str, list(data)[:8])), 120)}" if isinstance(data, dict) and data else ""
    looked = ", ".join(f"`{key}`" for key in ("files", *TEXTS[:-2]))
    return f"JSON that is neither a template nor a record of an answer: none of {looked}{keys}; see docs/records.md"


def record_facts(data: bytes) -> RecordFacts:
    """Return what a record tells about its answer; nothing where the bytes are not one record."""
    try:
        records = list(_records(data.decode("utf-8", "replace")))
    except RecursionError:
        records = []
    if len(records) != 1 or _SECTIONS & records[0].keys():
        return RecordFacts()
    [record] = records
    stops = _stops(record, 0)
    usages = [usage for one in _levels(record, 0) for usage in (one, *_maps(one, USAGES))]
    configs = [config for one in _levels(record, 0) for config in (one, *_maps(one, CONFIGS))]
    settings = {key: one[key] for one in reversed(configs) for key in SETTINGS if _is_setting(one.get(key))}
    models = (one["model"] for one in _levels(record, 0) if isinstance(one.get("model"), str))
    return RecordFacts(
        finish_reason=one_line(next(stops, ""), 60),
        input_tokens=_count(usages, _INPUT_TOKENS),
        output_tokens=_count(usages, _OUTPUT_TOKENS),
        settings=dict(sorted(settings.items())),
        model=next(models, ""),
    )


def _maps(value: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    yield from (value[key] for key in keys if isinstance(value.get(key), dict))


def _levels(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the objects around an answer, from the outside to the inside."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        yield value
        for key, inner in value.items():
            if key in (*TEXTS, *_AROUND):
                yield from _levels(inner, depth + 1)


def _is_setting(value: object) -> bool:
    return isinstance(value, int | float | bool) or (isinstance(value, str) and len(value) <= 40)


def _count(usages: list[dict[str, Any]], keys: tuple[str, ...]) -> int | None:
    counts = (one[key] for one in usages for key in keys if type(one.get(key)) is int and 0 <= one[key] < 10**12)
    return next(counts, None)


def _records(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON or JSONL text; nothing where it is neither."""
    try:
        whole = _read(text)
        lines = whole if isinstance(whole, list) else [whole]
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


def _answer(name: str, record: dict[str, Any]) -> Record | None:
    content = _content(record)
    stops = {stop.lower() for stop in _stops(record, 0)}
    is_refused = bool(stops & _REFUSED)
    error = next((one["error"] for one in _levels(record, 0) if one.get("error")), None)
    if not content and error and not is_refused:
        text = error.get("message", error) if isinstance(error, dict) else error
        raise ResponseError(f"the record holds an error instead of an answer: {one_line(str(text), 200)}", name)
    if content is None:
        return Record("", "", True) if is_refused else None
    cut = sorted(stops & _CUT)
    return Record(content, f"the record gives the stop reason {cut[0]}" if cut else "", is_refused)


def _stops(value: Any, depth: int) -> Iterator[str]:
    """Yield the reasons that a record gives for the end of its answer: of the first choice where there are several."""
    if isinstance(value, list):
        yield from _stops(value[0] if value else None, depth + 1) if depth < _MAX_DEPTH else ()
    elif isinstance(value, dict) and depth < _MAX_DEPTH:
        for key, inner in value.items():
            if key in _STOPS and isinstance(inner, str):
                yield inner
            elif key == "refusal" and isinstance(inner, str) and inner.strip():
                yield key
            elif key in (*_STOPS, *TEXTS, *_AROUND):
                yield from _stops(inner, depth + 1)


def _content(record: dict[str, Any]) -> dict[str, str] | str | None:
    files = _files(record.get("files"))
    if files:
        return files
    for key in TEXTS:
        found = _under(record, key, 0)
        if found:
            return _attached(record, found)
    return "" if any(_is_blank(record.get(key)) for key in TEXTS if key in record) else None


def _attached(record: dict[str, Any], text: str) -> str:
    """Return the text that Inspect's logs keep under `attachments`; another text as it is."""
    kept = record.get("attachments")
    if not text.startswith(_ATTACHMENT) or not isinstance(kept, dict):
        return text
    found = kept.get(text.removeprefix(_ATTACHMENT))
    return found if isinstance(found, str) else text


def _is_blank(value: Any) -> bool:
    """Whether the place of an answer is there and holds nothing."""
    if isinstance(value, list):
        return not value or _is_blank(value[0])
    if isinstance(value, dict):
        return any(_is_blank(value[key]) for key in TEXTS if key in value)
    return value is None or value == ""


def _files(value: Any) -> dict[str, str]:
    """Return files by name from a map of name to text, or from a list of objects with a name and a content."""
    if isinstance(value, dict):
        pairs = ((name, _text(text, 0)) for name, text in value.items())
        return {name: text for name, text in pairs if isinstance(text, str)}
    found: dict[str, str] = {}
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            name = next((item[key] for key in NAMES if isinstance(item.get(key), str)), "")
            text = next((item[key] for key in CONTENTS if isinstance(item.get(key), str)), None)
            if name and text is not None:
                found[name] = text
    return found


def _under(value: dict[str, Any], key: str, depth: int) -> str | None:
    inner = value.get(key)
    return _text(inner[0] if key in _FIRST and isinstance(inner, list) and inner else inner, depth)


def _text(value: Any, depth: int) -> str | None:
    """Return the text of a message in any of the shapes that completions have: a string, parts, choices, messages."""
    if isinstance(value, str):
        return value
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return _of_list(value, depth)
    if isinstance(value, dict) and not _is_thought(value):
        for key in TEXTS:
            found = _under(value, key, depth + 1)
            if found:
                return found
    return None


def _is_thought(part: dict[str, Any]) -> bool:
    """Whether a part of an answer is the model's reasoning or a call of a tool, and not the answer."""
    kind = part.get("type")
    return (isinstance(kind, str) and kind in _THOUGHTS) or part.get("thought") is True


def _of_list(value: list[Any], depth: int) -> str | None:
    answers = [item for item in value if isinstance(item, dict) and item.get("role") in ("assistant", "model")]
    if answers:
        return _text(answers[-1], depth + 1)
    if any(isinstance(item, dict) and "role" in item for item in value):
        return None
    if any(isinstance(item, dict) and ("message" in item or "index" in item) for item in value):
        return _text(value[0], depth + 1)
    parts = [part for item in value if (part := _text(item, depth + 1))]
    return "\n".join(parts) or None
