"""A rule as text: all that its file says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grader.catalogue import Example, Rule


def rule_text(rule: Rule) -> str:
    """Write a rule under the same headings as every other: what it finds, why, how to fix it, examples."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield f"# {rule.id}: {rule.title}"
    yield ""
    yield f"Level {rule.level}, kind {rule.kind}, category {rule.category}, subject {rule.subject}."
    if rule.former_ids:
        yield f"Former ids: {', '.join(rule.former_ids)}."
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


def rules_markdown(rules: Iterable[Rule]) -> str:
    """Write rules as one document: a table of all, then what each finds, how to fix it and where it is documented."""
    listed = list(rules)
    lines = [
        "# Rules",
        "",
        f"The {len(listed)} rules of the catalogue, without [the facts](facts.md). Written by `grade rules list --format markdown`.",
        "",
    ]
    lines += ["| rule | level | kind | what it finds |", "|---|---|---|---|"]
    lines += [f"| [{rule.id}](#{rule.id}) | {_levels(rule)} | {rule.kind} | {_plain(rule.title)} |" for rule in listed]
    for rule in listed:
        sources = ", ".join(f"`{source}`" for source in _sources(rule) if ":" in source)
        lines += [
            "",
            f"## {rule.id}",
            "",
            f"{_plain(rule.title)}. Level {_levels(rule)}; kind {rule.kind}; category {rule.category}; subject {rule.subject}.",
        ]
        lines += ["", f"**Issue**: {_plain(rule.issue)}", "", f"**Fix**: {_plain(rule.fix)}"]
        lines += ["", f"**Root cause**: {_plain(rule.root_cause)}", "", f"**Reference**: <{rule.reference}>"]
        lines += ["", f"Stands for {sources}."] if sources else []
    return "\n".join(lines) + "\n"


def _levels(rule: Rule) -> str:
    if rule.forgiven:
        return f"{rule.level} (no failure where the ideal answer does the same)"
    return f"{rule.level} (at most Medium where the ideal answer does the same)" if rule.is_choice else rule.level


def _plain(text: str) -> str:
    """Write a narrative with its places as they are: braces in code, so that markdown leaves them alone."""
    return re.sub(r"\{\{?(\w[\w:]*)\}?\}", r"`{\1}`", text).replace("|", "\\|")
