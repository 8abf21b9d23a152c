"""Markdown answers: which files are in them, of which kind, and where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bundle import Kind, read_text

TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
OTHER = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
JSON = '{\n  "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}\n}\n'


def files(text: str) -> dict[str, tuple[Kind, str]]:
    return {file.name: (file.kind, file.text) for file in read_text("answer.md", text).files if file.detail != "answer"}


@pytest.mark.parametrize(
    "text",
    [
        f"```yaml\n{TEMPLATE}```\n",
        f"``` yaml\n{TEMPLATE}```\n",
        f"~~~yml\n{TEMPLATE}~~~\n",
        f"`````\n{TEMPLATE}`````\n",
        f"Text.\n\n```cloudformation\n{TEMPLATE}",
        TEMPLATE,
        f"Here is the template:\n\n{TEMPLATE}\nIt makes a topic.\n",
        f"{TEMPLATE}```\nThis makes a topic.\n",
        f"```markdown\nThe template:\n\n```yaml\n{TEMPLATE}```\n\nDone.\n```\n",
        "1. The template:\n\n   ```yaml\n" + "".join(f"   {line}\n" for line in TEMPLATE.splitlines()) + "   ```\n",
        f"<details>\n<summary>Template</summary>\n```yaml\n{TEMPLATE}```\n</details>\n",
    ],
)
def test_a_template_is_found_however_it_is_fenced(text: str) -> None:
    assert files(text) == {"template.yml": (Kind.TEMPLATE, TEMPLATE)}


def test_json_without_a_fence() -> None:
    assert files(f"Here:\n\n{JSON}\nDone.\n") == {"template.json": (Kind.TEMPLATE, JSON)}


@pytest.mark.parametrize(
    "before",
    [
        "### lib/topic.yml\n\n```yaml\n",
        "**lib/topic.yml**\n\n```yaml\n",
        "**File: `lib/topic.yml`**\n```yaml\n",
        "The file `lib/topic.yml` makes a topic:\n\n```yaml\n",
        "```yaml lib/topic.yml\n",
        '```yaml title="lib/topic.yml"\n',
        "```yaml:lib/topic.yml\n",
    ],
)
def test_the_name_of_a_block(before: str) -> None:
    assert files(f"{before}{TEMPLATE}```\n") == {"lib/topic.yml": (Kind.TEMPLATE, TEMPLATE)}


def test_the_name_in_a_first_comment() -> None:
    assert list(files(f"```yaml\n# lib/topic.yml\n{TEMPLATE}```\n")) == ["lib/topic.yml"]


def test_a_name_of_another_kind_of_file_is_not_the_block_s() -> None:
    text = f"Deploy `topic.yml` with:\n\n```bash\naws cloudformation deploy\n```\n\n```yaml\n{TEMPLATE}```\n"
    assert list(files(text)) == ["template.yml"]


def test_a_later_version_replaces_the_earlier() -> None:
    text = f"### topic.yml\n```yaml\n{TEMPLATE}```\nOops. Corrected:\n\n### topic.yml\n```yaml\n{TEMPLATE}  # better\n```\n"
    bundle = read_text("answer.md", text)
    assert [file.text for file in bundle.of_kind(Kind.TEMPLATE)] == [TEMPLATE + "  # better\n"]
    assert [(omitted.name, omitted.line) for omitted in bundle.omitted] == [("topic.yml", 3)]


def test_several_templates() -> None:
    assert list(files(f"```yaml\n{TEMPLATE}```\n\n```yaml\n{OTHER}```\n")) == ["template.yml", "template-2.yml"]


def test_parts_are_joined_where_the_text_says_so() -> None:
    rest = "  Queue:\n    Type: AWS::SQS::Queue\n"
    text = f"### all.yml\n```yaml\n{TEMPLATE}```\n\n### all.yml (continued)\n```yaml\n{rest}```\n"
    bundle = read_text("answer.md", text)
    [file] = bundle.of_kind(Kind.TEMPLATE)
    assert file.text == TEMPLATE + rest
    assert [file.source_line(line) for line in (1, 3, 4, 5)] == [3, 5, 10, 11]


def test_a_document_inside_the_answer() -> None:
    text = "### README.md\n\n````markdown\n# Deploy\n\n```sh\naws s3 ls\n```\n````\n\n```yaml\n" + TEMPLATE + "```\n"
    found = files(text)
    assert found["README.md"] == (Kind.DOCUMENT, "# Deploy\n\n```sh\naws s3 ls\n```\n")
    assert found["template.yml"] == (Kind.TEMPLATE, TEMPLATE)


@pytest.mark.parametrize("raw", ["../../etc/evil.yml", "/etc/evil.yml", "a/../../evil.yml", "..\\evil.yml"])
def test_names_stay_inside_the_bundle(raw: str) -> None:
    for name in files(f"### {raw}\n```yaml\n{TEMPLATE}```\n"):
        assert not name.startswith("/")
        assert ".." not in name.split("/")


def test_kinds_by_content() -> None:
    text = (
        '### params.json\n```json\n[{"ParameterKey": "A", "ParameterValue": "b"}]\n```\n'
        '### main.tf\n```hcl\nresource "aws_s3_bucket" "b" {\n}\n```\n'
        "### handler.py\n```python\ndef handler(event, context): ...\n```\n"
        "### run.sh\n```bash\necho\n```\n"
    )
    assert {name: kind for name, (kind, _) in files(text).items()} == {
        "params.json": Kind.PARAMETERS,
        "main.tf": Kind.FOREIGN,
        "handler.py": Kind.CODE,
        "run.sh": Kind.SCRIPT,
    }


def test_the_prose_has_no_template_in_it() -> None:
    [prose] = [
        file
        for file in read_text("answer.md", f"Say.\n\n```yaml\n{TEMPLATE}```\nEnd.\n").files
        if file.detail == "answer"
    ]
    assert prose.text.split("\n") == ["Say.", "", "```yaml", "", "", "", "```", "End.", ""]


_PROSE = [
    "Text.",
    "",
    "- a",
    "  b",
    "1. c",
    "> d",
    "    e",
    "# f",
    "***",
    "[g]: h",
    "```sh\nls\n```",
    "- i\n  ```sh\n  ls\n  ```",
    "\tj",
]
_COMMENTS = ["#", "# - a", "# ```", "    # b", "# > c", "\t# d", "", "# ~~~", "# \u2028 e"]


@given(
    st.lists(st.sampled_from(_PROSE), max_size=8),
    st.lists(st.sampled_from(_COMMENTS), max_size=8),
    st.lists(st.sampled_from(_PROSE), max_size=8),
)
@settings(deadline=None)
def test_what_stands_in_a_fence_arrives_as_it_is(before: list[str], inside: list[str], after: list[str]) -> None:
    content = TEMPLATE + "".join(f"{line}\n" for line in [*inside, "Outputs: {}"])
    answer = "\n".join([*before, "", f"````yaml\n{content}````", "", *after])
    found = [file for file in read_text("answer.md", answer).files if file.kind is Kind.TEMPLATE]
    assert [file.text for file in found] == [content]
    start = answer.split("\n").index("Resources:") + 1
    assert found[0].source_line(1) == start


def test_a_later_version_that_drops_most_of_a_template_does_not_replace_it() -> None:
    properties = "".join(f"      Setting{number}: on\n" for number in range(12))
    full = f"Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n{properties}"
    short = "Resources:\n  Queue:\n    Type: AWS::CloudFormation::WaitConditionHandle\n"
    text = f"Here:\n\n```yaml\n{full}```\n\nThe corrected, final version:\n\n```yaml\n{short}```\n"
    bundle = read_text("a.md", text)
    assert bundle.files[0].text == full
    assert any("drops most" in one.reason for one in bundle.omitted)
    longer = full.replace("Setting0: on", "Setting0: off")
    bundle = read_text("a.md", text.replace(short, longer))
    assert bundle.files[0].text == longer


def test_a_line_of_a_deployment_file_makes_no_other_file_of_a_template() -> None:
    yaml = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\nversion: 0.0\n"
    json = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}\nversion: 0.0\n'
    appspec = "version: 0.0\nResources:\n  - Service:\n      Type: AWS::ECS::Service\n"
    kinds = [
        read_text("a.md", f"Here:\n\n```yaml\n{text}```\n").files[0].kind is Kind.TEMPLATE
        for text in (yaml, json, appspec)
    ]
    assert kinds == [True, True, False]
