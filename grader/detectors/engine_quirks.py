"""What is known of engines: what their remarks say whatever their ids are, where they are wrong, and where nothing is refused."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from grader.detectors.remark import Remark
from grader.plan.schemas import pattern_at
from grader.support.text import is_natural
from grader.template import Call, Map, Resource, Scalar, Template, at, text_of, walk

# Ids under which the catalogue knows what a remark says; both engines use several ids for each.
ATTRIBUTE = "E1010"
INTRINSIC = "E1019"
STRUCTURE = "E1001"
TYPE = "E3012"
UNDEFINED = "undefined-name"
VALUE = "E3031"

_NAMES = ("Ref", "Fn::Sub", "Fn::GetAtt.0", "Fn::If.0", "Fn::FindInMap.0", "Condition")
_CRASH = re.compile(
    r"^Exception .* raised while|has no attribute '|object is not (?:subscriptable|iterable|callable)"
    r"|a string or stream input is required|^Unknown exception|Traceback|list index out of range"
)
_UNDEFINED = re.compile(
    r"does not reference a valid|references a resource that does not exist|is not a (?:valid )?resource in"
    r"|^(?:Condition|Mapping) '[^']*' (?:is not defined|does not exist)"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A remark as it counts: the id by which the catalogue finds its rule, and a level where it differs from the rule's."""

    id: str
    remark: Remark
    level: str = ""


def is_crash(remark: Remark) -> bool:
    """Whether a remark tells of an exception in the engine instead of the template."""
    return remark.id == "E0002" or _CRASH.search(remark.message) is not None


def heard(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Return what a remark says; None where it is wrong, a matter of style, or what rules of our own judge better."""
    if template is not None and any(is_wrong(remark, template) for is_wrong in _WRONG):
        return None
    own = _OWN.get(remark.id)
    if own is not None:
        return own(remark, template, region)
    return Heard(_spoken(remark), _about_target(remark, template))


def _spoken(remark: Remark) -> str:
    """Return the id of what a remark says: one id of an engine covers names, attributes, types and forms of a function."""
    path, message = ".".join(remark.steps), remark.message
    listed = re.match(r"'[^']*' is not one of \[", message) is not None and "is resolved" not in message
    if _UNDEFINED.search(message):
        return UNDEFINED
    if listed and "Fn::GetAtt" in path and not path.endswith("Fn::GetAtt.0"):
        return ATTRIBUTE
    if listed and (path.endswith("Fn::Sub.1") or (path.endswith("Fn::Sub") and re.search(r"\] in \[", message))):
        return ATTRIBUTE
    if listed and (path.endswith(_NAMES) or remark.id == "E3005"):
        return UNDEFINED
    if remark.id in _FUNCTIONS and re.search(r" is not of type ", message):
        return TYPE
    return remark.id


_FUNCTIONS = frozenset({"E1010", "E1019", "E1020", "E6101", "E3024"})


def _about_target(remark: Remark, template: Template | None) -> Remark:
    """Return a remark about an attribute that another section reads as a remark about the resource that lacks it."""
    if template is None or remark.section == "Resources" or _spoken(remark) != ATTRIBUTE:
        return remark
    target = _target_of(template, remark.name)
    return replace(remark, name=target.name, type=target.type) if target else remark


def _target_of(template: Template, owner: str) -> Resource | None:
    names = {use.target for use in template.references if use.owner == owner and use.kind == "GetAtt"}
    return template.resources.get(min(names)) if len(names) == 1 else None


# Remarks that are wrong.


def _is_major_version(remark: Remark, template: Template) -> bool:
    """Whether a version is refused that a listed one begins with: RDS takes a major version for its default minor one.

    Source: EngineVersion in https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    match = re.match(r"'?([\d.]+)'? is not one of \[", remark.message)
    return match is not None and re.search(rf"'{re.escape(match.group(1))}\.\d", remark.message) is not None


def _is_generated(remark: Remark, template: Template) -> bool:
    """Whether a name or attribute is missed that the SAM transform makes: the stage, role, alias or address of a resource.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
    """
    makers = [one.name for one in template.resources.values() if one.type.startswith("AWS::Serverless::")]
    if not makers:
        return False
    match = re.search(r"'(?:\$\{)?([\w.]+)\}?' (?:does not|is not one of|references a resource)", remark.message)
    name = match.group(1) if match else ""
    if name.startswith("Serverless") or any(name.startswith(maker) and name != maker for maker in makers):
        return True
    owner = template.section(remark.section).get(remark.name)
    calls = [node for _, node in walk(owner) if isinstance(node, Call)] if owner else []
    read = {text_of(at(call.argument, 0)) for call in calls if call.name == "Fn::GetAtt"}
    return _spoken(remark) == ATTRIBUTE and not read.isdisjoint(makers)


def _is_secret_in_reference(remark: Remark, template: Template) -> bool:
    """Whether a parameter inside a dynamic reference is assumed to be a secret."""
    if remark.id not in ("W1011", "W2501", "W2509") or not remark.line:
        return False
    name = re.escape(remark.name)
    inside = re.search(rf"\{{\{{resolve:[^\n]*\$\{{{name}\}}", template.text) if name else None
    return inside is not None or "{{resolve:" in template.text.split("\n")[remark.line - 1]


def _is_network_with_host(remark: Remark, template: Template) -> bool:
    """Whether a CIDR block is refused for the bits of its host, which EC2 sets to zero.

    Source: CidrBlock in https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html ("we modify it to its canonical form")
    """
    match = re.match(r"'([\d.]+/\d+)' is not a 'ipv4-network'", remark.message)
    try:
        return match is not None and bool(ipaddress.ip_network(match.group(1), strict=False))
    except ValueError:
        return False


def _is_description(remark: Remark, template: Template) -> bool:
    """Whether a resource's Description is refused, which CloudFormation lets pass."""
    is_attribute = remark.section == "Resources" and remark.steps == ("Description",)
    return is_attribute or "has invalid property 'Description'" in remark.message


def _is_consolidation(remark: Remark, template: Template) -> bool:
    """Whether two conditions for one test are remarked on, which is a style."""
    return remark.message.endswith("consider consolidating")


def _is_default_network(remark: Remark, template: Template) -> bool:
    """Whether a security group without VpcId is refused, which is created in the default VPC.

    Source: VpcId in https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    """
    return "'VpcId' is a dependency of 'SecurityGroup" in remark.message


def _is_cache_without_failover(remark: Remark, template: Template) -> bool:
    """Whether an engine wants automatic failover for several nodes: without cluster mode, both are accepted.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    """
    return remark.id == "E3026" and "NumCacheClusters" in remark.message


def _is_data_of_signals(remark: Remark, template: Template) -> bool:
    """Whether the data of a wait condition is assumed to be an object: the attribute is JSON as text, and outputs may show it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-waitcondition.html
    """
    if not re.search(r"returns type 'object'|is not of type 'string'", remark.message):
        return False
    owner = re.search(r"'(\w+)(?:\.|', ')Data'", remark.message)
    target = template.resources.get(owner.group(1)) if owner else None
    return target is not None and target.type == "AWS::CloudFormation::WaitCondition"


def _is_computed_entry(remark: Remark, template: Template) -> bool:
    """Whether a key is missed in a mapping that has it: its value is a function, which template-structure reports."""
    match = re.match(r"'([^']+)' is not a second level key when .* for mapping '(\w+)'", remark.message)
    mapping = template.section("Mappings").get(match.group(2)) if match else None
    outer = mapping.values.values() if isinstance(mapping, Map) else ()
    return match is not None and any(
        isinstance(one, Map) and isinstance(one.get(match.group(1)), Call | Map) for one in outer
    )


_WRONG: tuple[Callable[[Remark, Template], bool], ...] = (
    _is_major_version,
    _is_generated,
    _is_secret_in_reference,
    _is_network_with_host,
    _is_description,
    _is_consolidation,
    _is_default_network,
    _is_cache_without_failover,
    _is_data_of_signals,
    _is_computed_entry,
)


# Ids that need a decision of their own.


def _nothing(remark: Remark, template: Template | None, region: str) -> Heard | None:
    return None


def _syntax(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Take a parser's refusal for what the template's form is; text that nobody can parse is reported by the plan.

    CloudFormation takes the last of two keys, which a rule of our own judges, and refuses null values.
    """
    message = remark.message
    is_parser = re.match(r"(?:YAML|JSON) parse error|Duplicate |Null key|while (?:parsing|scanning)", message)
    if template is None or is_parser:
        return None
    if message.startswith("Null value") or "null" in message.lower():
        return Heard(STRUCTURE, remark)
    return Heard(INTRINSIC, remark) if "Fn::" in message else None


def _destination(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Take the format of a Ref or attribute for wrong only where the property's schema has a pattern for ARNs.

    The engines' table of formats follows the names of properties, and many properties take a name or an ARN.
    """
    steps = [step for step in remark.steps[1:] if not step.startswith("Fn::") and step != "Ref"]
    pattern = pattern_at(remark.type, steps, region)
    is_arn = pattern.lstrip("^(").startswith("arn") and "destination format of" in remark.message
    is_name = "'Ref':" in remark.message and remark.message.rstrip("'").endswith(".Arn")
    return Heard(remark.id, remark) if is_arn and is_name else None


def _policy(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Take what IAM refuses of a policy: keys and operators; it completes ARNs and takes a document as JSON text.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    message = remark.message
    if " is not of type " in message:
        node = _node(remark, template)
        return None if isinstance(node, Scalar) and _is_json(node.text) else Heard(remark.id, remark, "Medium")
    is_refused = "is a required property" in message or "unexpected" in message or "regexes" in message
    return Heard(remark.id, remark, "" if is_refused else "Medium")


def _node(remark: Remark, template: Template | None) -> object:
    node = template.section(remark.section).get(remark.name) if template else None
    for step in remark.steps:
        node = at(node, int(step) if is_natural(step) else step)
    return node


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _milder(remark: Remark, template: Template | None, region: str) -> Heard | None:
    return Heard(_spoken(remark), remark, "Medium")


def _excluded(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Two properties that exclude each other; a replica takes its settings from the source, whatever else is written.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    """
    if "SourceDBInstanceIdentifier" in remark.message:
        return _milder(remark, template, region)
    return Heard(_spoken(remark), _about_target(remark, template))


def _join(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Functions that return lists are documented arguments of Fn::Join.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html
    """
    if re.search(r"'Fn::(?:GetAZs|Cidr|Split|GetAtt|FindInMap|If|Select)' is not supported", remark.message):
        return None
    return _milder(remark, template, region)


def _rule_section(remark: Remark, template: Template | None, region: str) -> Heard | None:
    return None if "regexes" in remark.message else _milder(remark, template, region)


def _reserved_name(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """Parameter Store refuses names that begin with `aws` or `ssm`.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    """
    name = re.match(r"'/?([^']*)'", remark.message)
    is_reserved = name is not None and name.group(1).lower().startswith(("aws", "ssm"))
    return Heard(VALUE, remark) if is_reserved else None


def _literal(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """A pseudo parameter or a dynamic reference that arrives as plain text: in a tag it is misleading, elsewhere it fails."""
    is_harmless = any(step in ("Tags", "Description", "Metadata") for step in remark.steps)
    return Heard(VALUE, remark, "Medium" if is_harmless else "High")


def _secret_for_arn(remark: Remark, template: Template | None, region: str) -> Heard | None:
    return Heard(VALUE, remark)


def _as_value(remark: Remark, template: Template | None, region: str) -> Heard | None:
    """A local path where only `aws cloudformation package` puts an address; nested templates have a rule of their own."""
    return None if remark.path.endswith(("TemplateURL", "Location")) else Heard(VALUE, remark)


_OWN: dict[str, Callable[[Remark, Template | None, str], Heard | None]] = {
    "E0000": _syntax,
    "F0000": _syntax,
    "F1101": _syntax,
    "E1022": _join,
    "E1029": _nothing,  # a rule of our own reads what the variable names
    "E1040": _destination,
    "E1041": _destination,
    "E1700": _rule_section,
    "E3020": _excluded,
    "F3020": _excluded,
    "E3045": _nothing,  # a rule of our own reads the ACL
    "E3051": _milder,
    "E3510": _policy,
    "E3512": _policy,
    "E4001": _nothing,  # CloudFormation checks nothing of Metadata
    "E4002": _nothing,
    "W1051": _secret_for_arn,
    "W1053": _literal,
    "W1054": _literal,
    "W3002": _as_value,
    "W3701": _reserved_name,
}
