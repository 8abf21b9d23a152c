"""Performance Insights on instance classes that do not support it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import database, resources
from grader.rules._shared import created
from grader.rules.database._corrections import without_insights
from grader.support.markdown import code

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
_SMALL = re.compile(r"^db\.(?:t2|t3|t4g)\.(?:micro|small)$")
_ENGINES = ("mysql", "mariadb")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report MySQL and MariaDB instances that enable Performance Insights and are too small for it."""
    for template, instance in created(case, "AWS::RDS::DBInstance"):
        scope = case.scopes[template.file]
        size, engine = scope.text(instance.get("DBInstanceClass")), scope.text(instance.get("Engine"))
        wanted = scope.text(instance.get("EnablePerformanceInsights")).lower() == "true"
        if wanted and engine in _ENGINES and _SMALL.match(size):
            message = f"enables Performance Insights, which {engine} does not support on {size}"
            used = [
                use.target
                for use in template.references
                if use.owner == instance.name and "DBInstanceClass" in use.path
            ]
            parameter = next((name for name in used if name in template.parameters), "")
            source = f"comes from the parameter {code(parameter)}" if parameter else "is set on the instance"
            because = f"The class {code(size)} {source}, and `EnablePerformanceInsights` is true for it."
            yield at_property(
                template, instance, "EnablePerformanceInsights", message, value=size, engine=engine, because=because
            )


RULE = Rule(
    id="performance-insights",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Performance Insights on an instance class without support for it",
    issue="{resources} in {file} {enables|enable} Performance Insights on {values}. RDS for {engines} supports it from the medium size on, "
    "and rejects the instance.",
    fix="Set EnablePerformanceInsights to false on {resources} and remove the properties that require it "
    "(`PerformanceInsightsRetentionPeriod`, `PerformanceInsightsKMSKeyId`, `DatabaseInsightsMode: advanced`), or use at least "
    "db.t3.medium.",
    root_cause="{because}",
    lesson="Check which features an instance class supports when you choose a small one.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html",
    aws_behaviour="RDS rejects the instance with InvalidParameterCombination, and the stack rolls back.",
    check=check,
    corrections=without_insights,
    fails=(
        example(
            resources(
                database("Engine: mysql", "DBInstanceClass: !Ref Size", "EnablePerformanceInsights: true  # finds"),
                head="Parameters: {Size: {Type: String, Default: db.t3.micro}}",
            )
        ),
    ),
    passes=(
        example(
            resources(
                database("Engine: mysql", "DBInstanceClass: db.t3.medium", "EnablePerformanceInsights: true"),
                database("DBInstanceClass: db.t3.micro", "EnablePerformanceInsights: true", name="Invoices"),
            )
        ),
    ),
)
