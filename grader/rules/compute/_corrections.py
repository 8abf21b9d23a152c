"""Edits that correct images, key pairs and reserved concurrency."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import (
    added,
    names_in,
    node_at,
    removed,
    replaced_uses,
    set_value,
    steps_of,
    template_of,
    without_names,
)
from grader.model import Action, Edit, Finding
from grader.template import Scalar, plain

# Public parameters with the newest image.
# Sources: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html,
# https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
_AMAZON = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}"
_UBUNTU = "/aws/service/canonical/ubuntu/server/22.04/stable/current/{}/hvm/ebs-gp2/ami-id"


def newest_image(case: Case, finding: Finding) -> Iterator[Edit]:
    """Take the newest image of Amazon Linux, or of Ubuntu where the user data uses its tools, from a public parameter."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    resource = template.resources.get(finding.resource) if template else None
    if template is None or resource is None or not steps or steps[-1] != "ImageId":
        return
    data = str(plain(resource.properties))
    if "powershell" in data or "Windows" in data:
        return
    kind = str(plain(node_at(template, (*steps[:-1], "InstanceType"))))
    arm = re.match(r"[a-z]+\d+g[a-z]*\.", kind) is not None
    path = _UBUNTU.format("arm64" if arm else "amd64") if "apt-get" in data or "apt " in data else ""
    path = path or _AMAZON.format("arm64" if arm else "x86_64")
    yield set_value(steps, f"{{{{resolve:ssm:{path}}}}}")
    yield from without_names(template, names_in(template, steps), steps)


def unreserved(case: Case, finding: Finding) -> Iterator[Edit]:
    """Leave reserved concurrency out."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template and steps and steps[-1] == "ReservedConcurrentExecutions":
        edit = removed(template, steps)
        if edit:
            yield edit
            yield from without_names(template, names_in(template, steps), steps)


def key_pair(case: Case, finding: Finding) -> Iterator[Edit]:
    """Create the key pair that a parameter or a property names."""
    template = template_of(case, finding)
    if template is None:
        return
    name = finding.facts.get("parameter", finding.resource)
    if name in template.parameters:
        if template.parameters[name].default == "" and template.conditions_using(name):
            yield set_value(("Parameters", name, "Type"), "String")
            return
        new = added(template, "KeyPair", "AWS::EC2::KeyPair", {"KeyName": {"Fn::Sub": "${AWS::StackName}-key"}})
        uses = replaced_uses(template, name, str(new.path[1]))
        if uses:
            yield new
            yield from uses
            yield from without_names(template, [name], *(edit.path for edit in uses))
        return
    steps = steps_of(template, finding)
    node = node_at(template, steps) if steps else None
    if steps and isinstance(node, Scalar):
        new = added(template, "KeyPair", "AWS::EC2::KeyPair", {"KeyName": node.text})
        yield new
        yield Edit(action=Action.SET, path=steps, value={"Ref": str(new.path[1])})
