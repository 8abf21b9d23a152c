"""The environment that a prompt gives a value for: `t3.micro for dev and m5.large for prod`, `prod: 30 days`."""

from __future__ import annotations

import re

# What prompts and templates call the usual environments.
STAGES = {
    "dev": ("dev", "development"),
    "test": ("test", "testing", "qa"),
    "staging": ("staging", "stage", "stg"),
    "prod": ("prod", "production", "prd"),
}
_WORDS = "|".join(
    sorted((word for words in STAGES.values() for word in words if word != "stage"), key=len, reverse=True)
)
_AFTER = re.compile(
    rf"^\s*(?:[a-z]+\s+){{0,2}}?(?:(?:in|for)\s+(?:the\s+)?|\()({_WORDS})\b(?!\s*(?:and|or|,|/)\s*(?:the\s+)?(?:{_WORDS})\b)",
    re.I,
)
_BEFORE = re.compile(
    rf"\b({_WORDS})(?:\s+environments?)?\s*[:=]\s*$|\b(?:in|for)\s+(?:the\s+)?({_WORDS})(?:\s+environments?)?,\s+(?:[a-z]+\s+){{0,3}}$",
    re.I,
)
_PHRASE = re.compile(rf"(?:\b(?:in|for)\s+(?:the\s+)?|\()(?:{_WORDS})\b(?:\s+only\b)?|\b(?:{_WORDS})\s*[:=]", re.I)


def stage_of(start: int, end: int, text: str) -> str:
    """Return the environment that the words at a place of a text are for; empty where the text does not say."""
    found = _AFTER.match(text[end:]) or _BEFORE.search(text[:start])
    word = next((one for one in found.groups() if one), "").lower() if found else ""
    return next((stage for stage, words in STAGES.items() if word in words), "")


def without_stages(text: str) -> str:
    """Return a text without the words that name the environment of a value."""
    return _PHRASE.sub(" ", text)
