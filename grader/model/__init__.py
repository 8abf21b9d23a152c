"""Records that every stage shares: findings and their locations go in, results come out. No logic of its own."""

from grader.model.finding import Finding, Located, Location, property_path
from grader.model.policy import Policy, PolicyRule
from grader.model.requirement import JudgedRequirement, Requirement, RequirementSource, RequirementStanding
from grader.model.result import (
    RESULT,
    DetectorEntry,
    DifferenceEntry,
    Evidence,
    Failure,
    FileEntry,
    Impact,
    Result,
)

__all__ = [
    "RESULT",
    "DetectorEntry",
    "DifferenceEntry",
    "Evidence",
    "Failure",
    "FileEntry",
    "Finding",
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
    "property_path",
]
