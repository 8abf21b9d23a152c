"""Checks of monitoring, configuration, scaling and what an account needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts import state_machines
from grader.facts.checks.base import Broken, Check, unordered, waits_for
from grader.facts.places import Place, places, target_of
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.template import as_text


def after_any_recorder(case: Case, root: Place) -> Iterator[Broken]:
    """Report a Config rule that does not wait for the recorder of its template."""
    scope = case.scopes[root.template.file]
    recorders = [
        one for one in root.template.of_type("AWS::Config::ConfigurationRecorder") if scope.exists(one) is not False
    ]
    if recorders and not any(waits_for(case, root, recorder.name) for recorder in recorders):
        yield unordered(root, recorders[0].name)


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


def state_machine_definition(case: Case, root: Place) -> Iterator[Broken]:
    """Report what keeps the definition of a state machine from being accepted (see grader.facts.state_machines)."""
    for place, detail in state_machines.faults(case, root):
        yield Broken(place, detail)


def log_group_suffix(case: Case, root: Place) -> Iterator[Broken]:
    """Report a log group of a state machine whose ARN does not end with `:*`, the suffix that Fn::GetAtt gives."""
    path = "LoggingConfiguration.Destinations.*.CloudWatchLogsLogGroup.LogGroupArn"
    for place in places(case, root, path):
        named = re.search(r"\$\{(\w+)\}$", place.text) if not place.is_absent else None
        group = place.template.resources.get(named[1]) if named else None
        is_plain = not place.is_absent and not place.text.endswith(("}", ":*"))
        if place.text.startswith("arn:") and (is_plain or (group is not None and group.type == "AWS::Logs::LogGroup")):
            yield Broken(place, f"the ARN of the log group is {code(place.text)}")


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
    if is_here and not any(waits_for(case, root, one.name) for _, one in found):
        yield unordered(root, found[0][1].name)


def migration_role(case: Case, root: Place) -> Iterator[Broken]:
    """Report a replication subnet group without the role dms-vpc-role: Medium where a document or the prompt names the role."""
    name = "dms-vpc-role"
    for template, role in case.resources("AWS::IAM::Role"):
        if case.scopes[template.file].text(role.get("RoleName")) == name:
            if template.file == root.template.file and not waits_for(case, root, role.name):
                yield unordered(root, role.name)
            return
    is_named = case.documented(name) or name in case.prompt
    yield Broken(root, f"no template creates the role {name}", "Medium" if is_named else "")


def search_service_role(case: Case, root: Place) -> Iterator[Broken]:
    """Report the first domain in a VPC without the service-linked role: Medium where a document or the prompt speaks of it."""
    services = ("es.amazonaws.com", "opensearchservice.amazonaws.com")
    for template, role in case.resources("AWS::IAM::ServiceLinkedRole"):
        if case.scopes[template.file].text(role.get("AWSServiceName")) in services:
            if template.file == root.template.file and not waits_for(case, root, role.name):
                yield unordered(root, role.name)
            return
    said = r"service-linked role|AWSServiceRoleFor"
    is_named = case.documented(said) or re.search(said, case.prompt, re.I) is not None
    [options] = places(case, root, "VPCOptions")
    yield Broken(
        options, "no template creates the service-linked role of OpenSearch Service", "Medium" if is_named else ""
    )


def channel_after_recorder(case: Case, root: Place) -> Iterator[Broken]:
    """Report a delivery channel that waits for the recorder, which waits for a channel."""
    for recorder in root.template.of_type("AWS::Config::ConfigurationRecorder"):
        if waits_for(case, root, recorder.name):
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
        yield Broken(root, f"MinInstancesInService is {code(least)} and MaxSize is {code(most.text)}")


def beanstalk_role_arn(case: Case, root: Place) -> Iterator[Broken]:
    """Report a service role that is the name of a role."""
    [place] = places(case, root, "ResourceLifecycleConfig.ServiceRole")
    role = target_of(case, place)
    if (role is not None and ".Arn" not in place.text) or (not place.is_open and not place.text.startswith("arn:")):
        yield Broken(place, f"ServiceRole is {'the name of ' + role.name if role else code(place.text)}")


_MINUTE, _HOUR, _WEEK_SECONDS, _DAY_SECONDS = 60, 3600, 7 * 86400, 86400


def alarm_period(case: Case, root: Place) -> Iterator[Broken]:
    """Report a period that is neither 10, 20 or 30 nor a multiple of 60, and short periods of AWS's own metrics."""
    [period] = places(case, root, "Period")
    [namespace] = places(case, root, "Namespace")
    if not is_natural(period.text) or int(period.text) % _MINUTE == 0:
        return
    if int(period.text) not in (10, 20, 30):
        yield Broken(period, f"`Period` is {code(period.text)}")
    elif namespace.text.startswith("AWS/"):
        yield Broken(period, f"`Period` is {code(period.text)} and `Namespace` is {code(namespace.text)}")


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


CHECKS: Mapping[str, Check] = {
    "log-group-suffix": log_group_suffix,
    "after-any-recorder": after_any_recorder,
    "alarm-period": alarm_period,
    "alarm-range": alarm_range,
    "beanstalk-role-arn": beanstalk_role_arn,
    "channel-after-recorder": channel_after_recorder,
    "collection-encryption-policy": collection_encryption_policy,
    "migration-role": migration_role,
    "one-returned-metric": one_returned_metric,
    "recorder-missing": recorder_missing,
    "rolling-update": rolling_update,
    "search-service-role": search_service_role,
    "state-machine-definition": state_machine_definition,
}
