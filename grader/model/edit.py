"""Changes of a template as data: what a fix does to the response's own text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Steps = tuple[str | int, ...]


class Action(StrEnum):
    """What an edit does at its path."""

    SET = "set"  # give the property a value, whether or not it is there
    APPEND = "append"  # add an item to a list
    REMOVE = "remove"  # remove the key or the list item
    RENAME = "rename"  # give the key another name
    REPLACE = "replace"  # replace a part of a string
    UNWRAP = "unwrap"  # write the argument of a function instead of the function


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of a template.

    `path` leads from the template's root: `("Resources", "Topic", "Properties", "DisplayName")`; a step that does not
    exist is created by SET. `value` is the value to write, as plain Python values with functions as one-key dictionaries
    (`{"Ref": "Topic"}`), for RENAME the new key, and for REPLACE the new text in place of `old`. `file` is empty for the
    file of the finding.
    """

    action: Action
    path: Steps
    value: object = None
    old: str = ""
    file: str = ""
