"""The words of a fix around its corrected lines: where they belong, what is left out, what goes, and what they do not correct."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from grader.catalogue.corrections import node_at
from grader.judgement.fixes.excerpt import Excerpt
from grader.model import Action, Finding
from grader.support.markdown import code, fenced
from grader.support.text import is_natural, series
from grader.template import AnyNode, Scalar, Template, at, text_of
from grader.template.edits import Planned

MAX_SHOWN = 3  # places of a failure; the same change at others is only named
MAX_NAMED = 6  # of what is removed from one place
MAX_TOTAL = 45  # lines that are shown though there are more places


def fix_text(
    found: Sequence[Excerpt],
    planned: Mapping[str, Sequence[Planned]],
    templates: Mapping[str, Template],
    left: Sequence[Finding],
) -> str:
    """Return the markdown of a fix; `left` are the places of the failure that it does not correct."""
    shown, rest = _split(found, planned)
    parts = [
        *_removals(planned, templates, {one.name for one in shown if one.removed}),
        *_blocks(shown, templates),
        *_like(rest),
    ]
    places = list(dict.fromkeys(map(_place, left)))
    if places:
        more = f" and {len(places) - 3} more places" if len(places) > 3 else ""
        parts.append(f"These lines do not correct {', '.join(places[:3])}{more}.")
    return "\n\n".join(parts)


def _place(one: Finding) -> str:
    last = next((step for step in reversed(one.path.split(".")) if not is_natural(step)), "")
    of = f"{code(last)} of " if last and last not in ("Properties", one.resource) and one.resource else ""
    return f"{of}{code(one.resource or one.file)} (line {one.line})"


def _split(found: Sequence[Excerpt], planned: Mapping[str, Sequence[Planned]]) -> tuple[list[Excerpt], list[Excerpt]]:
    """Return the excerpts to show, and those of the same change at another place, which are named.

    Every change of its own kind is shown.
    """
    shown: list[Excerpt] = []
    rest: list[Excerpt] = []
    kinds: set[object] = set()
    lines = 0
    for number, one in enumerate(found):
        kind = _kind(one, planned.get(one.file, ()))
        size = one.text.count("\n") + 1
        if number < MAX_SHOWN or kind not in kinds or one.added or lines + size <= MAX_TOTAL:
            shown.append(one)
            lines += size
        else:
            rest.append(one)
        kinds.add(kind)
    return shown, rest


def _kind(one: Excerpt, planned: Sequence[Planned]) -> object:
    """Return what is done at a place: the actions and the properties, without the name and without places in lists."""
    edits = [each.edit for each in planned if each.edit.path[1] == one.name]
    return frozenset(
        (edit.action, edit.path[0], *(step for step in edit.path[2:] if isinstance(step, str))) for edit in edits
    )


def _blocks(shown: Sequence[Excerpt], templates: Mapping[str, Template]) -> Iterator[str]:
    """Yield the excerpts, new entries of one section in one block."""
    together: dict[tuple[str, str], list[Excerpt]] = {}
    for one in shown:
        if one.added:
            together.setdefault((one.file, one.section), []).append(one)
        else:
            yield _shown(one, templates[one.file])
    for (file, section), entries in together.items():
        is_json = templates[file].is_json
        text = (",\n" if is_json else "\n").join(one.text for one in entries)
        is_new = templates[file].root.get(section) is None
        place = f"to {code(file)} the section `{section}` with" if is_new else f"under `{section}` of {code(file)}"
        yield f"Add {place}:\n\n{fenced(text, 'json' if is_json else 'yaml')}"


def _shown(one: Excerpt, template: Template) -> str:
    place = f"{code(one.file)}, from line {one.line}"
    kept = [code(name) for name in one.kept]
    if one.removed:
        what = f"Remove from {place}"
    elif kept:
        what = f"Change {place}; the other items of {' and '.join(kept)} stay"
    elif one.partial:
        what = f"Change {place}; what is not shown of {' and '.join(map(code, one.partial))} stays"
    else:
        what = f"Corrected lines of {place}"
    return f"{what}:\n\n{fenced(one.text, 'json' if template.is_json else 'yaml')}"


def _like(rest: Sequence[Excerpt]) -> Iterator[str]:
    removed = [f"{code(one.name)} (line {one.line})" for one in rest if one.removed]
    changed = [f"{code(one.name)} (line {one.line})" for one in rest if not one.removed]
    if removed:
        yield f"Remove {series(removed)} in the same way."
    if changed:
        yield f"Change {series(changed)} in the same way."


def _removals(
    planned: Mapping[str, Sequence[Planned]], templates: Mapping[str, Template], shown: Container[str]
) -> Iterator[str]:
    """Yield what excerpts cannot show: what edits take out of entries whose other lines are shown."""
    names: dict[tuple[str, str], list[str]] = {}
    for file, some in planned.items():
        for one in some:
            section, name, *path = map(str, one.edit.path)
            if one.edit.action is not Action.REMOVE or not path or name in shown:
                continue
            above, what = path[:-1], path[-1]
            is_item = isinstance(one.edit.path[-1], int)
            what = _identity(node_at(templates[file], one.edit.path), what) if is_item else code(what)
            place = ".".join(step for step in above if step != "Properties" or section != "Resources")
            names.setdefault((place, name), []).append(what)
    for (place, name), items in names.items():
        of = f"{code(place)} of " if place else ""
        yield f"Remove {series(list(dict.fromkeys(items))[:MAX_NAMED])} from {of}{code(name)}."


def _identity(node: AnyNode | None, number: str) -> str:
    """Return what an item of a list is called: its text, or the value of its Sid, Key, Id or Name; else its number."""
    if isinstance(node, Scalar):
        return code(node.text)
    keys = ("Sid", "Key", "Id", "Name", "PolicyName", "AttributeName", "ParameterKey")
    return next((code(text) for key in keys if (text := text_of(at(node, key)))), f"item {int(number) + 1}")
