"""Checks that clauses cannot say: each takes a resource and yields the places that break the fact, with a detail."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from grader.case import Case
from grader.case.policies import allowed, statements_in
from grader.facts import state_machines
from grader.facts.order import needed_by
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.plan.graph import dependencies
from grader.support.text import is_natural
from grader.template import as_text, is_known


class Broken(NamedTuple):
    """Where a fact is broken, a phrase with what is there, and a level where it differs from the fact's own."""

    place: Place
    detail: str
    level: str = ""


Check = Callable[[Case, Place], Iterator[Broken]]


def _major(version: str) -> str:
    return version.split(".")[0]


def database_parameter_family(case: Case, root: Place) -> Iterator[Broken]:
    """Report a database whose parameter group has a family of another engine or major version."""
    name = "DBClusterParameterGroupName" if root.resource.type.endswith("DBCluster") else "DBParameterGroupName"
    [place] = places(case, root, name)
    group = target_of(case, place)
    [engine] = places(case, root, "Engine")
    [version] = places(case, root, "EngineVersion")
    if group is None or engine.is_absent or engine.is_open or version.is_absent or version.is_open:
        return
    [family] = places(case, root_of(root.template, group), "Family")
    if family.is_absent or family.is_open:
        return
    wanted = _families(engine.text.lower(), version.text)
    if wanted and family.text.lower() not in wanted:
        detail = f"{group.name} has the family {family.text}, and {engine.text} {version.text} requires {wanted[0]}"
        yield Broken(place, detail)


def _families(engine: str, version: str) -> tuple[str, ...]:
    """Return the families of an engine's version, empty where they are not known.

    Source: DBParameterGroupFamily in https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html
    """
    major = _major(version)
    two = ".".join(version.split(".")[:2])
    if engine == "postgres":
        return (f"postgres{major}",) if is_natural(major) and int(major) >= 10 else ()
    if engine == "aurora-postgresql":
        return (f"aurora-postgresql{major}",) if is_natural(major) and int(major) >= 10 else ()
    if engine in ("mysql", "mariadb") and two.count(".") == 1:
        return (f"{engine}{two}",)
    if engine == "aurora-mysql" and two in ("5.7", "8.0"):
        return (f"aurora-mysql{two}",)
    return ()


def overlapping_subnets(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet whose block overlaps that of an earlier subnet of the same VPC."""
    own = _block(case, root)
    if own is None:
        return
    network, vpc = own
    scope = case.scopes[root.template.file]
    for other in root.template.of_type("AWS::EC2::Subnet"):
        if other.name == root.resource.name:
            return
        theirs = _block(case, root_of(root.template, other))
        if scope.exists(other) is True and theirs and theirs[1] == vpc and network.overlaps(theirs[0]):
            [place] = places(case, root, "CidrBlock")
            yield Broken(place, f"{network} overlaps {theirs[0]} of {other.name}")
            return


def _block(case: Case, root: Place) -> tuple[ipaddress.IPv4Network, object] | None:
    [block] = places(case, root, "CidrBlock")
    [vpc] = places(case, root, "VpcId")
    try:
        network = ipaddress.IPv4Network(as_text(block.value), strict=False)
    except ValueError:
        return None
    owner = identity(case, vpc) or (vpc.text if not vpc.is_absent else None)
    return (network, owner) if owner else None


def subnet_outside_network(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet whose block does not lie in the block of its VPC."""
    own = _block(case, root)
    [vpc] = places(case, root, "VpcId")
    target = target_of(case, vpc)
    if own is None or target is None or any(root.template.of_type("AWS::EC2::VPCCidrBlock")):
        return
    [block] = places(case, root_of(root.template, target), "CidrBlock")
    try:
        network = ipaddress.IPv4Network(as_text(block.value), strict=False)
    except ValueError:
        return
    if not own[0].subnet_of(network):
        [place] = places(case, root, "CidrBlock")
        yield Broken(place, f"{own[0]} is not in {network}, the block of {target.name}")


def unused_key_attributes(case: Case, root: Place) -> Iterator[Broken]:
    """Report attributes of a table that no key schema uses, and keys that no attribute defines."""
    defined = {place.text: place for place in places(case, root, "AttributeDefinitions.*.AttributeName")}
    keys = [
        place
        for path in ("KeySchema", "GlobalSecondaryIndexes.*.KeySchema", "LocalSecondaryIndexes.*.KeySchema")
        for place in places(case, root, f"{path}.*.AttributeName")
        if not place.is_absent
    ]
    if any(place.is_open or place.is_absent for place in (*defined.values(), *keys)) or not keys:
        return
    used = {place.text for place in keys}
    for name in sorted(set(defined) - used):
        yield Broken(defined[name], f"{name} is defined and no key schema uses it")
    for place in keys:
        if place.text not in defined:
            yield Broken(place, f"{place.text} is a key and AttributeDefinitions does not define it")
            return


def duplicate_priorities(case: Case, root: Place) -> Iterator[Broken]:
    """Report a listener rule whose priority another rule of the same listener has."""
    [own] = places(case, root, "Priority")
    [listener] = places(case, root, "ListenerArn")
    mine = identity(case, listener)
    if own.is_absent or own.is_open or mine is None:
        return
    scope = case.scopes[root.template.file]
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        there = root_of(root.template, other)
        [priority], [theirs] = places(case, there, "Priority"), places(case, there, "ListenerArn")
        if scope.exists(other) is True and priority.text == own.text and identity(case, theirs) == mine:
            yield Broken(own, f"{other.name} has the priority {own.text} too")
            return


def lifecycle_order(case: Case, root: Place) -> Iterator[Broken]:
    """Report transitions of a bucket's lifecycle rule that come after its expiration, or out of order."""
    for rule in places(case, root, "LifecycleConfiguration.Rules.*"):
        ends = _number(case, rule, "ExpirationInDays")
        days = [
            (int(place.text), place)
            for place in places(case, rule, "@.Transitions.*.TransitionInDays", rule)
            if is_natural(place.text)
        ]
        late = next((place for day, place in days if ends is not None and day >= ends), None)
        if late is not None:
            yield Broken(late, f"objects move after {late.text} days and expire after {ends:g}")


def _number(case: Case, item: Place, name: str) -> float | None:
    [place] = places(case, item, f"@.{name}", item)
    return float(place.text) if is_natural(place.text) and is_known(place.value) else None


def load_balancer_log_policy(case: Case, root: Place) -> Iterator[Broken]:
    """Report a bucket of the template that gets a load balancer's logs and whose policy does not let it write."""
    for item in places(case, root, "LoadBalancerAttributes.*"):
        [key], [value] = places(case, item, "@.Key", item), places(case, item, "@.Value", item)
        bucket = target_of(case, value)
        if key.text != "access_logs.s3.bucket" or bucket is None:
            continue
        found = list(_bucket_policies(case, root, bucket.name))
        writers = (
            "logdelivery.elasticloadbalancing.amazonaws.com",
            "delivery.logs.amazonaws.com",
            "arn:aws:iam::*:root",
            "*",
        )
        if None not in found and not allowed(found, "s3:PutObject", writers):
            yield Broken(value, f"no policy of {bucket.name} lets Elastic Load Balancing write")


def _bucket_policies(case: Case, root: Place, bucket: str) -> Iterator[object]:
    """Yield the policies of a bucket; None for one that may be, and cannot be resolved."""
    for template, policy in case.resources("AWS::S3::BucketPolicy"):
        there = root_of(template, policy)
        [named] = places(case, there, "Bucket")
        found = identity(case, named)
        if template.file != root.template.file or found is None:
            yield None
        elif found == (root.template.file, bucket):
            document = case.scopes[template.file].value(policy.get("PolicyDocument"))
            yield document if isinstance(document, dict) else None


def key_administrator(case: Case, root: Place) -> Iterator[Broken]:
    """Report a key policy in which no statement lets a principal of an account change the policy."""
    [policy] = places(case, root, "KeyPolicy")
    [bypass] = places(case, root, "BypassPolicyLockoutSafetyCheck")
    if not isinstance(policy.value, dict) or bypass.text == "true":
        return
    for statement in statements_in(policy.value):
        principal = statement.get("Principal")
        named = principal.get("AWS") if isinstance(principal, dict) else principal
        if statement.get("Effect") != "Allow" or named is None:
            continue
        if allowed([{"Statement": statement}], "kms:PutKeyPolicy"):
            return
    yield Broken(policy, "no statement allows kms:PutKeyPolicy to a principal of the account")


def backup_cold_storage(case: Case, root: Place) -> Iterator[Broken]:
    """Report backup rules that delete recovery points less than 90 days after these move to cold storage."""
    for rule in places(case, root, "BackupPlan.BackupPlanRule.*"):
        [cold] = places(case, rule, "@.Lifecycle.MoveToColdStorageAfterDays", rule)
        [end] = places(case, rule, "@.Lifecycle.DeleteAfterDays", rule)
        if is_natural(cold.text) and is_natural(end.text) and int(end.text) < int(cold.text) + 90:
            yield Broken(
                end, f"recovery points move to cold storage after {cold.text} days and are deleted after {end.text}"
            )


def _waits_for(case: Case, root: Place, name: str) -> bool:
    return name in needed_by(root.resource.name, dependencies(root.template, case.scopes[root.template.file]))


def after_any_recorder(case: Case, root: Place) -> Iterator[Broken]:
    """Report a Config rule that does not wait for the recorder of its template."""
    scope = case.scopes[root.template.file]
    recorders = [
        one for one in root.template.of_type("AWS::Config::ConfigurationRecorder") if scope.exists(one) is not False
    ]
    if recorders and not any(_waits_for(case, root, recorder.name) for recorder in recorders):
        yield Broken(root, f"nothing makes {root.resource.name} wait for {recorders[0].name}")


def recorder_missing(case: Case, root: Place) -> Iterator[Broken]:
    """Report the first Config rule of a response without a recorder: Medium where the prompt or a document speaks of one."""
    kind = "AWS::Config::ConfigurationRecorder"
    rules = case.resources("AWS::Config::ConfigRule", "AWS::Config::ConformancePack")
    created = (one for template, one in rules if case.scopes[template.file].exists(one) is not False)
    if kind in case.account.singletons or any(case.resources(kind)) or next(created, None) is not root.resource:
        return
    existing = r"\b(already|existing|enabled|turned on)\b"
    is_known = case.documented(r"recorder") or case.request.orders(existing, near=r"\bconfig\b|recorder") is not None
    yield Broken(root, "no template creates a configuration recorder", "Medium" if is_known else "")


def mount_targets_in_one_zone(case: Case, root: Place) -> Iterator[Broken]:
    """Report a mount target in the zone of an earlier one of the same file system."""
    [mine], [place] = places(case, root, "FileSystemId"), places(case, root, "SubnetId")
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        there = root_of(root.template, other)
        [system], [subnet] = places(case, there, "FileSystemId"), places(case, there, "SubnetId")
        if (
            case.scopes[root.template.file].exists(other)
            and identity(case, mine)
            and identity(case, mine) == identity(case, system)
        ):
            zones = [places(case, one, "SubnetId -> AvailabilityZone")[0] for one in (root, there)]
            is_same_zone = (
                all(not one.is_absent and not one.is_open for one in zones) and zones[0].text == zones[1].text
            )
            if is_same_zone or (identity(case, place) and identity(case, place) == identity(case, subnet)):
                yield Broken(place, f"{other.name} is a mount target in the same zone")
                return


def state_machine_definition(case: Case, root: Place) -> Iterator[Broken]:
    """Report what keeps the definition of a state machine from being accepted (see grader.facts.state_machines)."""
    for place, detail in state_machines.faults(case, root):
        yield Broken(place, detail)


def collection_encryption_policy(case: Case, root: Place) -> Iterator[Broken]:
    """Report a collection that waits for no encryption policy, of its own template or of another."""
    kind = "AWS::OpenSearchServerless::SecurityPolicy"
    found = [
        (template, one)
        for template, one in case.resources(kind)
        if case.scopes[template.file].text(one.get("Type")) in ("encryption", "${Type}")
    ]
    if not found:
        yield Broken(root, "no template has an encryption policy")
        return
    is_here = all(template.file == root.template.file for template, _ in found)
    if is_here and not any(_waits_for(case, root, one.name) for _, one in found):
        yield Broken(root, f"nothing makes {root.resource.name} wait for {found[0][1].name}")


def migration_role(case: Case, root: Place) -> Iterator[Broken]:
    """Report a replication subnet group without the role dms-vpc-role: Medium where a document or the prompt names the role."""
    name = "dms-vpc-role"
    for template, role in case.resources("AWS::IAM::Role"):
        if case.scopes[template.file].text(role.get("RoleName")) == name:
            if template.file == root.template.file and not _waits_for(case, root, role.name):
                yield Broken(root, f"nothing makes {root.resource.name} wait for {role.name}")
            return
    is_named = case.documented(name) or name in case.prompt
    yield Broken(root, f"no template creates the role {name}", "Medium" if is_named else "")


def channel_after_recorder(case: Case, root: Place) -> Iterator[Broken]:
    """Report a delivery channel that waits for the recorder, which waits for a channel."""
    for recorder in root.template.of_type("AWS::Config::ConfigurationRecorder"):
        if _waits_for(case, root, recorder.name):
            yield Broken(
                root, f"{root.resource.name} waits for {recorder.name}, which completes only once a channel exists"
            )


def rolling_update(case: Case, root: Place) -> Iterator[Broken]:
    """Report a rolling update that must keep as many instances in service as there may be at most."""
    policy = case.scopes[root.template.file].value(root.resource.node.get("UpdatePolicy"))
    rolling = policy.get("AutoScalingRollingUpdate") if isinstance(policy, dict) else None
    least = as_text(rolling.get("MinInstancesInService", "")) if isinstance(rolling, dict) else ""
    [most] = places(case, root, "MaxSize")
    if is_natural(least) and is_natural(most.text) and int(least) >= int(most.text) > 0:
        yield Broken(root, f"MinInstancesInService is {least} and MaxSize is {most.text}")


def beanstalk_role_arn(case: Case, root: Place) -> Iterator[Broken]:
    """Report a service role that is the name of a role."""
    [place] = places(case, root, "ResourceLifecycleConfig.ServiceRole")
    role = target_of(case, place)
    if (role is not None and ".Arn" not in place.text) or (not place.is_open and not place.text.startswith("arn:")):
        yield Broken(place, f"ServiceRole is {'the name of ' + role.name if role else place.text}")


# Actions of bucket policies that apply to objects only, and to buckets only.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_ON_OBJECTS = frozenset(
    f"s3:{name}".lower()
    for name in (
        "AbortMultipartUpload",
        "DeleteObject",
        "DeleteObjectVersion",
        "GetObject",
        "GetObjectAcl",
        "GetObjectVersion",
        "ListMultipartUploadParts",
        "PutObject",
        "PutObjectAcl",
        "ReplicateDelete",
        "ReplicateObject",
        "RestoreObject",
    )
)
_ON_BUCKETS = frozenset(
    f"s3:{name}".lower()
    for name in (
        "GetBucketAcl",
        "GetBucketLocation",
        "GetBucketPolicy",
        "GetBucketVersioning",
        "GetReplicationConfiguration",
        "ListBucket",
        "ListBucketMultipartUploads",
        "ListBucketVersions",
        "PutBucketAcl",
        "PutBucketPolicy",
    )
)


def bucket_policy_resources(case: Case, root: Place) -> Iterator[Broken]:
    """Report statements of a bucket policy with an action that applies to none of their resources."""
    for statement in places(case, root, "PolicyDocument.Statement.*"):
        resources = places(case, statement, "@.Resource.*", statement)
        kinds = {_object_arn(place.text) for place in resources if not place.is_absent}
        if len(kinds) != 1 or None in kinds:
            continue
        wrong = _ON_BUCKETS if True in kinds else _ON_OBJECTS
        for place in places(case, statement, "@.Action.*", statement):
            if not place.is_open and place.text.lower() in wrong:
                what = "objects" if True in kinds else "the bucket itself"
                yield Broken(resources[0], f"{place.text} is used where the only resource is that of {what}")
                break


def _object_arn(text: str) -> bool | None:
    """Whether the ARN is that of objects, of a bucket, or neither for sure."""
    tail = text.rpartition("}")[2] if text.startswith("${") else text.removeprefix("arn:aws:s3:::")
    if text.startswith("${") and not re.match(r"\$\{\w+\.Arn\}[^$]*$", text):
        return None
    if "*" in tail.split("/")[0] or "${" in tail or not (text.startswith(("${", "arn:aws:s3:::"))):
        return None
    return "/" in tail


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_WEEKLY = re.compile(r"([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)")
_DAY = 24 * 60


def overlapping_windows(case: Case, root: Place) -> Iterator[Broken]:
    """Report a maintenance window that overlaps the daily backup window."""
    [backup] = places(case, root, "PreferredBackupWindow")
    [maintenance] = places(case, root, "PreferredMaintenanceWindow")
    daily, weekly = _DAILY.fullmatch(backup.text), _WEEKLY.fullmatch(maintenance.text.lower())
    if daily is None or weekly is None or weekly[1] not in _DAYS or weekly[4] not in _DAYS:
        return
    start = _DAYS.index(weekly[1]) * _DAY + int(weekly[2]) * 60 + int(weekly[3])
    length = (_DAYS.index(weekly[4]) * _DAY + int(weekly[5]) * 60 + int(weekly[6]) - start) % (7 * _DAY)
    opens = int(daily[1]) * 60 + int(daily[2])
    lasts = (int(daily[3]) * 60 + int(daily[4]) - opens) % _DAY
    after = (opens - start) % _DAY  # from the start of maintenance to the next start of a backup window
    if after < length or (start - opens) % _DAY < lasts:
        yield Broken(maintenance, f"the backup window is {backup.text} and the maintenance window {maintenance.text}")


def replica_in_own_region(case: Case, root: Place) -> Iterator[Broken]:
    """Report a global table none of whose replicas is in the region of the stack."""
    found = places(case, root, "Replicas.*.Region")
    if found and not any(place.is_absent or place.is_open for place in found):
        regions = [place.text for place in found]
        if case.account.region not in regions:
            [replicas] = places(case, root, "Replicas")
            yield Broken(
                replicas, f"the replicas are in {', '.join(regions)} and the stack is in {case.account.region}"
            )


_MINUTE, _HOUR, _WEEK_SECONDS, _DAY_SECONDS = 60, 3600, 7 * 86400, 86400


def alarm_period(case: Case, root: Place) -> Iterator[Broken]:
    """Report a period that is neither 10, 20 or 30 nor a multiple of 60, and short periods of AWS's own metrics."""
    [period] = places(case, root, "Period")
    [namespace] = places(case, root, "Namespace")
    if not is_natural(period.text) or int(period.text) % _MINUTE == 0:
        return
    if int(period.text) not in (10, 20, 30):
        yield Broken(period, f"Period is {period.text}")
    elif namespace.text.startswith("AWS/"):
        yield Broken(period, f"Period is {period.text} and the namespace is {namespace.text}")


def alarm_range(case: Case, root: Place) -> Iterator[Broken]:
    """Report an alarm whose evaluation periods together are longer than CloudWatch allows."""
    [period], [count] = places(case, root, "Period"), places(case, root, "EvaluationPeriods")
    if not is_natural(period.text) or not is_natural(count.text):
        return
    limit = _WEEK_SECONDS if int(period.text) >= _HOUR else _DAY_SECONDS
    if int(period.text) * int(count.text) > limit:
        yield Broken(count, f"{count.text} periods of {period.text} seconds are more than {limit} seconds")


def one_returned_metric(case: Case, root: Place) -> Iterator[Broken]:
    """Report an alarm on several metrics of which none, or more than one, returns data."""
    [metrics] = places(case, root, "Metrics")
    flags = [place.text for place in places(case, root, "Metrics.*.ReturnData")]
    states = [place.is_absent or place.text.lower() == "true" for place in places(case, root, "Metrics.*.ReturnData")]
    if metrics.is_absent or not flags or any("${" in flag for flag in flags) or sum(states) == 1:
        return
    yield Broken(metrics, f"{sum(states)} of {len(states)} metrics return data")


def duplicate_acl_numbers(case: Case, root: Place) -> Iterator[Broken]:
    """Report an entry of a network ACL whose number an earlier entry of the same direction has."""
    own = _acl_entry(case, root)
    if own is None:
        return
    scope = case.scopes[root.template.file]
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        if scope.exists(other) is True and _acl_entry(case, root_of(root.template, other)) == own:
            [number] = places(case, root, "RuleNumber")
            yield Broken(number, f"{other.name} has the number {number.text} for the same direction too")
            return


def _acl_entry(case: Case, root: Place) -> tuple[object, str, bool] | None:
    """Return what must be unique of an entry: its ACL, its number and its direction; None where that is open."""
    [acl], [number] = places(case, root, "NetworkAclId"), places(case, root, "RuleNumber")
    [egress] = places(case, root, "Egress")
    owner = identity(case, acl)
    if owner is None or not is_natural(number.text) or egress.is_open:
        return None
    return owner, number.text, egress.text.lower() == "true"


def apex_cname(case: Case, root: Place) -> Iterator[Broken]:
    """Report a CNAME record whose name is that of its hosted zone."""
    [kind], [name] = places(case, root, "Type"), places(case, root, "Name")
    [zone] = places(case, root, "HostedZoneName")
    if zone.is_absent:
        [zone] = places(case, root, "HostedZoneId -> Name")
    if kind.text != "CNAME" or name.is_absent or name.is_open or zone.is_absent or zone.is_open:
        return
    if name.text.lower().rstrip(".") == zone.text.lower().rstrip("."):
        yield Broken(name, f"{name.text} is the name of the hosted zone")


CHECKS: Mapping[str, Check] = {
    "collection-encryption-policy": collection_encryption_policy,
    "migration-role": migration_role,
    "mount-targets-in-one-zone": mount_targets_in_one_zone,
    "recorder-missing": recorder_missing,
    "state-machine-definition": state_machine_definition,
    "apex-cname": apex_cname,
    "duplicate-acl-numbers": duplicate_acl_numbers,
    "alarm-period": alarm_period,
    "alarm-range": alarm_range,
    "one-returned-metric": one_returned_metric,
    "replica-in-own-region": replica_in_own_region,
    "after-any-recorder": after_any_recorder,
    "backup-cold-storage": backup_cold_storage,
    "bucket-policy-resources": bucket_policy_resources,
    "beanstalk-role-arn": beanstalk_role_arn,
    "channel-after-recorder": channel_after_recorder,
    "rolling-update": rolling_update,
    "database-parameter-family": database_parameter_family,
    "duplicate-priorities": duplicate_priorities,
    "key-administrator": key_administrator,
    "lifecycle-order": lifecycle_order,
    "load-balancer-log-policy": load_balancer_log_policy,
    "overlapping-windows": overlapping_windows,
    "overlapping-subnets": overlapping_subnets,
    "subnet-outside-network": subnet_outside_network,
    "unused-key-attributes": unused_key_attributes,
}
