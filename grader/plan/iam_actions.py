"""Which actions IAM knows, from the data that cfn-lint ships, read without importing it."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Actions that services accept in policies, and that the reference does not list: that of the default policy of a topic.
# Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html (Policy)
_UNLISTED = {"sns": frozenset({"receive"})}


@cache
def _services() -> Mapping[str, frozenset[str]]:
    """Return the actions of each service prefix in lower case; nothing where the data is not there.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    spec = importlib.util.find_spec("cfnlint")
    origin = spec.origin if spec else None
    path = Path(origin).parent / "data" / "AdditionalSpecs" / "Policies.json" if origin else None
    if path is None or not path.is_file():
        return {}
    services = json.loads(path.read_text("utf-8"))
    return {
        name: frozenset(service.get("Actions", {})) | _UNLISTED.get(name, frozenset())
        for name, service in services.items()
    }


def actions_of(service: str) -> frozenset[str]:
    """Return the actions of a service prefix, in lower case and without the prefix; empty where it is not known."""
    return _services().get(service.lower(), frozenset())


def is_known_action(action: str) -> bool:
    """Whether an action of a policy, with or without wildcards, matches an action of its service.

    True where the service is not known, and where a part of the action is only known at deployment.
    """
    service, _, name = action.lower().partition(":")
    known = actions_of(service)
    if not known or "${" in action:
        return True
    if "*" not in name and "?" not in name:
        return name in known
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in name))
    return any(pattern.fullmatch(one) for one in known)
