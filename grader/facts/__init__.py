"""What is known of AWS, as data with sources, and the mechanisms that judge by it: a case comes in, broken facts go out."""

from grader.facts.judge import broken
from grader.facts.model import Fact, load_facts

__all__ = ["Fact", "broken", "load_facts"]
