"""Variables of scripts inside of templates: shell, PowerShell, JavaScript and Python."""

from __future__ import annotations

import re

# How a script gives a variable its value, `{}` being its name.
_ASSIGNED = (
    r"(?m)(?:^|[\s;&|(`])(?:(?:export|local|declare|readonly|typeset|const|let|var)\s+)?\$?{}\s*(?:[:+]?=(?!=)|\bin\b)",
    r"(?m)(?:^|[\s;&|(])read\s+(?:-\w+\s+)*(?:\w+\s+)*{}\b",
    r"(?m)(?:^|[\s;&|])for\s+{}\s+in\b",
)


def is_variable_of_script(text: str, name: str) -> bool:
    """Whether a text with `${name}` sets the variable of that name itself, or escapes it as a shell would (`\\${name}`)."""
    if f"\\${{{name}}}" in text:
        return True
    return "\n" in text and any(re.search(form.format(re.escape(name)), text) for form in _ASSIGNED)
