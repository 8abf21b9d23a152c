"""What a response may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read of one response. Sizes are in bytes, after decompression."""

    total_bytes: int = 50 * MEGABYTE
    file_bytes: int = 10 * MEGABYTE
    files: int = 2_000
    lines: int = 200_000
    depth: int = 20
    expansion: int = 200
    nesting: int = 100
    nodes: int = 100_000


DEFAULT_LIMITS = Limits()
