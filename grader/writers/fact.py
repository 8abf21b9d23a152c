"""Facts as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.facts import Fact


def fact_text(fact: Fact) -> str:
    """Write a fact with its source and examples."""
    lines = [
        f"# {fact.id}: {fact.title}",
        "",
        f"{fact.level}, {fact.mechanism} of {fact.type}.",
        "",
        _plain(fact.statement),
    ]
    if fact.error:
        lines += ["", f"AWS answers: “{_plain(fact.refusal)}”."]
    lines += ["", f"Fix: {_plain(fact.fix)}", "", f"Source: {fact.source}"]
    for title, texts in (("Breaks it", fact.failing), ("Keeps to it", fact.passing)):
        for text in texts:
            lines += ["", f"## {title}", "", "~~~yaml", text.rstrip("\n"), "~~~"]
    return "\n".join(lines) + "\n"


def facts_markdown(facts: Sequence[Fact]) -> str:
    """Write facts as one document: their number by resource type, then a table of all with sources."""
    counts = sorted(Counter(fact.type for fact in facts).items(), key=lambda item: (-item[1], item[0]))
    lines = [
        "# Facts",
        "",
        f"{len(facts)} facts about {len(counts)} resource types. Written by `grade facts list --format markdown`.",
        "",
        "A fact is something that is true of AWS: what a service rejects, requires or does. Each is a declaration in",
        "`grader/facts/data/`, with its source, the error that AWS gives, a template that breaks it and one that keeps to it;",
        "both templates are tests. Four mechanisms judge by facts: combinations of properties, the order of creation, grants",
        "(who must allow what) and the presence of another resource. `grade facts show ID` prints one whole.",
        "",
        "| resource type | facts |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in counts),
        "",
        "| fact | level | mechanism | type | what is true |",
        "|---|---|---|---|---|",
        *(
            f"| [{fact.id}]({fact.source}) | {fact.level} | {fact.mechanism} | {fact.type} | {_cell(fact.statement)} |"
            for fact in facts
        ),
    ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")
