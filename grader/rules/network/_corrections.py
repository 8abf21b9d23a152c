"""Edits that correct security groups."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import node_at, set_value, steps_of, template_of
from grader.model import Edit, Finding
from grader.template import Scalar


def from_network(case: Case, finding: Finding) -> Iterator[Edit]:
    """Admit the addresses of the network of the template, where it has one, in place of every address."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    networks = list(template.of_type("AWS::EC2::VPC")) if template else []
    if (
        template
        and steps
        and steps[-1] == "CidrIp"
        and len(networks) == 1
        and isinstance(node_at(template, steps), Scalar)
    ):
        yield set_value(steps, {"Fn::GetAtt": [networks[0].name, "CidrBlock"]})
