"""Findings to failures to a score and a verdict: a case and a rubric come in, a result goes out."""

from grader.judgement.grade import grade
from grader.judgement.rubric import Rubric, load_rubric

__all__ = ["Rubric", "grade", "load_rubric"]
