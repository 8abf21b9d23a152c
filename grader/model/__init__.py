"""Records that every stage shares: findings and their locations go in, results come out. No logic of its own."""

from grader.model.edit import Action, Edit, Steps
from grader.model.finding import RANKS, Finding, Located, Location, property_path
from grader.model.policy import Policy, PolicyRule
from grader.model.requirement import (
    NOT_IN_IDEAL,
    OF_IDEAL,
    DecidedBy,
    JudgedRequirement,
    Requirement,
    RequirementSource,
    RequirementStanding,
)
from grader.model.result import (
    RESULT,
    DetectorEntry,
    DifferenceEntry,
    Evidence,
    Failure,
    FileEntry,
    FixLines,
    Impact,
    Result,
)

__all__ = [
    "NOT_IN_IDEAL",
    "OF_IDEAL",
    "RANKS",
    "RESULT",
    "Action",
    "DecidedBy",
    "DetectorEntry",
    "DifferenceEntry",
    "Edit",
    "Evidence",
    "Failure",
    "FileEntry",
    "Finding",
    "FixLines",
    "Impact",
    "JudgedRequirement",
    "Located",
    "Location",
    "Policy",
    "PolicyRule",
    "Requirement",
    "RequirementSource",
    "RequirementStanding",
    "Result",
    "Steps",
    "property_path",
]
