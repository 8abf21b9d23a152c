"""What in a response leads to a finding of an engine or the plan: neighbours that are right, names that are near, values' sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue.corrections import steps_of as steps_from_root
from grader.catalogue.corrections import template_of, text_of_sub
from grader.catalogue.sentences import sets_and_not
from grader.model import Finding
from grader.plan.schemas import (
    attribute_names,
    homes_of,
    identifier,
    is_returned_by_ref,
    property_names,
    type_names,
)
from grader.rules._shared import resource_at, with_facts
from grader.rules.language._corrections import is_fixed
from grader.support.markdown import MAX_LISTED, code, listed
from grader.support.scripts import is_variable_of_script
from grader.support.text import is_natural, meant_value, similar_names
from grader.task.load import regions_of
from grader.template import (
    AnyNode,
    Duplicate,
    Map,
    Path,
    Reference,
    Resource,
    Scalar,
    Sequence,
    Template,
    as_text,
    at,
    is_known,
    text_of,
)


def steps_of(finding: Finding) -> Path:
    """Return the path of a finding up to the first intrinsic function."""
    steps = finding.path.split(".Fn::")[0].split(".Ref")[0].split(".")
    return tuple(int(step) if is_natural(step) else step for step in steps if step)


def neighbours(case: Case, finding: Finding) -> Iterator[tuple[Template, Resource]]:
    """Yield the other resources of the finding's type, over all templates."""
    for template, resource in case.resources(finding.type) if finding.type else ():
        if (template.file, resource.name) != (finding.file, finding.resource):
            yield template, resource


# What an engine says that a place requires, and the sentence that corrects it: `{names}` at `{resource}`.
_REMEDIES = (
    (re.compile(r"^('\w+') is a (?:required property|dependency of)"), "Add {names} to {resource}."),
    (re.compile(r"^(?:Exactly|Only) one of \[(.*?)\]"), "Set exactly one of {names} in {resource}."),
    (re.compile(r"^At least one of \[(.*?)\]"), "Set at least one of {names} in {resource}."),
    (re.compile(r"^Both ('\w+' and '\w+') were provided"), "Keep one of {names} in {resource}."),
)


def _remedy(finding: Finding) -> str:
    """Return the sentence that says what a place requires."""
    resource = code(finding.resource) if finding.resource else "the template"
    for pattern, sentence in _REMEDIES:
        if found := pattern.search(finding.message):
            names = listed(re.findall(r"'(\w+)'", found.group(1)))
            return sentence.format(names=names, resource=resource)
    return f"Give {resource} what its type requires."


def because_missing(case: Case, finding: Finding) -> Finding:
    """Say of a missing property which resource of the type has it, else what the resource has at the place."""
    finding = with_facts(finding, remedy=_remedy(finding))
    wanted = re.match(r"'(\w+)' is a required property", finding.message)
    steps = steps_of(finding)
    place = resource_at(case, finding)
    if wanted is None or place is None:
        return finding
    for other, neighbour in neighbours(case, finding):
        found = at(neighbour.node, *steps, wanted.group(1))
        if found is not None:
            where = f"{code(other.file)}, line {found.line}"
            return with_facts(finding, because=f"{code(neighbour.name)} of the same type has it ({where}).")
    there = at(place[1].node, *steps)
    keys = list(there.values) if isinstance(there, Map) else []
    inside = ".".join(str(step) for step in steps if step != "Properties")
    where = f"{code(inside)} of {code(finding.resource)}" if inside else code(finding.resource)
    return with_facts(finding, because=sets_and_not(where, keys, wanted.group(1)))


def because_property(case: Case, finding: Finding) -> Finding:
    """Say of an unknown property where the schema has it, else what is accepted there."""
    extra = re.search(r"'([^']+)' was unexpected", finding.message)
    if extra is None or not finding.type:
        return finding
    name, region = extra.group(1), case.account.region
    steps = [str(step) for step in steps_of(finding) if step != "Properties"]
    inside = steps[:-1] if steps[-1:] == [name] else steps
    homes = homes_of(finding.type, inside, name, region)
    above = [size for size in range(len(inside)) if name in property_names(finding.type, inside[:size], region)]
    known = property_names(finding.type, inside, region)
    hint = re.search(r"Did you mean '([^']+)'", finding.message)
    if hint:
        because = f"The schema of {code(finding.type)} spells the property {code(hint.group(1))}."
    elif similar := similar_names(name, known):
        because = f"The schema of {code(finding.type)} has {code(similar[0])} there."
    elif homes:
        moved = _moved(case, finding, name, inside, homes[0], known)
        because = f"The schema has {listed(moved)} below {listed(['.'.join([*inside, *path]) for path in homes])}."
    elif above:
        place = ".".join(inside[: above[-1]])
        because = (
            f"The schema has {code(name)} {'in ' + code(place) if place else 'at the top level of the properties'}."
        )
    elif inside and 0 < len(known) <= MAX_LISTED:
        because = f"{code('.'.join(inside))} accepts {listed(known)}."
    else:
        because = f"The schema of {code(finding.type)} has no {code(name)} at this place."
    remedy = _property_remedy(finding, name, inside, homes, above, known, region)
    if homes and remedy.startswith("Move"):
        moved = _moved(case, finding, name, inside, homes[0], known)
        finding = with_facts(finding, home=homes[0][0])
        remedy = f"Move {listed(moved)} of {code(finding.resource)} into {code('.'.join([*inside, *homes[0]]))}."
    return with_facts(finding, because=because, remedy=remedy)


def _moved(
    case: Case, finding: Finding, name: str, inside: SequenceOf[str], home: SequenceOf[str], known: SequenceOf[str]
) -> list[str]:
    """Return the unknown properties beside a property, and itself, that the schema has at one place below."""
    there = property_names(finding.type, [*inside, *home], case.account.region)
    place = resource_at(case, finding)
    node = at(place[1].properties, *(int(step) if is_natural(step) else step for step in inside)) if place else None
    keys = list(node.values) if isinstance(node, Map) else []
    return [key for key in keys if key in there and key not in known] or [name]


def _property_remedy(
    finding: Finding,
    name: str,
    inside: SequenceOf[str],
    homes: SequenceOf[SequenceOf[str]],
    above: SequenceOf[int],
    known: SequenceOf[str],
    region: str,
) -> str:
    """Return the sentence that corrects an unknown property: a name that is near, the place that has it, or its removal."""
    where = f"{code('.'.join([*inside, name]))} of {code(finding.type)}"
    hint = re.search(r"Did you mean '([^']+)'", finding.message)
    meant = [hint.group(1)] if hint else similar_names(name, known)
    if meant:
        return f"Rename {where} to {code(meant[0])}."
    if homes:
        return f"Move {where} into {code('.'.join([*inside, *homes[0]]))}."
    if above:
        place = code(".".join(inside[: above[-1]])) if above[-1] else "the top level of the properties"
        return f"Move {where} to {place}."
    path = code(".".join([*inside, name]))
    sibling = "" if inside else _sibling(finding.type, name, region)
    if sibling:
        return f"Remove {path}, or use the type {code(sibling)}, which has it."
    return f"Remove {path}: {code(finding.type)} has nothing of that name."


def _sibling(type: str, name: str, region: str) -> str:
    """Return the type of the same service that has a property and whose name contains that of a type; empty where none does."""
    service, _, last = type.rpartition("::")
    near = [one for one in type_names(region) if one.startswith(f"{service}::") and one != type and last in one]
    return next((one for one in near if name in property_names(one, [], region)), "")


# Forms of an engine's messages on values, and the sentence that corrects the value: `{place}`, and the groups of the form.
_VALUES = (
    (re.compile(r" is not one of \["), "Set {place} to one of the accepted values."),
    (re.compile(r" is greater than the maximum of (?P<bound>[\d.]+)"), "Set {place} to at most {bound}."),
    (re.compile(r" is less than the minimum of (?P<bound>[\d.]+)"), "Set {place} to at least {bound}."),
    (re.compile(r"^expected minimum item count: (?P<bound>\d+)"), "Give {place} at least {bound} {items}."),
    (re.compile(r"^expected maximum item count: (?P<bound>\d+)"), "Give {place} at most {bound} {items}."),
    (re.compile(r"^expected minimum length: (?P<bound>\d+)"), "Write at least {bound} characters in {place}."),
    (re.compile(r"^expected maximum length: (?P<bound>\d+)"), "Shorten {place} to at most {bound} characters."),
    (
        re.compile(r"^Resolved parameter-dependent value|when '[^']*' is resolved"),
        "Change the parts of {place} (a default, an allowed value, their order), so that every result is valid.",
    ),
    (re.compile(r"is used as both a parameter and resource"), "Rename the parameter or the resource."),
    (re.compile(r"is not of type 'object'"), "Write {place} as a mapping."),
    (re.compile(r"is not of type 'array'"), "Write {place} as a list."),
    (re.compile(r"is not of type '(?P<bound>integer|number|boolean)'"), "Write {place} as a literal {bound}."),
    (re.compile(r"is not of type 'string'"), "Write {place} as one text."),
    (re.compile(r"has no value: CloudFormation takes no null"), "Give {place} a value, or remove it."),
    (re.compile(r"has non-unique elements"), "Remove the repeated item from {place}."),
    (re.compile(r"keys must be unique"), "Keep each key once in {place}."),
)


def _value_remedy(finding: Finding) -> str:
    """Return the sentence that corrects a wrong value."""
    path = ".".join(str(step) for step in steps_of(finding) if step != "Properties")
    place = f"{code(path)} of {code(finding.resource)}" if path else code(finding.resource or finding.file)
    listed = re.match(r"'?(?P<value>[^']*)'? is not one of \[(?P<listed>.*)\]", finding.message)
    if listed and (meant := meant_value(listed["value"], re.findall(r"'([^']+)'", listed["listed"]))):
        return f"Set {place} to {code(meant)}."
    for pattern, sentence in _VALUES:
        if found := pattern.search(finding.message):
            bound = found.groupdict().get("bound", "")
            return sentence.format(place=place, bound=bound, items="item" if bound == "1" else "items")
    kind = code(finding.type) if finding.type else "the type"
    return f"Change {place} to a value that {kind} accepts."


def because_value(case: Case, finding: Finding) -> Finding:
    """Say of a wrong value which parameter gives it, or which resource of the type has another one at the place."""
    finding = with_facts(finding, remedy=_value_remedy(finding))
    place = resource_at(case, finding)
    steps = steps_of(finding)
    node = at(place[1].node, *steps) if place and steps else None
    if place is None:
        return finding
    if node is None:
        return with_facts(
            finding, because=f"{code(place[1].name)} is defined at line {place[1].line} with this setting."
        )
    source = _source(case, *place, steps)
    if source:
        mixed = _mixed_parameters(case, *place, steps)
        if mixed and "does not accept upper-case letters" in finding.facts.get("plain", ""):
            fixed = [name for name in mixed if is_fixed(case, place[0], name)]
            remedy = f"Give {listed(mixed)} values in lower case only."
            if fixed:
                remedy = f"Leave {listed(mixed)} out of the name, or build it from another parameter in lower case."
            finding = with_facts(finding, remedy=remedy)
        return with_facts(finding, because=source)
    for other, neighbour in neighbours(case, finding):
        found = text_of(at(neighbour.node, *steps))
        if found is not None and found != text_of(node):
            return with_facts(finding, because=f"{code(neighbour.name)} in {code(other.file)} has {code(found)} there.")
    sibling = _in_same_list(place[1], steps, text_of(node))
    if sibling:
        return with_facts(finding, because=sibling)
    value = text_of(node)
    shown = code(value) if value else _kind(node) if value is None else "an empty text"
    line = f"Line {node.line} of {code(finding.file)}"
    return with_facts(
        finding, because=f"{line} has {shown} as the value of {code('.'.join(map(str, steps[1:] or steps)))}."
    )


def _in_same_list(resource: Resource, steps: Path, value: str | None) -> str:
    """Say which other item of the list that a value is in has another text at the same place; empty where none has."""
    index = next((number for number in reversed(range(len(steps))) if isinstance(steps[number], int)), None)
    items = at(resource.node, *steps[:index]) if index is not None else None
    for number, item in enumerate(items.items if isinstance(items, Sequence) else ()):
        found = text_of(at(item, *steps[index + 1 :])) if index is not None else None
        if found and found != value:
            place = code(".".join(map(str, steps[1:index])))
            return f"Item {number + 1} of {place} has {code(found)} there, at line {item.line}."
    return ""


def _kind(node: AnyNode) -> str:
    """Name what a place holds that is not text."""
    if isinstance(node, Scalar):
        return "no value"
    return "a mapping" if isinstance(node, Map) else "a list" if isinstance(node, Sequence) else "a function"


def _parameters_in(case: Case, template: Template, resource: Resource, steps: Path) -> dict[str, str]:
    """Return the parameters that a value is made of, with the values that they have."""
    names: dict[str, str] = {}
    for use in template.references:
        parameter = template.parameters.get(use.target)
        if parameter is not None and use.owner == resource.name and use.path[: len(steps)] == steps:
            value = case.scopes[template.file].parameter(parameter.name)
            names[parameter.name] = as_text(value) if is_known(value) else ""
    return names


def _mixed_parameters(case: Case, template: Template, resource: Resource, steps: Path) -> list[str]:
    """Return the parameters of a value whose values have upper-case letters."""
    names = _parameters_in(case, template, resource, steps)
    return [name for name, value in names.items() if value != value.lower()]


def _source(case: Case, template: Template, resource: Resource, steps: Path) -> str:
    """Say which parameters a value is made of, with the values that they have."""
    names = _parameters_in(case, template, resource, steps)
    shown = [f"{code(name)} ({code(value)})" if value else code(name) for name, value in names.items()]
    return f"The value contains {' and '.join(shown[:3])}." if shown else ""


def lost_names(template: Template, twice: Duplicate) -> list[str]:
    """Return the names that a template refers to, and that only the lost value of a section written twice defines."""
    if twice.key not in ("Parameters", "Mappings", "Conditions", "Resources") or twice.key not in template.root.keys:
        return []
    if template.root.keys[twice.key].line < twice.line:
        return []
    return [name for name in twice.lost if template.uses.get(name) and name not in _defined(template)]


def _defined(template: Template) -> list[str]:
    return [*template.resources, *template.parameters, *template.conditions, *template.section("Mappings").values]


# Forms of the plan's messages on names: the clause that says where the name is used, and the sentence that corrects it.
_USES = (
    (
        re.compile(r"^the condition \w+ is not"),
        "{owner} depends on the condition {name}",
        "Define {name} under `Conditions`, or correct the name.",
    ),
    (
        re.compile(r"^the mapping \w+ is not"),
        "{owner} reads the mapping {name}",
        "Define {name} under `Mappings`, or correct the name.",
    ),
    (
        re.compile(r"^(aws|iam|s3|saml|ec2):\w+ is not"),
        "{owner} has {name} inside Fn::Sub, which reads it as a name of the template",
        "",
    ),
    (
        re.compile(r"is not defined$|does not (exist|reference)"),
        "{owner} refers to {name}",
        "Define {name} in {file}, correct the name, or pass the value as a parameter where another template defines it.",
    ),
)
# What corrects the use of a name that the template defines in another section than the place can read.
_INSTEAD = {
    "Mappings": "Read {name} with Fn::FindInMap.",
    "Conditions": "Use {name} in Fn::If, or as the Condition of a resource.",
    "Parameters": "Define a condition that compares the parameter {name}, and use that.",
    "Resources": "Decide it by a parameter in place of {name}.",
}
_LEFT_OUT = re.compile(r"^refers to (\w+), which its condition (\w+) leaves out$")
_KEY = re.compile(r"^the mapping (\w+) has no (.+?) with (.+)$")


def because_undefined(case: Case, finding: Finding) -> Finding | None:
    """Say of an undefined name where it is used, what corrects it, and what CloudFormation does."""
    found = _of_name(case, finding)
    default = {"consequence": "CloudFormation rejects the template before it creates anything."}
    return with_facts(found, **{**default, **found.facts}) if found else None


def _of_name(case: Case, finding: Finding) -> Finding | None:
    """Say of an undefined name where it is used, what is near it, and what corrects it.

    None for a name that a section written twice loses: duplicate-key reports it.
    """
    template, name = template_of(case, finding), _name(finding)
    if template and any(name in lost_names(template, twice) for twice in template.duplicates):
        return None
    if key := _KEY.match(finding.message):
        entry = f"the entry {code(key[3])} for {code(key[2])}"
        clause = f"{_owner(finding)} reads {entry} of the mapping {code(key[1])}, which does not have it"
        # The region is the task's account's, and only that: a deployer may have another in mind where the prompt names none.
        is_open = key[2] == case.account.region and not regions_of(case.task.prompt)
        where = f" in {code(key[2])}" if key[2] == case.account.region else ""
        return with_facts(
            finding,
            level="Medium" if is_open and finding.level in ("", "Critical") else finding.level,
            because=_because_of_mapping(case, finding, key[1], key[2])
            + (" The prompt names no region." if is_open else ""),
            target=f"{key[1]}.{key[2]}.{key[3]}",
            plain=f"{clause} (line {finding.line})",
            consequence=f"CloudFormation rejects the template{where} before it creates anything.",
            remedy=f"Add {entry} to the mapping {code(key[1])}.",
        )
    finding = _because_undefined(case, finding, name)
    if left_out := _LEFT_OUT.match(finding.message):
        target, condition = code(left_out[1]), code(left_out[2])
        return with_facts(
            finding,
            target=left_out[1],
            plain=f"{_owner(finding)} refers to {target}, which its condition {condition} leaves out (line {finding.line})",
            remedy=f"Refer to {target} in an Fn::If on {condition}, or give {_owner(finding)} the condition {condition}.",
        )
    uses = ((clause, remedy) for pattern, clause, remedy in _USES if name and pattern.search(finding.message))
    for clause, remedy in uses:
        return with_facts(finding, target=name, **_use_of_name(case, finding, name, clause, remedy))
    return with_facts(finding, remedy="Define the name in the template, or correct it.")


def _use_of_name(case: Case, finding: Finding, name: str, clause: str, remedy: str) -> dict[str, str]:
    """Return the facts of a use of a name: the clause that says where it is, and what corrects it."""
    where = f"(line {finding.line})"
    if not remedy:  # a variable of IAM policies
        written = code("${!" + name + "}")
        return {
            "plain": f"{clause.format(owner=_owner(finding), name=code(f'${{{name}}}'))} {where}",
            "remedy": f"Write {written}: Fn::Sub leaves it as it is, and IAM replaces the variable.",
            "because": f"{code(name)} is a variable of IAM policies; Fn::Sub replaces every `${{Name}}` without an exclamation mark.",
        }
    used = clause.format(owner=_owner(finding), name=code(name))
    template = template_of(case, finding)
    if template is not None and is_variable_of_script(_text(template, finding), name):
        return {
            "plain": f"{used}, a variable of the script that Fn::Sub takes for a name of the template {where}",
            "remedy": f"Write {code('${!' + name + '}')}: Fn::Sub then leaves `${{{name}}}` to the script.",
            "because": f"The script sets or escapes {code(name)} itself, and Fn::Sub replaces every `${{Name}}` without an exclamation mark.",
        }
    for section, instead in _INSTEAD.items() if template else ():
        if template is not None and name in template.section(section).values:
            return {"plain": f"{used}, which cannot be used there {where}", "remedy": instead.format(name=code(name))}
    defined = remedy.format(name=code(name), file=code(finding.file))
    return {"plain": f"{used}, which is not defined {where}", "remedy": defined}


def _text(template: Template, finding: Finding) -> str:
    """Return the text of the Fn::Sub that a finding is in; empty where it is in none."""
    steps = steps_from_root(template, finding)
    return text_of_sub(template, steps) if steps else ""


def _because_of_mapping(case: Case, finding: Finding, name: str, key: str) -> str:
    """Say what a mapping has in place of an entry."""
    template = template_of(case, finding)
    mapping = template.section("Mappings").get(name) if template else None
    entries = mapping.get(key) if isinstance(mapping, Map) else None
    if isinstance(entries, Map):
        return f"For {code(key)}, {code(name)} has {listed(list(entries.values))}."
    return f"{code(name)} has entries for {listed(list(mapping.values))}." if isinstance(mapping, Map) else ""


def _owner(finding: Finding) -> str:
    """Return the entry of the template that a finding is in."""
    section, _, rest = finding.path.partition(".")
    if finding.resource:
        is_output = not finding.type and section in ("Value", "Export")
        return f"the output {code(finding.resource)}" if is_output else code(finding.resource)
    return f"the output {code(rest.partition('.')[0])}" if section == "Outputs" else "the template"


def _because_undefined(case: Case, finding: Finding, name: str) -> Finding:
    template = template_of(case, finding)
    if template is None or not name:
        return finding
    own = _defined(template)
    if name in own:
        defined = _because_defined(template, finding, name)
        return with_facts(finding, because=defined) if defined else finding
    near = get_close_matches(name, own, 1, 0.88)
    others = [one.file for one in case.templates if one is not template and name in (*one.resources, *one.parameters)]
    count = len({use.line for use in template.uses.get(name, ())})
    if near:
        because = f"The template defines {code(near[0])}, a name that differs from {code(name)} in a few letters."
    elif others:
        because = f"{code(others[0])} defines {code(name)}; a template sees only its own names."
    elif finding.message.startswith(("the condition ", "the mapping ")):
        return finding  # the cause lists those that the template has
    elif count > 1:
        because = f"{code(name)} is used in {count} lines of {code(template.file)}, and defined in none."
    else:
        because = f"{code(template.file)} defines no {code(name)}."
    return with_facts(finding, because=because)


def _because_defined(template: Template, finding: Finding, name: str) -> str:
    """Say why a name that the template defines cannot be used at a place; empty where the finding says it itself."""
    if name in template.section("Mappings").values:
        return f"{code(name)} is a mapping, which only Fn::FindInMap reads; Ref and Fn::Sub do not."
    if name in template.conditions:
        return f"{code(name)} is a condition, which has no value that Ref or Fn::Sub could read."
    resource = template.resources.get(name)
    in_conditions = any(use.line == finding.line and use.section == "Conditions" for use in template.uses.get(name, ()))
    if resource is not None and in_conditions:
        return f"{code(name)} is a resource, and a condition can refer only to parameters and mappings."
    if resource is not None and resource.condition:
        return (
            f"{code(name)} is created only where the condition {code(resource.condition)} is true, and the reference at line "
            f"{finding.line} is there in any case."
        )
    return ""


def _name(finding: Finding) -> str:
    found = re.match(r"refers to (\w+), which", finding.message)
    if found:
        return found.group(1)
    found = re.match(r"(?:the (?:condition|mapping) )?([\w:]+) is not defined", finding.message) or re.search(
        r"'\$?\{?(\w+)", finding.message
    )
    return found.group(1) if found else ""


def attribute(case: Case, finding: Finding) -> Finding | None:
    """Say of an attribute that a resource does not return which it returns, and what to write.

    None where another resource of the same name may be meant, which duplicate-key reports.
    """
    template = template_of(case, finding)
    use = _read_attribute(template, finding) if template else None
    if template is None or use is None:
        return with_facts(finding, attribute=finding.resource, because=code(finding.message) + ".", remedy=_READ)
    if use in uses_of_twin(case, template, use.target):
        return None
    owner = code(use.owner) if use.section == "Resources" else f"the output {code(use.owner)}"
    read, region = f"{use.target}.{use.attribute}", case.account.region
    type = template.resources[use.target].type
    known = attribute_names(type, region)
    return with_facts(
        finding,
        attribute=read,
        plain=f"{owner} reads {code(read)}, which {code(type)} does not return (line {use.line})",
        because=f"Fn::GetAtt of {code(type)} returns {listed(list(known)) or 'no attributes'}.",
        remedy=_remedy_of_attribute(use, type, known, region),
    )


def uses_of_twin(case: Case, template: Template, name: str) -> list[Reference]:
    """Return who reads attributes of a resource that is written twice, which the type of the last does not return."""
    resource = template.resources.get(name)
    line = template.section("Resources").keys[name].line if resource else 0
    if resource is None or not any(one.key == name and one.line == line and one.differs for one in template.duplicates):
        return []
    known = attribute_names(resource.type, case.account.region)
    return [use for use in template.uses.get(name, ()) if use.attribute and use.attribute not in known]


def _remedy_of_attribute(use: Reference, type: str, known: SequenceOf[str], region: str) -> str:
    """Return the sentence that says what to read in place of an attribute that a type does not return."""
    near = (
        ["Arn"] if use.attribute.endswith("Arn") and "Arn" in known else get_close_matches(use.attribute, known, 1, 0.6)
    )
    if is_returned_by_ref(type, use.attribute, region):
        return f"Use {code(f'!Ref {use.target}')}, which returns {code(identifier(type, region))}."
    if near:
        return f"Read {code(f'{use.target}.{near[0]}')}, or what Ref returns."
    if use.attribute == "Arn":
        return f"Write the ARN of {code(use.target)} with Fn::Sub, from its name, `${{AWS::Region}}` and `${{AWS::AccountId}}`."
    return _READ


def _read_attribute(template: Template, finding: Finding) -> Reference | None:
    """Return the reference that a finding about an attribute means; None where it does not say.

    An engine quotes the attribute alone, and may have been moved to the resource that lacks it.
    """
    quoted = re.search(r"returns no attribute ([\w.]+)$|'([\w.]+)'", finding.message)
    said = (quoted.group(1) or quoted.group(2)) if quoted else ""
    uses = [use for use in template.references if use.target in template.resources and use.attribute]
    named = [use for use in uses if said in (use.attribute, f"{use.target}.{use.attribute}")]
    return min(named, key=lambda use: abs(use.line - finding.line), default=None)


_READ = "Read an attribute from the return values of the type, or use Ref where Ref returns the value."
