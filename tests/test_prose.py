"""The words that CONTRIBUTING.md asks not to write: not in docstrings, comments, texts of rules, documents."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.catalogue import Rule, load_catalogue
from tests.conftest import ROOT

# Word of CONTRIBUTING.md's list: what it looks like in a sentence.
WORDS = {
    "told": r"told",
    "said": r"said",
    "stands": r"(?<!-)stands?(?! for\b|-)",
    "holds against": r"h[eo]lds? against",
    "mend": r"mend(s|ed|ing)?",
    "graver": r"grave(r|st)",
    "milder": r"milde(r|st)",
    "is no X": r"(?<!there )(is|are) no (?!longer\b|more\b|less\b|other\b|such\b)\w+",
    "ones": r"ones",
    "comes to": r"comes? to",
    "whoever": r"whoever",
    "in vain": r"in vain",
    "otherwise than": r"otherwise than",
    "taken for": r"taken for",
}
PATTERNS = {word: re.compile(rf"\b{pattern}\b", re.I) for word, pattern in WORDS.items()}
CODE = re.compile(
    r"```.*?```|`[^`]*`|\{[^}]*\}", re.S
)  # of documents and of texts: names, values, what a program prints
TEXTS = ("title", "issue", "fix", "root_cause", "lesson", "cost", "security", "performance", "aws_behaviour")


def found(text: str) -> list[str]:
    """Return what a text has of the list, each in its surroundings."""
    plain = CODE.sub("`code`", text)
    hits = (match for pattern in PATTERNS.values() for match in pattern.finditer(plain))
    return [plain[max(0, hit.start() - 30) : hit.end() + 30] for hit in hits]


def prose(path: Path) -> Iterator[str]:
    """Yield the comments and docstrings of a module."""
    text = path.read_text("utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def texts(rule: Rule) -> list[str]:
    return [getattr(rule, field) for field in TEXTS]


def test_the_list_is_that_of_the_contributors_page() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| (\".+?) \| .+ \|$", page, re.M)
    listed = {word for row in rows for word in re.findall(r'"([^"]+)"', row)}
    assert listed >= set(WORDS)


@pytest.mark.slow  # every module is tokenized
def test_modules_are_in_plain_words() -> None:
    modules = sorted((ROOT / "grader").rglob("*.py"))
    assert {str(path.relative_to(ROOT)): hits for path in modules if (hits := found("\n".join(prose(path))))} == {}


def test_rules_are_in_plain_words() -> None:
    rules = load_catalogue().rules.values()
    assert {rule.id: hits for rule in rules if (hits := found("\n".join(texts(rule))))} == {}


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "docs/*.md"])
def test_documents_are_in_plain_words(page: str) -> None:
    assert {path.name: hits for path in ROOT.glob(page) if (hits := found(path.read_text("utf-8")))} == {}
