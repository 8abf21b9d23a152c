"""Messages of engines in plain words."""

from __future__ import annotations

import pytest

from grader.detectors.plain_words import plain
from grader.template import parse_template

PLACE = ("Store", "AWS::S3::Bucket")


@pytest.mark.parametrize(
    ("message", "path", "expected"),
    [
        (
            "Additional properties are not allowed ('Colour' was unexpected)",
            "Properties.Colour",
            "`Store` has the property `Colour`, which is not in the schema of `AWS::S3::Bucket`",
        ),
        (
            "Additional properties are not allowed ('Rule' was unexpected. Did you mean 'Rules'?)",
            "Properties.OwnershipControls.Rule",
            "`OwnershipControls` of `Store` does not accept the property `Rule`; the name in the schema is `Rules`",
        ),
        (
            "'Status' is a required property",
            "Properties.Lifecycle.Rules.0",
            "`Lifecycle.Rules.0` of `Store` requires `Status`, which is missing",
        ),
        (
            "'KeyType' is a dependency of 'KeyId'",
            "Properties",
            "`Store` has `KeyId`, which requires `KeyType` as well",
        ),
        (
            "'on' is not one of ['Enabled', 'Suspended']",
            "Properties.Versioning.Fn::If.1.Status",
            "`Versioning.Status` of `Store` is `on`; the accepted values are `Enabled`, `Suspended`",
        ),
        (
            "100 is not one of [1, 30, 90, 120, 365]",
            "Properties.Days",
            "`Days` of `Store` is `100`; the nearest accepted values are `90` and `120`",
        ),
        ("7 is greater than the maximum of 5", "Properties.Days", "`Days` of `Store` is `7`; the maximum is 5"),
        (
            "expected minimum item count: 2, found: 1",
            "Properties.Zones",
            "`Zones` of `Store` has 1 item; the minimum is 2",
        ),
        (
            "Resolved parameter-dependent value \"Shop-logs\" does not match pattern '^[a-z-]+$' for property 'BucketName'",
            "Properties.BucketName.Fn::Sub",
            "`BucketName` of `Store` becomes `Shop-logs`, and the property does not accept upper-case letters",
        ),
        (
            "'a_1' does not match '^[a-z]+$' (only with Stage=test)",
            "Properties.BucketName",
            "`BucketName` of `Store` is `a_1`, which does not match `^[a-z]+$` (only with Stage=test)",
        ),
    ],
)
def test_a_message_says_what_is_there_and_what_is_accepted(message: str, path: str, expected: str) -> None:
    assert plain(message, *PLACE, path, None) == expected


def test_a_choice_says_which_of_its_properties_are_set() -> None:
    template = parse_template("t.yml", "Resources:\n  Store:\n    Properties: {Name: a, Prefix: b}\n")
    entry = template.section("Resources").get("Store")
    message = "Exactly one of ['Name', 'Prefix', 'Pool'] must be specified"

    assert plain(message, *PLACE, "Properties", entry) == (
        "`Store` requires exactly one of `Name`, `Prefix`, `Pool`, and has `Name` and `Prefix`"
    )


def test_a_value_of_the_wrong_type_is_named_by_its_kind() -> None:
    template = parse_template("t.yml", "Resources:\n  Store:\n    Properties: {Tags: {a: b}}\n")
    entry = template.section("Resources").get("Store")

    assert plain("{'a': 'b'} is not of type 'array'", *PLACE, "Properties.Tags", entry) == (
        "`Tags` of `Store` has a mapping; the property takes a list"
    )


def test_a_pattern_that_cannot_be_read_is_shown_and_not_explained() -> None:
    assert plain("'Ab' does not match '([a-z'", *PLACE, "Properties.Name", None) == (
        "`Name` of `Store` is `Ab`, which does not match `([a-z`"
    )


def test_an_unknown_message_has_no_plain_words() -> None:
    assert plain("something new", *PLACE, "Properties", None) == ""
