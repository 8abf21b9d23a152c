"""A markdown answer to files: fenced blocks by a CommonMark parser, templates without a fence, and the prose itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.bundle.classify import classify, looks_like_template
from grader.bundle.model import BundleFile, Kind, Omitted, Segment
from grader.bundle.names import find_name, name_in_comment, safe_name, unique_name

_TOP_KEY = re.compile(
    r"^(['\"]?)(?:AWSTemplateFormatVersion|Transform|Parameters|Mappings|Conditions|Rules|Globals|Resources|Outputs)\1[ \t]*:"
)
_START = re.compile(r"^(['\"]?)(?:AWSTemplateFormatVersion|Resources)\1[ \t]*:")
_LEAD = re.compile(r"^(?:#.*|---\s*|(['\"]?)(?:Description|Transform|Metadata|Parameters)\1[ \t]*:.*)?$")
_BODY = re.compile(r"^(?:\s.*|#.*|-\s.*|(['\"]?)[\w:-]+\1[ \t]*:.*|[}\]],?\s*|\.\.\.)?$")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*([^`]*)$")
_JSON_LEAD = re.compile(r'^\s*\{?\s*"(?:AWSTemplateFormatVersion|Description|Transform|Metadata|Parameters|Resources)"')
_CONTINUED = re.compile(
    r"\b(?:continu(?:ed|ation|ing|e)|cont'?d|rest of|remaining|part\s+(?:[2-9]|two|three|four|five))\b", re.I
)
_CORRECTED = re.compile(
    r"\b(?:correct(?:ed|ion)|fix(?:ed)?|updat(?:ed|e)|revis(?:ed|ion)|improved|final|rewritten|replac(?:es|ement|ed))\b",
    re.I,
)
_RESOURCE_ID = re.compile(
    r"^\s*['\"]?(\w+)['\"]?\s*:\s*(?:\{\s*)?(?:#.*)?\n(?:\s*#.*\n|\s*\n)*\s*['\"]?Type['\"]?\s*:", re.M
)
_SUFFIXES = {
    "yaml": ("yaml", "yml", "template", "cfn", "json"),
    "yml": ("yaml", "yml", "template", "cfn", "json"),
    "cloudformation": ("yaml", "yml", "template", "cfn", "json"),
    "json": ("json", "template", "cfn"),
    "python": ("py",),
    "py": ("py",),
    "javascript": ("js", "mjs", "cjs"),
    "js": ("js", "mjs", "cjs"),
    "typescript": ("ts",),
    "ts": ("ts",),
    "bash": ("sh", "bash"),
    "sh": ("sh", "bash"),
    "shell": ("sh", "bash"),
    "markdown": ("md",),
    "md": ("md",),
    "hcl": ("tf", "hcl"),
    "terraform": ("tf", "hcl"),
}
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MARKDOWN = {"markdown", "md"}


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the answer that may be a file: `line` is where its first line stands in the answer (from 1)."""

    text: str
    line: int
    language: str
    name: str
    context: str


@dataclass(frozen=True, slots=True)
class _Draft:
    file: BundleFile
    named: bool
    ids: frozenset[str]


def read_markdown(source: str, text: str) -> tuple[tuple[BundleFile, ...], tuple[Omitted, ...]]:
    """Read a markdown text: the files in it, then the prose as a document under the source's own name.

    Lines that became a template, code or parameters are blank in the document, so that a search of the documents does
    not find what only the template says; shell commands stay.
    """
    lines = text.split("\n")
    blocks = list(_blocks(lines))
    drafts: list[_Draft] = []
    omitted: list[Omitted] = []
    taken: set[str] = set()
    for block in blocks:
        _add(drafts, omitted, taken, block, source)
    hidden: set[int] = set()
    for draft in drafts:
        if draft.file.kind not in (Kind.SCRIPT, Kind.DOCUMENT, Kind.OTHER):
            hidden.update(_source_lines(draft.file))
    prose = "\n".join("" if number in hidden else line for number, line in enumerate(lines, 1))
    files = [draft.file for draft in drafts]
    if prose.strip():
        name = unique_name(safe_name(source) or "RESPONSE.md", taken)
        files.append(BundleFile(name, Kind.DOCUMENT, prose, source, detail="answer"))
    return tuple(files), tuple(omitted)


def _source_lines(file: BundleFile) -> Iterator[int]:
    for number in range(1, len(file.text.splitlines()) + 1):
        yield file.source_line(number)


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Yield the blocks of an answer in order, templates without a fence among them."""
    lines = list(lines)
    found: list[Block] = []
    while True:
        tokens = _parse("\n".join(lines))
        fenced = _fenced_lines(tokens)
        span = _bare_template(lines, fenced)
        if span is None:
            break
        start, end = span
        text = "\n".join(lines[start:end]).rstrip() + "\n"
        name = name_in_comment(lines[start]) or _name_above(lines, start, "yaml")
        found.append(Block(text, start + 1, "", name, _context(lines, start)))
        if end < len(lines) and _FENCE.match(lines[end]):
            end += 1
        lines[start:end] = [""] * (end - start)
    found.extend(_fences(lines, tokens, 0))
    yield from sorted(found, key=lambda block: block.line)


def _parse(text: str) -> list[Token]:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    parser.disable(["inline"])
    return [token for token in parser.parse(text) if token.type in ("fence", "code_block")]


def _fenced_lines(tokens: list[Token]) -> set[int]:
    return {
        number
        for token in tokens
        if token.map and (token.type == "fence")
        for number in range(token.map[0], token.map[1])
    }


def _bare_template(lines: list[str], fenced: set[int]) -> tuple[int, int] | None:
    """Return the lines, from 0, of the first template that stands outside every fence."""
    for index, line in enumerate(lines):
        if index in fenced:
            continue
        if _START.match(line):
            start = _lead(lines, index)
            end = _yaml_end(lines, index)
        elif (line.strip() == "{" and any(_JSON_LEAD.match(below) for below in lines[index + 1 : index + 4])) or (
            line.startswith("{") and _JSON_LEAD.match(line)
        ):
            start, end = index, _json_end(lines, index)
        else:
            continue
        if looks_like_template("\n".join(lines[start:end])):
            return start, end
    return None


def _lead(lines: list[str], index: int) -> int:
    """Step back over the comments and top-level keys that stand directly before the first sure line."""
    start = index
    while start > 0 and (_LEAD.match(lines[start - 1]) or (start > 1 and lines[start - 1].startswith("  "))):
        if _FENCE.match(lines[start - 1]) or re.match(r"#+ ", lines[start - 1]):
            break
        start -= 1
    while start < index and not lines[start].strip():
        start += 1
    return start


def _yaml_end(lines: list[str], index: int) -> int:
    end = index
    while end < len(lines) and not _FENCE.match(lines[end]):
        line = lines[end]
        if not _BODY.match(line) or (re.match(r"#{1,6} ", line) and _prose_follows(lines, end)):
            break
        end += 1
    return end


def _prose_follows(lines: list[str], index: int) -> bool:
    """Whether a line that could be a comment or a heading is a heading: nothing of a template comes after it."""
    return not any(_TOP_KEY.match(line) or re.match(r"^\s+\w+:", line) for line in lines[index + 1 : index + 30])


def _json_end(lines: list[str], index: int) -> int:
    """Return the line after the one that closes the brace opened at `index`; strings never span lines in JSON."""
    depth = 0
    for number in range(index, len(lines)):
        bare = _JSON_STRING.sub("", lines[number])
        depth += sum(bare.count(char) for char in "{[") - sum(bare.count(char) for char in "}]")
        if depth <= 0:
            return number + 1
    return len(lines)


def _fences(lines: list[str], tokens: list[Token], offset: int) -> Iterator[Block]:
    """Yield the fenced and indented blocks; a markdown file with fences of its own is taken whole."""
    for position, token in enumerate(tokens):
        if token.map is None:
            continue
        start, end = token.map
        info = token.info.strip()
        language = re.split(r"[\s:{,=]", info, maxsplit=1)[0].lower().strip(".")
        if token.type == "code_block":
            if looks_like_template(token.content):
                yield Block(
                    token.content, start + 1 + offset, "", _name_above(lines, start, ""), _context(lines, start)
                )
            continue
        if language in _MARKDOWN:
            true_end = _nested_end(lines, start)
            if true_end is not None and true_end > end:
                yield from _markdown_block(lines, start, true_end, info, offset)
                rest = lines[true_end:]
                yield from _fences(rest, _parse("\n".join(rest)), offset + true_end)
                return
            yield from _markdown_block(lines, start, end, info, offset)
            continue
        first = token.content.split("\n", 1)[0]
        name = _fits(find_name(info[len(language) :].lstrip(":")), language) or _fits(name_in_comment(first), language)
        name = name or _name_above(lines, start, language, tokens[:position])
        yield Block(token.content, start + 2 + offset, language, name, _context(lines, start))


def _markdown_block(lines: list[str], start: int, end: int, info: str, offset: int) -> Iterator[Block]:
    """A fenced markdown file: a document where it has a name; otherwise an answer inside the answer."""
    closed = end - 1 if end - 1 > start and _FENCE.match(lines[end - 1]) else end
    body = lines[start + 1 : closed]
    name = _fits(find_name(info), "md") or _name_above(lines, start, "md")
    inner = list(_blocks(body))
    if not name and any(looks_like_template(block.text) for block in inner):
        for block in inner:
            yield replace(block, line=block.line + start + 1 + offset)
        return
    yield Block("\n".join(body) + "\n", start + 2 + offset, "markdown", name or "README.md", _context(lines, start))


def _nested_end(lines: list[str], start: int) -> int | None:
    """Return the line after the end of a fence whose content opens and closes fences of the same kind, or None."""
    depth = 0
    for number in range(start, len(lines)):
        match = _FENCE.match(lines[number])
        if not match:
            continue
        if match.group(2).strip():
            depth += 1
        else:
            depth -= 1
        if depth == 0:
            return number + 1
    return None


def _context(lines: list[str], start: int) -> str:
    """Return the nearest heading and the two lines of prose above a line."""
    above: list[str] = []
    for number in range(start - 1, max(-1, start - 12), -1):
        line = lines[number].strip()
        if _FENCE.match(lines[number]):
            break
        if line and len(above) < 2:
            above.append(line[:300])
        if line.startswith("#"):
            above.append(line[:300])
            break
    return "\n".join(above)


def _fits(name: str, language: str) -> str:
    """Return the name where its extension goes with the language of the fence, else an empty string."""
    suffixes = _SUFFIXES.get(language)
    lower = name.lower()
    if suffixes is None:
        return name
    return name if lower.endswith(tuple("." + suffix for suffix in suffixes)) else ""


def _name_above(lines: list[str], start: int, language: str, before: list[Token] | None = None) -> str:
    """Return the file name given by the line before a block, or by the heading that no other block stands under."""
    last_end = max((token.map[1] for token in before or [] if token.map), default=0)
    seen = 0
    for number in range(start - 1, max(last_end, start - 15) - 1, -1):
        line = lines[number].strip()
        if not line:
            continue
        seen += 1
        is_heading = line.startswith("#") or (line.startswith("**") and line.rstrip(":").endswith("**"))
        if seen <= 2 or is_heading:
            name = _fits(find_name(line), language)
            if name and (is_heading or len(line) < 200):
                return name
        if line.startswith("#"):
            break
    return ""


def _add(drafts: list[_Draft], omitted: list[Omitted], taken: set[str], block: Block, source: str) -> None:
    """Make a file of a block: new, joined to an earlier part, or in the place of an earlier version."""
    name = safe_name(block.name)
    kind, detail = classify(name, block.text, block.language)
    if kind is Kind.OTHER and block.language in ("yaml", "yml", "json", ""):
        kind = Kind.SNIPPET
    ids = frozenset(_RESOURCE_ID.findall(block.text)) if kind is Kind.TEMPLATE else frozenset()
    earlier = _earlier(drafts, name, kind, block, ids)
    if earlier is not None:
        old = drafts[earlier]
        if kind is Kind.TEMPLATE and old.file.kind is Kind.TEMPLATE:
            drafts.pop(earlier)
            line = old.file.segments[0].source_line
            omitted.append(Omitted(old.file.name, f"a later version stands at line {block.line}", line))
            new = BundleFile(old.file.name, kind, block.text, source, (Segment(1, block.line),), detail)
            drafts.append(_Draft(new, old.named, ids))
        else:
            drafts[earlier] = _joined(old, block)
        return
    if kind is Kind.SNIPPET and not name:
        omitted.append(Omitted("", f"a {block.language or 'text'} snippet, no whole file", block.line))
        return
    if not name and kind in (Kind.SCRIPT, Kind.OTHER, Kind.DOCUMENT):
        return  # commands and listings without a name belong to the prose around them
    final = unique_name(name or _default_name(kind, block, detail), taken)
    file = BundleFile(final, kind, block.text, source, (Segment(1, block.line),), detail)
    drafts.append(_Draft(file, bool(name), ids))


def _earlier(drafts: list[_Draft], name: str, kind: Kind, block: Block, ids: frozenset[str]) -> int | None:
    """Return the index of the draft that a block continues or replaces, or None."""
    continued = bool(_CONTINUED.search(block.context))
    for index in range(len(drafts) - 1, -1, -1):
        draft = drafts[index]
        same = bool(name) and draft.file.name.casefold() == name.casefold()
        if kind is Kind.TEMPLATE and draft.file.kind is Kind.TEMPLATE:
            common = len(ids & draft.ids) / max(1, min(len(ids), len(draft.ids)))
            alike = common >= 0.6 and not (name and draft.named) and bool(_CORRECTED.search(block.context))
            if same or alike:
                return index
        elif (kind is Kind.SNIPPET and continued and draft.file.kind is Kind.TEMPLATE and (same or not name)) or (
            same and continued and kind is draft.file.kind
        ):
            return index
    return None


def _joined(old: _Draft, block: Block) -> _Draft:
    text = old.file.text if old.file.text.endswith("\n") else old.file.text + "\n"
    segment = Segment(text.count("\n") + 1, block.line)
    file = replace(old.file, text=text + block.text, segments=(*old.file.segments, segment))
    return _Draft(file, old.named, old.ids | frozenset(_RESOURCE_ID.findall(block.text)))


def _default_name(kind: Kind, block: Block, detail: str) -> str:
    is_json = block.text.lstrip()[:1] in ("{", "[")
    if kind is Kind.TEMPLATE:
        return "template.json" if is_json else "template.yml"
    if kind is Kind.PARAMETERS:
        return "parameters.json" if is_json else "parameters.yml"
    if kind is Kind.CODE:
        return {"python": "code.py", "javascript": "code.js", "typescript": "code.ts"}.get(detail, "code.txt")
    if kind is Kind.FOREIGN:
        return {"terraform": "main.tf", "kubernetes": "manifest.yml"}.get(detail, "code.txt")
    return "text.txt"
