"""What rules are about: each has one of these categories."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator

from grader.support.names import known

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "account": "quotas, singletons and names of the account that a stack deploys into",
        "code": "the inline code of a template",
        "cost": "what the chosen resources cost",
        "documentation": "documents that say what to do before and after the deployment",
        "lifecycle": "what happens to resources when they are updated and deleted",
        "naming": "names that allow more than one deployment",
        "observability": "logs, metrics and alarms",
        "parameters": "parameters: their defaults, their constraints and what they affect",
        "prerequisites": "creating everything that a deployment refers to, or taking it as a parameter",
        "references": "how resources refer to each other, and the order that follows",
        "regions": "what a stack can create outside its region",
        "requirements": "what the prompt asks for",
        "schema": "the properties and values that resource types accept",
        "security": "encryption, permissions and exposure",
        "syntax": "the template language itself",
        "versions": "engine versions and runtimes that AWS still offers",
    }
)


def known_category(name: str) -> str:
    """Return the name of a category. Raises ValueError, with the most similar name, for one that does not exist."""
    return known("category", name, CATEGORIES)


Category = Annotated[str, AfterValidator(known_category)]
