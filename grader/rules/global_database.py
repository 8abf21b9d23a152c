"""Settings that a global database refuses."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example, hit


def check(case: Case) -> Iterator[Hit]:
    """Report backtracking on clusters of a global database."""
    for template, cluster in case.resources("AWS::RDS::DBCluster"):
        window = case.scopes[template.file].text(cluster.get("BacktrackWindow"))
        if cluster.get("GlobalClusterIdentifier") is not None and window not in ("", "0"):
            message = "has a backtrack window, which a cluster of a global database cannot have"
            yield hit(template, cluster, "BacktrackWindow", message, value=window)


RULE = Rule(
    id="global-database",
    kind="global-database-config",
    level="Critical",
    category="account",
    title="Settings that a global database refuses",
    issue="{resources} in {file} belong to a global database and have a backtrack window ({value}). Aurora refuses "
    "backtracking there.",
    fix="Remove BacktrackWindow from {resources}; rely on point-in-time recovery.",
    root_cause="Two features that are each right for disaster recovery exclude each other.",
    lesson="Check the limits of a global database before combining it with other features.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    stands_for=("ideal:global-database",),
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
