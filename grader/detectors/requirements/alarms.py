"""Judges of monitoring: alarms on metrics, scaling, schedules, subscriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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


def _watching(answer: Answer, demand: Demand) -> list[Built]:
    """Return the alarms that watch one of the metrics of the lexicon's entry."""
    pattern = re.compile(str(demand.check.arguments.get("metric", "")), re.I)
    space = re.compile(str(demand.check.arguments.get("namespace", "")), re.I)
    return [
        one
        for one in answer.exactly("AWS::CloudWatch::Alarm")
        if any(pattern.search(name) for name in metrics_of(one))
        and any(
            space.search(str(name))
            for name in one.values("Namespace") or one.values("Metrics.*.MetricStat.Metric.Namespace") or [""]
        )
    ]


@judge("alarm")
def alarm(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether an alarm watches one of the metrics of the lexicon's entry."""
    alarms = answer.exactly("AWS::CloudWatch::Alarm")
    watching = _watching(answer, demand)
    if watching:
        return met([one.located(f"watches {', '.join(metrics_of(one))}", "MetricName") for one in watching])
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


# What a threshold may be in the unit of its metric: seconds or milliseconds, bytes, a share or a percentage.
_SCALES: Mapping[str, tuple[float, ...]] = {
    "%": (1, 0.01),
    "ms": (1, 0.001),
    "s": (1, 1000),
    "m": (60, 60_000),
    "h": (3600, 3_600_000),
    "d": (86_400,),
    "gb": (1024**3, 10**9, 1024, 1),
    "mb": (1024**2, 10**6, 1),
}


def _scales(unit: str) -> tuple[float, ...]:
    name = (
        "%"
        if unit.startswith("per")
        else "ms"
        if unit.startswith("milli")
        else unit.replace("i", "")
        if "b" in unit
        else unit
    )
    return _SCALES.get(name) or _SCALES.get(name[:1], (1,))


@judge("alarm-at")
def alarm_at(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether an alarm on the metric has the threshold that the prompt gives, and looks at the time that it gives."""
    values, watching = demand.check.values, _watching(answer, demand)
    if not watching:
        return unjudged("no alarm watches the metric")
    number, seconds = float(str(values["number"])), values.get("seconds")
    wanted = [number * scale for scale in _scales(str(values["unit"]))]
    fitting = [one for one in watching if _has_threshold(one, wanted)]
    if any(not _is_plain(one) for one in watching) and not fitting:
        return unjudged("the threshold is known only when the stack is deployed")
    if not fitting:
        one = watching[0]
        return unmet(
            f"{one.name} has the threshold {one.first('Threshold')}",
            [item.located(f"has the threshold {item.first('Threshold')}", "Threshold") for item in watching],
        )
    if not isinstance(seconds, int | float):
        return met([one.located(f"has the threshold {one.first('Threshold')}", "Threshold") for one in fitting])
    spans = [(one, _span(one)) for one in fitting]
    if any(span is None or seconds in span for _, span in spans):
        good = [one for one, span in spans if span and seconds in span]
        return (
            met([one.located("has the threshold and the time", "Threshold") for one in good])
            if good
            else unjudged(UNSEEN)
        )
    one, span = spans[0]
    return unmet(
        f"{one.name} looks at {span[-1]} seconds" if span else "",
        [item.located(f"looks at {there[-1]} seconds", "Period") for item, there in spans if there],
    )


def _is_plain(one: Built) -> bool:
    """Whether the threshold of an alarm is a number of one metric, and no formula."""
    return known(one.first("Threshold")) and not one.values("Metrics.*.Expression")


def _has_threshold(one: Built, wanted: Sequence[float]) -> bool:
    """Whether an alarm has one of the thresholds: `more than 3` is also `at least 4`."""
    try:
        there = float(str(one.first("Threshold")))
    except ValueError:
        return False
    operator = str(one.first("ComparisonOperator"))
    step = 1 if operator.startswith("GreaterThanOrEqual") else -1 if operator.startswith("GreaterThanThreshold") else 0
    return any(abs(there - value) < 1e-6 * max(1, abs(value)) or there == value + step for value in wanted)


def _span(one: Built) -> tuple[float, ...] | None:
    """Return the seconds of one period and of all periods that an alarm looks at, None where they are not known."""
    period = one.first("Period") or one.first("Metrics.*.MetricStat.Period")
    count, points = one.first("EvaluationPeriods"), one.first("DatapointsToAlarm")
    try:
        length = float(str(period))
        return tuple(int(length * float(str(number))) for number in (1, points or count, count))
    except ValueError:
        return None


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


def _schedules(answer: Answer) -> list[tuple[Built, str]]:
    """Return the resources with a schedule that starts something, each with the path of it."""
    rules = [
        (one, "ScheduleExpression") for one in answer.of(("AWS::Events::Rule",)) if one.values("ScheduleExpression")
    ]
    for function in answer.exactly("AWS::Serverless::Function"):
        rules += [
            (function, f"Events.*.Properties.{key}")
            for key in ("Schedule", "ScheduleExpression")
            if function.values(f"Events.*.Properties.{key}")
        ]
    return rules


@judge("schedule")
def schedule(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a schedule runs as often as the prompt says (`seconds`), at the time that it gives (`at`, `day`), or at all."""
    rules = _schedules(answer)
    if not rules:
        return absent(answer, ("AWS::Events::Rule",), "schedule")
    wanted = demand.check.values.get("seconds", demand.check.arguments.get("seconds"))
    at, day = demand.check.values.get("at"), demand.check.values.get("day")
    if wanted is None and at is None:
        return met([one.located("has a schedule", path) for one, path in rules])
    if at and _ZONE.search(demand.check.text):
        return unjudged("the time is not that of UTC")
    found = [(one, path, str(value)) for one, path in rules for value in one.values(path)]
    states = [(one, path, _is_at(text, str(at), day) if at else _is_every(text, wanted)) for one, path, text in found]
    good = [(one, path) for one, path, state in states if state]
    if good:
        return met([one.located("has the schedule", path) for one, path in good])
    if any(state is None for _, _, state in states):
        return unjudged("the schedule is known only when the stack is deployed")
    return unmet(
        f"{found[0][0].name} has the schedule {found[0][2]}",
        [one.located(f"has the schedule {text}", path) for one, path, text in found],
    )


# Other time zones than UTC, in which the schedules of rules are.
# Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
_ZONE = re.compile(
    r"\b(?:C?EST|EDT|[CMP][SD]T|CET|BST|IST|JST|AE[SD]T|SGT|local time|eastern|pacific|central|time ?zone)\b|\b[A-Z][a-z]+/[A-Z][a-z]+\b"
)
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _is_at(expression: str, at: str, day: object) -> bool | None:
    """Whether a schedule runs at a time of the day, and on a day of the week where one is given; None where it is not known."""
    if expression.startswith("rate("):
        return False
    cron = _CRON.fullmatch(expression.strip())
    if cron is None:
        return None
    minute, hour, _, _, week, _ = cron.groups()
    hours, minutes = (int(part) for part in at.split(":"))
    if not is_natural(minute) or not re.fullmatch(r"\d+(,\d+)*", hour):
        return False
    named = re.sub(r"\d", lambda digit: _DAYS[(int(digit.group()) - 1) % 7], week.upper()) if "#" not in week else week
    is_day = day is None or str(day) == named or str(day) in named.split(",")
    return int(minute) == minutes and hours in map(int, hour.split(",")) and is_day


def _is_every(expression: str, seconds: object) -> bool | None:
    period = _period(expression)
    return None if period is None else period == seconds


def _period(expression: str) -> int | None:
    """Return how many seconds there are between two runs of a schedule, None where the text does not give it."""
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
    if re.search(protocol, demand.requirement.quote, re.I) and not own and not inline:
        return unmet("the answer creates no SNS subscription")
    if re.search(protocol, demand.requirement.quote, re.I):
        return unmet(
            f"no topic has an {protocol.upper() if protocol == 'sms' else protocol} subscription",
            [one.located("has no such subscription") for one in answer.exactly("AWS::SNS::Topic")],
        )
    return unjudged("the prompt does not say how the topic is subscribed to")
