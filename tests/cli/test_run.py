"""`grade run`, as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import TASK, Cli

TOPIC = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "PROMPT.md").write_text("Write a template with a topic.\n")
    (folder / "answer.md").write_text(f"Here it is:\n\n```yaml\n{TOPIC}```\n")
    return folder


def test_writes_both_files_and_exits_with_0(task: Path, tmp_path: Path, cli: Cli) -> None:
    done = cli("run", "orders", "--response", "orders/answer.md", "--fast")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    result = json.loads((tmp_path / "reports" / "orders" / "result.json").read_text())
    assert result["schema"] == 2
    assert (result["task"], result["response"], result["verdict"]) == ("orders", "answer", "clean")
    assert (tmp_path / "reports" / "orders" / "MODEL_FAILURES.md").read_text().startswith("# ")
    assert "clean" in done.stderr


def test_json_goes_to_standard_output_alone(task: Path, tmp_path: Path, cli: Cli) -> None:
    done = cli("run", "orders", "--response", "orders/answer.md", "--fast", "--format", "json", "--out", "o")
    assert json.loads(done.stdout)["score"] == 100.0
    assert done.stderr == ""


@pytest.mark.parametrize(("level", "code"), [("Critical", 0), ("High", 0), ("Medium", 1)])
def test_fail_on_a_level_or_a_graver_one(task: Path, tmp_path: Path, level: str, code: int, cli: Cli) -> None:
    (task / "answer.md").write_text(f"```yaml\nParameters:\n  Spare: {{Type: String, Default: x}}\n{TOPIC}```\n")
    done = cli("run", "orders", "--response", "orders/answer.md", "--fast", "--fail-on", level)
    assert done.returncode == code


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, cli: Cli) -> None:
    outputs = []
    for name in ("one", "two"):
        cli("run", TASK, "--response", TASK / "model_out", "--fast", "--out", name)
        outputs.append([(tmp_path / name / file).read_bytes() for file in ("MODEL_FAILURES.md", "result.json")])
    assert outputs[0] == outputs[1]


RUBRIC = "levels: [{name: Critical, weight: 5}]\nverdicts: [{name: any}]\nrules:\n  no-template:\n    level: Grave\n"


@pytest.mark.parametrize(
    ("setup", "arguments", "expected"),
    [
        ({}, ("run", "nowhere", "--response", "r"), "nowhere: no such task"),
        ({"t/README.md": "x"}, ("run", "t", "--response", "t"), "t: the task has no PROMPT.md"),
        ({"t/PROMPT.md": "x"}, ("run", "t", "--response", "r"), "r: no such file or folder"),
        ({"t/PROMPT.md": "x", "r.bin": "\0\1\2"}, ("run", "t", "--response", "r.bin"), "r.bin: a binary file"),
        ({"t/PROMPT.md": "x", "r/.keep": ""}, ("run", "t", "--response", "r"), "r: no response here"),
        (
            {"t/PROMPT.md": "x", "t/task.yaml": "id: a\nregoin: us-east-1\n"},
            ("run", "t", "--response", "t"),
            "t/task.yaml:2: regoin: unknown field",
        ),
        (
            {"t/PROMPT.md": "x", "t/task.yaml": "id: [a\n"},
            ("run", "t", "--response", "t"),
            "t/task.yaml:2: not valid YAML",
        ),
        (
            {"t/PROMPT.md": "x", "t/task.yaml": "account: rich\n"},
            ("run", "t", "--response", "t"),
            "t/task.yaml: account: no profile 'rich'",
        ),
        (
            {"t/PROMPT.md": "x", "r.md": TOPIC, "rubric.yaml": RUBRIC},
            ("run", "t", "--response", "r.md", "--rubric", "rubric.yaml"),
            "rubric.yaml:5: unknown level 'Grave'",
        ),
        (
            {"t/PROMPT.md": "x", "r.md": TOPIC},
            ("run", "t", "--response", "r.md", "--fail-on", "Low"),
            "--fail-on: unknown level 'Low'",
        ),
        ({}, ("rules", "show", "nothing"), "unknown rule 'nothing'"),
        ({"t/a.txt": "x"}, ("batch", "t"), "t: no task here"),
    ],
)
def test_bad_input_is_one_clear_line(
    tmp_path: Path, setup: dict[str, str], arguments: tuple[str, ...], expected: str, cli: Cli
) -> None:
    for name, text in setup.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = cli(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"grade: {expected}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "rule", "verdict"),
    [
        (" \n", "empty-answer", "empty"),
        ("I'm sorry, but I can't help with that request.\n", "refused-answer", "refused"),
        ("I would use a bucket and a queue.\n", "no-template", "off-task"),
        ('```hcl\nresource "aws_sns_topic" "t" {\n}\n```\n', "other-language", "off-task"),
        (
            "```yaml\nResources: {A: {Type: 'AWS::CloudFormation::WaitConditionHandle'}}\n```\n",
            "nothing-created",
            "empty",
        ),
        ("```yaml\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n   Bad: [\n```\n", "template-syntax", "blocked"),
    ],
)
def test_what_is_the_response_s_fault_is_graded(
    task: Path, tmp_path: Path, text: str, rule: str, verdict: str, cli: Cli
) -> None:
    (task / "answer.md").write_text(text)
    done = cli("run", "orders", "--response", "orders/answer.md", "--format", "json", "--out", "o")
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert [failure["rule"] for failure in result["failures"]] == [rule]
    assert (result["verdict"], result["score"], result["passes"]) == (verdict, 0, False)


def test_lines_are_of_the_file_and_of_the_response(task: Path, tmp_path: Path, cli: Cli) -> None:
    (task / "answer.md").write_text(
        f"Intro\n\n```yaml\nParameters:\n  Spare: {{Type: String, Default: x}}\n{TOPIC}```\n"
    )
    done = cli("run", "orders", "--response", "orders/answer.md", "--fast", "--format", "json")
    [evidence] = json.loads(done.stdout)["failures"][0]["evidence"]
    assert (evidence["file"], evidence["line"]) == ("template.yml", 2)
    assert (evidence["source"], evidence["source_line"]) == ("answer.md", 5)


def test_suppressions_in_a_template_are_not_honoured(task: Path, tmp_path: Path, cli: Cli) -> None:
    template = (
        "Metadata: {cfn-lint: {config: {ignore_checks: [E3002, E3003]}}}\n"
        "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties: {Colour: red}\n"
    )
    (task / "answer.md").write_text(f"```yaml\n{template}```\n")
    done = cli("run", "orders", "--response", "orders/answer.md", "--format", "json")
    assert "invalid-property" in [failure["rule"] for failure in json.loads(done.stdout)["failures"]]


def test_help_loads_no_engine(tmp_path: Path) -> None:
    script = (
        "import sys\nsys.argv = ['grade', '--help']\nfrom grader.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'cfnlint', 'cloudformation_validate', 'networkx', 'pydantic', 'rich', 'jinja2', 'yaml'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "batch" in done.stdout


@pytest.mark.slow
def test_batch_grades_each_side(tmp_path: Path, cli: Cli) -> None:
    for name in ("a", "b"):
        folder = tmp_path / "tasks" / name
        folder.mkdir(parents=True)
        (folder / "PROMPT.md").write_text("Write a topic.")
        (folder / "MODEL_RESPONSE.md").write_text("```yaml\nResources:\n  T:\n    Type: AWS::SNS::Channel\n```\n")
    (tmp_path / "tasks" / "a" / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{TOPIC}```\n")
    done = cli("batch", "tasks", "--fast", "--out", "m", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert {json.loads((tmp_path / "m" / name / "result.json").read_text())["verdict"] for name in ("a", "b")} == {
        "blocked"
    }
    done = cli("batch", "tasks", "--side", "ideal", "--fast", "--out", "i")
    assert done.returncode == 0, done.stderr
    assert [path.parent.name for path in (tmp_path / "i").rglob("result.json")] == ["a"]


@pytest.mark.slow
def test_batch_says_what_it_could_not_grade_and_goes_on(tmp_path: Path, cli: Cli) -> None:
    for name, text in (("a", "\0\1"), ("b", f"```yaml\n{TOPIC}```\n")):
        (tmp_path / "tasks" / name).mkdir(parents=True)
        (tmp_path / "tasks" / name / "PROMPT.md").write_text("Write a topic.")
        (tmp_path / "tasks" / name / "MODEL_RESPONSE.md").write_text(text)
    done = cli("batch", "tasks", "--fast", "--out", "m", "--jobs", "1")
    assert done.returncode == 2
    assert "MODEL_RESPONSE.md: a binary file" in done.stderr
    assert (tmp_path / "m" / "b" / "result.json").exists()


def test_rules_can_be_listed_and_shown(tmp_path: Path, cli: Cli) -> None:
    listed = json.loads(cli("rules", "list", "--format", "json").stdout)
    assert "circular-dependency" in {row["id"] for row in listed}
    shown = cli("rules", "show", "container-image-missing").stdout
    assert "## How to fix it" in shown
    assert "# finds" in shown
