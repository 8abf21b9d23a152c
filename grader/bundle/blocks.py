"""The blocks of a markdown answer: fences by a CommonMark parser, and templates without a fence.

What models write is repaired first where it is clear what was meant: a fence that is closed at the end of a line of its
content, and one that was never closed before the next one opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.bundle.classify import looks_like_template
from grader.bundle.names import find_name, name_in_comment

_TOP_KEY = re.compile(
    r"^(['\"]?)(?:AWSTemplateFormatVersion|Transform|Parameters|Mappings|Conditions|Rules|Globals|Resources|Outputs)\1[ \t]*:"
)
_START = re.compile(r"^(['\"]?)(?:AWSTemplateFormatVersion|Resources)\1[ \t]*:")
_LEAD = re.compile(r"^(?:#.*|---\s*|(['\"]?)(?:Description|Transform|Metadata|Parameters)\1[ \t]*:.*)?$")
_BODY = re.compile(r"^(?:\s.*|#.*|-\s.*|(['\"]?)[\w:-]+\1[ \t]*:.*|[}\]],?\s*|\.\.\.)?$")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*((?:[^\s`][^`]*)?)$")
_GLUED = re.compile(r"^([^`]*[^`\s])(`{3,})\s*$")
_TYPE = re.compile(r"^\s+['\"]?Type['\"]?\s*:\s*['\"]?\w+::\w+")
_JSON_LEAD = re.compile(r'^\s*\{?\s*"(?:AWSTemplateFormatVersion|Description|Transform|Metadata|Parameters|Resources)"')
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_DATA = {"yaml", "yml", "json", "cloudformation", "cfn", ""}
_CLOUDFORMATION = ("yaml", "yml", "template", "cfn", "json")
_SUFFIXES = {
    "yaml": _CLOUDFORMATION,
    "yml": _CLOUDFORMATION,
    "cloudformation": _CLOUDFORMATION,
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
_MARKDOWN = {"markdown", "md"}
MAX_BARE = 50
MAX_DEPTH = 4
MAX_ROUNDS = 3  # of looking for templates without a fence: those taken out may show others
READ_AGAIN = 10  # times the lines of an answer, for what is behind its fenced markdown files


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the answer that may be a file: `line` is where its first line is in the answer (from 1).

    `name` is the file name that the answer gives it, or empty; `context` the nearest heading and prose above it.
    """

    text: str
    line: int
    language: str
    name: str
    context: str


def find_blocks(lines: list[str]) -> list[Block]:
    """Return the blocks of an answer, given as its lines, in order."""
    return _blocks(lines, list(range(1, len(lines) + 1)), 0)


def open_block(lines: list[str]) -> int:
    """Return the line, from 1, of the block of YAML or JSON in which an answer ends without closing it; 0 where there is none."""
    if not _marked(lines):
        return 0
    lines, numbers = _mended(lines, list(range(1, len(lines) + 1)))
    last = next((token for token in reversed(_parse(lines)) if token.type == "fence" and token.map), None)
    if last is None or last.map is None or _language(last.info) not in _DATA:
        return 0
    start, end = last.map
    closing = _FENCE.match(lines[end - 1]) if end - 1 > start else None
    behind = any(line.strip() for line in lines[end:])
    return 0 if closing or behind or not looks_like_template(last.content) else numbers[start]


def _blocks(lines: list[str], numbers: list[int], depth: int) -> list[Block]:
    lines, numbers = _mended(lines, numbers)
    found: list[Block] = []
    tokens = _parse(lines)
    for _ in range(MAX_ROUNDS):
        spans = list(islice(_bare_templates(lines, _fenced_lines(tokens)), MAX_BARE - len(found)))
        if not spans:
            break
        for start, end in spans:
            text = "\n".join(lines[start:end]).rstrip() + "\n"
            name = name_in_comment(lines[start]) or _name_above(lines, start, "yaml", 0)
            found.append(Block(text, numbers[start], "", name, _context(lines, start)))
            end += end < len(lines) and bool(_FENCE.match(lines[end])) and not lines[end].strip("`~ ")
            lines[start:end] = [""] * (end - start)
        tokens = _parse(lines)
    found.extend(_fences(lines, numbers, tokens, depth))
    return sorted(found, key=lambda block: block.line)


def _mended(lines: list[str], numbers: list[int]) -> tuple[list[str], list[int]]:
    """Return the lines with fences closed where they were meant to be; a line split in two keeps its number twice."""
    out: list[str] = []
    places: list[int] = []
    marker, language, skip, done = "", "", -1, 0
    for index in _marked(lines):
        line, number = lines[index], numbers[index]
        match = _FENCE.match(line)
        out += lines[done:index]
        places += numbers[done:index]
        done = index + 1
        if index < skip:
            pass  # inside a markdown file, which is repaired when its own blocks are looked for
        elif not marker:
            if match:
                marker, language = match.group(1), _language(match.group(2))
                if language in _MARKDOWN:
                    skip, marker = _markdown_end(lines, index), ""
        elif match and not match.group(2).strip() and match.group(1).startswith(marker):
            marker = ""
        elif match and match.group(1) == marker and language in _DATA and not line.startswith(" "):
            out.append(marker)
            places.append(number)
            language = _language(match.group(2))
        elif language in _DATA and (glued := _GLUED.match(line)):
            out.append(glued.group(1))
            places.append(number)
            line, marker = marker, ""
        out.append(line)
        places.append(number)
    return out + lines[done:], places + numbers[done:]


def _marked(lines: Sequence[str]) -> list[int]:
    """Return the lines, from 0, that may open or close a fence: few of many."""
    return [number for number, line in enumerate(lines) if "```" in line or "~~~" in line]


def _language(info: str) -> str:
    return re.split(r"[\s:{,=]", info.strip(), maxsplit=1)[0].lower().strip(".")


def _parse(lines: list[str]) -> list[Token]:
    """Parse an answer, given as its lines, and return its fenced and indented blocks.

    The parser looks at every character, and nearly all of them are in fences, where they mean nothing to it: it is given
    empty lines for these.
    """
    return _parsed(tuple(lines))


@lru_cache(maxsize=4)
def _parsed(lines: tuple[str, ...]) -> list[Token]:
    inside = _plainly_fenced(lines)
    shown = ["" if number in inside else line for number, line in enumerate(lines)]
    tokens = [token for token in _parser().parse("\n".join(shown)) if token.type in ("fence", "code_block")]
    for token in tokens:
        if token.map and token.map[0] + 1 in inside:
            start = token.map[0] + 1
            content = lines[start : start + token.content.count("\n")]
            token.content = "".join(f"{line}\n" for line in content).replace("\0", "\ufffd")
    return tokens


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    parser.disable(["inline"])
    return parser


def _plainly_fenced(lines: Sequence[str]) -> set[int]:
    """Return the lines, from 0, inside fences that start at the margin and are closed: these are fences whatever is around them.

    It ends at the first fence elsewhere, whose extent depends on the list or quotation that it is in.
    """
    inside: set[int] = set()
    opened, marker = -1, ""
    for number in _marked(lines):
        line = lines[number]
        match = _FENCE.match(line)
        if opened >= 0:
            if match and line[0] != "\t" and not match.group(2) and match.group(1).startswith(marker):
                inside.update(range(opened + 1, number))
                opened = -1
        elif match and line[0] in "`~" and line[0] not in match.group(2):
            opened, marker = number, match.group(1)
        elif line.lstrip(" \t>*+-0123456789.)")[:3] in ("```", "~~~"):
            break
    return inside


def _fenced_lines(tokens: list[Token]) -> set[int]:
    spans = (token.map for token in tokens if token.map and token.type == "fence")
    return {number for start, end in spans for number in range(start, end)}


def _bare_templates(lines: list[str], fenced: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the lines, from 0, of each template that is outside every fence."""
    index = floor = 0
    while index < len(lines):
        line = lines[index]
        start, end = index, index + 1
        if index not in fenced:
            if _START.match(line):
                start, end = _lead(lines, index, floor), _yaml_end(lines, index)
            elif _opens_json(lines, index):
                end = _json_end(lines, index)
            if end > index + 1:
                floor = end
                if looks_like_template("\n".join(lines[start:end])):
                    yield start, end
        index = end


def _opens_json(lines: list[str], index: int) -> bool:
    line = lines[index]
    if line.strip() == "{":
        return any(_JSON_LEAD.match(below) for below in lines[index + 1 : index + 4])
    return line.startswith("{") and _JSON_LEAD.match(line) is not None


def _lead(lines: list[str], index: int, floor: int) -> int:
    """Step back over the comments and top-level keys that are directly before the first sure line, to `floor` at most."""
    start = index
    while start > floor and (_LEAD.match(lines[start - 1]) or lines[start - 1].startswith("  ")):
        if _FENCE.match(lines[start - 1]) or re.match(r"#+ ", lines[start - 1]):
            break
        start -= 1
    while start < index and (not lines[start].strip() or lines[start].startswith(" ")):
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
    below = lines[index + 1 : index + 30]
    keys = sum(re.match(r"^\w+:(?: |$)", line) is not None for line in below)
    return keys < 3 and not any(_TOP_KEY.match(line) or re.match(r"^\s+\w+:", line) for line in below)


def _json_end(lines: list[str], index: int) -> int:
    """Return the line after the one that closes the brace opened at `index`; strings never span lines in JSON."""
    depth = 0
    for number in range(index, len(lines)):
        bare = _JSON_STRING.sub("", lines[number])
        depth += sum(bare.count(char) for char in "{[") - sum(bare.count(char) for char in "}]")
        if depth <= 0:
            return number + 1
    return len(lines)


def without_prose(text: str) -> str:
    """Cut the prose that is behind a template in the same fence.

    Only where nothing of a template comes after it: a broken template is judged as it is.
    """
    lines = text.split("\n")
    last = max((number for number, line in enumerate(lines) if _TYPE.match(line) or _TOP_KEY.match(line)), default=-1)
    begun = False
    for index, line in enumerate(lines):
        if not begun:
            begun = _TYPE.match(line) is not None
        elif line[:1] == " " and line.strip() != "---":
            continue  # of the template, as most lines are
        elif index > last and _is_prose(lines, index):
            while index and (not lines[index - 1].strip() or lines[index - 1].startswith("##")):
                index -= 1
            return "\n".join(lines[:index]) + "\n"
    return text


def _is_prose(lines: list[str], index: int) -> bool:
    line = lines[index]
    if not _BODY.match(line):
        return True
    after_heading = index > 0 and re.match(r"#{2,6} ", lines[index - 1]) is not None
    return after_heading and (line.startswith("- ") or line.strip() == "---")


def _fences(lines: list[str], numbers: list[int], tokens: list[Token], depth: int) -> Iterator[Block]:
    """Yield the fenced and indented blocks; a markdown file with fences of its own is taken whole."""
    done, last_end = 0, 0
    queue = list(tokens)
    position, room = 0, READ_AGAIN * len(lines)
    while position < len(queue):
        token = queue[position]
        position += 1
        if token.map is None or token.map[0] < done:
            continue
        start, end = token.map
        info = token.info.strip()
        language = _language(info)
        if token.type == "fence" and language in _MARKDOWN:
            end = max(end, _markdown_end(lines, start))
            yield from _markdown_block(lines[start:end], numbers[start:end], lines, start, depth)
            room -= len(lines) - end
            if end > token.map[1] and room > 0:
                # CommonMark closed the file at its first inner fence: read on behind its real end.
                rest = _parse([""] * end + lines[end:])
                queue, position = rest, 0
            done = end
        elif token.type == "fence":
            first = token.content.split("\n", 1)[0]
            name = _fits(find_name(info[len(language) :].lstrip(":")), language) or _fits(
                name_in_comment(first), language
            )
            name = name or _name_above(lines, start, language, last_end)
            line = numbers[min(start + 1, len(numbers) - 1)]
            yield Block(token.content, line, language, name, _context(lines, start))
        elif looks_like_template(token.content):
            yield Block(
                token.content, numbers[start], "", _name_above(lines, start, "", last_end), _context(lines, start)
            )
        last_end = end


def _markdown_block(span: list[str], numbers: list[int], lines: list[str], start: int, depth: int) -> Iterator[Block]:
    """A fenced markdown file: a document where it has a name; otherwise an answer inside the answer."""
    closed = len(span) - 1 if len(span) > 1 and _FENCE.match(span[-1]) else len(span)
    body = span[1:closed]
    name = _fits(find_name(span[0]), "md") or _name_above(lines, start, "md", 0)
    inner = [] if name or depth >= MAX_DEPTH else _blocks(body, numbers[1:closed], depth + 1)
    if any(looks_like_template(block.text) for block in inner):
        yield from inner
    elif body:
        yield Block("\n".join(body) + "\n", numbers[1], "markdown", name or "README.md", _context(lines, start))


def _markdown_end(lines: list[str], start: int) -> int:
    """Return the line after the end of a fenced markdown file, whose content may open and close fences like its own."""
    opening = _FENCE.match(lines[start])
    marker = opening.group(1) if opening else "```"
    depth = 0
    for number in range(start, len(lines)):
        match = _FENCE.match(lines[number])
        if not match or not match.group(1).startswith(marker):
            continue
        depth += 1 if match.group(2).strip() or number == start else -1
        if depth == 0:
            return number + 1
    return len(lines)


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
    if suffixes is None or name.lower().endswith(tuple("." + suffix for suffix in suffixes)):
        return name
    return ""


def _name_above(lines: list[str], start: int, language: str, last_end: int) -> str:
    """Return the file name given by the line before a block, or by the heading that no other block is under."""
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
