"""Responses to bundles."""

from grader.bundle.limits import DEFAULT_LIMITS, Limits
from grader.bundle.model import Bundle, BundleFile, Kind, Omitted, Segment
from grader.bundle.read import NEVER_CLOSED, read_data, read_response, read_text

__all__ = [
    "DEFAULT_LIMITS",
    "NEVER_CLOSED",
    "Bundle",
    "BundleFile",
    "Kind",
    "Limits",
    "Omitted",
    "Segment",
    "read_data",
    "read_response",
    "read_text",
]
