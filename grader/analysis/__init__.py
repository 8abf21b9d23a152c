"""The failure-analysis document: its data, its rendering, its reading."""

from grader.analysis.model import ANALYSIS, Analysis, Entry, analysis_of
from grader.analysis.parse import parse_analysis
from grader.analysis.render import guard, render_analysis

__all__ = ["ANALYSIS", "Analysis", "Entry", "analysis_of", "guard", "parse_analysis", "render_analysis"]
