"""Judges of code and of what works without a resource of its own: tests, error handling, services, metrics."""

from __future__ import annotations

import re

from grader.bundle import Kind
from grader.case.inline_code import inline_functions
from grader.detectors.requirements.answer import Answer
from grader.detectors.requirements.fields import fields
from grader.detectors.requirements.verdict import UNSEEN, Verdict, judge, met, unjudged, unmet
from grader.model import Located, Location, RequirementStanding
from grader.task.reading import Demand

# The last versions that AWS has deprecated, by the family of the runtime.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_DEPRECATED = {"nodejs": (20,), "python": (3, 10)}
_TEST_FILE = re.compile(r"(^|[/_.-])(tests?|spec)([/_.-]|$)", re.I)
_TEST_CODE = re.compile(
    r"^\s*(?:def \w+\(|import \w|from \w+ import|exports\.|module\.exports|const \w+ = require|"
    r"export (?:const|async|default)|func \w+\(|public class)",
    re.M,
)
_HANDLES = re.compile(r"\btry\s*:|\btry\s*\{|\.catch\(|\brescue\b")
_METRICS = re.compile(
    r"PutMetricData|put_metric_data|AWS::Logs::MetricFilter|MetricTransformations|_aws|cloudwatch-?agent|embedded.?metric|powertools",
    re.I,
)


@judge("tests")
def tests(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the answer has tests."""
    for file in answer.case.bundle.files:
        if file.kind is not Kind.TEMPLATE and (_TEST_FILE.search(file.name) or _TEST_CODE.search(file.text)):
            return met([Located(location=Location(file=file.name, line=1), message="has tests")])
    is_unseen = any(
        not one.line for one in answer.case.bundle.omitted
    )  # files that were not read; blocks are not tests
    return unjudged(UNSEEN) if is_unseen else unmet(f"the answer has no {demand.requirement.title}")


@judge("runtime")
def runtime(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether functions have the runtime that is asked for; a later version of one that AWS has deprecated is not unmet."""
    verdict = fields(answer, demand)
    if verdict.standing is not RequirementStanding.UNMET:
        return verdict
    family = str(demand.check.arguments.get("family"))
    asked = _version(str(demand.check.values.get("version", "")))
    there = [str(one.first("Runtime")) for one in answer.of(demand.check.subjects[0])]
    later = [value for value in there if value.startswith(family) and _version(value.removeprefix(family)) > asked]
    if asked <= _DEPRECATED.get(family, ()) and later and len(later) == len(there):
        return unjudged(f"AWS has deprecated the version, and the functions have {later[0]}")
    return verdict


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


@judge("error-handling")
def error_handling(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the functions' code in the templates handles errors; open where some code is elsewhere."""
    codes = [one for one in inline_functions(answer.case) if one.scope.exists(one.function) is not False]
    visible = [(answer.at(one.template, one.function), one) for one in codes if one.is_python or one.is_javascript]
    without = [(built, one) for built, one in visible if not _HANDLES.search(one.text)]
    if visible and not without:
        return met([built.located("handles errors", one.path) for built, one in visible])
    functions = answer.of(("AWS::Lambda::Function",))
    if not functions or answer.is_opaque or len(without) < len(functions):
        return unjudged("the code of some function is not in the templates, or handles errors")
    built = without[0][0]
    return unmet(
        f"the code of {built.name} handles no error",
        [one.located("handles no error", code.path) for one, code in without],
    )


_IN_IMAGE = re.compile(r"\b(containers?|docker|images?)\b", re.I)
_CODE = re.compile(
    r"^\s*(?:def \w+\(|import \w|from \w+ import|exports\.|module\.exports|const \w+ = require|"
    r"export (?:const|async|default)|func \w+\(|public class)",
    re.M,
)


@judge("code-delivered")
def code_delivered(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the answer has code at all: a file of it, or the code of a function in a template."""
    bundle = answer.case.bundle
    inline = [one for one in inline_functions(answer.case) if one.text.strip()]
    if inline:
        one = inline[0]
        return met([answer.at(one.template, one.function).located("has code", one.path)])
    for file in bundle.files:
        if file.kind is Kind.CODE or (file.kind not in (Kind.TEMPLATE, Kind.PARAMETERS) and _CODE.search(file.text)):
            return met([Located(location=Location(file=file.name, line=1), message="has code")])
    is_open = answer.is_opaque and not _IN_IMAGE.search(demand.check.text)  # no template holds the code of an image
    if bundle.omitted or is_open or any(_CODE.search(file.text) for file in bundle.files):
        return unjudged(UNSEEN)
    return unmet("neither a file nor a template of the answer has code of a function")


@judge("service-used")
def service_used(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether templates use a service that has no resource of its own: by actions, code or principals."""
    service = str(demand.check.values.get("service", ""))
    pattern = re.compile(rf"(?<![a-z]){re.escape(service)}(?![a-z])", re.I)
    for template in answer.case.templates:
        for _, node, text in answer.case.texts(template):
            if pattern.search(text):
                return met([Located(location=Location(file=template.file, line=node.line), message=f"uses {service}")])
    code = [file for file in answer.case.bundle.of_kind(Kind.CODE, Kind.SCRIPT) if pattern.search(file.text)]
    if code or answer.is_opaque or not answer.built:
        return unjudged("code outside the templates may use it")
    return unmet(f"no template of the answer uses Amazon {service}: neither a policy nor code names it")


@judge("custom-metrics")
def custom_metrics(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether something publishes metrics of the answer's own: a metric filter, code, or a policy that allows it."""
    for file in answer.case.bundle.of_kind(Kind.TEMPLATE, Kind.CODE):
        found = _METRICS.search(file.text)
        if found:
            line = file.text.count("\n", 0, found.start()) + 1
            return met([Located(location=Location(file=file.name, line=line), message="publishes metrics")])
    if answer.is_opaque or not answer.built:
        return unjudged(UNSEEN)
    hidden = [
        one
        for one in answer.of(("AWS::Lambda::Function",))
        if not one.values("Code.ZipFile") and not one.values("InlineCode")
    ]
    if hidden:
        return unjudged("the code of the functions is not in the templates")
    return unmet(
        "nothing of the answer publishes metrics: no metric filter, no code and no policy for cloudwatch:PutMetricData"
    )
