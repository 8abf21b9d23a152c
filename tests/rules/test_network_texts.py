"""Fixes and texts of rules on networks follow what the prompt asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import grade, load_rubric, load_task, read_response
from grader.model import Failure

TEMPLATE = """Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Inside:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Network
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: us-east-1a
  Doors:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Servers
      VpcId: !Ref Network
      SecurityGroupIngress:
        - IpProtocol: '-1'
          CidrIp: 0.0.0.0/0
"""


def failure(folder: Path, prompt: str, rule: str) -> Failure:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / "answer.yml").write_text(TEMPLATE)
    result = grade(load_task(folder), read_response(folder / "answer.yml"), load_rubric(), fast=True)
    return next(one for one in result.failures if one.rule == rule)


def test_the_ports_that_the_prompt_asks_for_stay_public(tmp_path: Path) -> None:
    found = failure(tmp_path, "A web server that serves HTTP and HTTPS.", "open-security-group")
    assert "ports 80 and 443" in found.fix
    assert found.fix.count("CidrIp: 0.0.0.0/0") == 2
    assert "FromPort: 443" in found.fix
    assert "FromPort: 80" in found.fix


def test_all_ports_are_for_the_own_network_where_the_prompt_asks_for_none(tmp_path: Path) -> None:
    found = failure(tmp_path, "Servers that only talk to each other.", "open-security-group")
    assert "CidrIp: !GetAtt Network.CidrBlock" in found.fix
    assert "0.0.0.0/0" not in found.fix


@pytest.mark.parametrize(("prompt", "is_bound"), [("Deploy to us-east-1.", False), ("A network.", True)])
def test_a_region_that_the_prompt_fixes_is_not_held_against_a_zone(tmp_path: Path, prompt: str, is_bound: bool) -> None:
    found = failure(tmp_path, prompt, "hardcoded-zone")
    assert ("can be created only in `us-east-1`" in found.issue) is is_bound
