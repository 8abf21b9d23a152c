"""What is installed: the wheel's files, its metadata and the page that an index shows of it."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
from hatchling.build import build_sdist, build_wheel

from grader.support.version import VERSION
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
HEAVY = {"matplotlib", "scipy", "pandas", "pyarrow", "distributed", "dask", "pytest", "moto"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = build_wheel(str(folder))
    with zipfile.ZipFile(folder / name) as archive:
        yield archive


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode())


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {name.split("/")[0] for name in names} == {"grader", f"cfn_grader-{VERSION}.dist-info"}
    wanted = [path for path in (ROOT / "grader").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {str(path.relative_to(ROOT)) for path in wanted} <= names
    assert "grader/rubrics/default.yaml" in names
    assert f"cfn_grader-{VERSION}.dist-info/licenses/LICENSE" in names


def test_there_is_one_version(metadata: Message) -> None:
    assert metadata["Version"] == VERSION
    files = [ROOT / "pyproject.toml", *(ROOT / "grader").rglob("*.py")]
    assert [path.name for path in files if f'"{VERSION}"' in path.read_text("utf-8")] == ["version.py"]
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_a_grade_installs_nothing_that_only_others_need(metadata: Message) -> None:
    required = [one for one in metadata.get_all("Requires-Dist", []) if "extra ==" not in one]
    names = {re.split(r"[^\w.-]", one)[0].lower() for one in required}
    assert "cfn-lint" in names
    assert not names & HEAVY


def test_the_page_of_an_index_has_no_link_to_nowhere_and_says_what_is_new(metadata: Message) -> None:
    page = str(metadata.get_payload())
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert re.findall(r"\]\((?!https?:)[^)]*\)", page) == []
    assert "the reference of the commands (`docs/commands.md`)" in page.lower()
    assert "# Changelog" in page


def test_the_source_distribution_holds_what_the_page_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with tarfile.open(tmp_path / build_sdist(str(tmp_path))) as archive:
        files = {Path(name.partition("/")[2]) for name in archive.getnames()}
    names = {str(path) for file in files for path in (file, *file.parents)}
    page = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert set(re.findall(r"\]\((?!https?:)([^)#]+)\)", page)) <= names
