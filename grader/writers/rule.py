"""A rule as text: all that its file says."""

from __future__ import annotations

from collections.abc import Iterator

from grader.rule import Example, Rule


def rule_text(rule: Rule) -> str:
    """Write a rule under the same headings as every other: what it finds, why, how to fix it, examples."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield f"# {rule.id}: {rule.title}"
    yield ""
    yield f"Level {rule.level}, kind {rule.kind}, category {rule.category}."
    impact = (("Cost", rule.cost), ("Security", rule.security), ("Performance", rule.performance))
    sections = (
        ("What it finds", rule.issue),
        ("How to fix it", rule.fix),
        ("Root cause", rule.root_cause),
        ("Lesson", rule.lesson),
        ("Impact", "\n".join(f"- {name}: {text}" for name, text in impact if text)),
        ("Detected by", "\n".join(f"- {source}" for source in _sources(rule))),
        ("Reference", rule.reference),
    )
    for title, text in sections:
        if text:
            yield from ("", f"## {title}", "", text)
    for title, examples in (("Fails", rule.fails), ("Passes", rule.passes)):
        yield from ("", f"## {title}")
        for one in examples:
            yield from _example(one)


def _sources(rule: Rule) -> Iterator[str]:
    if rule.check:
        yield "its own check"
    yield from rule.stands_for


def _example(one: Example) -> Iterator[str]:
    for name, text in one.files.items():
        fence = "yaml" if name.endswith((".yml", ".yaml")) else ""
        yield from ("", f"`{name}`", "", f"~~~{fence}", text.rstrip("\n"), "~~~")
