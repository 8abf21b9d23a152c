"""Edits for what the prompt asks of a resource that the answer creates: the value that the prompt's words stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.case import Case
from grader.catalogue.corrections import in_file, node_at, removed, set_value
from grader.detectors.requirements.fields import applies, wanted_values
from grader.detectors.requirements.judged import answer_to, judge_demand
from grader.judgement.fixes.ideal_entries import edits_from_ideal
from grader.judgement.fixes.sound import is_sound
from grader.judgement.fixes.starters import from_starters
from grader.judgement.fixes.usual import MAKERS, companions, output_edits, root_devices, usual_edits, usual_value
from grader.judgement.ideal import IdealAnswer
from grader.model import Action, Edit, Finding, RequirementStanding, Steps
from grader.task.reading import Demand, read_demands
from grader.template import Sequence as List
from grader.template import Template, plain

# A list whose items need more than what a demand says of them: a device mapping without the name of its device is none.
_INCOMPLETE = ("BlockDeviceMappings",)
_JUDGE = "fields"  # the judge that compares values at paths; what others ask takes more than a value


def _edits(template: Template, finding: Finding, demand: Demand) -> Iterator[Edit]:
    """Yield the edits that give a resource what a demand lists, none where the demand leaves the value open."""
    ways = demand.check.arguments.get("ways", ())
    if finding.resource not in template.resources or not isinstance(ways, list | tuple):
        return
    for way in ways:
        edits = list(_of_way(template, finding, way, demand.check.values)) if applies(way, finding.type) else []
        if edits and None not in edits:
            yield from (edit for edit in edits if edit is not None)
            return


def edits_of_demands(
    case: Case, findings: Sequence[Finding], requirements: Sequence[str], ideal: IdealAnswer | None
) -> Iterator[list[tuple[Finding, tuple[Edit, ...]]]]:
    """Yield ways to meet demands of the prompt: findings with their edits. First what the prompt says, then what the ideal has."""
    every = _demands(case)
    demands = [one for one in every if one.requirement.id in requirements]
    listed = next((one for one in demands if _lists(one) and one.entry not in MAKERS), None)
    if listed is not None:
        yield _of_values(case, findings, listed)
    outputs = output_edits(case, demands) if all(one.requirement.about == "output" for one in demands) else []
    if outputs and findings:
        yield [(findings[0], tuple(outputs))]
    for demand in _first(demands):
        made = [
            (one, tuple(in_file(edit, one.file) for edit in edits))
            for one, edits in usual_edits(case, findings, demand)
        ]
        if made:
            yield made
    if ideal is not None and demands and findings:
        for edits in edits_from_ideal(case, ideal.difference, demands, every, findings):
            if is_sound(case, edits, demands):
                yield [(findings[0], tuple(edits))]
    added = from_starters(case, demands) if findings else []
    if added:
        yield [(findings[0], tuple(added))]


def _first(demands: Sequence[Demand]) -> list[Demand]:
    """Return the first demand; where all ask for tags, with the tags of all of them."""
    if not demands or any(one.check.judge != "tags" for one in demands):
        return list(demands[:1])
    values = [one.check.values.get("names") for one in demands]
    names = tuple(dict.fromkeys(name for value in values if isinstance(value, tuple) for name in value))
    check = demands[0].check
    text = " ".join(one.check.text for one in demands)
    return [replace(demands[0], check=replace(check, values={**check.values, "names": names}, text=text))]


def _of_values(case: Case, findings: Sequence[Finding], demand: Demand) -> list[tuple[Finding, tuple[Edit, ...]]]:
    """Return the findings of a demand with their edits: of each resource, or of the first where one that complies is enough."""
    templates = {template.file: template for template in case.templates}
    found = []
    for finding in findings:
        template = templates.get(finding.file)
        edits = list(_edits(template, finding, demand)) if template else []
        if edits:
            found.append((finding, tuple(in_file(edit, finding.file) for edit in edits)))
    return found if demand.check.every else found[:1]


def verdicts(case: Case, requirements: Iterable[str]) -> dict[str, tuple[RequirementStanding, set[tuple[str, str]]]]:
    """Return whether an answer meets certain demands of the prompt, with the files and resources that show it."""
    ids = set(requirements)
    demands = _demands(case)
    wanted = [one for one in demands if one.requirement.id in ids]
    if not wanted:
        return {}
    answer = answer_to(case, demands)
    judged = {one.requirement.id: judge_demand(answer, one) for one in wanted}
    return {
        name: (one.standing, {(place.file, place.resource) for place in one.evidence}) for name, one in judged.items()
    }


def _demands(case: Case) -> tuple[Demand, ...]:
    return tuple(read_demands(case.task.prompt).demands)


def _lists(demand: Demand) -> bool:
    return demand.check.judge == _JUDGE


def _of_way(
    template: Template, finding: Finding, way: Mapping[str, object], values: Mapping[str, object]
) -> Iterator[Edit | None]:
    """Yield an edit for each path of a way that the resource lacks; None where a value is not known."""
    for path, wanted in way.items():
        if path == "type":
            continue
        if path.startswith("PolicyDocument."):
            yield _denied(template, finding, path)
            continue
        value = _value(list(wanted_values(wanted, values)))
        start: Steps = ("Resources", finding.resource, "Properties")
        if value is None:
            value = usual_value(template, template.resources[finding.resource], path)
        if value is None:
            yield None
        elif value == "absent":
            yield removed(template, (*start, *path.split(".")))
        else:
            yield from _set(template, start, path.split("."), value)
            yield from companions(template, template.resources[finding.resource], path, value)


def _denied(template: Template, finding: Finding, path: str) -> Edit | None:
    """Return the statement that refuses requests without TLS, of a bucket policy; None for what else a policy has to say.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS
    """
    policy = template.resources[finding.resource]
    bucket = plain(policy.get("Bucket"))
    name = str(bucket.get("Ref", "")) if isinstance(bucket, dict) else ""
    statements = policy.get("PolicyDocument.Statement")
    if "Condition.Bool" not in path or name not in template.resources or not isinstance(statements, List):
        return None
    statement = {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": "${" + name + ".Arn}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    place: Steps = ("Resources", policy.name, "Properties", "PolicyDocument", "Statement")
    return Edit(action=Action.APPEND, path=place, value=statement)


def _value(wanted: Sequence[object]) -> object:
    """Return the value to write: the first that is spelled out, or the bound of a range; None where there is none."""
    for one in wanted:
        if isinstance(one, bool | int | float):
            return one
        if isinstance(one, str) and one[:2] in (">=", "<="):
            number = one[2:].strip()
            return int(number) if number.isdigit() else None
        if isinstance(one, str) and one and one[0] not in "~*" and one not in ("present", "absent?"):
            return one
    return None


def _set(template: Template, start: Steps, path: Sequence[str], value: object) -> Iterator[Edit]:
    """Set a value at a path, in every item where the path goes through a list, `*`."""
    for index, step in enumerate(path):
        if step != "*":
            continue
        above = (*start, *path[:index])
        node = node_at(template, above)
        rest = path[index + 1 :]
        if isinstance(node, List) and node.items:
            for number in range(len(node.items)):
                yield from _set(template, (*above, number), rest, value)
        elif path[index - 1] not in _INCOMPLETE:
            yield set_value(above, [_nested(rest, value)])
        elif (tuple(rest), value) == (("Ebs", "Encrypted"), True) and (devices := root_devices(template)):
            yield set_value(above, devices)
        return
    yield set_value((*start, *path), value)


def _nested(path: Sequence[str], value: object) -> object:
    for step in reversed(path):
        value = [value] if step == "*" else {step: value}
    return value
