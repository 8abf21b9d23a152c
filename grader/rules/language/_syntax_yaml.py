"""What keeps a text from being YAML, by the line at which the parser stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.rules.language._syntax_repair import Lines, Repair, last_filled
from grader.support.markdown import code
from grader.template import TemplateSyntaxError

_LONGEST = 2_000
_BACK = 80  # lines above the stop in which a quote may be open
_BACK_BRACKETS = 10
_BESIDE = 12
_VALUE = r"(?P<head>\s*(?:- )*[\w\"'./:-]+:[ \t]+)"
_TWO_TAGS = re.compile(r"(?P<outer>!\w+)[ \t]+!(?P<inner>\w+)[ \t]+(?P<value>\"[^\"]*\"|'[^']*'|[\w.:-]+)")
_KEY = re.compile(r"\s*(?:- )*(?P<tag>!\w+)[ \t]+(?:\"[^\"]*\"|'[^']*'|\S+)[ \t]*:(?:[ \t]|$)")
_COLONS = re.compile(r"[\w\"']\s*:(\s|$)")
_BLOCK = re.compile(r":\s+(!\w+\s+)?[|>][-+]?\s*$")
_LIST_ON_KEY = re.compile(r"\s*[\w\"'-]+:[ \t]+-[ \t]")
_COLON = re.compile(_VALUE + r"(?P<text>[^\s\"'\[{|>!&*#][^\"]*:[ \t].*)$")
_SPECIAL = re.compile(r"(?P<head>\s*(?:- )*(?:[\w\"'./:-]+:[ \t]+)?)(?P<text>[@`%*][^\"']*)$")
_ESCAPED = re.compile(r"(?P<head>.*'.*)\\''[ \t]*$")
_OPEN_QUOTE = re.compile(r"\s*(?:- )*[\w\"'./:-]+:[ \t]+(?:!\w+[ \t]+)?(?:'[^']*|\"[^\"]*)$")


def yaml_repairs(lines: Lines, error: TemplateSyntaxError) -> Iterator[Repair]:
    """Yield what may be wrong at a parser's stop, the most telling first."""
    index = last_filled(lines, error.line - 1)
    lines = [line if len(line) <= _LONGEST else "" for line in lines]  # expressions read short lines only
    line = lines[index]
    structure = next(_of_structure(lines, index), None)
    if structure is not None:
        yield structure
        return
    yield from _of_tags(line, index)
    if "\t" in line[: len(line) - len(line.lstrip())]:
        yield Repair(
            index=index,
            reason="is indented with a tab, and YAML allows only spaces",
            lines=(line.expandtabs(2),),
            remedy=f"Indent line {index + 1} with spaces.",
        )
    yield from _of_texts(line, index)
    yield from _of_quotes(lines, index, _BACK)
    yield from _of_brackets(lines, index)
    yield from _of_indents(lines, index)


def open_quotes(lines: Lines, error: TemplateSyntaxError) -> Iterator[Repair]:
    """Yield the quotes that may keep a text open to its end."""
    lines = [line if len(line) <= _LONGEST else "" for line in lines]
    yield from _of_quotes(lines, last_filled(lines, error.line - 1), len(lines))


def _of_structure(lines: Lines, index: int) -> Iterator[Repair]:
    """Yield what no single other line would correct."""
    line = lines[index]
    key = _KEY.match(line)
    if _LIST_ON_KEY.match(line):
        filled = [one for one in lines if one.strip()]
        if sum(one[:1] == " " for one in filled) * 3 < len(filled):
            yield Repair(
                index=index,
                reason="begins a list beside its key, and the file has lost the indentation that gives YAML its structure",
                is_whole=True,
                remedy="Restore the indentation of the file, with each item of a list on a line of its own.",
            )
        yield Repair(
            index=index,
            reason="begins a list beside its key",
            remedy=f"Write each item of the list at line {index + 1} on a line of its own, below its key.",
        )
    elif key:
        yield Repair(
            index=index,
            reason=f"uses the function {code(key['tag'])} as a key, and a key is plain text",
            remedy=f"Write the key at line {index + 1} as plain text; where it depends on a value, write the whole document as JSON "
            "text in Fn::Sub.",
        )
    elif not _COLONS.search(line):
        indent = len(line) - len(line.lstrip())
        for place in range(index - 1, max(-1, index - _BACK), -1):
            if _BLOCK.search(lines[place]) and len(lines[place]) - len(lines[place].lstrip()) >= indent:
                yield Repair(
                    index=index,
                    reason=f"is indented less than the block text that begins at line {place + 1}, and ends it",
                    remedy=f"Indent the text from line {index + 1} on like its first line.",
                )
                return


def _of_tags(line: str, index: int) -> Iterator[Repair]:
    two = _TWO_TAGS.search(line)
    if two:
        inner = f"!{two['inner']}"
        yield Repair(
            index=index,
            reason=f"has two short forms in one value, {code(two['outer'])} and {code(inner)}; YAML allows one tag for a value",
            lines=(_TWO_TAGS.sub(_long_form, line),),
        )


def _long_form(two: re.Match[str]) -> str:
    name, value = two["inner"], two["value"]
    if name == "Ref":
        return f"{two['outer']} {{Ref: {value}}}"
    if name == "GetAtt":
        value = "[" + ", ".join(value.strip("'\"").split(".", 1)) + "]"
    return f'{two["outer"]} {{"Fn::{name}": {value}}}'


def _of_texts(line: str, index: int) -> Iterator[Repair]:
    special = _SPECIAL.match(line)
    if special:
        yield Repair(
            index=index,
            reason=f"begins a text with {code(special['text'][0])}, which needs quotes",
            lines=(f"{special['head']}'{special['text'].strip()}'",),
        )
    colon = _COLON.match(line)
    if colon:
        text = colon["text"].strip().replace("\\", "\\\\")
        yield Repair(
            index=index,
            reason="has a colon and a blank in a text without quotes",
            lines=(f'{colon["head"]}"{text}"',),
            is_sure=False,
        )


def _of_quotes(lines: Lines, index: int, back: int) -> Iterator[Repair]:
    """Yield lines above the stop that leave a quote open."""
    for place in range(index, max(-1, index - back), -1):
        line = lines[place].rstrip()
        escaped = _ESCAPED.match(line)
        if escaped and escaped["head"].count("'") % 2:
            yield Repair(
                index=place,
                reason="escapes a quote with a backslash in a text in single quotes, where a backslash is plain text",
                lines=(f"{escaped['head']}\\'",),
                is_sure=False,
            )
        elif _OPEN_QUOTE.match(line):
            quote = '"' if line.count('"') % 2 else "'"
            yield Repair(
                index=place,
                reason="opens a quote and does not close it",
                lines=(f"{line}{quote}",),
                is_sure=False,
            )


def _without_comment(line: str) -> tuple[str, str]:
    text, mark, comment = line.partition(" #")
    return text.rstrip(), mark + comment


def _of_brackets(lines: Lines, index: int) -> Iterator[Repair]:
    for place in range(index, max(-1, index - _BACK_BRACKETS), -1):
        line, comment = _without_comment(lines[place])
        for opening, closing in ("[]", "{}"):
            if line.count(opening) == line.count(closing) + 1:
                yield Repair(
                    index=place,
                    reason=f"opens a {code(opening)} and does not close it",
                    lines=(f"{line}{closing}{comment}",),
                    is_sure=False,
                )


def _of_indents(lines: Lines, index: int) -> Iterator[Repair]:
    """Yield the indentations of the lines above, the nearest first."""
    line = lines[index]
    text = line.lstrip(" ")
    own = len(line) - len(text)
    above = [one for one in lines[max(0, index - _BESIDE) : index] if one.strip()]
    indents = dict.fromkeys(len(one) - len(one.lstrip(" ")) for one in reversed(above))
    known = sorted((indent for indent in indents if indent != own), key=lambda indent: abs(indent - own))
    for indent in known[:3]:
        if abs(indent - own) <= 3:
            yield Repair(
                index=index,
                reason=f"is indented by {own} spaces, where its neighbours are indented by {indent}",
                lines=(" " * indent + text,),
                is_sure=False,
                remedy=f"Indent line {index + 1} by {indent} spaces.",
            )
