"""Strengths: each only where it is true of the whole response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.case import Case
from grader.judgement.strengths import strengths
from grader.model import Evidence, Location
from tests.judgement.test_summary import failure

CLOSED = "{BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}"
BUCKET = "  {name}:\n    Type: AWS::S3::Bucket\n    Properties: {{PublicAccessBlockConfiguration: {access}}}\n"
GOOD = {
    "at rest": "Resources:\n  T: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: alias/a}}\n",
    "Public access": "Resources:\n" + BUCKET.format(name="T", access=CLOSED),
    "alarm": "Resources:\n  T: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [arn]}}\n",
    "list of values": "Parameters:\n  T: {Type: String, AllowedValues: [a, b], Default: a}\n"
    "Resources:\n  Q: {Type: AWS::SQS::Queue}\n",
}
ONE_LACKS_IT = {
    "at rest": "  U: {Type: AWS::SNS::Topic}\n",
    "Public access": BUCKET.format(name="U", access=CLOSED.replace("BlockPublicAcls: true, ", "")),
    "alarm": "  U: {Type: AWS::CloudWatch::Alarm}\n",
}


@pytest.mark.parametrize("word", GOOD)
def test_a_strength_names_what_shows_it(make_case: Callable[..., Case], word: str) -> None:
    [text] = [text for text in strengths(make_case({"a.yml": GOOD[word]})) if word in text]
    assert "`T`" in text


@pytest.mark.parametrize("word", ONE_LACKS_IT)
def test_what_one_resource_lacks_is_no_strength(make_case: Callable[..., Case], word: str) -> None:
    found = strengths(make_case({"a.yml": GOOD[word] + ONE_LACKS_IT[word]}))
    assert not any(word in text for text in found)


def test_an_empty_response_has_none(make_case: Callable[..., Case]) -> None:
    assert strengths(make_case({"README.md": "# Nothing\n"})) == ()


@pytest.mark.parametrize(("kind", "resource"), [("missing-encryption", "Other"), ("another-kind", "T")])
def test_a_failure_of_that_kind_or_at_that_place_contradicts_it(
    make_case: Callable[..., Case], kind: str, resource: str
) -> None:
    case = make_case({"a.yml": GOOD["at rest"]})
    assert len(strengths(case, [failure(9)])) == 1
    place = Location(file="a.yml", line=1, resource=resource)
    against = replace(
        failure(1),
        kind=kind,
        evidence=(Evidence(detector="rules", location=place, message="m", source="a.yml", source_line=1),),
    )
    assert strengths(case, [against]) == ()
