"""Edits that open a circle of resources: the dependency that can be written elsewhere, or as a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import added, node_at, removed, replaced, set_value, template_of
from grader.model import Action, Edit, Finding, Steps
from grader.template import NAME_PROPERTIES, Call, Reference, Scalar, Sequence, Template, items_of, plain, text_of

_WAY = re.compile(r"\w+(?: -> \w+)+")
_RULES = {
    "SecurityGroupIngress": ("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId", "From"),
    "SecurityGroupEgress": ("AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId", "To"),
}
# A group without a rule for what it sends allows all; this rule allows nothing that leaves the host.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
_NOTHING = {"CidrIp": "127.0.0.1/32", "IpProtocol": "-1", "Description": "No other traffic"}
# ARNs by the name of the resource, and whether Ref returns that ARN.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_HERE = "${AWS::Region}:${AWS::AccountId}"
_ARNS = {
    "AWS::S3::Bucket": ("arn:${AWS::Partition}:s3:::", False),
    "AWS::DynamoDB::Table": ("arn:${AWS::Partition}:dynamodb:" + _HERE + ":table/", False),
    "AWS::Lambda::Function": ("arn:${AWS::Partition}:lambda:" + _HERE + ":function:", False),
    "AWS::Logs::LogGroup": ("arn:${AWS::Partition}:logs:" + _HERE + ":log-group:", False),
    "AWS::IAM::Role": ("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/", False),
    "AWS::SNS::Topic": ("arn:${AWS::Partition}:sns:" + _HERE + ":", True),
    "AWS::StepFunctions::StateMachine": ("arn:${AWS::Partition}:states:" + _HERE + ":stateMachine:", True),
}


def without_circle(case: Case, finding: Finding) -> Iterator[Edit]:
    """Open a circle where that changes least: a DependsOn, a rule of a security group, a policy of a role, a name for a reference.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
    """
    template = template_of(case, finding)
    way = _WAY.search(finding.facts.get("value", "")) or _WAY.search(finding.message)
    names = way.group().split(" -> ")[:-1] if way else []
    if template is None or not names or any(name not in template.resources for name in names):
        return
    edges = list(zip(names, [*names[1:], names[0]], strict=True))
    uses = {(one, two): _uses(template, one, two) for one, two in (*edges, *((two, one) for one, two in edges))}
    if not all(uses[edge] for edge in edges):
        edges = [(two, one) for one, two in edges]
    if not all(uses[edge] for edge in edges):
        return
    groups = _mutual_groups(template, names[0])
    if len(groups) > len(set(names)):  # several circles of security groups: all their rules for each other
        moved = [_rules_moved(template, name, groups - {name}) for name in sorted(groups)]
        yield from (edit for edits in moved for edit in edits)
        return
    found = [
        (rank, len(edits), edge, edits)
        for edge in edges
        for rank, edits in enumerate(_ways(template, *edge, uses[edge], set(names)))
        if edits
    ]
    if found:
        yield from min(found, key=lambda one: one[:3])[3]  # the same for every resource of the circle


def _mutual_groups(template: Template, name: str) -> set[str]:
    """Return the security groups that a group refers to, over any number of others, and that refer back to it."""
    groups = {one.name for one in template.of_type("AWS::EC2::SecurityGroup")}
    if name not in groups:
        return set()
    return _reached(template, name, groups, 0) & _reached(template, name, groups, 1)


def _reached(template: Template, name: str, groups: set[str], end: int) -> set[str]:
    edges = [(use.owner, use.target) for use in template.references if {use.owner, use.target} <= groups]
    found, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        new = {edge[1 - end] for edge in edges if edge[end] == one} - found
        found |= new
        waiting += new
    return found


def _uses(template: Template, owner: str, target: str) -> list[Reference]:
    return [
        use
        for use in template.references
        if use.section == "Resources" and use.owner == owner and use.target == target and use.kind != "Condition"
    ]


def _ways(template: Template, owner: str, target: str, uses: list[Reference], names: set[str]) -> Iterator[list[Edit]]:
    """Yield ways to remove a dependency, each empty where it is none."""
    yield _without_depends_on(template, owner, target, uses)
    groups = (template.resources[name].type == "AWS::EC2::SecurityGroup" for name in (owner, target))
    yield _rules_moved(template, owner, names - {owner}) if all(groups) else []
    yield _policies_moved(template, owner, uses)
    yield _named(template, owner, target, uses)


def _without_depends_on(template: Template, owner: str, target: str, uses: list[Reference]) -> list[Edit]:
    if any(use.kind != "DependsOn" for use in uses):
        return []
    path: Steps = ("Resources", owner, "DependsOn")
    items = plain(node_at(template, path))
    if isinstance(items, list) and len(items) > 1:
        return [Edit(action=Action.REMOVE, path=(*path, items.index(target)))]
    return [Edit(action=Action.REMOVE, path=path)]


def _rules_moved(template: Template, name: str, others: set[str]) -> list[Edit]:
    """Return the edits that move the rules of a group that name certain others; nothing where one of them cannot be moved."""
    edits: list[Edit] = []
    for key, (kind, source, word) in _RULES.items():
        node = template.resources[name].get(key)
        rules = items_of(node)
        path: Steps = ("Resources", name, "Properties", key)
        moved = [index for index in range(len(rules)) if others & set(_targets(template, name, key, index))]
        if not moved:
            continue
        whole = len(moved) == len(rules)
        if not isinstance(node, Sequence):
            return []
        for index in moved:
            values = plain(rules[index])
            used = next(iter(sorted(others & set(_targets(template, name, key, index)))))
            if not isinstance(values, dict) or source not in values:
                return []
            group_id: dict[str, object] = {"GroupId": {"Fn::GetAtt": [name, "GroupId"]}}
            new = added(template, f"{name}{word}{used}", kind, {**group_id, **values})
            edits.append(new)
            if not whole:
                edits.append(Edit(action=Action.REMOVE, path=(*path, index)))
        if whole and key == "SecurityGroupEgress":
            edits.append(set_value(path, [_NOTHING]))
        elif whole:
            edits += filter(None, [removed(template, path)])
    paths = [edit.path for edit in edits]
    return edits if len(set(paths)) == len(paths) else []


def _targets(template: Template, name: str, key: str, index: int) -> Iterator[str]:
    for use in template.references:
        if use.owner == name and use.path[:3] == ("Properties", key, index):
            yield use.target


def _policies_moved(template: Template, owner: str, uses: list[Reference]) -> list[Edit]:
    """Return the edits that make the inline policies of a role that refer back policies of their own."""
    role = template.resources[owner]
    if role.type != "AWS::IAM::Role" or any(use.path[:2] != ("Properties", "Policies") for use in uses):
        return []
    node = role.get("Policies")
    indexes = sorted({use.path[2] for use in uses if isinstance(use.path[2], int)})
    if not isinstance(node, Sequence) or not indexes:
        return []
    edits: list[Edit] = []
    for index in indexes:
        policy = plain(node.items[index])
        if not isinstance(policy, dict) or not {"PolicyName", "PolicyDocument"} <= policy.keys():
            return []
        properties: dict[str, object] = {**policy, "Roles": [{"Ref": owner}]}
        condition = {"Condition": role.condition} if role.condition else {}
        suffix = "Policy" if len(indexes) == 1 else f"Policy{index + 1}"
        edits.append(
            added(template, f"{owner.removesuffix('Role')}{suffix}", "AWS::IAM::Policy", properties, **condition)
        )
    path: Steps = ("Resources", owner, "Properties", "Policies")
    if len(indexes) < len(node.items):
        edits += [Edit(action=Action.REMOVE, path=(*path, index)) for index in indexes]
    else:
        edits += filter(None, [removed(template, path)])
    return edits


def _named(template: Template, owner: str, target: str, uses: list[Reference]) -> list[Edit]:
    """Return the edits that write the name of a resource, or its ARN, where a reference is; nothing without a name of its own."""
    resource = template.resources[target]
    name = _own_name(template, target)
    arn, is_arn = _ARNS.get(resource.type, ("", False))
    if not name or not arn:
        return []
    edits: list[Edit] = []
    for use in uses:
        text = arn + name if use.attribute == "Arn" or (not use.attribute and is_arn) else "" if use.attribute else name
        path: Steps = ("Resources", owner, *use.path)
        if use.kind == "DependsOn":
            edits += _without_depends_on(template, owner, target, [use])
        elif not text:
            return []
        elif use.kind in ("Ref", "GetAtt"):
            place = path[: max(index for index, step in enumerate(path) if step in ("Ref", "Fn::GetAtt"))]
            edits.append(set_value(place, {"Fn::Sub": text} if "${" in text else text))
        elif use.kind == "Sub":
            path = path if isinstance(node_at(template, path), Scalar) else (*path, 0)
            old = "${" + target + (f".{use.attribute}" if use.attribute else "") + "}"
            edits.append(replaced(path, old, text))
    return list({(edit.path, edit.old): edit for edit in edits}.values())


def _own_name(template: Template, target: str) -> str:
    """Return the name that a template gives a resource, as the text of an Fn::Sub; empty where it depends on a resource."""
    resource = template.resources[target]
    node = resource.get(NAME_PROPERTIES.get(resource.type, ""))
    if isinstance(node, Scalar):
        return node.text
    if not isinstance(node, Call):
        return ""
    text = text_of(node.argument)
    if node.name == "Ref" and text in template.parameters:
        return f"${{{text}}}"
    names = re.findall(r"\$\{(\w+)[.}]", text or "") if node.name == "Fn::Sub" else ["?"]
    return text if text and not any(name not in template.parameters for name in names) else ""
