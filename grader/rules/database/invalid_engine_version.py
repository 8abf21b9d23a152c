"""Engine versions that are not offered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# The oldest minor version of each major that RDS has offered for new databases since the autumn of 2025.
# Sources: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html,
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html,
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html
_OLDEST = {
    "postgres": {"11": 22, "12": 22, "13": 15, "14": 12, "15": 7, "16": 3},
    "mysql": {"5.7": 44, "8.0": 37},
    "aurora-mysql": {"8.0.mysql_aurora.3": 4, "5.7.mysql_aurora.2": 12},
    "aurora-postgresql": {"11": 21, "12": 22, "13": 14, "14": 9, "15": 5, "16": 2},
}
_LONG_TERM = ("13.9", "14.6", "15.10", "16.8")  # long-term support versions of Aurora PostgreSQL stay


def check(case: Case) -> Iterator[RuleFinding]:
    """Report minor versions that RDS no longer offers for new databases."""
    for template, database in case.resources("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster"):
        scope = case.scopes[template.file]
        engine, version = scope.text(database.get("Engine")).lower(), scope.text(database.get("EngineVersion"))
        match = re.fullmatch(r"(5\.7\.mysql_aurora\.2|8\.0\.mysql_aurora\.3|5\.7|8\.0|\d\d)\.0?(\d+)(\.\d+)*", version)
        oldest = _OLDEST.get(engine, {}).get(match.group(1)) if match else None
        if match and oldest is not None and int(match.group(2)) < oldest and version not in _LONG_TERM:
            message = f"{engine} {version} is no longer offered for new databases"
            yield at_property(template, database, "EngineVersion", message, value=version, says=message)


RULE = Rule(
    id="invalid-engine-version",
    kind="invalid-engine-version",
    level="Critical",
    category="versions",
    title="Database engine version that is not offered",
    issue="A version or a class of a database that the service does not offer, in {file}: on {resources}. For {resource}: "
    "{says}.",
    fix="Take a version from `aws rds describe-db-engine-versions`, or give only the major version.",
    root_cause="The version was once offered, or never; minor versions come and go within months.",
    lesson="Give a major version, or a minor version that is offered today.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html",
    cost="The database fails, and everything created before it is rolled back.",
    security="None by itself.",
    performance="None: nothing stays created.",
    stands_for=(
        "cfn-lint:E3690",
        "cfn-lint:E3691",
        "cloudformation-validate:E3690",
        "cloudformation-validate:E3691",
        "cfn-lint:E3692",
        "cfn-lint:E3062",
        "cloudformation-validate:E3062",
        "cfn-lint:E3694",
        "cloudformation-validate:E3694",
    ),
    check=check,
    engine="cfn-lint",
    forgiven=True,
    fails=(
        example("""
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: postgres
      EngineVersion: '9.1'  # finds
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      ManageMasterUserPassword: true
      MasterUsername: shop
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
