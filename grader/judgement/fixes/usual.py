"""Values for what the prompt asks of a resource without spelling it out: the template's own key, log bucket, tags and defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.case import Case
from grader.catalogue.corrections import added, in_file, removed, set_value
from grader.judgement.fixes.grants import new_policy
from grader.judgement.fixes.sound import names_in
from grader.model import Edit, Finding, Steps
from grader.plan.schemas import has_attribute, property_names
from grader.task.reading import Demand, load_lexicon
from grader.template import Map, Resource, Template, at, items_of, plain, text_of

_KEY_NAME = re.compile(r"^(Kms|KMS)\w*(Key|Id|ID|Arn|ARN)$")
MAX_OUTPUTS = 40  # of a template that are exported
_LOGS = re.compile(r"log", re.I)
# What a property has at least where only its presence is asked for.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html,
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
_LEAST: Mapping[tuple[str, str], object] = {
    ("AWS::S3::Bucket", "BucketEncryption.ServerSideEncryptionConfiguration"): [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ],
    ("AWS::S3::Bucket", "LifecycleConfiguration.Rules"): [
        {
            "Id": "archive",
            "Status": "Enabled",
            "Transitions": [
                {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
                {"StorageClass": "GLACIER", "TransitionInDays": 90},
            ],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ],
}


# The root device of Amazon Linux, whose images templates name by a parameter of Systems Manager.
# Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
_AMAZON_LINUX = re.compile(r"ami-amazon-linux-latest|amzn2-ami|al2023-ami")
_ROOT: list[dict[str, object]] = [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}]


def usual_value(template: Template, resource: Resource, path: str) -> object:
    """Return a value for a property that has to be there; None where the template suggests none."""
    if (resource.type, path) in _LEAST:
        return _LEAST[resource.type, path]
    if path == "LoggingConfiguration" and resource.type == "AWS::S3::Bucket":
        return _access_logs(template, resource)
    keys = list(template.of_type("AWS::KMS::Key"))
    if _KEY_NAME.match(path.rpartition(".")[2]) and len(keys) == 1 and _may_use(template, resource, keys[0]):
        return {"Fn::GetAtt": [keys[0].name, "Arn"]}
    return None


def _may_use(template: Template, resource: Resource, key: Resource) -> bool:
    """Whether a bucket that a trail writes to may have a key: CloudTrail has to be named in the policy of the key.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    trails = {one.name for one in template.of_type("AWS::CloudTrail::Trail")}
    is_written = any(use.owner in trails for use in template.uses.get(resource.name, ()))
    return not is_written or "cloudtrail.amazonaws.com" in str(plain(key.get("KeyPolicy")))


def root_devices(template: Template) -> list[dict[str, object]]:
    """Return an encrypted root device, where every image that a template may name is of Amazon Linux; nothing elsewhere."""
    return _ROOT if _AMAZON_LINUX.search(template.text) else []


def companions(template: Template, resource: Resource, path: str, value: object) -> Iterator[Edit]:
    """Yield the edits that a value needs.

    A table with on-demand capacity has no throughput, and neither have its indexes. The role of a traced function may send traces.
    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html,
    https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    """
    if (path, value) == ("TracingConfig.Mode", "Active") and resource.type == "AWS::Lambda::Function":
        yield from _may_trace(template, resource)
    if (path, value) != ("BillingMode", "PAY_PER_REQUEST"):
        return
    start: Steps = ("Resources", resource.name, "Properties")
    indexes = items_of(resource.get("GlobalSecondaryIndexes"))
    places: list[Steps] = [("ProvisionedThroughput",)]
    places += [("GlobalSecondaryIndexes", number, "ProvisionedThroughput") for number in range(len(indexes))]
    for place in places:
        if at(resource.properties, *place) is not None and (edit := removed(template, (*start, *place))):
            yield edit


_TRACES = re.compile(r"xray:(\*|Put)|XRay|AdministratorAccess|PowerUserAccess")


def _may_trace(template: Template, function: Resource) -> Iterator[Edit]:
    """Let the role of a function send traces, where it is a resource of the template and none of its policies does."""
    named = set(names_in(plain(function.get("Role")))) & template.resources.keys()
    for role in (template.resources[name] for name in sorted(named)):
        users = {use.owner for use in template.uses.get(role.name, ()) if use.section == "Resources"}
        policies = [one for one in template.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") if one.name in users]
        texts = [str(plain(one.properties)) for one in (role, *policies)]
        if role.type == "AWS::IAM::Role" and not any(map(_TRACES.search, texts)):
            actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
            yield from new_policy(role, [{"Effect": "Allow", "Action": actions, "Resource": "*"}])


def _access_logs(template: Template, bucket: Resource) -> object:
    """Return where a bucket logs accesses: the one bucket of the template that is named for logs."""
    targets = [one for one in template.of_type("AWS::S3::Bucket") if _LOGS.search(one.name) and one is not bucket]
    if len(targets) != 1 or _LOGS.search(bucket.name):
        return None
    return {"DestinationBucketName": {"Ref": targets[0].name}, "LogFilePrefix": f"{bucket.name.lower()}/"}


# What an output of a resource gives, by the words of the prompt: the first attribute that the type has; else what Ref returns.
_ATTRIBUTES = (
    (r"\barns?\b", ("Arn", "TopicArn", "LoadBalancerArn")),
    (r"\b(dns|url|endpoint|address)\w*", ("DNSName", "DomainName", "Endpoint.Address", "ApiEndpoint", "RepositoryUri")),
)
_CLASSES = {"bucket-glacier": "GLACIER", "bucket-infrequent": "STANDARD_IA"}


def output_edits(case: Case, demands: Sequence[Demand]) -> list[Edit]:
    """Return the edits that add the outputs that demands ask for, each once."""
    found: dict[tuple[str, Steps], Edit] = {}
    for edit in (one for demand in demands for one in _outputs(case, demand)):
        found.setdefault((edit.file, edit.path), edit)
    return list(found.values())


def usual_edits(case: Case, findings: Sequence[Finding], demand: Demand) -> Iterator[tuple[Finding, tuple[Edit, ...]]]:
    """Yield places that do not comply with a demand, with the edits that make them: tags, several zones, actions of alarms."""
    make = MAKERS.get(demand.entry) or {"tags": _tags, "multi-az": _zones, "alarm-action": _action}.get(
        demand.check.judge
    )
    templates = {template.file: template for template in case.templates}
    for finding in findings if make else ():
        template = templates.get(finding.file)
        resource = template.resources.get(finding.resource) if template else None
        if template and resource and make:
            edits = tuple(make(case, template, resource, demand))
            if edits:
                yield finding, edits


def _outputs(case: Case, demand: Demand) -> Iterator[Edit]:
    """Add the output that the prompt names, or export the outputs of a template that has no exports."""
    templates = [one for one in case.templates if one.resources]
    template = max(templates, key=lambda one: len(one.resources), default=None)
    name = str(demand.check.values.get("name", ""))
    if template is None:
        return
    if demand.check.judge == "output-called" and name.isalnum():
        value = _named(template, name)
        if value is not None:
            yield in_file(set_value(("Outputs", name), {"Value": value}), template.file)
    elif demand.check.judge == "outputs" and not demand.check.arguments.get("exported"):
        yield from _listed(case, template, demand)
    elif demand.check.arguments.get("exported") and not demand.check.values.get("names"):
        for output, node in list(template.outputs.items())[:MAX_OUTPUTS]:
            if at(node, "Export") is None:
                export = {"Name": {"Fn::Sub": "${AWS::StackName}-" + output}}
                yield in_file(set_value(("Outputs", output, "Export"), export), template.file)


# What templates return of their main resources, where the prompt asks for outputs and names none: the attribute, or Ref.
_MAIN = {
    "AWS::EC2::VPC": "",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "DNSName",
    "AWS::CloudFront::Distribution": "DomainName",
    "AWS::RDS::DBInstance": "Endpoint.Address",
    "AWS::RDS::DBCluster": "Endpoint.Address",
    "AWS::S3::Bucket": "",
    "AWS::DynamoDB::Table": "",
    "AWS::Lambda::Function": "Arn",
    "AWS::SNS::Topic": "",
    "AWS::SQS::Queue": "",
    "AWS::ECS::Cluster": "",
}
MAX_MAIN = 6


def _listed(case: Case, template: Template, demand: Demand) -> Iterator[Edit]:
    """Add an output for each item of a list that names a resource of the template: `the DNS name of the load balancer`."""
    items = demand.check.values.get("names")
    if not isinstance(items, tuple) or not items:
        yield from _main_outputs(template)
    for item in items if isinstance(items, tuple) else ():
        types = [type for mention in load_lexicon().mentions(str(item)) for type in mention.noun.types]
        words = [_capital(word) for word in re.findall(r"[A-Za-z]+", str(item))]
        name = "".join(words)
        found = _called(words, [one for type in types for one in template.of_type(type)])
        if not found or not name or name in template.outputs:
            continue
        values = [_returned(case, one, str(item)) for one in found]
        value = values[0] if len(values) == 1 else {"Fn::Join": [",", values]}
        yield in_file(set_value(("Outputs", name), {"Value": value}), template.file)


def _main_outputs(template: Template) -> Iterator[Edit]:
    found = [(one, attribute) for type, attribute in _MAIN.items() for one in template.of_type(type)]
    for resource, attribute in [] if template.outputs else found[:MAX_MAIN]:
        value = {"Fn::GetAtt": [resource.name, attribute]} if attribute else {"Ref": resource.name}
        entry: dict[str, object] = {"Value": value}
        if resource.condition:
            entry = {"Condition": resource.condition, **entry}
        name = f"{resource.name}{attribute.split('.')[0]}"
        yield in_file(set_value(("Outputs", name), entry), template.file)


def _capital(word: str) -> str:
    return word.capitalize() if word.isupper() or word.islower() else word[0].upper() + word[1:]


def _returned(case: Case, resource: Resource, item: str) -> dict[str, object]:
    """Return the attribute of a resource that an item names, by its words; else what Ref returns."""
    wanted = next((pair for pair in _ATTRIBUTES if re.search(pair[0], item, re.I)), None)
    region = case.account.region
    known = (one for one in (wanted[1] if wanted else ()) if has_attribute(resource.type, one, region))
    attribute = next(known, None)
    return {"Fn::GetAtt": [resource.name, attribute]} if attribute else {"Ref": resource.name}


def _called(words: Sequence[str], resources: Sequence[Resource]) -> list[Resource]:
    """Return the resources with most words of an item in their names; several only where the item is in the plural."""
    if len(resources) < 2:
        return list(resources)
    fits = {one.name: sum(word.lower()[:6] in one.name.lower() for word in words) for one in resources}
    most = max(fits.values())
    best = [one for one in resources if fits[one.name] == most]
    if re.search(r"[a-z]s$|Ids$", words[-1] if words else "") or words[-1:] == ["IDs"]:
        return best if most else list(resources)
    return best if len(best) == 1 and most > min(fits.values()) else []


def _named(template: Template, name: str) -> object:
    """Return what an output is called after: the stack, a parameter, or a resource and its name or ARN."""
    if name == "StackName":
        return {"Ref": "AWS::StackName"}
    if name in template.parameters:
        return {"Ref": name}
    for ending in ("Arn", "ARN", "Name", "Id", "ID", ""):
        resource = template.resources.get(name.removesuffix(ending)) if name.endswith(ending) else None
        if resource is not None:
            return {"Fn::GetAtt": [resource.name, "Arn"]} if ending.lower() == "arn" else {"Ref": resource.name}
    return None


def _zones(case: Case, template: Template, resource: Resource, demand: Demand) -> Iterator[Edit]:
    """Give an instance a standby, or a cluster a second instance like its first."""
    if resource.type == "AWS::RDS::DBInstance" and resource.get("DBClusterIdentifier") is None:
        yield set_value(("Resources", resource.name, "Properties", "MultiAZ"), True)
    members = [
        one
        for one in template.of_type("AWS::RDS::DBInstance")
        if any(use.target == resource.name and use.owner == one.name for use in template.references)
    ]
    if resource.type == "AWS::RDS::DBCluster" and len(members) == 1:
        values = plain(members[0].properties)
        name = f"{members[0].name.rstrip('1')}2"
        if isinstance(values, dict) and name not in template.resources:
            kept = {
                key: value for key, value in values.items() if key not in ("DBInstanceIdentifier", "AvailabilityZone")
            }
            yield set_value(("Resources", name), {"Type": members[0].type, "Properties": kept})


def _moved(case: Case, template: Template, resource: Resource, demand: Demand) -> Iterator[Edit]:
    """Add a lifecycle rule that moves objects to the storage class of a demand."""
    days = demand.check.values.get("days")
    if resource.type != "AWS::S3::Bucket" or not isinstance(days, int):
        return
    storage = _CLASSES[demand.entry]
    there = resource.get("LifecycleConfiguration.Rules")
    rules = plain(there) if there is not None else []
    if isinstance(rules, list):
        rule = {"Status": "Enabled", "Transitions": [{"StorageClass": storage, "TransitionInDays": days}]}
        yield set_value(("Resources", resource.name, "Properties", "LifecycleConfiguration", "Rules"), [*rules, rule])


_FOR_ALARMS = re.compile(r"al(arm|ert)", re.I)


def _action(case: Case, template: Template, resource: Resource, demand: Demand) -> Iterator[Edit]:
    """Let an alarm notify the topic of the template, of several the one that is called after alarms; a new one where there is none."""
    topics = [one.name for one in template.of_type("AWS::SNS::Topic")]
    topics = topics if len(topics) < 2 else [name for name in topics if _FOR_ALARMS.search(name)]
    if not topics and not list(template.of_type("AWS::SNS::Topic")):
        new = added(template, "AlarmTopic", "AWS::SNS::Topic", {})
        topics = [str(new.path[1])]
        yield replace(new, value={"Type": "AWS::SNS::Topic"})
    if len(topics) == 1:
        yield set_value(("Resources", resource.name, "Properties", "AlarmActions"), [{"Ref": topics[0]}])


_LISTED = re.compile(r"\btag\w* (with|as|including|such as|like|for)\b|\btag\w* ?\(", re.I)


def _tags(case: Case, template: Template, resource: Resource, demand: Demand) -> Iterator[Edit]:
    """Add the tags that are asked for, with the values that other resources or a parameter of that name give them."""
    names = demand.check.values.get("names") or ("Name",)
    if not demand.check.values.get("names") and _LISTED.search(demand.check.text):
        return  # tags are named, in words that are not read
    inside = property_names(resource.type, ["Tags", "0"], case.account.region)
    if not inside and isinstance(names, tuple | list):
        yield from _tag_map(case, template, resource, names)
    if not {"Key", "Value"} <= set(inside):
        return
    there = plain(resource.get("Tags")) if resource.get("Tags") is not None else []
    if not isinstance(names, tuple | list) or not isinstance(there, list):
        return
    present = {str(item.get("Key")) for item in there if isinstance(item, dict)}
    new: list[Any] = []
    for name in (str(one) for one in names if one not in present):
        value = _value_of(template, name, resource)
        if value is None:
            return
        propagates = {"PropagateAtLaunch": True} if "PropagateAtLaunch" in inside else {}
        new.append({"Key": name, "Value": value, **propagates})
    if new:
        yield set_value(("Resources", resource.name, "Properties", "Tags"), [*there, *new])


def _tag_map(case: Case, template: Template, resource: Resource, names: Sequence[str]) -> Iterator[Edit]:
    """Add tags to a resource whose type has them as a mapping of names to values."""
    there = resource.get("Tags")
    if "Tags" not in property_names(resource.type, [], case.account.region) or not isinstance(there, Map | None):
        return
    for name in names:
        if there is None or there.get(name) is None:
            value = _value_of(template, name, resource)
            if value is None:
                return
            yield set_value(("Resources", resource.name, "Properties", "Tags", name), value)


def _value_of(template: Template, name: str, resource: Resource) -> object:
    for other in template.resources.values():
        for item in items_of(other.get("Tags")):
            if name != "Name" and text_of(at(item, "Key")) == name and at(item, "Value") is not None:
                return plain(at(item, "Value"))
    parameter = next(
        (one for one in template.parameters if one.lower() in (name.lower(), f"{name.lower()}suffix")), None
    )
    if parameter:
        return {"Ref": parameter}
    return {"Fn::Sub": "${AWS::StackName}-" + resource.name} if name == "Name" else None


Maker = Callable[[Case, Template, Resource, Demand], Iterator[Edit]]
MAKERS: Mapping[str, Maker] = dict.fromkeys(_CLASSES, _moved)  # for entries whose values are not written one by one
