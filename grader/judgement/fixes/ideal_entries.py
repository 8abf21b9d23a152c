"""Edits for what the prompt asks for and the response lacks: the resources, properties and outputs with which the ideal meets it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from grader.case import Case
from grader.catalogue.corrections import node_at, set_value
from grader.detectors.requirements.judged import answer_to, judge_demand
from grader.diff import Difference
from grader.judgement.fixes.sound import serves
from grader.judgement.fixes.translate import Translation, UntranslatableError, translation
from grader.model import Edit, Finding, Located, RequirementStanding
from grader.plan.schemas import required_properties
from grader.task.reading import Demand
from grader.template import NAME_PROPERTIES, Call, Map, Resource, Template, plain

MAX_ADDED = 6  # resources that a fix adds
MAX_SIZE = 5_000  # characters of what a fix takes over
MAX_TRIED = 8  # places of the ideal answer, of one demand
# Types that take effect only together with what they refer to: they are added with it.
_ATTACHED = (
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::Lambda::Permission",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::Route",
    "AWS::EC2::NatGateway",
    "AWS::EC2::EIPAssociation",
    "AWS::IAM::InstanceProfile",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::CloudFormation::CustomResource",
)
# Types whose counterpart serves another purpose as often as not: a role of another service, a key with another policy.
_OWN = ("AWS::IAM::Role", "AWS::KMS::Key", "AWS::KMS::Alias")
_KEYS = re.compile(r"Kms|KMS")
# What stands for a value that somebody has to give.
_MADE_UP = re.compile(r"example\.(com|org|net)|change_?me|\byour[-_]|placeholder|\b(\d)\1{11}\b|\b123456789012\b", re.I)
_THINGS = ("resource", "count", "output")  # demands that something is there, and not what it has
_COPIED = ("Type", "DependsOn", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy", "Properties")


def edits_from_ideal(
    case: Case, difference: Difference, demands: Sequence[Demand], every: Sequence[Demand], findings: Sequence[Finding]
) -> Iterator[list[Edit]]:
    """Yield ways to write into the response what meets demands in the ideal answer; none where it meets not all of them.

    The first way uses the roles and keys of the response, the second does not. `every` are all demands of the prompt;
    `findings` are the places of the response that do not comply.
    """
    answer = answer_to(difference.right.case, every)
    verdicts = [(demand, judge_demand(answer, demand)) for demand in demands]
    if any(verdict.standing is not RequirementStanding.MET or not verdict.evidence for _, verdict in verdicts):
        return
    found: list[list[Edit]] = []
    for is_alone in (False, True):
        writer = _Writer(case, difference, findings, is_alone, _tags_of(case, every))
        is_met = all(writer.meet(demand, verdict.evidence) for demand, verdict in verdicts)
        edits = _once(writer.edits)
        if any(_MADE_UP.search(str(edit.value)) for edit in edits):
            continue
        if is_met and edits not in found and sum(len(str(edit.value)) for edit in edits) <= MAX_SIZE:
            found.append(edits)
            yield edits


def _tags_of(case: Case, demands: Sequence[Demand]) -> frozenset[str]:
    """Return the tags that added resources may have: those that the prompt names; those of the answer where it asks for tags."""
    asked = [one.check.values.get("names") for one in demands if one.check.judge == "tags"]
    if not asked:
        return frozenset()
    listed = (plain(node) for _, one in case.resources() if (node := one.get("Tags")) is not None)
    used = (
        str(item.get("Key")) for tags in listed if isinstance(tags, list) for item in tags if isinstance(item, dict)
    )
    return frozenset({*used, "Name", *(str(name) for names in asked if isinstance(names, tuple) for name in names)})


def _is_attached(type: str) -> bool:
    return type in _ATTACHED or type.startswith("Custom::")


# Types of which a template has several, each for a purpose, and words of their names that do not tell for which.
_OF_PURPOSE = ("AWS::S3::Bucket", "AWS::KMS::Key")
_ANY = frozenset({"buc", "s3", "the", "sto", "dat", "kms", "key", "enc"})


def _is_alike(name: str, other: str) -> bool:
    """Whether the names of two buckets, or of two keys, tell of one purpose."""
    one, two = (
        {word[:3].lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", text)} for text in (name, other)
    )
    return bool((one & two) - _ANY) or one <= _ANY or two <= _ANY


def _once(edits: Sequence[Edit]) -> list[Edit]:
    return list({(edit.file, edit.path): edit for edit in edits}.values())


@dataclass
class _Writer:
    """Collects edits: each demand adds what is still lacking."""

    case: Case
    difference: Difference
    findings: Sequence[Finding]
    is_alone: bool  # what is added has roles of its own, no key of the response, and no name that it need not have
    tags: frozenset[str] = frozenset()  # that what is added may have
    edits: list[Edit] = field(default_factory=list)
    written: set[tuple[str, str]] = field(default_factory=set)  # resources of the ideal answer that edits are about
    added: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # names of added resources, by file of the ideal answer

    def meet(self, demand: Demand, evidence: Sequence[Located]) -> bool:
        """Write what a demand needs; False where that cannot be written."""
        wanted = [one for one in evidence if one.resource]
        if demand.requirement.about not in _THINGS:
            types = {resource.type for _, resource in self.case.resources()}
            wanted = [one for one in wanted if one.type not in types or self._place(one)]
        number = demand.check.values.get("n")
        count = number if demand.requirement.about == "count" and isinstance(number, int) else 1
        count = len(wanted) if demand.check.every or demand.requirement.about == "output" else count
        have = sum(1 for one in wanted if (one.file, one.resource) in self.written)
        if demand.requirement.about == "count":
            have += sum(1 for one in wanted if self._twin(one))
        ordered = sorted(wanted[:MAX_TRIED], key=self._is_absent)
        for one in ordered:
            if have >= count:
                break
            if (one.file, one.resource) not in self.written and self._write(one, demand):
                have += 1
        return have >= count or (have > 0 and demand.requirement.about == "output")

    def _is_absent(self, one: Located) -> bool:
        """Order places: first those whose counterpart is one of the places that do not comply."""
        twin = self._twin(one)
        return twin is None or not any((each.file, each.resource) == twin for each in self.findings)

    def _twin(self, one: Located) -> tuple[str, str] | None:
        pairs = self.difference.pairs.items()
        return next((ours for ours, theirs in pairs if theirs == (one.file, one.resource)), None)

    def _write(self, one: Located, demand: Demand) -> bool:
        theirs = next(each for each in self.difference.right.case.templates if each.file == one.file)
        ours = self._target(theirs)
        if ours is None:
            return False
        before = (len(self.edits), set(self.written), dict(self.added.get(theirs.file, {})))
        try:
            if one.resource in theirs.resources:
                self._resource(theirs, ours, one, demand)
                self._attach(theirs, ours)
            elif one.resource in theirs.outputs and one.resource not in ours.outputs:
                value = self._translation(theirs, ours).value(plain(theirs.outputs[one.resource]))
                self.edits.append(replace(set_value(("Outputs", one.resource), value), file=ours.file))
            else:
                return False
        except UntranslatableError:
            size, self.written, self.added[theirs.file] = before
            del self.edits[size:]
            return False
        self.written.add((one.file, one.resource))
        return True

    def _target(self, theirs: Template) -> Template | None:
        """Return the template of the response with most counterparts of a template; else the one with most resources."""
        files = Counter(file for (file, _), (other, _) in self.difference.pairs.items() if other == theirs.file)
        templates = {each.file: each for each in self.case.templates if each.resources}
        if files:
            return templates.get(files.most_common(1)[0][0])
        return max(templates.values(), key=lambda each: len(each.resources), default=None)

    def _translation(self, theirs: Template, ours: Template) -> Translation:
        found = translation(self.difference, theirs, ours)
        special = {name for name, one in theirs.resources.items() if one.type in _OF_PURPOSE}
        names = {name: own for name, own in found.names.items() if name not in special or _is_alike(name, own)}
        if self.is_alone:
            types = {name: resource.type for name, resource in theirs.resources.items()}
            names = {name: own for name, own in names.items() if types.get(name) not in _OWN}
        topics = [one.name for one in ours.of_type("AWS::SNS::Topic")]
        if len(topics) == 1:  # a second topic beside it notifies nobody
            names = {one.name: topics[0] for one in theirs.of_type("AWS::SNS::Topic")} | names
        return replace(found, names=names, added=self.added.setdefault(theirs.file, {}))

    def _resource(self, theirs: Template, ours: Template, one: Located, demand: Demand) -> None:
        """Give the counterpart, or a resource that does not comply, the ideal's property; else add the resource."""
        name = one.resource
        twin = self._twin(one)
        if demand.requirement.about not in _THINGS:
            place = self._place(one)
            if place in ours.resources:
                self._property(theirs, ours, one, place)
                return
        if twin is not None:
            raise UntranslatableError(name)  # it is there, and what else the demand is about is not known
        whole = plain(theirs.resources[name].node)
        if isinstance(whole, dict) and not serves(demand, whole):
            raise UntranslatableError(name)  # it is for another purpose
        self._add(theirs, ours, name)

    def _place(self, one: Located) -> str:
        """Return which resource of the response gets what one of the ideal answer has; empty for none."""
        twin = self._twin(one)
        mine = [each.resource for each in self.findings if each.type == one.type and each.resource]
        if twin and (twin[1] in mine or not mine):
            return twin[1]
        return mine[0] if mine else ""

    def _property(self, theirs: Template, ours: Template, one: Located, place: str) -> None:
        steps = one.path.split(".")[:2]
        node = node_at(theirs, ("Resources", one.resource, *steps)) if len(steps) == 2 else None
        if node is None:
            raise UntranslatableError(one.resource)
        value = self._closed(theirs, ours, plain(node))
        self.edits.append(replace(set_value(("Resources", place, *steps), value), file=ours.file))

    def _closed(self, theirs: Template, ours: Template, value: Any) -> Any:
        """Translate a value; add the resources that it names and the response does not have."""
        names = self._translation(theirs, ours)
        while True:
            try:
                return names.value(value)
            except UntranslatableError as error:
                if error.name not in theirs.resources or self._is_there(theirs, error.name):
                    raise
                self._add(theirs, ours, error.name)

    def _is_there(self, theirs: Template, name: str) -> bool:
        if self.is_alone and theirs.resources[name].type in _OWN:
            return False
        return any(twin == (theirs.file, name) for twin in self.difference.pairs.values())

    def _attach(self, theirs: Template, ours: Template) -> None:
        """Add what is attached to the added resources, and is not there."""
        for use in theirs.references:
            other = theirs.resources.get(use.owner) if use.section == "Resources" else None
            if other is None or not _is_attached(other.type) or use.target not in self.added.get(theirs.file, {}):
                continue
            if other.name not in self.added[theirs.file] and not self._is_there(theirs, other.name):
                self._add(theirs, ours, other.name)
                if other.type.endswith("Policy"):
                    self._wait(theirs, use.target, other.name)

    def _wait(self, theirs: Template, target: str, policy: str) -> None:
        """Let the added resources that use a bucket, a queue or a topic wait for its policy, which they need."""
        added = self.added[theirs.file]
        users = {use.owner for use in theirs.references if use.target == target and use.section == "Resources"}
        for number, edit in enumerate(self.edits):
            name = next((one for one in users - {policy} if edit.path == ("Resources", added.get(one))), None)
            if name and isinstance(edit.value, dict) and "DependsOn" not in edit.value:
                value = {"Type": edit.value["Type"], "DependsOn": added[policy], **edit.value}
                self.edits[number] = replace(edit, value=value)

    def _add(self, theirs: Template, ours: Template, name: str) -> None:
        added = self.added.setdefault(theirs.file, {})
        if len(added) >= MAX_ADDED:
            raise UntranslatableError(name)
        resource = theirs.resources[name]
        taken = {*ours.resources, *ours.parameters, *ours.conditions, *added.values()}
        added[name] = next(one for one in (name, *(f"{name}{number}" for number in range(2, 99))) if one not in taken)
        self.written.add((theirs.file, name))
        value = self._of_resource(theirs, ours, resource)
        self.edits.append(replace(set_value(("Resources", added[name]), value), file=ours.file))

    def _of_resource(self, theirs: Template, ours: Template, resource: Resource) -> dict[str, Any]:
        names = self._translation(theirs, ours)
        if resource.condition and names.scope.condition(resource.condition) is not True:
            raise UntranslatableError(resource.condition)
        whole: dict[str, Any] = {}
        for key in _COPIED:
            node = resource.node.get(key)
            if node is None:
                continue
            if key == "DependsOn":
                known = [one.text for one in resource.depends_on if one.text in names.names]
                if known:
                    whole[key] = [names.resource(one) for one in known] if len(known) > 1 else names.resource(known[0])
            elif key == "Properties" and isinstance(node, Map):
                whole[key] = dict(self._properties(theirs, ours, resource))
            else:
                whole[key] = names.value(plain(node))
        return whole

    def _properties(self, theirs: Template, ours: Template, resource: Resource) -> Iterator[tuple[str, Any]]:
        """Yield the properties of a resource; an optional name, a description or tags that name what is not there are left out."""
        required = required_properties(resource.type, self.case.account.region)
        for key, node in resource.properties.values.items():
            is_loose = key in ("Tags", "Description") or key == NAME_PROPERTIES.get(resource.type)
            if self.is_alone and key not in required and _KEYS.search(key) and isinstance(node, Call):
                continue
            if self.is_alone and key not in required and key == NAME_PROPERTIES.get(resource.type):
                continue
            given = self._kept(key, plain(node))
            value: Any = {"Ref": "AWS::NoValue"}
            if not is_loose or key in required:
                value = self._closed(theirs, ours, given)
            else:
                with suppress(UntranslatableError):
                    value = self._translation(theirs, ours).value(given)
            if value != {"Ref": "AWS::NoValue"} and value != []:
                yield key, value

    def _kept(self, key: str, value: Any) -> Any:
        """Return the value of a property without tags that the prompt does not ask for."""
        if key == "TagSpecifications":
            return []
        if key == "Tags" and isinstance(value, list):
            return [item for item in value if isinstance(item, dict) and item.get("Key") in self.tags]
        if isinstance(value, dict):
            parts = {name: self._kept(name, part) for name, part in value.items()}
            return {name: part for name, part in parts.items() if part != [] or value[name] == []}
        return value
