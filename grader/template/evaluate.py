"""Values of a template in an account: intrinsics resolved as far as they can be, with unknown as a value.

A string that is known in part keeps the unknown part as `${Name}`, so that two places that use the same unknown still
compare as equal. Conditions are True, False or None (either, depending on a parameter without a value).
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.support.text import is_natural
from grader.template.model import SUB_VARIABLE, Parameter, Resource, Template
from grader.template.node import AnyNode, Call, Map, Path, Scalar, Sequence, at, children, items_of, walk

# The property that names a resource, where its Ref returns that name.
# Source: "Return values" of each type in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
NAME_PROPERTIES: Mapping[str, str] = {
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
}
MAX_TEXT = 100_000
MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only a deployment gives: `expression` is what it is written as, `${Bucket.Arn}`."""

    expression: str

    def __str__(self) -> str:
        return self.expression


class _NoValue:
    def __repr__(self) -> str:
        return "NO_VALUE"


NO_VALUE = _NoValue()


def is_known(value: object) -> bool:
    """Whether a value holds nothing unknown (partial strings count as unknown)."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, str):
        return "${" not in value
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    return True


def as_text(value: object) -> str:
    """Write a value as CloudFormation writes it into a string."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(as_text(item) for item in value)
    return "" if value is None or value is NO_VALUE else str(value)


@dataclass
class Scope:
    """What names mean while one template is evaluated.

    `given` are the parameter values of a task or of a parent stack (texts, lists or Unknown); the pseudo parameters
    come from the account. Results are remembered: evaluating twice costs once.
    """

    template: Template
    given: Mapping[str, object] = field(default_factory=dict)
    pseudo: Mapping[str, str] = field(default_factory=dict)
    zones: tuple[str, ...] = ("a", "b", "c")
    _conditions: dict[str, bool | None] = field(default_factory=dict, init=False)
    _names: dict[str, object] = field(default_factory=dict, init=False)
    # by the node's id, which no other node has while it is kept
    _values: dict[int, tuple[AnyNode, object]] = field(default_factory=dict, init=False)
    _busy: set[str] = field(default_factory=set, init=False)
    _depth: int = field(default=0, init=False)

    def parameter(self, name: str) -> object:
        """Return a parameter's value: given, else its default, else unknown."""
        parameter = self.template.parameters[name]
        value = self.given.get(name)
        if value is None:
            value = parameter.default
        if value is None or parameter.type.startswith("AWS::SSM::Parameter::Value"):
            return Unknown("${" + name + "}")
        return _as_list(value) if _is_list(parameter) else value

    def condition(self, name: str) -> bool | None:
        """Return what a condition is: True, False, or None where a parameter without a value decides."""
        if name not in self._conditions:
            if name not in self.template.conditions:
                return None
            # Conditions are worked out from the bottom: a long chain of them must not become a deep recursion.
            for below in self.template.condition_order(name):
                if below not in self._conditions:
                    self._conditions[below] = None  # what a condition in a circle sees of itself
                    self._conditions[below] = _truth(self.value(self.template.conditions[below]))
        return self._conditions[name]

    def exists(self, resource: Resource) -> bool | None:
        """Whether a resource would be created: None where its condition is open."""
        name = resource.condition
        return True if name is None else self.condition(name)

    def name_of(self, resource: Resource) -> object:
        """Return what Ref of a resource gives, as far as the template says it."""
        if resource.name in self._names:
            return self._names[resource.name]
        key = NAME_PROPERTIES.get(resource.type)
        node = resource.get(key) if key else None
        unknown = Unknown("${" + resource.name + "}")
        if node is None or resource.name in self._busy:
            return unknown
        self._busy.add(resource.name)
        value = self.value(node)
        self._busy.discard(resource.name)
        self._names[resource.name] = unknown if value is NO_VALUE or isinstance(value, Unknown) else value
        return self._names[resource.name]

    def value(self, node: AnyNode | None) -> object:
        """Return the value of a node. Unknown is what names that lead to names for more than 100 steps would give."""
        if node is None:
            return NO_VALUE
        if isinstance(node, Scalar):
            return node.value
        known = self._values.get(id(node))
        if known is not None:
            return known[1]
        self._depth += 1
        try:
            value = self._value(node)
        finally:
            self._depth -= 1
        if self._depth == 0 and not self._busy:  # what is cut off on the way to another value is not its own
            self._values[id(node)] = (node, value)
        return value

    def _value(self, node: Sequence | Map | Call) -> object:
        if self._depth > MAX_DEPTH:
            return Unknown("${Fn::Depth@" + str(node.line) + "}")
        if isinstance(node, Sequence):
            return [
                value
                for item in node.items
                if (value := item.value if isinstance(item, Scalar) else self.value(item)) is not NO_VALUE
            ]
        if isinstance(node, Map):
            return {
                key: value
                for key, item in node.values.items()
                if (value := item.value if isinstance(item, Scalar) else self.value(item)) is not NO_VALUE
            }
        return self._call(node)

    def walk(self, node: AnyNode, path: Path = ()) -> Iterator[tuple[Path, AnyNode]]:
        """Yield a node and everything below it as grader.template.walk does, without branches that are not taken."""
        stack: list[tuple[Path, AnyNode]] = [(path, node)]
        while stack:
            here, current = stack.pop()
            yield here, current
            chosen = self.chosen_branch(current)
            if chosen is not None:
                branch = at(current.argument, chosen) if isinstance(current, Call) else None
                stack += [((*here, "Fn::If", chosen), branch)] if branch is not None else []
            elif not isinstance(current, Scalar):
                stack += reversed([((*here, step), child) for step, child in children(current)])

    def chosen_branch(self, node: AnyNode) -> int | None:
        """Return the index of the branch that an Fn::If chooses: None for other nodes, and where its condition is open."""
        if not isinstance(node, Call) or node.name != "Fn::If":
            return None
        name = at(node.argument, 0)
        truth = self.condition(name.text) if isinstance(name, Scalar) else None
        return None if truth is None else 1 if truth else 2

    def is_created(self, section: str, name: str) -> bool:
        """Whether an entry of Resources or Outputs may be created: its condition, if it has one, is not false."""
        condition = at(self.template.section(section), name, "Condition")
        return not isinstance(condition, Scalar) or self.condition(condition.text) is not False

    def text(self, node: AnyNode | None) -> str:
        """Return the value of a node as text, unknown parts as `${Name}`."""
        value = self.value(node)
        return value.expression if isinstance(value, Unknown) else as_text(value)

    def ref(self, name: str) -> object:
        """Return what Ref of a name gives."""
        if name in self.template.parameters:
            return self.parameter(name)
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.pseudo:
            return self.pseudo[name]
        resource = self.template.resources.get(name)
        return self.name_of(resource) if resource else Unknown("${" + name + "}")

    def _call(self, call: Call) -> object:
        method = _METHODS.get(call.name)
        value = method(self, call.argument) if method else None
        return Unknown("${" + call.name + "@" + str(call.line) + "}") if value is None else value

    def _ref(self, argument: AnyNode) -> object:
        return self.ref(argument.text) if isinstance(argument, Scalar) else None

    def _condition(self, argument: AnyNode) -> object:
        return self.condition(argument.text) if isinstance(argument, Scalar) else None

    def _getatt(self, argument: AnyNode) -> object:
        parts = [self.text(item) for item in items_of(argument)]
        return Unknown("${" + ".".join(parts) + "}")

    def _sub(self, argument: AnyNode) -> object:
        template = argument if isinstance(argument, Scalar) else at(argument, 0)
        if not isinstance(template, Scalar):
            return None
        variables = at(argument, 1)
        local = variables.values if isinstance(variables, Map) else {}
        parts: list[str] = []
        end, size = 0, 0
        for match in SUB_VARIABLE.finditer(template.text):
            name = match.group(1).strip()
            piece = self.text(local[name]) if name in local else as_text(self._named(name))
            parts += [template.text[end : match.start()], piece]
            end, size = match.end(), size + len(piece)
            if size > MAX_TEXT:
                return None
        return "".join([*parts, template.text[end:]]).replace("${!", "${")

    def _named(self, name: str) -> object:
        return Unknown("${" + name + "}") if "." in name else self.ref(name)

    def _join(self, argument: AnyNode) -> object:
        delimiter, values = at(argument, 0), self.value(at(argument, 1))
        if not isinstance(delimiter, Scalar):
            return None
        if not isinstance(values, list):
            return None
        return delimiter.text.join(as_text(value) for value in values)[:MAX_TEXT]

    def _split(self, argument: AnyNode) -> object:
        delimiter, text = at(argument, 0), self.value(at(argument, 1))
        if not isinstance(delimiter, Scalar) or not delimiter.text or not isinstance(text, str) or not is_known(text):
            return None
        return list(text.split(delimiter.text))

    def _select(self, argument: AnyNode) -> object:
        index, values = self.value(at(argument, 0)), self.value(at(argument, 1))
        if not isinstance(values, list) or not is_natural(str(index)):
            return None
        position = int(str(index))
        return values[position] if position < len(values) else None

    def _if(self, argument: AnyNode) -> object:
        name = at(argument, 0)
        truth = self.condition(name.text) if isinstance(name, Scalar) else None
        if truth is None:
            yes, no = self.value(at(argument, 1)), self.value(at(argument, 2))
            return yes if yes == no else None
        return self.value(at(argument, 1 if truth else 2))

    def _equals(self, argument: AnyNode) -> object:
        left, right = self.value(at(argument, 0)), self.value(at(argument, 1))
        if as_text(left) == as_text(right) and not isinstance(left, _NoValue):
            return True
        return False if is_known(left) and is_known(right) else None

    def _and(self, argument: AnyNode) -> object:
        truths = [_truth(self.value(item)) for item in items_of(argument)]
        return False if False in truths else None if None in truths else True

    def _or(self, argument: AnyNode) -> object:
        truths = [_truth(self.value(item)) for item in items_of(argument)]
        return True if True in truths else None if None in truths else False

    def _not(self, argument: AnyNode) -> object:
        truth = _truth(self.value(at(argument, 0)))
        return None if truth is None else not truth

    def _find_in_map(self, argument: AnyNode) -> object:
        keys = [self.value(at(argument, index)) for index in range(3)]
        if not all(is_known(key) and not isinstance(key, _NoValue) for key in keys):
            return None
        found = at(self.template.section("Mappings"), *(as_text(key) for key in keys))
        if found is not None and any(isinstance(node, Call) for _, node in walk(found)):
            return None  # mappings hold no functions: CloudFormation refuses them, and this may be in a circle
        if found is None:
            default = at(argument, 3, "DefaultValue")
            return None if default is None else self.value(default)
        items = found.items if isinstance(found, Sequence) else (found,)
        is_plain = all(isinstance(item, Scalar) for item in items)
        return self.value(found) if is_plain else None  # a mapping holds texts and lists of texts, no functions

    def _base64(self, argument: AnyNode) -> object:
        value = self.value(argument)
        return base64.b64encode(value.encode()).decode() if isinstance(value, str) and is_known(value) else None

    def _azs(self, argument: AnyNode) -> object:
        region = self.value(argument)
        region = self.pseudo.get("AWS::Region") if region in ("", None, NO_VALUE) else region
        return [f"{region}{zone}" for zone in self.zones] if isinstance(region, str) and is_known(region) else None

    def _cidr(self, argument: AnyNode) -> object:
        block, count = self.value(at(argument, 0)), self.value(at(argument, 1))
        bits = self.value(at(argument, 2))
        bits = 8 if bits is NO_VALUE else bits
        try:
            network = ipaddress.ip_network(as_text(block), strict=False)
            prefix = network.max_prefixlen - int(as_text(bits))
            subnets = network.subnets(new_prefix=prefix)
            return [str(subnet) for subnet in itertools.islice(subnets, min(256, int(as_text(count))))]
        except ValueError:
            return None

    def _to_json(self, argument: AnyNode) -> object:
        value = self.value(argument)
        return json.dumps(value, separators=(",", ":")) if is_known(value) else None

    def _length(self, argument: AnyNode) -> object:
        value = self.value(argument)
        return len(value) if isinstance(value, list) else None


_METHODS = {
    "Ref": Scope._ref,
    "Condition": Scope._condition,
    "Fn::And": Scope._and,
    "Fn::Base64": Scope._base64,
    "Fn::Cidr": Scope._cidr,
    "Fn::Equals": Scope._equals,
    "Fn::FindInMap": Scope._find_in_map,
    "Fn::GetAZs": Scope._azs,
    "Fn::GetAtt": Scope._getatt,
    "Fn::If": Scope._if,
    "Fn::Join": Scope._join,
    "Fn::Length": Scope._length,
    "Fn::Not": Scope._not,
    "Fn::Or": Scope._or,
    "Fn::Select": Scope._select,
    "Fn::Split": Scope._split,
    "Fn::Sub": Scope._sub,
    "Fn::ToJsonString": Scope._to_json,
}


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def _is_list(parameter: Parameter) -> bool:
    return parameter.type == "CommaDelimitedList" or parameter.type.startswith("List<")


def _as_list(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if value else []
    return value
