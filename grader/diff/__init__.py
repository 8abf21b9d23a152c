"""Two bundles compared by meaning: a model's response against the ideal one."""

from grader.diff.compare import Change, Difference, Entry, Place, compare, compare_with_ideal
from grader.diff.responses import diff_responses

__all__ = ["Change", "Difference", "Entry", "Place", "compare", "compare_with_ideal", "diff_responses"]
