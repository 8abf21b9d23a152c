"""Aurora clusters with settings that exclude each other: backtrack and a global database, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Location
from grader.rules._shared import created, without_property
from grader.support.markdown import code
from grader.template import Resource, Template

_JOINS = "GlobalClusterIdentifier"
_CLUSTER = """
  Home:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: aurora-mysql
      StorageEncrypted: true
      MasterUsername: shop
      ManageMasterUserPassword: true
"""


def check(case: Case) -> Iterator[RuleFinding]:
    """Report backtracking where Aurora does not have it, and clusters that join a global cluster without waiting for it."""
    for template, cluster in created(case, "AWS::RDS::DBCluster"):
        scope = case.scopes[template.file]
        window = scope.text(cluster.get("BacktrackWindow"))
        joins = bool(scope.text(cluster.get(_JOINS)))
        postgres = scope.text(cluster.get("Engine")) == "aurora-postgresql"
        if window not in ("", "0") and (joins or postgres):
            where = "a cluster of a global database" if joins else "Aurora PostgreSQL"
            message = f"has a backtrack window, which {where} cannot have"
            because = f"{code(cluster.name)} sets `BacktrackWindow` to {code(window)}, which {where} cannot have."
            facts = {
                "value": window,
                "because": because,
                "consequence": _BACKTRACK,
                "remedy": f"Remove BacktrackWindow from {code(cluster.name)}.",
            }
            yield at_property(template, cluster, "BacktrackWindow", message, **facts)
        yield from _by_name(case, template, cluster)


def _by_name(case: Case, template: Template, cluster: Resource) -> Iterator[RuleFinding]:
    """Report a cluster that names a global cluster of the template by a text, so that it is not created after it."""
    scope = case.scopes[template.file]
    name = scope.text(cluster.get(_JOINS))
    waited = {use.target for use in template.references if use.owner == cluster.name}
    for world in template.of_type("AWS::RDS::GlobalCluster"):
        if name and name == scope.text(world.get(_JOINS)) and world.name not in waited:
            message = f"names {world.name} as {name} and does not wait for it"
            because = f"{code(cluster.name)} gives the global cluster as the text {code(name)}, and does not refer to {code(world.name)}."
            location = Location(
                file=template.file,
                line=cluster.line_of(_JOINS),
                resource=cluster.name,
                type=cluster.type,
                path="DependsOn",
            )
            remedy = f"Refer to {code(world.name)} with Ref in {code(cluster.name)}, so that CloudFormation creates it first."
            facts = {"value": name, "because": because, "consequence": _ORDER, "remedy": remedy}
            yield RuleFinding(location=location, message=message, facts=facts)


_BACKTRACK = "Aurora rejects backtrack in a global database and for PostgreSQL."
_ORDER = "Aurora rejects a cluster that joins a global cluster before that exists."


RULE = Rule(
    id="global-database",
    kind="global-database-config",
    level="Critical",
    category="account",
    title="Aurora cluster that RDS rejects: {resources}",
    issue="{resources} in {file} {has settings|have settings} that do not go together. {consequence} The stack rolls back.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Check the limitations of Aurora global databases before combining them with other features.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
    aws_behaviour="Aurora rejects the cluster, and the stack rolls back.",
    check=check,
    corrections=without_property,
    fails=(
        example(
            """
Resources:
  World:
    Type: AWS::RDS::GlobalCluster
    Properties: {Engine: aurora-mysql, StorageEncrypted: true}"""
            + _CLUSTER.rstrip()
            + """
      GlobalClusterIdentifier: !Ref World
      BacktrackWindow: 3600  # finds
"""
        ),
        example(
            """
Resources:
  World:
    Type: AWS::RDS::GlobalCluster
    Properties: {GlobalClusterIdentifier: orders-world, Engine: aurora-mysql, StorageEncrypted: true}"""
            + _CLUSTER.rstrip()
            + """
      GlobalClusterIdentifier: orders-world  # finds
"""
        ),
    ),
    passes=(
        example(
            "Resources:"
            + _CLUSTER.rstrip()
            + """
      BacktrackWindow: 3600
"""
        ),
    ),
)
