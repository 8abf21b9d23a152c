"""Edits that an engine's message tells: the name that it suggests, the one value that is like the wrong one, what is too much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue.corrections import node_at, removed, renamed, set_value, steps_of
from grader.model import Action, Edit, Finding, Steps
from grader.plan.schemas import homes_of, identifier, is_list, property_names
from grader.support.text import meant_value, similar_names
from grader.template import Call, Map, Scalar, Sequence, Template, at, plain, text_of

_EXTRA = re.compile(r"'([^']+)' was unexpected")
_SUGGESTED = re.compile(r"Did you mean '([^']+)'")
_ONE_OF = re.compile(r"^'?(?P<value>[^']*)'? is not one of \[(?P<listed>.*)\]")
_MISSING = re.compile(r"'(\w+)' is a (?:required property|dependency of '\w+')")
_EXACTLY = re.compile(r"^Exactly one of \[(?P<names>[^\]]*)\]")
_ALONE = re.compile(r"'(\w+)' is a dependency of '(\w+)'")
# The value that a property must have where it is required, when the template says nothing else.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html,
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-ssespecification.html
_USUAL: dict[tuple[str, str], object] = {
    ("AWS::CloudTrail::Trail", "IsLogging"): True,
    ("AWS::DynamoDB::Table", "SSEType"): "KMS",
    ("AWS::DynamoDB::Table", "SSEEnabled"): True,
    ("AWS::RDS::DBInstance", "StorageEncrypted"): True,
    ("AWS::RDS::DBCluster", "StorageEncrypted"): True,
}
# The two directions of a rule of a security group name the other side in different words.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-egress.html
_DIRECTIONS = (("Source", "Destination"), ("Destination", "Source"))
# What a property names, where one resource of that type in the template can only be the one that is meant.
_NAMED = {
    "VpcId": "AWS::EC2::VPC",
    "RestApiId": "AWS::ApiGateway::RestApi",
    "ApiId": "AWS::ApiGatewayV2::Api",
    "UserPoolId": "AWS::Cognito::UserPool",
    "RouteTableId": "AWS::EC2::RouteTable",
    "DBSubnetGroupName": "AWS::RDS::DBSubnetGroup",
    "Cluster": "AWS::ECS::Cluster",
    "LoadBalancerArn": "AWS::ElasticLoadBalancingV2::LoadBalancer",
}


def by_message(case: Case, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edits that the message of an engine's finding tells, none where it tells no single one."""
    steps = steps_of(template, finding)
    if not steps or len(steps) < 3:
        return
    message = finding.facts.get("says", finding.message)
    if extra := _EXTRA.search(message):
        yield from _extra(case, template, finding, _key(template, steps, extra.group(1)), message)
    elif missing := _MISSING.search(message):
        yield from _missing(case, template, finding, steps, missing.group(1))
    elif exclusive := _EXACTLY.match(message):
        yield from _counterpart(template, steps, re.findall(r"'(\w+)'", exclusive["names"]))
    elif listed := _ONE_OF.match(message):
        yield from (
            _attribute(case, template, steps, listed) if "Fn::GetAtt" in steps else _one_of(template, steps, listed)
        )
    elif "should not be included with" in message:
        yield from filter(None, [removed(template, steps)])
    elif "isn't needed because there are no variables" in message:
        yield from _needless(template, steps)
    elif "dependency already enforced by" in message:
        yield from _redundant(template, steps, message)
    elif "OwnershipControl" in message:
        path = ("Resources", finding.resource, "Properties", "OwnershipControls")
        yield set_value(path, {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
    elif wrong := re.match(r"'(.*)' is not of type '(integer|number|boolean|string|array)'", message):
        yield from _typed(template, steps, wrong.group(2))


def _key(template: Template, steps: Steps, name: str) -> Steps:
    """Return the path of an unexpected key: the finding's own path ends in it, or the path of the mapping that holds it."""
    return steps if steps[-1] == name else (*steps, name)


def _extra(case: Case, template: Template, finding: Finding, steps: Steps, message: str) -> Iterator[Edit]:
    """Rename a property to the one that is meant, where that is not set; remove it where none is like it."""
    parent = node_at(template, steps[:-1])
    if not isinstance(parent, Map) or parent.get(str(steps[-1])) is None or steps[:1] != ("Resources",):
        return
    name = str(steps[-1])
    inside = [str(step) for step in steps[3:-1]]
    known = [one for one in property_names(finding.type, inside, case.account.region) if one not in parent.values]
    hint = _SUGGESTED.search(message)
    meant = [hint.group(1)] if hint else similar_names(name, known)
    if meant and meant[0] in known:
        node = parent.get(name)
        takes_list = is_list(finding.type, [*inside, meant[0]], case.account.region)
        if isinstance(node, Sequence) and len(node.items) == 1 and name == f"{meant[0]}s" and not takes_list:
            yield set_value(steps, plain(node.items[0]))  # a list of one, where the property takes one value
        yield renamed(steps, meant[0])
    elif moved := _moved(case, template, finding.type, steps):
        yield from moved
    else:
        edit = removed(template, steps)
        if edit:
            yield edit


def _moved(case: Case, template: Template, type: str, steps: Steps) -> list[Edit]:
    """Return the edits that write a property where the type has it: in the one nested property that does, or further up."""
    name, inside = str(steps[-1]), [str(step) for step in steps[3:-1]]
    node, region = node_at(template, steps), case.account.region
    homes = homes_of(type, inside, name, region)
    places: list[Steps] = [(*steps[:-1], *path) for path in homes] if len(homes) == 1 else []
    if not homes:
        above = [size for size in range(len(inside)) if name in property_names(type, inside[:size], region)]
        places = [steps[: 3 + above[-1]]] if above else []
    edit = removed(template, steps)
    if node is None or edit is None or not places:
        return []
    whole = _wrapped(case, template, type, steps[:-1], homes[0][0]) if homes and len(homes[0]) == 1 else None
    if whole:
        return [whole]
    place = (*places[0], name)
    return [] if node_at(template, place) is not None else [edit, set_value(place, plain(node))]


def _wrapped(case: Case, template: Template, type: str, steps: Steps, name: str) -> Edit | None:
    """Return the edit that writes properties into the property that has them, where all are one level too high and it is not set."""
    owner, inside, region = node_at(template, steps), [str(step) for step in steps[3:]], case.account.region
    if not isinstance(owner, Map) or name in owner.values:
        return None
    known, below = property_names(type, inside, region), property_names(type, [*inside, name], region)
    nested = [key for key in owner.values if key not in known and key in below]
    if not nested or any(key not in known and key not in below for key in owner.values):
        return None
    kept = {key: plain(node) for key, node in owner.values.items() if key not in nested}
    return set_value(steps, {**kept, name: {key: plain(owner.values[key]) for key in nested}})


def _missing(case: Case, template: Template, finding: Finding, steps: Steps, name: str) -> Iterator[Edit]:
    """Set a required property to its usual value, to a neighbour's, or to the one resource that it can name."""
    owner = node_at(template, steps)
    if not isinstance(owner, Map) or name in owner.values:
        return
    inside = [str(step) for step in steps[3:]]
    known = property_names(finding.type, inside, case.account.region)
    wrong = [key for key in owner.values if key not in known and similar_names(key, [name])] if known else []
    if wrong:
        yield renamed((*steps, wrong[0]), name)
        return
    if wrapped := _wrapped(case, template, finding.type, steps, name):
        yield wrapped
        return
    value = _USUAL.get((finding.type, name))
    if value is None and name in _NAMED:
        only = list(template.of_type(_NAMED[name]))
        value = {"Ref": only[0].name} if len(only) == 1 else None
    if value is None:
        value = _of_neighbour(template, finding, steps, name)
    if value is not None:
        yield set_value((*steps, name), value)


def _of_neighbour(template: Template, finding: Finding, steps: Steps, name: str) -> object:
    """Return the value that all other resources of the type agree on at the same path, None where they do not."""
    values = [
        plain(found)
        for other in template.of_type(finding.type)
        if other.name != finding.resource and (found := at(other.node, *steps[2:], name)) is not None
    ]
    return values[0] if values and all(value == values[0] for value in values) else None


def _one_of(template: Template, steps: Steps, match: re.Match[str]) -> Iterator[Edit]:
    """Write the one listed value that is like the wrong one; nothing where several or none are."""
    node = node_at(template, steps)
    if not isinstance(node, Scalar) or node.text != match["value"]:
        return
    listed = re.findall(r"'([^']+)'", match["listed"])
    meant = meant_value(node.text, listed)
    if meant:
        yield set_value(steps, meant)


def _counterpart(template: Template, steps: Steps, names: list[str]) -> Iterator[Edit]:
    """Rename the property that means one of the names in the rule of the other direction."""
    owner = node_at(template, steps)
    for key in owner.values if isinstance(owner, Map) else ():
        for word, other in _DIRECTIONS:
            if key.startswith(word) and key.replace(word, other) in names:
                yield renamed((*steps, key), key.replace(word, other))
                return


def _attribute(case: Case, template: Template, steps: Steps, match: re.Match[str]) -> Iterator[Edit]:
    """Write the listed attribute that is meant, or a Ref, which returns the type's identifier."""
    path = steps[: steps.index("Fn::GetAtt") + 1]
    call = node_at(template, path)
    target = template.resources.get(text_of(at(call, 0)) or "")
    wrong = match["value"]
    if target is None:
        return
    listed = re.findall(r"'([^']+)'", match["listed"])
    near = get_close_matches(wrong, listed, 1, 0.75)
    if identifier(target.type, case.account.region) == wrong:
        yield set_value(path[:-1], {"Ref": target.name})
    elif near:
        yield set_value(path, [target.name, near[0]])


def _needless(template: Template, steps: Steps) -> Iterator[Edit]:
    """Write the text of an Fn::Sub without variables in its place."""
    path = steps[:-1] if steps[-1] == "Fn::Sub" else steps
    if isinstance(node_at(template, path), Call):
        yield Edit(action=Action.UNWRAP, path=path)


def _redundant(template: Template, steps: Steps, message: str) -> Iterator[Edit]:
    """Remove a name from DependsOn, and DependsOn where no name is left."""
    name = message.split("'")[1]
    path: Steps = (*steps[:2], "DependsOn")
    node = node_at(template, path)
    if isinstance(node, Scalar) and node.text == name:
        yield Edit(action=Action.REMOVE, path=path)
        return
    items = plain(node)
    index = items.index(name) if isinstance(items, list) and name in items else None
    edit = removed(template, (*path, index)) if index is not None else None
    if edit:
        yield edit


def _typed(template: Template, steps: Steps, wanted: str) -> Iterator[Edit]:
    """Write a scalar in the type that the property has."""
    node = node_at(template, steps)
    if wanted == "array" and node is not None and not isinstance(node, Call):
        yield set_value(steps, [plain(node)])
    elif isinstance(node, Scalar) and wanted in ("integer", "number") and re.fullmatch(r"-?\d+", node.text):
        yield set_value(steps, int(node.text))
    elif isinstance(node, Scalar) and wanted == "string":
        yield set_value(steps, node.text)
    elif isinstance(node, Scalar) and wanted == "boolean" and node.text.lower() in ("true", "false"):
        yield set_value(steps, node.text.lower() == "true")
