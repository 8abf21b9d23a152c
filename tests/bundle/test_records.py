"""Records of every harness: the answer, why it ended, its tokens and the settings of the call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.bundle.model import Kind
from grader.bundle.read import read_data
from grader.bundle.record import record_facts
from grader.errors import ResponseError

TEMPLATE = "Resources:\n  Parcels:\n    Type: AWS::SQS::Queue\n"
ANSWER = f"The queue:\n\n```yaml\n{TEMPLATE}```\n"

# Made up after the references of the interfaces: https://platform.openai.com/docs/api-reference,
# https://docs.anthropic.com/en/api/messages, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html,
# https://ai.google.dev/api/generate-content, https://huggingface.co/docs/text-generation-inference,
# https://www.promptfoo.dev/docs/configuration/outputs/, https://inspect.aisi.org.uk/eval-logs.html
SHAPES: dict[str, dict[str, Any]] = {
    "chat completions": {
        "model": "m-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        "temperature": 0.2,
    },
    "anthropic": {
        "model": "m-1",
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "hm", "text": "no"}, {"type": "text", "text": ANSWER}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 11, "output_tokens": 7},
        "settings": {"temperature": 0.2},
    },
    "bedrock converse": {
        "model": "m-1",
        "output": {"message": {"role": "assistant", "content": [{"text": ANSWER}]}},
        "stopReason": "max_tokens",
        "usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18},
        "inferenceConfig": {"temperature": 0.2},
    },
    "openai responses": {
        "model": "m-1",
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER}]},
        ],
        "usage": {"input_tokens": 11, "output_tokens": 7},
        "temperature": 0.2,
    },
    "gemini": {
        "model": "m-1",
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": ANSWER}]},
                "finishReason": "MAX_TOKENS",
            },
            {"content": {"role": "model", "parts": [{"text": "another"}]}, "finishReason": "STOP"},
        ],
        "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 7},
        "generationConfig": {"temperature": 0.2},
    },
    "hugging face": {
        "model": "m-1",
        "generated_text": ANSWER,
        "details": {"finish_reason": "length", "generated_tokens": 7, "input_tokens": 11},
        "parameters": {"temperature": 0.2},
    },
    "promptfoo": {
        "vars": {"task": "parcels"},
        "response": {
            "output": ANSWER,
            "model": "m-1",
            "tokenUsage": {"total": 18, "prompt": 11, "completion": 7},
            "finishReason": "length",
            "config": {"temperature": 0.2},
        },
    },
    "inspect": {
        "id": "parcels",
        "epoch": 1,
        "messages": [{"role": "user", "content": "A queue."}, {"role": "assistant", "content": ANSWER}],
        "output": {
            "model": "m-1",
            "choices": [{"message": {"role": "assistant", "content": ANSWER}, "stop_reason": "max_tokens"}],
            "usage": {"input_tokens": 11, "output_tokens": 7},
        },
        "config": {"temperature": 0.2},
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_answer_and_what_the_record_tells_about_it(shape: str) -> None:
    data = json.dumps(SHAPES[shape]).encode()
    bundle = read_data("log.json", data)
    assert [file.text for file in bundle.of_kind(Kind.TEMPLATE)] == [TEMPLATE]
    assert bundle.cut_off.startswith("the record gives the stop reason")
    facts = record_facts(data)
    assert facts.finish_reason.lower() in ("length", "max_tokens", "max_output_tokens")
    assert (facts.input_tokens, facts.output_tokens, facts.settings) == (11, 7, {"temperature": 0.2})
    assert facts.model == "m-1"


REFUSALS: dict[str, dict[str, Any]] = {
    "chat completions": {"choices": [{"message": {"role": "assistant", "content": None, "refusal": "I can't."}}]},
    "openai responses": {
        "output": [{"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "I can't."}]}]
    },
    "anthropic": {"content": [{"type": "text", "text": "I can't."}], "stop_reason": "refusal"},
    "gemini": {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 11}},
    "bedrock": {"output": {"message": {"content": []}}, "stopReason": "guardrail_intervened"},
}


@pytest.mark.parametrize("shape", REFUSALS)
def test_a_refusal_of_the_interface_is_a_refusal(shape: str) -> None:
    assert read_data("log.json", json.dumps(REFUSALS[shape]).encode()).is_refused


def test_one_text_generation_in_a_list() -> None:
    bundle = read_data("log.json", json.dumps([{"generated_text": ANSWER}]).encode())
    assert [file.text for file in bundle.of_kind(Kind.TEMPLATE)] == [TEMPLATE]


def test_long_texts_that_a_log_keeps_apart() -> None:
    record = {"output": {"completion": "attachment://4f"}, "attachments": {"4f": ANSWER}}
    bundle = read_data("log.json", json.dumps(record).encode())
    assert [file.text for file in bundle.of_kind(Kind.TEMPLATE)] == [TEMPLATE]


def test_an_error_of_the_harness_is_not_an_answer() -> None:
    with pytest.raises(ResponseError, match="an error instead of an answer: rate limit"):
        read_data("log.json", json.dumps({"error": {"message": "rate limit", "code": 429}}).encode())


@pytest.mark.parametrize("data", [{"prediction": ANSWER}, {}, [1, 2], {"messages": [{"role": "user", "content": "x"}]}])
def test_an_unknown_json_says_what_was_looked_for(data: object) -> None:
    with pytest.raises(ResponseError, match=r"neither a template nor a record of an answer: none of `files`, `compl"):
        read_data("log.json", json.dumps(data).encode())


def test_an_empty_answer_is_an_empty_answer() -> None:
    for record in ({"completion": ""}, {"choices": [{"message": {"role": "assistant", "content": ""}}]}):
        assert read_data("log.json", json.dumps(record).encode()).files == ()
