"""What keeps a text from being JSON, by the character at which the parser stops."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator

from grader.rules.language._syntax_repair import Lines, Repair, last_filled
from grader.support.markdown import code
from grader.template import TemplateSyntaxError

_BLOCK = re.compile(r".*:\s*(?P<sign>[|>][-+]?)\s*$")
_COMMENT = re.compile(r"//.*|#.*|/\*.*?\*/")
_BAD_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?![\"\\/bfnrtu])")


def json_repairs(lines: Lines, error: TemplateSyntaxError) -> Iterator[Repair]:
    """Yield what may be wrong at a parser's stop, the most telling first."""
    index = max(0, min(error.line, len(lines)) - 1)
    column = error.column - 1
    rest = lines[index][column:]
    before = _before(lines, index, column)
    if error.message.startswith("broken string"):
        yield from _of_strings(lines, index, error)
    elif error.message.startswith("text after"):
        yield Repair(
            index=index,
            reason="is behind the brace that closes the template",
            is_whole=True,
            remedy=f"Remove the closing brace that is too many above line {index + 1}.",
        )
    elif rest[:1] in ("}", "]") and before[2] == ",":
        yield _cut(lines, before, "ends in a comma, and no entry follows before the closing bracket")
    elif rest.startswith("..."):
        yield Repair(
            index=index,
            reason="has `...` in place of what belongs there",
            is_whole=True,
            remedy="Deliver the whole template.",
        )
    elif _COMMENT.match(rest):
        yield Repair(
            index=index,
            reason="has a comment, which JSON does not allow",
            lines=((lines[index][:column] + _COMMENT.sub("", rest, count=1)).rstrip(),),
            remedy=f"Remove the comment from line {index + 1}.",
        )
    elif rest[:1] in ("|", ">") and _BLOCK.match(lines[index]):
        yield _of_block(lines, index, column)
    elif rest[:1] == "'":
        yield Repair(
            index=index,
            reason="has a text in single quotes, and JSON allows only double quotes",
            lines=(re.sub(r"'([^'\"]*)'", r'"\1"', lines[index]),),
        )
    elif rest[:1] == "{" and "property name" in error.message:
        named = lines[index][:column].rstrip().endswith(",") and '"Key"' in lines[index][:column]
        yield Repair(
            index=index,
            reason="has a value without a property name",
            lines=(f'{lines[index][:column]}"Value": {rest}',) if named else None,
        )
    elif error.message.startswith("expected ','"):
        yield from _of_separators(lines, index, column, before)


def _before(lines: Lines, index: int, column: int) -> tuple[int, int, str]:
    """Return the line, the column and the text of the last character that is not blank before a place."""
    text = lines[index][:column].rstrip()
    if not text and index:
        index = last_filled(lines, index - 1)
        text = lines[index].rstrip()
    return index, len(text) - 1, text[-1:]


def _cut(lines: Lines, place: tuple[int, int, str], reason: str) -> Repair:
    index, column, _ = place
    line = lines[index]
    return Repair(index=index, reason=reason, lines=(line[:column] + line[column + 1 :],))


def _of_separators(lines: Lines, index: int, column: int, before: tuple[int, int, str]) -> Iterator[Repair]:
    rest = lines[index][column:]
    if rest[:1] in ('"', "{", "["):
        line = lines[before[0]]
        yield Repair(
            index=before[0],
            reason="has no comma before the next entry",
            lines=(f"{line[: before[1] + 1]},{line[before[1] + 1 :]}",),
        )
    elif rest[:1] in ("]", "}"):
        missing = "}" if rest[0] == "]" else "]"
        what = "an object" if missing == "}" else "a list"
        yield Repair(
            index=index,
            reason=f"closes with {code(rest[0])} where {what} is still open",
            lines=(f"{lines[index][:column]}{missing}{rest}",),
        )


def _of_block(lines: Lines, index: int, column: int) -> Repair:
    """Write a YAML block text as a JSON string."""
    indent = len(lines[index]) - len(lines[index].lstrip())
    end = index + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    text = textwrap.dedent("\n".join(lines[index + 1 : end])).rstrip("\n") + "\n"
    written = lines[index][:column] + json.dumps(text, ensure_ascii=False)
    return Repair(
        index=index,
        reason="begins a block text as in YAML, which JSON does not have",
        lines=(written, *[""] * (end - index - 1)),
        remedy=f"Write lines {index + 2} to {end} as one JSON string with `\\n` for each line break, or the template in YAML.",
    )


def _of_strings(lines: Lines, index: int, error: TemplateSyntaxError) -> Iterator[Repair]:
    line = lines[index]
    if "escape" in error.message:
        yield Repair(
            index=index,
            reason="has a backslash that begins no escape of JSON",
            lines=(_BAD_ESCAPE.sub(r"\1\\\\", line),),
        )
    elif "control character" in error.message:
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        reason = "breaks a text in quotes, and JSON writes a line break in a text as `\\n`"
        if following[:1] in ('"', "}", "]"):
            closed = f'{line.rstrip()[:-1]}",' if line.rstrip().endswith(",") else f'{line.rstrip()}"'
            yield Repair(index=index, reason="opens a quote and does not close it", lines=(closed,), is_sure=False)
        yield Repair(
            index=index,
            reason=reason,
            lines=(f"{line}\\n{following}", "") if following else None,
            remedy=f"Write lines {index + 1} and {index + 2} as one line, with `\\n` between them.",
        )
