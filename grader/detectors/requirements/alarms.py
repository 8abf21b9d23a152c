"""Judges of monitoring: alarms on metrics, scaling, schedules, subscriptions."""

from __future__ import annotations

import re

from grader.detectors.requirements.answer import Answer, Built, known
from grader.detectors.requirements.fields import value_holds
from grader.detectors.requirements.verdict import HIDDEN, UNSEEN, Verdict, absent, judge, met, unjudged, unmet
from grader.support.text import is_natural
from grader.task.reading import Demand

_SCALING = ("AWS::AutoScaling::ScalingPolicy", "AWS::ApplicationAutoScaling::ScalingPolicy")
_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_NO_ALARM = "the answer creates no CloudWatch alarm"
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}


def metrics_of(alarm: Built) -> list[str]:
    """Return the names of the metrics of an alarm."""
    paths = ("MetricName", "Metrics.*.MetricStat.Metric.MetricName", "Metrics.*.Expression")
    return [str(value) for path in paths for value in alarm.values(path)]


@judge("alarm")
def alarm(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether an alarm watches one of the metrics of the lexicon's entry, at the threshold that the prompt gives."""
    arguments, values = demand.check.arguments, demand.check.values
    pattern = re.compile(str(arguments.get("metric", "")), re.I)
    space = re.compile(str(arguments.get("namespace", "")), re.I)
    alarms = answer.exactly("AWS::CloudWatch::Alarm")
    watching = [
        one
        for one in alarms
        if any(pattern.search(name) for name in metrics_of(one))
        and any(
            space.search(str(name))
            for name in one.values("Namespace") or one.values("Metrics.*.MetricStat.Metric.Namespace") or [""]
        )
    ]
    if not watching:
        if answer.is_opaque or any(not known(name) for one in alarms for name in one.values("MetricName")):
            return unjudged("the metric of some alarm is known only when the stack is deployed")
        custom = any(not str(name).startswith("AWS/") for one in alarms for name in one.values("Namespace"))
        if custom and alarms:
            return unjudged("an alarm watches a metric of the answer's own")
        if any(one.type in _ALARMS for one in answer.hidden):
            return unjudged(HIDDEN)
        there = (
            f"the alarms watch {', '.join(sorted({name for one in alarms for name in metrics_of(one)}))[:120]}"
            if alarms
            else _NO_ALARM
        )
        return unmet(there, [one.located("watches another metric", "MetricName") for one in alarms])
    threshold = values.get("percent", values.get("number"))
    if threshold is None:
        return met([one.located(f"watches {', '.join(metrics_of(one))}", "MetricName") for one in watching])
    states = [(one, value_holds(one.values("Threshold"), threshold, {})) for one in watching]
    good = [one for one, (state, _) in states if state]
    if good:
        return met([one.located(f"has the threshold {threshold}", "Threshold") for one in good])
    if any(state is None for _, (state, _) in states):
        return unjudged("the threshold is known only when the stack is deployed")
    one, (_, value) = states[0]
    return unmet(
        f"{one.name} has the threshold {value}",
        [item.located(f"has the threshold {there}", "Threshold") for item, (_, there) in states],
    )


@judge("stage-logging")
def stage_logging(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a stage of an API writes logs."""
    stages = answer.exactly(
        "AWS::ApiGateway::Stage",
        "AWS::ApiGatewayV2::Stage",
        "AWS::Serverless::Api",
        "AWS::Serverless::HttpApi",
        "AWS::ApiGateway::Deployment",
    )
    paths = (
        "AccessLogSetting",
        "AccessLogSettings",
        "MethodSettings.*.LoggingLevel",
        "StageDescription.LoggingLevel",
        "StageDescription.MethodSettings.*.LoggingLevel",
        "StageDescription.AccessLogSetting",
    )
    good = [(one, path) for one in stages for path in paths if any(value != "OFF" for value in one.values(path))]
    if good:
        return met([one.located("writes logs", path) for one, path in good])
    if not stages or answer.is_opaque:
        return unjudged("the answer has no stage of an API")
    return unmet(f"{stages[0].name} has no log settings", [one.located("writes no logs") for one in stages])


# Where services that many prompts mean by `logging for all services` switch their logs on.
_LOGS = {
    "AWS::CloudFront::Distribution": ("DistributionConfig.Logging",),
    "AWS::RDS::DBCluster": ("EnableCloudwatchLogsExports",),
}
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


@judge("logging-everywhere")
def logging_everywhere(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether load balancers, distributions and API stages write logs; open where none of them is there."""
    asked = [(one, path) for type, paths in _LOGS.items() for one in answer.exactly(type) for path in paths]
    silent = [(one, path) for one, path in asked if not one.values(path)]
    balancers = answer.exactly(_BALANCER)
    silent += [
        (one, "LoadBalancerAttributes")
        for one in balancers
        if "access_logs.s3.enabled" not in one.values("LoadBalancerAttributes.*.Key")
    ]
    if answer.is_opaque or not (asked or balancers):
        return unjudged("nothing of the answer is known to write logs")
    if silent:
        return unmet(f"{silent[0][0].name} writes no logs", [item.located("writes no logs", at) for item, at in silent])
    return unjudged("other services may write logs as well")


@judge("alarm-action")
def alarm_action(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the alarms have actions."""
    alarms = answer.exactly(*_ALARMS)
    if not alarms:
        hidden = any(one.type in _ALARMS for one in answer.hidden)
        return unjudged(HIDDEN if hidden else UNSEEN) if hidden or answer.is_opaque else unmet(_NO_ALARM)
    silent = [one for one in alarms if not one.values("AlarmActions")]
    if not silent:
        return met([one.located("has an action", "AlarmActions") for one in alarms])
    if len(silent) < len(alarms):
        return unjudged("some alarms have actions and others have none")
    return unmet(f"{silent[0].name} has no AlarmActions", [one.located("has no action") for one in silent])


@judge("scaling")
def scaling(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether something scales at the value that the prompt gives: a target, or the threshold of a scaling alarm."""
    wanted = demand.check.values.get("percent")
    policies = answer.exactly(*_SCALING)
    targets = [
        (one, path)
        for one in policies
        for path in ("TargetTrackingConfiguration.TargetValue", "TargetTrackingScalingPolicyConfiguration.TargetValue")
        if one.values(path)
    ]
    alarms = [(one, "Threshold") for one in answer.exactly("AWS::CloudWatch::Alarm")]
    states = [(one, path, value_holds(one.values(path), wanted, {})[0]) for one, path in (*targets, *alarms)]
    good = [(one, path) for one, path, state in states if state]
    if good:
        return met([one.located(f"scales at {wanted}", path) for one, path in good])
    if answer.is_opaque or any(state is None for _, _, state in states):
        return unjudged("the value is known only when the stack is deployed")
    if not policies:
        return absent(answer, _SCALING, "scaling policy")
    return unmet(
        f"no scaling policy or alarm has the value {wanted}",
        [one.located(f"does not have the value {wanted}") for one in policies],
    )


@judge("schedule")
def schedule(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a schedule runs as often as the prompt says (`seconds`), or at all."""
    rules = [
        (one, "ScheduleExpression") for one in answer.of(("AWS::Events::Rule",)) if one.values("ScheduleExpression")
    ]
    for function in answer.exactly("AWS::Serverless::Function"):
        rules += [
            (function, f"Events.*.Properties.{key}")
            for key in ("Schedule", "ScheduleExpression")
            if function.values(f"Events.*.Properties.{key}")
        ]
    if not rules:
        return absent(answer, ("AWS::Events::Rule",), "schedule")
    wanted = demand.check.values.get("seconds", demand.check.arguments.get("seconds"))
    if wanted is None:
        return met([one.located("has a schedule", path) for one, path in rules])
    periods = [(one, path, _period(str(value))) for one, path in rules for value in one.values(path)]
    good = [(one, path) for one, path, period in periods if period == wanted]
    if good:
        return met([one.located("has the schedule", path) for one, path in good])
    if any(period is None for _, _, period in periods):
        return unjudged("the schedule is known only when the stack is deployed")
    return unmet(
        f"{periods[0][0].name} has the schedule {periods[0][0].first(periods[0][1])}",
        [one.located(f"has the schedule {one.first(path)}", path) for one, path, _ in periods],
    )


def _period(expression: str) -> int | None:
    """Return how many seconds there are between two runs of a schedule, None where it is not told."""
    rate = re.fullmatch(r"rate\((\d+)\s+(minute|hour|day)s?\)", expression.strip())
    if rate:
        return int(rate.group(1)) * _UNITS[rate.group(2)]
    cron = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", expression.strip())
    if cron is None:
        return None
    minute, hour, day, _, week, _ = cron.groups()
    if step := re.fullmatch(r"(?:0|\*)/(\d+)", minute):
        return int(step.group(1)) * 60
    if is_natural(minute) and (hour_step := re.fullmatch(r"(?:0|\*)/(\d+)", hour)):
        return int(hour_step.group(1)) * 3600
    if is_natural(minute) and hour == "*":
        return 3600
    if is_natural(minute) and is_natural(hour):
        return (
            86400
            if day in "*?" and week in ("*", "?")
            else 7 * 86400
            if week not in ("*", "?") and "-" not in week
            else None
        )
    return None


@judge("subscription")
def subscription(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a topic has a subscription of the entry's protocol."""
    protocol = str(demand.check.arguments.get("protocol", ""))
    own = answer.exactly("AWS::SNS::Subscription")
    inline = answer.inline(("AWS::SNS::Subscription",))
    found = [one for one in own if one.first("Protocol") == protocol]
    found += [one for one in inline if protocol in one.values("Subscription.*.Protocol")]
    if found:
        return met([one.located(f"subscribes by {protocol}") for one in found])
    if answer.is_opaque or any(not known(one.first("Protocol")) for one in own):
        return unjudged(UNSEEN)
    if any(one.type == "AWS::SNS::Subscription" for one in answer.hidden):
        return unjudged("the subscription is created under a condition")
    if re.search("email", demand.requirement.quote, re.I):
        return unmet(
            "no topic has an email subscription",
            [one.located("has no such subscription") for one in answer.exactly("AWS::SNS::Topic")],
        )
    return unjudged("the prompt does not say how the topic is subscribed to")
