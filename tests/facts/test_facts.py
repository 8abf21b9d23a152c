"""Facts: files, mechanisms and the statements of policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.case.policies import allowed
from grader.errors import InputError
from grader.facts import load_facts
from tests.conftest import ROOT, Cli

FACT = """
facts:
  - id: {id}
    type: AWS::SQS::Queue
    title: Title
    statement: Statement.
    fix: Fix.
    source: https://docs.aws.amazon.com/
    must: ['{must}']
    fails: a
    passes: b
"""


def test_every_fact_has_a_source_and_both_examples() -> None:
    for fact in load_facts():
        assert fact.source.startswith("https://docs.aws.amazon.com/")
        assert fact.failing
        assert fact.passing
        assert fact.statement.endswith(".")
        assert fact.fix.endswith(".")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([FACT.format(id="one", must="nonsense")], "not a clause"),
        ([FACT.format(id="one", must="A is b"), FACT.format(id="one", must="A is b")], "two facts have the id one"),
        ([FACT.format(id="one", must="A is b").replace("must", "unknown")], "unknown"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, texts: list[str], words: str) -> None:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_facts(tmp_path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


ALLOW = {"Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::photos/*"}]}
DENY = {"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}
LIMITED = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "b"}}}}
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": ["a.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}


@pytest.mark.parametrize(
    ("documents", "action", "principals", "resource", "truth"),
    [
        ([ALLOW], "s3:GetObject", (), "", True),
        ([ALLOW], "s3:getobject", (), "arn:aws:s3:::photos/a", True),
        ([ALLOW], "s3:GetObject", (), "arn:aws:s3:::other/a", False),
        ([ALLOW], "s3:PutObject", (), "", False),
        ([ALLOW, DENY], "s3:GetObject", (), "", False),
        ([ALLOW, LIMITED], "s3:GetObject", (), "", True),
        ([TRUST], "sts:AssumeRole", ("a.amazonaws.com",), "", True),
        ([TRUST], "sts:AssumeRole", ("b.amazonaws.com",), "", False),
        ([{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}], "s3:GetObject", (), "", True),
        (
            [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "${Bucket.Arn}/*"}}],
            "s3:A",
            (),
            "arn:x/y",
            True,
        ),
        (["no document"], "s3:GetObject", (), "", False),
    ],
)
def test_what_policies_allow(
    documents: list[object], action: str, principals: tuple[str, ...], resource: str, truth: bool
) -> None:
    assert allowed(documents, action, principals, resource) is truth


def test_the_document_of_the_facts_is_current(cli: Cli) -> None:
    done = cli("facts", "list", "--format", "markdown")
    assert done.stdout == (ROOT / "docs" / "facts.md").read_text("utf-8")


def test_an_unknown_fact_names_the_nearest(cli: Cli) -> None:
    done = cli("facts", "show", "trail-before-bucket-polcy")
    assert done.returncode == 2
    assert "did you mean trail-before-bucket-policy?" in done.stderr
