"""Settings that a global database refuses."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Location
from grader.template import Resource, Template


def check(case: Case) -> Iterator[RuleFinding]:
    """Report backtracking on clusters of a global database."""
    for template, cluster in case.resources("AWS::RDS::DBCluster"):
        window = case.scopes[template.file].text(cluster.get("BacktrackWindow"))
        if cluster.get("GlobalClusterIdentifier") is not None and window not in ("", "0"):
            message = "has a backtrack window, which a cluster of a global database cannot have"
            yield at_property(template, cluster, "BacktrackWindow", message, value=window, says=message)
        yield from by_name(
            case, template, cluster, "GlobalClusterIdentifier", ("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier")
        )


def by_name(
    case: Case, template: Template, resource: Resource, path: str, other: tuple[str, str]
) -> Iterator[RuleFinding]:
    """Report a property that gives another resource of the template by its name, so that nothing says which comes first."""
    scope = case.scopes[template.file]
    name = scope.text(resource.get(path))
    for twin in template.of_type(other[0]):
        waits = any(use.owner == resource.name and use.target == twin.name for use in template.references)
        if name and name == scope.text(twin.get(other[1])) and not waits:
            message = f"names {twin.name} as {name} and does not wait for it"
            facts = {"value": name, "says": message}
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=resource.line_of(path),
                    resource=resource.name,
                    type=resource.type,
                    path="DependsOn",
                ),
                message=message,
                facts=facts,
            )


RULE = Rule(
    id="global-database",
    kind="global-database-config",
    level="Critical",
    category="account",
    title="Settings that a global database refuses",
    issue="{resources} in {file} cannot join their global database: {says}. Aurora refuses it.",
    fix="Leave BacktrackWindow out, and give the global cluster with Ref, so that {resources} wait for it.",
    root_cause="Two features that are each right for disaster recovery exclude each other.",
    lesson="Check the limits of a global database before combining it with other features.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  World:
    Type: AWS::RDS::GlobalCluster
    Properties: {Engine: aurora-mysql, StorageEncrypted: true}
  Home:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: aurora-mysql
      GlobalClusterIdentifier: !Ref World
      StorageEncrypted: true
      MasterUsername: shop
      ManageMasterUserPassword: true
      BacktrackWindow: 3600  # finds
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
