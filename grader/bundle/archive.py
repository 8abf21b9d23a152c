"""Archives as sources: zip and tar, read in memory and within limits; nothing is extracted to the disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from grader.bundle.folder import Meter, RawFile
from grader.bundle.limits import MEGABYTE, Limits
from grader.bundle.model import Omitted
from grader.errors import ResponseError

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
)


def is_archive(data: bytes) -> bool:
    """Whether bytes are a zip, a tar or something compressed, recognised by how they begin."""
    return data.startswith((*_ZIP, *_PACKED)) or data[257:262] == b"ustar"


def read_archive(name: str, data: bytes, limits: Limits) -> Iterator[RawFile | Omitted]:
    """Yield the files of an archive; links, devices and archives inside it as omitted.

    Raises ResponseError for a broken archive and over a limit. A compressed file that is not a tar is one file.
    """
    meter = Meter(limits, name)
    try:
        if data.startswith(_ZIP):
            yield from _zip(name, data, meter)
        elif data.startswith(tuple(_PACKED)):
            yield from _packed(name, data, meter)
        else:
            yield from _tar(io.BytesIO(data), meter)
    except _BROKEN as error:
        raise ResponseError(f"a broken archive: {error or type(error).__name__}", name) from None


def _expansion(name: str, data: bytes, limits: Limits) -> int:
    """Return how many bytes an archive may expand to. An archive of templates expands ten to twenty times."""
    return min(limits.total_bytes, max(MEGABYTE, len(data) * limits.expansion))


def _too_big(name: str, limits: Limits) -> ResponseError:
    text = f"expands to more than {limits.expansion} times its size, or {limits.total_bytes:,} bytes"
    return ResponseError(f"{text}; raise the limits with --max-expansion or --max-bytes", name)


def _zip(name: str, data: bytes, meter: Meter) -> Iterator[RawFile | Omitted]:
    room = _expansion(name, data, meter.limits)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            if info.filename.endswith("/"):
                meter.take(0)
            elif mode & 0o170000 not in (0, 0o100000):
                yield Omitted(info.filename, "a link or a device")
            elif info.flag_bits & 1:
                yield Omitted(info.filename, "encrypted")
            else:
                with archive.open(info) as stream:
                    entry = _member(info.filename, stream, meter)
                room -= len(entry.data) if isinstance(entry, RawFile) else meter.limits.file_bytes
                if room < 0:
                    raise _too_big(name, meter.limits)
                yield entry


def _member(name: str, stream: IO[bytes], meter: Meter) -> RawFile | Omitted:
    content = stream.read(meter.limits.file_bytes + 1)
    if len(content) > meter.limits.file_bytes:
        meter.take(meter.limits.file_bytes)
        return Omitted(name, f"larger than {meter.limits.file_bytes:,} bytes; raise the limit with --max-file-bytes")
    meter.take(len(content))
    return RawFile(name, content)


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a number of bytes: skipping over a tar's members reads them, too."""

    def __init__(self, stream: IO[bytes], room: int, error: ResponseError) -> None:
        self._stream = stream
        self._room = room
        self._error = error

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises the error once the room is used up."""
        content = self._stream.read(min(size, self._room + 1) if size >= 0 else self._room + 1)
        self._room -= len(content)
        if self._room < 0:
            raise self._error
        return content


def _packed(name: str, data: bytes, meter: Meter) -> Iterator[RawFile | Omitted]:
    opener = next(opener for magic, opener in _PACKED.items() if data.startswith(magic))
    room = _expansion(name, data, meter.limits)
    with opener(io.BytesIO(data)) as stream:
        bounded = _Bounded(stream, room, _too_big(name, meter.limits))
        head = bounded.read(512)
        if head[257:262] == b"ustar":
            whole = io.BytesIO(head + b"".join(iter(lambda: bounded.read(65_536), b"")))
            yield from _tar(whole, meter)
            return
        content = head + b"".join(iter(lambda: bounded.read(65_536), b""))
    inner = name.rpartition(".")[0] or name
    meter.take(len(content))
    yield RawFile(inner, content)


def _tar(stream: IO[bytes], meter: Meter) -> Iterator[RawFile | Omitted]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            content = archive.extractfile(info) if info.isreg() else None
            if info.isdir():
                meter.take(0)
            elif content is None:
                meter.take(0)
                yield Omitted(info.name, "a link or a device")
            else:
                yield _member(info.name, content, meter)
