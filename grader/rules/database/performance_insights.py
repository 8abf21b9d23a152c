"""Performance Insights on instances that do not have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
_SMALL = re.compile(r"^db\.(?:t2|t3|t4g)\.(?:micro|small)$")
_ENGINES = ("mysql", "mariadb")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report MySQL and MariaDB instances that are too small for Performance Insights and ask for it."""
    for template, database in case.resources("AWS::RDS::DBInstance"):
        scope = case.scopes[template.file]
        size, engine = scope.text(database.get("DBInstanceClass")), scope.text(database.get("Engine"))
        wanted = scope.text(database.get("EnablePerformanceInsights")).lower() == "true"
        if wanted and engine in _ENGINES and _SMALL.match(size):
            message = f"asks for Performance Insights, which {engine} does not have on {size}"
            yield at_property(template, database, "EnablePerformanceInsights", message, value=size, engine=engine)


RULE = Rule(
    id="performance-insights",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Performance Insights on instances that do not have it",
    issue="{resources} in {file} ask for Performance Insights on {values}. For {engines}, RDS offers it from the medium size on, and "
    "refuses the instance.",
    fix="Leave EnablePerformanceInsights out, or take a class of at least db.t3.medium.",
    root_cause="A production setting was combined with the smallest instance.",
    lesson="Look up what an instance class supports when the class is made smaller.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
    needed=lambda finding: False,
    fails=(
        example("""
Parameters:
  Size: {Type: String, Default: db.t3.micro}
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      Engine: mysql
      DBInstanceClass: !Ref Size
      AllocatedStorage: '20'
      MasterUsername: orders
      ManageMasterUserPassword: true
      StorageEncrypted: true
      EnablePerformanceInsights: true  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.medium
      AllocatedStorage: '20'
      MasterUsername: orders
      ManageMasterUserPassword: true
      StorageEncrypted: true
      EnablePerformanceInsights: true
  Invoices:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      Engine: postgres
      DBInstanceClass: db.t3.micro
      AllocatedStorage: '20'
      MasterUsername: invoices
      ManageMasterUserPassword: true
      StorageEncrypted: true
      EnablePerformanceInsights: true
"""),
    ),
)
