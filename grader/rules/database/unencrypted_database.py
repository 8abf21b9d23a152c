"""Databases without encryption at rest."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import database, resources
from grader.rules._shared import created
from grader.support.markdown import code

_TYPES = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
# What takes its encryption from elsewhere: a cluster, a snapshot, the instance that it is a replica of.
_INHERITED = (
    "DBClusterIdentifier",
    "DBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "GlobalClusterIdentifier",
    "ReplicationSourceIdentifier",
    "SnapshotIdentifier",
    "SourceDBClusterIdentifier",
    "SourceDBInstanceIdentifier",
)
_DATABASE = (
    r"\b(databases?|db|rds|postgres\w*|mysql|mariadb|aurora|all (data|resources|storage)|data at rest|everything)\b"
)
_ENCRYPTION = r"\bencrypt\w*"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report RDS instances and clusters that store their data unencrypted, where the prompt does not order that."""
    if case.request.forbids(_ENCRYPTION, near=_DATABASE):
        return
    for template, store in created(case, *_TYPES):
        scope = case.scopes[template.file]
        value = scope.text(store.get("StorageEncrypted")).lower()
        own = store.type.endswith("DBCluster")  # a cluster's own DBClusterIdentifier is its name
        inherited = [name for name in _INHERITED if not (own and name == "DBClusterIdentifier")]
        if value not in ("", "false") or any(scope.text(store.get(name)) for name in inherited):
            continue
        asked = case.request.orders(_ENCRYPTION, near=_DATABASE)
        because = (
            f"{code(store.name)} sets `StorageEncrypted` to false"
            if value
            else f"{code(store.name)} has no `StorageEncrypted`"
        )
        because += (
            f", and line {asked.line} of the prompt asks for encryption."
            if asked
            else "; the default is no encryption."
        )
        message = "stores its data unencrypted"
        yield at_property(template, store, "StorageEncrypted", message, level="High" if asked else "", because=because)


RULE = Rule(
    id="unencrypted-database",
    kind="missing-encryption",
    level="Medium",
    category="security",
    title="Database without encryption at rest",
    issue="{resources} in {file} {stores its|store their} data unencrypted. Encryption cannot be turned on later: RDS has to restore an "
    "encrypted copy of a snapshot into a new database.",
    fix="Set StorageEncrypted: true on {resources}.",
    root_cause="{because}",
    lesson="Turn on StorageEncrypted when a database is created: it cannot be added later.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    security="Storage, backups and snapshots are not encrypted.",
    check=check,
    needed=lambda finding: True,
    aws_behaviour="Deploys with unencrypted storage; High where the prompt asks for encryption.",
    fails=(
        example(resources(database("StorageEncrypted: false  # finds"))),
        example(resources(database("StorageEncrypted: false  # finds")), prompt="All databases are encrypted at rest."),
    ),
    passes=(
        example(
            resources(
                database(),
                database("StorageEncrypted: false", "SourceDBInstanceIdentifier: !Ref Orders", name="Replica").replace(
                    "      MasterUsername: shop\n      ManageMasterUserPassword: true\n", ""
                ),
            )
        ),
    ),
)
