"""What stands before or beside the answer is not the answer, and is listed with the reason."""

from __future__ import annotations

import pytest

from grader.bundle import read_text
from grader.bundle.model import Kind

VERSION = "AWSTemplateFormatVersion: '2010-09-09'\n"


def queue(*names: str, head: str = VERSION) -> str:
    entries = "".join(f"  {name}:\n    Type: AWS::SQS::Queue\n" for name in names)
    return f"```yaml\n{head}Resources:\n{entries}```\n"


def read(text: str) -> tuple[list[str], list[str]]:
    """The resources of each template of an answer, and why the rest was left out."""
    bundle = read_text("answer.md", text)
    templates = [
        " ".join(line.strip(" :") for line in file.text.split("\n") if line.startswith("  ") and line[2] != " ")
        for file in bundle.of_kind(Kind.TEMPLATE)
    ]
    return templates, [one.reason for one in bundle.omitted]


@pytest.mark.parametrize(
    ("before", "between"),
    [
        ("### Reasoning Trace\nLet me see.\n\n", "\n### Answer\n\n"),
        ("## First attempt\n\n", "\n## Final answer\n\n"),
        ("**Initial draft:**\n\n", "\n**Solution**\n\n"),
        ("<think>\nA queue, then.\n\n", "\n</think>\n\n"),
    ],
)
def test_a_draft_before_the_answer_is_left_out(before: str, between: str) -> None:
    templates, reasons = read(before + queue("Draft") + between + queue("Orders"))
    assert templates == ["Orders"]
    assert reasons == ["part of a draft; the answer follows it"]


def test_a_draft_that_no_answer_follows_is_graded() -> None:
    assert read("### Reasoning Trace\n\n" + queue("Draft") + "\n### Answer\n")[0] == ["Draft"]


def test_a_heading_in_a_template_ends_no_draft() -> None:
    inside = queue("Orders").replace("Resources:", "# Answer\nResources:")
    assert read("## Reasoning\n\n" + inside + "\n" + queue("Other"))[0] == ["Orders", "Other"]


def test_a_suggestion_beside_the_template_is_left_out() -> None:
    extra = queue("Orders", "Spare", head="Parameters:\n  Keep: {Type: String}\n")
    templates, reasons = read(queue("Orders") + "\n## Production\n\nConsider these additions:\n\n" + extra)
    assert templates == ["Orders"]
    assert reasons == ["a suggestion beside the template at line 2"]


def test_an_excerpt_is_no_template() -> None:
    excerpt = '```json\n{\n  "Resources": {\n    "A": {"Type": "AWS::SQS::Queue"}\n    // ... the rest\n  }\n}\n```\n'
    assert read(excerpt)[0] == []
    assert read(queue("Orders") + "\nThe queue:\n\n" + queue("Orders", head=""))[0] == ["Orders"]


def test_parts_of_an_answer_without_a_version_are_templates() -> None:
    assert read("## Queues\n\n" + queue("A", head="") + "\n## Topics\n\n" + queue("B", head=""))[0] == ["A", "B"]


def test_a_later_version_replaces_an_earlier_one_of_much_the_same() -> None:
    text = queue("A", "B", "C", "D") + "\nHere is the corrected template:\n\n" + queue("A", "B", "C", "D", "E")
    assert read(text)[0] == ["A B C D E"]


def test_a_later_version_that_drops_most_replaces_nothing() -> None:
    first = "`stack.yaml`\n\n" + queue("A", "B", "C", "D", "E")
    later = "\n`stack.yaml`, corrected\n\n" + queue("A")
    templates, reasons = read(first + later)
    assert templates == ["A B C D E"]
    assert reasons == ["a later version that drops most of the template at line 4"]


def test_a_template_that_its_fence_calls_a_script_is_a_template() -> None:
    assert read(queue("Orders").replace("```yaml", "```bash"))[0] == ["Orders"]
    script = "```bash\ncat > t.yaml <<END\n" + queue("Orders").split("\n", 1)[1].removesuffix("```\n") + "END\n```\n"
    assert read(script)[0] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (queue("A", "B") + "\nCorrected:\n\n```yaml\n" + VERSION + "Resources:\n```\n", "an outline without resources"),
        (queue("A", "B", "C", "D") + "\nCorrected:\n\n" + queue("A", "B", "C", "D", "E"), "a later version is at line"),
        ("## First attempt\n\n" + queue("A") + "\n## Answer\n\n" + queue("B"), "part of a draft"),
        (queue("A") + "\nThe queue:\n\n" + queue("A", head=""), "an excerpt of the template"),
    ],
)
def test_templates_that_are_left_out_document_nothing(text: str, reason: str) -> None:
    bundle = read_text("answer.md", text)
    assert bundle.omitted[0].reason.startswith(reason)
    assert all("Resources" not in file.text and "SQS" not in file.text for file in bundle.of_kind(Kind.DOCUMENT))
