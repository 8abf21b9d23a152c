"""Writers: one result in, one form of it out. They decide nothing."""

from __future__ import annotations

import json
from pathlib import Path

from grader.analysis import ANALYSIS, analysis_of, render_analysis
from grader.model import RESULT, Result
from grader.support.files import write_whole
from grader.writers.agreement import agreement_text
from grader.writers.rule import rule_text, rules_markdown
from grader.writers.terminal import print_result


def json_text(result: Result) -> str:
    """Write a result as JSON, in the order of the contract."""
    return json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n"


def write_result(result: Result, folder: Path) -> None:
    """Write MODEL_FAILURES.md and result.json into a folder, made where it is missing; each file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((ANALYSIS, render_analysis(analysis_of(result))), (RESULT, json_text(result))):
        write_whole(folder / name, text)


__all__ = [
    "ANALYSIS",
    "RESULT",
    "agreement_text",
    "json_text",
    "print_result",
    "rule_text",
    "rules_markdown",
    "write_result",
]
