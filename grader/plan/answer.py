"""What kind of answer a response is: templates that create something, or one of the ways to deliver nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from grader.bundle import NEVER_CLOSED, Kind
from grader.case import Broken, Case
from grader.plan.schemas import is_known_type
from grader.template import AnyNode, Map, Resource, Scalar, Template, at, syntax_error


class AnswerKind(StrEnum):
    """The kinds of answer. All but `template` and `truncated` deliver nothing of what was asked for."""

    TEMPLATE = "template"
    REFUSED = "refused"
    EMPTY = "empty"
    INERT = "inert"  # templates that create nothing that is understood
    PROSE = "prose"
    OTHER_LANGUAGE = "other-language"
    OFF_TASK = "off-task"  # an answer to another question
    TRUNCATED = "truncated"

    @property
    def delivers(self) -> bool:
        """Whether an answer of this kind can deliver something."""
        return self in (AnswerKind.TEMPLATE, AnswerKind.TRUNCATED)


def kind_of(case: Case) -> AnswerKind:
    """Return the kind of a response, as far as it can be seen without reading the prompt."""
    if (case.templates or case.broken) and not _has_excerpts_only(case):
        if not case.broken and not any(_is_attempted(case, *pair) for pair in case.resources()):
            return AnswerKind.INERT
        return AnswerKind.TRUNCATED if cut_off(case) else AnswerKind.TEMPLATE
    if not any(file.text.strip() for file in case.bundle.files):
        return AnswerKind.REFUSED if case.bundle.is_refused else AnswerKind.EMPTY
    if any(case.bundle.of_kind(Kind.FOREIGN, Kind.CODE)):
        return AnswerKind.OTHER_LANGUAGE
    return AnswerKind.REFUSED if case.bundle.is_refused or declines(case) else AnswerKind.PROSE


# Brackets with nothing but an ellipsis or a comment between: a place for what is left out. And resources with a type.
_LEFT_OUT = re.compile(r"[\[{]\s*(?:\.\.\.|//[^\n]*|#[^\n]*|/\*[^*]*\*/)\s*[\]}]")
_TYPED = re.compile(r"\bType[\"']?\s*:\s*[\"']?(?:AWS|Custom)::")


def _has_excerpts_only(case: Case) -> bool:
    """Whether every template is text that cannot be parsed and leaves out at least as much as it has resources."""
    files = {broken.file for broken in case.broken}
    texts = [broken.text for broken in case.broken]
    counts = [(len(_LEFT_OUT.findall(text)), len(_TYPED.findall(text))) for text in texts]
    return (
        bool(texts)
        and {one.file for one in case.templates} <= files
        and all(left >= max(typed, 1) for left, typed in counts)
    )


def cut_off(case: Case) -> str:
    """Say why an answer is taken to end too early; empty where it is whole.

    A template that is a file of its own is cut off where it cannot be parsed and the parser stops at its last line, and where
    its last line is a key without a value. A block that is never closed and holds a template down to a complete last output
    lacks its last fence and nothing else.
    """
    if case.bundle.cut_off and not (case.bundle.cut_off.endswith(NEVER_CLOSED) and _is_whole(case)):
        return case.bundle.cut_off
    for broken in case.broken:
        file = case.bundle.file(broken.file)
        last = broken.text.rstrip().count("\n") + 1
        is_whole_file = file is not None and file.segments[0].source_line == 1
        if is_whole_file and broken.error.line >= last > 1 and not _has_open_quote(broken):
            return f"{broken.file} ends in the middle of line {last}"
    for template in case.templates:
        file = case.bundle.file(template.file)
        if file and file.segments[0].source_line == 1 and ends_open(template):
            return f"{template.file} ends after {_last_line(template).strip()}"
    return ""


def ends_open(template: Template) -> bool:
    """Whether the last line of a template is a key without a value."""
    return _OPEN_KEY.match(_last_line(template)) is not None


def _last_line(template: Template) -> str:
    return template.text.rstrip().rpartition("\n")[2]


_END = "found unexpected end of stream"  # what libyaml says of a quote that is never closed


def _has_open_quote(broken: Broken) -> bool:
    """Whether a quote that is opened above the last line and never closed keeps a text from being parsed."""
    if not broken.error.message.startswith(_END):
        return False
    again = syntax_error(broken.text.rstrip().rpartition("\n")[0])
    return again is not None and again.message.startswith(_END)


_OPEN_KEY = re.compile(r"^ +(?:- +)?['\"]?[\w.-]+['\"]? *:$")


def _is_whole(case: Case) -> bool:
    """Whether the last template can be parsed and ends in an output that has what it needs."""
    if case.broken or not case.templates:
        return False
    template = case.templates[-1]
    last = next(reversed(list(template.outputs.values())), None)
    if next(reversed(list(template.root.values)), "") != "Outputs" or not isinstance(last, Map):
        return False
    return _is_set(last.get("Value")) and ("Export" not in last.keys or _is_set(at(last, "Export", "Name")))


def _is_set(node: AnyNode | None) -> bool:
    return node is not None and not (isinstance(node, Scalar) and node.value in (None, ""))


_DECLINES = re.compile(
    r"\bI(?:['’]m| am)?(?: \w+){0,2} (?:can['’]?t|cannot|can not|won['’]?t|will not|unable to|not able to|must decline to)\s+"
    r"(?:\w+ ){0,2}(?:help|assist|provide|create|generate|comply|fulfil|write|produce|support|complete|answer|do)\b"
    r"|\b(?:I(?:['’]m| am) (?:so |very )?sorry|I apologi[sz]e|as an AI\b).{0,120}\b(?:can['’]?t|cannot|unable|not able|won['’]?t)\b"
    r"|\blo siento\b.{0,80}\bno puedo\b|\bje ne peux pas\b|\btut mir leid\b.{0,80}\bkann\b|\bnão posso\b",
    re.I | re.S,
)
_OPENING = 600  # characters: a refusal begins with it


def declines(case: Case) -> bool:
    """Whether the text of an answer without any template begins with a refusal."""
    documents = case.bundle.of_kind(Kind.DOCUMENT)
    return any(_DECLINES.search(file.text[:_OPENING]) for file in documents)


# Transforms whose result is known or that hide no resource of the template. Others are macros, which can replace all of it.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
_KNOWN_TRANSFORMS = frozenset(
    {
        "AWS::CodeDeployBlueGreen",
        "AWS::Include",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::Serverless-2016-10-31",
    }
)
# Types that create nothing in the account.
_INERT = frozenset(
    {"AWS::CDK::Metadata", "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"}
)


def has_macro(template: Template) -> bool:
    """Whether a macro may replace everything in a template: what it holds is not what is created."""
    return not set(template.transforms) <= _KNOWN_TRANSFORMS


def is_unseen(case: Case) -> bool:
    """Whether a part of an answer cannot be seen: a template broken or over a limit, a macro, a loop, a module, another stack.

    A custom resource without a ServiceToken is one of a type that does not exist.
    """
    return bool(case.unread) or is_generated(case)


def is_generated(case: Case) -> bool:
    """Whether the templates that can be read have a part that only a deployment shows: a macro, a loop, a module."""
    loops = any(name.startswith("Fn::") for template in case.templates for name in template.section("Resources").values)
    macros = any(has_macro(template) for template in case.templates)
    hidden = any(_hides(case, template, resource) for template, resource in case.resources())
    return loops or macros or hidden


def _hides(case: Case, template: Template, resource: Resource) -> bool:
    if resource.type in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
        return case.child_of(template, resource) is None and not _is_left_out(case, template, resource)
    if resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource":
        return resource.get("ServiceToken") is None
    return resource.type.endswith("::MODULE")


def _is_left_out(case: Case, template: Template, stack: Resource) -> bool:
    """Whether a nested stack names a template file, while other nested templates are in the answer: it was not written."""
    url = case.scopes[template.file].text(stack.get("TemplateURL"))
    named = re.search(r"[\w-]+\.(?:ya?ml|json|template)$", url.split("?")[0])
    return bool(named and case.parents)


def created(case: Case) -> Iterator[tuple[Template, Resource]]:
    """Yield the resources that a deployment would create and that are understood.

    Left out are resources of types that CloudFormation does not offer itself (custom resources, modules), those that create
    nothing, those with a condition that is never true, and all of a template that a macro may replace or that cannot be parsed.
    """
    for template in case.templates:
        for resource in template.resources.values():
            if is_created(case, template, resource):
                yield template, resource


def is_created(case: Case, template: Template, resource: Resource) -> bool:
    """Whether a deployment would create a resource, of a type that is understood."""
    return _is_attempted(case, template, resource) and is_known_type(resource.type, case.account.region)


def _is_attempted(case: Case, template: Template, resource: Resource) -> bool:
    """Whether a deployment would try to create a resource of AWS, in a type that exists or in one that does not."""
    kind = resource.type
    return (
        kind.startswith("AWS::")
        and kind not in _INERT
        and not kind.endswith("::MODULE")
        and kind != "AWS::CloudFormation::CustomResource"
        and template.file not in case.partial
        and not has_macro(template)
        and case.scopes[template.file].exists(resource) is not False
    )
