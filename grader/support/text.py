"""Long or odd text made fit for one line, and what a text is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache


@lru_cache(maxsize=4_096)
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression, compiled once: there are more than `re` keeps."""
    return re.compile(pattern, flags)


_SURROGATE = re.compile("[\ud800-\udfff]")


def one_line(text: str, limit: int) -> str:
    """Return a text on one line without unprintable characters, of at most `limit` characters.

    An ellipsis shows a cut, which is between words where one ends in the last quarter.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > 0.75 * limit else cut) + "…"


def whole_characters(text: str) -> str:
    """Return a text with a replacement character for each half of one (a lone surrogate), which no file can hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def error_line(error: BaseException) -> str:
    """Return the class and the message of an error on one line of at most 300 characters."""
    return one_line(f"{type(error).__name__}: {error}", 300)


def series(parts: Sequence[str]) -> str:
    """Write parts of a sentence one after the other: a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def is_natural(text: str) -> bool:
    """Whether a text is a natural number in plain digits that `int` reads; `str.isdigit` takes superscripts as well."""
    return len(text) <= 18 and text.isascii() and text.isdigit()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean X?` with the most similar known name in any case of its letters; empty where none is similar."""
    by_lower = {one.lower(): one for one in known}
    similar = difflib.get_close_matches(name.lower(), by_lower, 1)
    return f": did you mean {by_lower[similar[0]]}?" if similar else ""


def similar_names(name: str, known: Sequence[str]) -> list[str]:
    """Return the known name that has the same words in another order or form, that goes on where this one ends, or is nearly the same.

    `SourceSecurityGroupId` is meant for DestinationSecurityGroupId where only that is known, and the reverse.
    `Tags` is meant for the only name that ends in it: some types call them HostedZoneTags or FileSystemTags.
    """
    turned = name.replace("Source", "Destination") if "Source" in name else name.replace("Destination", "Source")
    if turned != name and turned in known and name not in known:
        return [turned]
    words = _words(name)
    same = [one for one in known if _words(one) == words]
    longer = [one for one in known if one.startswith(name) or (name.startswith(one) and len(one) > 6)]
    if name == "Tags":
        longer += [one for one in known if one.endswith(name)]
    return same or (longer if len(longer) == 1 else difflib.get_close_matches(name, known, 1, 0.86))


# Values that are called otherwise in other places of AWS: periods of AWS Config, capacity of a table, storage classes.
# Source: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigSnapshotDeliveryProperties.html,
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html,
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
_OTHER_WORDS = {
    "daily": "twentyfourhours",
    "hourly": "onehour",
    "24hours": "twentyfourhours",
    "12hours": "twelvehours",
    "ondemand": "payperrequest",
    "standardinfrequentaccess": "standardia",
}


def meant_value(text: str, listed: Sequence[str]) -> str:
    """Return the listed value that a text means: its only one, the same words, or the only one that is almost the same; empty for none."""
    plain = re.sub(r"[^a-z0-9]", "", text.lower())
    plain = _OTHER_WORDS.get(plain, plain)
    same = [one for one in listed if re.sub(r"[^a-z0-9]", "", one.lower()) == plain]
    near = same or (list(listed) if len(listed) == 1 else difflib.get_close_matches(text, listed, 2, 0.8))
    return near[0] if len(near) == 1 else ""


def _words(name: str) -> list[str]:
    words = re.findall(r"[A-Z]?[a-z\d]+|[A-Z]+(?![a-z])", name)
    return sorted(word.lower().removesuffix("s").removesuffix("d") for word in words)
