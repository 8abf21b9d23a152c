"""What items of a list ask for by the heading or lead-in above them: outputs, parameters, tags, and tests among the deliverables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.model import Requirement, RequirementSource
from grader.task.prompt import Sentence
from grader.task.reading.demand import Check, Demand
from grader.task.reading.details import is_default, of_parameter
from grader.task.reading.phrases import Found
from grader.task.reading.values import KEY, NO_PARAMETERS

MAX_QUOTE = 240
MAX_WORDS = 5  # an item of more words describes something else than one parameter
_NUMBERED = r"^\W*(?:\d+[.)]\s*)?(?:\w+\s+){0,3}"
_OUTPUTS = re.compile(
    rf"{_NUMBERED}outputs?\s*(\([^)]*\))?\W*$|"
    r"^[^.]*\b(?:stack|template|following|provide|include)\s+(?:\w+\s+)?outputs?\b[^.:]{0,50}:$",
    re.I,
)
_PARAMETERS = re.compile(
    rf"{_NUMBERED}parameters?(\s+(needed|required|to (define|include|declare)|section|list))?\s*(\([^)]*\))?\W*$|"
    r"^[^.]*\b(?:include|following|these|template|define|with)\s+(?:\w+\s+)?parameters\b[^.:]{0,80}:$",
    re.I,
)
_OTHER_PARAMETERS = re.compile(
    r"\b(ssm|store|request|path|query|database|db|function|input validation|group|custom)\b", re.I
)
_TAGS = re.compile(r"\b(tags?|tagged|tagging requirements?)\b(?:\s+\w+){0,4}\W*$", re.I)
_NO_TAGS = re.compile(r"\b(git|image|html|docker|release|config rule|stack name)\b|\bno\b|\bnot\b", re.I)
_CAMEL_NAME = rf"(?!(?:{NO_PARAMETERS})\w*)(?:[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+|[A-Z]{{2,}}(?!s\b)[a-z][A-Za-z0-9]*|[a-z]+[A-Z][A-Za-z0-9]+)"
_BEGINS = re.compile(rf"({_CAMEL_NAME})\b(?!\.\w)(?=\s*(?:[:(,–—-]|$))")
_BEGINS_PARAMETER = re.compile(rf"({_CAMEL_NAME})\b(?!\.\w)(?=\s*(?:[:(,;–—-]|$|(?:for|is|as|with|to)\b))")
# What a parameter has: the items of a list below it are not parameters of their own.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
_ATTRIBUTES = frozenset(
    "AllowedPattern AllowedValues ConstraintDescription Default Description MaxLength MaxValue MinLength MinValue NoEcho Type Export".split()
)
_CAMEL = re.compile(r"\b([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)\b")
_ONLY_NAMES = re.compile(r"^[A-Z]\w+(?:\s*,\s*(?:and\s+)?[A-Z]\w+)+\W*$")
_TAG = re.compile(rf"({KEY})\s*(?:[:(–—-]|$)")
_PLAIN = re.compile(r"([A-Z][\w/&-]*(?:\s+[\w/&-]+)*?)\s*(?:[:(\[,–—]|\s-\s|$)")
_VERB = re.compile(
    r"^(we|you|i|it|they|this|all|only|use|define|include|add|ensure|provide|make|each|no|any|allow|support|apply|must|should|parameters?|follow|validat\w+|default\w*)\b",
    re.I,
)
# What an output gives of a resource, and an item of a list of outputs that names no output in particular.
_VALUE = re.compile(r"\b(ids?|arns?|ur[li]s?|names?|endpoints?|dns|address(?:es)?|identifiers?|hosts?|ports?)\b", re.I)
_ANY_VALUES = re.compile(
    r"\b(all|any|every|each|both|other|key|important|relevant|necessary|section|exports?|outputs?|names?\b.*\bconvention)\b",
    re.I,
)
_OPEN = re.compile(r"\bif not (?:provided|given|specified|set)\b|\bor (?:auto-?)?generated?\b", re.I)
# A parameter whose attributes are the items below it, and the item of its default.
_OWNER = re.compile(rf"({_CAMEL_NAME})\s+parameter\b|\bparameter\s+(?:named\s+|called\s+)?({_CAMEL_NAME})")
_DEFAULT = re.compile(r"defaults?\s*(?:value)?\s*(?:to|is|:|=)?\s*['\"]?([\w.:/-]*\w)['\"]?\W*$", re.I)
_DELIVERED = re.compile(r"\b(deliverables?|what to deliver|to deliver|expected output|output expected)\b", re.I)
_TESTS = re.compile(
    r"^\W*(?:\d+[.)]\s*)?(?:(?:comprehensive|complete|full|basic|working|automated|passing)\s+)*"
    r"((?:unit|integration|end-to-end|e2e)(?:\s+(?:and|&)\s+(?:unit|integration))?)\s+tests?\b",
    re.I,
)


def of_item(sentence: Sentence) -> Iterator[Demand]:
    """Yield the demands of an item of a list of outputs, parameters or tags."""
    above = [
        re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)[-1] for text in (*sentence.headings[-1:], *sentence.parents[-1:])
    ]
    is_open = sentence.is_optional or sentence.is_existing(0, 0) or _OPEN.search(sentence.text)
    if not sentence.is_item or not above or is_open:
        return
    if any(_OUTPUTS.search(text) for text in above):
        yield from _outputs(sentence)
    yield from _attributes(sentence)
    if any(_PARAMETERS.search(text) and not _OTHER_PARAMETERS.search(text) for text in above):
        yield from _parameters(sentence)
    nearest = above[-1]
    if _TAGS.search(nearest) and not _NO_TAGS.search(nearest):
        yield from _tags(sentence)


def tests_of_item(sentence: Sentence) -> Iterator[Demand]:
    """Yield the demand for tests, where they are an item of what is to be delivered."""
    found = _TESTS.match(sentence.text) if sentence.is_item else None
    above = (*sentence.headings[-1:], *sentence.parents)
    if found and not sentence.is_optional and any(_DELIVERED.search(text) for text in above):
        yield _demand(sentence, "document", "tests", f"{found.group(1).lower()} tests", Check(judge="tests"))


def _outputs(sentence: Sentence) -> Iterator[Demand]:
    names = _names(sentence.text, _BEGINS)
    for name in names:
        check = Check(judge="output-called", values={"name": name}, text=sentence.text)
        yield _demand(sentence, "output", "output-called", f"output {name}", check)
    plain = None if names else _PLAIN.match(sentence.text)
    words = plain.group(1) if plain else ""
    if (
        _VALUE.search(words)
        and len(words.split()) <= MAX_WORDS
        and not (_VERB.match(words) or _ANY_VALUES.search(words))
    ):
        check = Check(judge="outputs", values={"names": (words,)}, text=sentence.text)
        yield _demand(sentence, "output", "outputs-listed", f"output of {words}", check)


def _parameters(sentence: Sentence) -> Iterator[Demand]:
    names = _names(sentence.text, _BEGINS_PARAMETER)
    for name in names:
        found = Found(0, sentence.text.find(name) + len(name), {})
        more = of_parameter(found, sentence.text) if len(names) == 1 else {}
        check = Check(judge="parameter", values={"name": name, **more}, text=sentence.text)
        yield _demand(sentence, "parameter", "parameter", f"parameter {name}", check)
    plain = None if names else _PLAIN.match(sentence.text)
    words = plain.group(1) if plain else ""
    more = of_parameter(Found(0, len(words), {}), sentence.text) if words.isalnum() else {}
    if more:
        check = Check(judge="parameter", values={"name": words, **more}, text=sentence.text)
        yield _demand(sentence, "parameter", "parameter", f"parameter {words}", check)
    elif words and len(words.split()) <= MAX_WORDS and words not in _ATTRIBUTES and not _VERB.match(words):
        check = Check(judge="parameter-for", values={"names": (words,)}, text=sentence.text)
        yield _demand(sentence, "parameter", "parameter-for", f"parameter for {words}", check)


def _attributes(sentence: Sentence) -> Iterator[Demand]:
    """Yield the demand for the default of a parameter, where an item below the parameter's gives it."""
    owner = _OWNER.search(sentence.parents[-1]) if sentence.parents else None
    default = _DEFAULT.match(sentence.text)
    if owner and default and is_default(default.group(1)):
        name, value = owner.group(1) or owner.group(2), default.group(1)
        check = Check(judge="parameter", values={"name": name, "default": value}, text=sentence.text)
        title = f"parameter {name} with the default {value}"
        yield _demand(sentence, "parameter", "parameter-with-default", title, check)


def _tags(sentence: Sentence) -> Iterator[Demand]:
    found = _TAG.match(sentence.text)
    if found:
        key = re.split(r"\s*[:=]", found.group(1))[0].strip(" '\"`")
        check = Check(judge="tags", every=True, values={"names": (key,)}, text=sentence.text)
        yield _demand(sentence, "tag", "tags-keys", f"tags {key}", check)


def _names(text: str, begins: re.Pattern[str]) -> list[str]:
    """Return the name that an item begins with, or all names where it is nothing but names."""
    found = begins.match(text)
    listed = [*_CAMEL.finditer(text)] if found and _ONLY_NAMES.match(text) else [found] if found else []
    return [one.group(1) for one in listed if one.group(1) not in _ATTRIBUTES]


def _demand(sentence: Sentence, about: str, entry: str, title: str, check: Check) -> Demand:
    asked = Requirement(
        id="",
        source=RequirementSource.PROMPT,
        line=sentence.line,
        quote=sentence.text[:MAX_QUOTE],
        about=about,
        level="Medium",
        title=title,
    )
    return Demand(requirement=asked, check=check, entry=entry)
