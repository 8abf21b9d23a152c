"""Templates: text to nodes with positions, and the model that rules ask."""

from grader.template.evaluate import NAME_PROPERTIES, NO_VALUE, Scope, Unknown, as_text, is_known
from grader.template.load import Duplicate, TemplateSyntaxError, syntax_error
from grader.template.model import SUB_VARIABLE, Parameter, Reference, Resource, Template, parse_template
from grader.template.node import (
    AnyNode,
    Call,
    Map,
    Path,
    Scalar,
    Sequence,
    at,
    child_at,
    children,
    dotted,
    items_of,
    plain,
    text_of,
    value_text,
    walk,
)
from grader.template.partial import known_ends, may_equal
from grader.template.salvage import readable_part, without_entry

__all__ = [
    "NAME_PROPERTIES",
    "NO_VALUE",
    "SUB_VARIABLE",
    "AnyNode",
    "Call",
    "Duplicate",
    "Map",
    "Parameter",
    "Path",
    "Reference",
    "Resource",
    "Scalar",
    "Scope",
    "Sequence",
    "Template",
    "TemplateSyntaxError",
    "Unknown",
    "as_text",
    "at",
    "child_at",
    "children",
    "dotted",
    "is_known",
    "items_of",
    "known_ends",
    "may_equal",
    "parse_template",
    "plain",
    "readable_part",
    "syntax_error",
    "text_of",
    "value_text",
    "walk",
    "without_entry",
]
