"""A markdown answer to files: its blocks named, joined, replaced by later versions, and the prose itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from grader.bundle.blocks import Block, find_blocks, without_prose
from grader.bundle.classify import classify, has_resources
from grader.bundle.drafts import draft_lines, is_suggestion, leaves_out, names_used
from grader.bundle.limits import DEFAULT_LIMITS, Limits
from grader.bundle.model import BundleFile, Kind, Omitted, Segment
from grader.bundle.names import safe_name, unique_name
from grader.errors import ResponseError

_CONTINUED = re.compile(
    r"\b(?:continu(?:ed|ation|ing|e)|cont'?d|rest of|remaining|part\s+(?:[2-9]|two|three|four|five))\b", re.I
)
_CORRECTED = re.compile(
    r"\b(?:correct(?:ed|ion)|fix(?:ed)?|updat(?:ed|e)|revis(?:ed|ion)|improved|final|rewritten|complete|full"
    r"|replac(?:es|ement|ed))\b",
    re.I,
)
# White space is spelled out as blanks: \s would run over the line ends, again from every line.
_RESOURCE_ID = re.compile(
    r"^[ \t]*['\"]?(\w+)['\"]?[ \t]*:[ \t]*(?:\{[ \t]*)?(?:#.*)?\n(?:[ \t]*(?:#.*)?\n){0,20}[ \t]*['\"]?Type['\"]?[ \t]*:",
    re.M,
)
_VERSION = re.compile(r"^[ \t]*['\"]?AWSTemplateFormatVersion['\"]?[ \t]*:", re.M)
_KEY = re.compile(r"^[ \t]*['\"]?(\w+)['\"]?[ \t]*:", re.M)
_ALIKE = 0.6
_PART = 2  # resources that an excerpt shows, beside those that it repeats
LEAST = 0.5  # of its lines, a later version has to keep at least so much to replace a template


@dataclass(frozen=True)
class _Draft:
    """A file in the making, and whether the answer named it; each is compared with all before it."""

    file: BundleFile
    named: bool

    @cached_property
    def ids(self) -> frozenset[str]:
        """The logical ids that a template defines."""
        return frozenset(_RESOURCE_ID.findall(self.file.text)) if self.file.kind is Kind.TEMPLATE else frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        """Every key of the text, the logical ids and parameters among them."""
        return frozenset(_KEY.findall(self.file.text))

    @cached_property
    def whole(self) -> bool:
        """Whether the text says of itself that it is a template from the top."""
        return _VERSION.search(self.file.text) is not None


def read_markdown(
    source: str, text: str, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[BundleFile, ...], tuple[Omitted, ...]]:
    """Read a markdown text: the files in it, then the prose as a document under the source's own name.

    Lines of templates, also of those that are left out, of code and of parameters are blank in the document, so that a search of
    the documents does not find what only a template says; shell commands stay. Raises ResponseError over a limit.
    """
    lines = text.split("\n")
    if len(lines) > limits.lines:
        raise ResponseError(f"more than {limits.lines:,} lines; raise the limit with --max-lines", source)
    drafts: list[_Draft] = []
    omitted: list[Omitted] = []
    taken: set[str] = set()
    blocks = find_blocks(list(lines))
    earlier_attempt = draft_lines(lines, blocks)
    for block in blocks:
        if block.line in earlier_attempt:
            omitted.append(_omitted(_file_of(block, source), "part of a draft; the answer follows it"))
            continue
        if len(drafts) >= limits.files:
            raise ResponseError(f"more than {limits.files:,} files; raise the limit with --max-files", source)
        _add(drafts, omitted, taken, block, source)
    drafts = _without_outlines(drafts, omitted)
    hidden: set[int] = set()
    told = [draft.file for draft in drafts if draft.file.kind not in (Kind.SCRIPT, Kind.DOCUMENT, Kind.OTHER)]
    for file in (*told, *(one.template for one in omitted if one.template)):
        hidden.update(_source_lines(file))
    prose = "\n".join("" if number in hidden else line for number, line in enumerate(lines, 1))
    files = [draft.file for draft in drafts]
    if prose.strip():
        name = unique_name(safe_name(source) or "RESPONSE.md", taken)
        files.append(BundleFile(name, Kind.DOCUMENT, prose, source, detail="answer"))
    return tuple(files), tuple(omitted)


def _source_lines(file: BundleFile) -> Iterator[int]:
    for number in range(1, len(file.text.splitlines()) + 1):
        yield file.source_line(number)


def _without_outlines(drafts: list[_Draft], omitted: list[Omitted]) -> list[_Draft]:
    """Leave out templates without a resource where another has some: they show the shape of the whole."""
    templates = [draft for draft in drafts if draft.file.kind is Kind.TEMPLATE]
    full = {id(draft) for draft in templates if has_resources(draft.file.text)}
    if not full:
        return drafts
    kept = []
    for draft in drafts:
        if draft.file.kind is Kind.TEMPLATE and id(draft) not in full:
            omitted.append(_omitted(draft.file, "an outline without resources; a whole template is beside it"))
        else:
            kept.append(draft)
    return kept


def _add(drafts: list[_Draft], omitted: list[Omitted], taken: set[str], block: Block, source: str) -> None:
    """Make a file of a block: new, joined to an earlier part, or in the place of an earlier version."""
    file = _file_of(block, source)
    name, kind = file.name, file.kind
    draft = _Draft(file, bool(name))
    whole = _excerpt_of(drafts, draft, block)
    if whole:
        omitted.append(_omitted(file, whole))
        return
    earlier = _earlier(drafts, draft, block)
    if earlier is not None:
        _follow(drafts, omitted, earlier, draft, block)
    elif kind is Kind.SNIPPET and not name:
        omitted.append(Omitted("", f"a {block.language or 'text'} snippet, no whole file", block.line))
    elif name or kind not in (Kind.SCRIPT, Kind.OTHER, Kind.DOCUMENT):
        # Commands and listings without a name belong to the prose around them.
        final = unique_name(name or _default_name(draft.file), taken)
        drafts.append(replace(draft, file=replace(draft.file, name=final)))


def _file_of(block: Block, source: str) -> BundleFile:
    """Return a block as a file, under the name that the answer gives it."""
    name = safe_name(block.name)
    kind, detail = classify(name, block.text, block.language)
    if kind is Kind.OTHER and block.language in ("yaml", "yml", "json", ""):
        kind = Kind.SNIPPET
    text = without_prose(block.text) if kind is Kind.TEMPLATE else block.text
    return BundleFile(name, kind, text, source, (Segment(1, block.line),), detail)


def _omitted(file: BundleFile, reason: str) -> Omitted:
    """Return what is left out: a block that was read as a file."""
    return Omitted(
        file.name, reason, file.segments[0].source_line, template=file if file.kind is Kind.TEMPLATE else None
    )


def _excerpt_of(drafts: list[_Draft], draft: _Draft, block: Block) -> str:
    """Return why a block without a name is an excerpt or a suggestion and no template of the answer; empty where it is one.

    A template need not begin with AWSTemplateFormatVersion. One that does not is an excerpt where it says that it leaves something
    out, or where a whole template is there already and the block is offered as an addition, defines what that one defines, or
    refers to what only that one defines.
    """
    if draft.file.kind is not Kind.TEMPLATE or draft.named or draft.whole:
        return ""
    if leaves_out(draft.file.text):
        return "an excerpt, which leaves out a part"
    for old in drafts:
        if old.file.kind is Kind.TEMPLATE and old.whole and old.ids:
            line = old.file.segments[0].source_line
            shared = draft.ids & old.ids
            foreign = (names_used(draft.file.text) - draft.names) & old.names
            if is_suggestion(block.context):
                return f"a suggestion beside the template at line {line}"
            is_part = shared or (foreign and len(draft.ids) <= _PART)
            if is_part and not _CORRECTED.search(block.context):
                return f"an excerpt of the template at line {line}"
    return ""


def _follow(drafts: list[_Draft], omitted: list[Omitted], earlier: int, draft: _Draft, block: Block) -> None:
    old = drafts[earlier]
    if not (draft.file.kind is Kind.TEMPLATE and old.file.kind is Kind.TEMPLATE):
        drafts[earlier] = _joined(old, block)
        return
    line = old.file.segments[0].source_line
    if old.whole and not draft.whole:
        omitted.append(_omitted(draft.file, f"a part of the template at line {line}"))
        return
    if _substance(draft.file.text) < LEAST * _substance(old.file.text):
        omitted.append(_omitted(draft.file, f"a later version that drops most of the template at line {line}"))
        return
    drafts.pop(earlier)
    omitted.append(_omitted(old.file, f"a later version is at line {block.line}"))
    name = draft.file.name if draft.named and not old.named else old.file.name
    drafts.append(_Draft(replace(draft.file, name=name), old.named or draft.named))


def _substance(text: str) -> int:
    """Return how many lines of a text say something."""
    return sum(1 for line in text.split("\n") if line.strip(" \t{}[],") and not line.lstrip().startswith("#"))


def _earlier(drafts: list[_Draft], draft: _Draft, block: Block) -> int | None:
    """Return the index of the draft that a new one continues or replaces, or None."""
    continued = bool(_CONTINUED.search(block.context))
    kind, name = draft.file.kind, draft.file.name
    for index in range(len(drafts) - 1, -1, -1):
        old = drafts[index]
        same = bool(name) and old.file.name.casefold() == name.casefold()
        if kind is Kind.TEMPLATE and old.file.kind is Kind.TEMPLATE:
            if same or _is_version_of(old, draft, block):
                return index
        elif continued and (same or not name) and _continues(old, draft):
            return index
    return None


def _continues(old: _Draft, new: _Draft) -> bool:
    """Whether a later part can belong to an earlier file: more of the same, or a stretch of a template."""
    if new.file.kind is Kind.SNIPPET:
        return old.file.kind in (Kind.TEMPLATE, Kind.SNIPPET)
    return new.named and new.file.kind is old.file.kind


def _is_version_of(old: _Draft, new: _Draft, block: Block) -> bool:
    """Whether two templates of different or no names are versions of one: most ids in common, and the text says so."""
    if (old.named and new.named) or old.file.name.endswith(".json") != (new.file.text.lstrip()[:1] == "{"):
        return False
    before, now = old.ids, new.ids
    common = len(before & now) / max(1, min(len(before), len(now)))
    return common >= _ALIKE and (old.whole != new.whole or bool(_CORRECTED.search(block.context)))


def _joined(old: _Draft, block: Block) -> _Draft:
    text = old.file.text if old.file.text.endswith("\n") else old.file.text + "\n"
    segment = Segment(text.count("\n") + 1, block.line)
    file = replace(old.file, text=text + block.text, segments=(*old.file.segments, segment))
    return replace(old, file=file)


def _default_name(file: BundleFile) -> str:
    is_json = file.text.lstrip()[:1] in ("{", "[")
    if file.kind is Kind.TEMPLATE:
        return "template.json" if is_json else "template.yml"
    if file.kind is Kind.PARAMETERS:
        return "parameters.json" if is_json else "parameters.yml"
    if file.kind is Kind.CODE:
        return {"python": "code.py", "javascript": "code.js", "typescript": "code.ts"}.get(file.detail, "code.txt")
    return {"terraform": "main.tf", "kubernetes": "manifest.yml"}.get(file.detail, "code.txt")
