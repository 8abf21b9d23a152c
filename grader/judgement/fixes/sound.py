"""Whether lines that a fix adds work in the answer: what they name is there, and what they add serves what the prompt asks for."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from grader.case import Case
from grader.model import Action, Edit
from grader.support.text import one_line
from grader.task.reading import Demand
from grader.template import SUB_VARIABLE, Template, plain

_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources")
_SECRET = re.compile(r"\{\{resolve:(?:secretsmanager|ssm|ssm-secure):(?!/aws/)(?!\$\{\w+\})[^}]+")
_NOTIFIES = r"\bnotif\w+|\bSNS\b|\be-?mail|\balert(s|ed|ing)?\b|\bsend\w* alarms?\b"
_ROLE = "AWS::IAM::Role"
_ALARM = "AWS::CloudWatch::Alarm"
_TOPIC = "AWS::SNS::Topic"
# What prompts call the principals of roles, where it is not the first part of the principal's name.
_PRINCIPALS = {
    "apigateway": r"\bAPI\b",
    "ec2": r"\bEC2|\binstances?\b|\bservers?\b",
    "ecs-tasks": r"\bECS|\btasks?\b|fargate|\bcontainers?\b",
    "events": r"event ?bridge|\bevents?\b",
    "monitoring": r"\benhanced monitoring|\bmonitoring role",
    "s3": r"\bS3|replicat",
    "states": r"step functions?|state machine",
    "vpc-flow-logs": r"flow ?logs?",
}
# What an alarm is for: words behind it, `alarms for high CPU`, or before it, `CPU alarms`.
_PURPOSE = re.compile(
    r"\b(?:alarms?|alerts?|alerting|monitor\w*)\b[^.;]{0,30}?\b(?:for|on|when|if|of|to monitor|monitoring)\b([^.;]+)",
    re.I,
)
_BESIDE = re.compile(r"([\w/-]+) (?:alarms?|alerts?)\b", re.I)
_GENERAL = frozenset(
    "all the key critical important main these this each every aws and or a an with metric metrics resource resources "
    "service services cloudwatch basic set up create configure include sns appropriate".split()
)
# Buckets that are named by their ARNs, in literal words.
_BUCKET = re.compile(r"\barn:[\w${}:-]{0,40}:s3:::([a-z0-9][a-z0-9.-]{3,})")
_WHOLE = re.compile(r"\b(all|every|key metrics|each)\b", re.I)


def names_in(value: object) -> Iterator[str]:
    """Yield the resources, parameters, conditions and mappings that a plain value names."""
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)
    if not isinstance(value, dict):
        return
    for key, part in value.items():
        first = part[0] if isinstance(part, list) and part else part
        if key in ("Ref", "Condition", "Fn::GetAtt", "Fn::If", "Fn::FindInMap") and isinstance(first, str):
            yield first.split(".")[0] if key == "Fn::GetAtt" else first
        elif key == "DependsOn":
            yield from (str(one) for one in (part if isinstance(part, list) else [part]))
        elif key == "Fn::Sub" and isinstance(first, str):
            own = part[1] if isinstance(part, list) and len(part) > 1 and isinstance(part[1], dict) else {}
            found = (match.group(1).strip().split(".")[0] for match in SUB_VARIABLE.finditer(first))
            yield from (one for one in found if one not in own and not one.startswith("!"))
        yield from names_in(part)


def unresolved(value: object, template: Template, added: Container[str]) -> list[str]:
    """Return the names in a value that neither a template nor what is added to it defines."""
    names = (one for one in names_in(value) if not one.startswith("AWS::") and one not in added)
    return [one for one in names if not any(one in template.section(section).values for section in _SECTIONS)]


def is_outside(value: object, text: str) -> bool:
    """Return whether a value names a secret, a parameter of Systems Manager or a bucket that the text of templates does not."""
    return any(found not in text for form in (_SECRET, _BUCKET) for found in form.findall(str(value)))


def is_sound(case: Case, edits: Sequence[Edit], demands: Sequence[Demand]) -> bool:
    """Return whether edits that meet demands need nothing that is missing: a metric, a secret, a bucket, a topic that is notified.

    A resource that is added beside one of the answer, such as a second topic, is not sound either.
    """
    text = "\n".join(template.text for template in case.templates)
    new = _new(edits)
    if any(is_outside(edit.value, text) for edit in edits):
        return False
    dashboards = [str(one) for one in new.values() if one.get("Type") == "AWS::CloudWatch::Dashboard"]
    is_whole = any(_WHOLE.search(demand.requirement.quote) for demand in demands)
    if is_whole and any(len(set(re.findall(r"AWS/\w+", one))) < 2 for one in dashboards):
        return False  # one service is not all that the dashboard has to show
    topics = [one for one, _ in case.resources(_TOPIC)]
    adds_topic = any(one.get("Type") == _TOPIC for one in new.values())
    if topics and adds_topic and not any(_TOPIC in demand.requirement.types for demand in demands):
        return False
    alarms = [one for one in new.values() if one.get("Type") == _ALARM]
    return all(_works(case, alarm, new) for alarm in alarms)


def _new(edits: Sequence[Edit]) -> dict[str, Mapping[str, object]]:
    added = (one for one in edits if one.action is Action.SET and len(one.path) == 2 and one.path[0] == "Resources")
    return {str(one.path[1]): one.value for one in added if isinstance(one.value, dict)}


def _works(case: Case, alarm: Mapping[str, object], new: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether an alarm watches a metric that is published, and notifies somebody where the prompt asks for that."""
    properties = alarm.get("Properties")
    values = properties if isinstance(properties, dict) else {}
    if not values.get("AlarmActions") and case.request.orders(_NOTIFIES):
        return False
    if values.get("MetricName") == "ReplicaLag" and not _is_replica(case, values.get("Dimensions")):
        return False
    namespace = str(values.get("Namespace", "AWS/"))
    if (
        namespace.startswith(("AWS/", "ECS/ContainerInsights", "ContainerInsights", "LambdaInsights"))
        or "Metrics" in values
    ):
        return True
    metric = repr(values.get("MetricName"))
    filters = [str(plain(one.properties)) for _, one in case.resources("AWS::Logs::MetricFilter")]
    filters += [str(one) for one in new.values() if one.get("Type") == "AWS::Logs::MetricFilter"]
    return any(f"'MetricName': {metric}" in one for one in filters)


def _is_replica(case: Case, dimensions: object) -> bool:
    """Whether the database of dimensions is a read replica, which alone publishes its lag.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """
    names = set(names_in(dimensions))
    return any(
        one.name in names and one.get("SourceDBInstanceIdentifier") is not None
        for _, one in case.resources("AWS::RDS::DBInstance")
    )


def serves(demand: Demand, value: Mapping[str, object]) -> bool:
    """Return whether a resource has the purpose of a demand: a role its principal, an alarm its metric."""
    kind, properties = value.get("Type"), value.get("Properties")
    text = f"{demand.requirement.quote} {demand.requirement.title}"
    if not isinstance(properties, Mapping):
        return True
    if kind == _ROLE:
        found = re.findall(
            r"\b([a-z][\w-]*)(?:\.[\w-]+)*\.amazonaws\.com", str(properties.get("AssumeRolePolicyDocument"))
        )
        return any(re.search(_PRINCIPALS.get(one, rf"\b{one}"), text, re.I) for one in found)
    if kind == _ALARM and not demand.check.arguments.get("metric"):
        return _is_about(
            one_line(demand.requirement.quote, 1000), f"{properties.get('Namespace')} {properties.get('MetricName')}"
        )
    return True


def _is_about(quote: str, metric: str) -> bool:
    """Whether a metric is what a sentence wants an alarm for; true where it does not say for what."""
    found = [match[1] for form in (_PURPOSE, _BESIDE) for match in form.finditer(quote)]
    wanted = [one for one in found if not _GENERAL.issuperset(re.findall(r"\w+", one.lower()))]
    if not wanted:
        return True
    have = {word[:4].lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", metric) if len(word) > 2} - {"aws"}
    words = {word[:4].lower() for one in wanted for word in re.findall(r"[A-Za-z]{3,}", one)}
    return bool(have & words)
