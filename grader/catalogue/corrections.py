"""Helpers for rules that say which edits correct a finding: from the place of a finding to edits of its template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.case import Case
from grader.model import Action, Edit, Finding, Steps
from grader.support.text import is_natural
from grader.template import AnyNode, Call, Map, Scalar, Sequence, Template, child_at, plain, walk

_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")


def template_of(case: Case, finding: Finding) -> Template | None:
    """Return the template of a finding, None where it is about another file."""
    return next((template for template in case.templates if template.file == finding.file), None)


def steps_of(template: Template, finding: Finding) -> Steps | None:
    """Return the path of a finding from the root of its template, as far as the template has it; None without a place."""
    path = finding.path
    section = path.split(".")[0]
    if section in _SECTIONS and (section in ("Parameters", "Outputs") or finding.resource not in template.resources):
        return _walked(template.root, path)
    if finding.resource in template.resources:
        return ("Resources", finding.resource, *_walked(template.resources[finding.resource].node, path))
    for name in ("Outputs", "Parameters", "Conditions"):
        if finding.resource and finding.resource in template.section(name).values:
            node = template.section(name).values[finding.resource]
            return (name, finding.resource, *_walked(node, path))
    return None


def _walked(node: AnyNode | None, path: str) -> Steps:
    """Split a dotted path into keys and places in lists; a key of the template may have dots itself."""
    rest, steps = path.split(".") if path else [], []
    while rest:
        size = 1
        if isinstance(node, Map):
            sizes = (size for size in range(1, len(rest) + 1) if ".".join(rest[:size]) in node.values)
            size = next(sizes, 1)
        step: str | int = ".".join(rest[:size])
        if isinstance(node, Sequence) and is_natural(str(step)):
            step = int(step)
        steps.append(step)
        node = child_at(node, step)
        rest = rest[size:]
    return tuple(steps)


def node_at(template: Template, steps: Steps) -> AnyNode | None:
    """Return the node at a path from the root, functions included in the path; None where there is none."""
    node: AnyNode | None = template.root
    for step in steps:
        node = child_at(node, step)
    return node


def text_of_sub(template: Template, steps: Steps) -> str:
    """Return the text of an Fn::Sub at a path from the root; empty where there is none."""
    node = node_at(template, steps)
    text = node if isinstance(node, Scalar) else child_at(node, 0)
    return text.text if isinstance(text, Scalar) else ""


def set_value(steps: Steps, value: object) -> Edit:
    """Give a property a value, whether or not it is set."""
    return Edit(action=Action.SET, path=steps, value=value)


def replaced(steps: Steps, old: str, new: str) -> Edit:
    """Replace a part of a string."""
    return Edit(action=Action.REPLACE, path=steps, old=old, value=new)


def in_file(edit: Edit, file: str) -> Edit:
    """Return an edit with the file that it is of, where it names none."""
    return replace(edit, file=edit.file or file)


def removed(template: Template, steps: Steps) -> Edit | None:
    """Remove a key or a list item, and what would be empty without it; None where it is not there.

    `Properties` goes with its last property; a whole resource never goes.
    """
    while len(steps) > 3:
        parent = node_at(template, steps[:-1])
        if (isinstance(parent, Map) and len(parent.values) > 1) or (
            isinstance(parent, Sequence) and len(parent.items) > 1
        ):
            break
        if parent is None or isinstance(parent, Call | Scalar):
            return None
        steps = steps[:-1]
    return Edit(action=Action.REMOVE, path=steps) if node_at(template, steps) is not None else None


def renamed(steps: Steps, name: str) -> Edit:
    """Give a key another name."""
    return Edit(action=Action.RENAME, path=steps, value=name)


def added(template: Template, name: str, type: str, properties: dict[str, object], **attributes: object) -> Edit:
    """Add a resource, under a name that the template does not have yet."""
    taken = {*template.resources, *template.parameters, *template.conditions}
    names = (name, *(f"{name}{number}" for number in range(2, 100)))
    free = next((one for one in names if one not in taken), name)
    value: dict[str, object] = {"Type": type, **attributes, "Properties": properties}
    return Edit(action=Action.SET, path=("Resources", free), value=value)


def switch_of(template: Template, type: str) -> tuple[str, str]:
    """Return a template's own parameter that tells whether it creates resources of a service, and its condition; empty for none."""
    service = re.escape(type.split("::")[1])
    for name, parameter in template.parameters.items():
        is_switch = re.search(rf"(enable|create|deploy|use)\w*({service}|AccountResources)", name, re.I)
        if is_switch and (parameter.default in ("true", "false") or "true" in parameter.allowed):
            wanted = {"Fn::Equals": [{"Ref": name}, "true"]}
            return name, next((one for one, node in template.conditions.items() if plain(node) == wanted), "")
    return "", ""


def depends_on(template: Template, resource: str, other: str) -> Edit:
    """Let a resource wait for another."""
    path: Steps = ("Resources", resource, "DependsOn")
    node = template.resources[resource].node.get("DependsOn")
    if isinstance(node, Sequence):
        return Edit(action=Action.APPEND, path=path, value=other)
    return set_value(path, other if node is None else [plain(node), other])


def scalars(template: Template, steps: Steps) -> Iterator[tuple[Steps, Scalar]]:
    """Yield every scalar at a path and below it, with its path from the root."""
    node = node_at(template, steps)
    for path, found in walk(node, steps) if node is not None else ():
        if isinstance(found, Scalar):
            yield path, found


def without_use(template: Template, name: str, *gone: Steps) -> Edit | None:
    """Remove a parameter, a condition or a mapping that nothing uses once certain places are gone; None where it stays in use."""
    sections = ("Parameters", "Conditions", "Mappings")
    section = next((one for one in sections if name in template.section(one).values), None)
    if section is None:
        return None
    for use in template.uses.get(name, ()):
        path = (use.section, use.owner, *use.path)
        if not any(path[: len(one)] == one for one in gone):
            return None
    return Edit(action=Action.REMOVE, path=(section, name))


def literal_place(template: Template, steps: Steps) -> Steps | None:
    """Return the path of the text that a property has: its own, or the default of the parameter that it refers to.

    None where the value is worked out, or where the parameter lists the values that it takes.
    """
    node = node_at(template, steps)
    if isinstance(node, Scalar):
        return steps
    name = (
        node.argument.text
        if isinstance(node, Call) and node.name == "Ref" and isinstance(node.argument, Scalar)
        else ""
    )
    parameter = template.parameters.get(name)
    if parameter is None or parameter.default is None or parameter.allowed:
        return None
    return ("Parameters", name, "Default")


def item_steps(case: Case, template: Template, steps: Steps, value: str) -> Steps | None:
    """Return the path of the value at a path, or of the item of the list there, that reads as a text once deployed."""
    node = node_at(template, steps)
    scope = case.scopes[template.file]
    if isinstance(node, Sequence):
        return next(((*steps, index) for index, item in enumerate(node.items) if scope.text(item) == value), None)
    return steps if node is not None and scope.text(node) == value else None


def interface_edits(template: Template, name: str) -> list[Edit]:
    """Return the edits that take a parameter out of the groups and labels of AWS::CloudFormation::Interface."""
    path: Steps = ("Metadata", "AWS::CloudFormation::Interface")
    interface = node_at(template, path)
    found = []
    for below, node in walk(interface, path) if interface is not None else ():
        grouped = isinstance(node, Scalar) and node.text == name and below[-2:-1] == ("Parameters",)
        labelled = below[2:3] == ("ParameterLabels",) and below[3:] == (name,)
        if grouped or labelled:
            alone = grouped and len(getattr(node_at(template, below[:-1]), "items", ())) == 1
            found.append(removed(template, below[:-2] if alone else below))  # a group without parameters has no use
    return [edit for edit in found if edit is not None]


def replaced_uses(template: Template, name: str, new: str) -> list[Edit] | None:
    """Return the edits that write a resource's name wherever a parameter is used; None where one of the uses cannot be written.

    Conditions and rules cannot refer to resources.
    """
    edits: list[Edit] = []
    for use in template.uses.get(name, ()):
        if use.section in ("Conditions", "Rules"):
            return None
        path = (use.section, use.owner, *use.path)
        if use.kind == "Ref":
            edits.append(set_value(path[:-1], {"Ref": new}))
        elif use.kind == "Sub" and isinstance(node_at(template, path), Scalar):
            edits.append(replaced(path, "${" + name + "}", "${" + new + "}"))
        elif use.kind == "Sub" and isinstance(node_at(template, (*path, 0)), Scalar):
            edits.append(replaced((*path, 0), "${" + name + "}", "${" + new + "}"))
        else:
            return None
    return list({edit.path: edit for edit in edits}.values())


def without_names(template: Template, names: list[str], *gone: Steps) -> list[Edit]:
    """Remove the parameters and mappings that nothing uses once certain places are gone, also from the template's interface."""
    edits: list[Edit] = []
    for name in dict.fromkeys(names):
        edit = without_use(template, name, *gone)
        if edit is not None:
            edits += [edit, *interface_edits(template, name)]
    return edits


def names_in(template: Template, steps: Steps) -> list[str]:
    """Return the parameters and mappings that are used at a path and below it."""
    known = {*template.parameters, *template.section("Mappings").values}
    return [
        use.target
        for use in template.references
        if use.target in known and (use.section, use.owner, *use.path)[: len(steps)] == steps
    ]
