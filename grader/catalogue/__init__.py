"""Rules as data: what a rule is, loading ours and users'. Folders of rules come in, a catalogue goes out."""

from grader.catalogue.catalogue import Catalogue, load_catalogue
from grader.catalogue.rule import (
    DETECTOR,
    MARK,
    Check,
    Corrections,
    Example,
    Rule,
    RuleFinding,
    at_property,
    example,
    from_problem,
)
from grader.catalogue.user_rules import UserRules, read_policy, read_rules

__all__ = [
    "DETECTOR",
    "MARK",
    "Catalogue",
    "Check",
    "Corrections",
    "Example",
    "Rule",
    "RuleFinding",
    "UserRules",
    "at_property",
    "example",
    "from_problem",
    "load_catalogue",
    "read_policy",
    "read_rules",
]
