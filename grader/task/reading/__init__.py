"""What a prompt asks for: its text comes in, demands that can be judged come out."""

from grader.task.reading.demand import Check, Demand, Reading
from grader.task.reading.lexicon import Lexicon, load_lexicon
from grader.task.reading.read import read_demands

__all__ = ["Check", "Demand", "Lexicon", "Reading", "load_lexicon", "read_demands"]
