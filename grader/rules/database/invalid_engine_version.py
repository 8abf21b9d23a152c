"""Engine versions and instance classes that RDS does not offer to new databases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Finding
from grader.rules._fragments import database, resources
from grader.rules._shared import created, resource_at, with_facts
from grader.rules.database._corrections import offered_version
from grader.support.markdown import code

# The oldest minor version of each major that RDS has offered for new databases since the autumn of 2025.
# Sources: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html,
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html,
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html
_OLDEST = {
    "postgres": {"11": 22, "12": 22, "13": 15, "14": 12, "15": 7, "16": 3},
    "mysql": {"5.7": 44, "8.0": 37},
    "aurora-mysql": {"8.0.mysql_aurora.3": 4, "5.7.mysql_aurora.2": 11},
    "aurora-postgresql": {"11": 21, "12": 22, "13": 14, "14": 9, "15": 5, "16": 2},
}
_LONG_TERM = ("11.9", "12.9", "13.9", "14.6", "15.10", "16.8")  # long-term support versions of Aurora PostgreSQL stay


_CLASSES = ("E3025", "E3062", "E3694")
# Classes of today: where an engine's table lacks one of them for a version, it lacks the version.
_CURRENT = re.compile(r"db\.(t3|t4g|m5|m6g|m6i|m7g|m7i|r5|r6g|r6i|r7g|r7i)\.\w+")


_LIST = "Take a version and an instance class that `aws rds describe-orderable-db-instance-options` lists for the engine in the region."


def check(case: Case) -> Iterator[RuleFinding]:
    """Report minor versions that RDS no longer offers for new databases."""
    for template, store in created(case, "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster"):
        scope = case.scopes[template.file]
        engine, version = scope.text(store.get("Engine")).lower(), scope.text(store.get("EngineVersion"))
        match = re.fullmatch(r"(5\.7\.mysql_aurora\.2|8\.0\.mysql_aurora\.3|5\.7|8\.0|\d\d)\.0?(\d+)(\.\d+)*", version)
        oldest = _OLDEST.get(engine, {}).get(match.group(1)) if match else None
        if match is None or oldest is None or int(match.group(2)) >= oldest or version in _LONG_TERM:
            continue
        message = f"{engine} {version} is no longer offered for new databases"
        aside = " that have no long-term support" if engine == "aurora-postgresql" else ""
        before = code(f"{match.group(1)}.{oldest:02d}" if "mysql_aurora" in version else f"{match.group(1)}.{oldest}")
        because = f"RDS has withdrawn the minor versions of {code(engine)} {match.group(1)}{aside} before {before}."
        ordered = case.request.orders(rf"(?<![\d.]){re.escape(version)}(?![\d])")
        if ordered:
            because = f"Line {ordered.line} of the prompt asks for {code(version)}. {because}"
        level, path = "Medium" if ordered else "", "EngineVersion"
        major = match.group(1).partition(".mysql_aurora")[0]
        needed = major if major != "5.7" else ""
        remedy = (
            f"Set EngineVersion to the major version {code(needed)}, and RDS chooses the minor version."
            if needed
            else _LIST
        )
        facts = {
            "value": version,
            "shown": f"{engine} {version}",
            "needed": needed,
            "because": because,
            "remedy": remedy,
        }
        yield at_property(template, store, path, message, level=level, **facts)


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """An engine's table of classes is right on classes that are old, and may lack a version for those of today."""
    found = resource_at(case, finding)
    if found is None or case.scopes[found[0].file].exists(found[1]) is False:
        return None
    size = case.scopes[found[0].file].text(found[1].get("DBInstanceClass"))
    is_class = finding.facts.get("id") in _CLASSES
    if is_class and (not size or "$" in size or _CURRENT.fullmatch(size)):
        return None
    version = case.scopes[found[0].file].text(found[1].get("EngineVersion"))
    value = size if is_class else version
    because = f"{code(value)} is not in the list of what RDS offers for the engine of {code(finding.resource)}."
    return with_facts(finding, value=value, shown=value, needed="", because=because, remedy=_LIST)


def _needed(finding: Finding) -> object:
    return finding.facts.get("needed") or None


RULE = Rule(
    id="invalid-engine-version",
    kind="invalid-engine-version",
    level="Critical",
    category="versions",
    title="Not offered by RDS: {showns}",
    issue="{resources} in {file} {asks|ask} for {showns}, which RDS does not offer to new databases. RDS rejects the request, and "
    "CloudFormation rolls the stack back.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Give a major version, or a minor version that is offered at the time of the deployment.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html",
    stands_for=(
        "cfn-lint:E3690",
        "cfn-lint:E3691",
        "cloudformation-validate:E3690",
        "cloudformation-validate:E3691",
        *(f"{engine}:{rule}" for engine in ("cfn-lint", "cloudformation-validate") for rule in _CLASSES),
    ),
    check=check,
    confirm=_confirm,
    needed=_needed,
    engine="cfn-lint",
    forgiven=True,
    aws_behaviour="RDS rejects the database (`Cannot find version ...`), and the stack rolls back; Medium where the prompt asks for that "
    "version.",
    corrections=offered_version,
    fails=(
        example(
            resources(
                database("EngineVersion: '15.3'  # finds"),
                database("Engine: mysql", "EngineVersion: '8.0.28'  # finds", name="Invoices"),
            )
        ),
        example(resources(database("EngineVersion: '9.1'  # finds"))),
    ),
    passes=(
        example(
            resources(
                database("EngineVersion: '16'"),
                database("Engine: mysql", "EngineVersion: '8.0'", name="Invoices"),
                """
  Cluster:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      Engine: aurora-mysql
      EngineVersion: 5.7.mysql_aurora.2.11.3
      StorageEncrypted: true
      MasterUsername: shop
      ManageMasterUserPassword: true
""",
            )
        ),
    ),
)
