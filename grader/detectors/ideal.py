"""The ideal comparison: what the task's ideal answer has or does otherwise, and the prompt asks for, as a detector.

A difference is told apart by what it is about (`told`), and becomes a finding of the rule that stands for
`ideal:<what it is about>`. Differences that no rule stands for are `grade diff`'s, not failures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.case import Case
from grader.case.prompt import PROMPT, Asked, mentioned
from grader.catalogue import Catalogue
from grader.diff import Change, Difference, Entry
from grader.model import Finding, Located, Location
from grader.support.text import one_line
from grader.template import NAME_PROPERTIES

NAME = "ideal"
VERSION = "1"


def version() -> str:
    """Return the version of the comparison."""
    return VERSION


def detect(case: Case, catalogue: Catalogue, difference: Difference | None = None) -> Iterator[Finding]:
    """Yield what the ideal answer shows about the response; nothing where no ideal answer is available."""
    if difference is None:
        return
    for entry in difference.entries:
        for one in _told(case, difference, entry):
            rule = catalogue.of(NAME, one.topic)
            if rule is not None:
                yield Finding(rule=rule.id, detector=NAME, location=one.location, message=one.message, facts=one.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdealMismatch(Located):
    """A difference from the ideal answer that a rule may stand for, and its topic."""

    topic: str


def _told(case: Case, difference: Difference, entry: Entry) -> Iterator[IdealMismatch]:
    if entry.section == "Resources" and entry.status == "missing":
        yield from _missing(case, difference, entry)
    if entry.section == "Resources" and entry.status == "changed" and difference.is_related:
        yield from (told for told in _changed(case, entry) if difference.is_revision or told.topic in _GRAVE)
    if not difference.is_revision:
        return
    if entry.section == "Parameters":
        yield from _parameter(case, entry)
    elif entry.section == "Outputs" and entry.status == "missing":
        yield from _output(case, difference, entry)


# Two designs of their own differ in anything; of that, only these tell of a failure.
_GRAVE = frozenset(
    (
        "encryption key-policy public-access open-security-group deletion-protection reserved-concurrency name-suffix unique-name "
        "engine engine-version runtime secret rotation global-database replication missing-dlq"
    ).split()
)

# What a resource that is missing is about. Types that nobody asks for by name (attachments, profiles) are left out.
_MISSING: tuple[tuple[str, str], ...] = (
    (r"Lambda::Permission$", "missing-permission"),
    (r"CloudWatch::(Alarm|CompositeAlarm|Dashboard|AnomalyDetector)$|Logs::MetricFilter$", "missing-monitoring"),
    (r"Logs::LogGroup$|EC2::FlowLog$", "missing-logging"),
    (r"EC2::(Route|RouteTable|SubnetRouteTableAssociation)$", "missing-route"),
    (
        r"EC2::(VPC|Subnet|NatGateway|InternetGateway|VPCEndpoint|VPCPeeringConnection|TransitGateway\w*|NetworkAcl\w*)$",
        "missing-network",
    ),
    (r"SecretsManager::RotationSchedule$", "missing-rotation"),
    (r"::Backup::", "missing-backup"),
    (r"EC2::(EIP|VPCGatewayAttachment)$|IAM::InstanceProfile$|::CloudFormation::|^Custom::|KMS::Alias$|Metadata", ""),
    (r"", "missing-resource"),
)


# Types that do one thing in different ways: one of them stands for the others.
_ALIKE = (
    r"AWS::DynamoDB::(Global)?Table$|AWS::Serverless::SimpleTable$",
    r"AWS::(Lambda|Serverless)::Function$",
    r"AWS::(ApiGateway::RestApi|ApiGatewayV2::Api|Serverless::(Http)?Api)$",
    r"AWS::(Events::Rule|Scheduler::Schedule|Pipes::Pipe)$",
    r"AWS::IAM::(Role)?Policy$|AWS::IAM::ManagedPolicy$",
    r"AWS::RDS::DB(Cluster|Instance)$",
    r"AWS::ElastiCache::(ReplicationGroup|CacheCluster|ServerlessCache)$",
    r"AWS::EC2::(LaunchTemplate|Instance)$|AWS::AutoScaling::LaunchConfiguration$",
    r"AWS::(StepFunctions|Serverless)::StateMachine$",
    r"AWS::EC2::SecurityGroup(In|E)gress$",
    r"AWS::(Route53::RecordSet(Group)?)$",
)


def _missing(case: Case, difference: Difference, entry: Entry) -> Iterator[IdealMismatch]:
    about = next(name for pattern, name in _MISSING if re.search(pattern, entry.type))
    place, line = entry.right, mentioned(case, entry.type)
    count = len(difference.left.by_type.get(entry.type, ()))
    if not about or place is None or line is None or (count and not difference.is_revision):
        return
    family = next((pattern for pattern in _ALIKE if re.match(pattern, entry.type)), None)
    if family and any(name != entry.type and re.match(family, name) for name in difference.left.by_type):
        return
    if about == "missing-resource" and entry.type == "AWS::SQS::Queue" and re.search("dlq|dead", place.name, re.I):
        about = "missing-dlq"
    if about == "missing-monitoring" and entry.type.endswith("Alarm") and not _has_alarms(difference):
        about = "missing-alarm"
    if about == "missing-resource" and count:
        about = "too-few-resources"
    has = "has none" if not count else f"has {count}, and none of them does what it does"
    message = f"the ideal answer has {place.name} ({entry.type}); the response {has}"
    facts = _asked(line, entry.type) | {"ideal_file": place.file, "ideal_name": place.name}
    yield IdealMismatch(
        topic=about, location=Location(file=PROMPT, line=line.line, type=entry.type), message=message, facts=facts
    )


def _has_alarms(difference: Difference) -> bool:
    return any(name.startswith("AWS::CloudWatch::") and name.endswith("Alarm") for name in difference.left.by_type)


def _asked(line: Asked, type: str) -> dict[str, str]:
    return {"asked": one_line(line.text.strip(" -*#>\t"), 160), "type": type}


Test = Callable[[str | None, str | None], bool]


def _adds(left: str | None, right: str | None) -> bool:
    return (
        right is not None and right != "false" and (left is None or left in ("false", "Disabled", "NONE", "[]", "{}"))
    )


def _drops(left: str | None, right: str | None) -> bool:
    return left is not None and left not in ("false", "[]") and (right is None or right in ("false", "[]"))


def _differs(left: str | None, right: str | None) -> bool:
    return left is not None and right is not None


def _falls_behind(left: str | None, right: str | None) -> bool:
    """Whether a runtime is an older one of the same language, or of another."""
    ours, theirs = (re.match(r"([a-z]+)([\d.]+)", text or "") for text in (left, right))
    if ours is None or theirs is None or ours.group(1) != theirs.group(1):
        return _differs(left, right)
    one, two = (tuple(int(part) for part in match.group(2).split(".") if part) for match in (ours, theirs))
    return one < two


def _keeps(left: str | None, right: str | None) -> bool:
    return left in ("Retain", "Snapshot", "RetainExceptOnCreate") and right in (None, "Delete")


def _closes(left: str | None, right: str | None) -> bool:
    return "0.0.0.0/0" in (left or "") and "0.0.0.0/0" not in (right or "")


def _allows(left: str | None, right: str | None) -> bool:
    return left is None and re.fullmatch(r"[a-z0-9-]+:[A-Za-z*]+", right or "") is not None


def _reveals(left: str | None, right: str | None) -> bool:
    return left is not None and "resolve:" not in left and (right is None or "resolve:" in right)


def _any(left: str | None, right: str | None) -> bool:
    return True


# What a property that differs is about: its path (places in lists are `[]`), and how it differs.
_CHANGED: tuple[tuple[str, Test, str], ...] = (
    (r"^(DeletionPolicy|UpdateReplacePolicy)$", _keeps, "retain-policy"),
    (r"^(DeletionPolicy|UpdateReplacePolicy)$", _adds, "missing-deletion-policy"),
    (r"DeletionProtection(Enabled)?$", _drops, "deletion-protection"),
    (r"^DependsOn", _drops, "redundant-depends-on"),
    (r"^DependsOn", _adds, "missing-depends-on"),
    (r"\.EngineVersion$", _any, "engine-version"),
    (r"\.Engine$", _differs, "engine"),
    (r"\.Runtime$", _falls_behind, "runtime"),
    (r"\.ReservedConcurrentExecutions$", _any, "reserved-concurrency"),
    (r"\.KeyPolicy\b.*", lambda left, right: "amazonaws.com" in (right or "") and right != left, "key-policy"),
    (r"\.(TransitEncryption\w*|AuthToken|AtRestEncryption\w*)$", _any, "encryption"),
    (
        r"\.(Kms\w*|KMS\w*|SSE\w*|Encrypt\w*|BucketEncryption|StorageEncrypted|\w*Encryption\w*)(\.|$)",
        lambda left, right: _adds(left, right) or "aws:kms" in (right or ""),
        "encryption",
    ),
    (r"\.EnableKeyRotation$", _adds, "encryption"),
    (r"\.PublicAccessBlockConfiguration", _adds, "public-access"),
    (r"\.(PubliclyAccessible|MapPublicIpOnLaunch)$", _drops, "public-access"),
    (r"\.SecurityGroup(In|E)gress.*|\.CidrIp$", _closes, "open-security-group"),
    (
        r"\.(BackupRetentionPeriod|PreferredBackupWindow|PointInTimeRecovery\w*|BackupPolicy|SnapshotRetentionLimit)\b",
        _adds,
        "backup",
    ),
    (r"\.(VersioningConfiguration)\b", _adds, "backup"),
    (
        r"\.(LoggingConfiguration|AccessLogSetting|EnableCloudwatchLogsExports|LoggingLevel|LogConfiguration|AccessLoggingPolicy)\b",
        _adds,
        "logging",
    ),
    (
        r"\.(MonitoringInterval|EnablePerformanceInsights|TracingConfig|TracingEnabled|ClusterSettings|MetricsEnabled)\b",
        _adds,
        "monitoring",
    ),
    (r"\.(DashboardBody)", _differs, "dashboard"),
    (r"\.(HealthCheck\w*|HealthyThreshold\w*|UnhealthyThreshold\w*|Matcher)\b", _any, "health-check"),
    (r"\.ReplicationConfiguration", _drops, "replication"),
    (r"\.(GlobalClusterIdentifier|SourceRegion|BacktrackWindow)$", _any, "global-database"),
    (r"\.(RedrivePolicy|DeadLetterConfig|OnFailure)\b", _adds, "missing-dlq"),
    (
        r"\.ManagedPolicyArns.*",
        lambda left, right: "FullAccess" in (left or "") or "Administrator" in (left or ""),
        "broad-permission",
    ),
    (
        r"\.Statement\b.*\.(Action|Resource)\b",
        lambda left, right: left == "*" or (left or "").endswith(":*"),
        "broad-permission",
    ),
    (r"\.(Policies|PolicyDocument)\b.*", _allows, "missing-action"),
    (
        r"\.AvailabilityZone$",
        lambda left, right: re.fullmatch(r"[a-z]+-[a-z]+-\d[a-z]", left or "") is not None,
        "hardcoded-zone",
    ),
    (r"\.ImageId$", lambda left, right: (left or "").startswith("ami-"), "hardcoded-image"),
    (r"\.(MasterUserPassword|AuthToken)$", _reveals, "secret"),
    (r"\.(RotationLambdaARN|RotationRules\b.*|HostedRotationLambda\b.*)$", _any, "rotation"),
    (r"\.Tags$", _adds, "tags"),
    (r"\.(Code\.ZipFile|InlineCode)$", _differs, "code"),
)
# Of these an account has few; the ideal answer that creates one only sometimes met the quota.
_BOUNDED = r"EC2::(VPC|VPCEndpoint|EIP|NatGateway|InternetGateway)$|CloudTrail::Trail$|GuardDuty::|Config::"
_ENVIRONMENT = re.compile(r"(?:^|[-_/ ])(prod|production|dev|development|staging|stage|test|qa|uat)(?:$|[-_/ ])", re.I)
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)\}")
_SUFFIX = re.compile(r"env|suffix|stage", re.I)


def _changed(case: Case, entry: Entry) -> Iterator[IdealMismatch]:
    for change in entry.changes:
        about = _about(case, entry, change)
        if about and entry.left:
            left, right = change.left, change.right
            message = _says(change)
            facts = {"value": left or "nothing", "needed": right or "nothing", "says": message}
            path = change.path
            yield IdealMismatch(
                topic=about,
                location=Location(
                    file=entry.left.file, line=change.left_line, resource=entry.left.name, type=entry.type, path=path
                ),
                message=message,
                facts=facts,
            )


def _says(change: Change) -> str:
    place = change.path.removeprefix("Properties.")
    left = "is not set" if change.left is None else f"is {one_line(change.left, 100)}"
    right = "does not set it" if change.right is None else f"has {one_line(change.right, 100)}"
    return f"{place} {left}; the ideal answer {right}"


def _about(case: Case, entry: Entry, change: Change) -> str:
    path = re.sub(r"\.\d+(?=\.|$)", "[]", change.path)
    if path == "Condition" and change.left is None and re.search(_BOUNDED, entry.type):
        return "quota"
    if path == "Properties." + NAME_PROPERTIES.get(entry.type, "?") or re.search(
        r"Properties\.(Name|\w+Name|\w+Identifier)$", path
    ):
        return _about_name(change)
    if re.search(r"\.Tags\[\](\.Value)?$", path):
        literal = change.left and _ENVIRONMENT.search(change.left) and "${" not in change.left
        return "environment-value" if literal and "${" in (change.right or "") else ""
    for pattern, test, about in _CHANGED:
        if re.search(pattern, path) and test(change.left, change.right):
            return about
    return _about_value(case, change)


def _about_name(change: Change) -> str:
    """What a name that differs is about: the suffix that the ideal's name has, or a name where the ideal has none."""
    left, right = change.left or "", change.right
    if right is None:
        return "fixed-name"
    gained = {name for name in _VARIABLE.findall(right) if name not in _VARIABLE.findall(left)}
    if any(_SUFFIX.search(name) for name in gained):
        return "name-suffix"
    return "unique-name" if "${AWS::AccountId}" in right and "${AWS::AccountId}" not in left else ""


def _about_value(case: Case, change: Change) -> str:
    """A number that the prompt names, that the ideal has and the response does not."""
    left, right = change.left, change.right
    if left is None or right is None or not right.isdigit() or len(right) < 2 or left == right:
        return ""
    wanted = re.search(rf"(?<![\w.]){re.escape(right)}(?![\w.]*\w)", case.prompt) is not None
    given = re.search(rf"(?<![\w.]){re.escape(left)}(?![\w.]*\w)", case.prompt) is not None
    return "asked-value" if wanted and not given else ""


def _parameter(case: Case, entry: Entry) -> Iterator[IdealMismatch]:
    left, right = entry.left, entry.right
    if entry.status == "missing" and right and re.search(r"environment_?suffix|^envsuffix$|^suffix$", right.name, re.I):
        line = mentioned(case, "AWS::Environment::Suffix")
        if line:
            message = f"the ideal answer has a parameter {right.name}; the response has none of its kind"
            yield IdealMismatch(
                topic="name-suffix",
                location=Location(file=PROMPT, line=line.line),
                message=message,
                facts=_asked(line, ""),
            )
    if entry.status == "extra" and left and re.search("password|secret", left.name, re.I):
        message = "passes a secret through a parameter; the ideal answer does without"
        facts = {"parameter": left.name, "value": left.name, "says": message}
        yield IdealMismatch(
            topic="secret",
            location=Location(file=left.file, line=left.line, resource=left.name, path=f"Parameters.{left.name}"),
            message=message,
            facts=facts,
        )
    for change in entry.changes:
        about = {"Default": "parameter-default", "AllowedPattern": "parameter-pattern"}.get(change.path, "")
        if about == "parameter-default" and change.left is not None:
            about = ""
        if about and left:
            message = _says(change)
            facts = {
                "parameter": left.name,
                "value": change.left or "nothing",
                "example": change.right or "nothing",
                "says": message,
            }
            path = f"Parameters.{left.name}.{change.path}"
            yield IdealMismatch(
                topic=about,
                location=Location(file=left.file, line=left.line, resource=left.name, path=path),
                message=message,
                facts=facts,
            )


def _output(case: Case, difference: Difference, entry: Entry) -> Iterator[IdealMismatch]:
    line = mentioned(case, "AWS::Stack::Outputs")
    few = 2 * len(_outputs(difference.left.case)) <= len(_outputs(difference.right.case))
    if line and entry.right and few:
        message = f"the ideal answer puts out {entry.right.name}; the response does not"
        facts = {"asked": one_line(line.text, 160), "type": "", "value": entry.right.name}
        yield IdealMismatch(
            topic="missing-output", location=Location(file=PROMPT, line=line.line), message=message, facts=facts
        )


def _outputs(case: Case) -> list[str]:
    return [name for template in case.templates for name in template.outputs]
