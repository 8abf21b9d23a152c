"""The cost line gives the list price of what is charged, by type and properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import grade, load_rubric, load_task, read_response
from grader.facts.prices import monthly_cost

DATABASE = """Resources:
  Ledger:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: {policy}
    UpdateReplacePolicy: {policy}
    Properties:
      DBInstanceClass: {kind}
      Engine: postgres
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: clerk
      ManageMasterUserPassword: true
"""


@pytest.mark.parametrize(
    ("type", "properties", "dollars"),
    [
        ("AWS::EC2::NatGateway", {}, 32.85),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {}, 16.425),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Type": "network"}, None),
        ("AWS::RDS::DBInstance", {"Engine": "postgres", "DBInstanceClass": "db.m5.large"}, 124.83),
        ("AWS::RDS::DBInstance", {"Engine": "mysql", "DBInstanceClass": "db.m5.large", "MultiAZ": True}, 249.66),
        ("AWS::RDS::DBInstance", {"Engine": "oracle-ee", "DBInstanceClass": "db.m5.large"}, None),
        ("AWS::RDS::DBInstance", {"Engine": "postgres", "DBInstanceClass": "db.x9.large"}, None),
        ("AWS::SecretsManager::Secret", {}, 0.4),
        ("AWS::SNS::Topic", {}, None),
    ],
)
def test_the_price_of_a_month(type: str, properties: dict[str, object], dollars: float | None) -> None:
    cost = monthly_cost(type, properties)
    assert (cost and cost.dollars) == (None if dollars is None else pytest.approx(dollars))


@pytest.mark.parametrize(
    ("kind", "said"), [("db.m5.large", "about $125 a month for one database instance"), ("db.x9.large", "")]
)
def test_a_failure_says_what_is_charged(tmp_path: Path, kind: str, said: str) -> None:
    (tmp_path / "PROMPT.md").write_text("A database. No Retain policies: everything must be destroyable.")
    (tmp_path / "answer.yml").write_text(DATABASE.format(policy="Retain", kind=kind))
    result = grade(load_task(tmp_path), read_response(tmp_path / "answer.yml"), load_rubric(), fast=True)
    cost = next(one.impact.cost for one in result.failures if one.rule == "retain-policy")
    assert ("$" in cost) is bool(said)
    assert said in cost
