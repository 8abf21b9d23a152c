"""Strings that are known in part."""

from __future__ import annotations

import pytest

from grader.template import known_ends, may_equal


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/shop/db", "/shop/db", True),
        ("/shop/db", "/shop/dbs", False),
        ("/shop/${Stage}/db", "/shop/live/db", True),
        ("/shop/${Stage}/db", "/shop/live/queue", False),
        ("/shop/${Stage}/db", "/${Team}/live/db", True),
        ("/shop/${Stage}", "/mail/${Stage}", False),
        ("ab${X}ab", "aba", False),
        ("${Name}", "/shop/db", False),
        ("${Name}", "${Name}", True),
    ],
)
def test_what_is_known_decides_whether_two_texts_can_be_the_same(one: str, other: str, expected: bool) -> None:
    assert may_equal(one, other) is expected
    assert may_equal(other, one) is expected


def test_the_ends_of_a_text_that_is_known_in_part() -> None:
    assert known_ends("arn:${AWS::Partition}:s3:::${Bucket}/*") == ("arn:", "/*")
    assert known_ends("plain") == ("plain", "plain")
