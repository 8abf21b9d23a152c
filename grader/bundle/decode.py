"""Bytes to text."""

from __future__ import annotations

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str | None:
    """Return the text of a file with line ends as newlines, or None where the bytes are not text.

    UTF-8, and UTF-16 and UTF-32 with a byte order mark or, for UTF-16, with every other byte zero; anything else that
    has no zero byte is read as Latin-1, so that one stray byte does not lose a template.
    """
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "") or _guess_utf16(data)
    if not encoding and b"\0" in data[:8_192]:
        return None
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding or _is_binary(data):
            return None
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guess_utf16(data: bytes) -> str:
    head = data[:200]
    if len(head) < 8 or len(data) % 2:
        return ""
    if not any(head[0::2]) and all(head[1::2]):
        return "utf-16-be"
    return "utf-16-le" if not any(head[1::2]) and all(head[0::2]) else ""


def _is_binary(data: bytes) -> bool:
    head = data[:4_096]
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return control * 50 > len(head)
