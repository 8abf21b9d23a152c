"""Managed policies that AWS does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from grader.case import Case
from grader.case.deployed import created, entries, switched_off
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._deployed import only_with
from grader.rules._fragments import LAMBDA_TRUST, resource, resources
from grader.support.markdown import code
from grader.template import Resource, Scope, Template, dotted

_ARN = re.compile(r"^arn:(?:aws|\$\{AWS::Partition\}):iam::aws:policy/([\w+=,.@/-]+)$")
# Policies below this path are attached to service-linked roles only.
_LINKED = "aws-service-role/"
_TYPES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
# Names that are often written, and what AWS calls the policy.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_KNOWN_AS = {
    "AWSConfigRole": "service-role/AWS_ConfigRole",
    "AWS_ConfigServiceRolePolicy": "service-role/AWS_ConfigRole",
    "AWSLambdaFullAccess": "AWSLambda_FullAccess",
    "AmazonECR-FullAccess": "AmazonEC2ContainerRegistryFullAccess",
    "ConfigRole": "service-role/AWS_ConfigRole",
    "VPCAccessExecutionRole": "service-role/AWSLambdaVPCAccessExecutionRole",
}


@cache
def _policies() -> Mapping[str, str]:
    """Return the managed policies of AWS, name to path and name."""
    lines = Path(__file__).with_name("_managed_policies.txt").read_text("utf-8").split("\n")
    return {line.rpartition("/")[2]: line for line in lines if line and not line.startswith("#")}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report ARNs of managed policies that AWS does not have, or that only a service-linked role may have."""
    for template, identity, scope in created(case, *_TYPES):
        yield from _attached(template, identity, scope, "", "")
    for template, identity, scope, parameters in switched_off(case, *_TYPES):
        yield from _attached(template, identity, scope, "Medium", only_with(identity, parameters))


def _attached(
    template: Template, identity: Resource, scope: Scope, level: str, condition: str
) -> Iterator[RuleFinding]:
    for path, node in entries(scope, identity.get("ManagedPolicyArns")):
        match = _ARN.match(scope.text(node))
        name = match.group(1) if match else ""
        linked = name.startswith(_LINKED)
        if not name or (name in _policies().values() and not linked):
            continue
        right = _right(name)
        facts = {"value": name, "because": f"{condition}{_because(template, name, right)}"}
        if right:
            facts |= {"needed": right, "arn": f"arn:aws:iam::aws:policy/{right}"}
        message = f"{name} is for a service-linked role" if linked else f"there is no managed policy {name}"
        message += f"; it is {right}" if right else ""
        yield at_property(template, identity, dotted(("ManagedPolicyArns", *path)), message, level=level, **facts)


def _right(name: str) -> str:
    """Return the path and name of the policy that is meant, empty where none has the same letters and digits."""
    base = name.rpartition("/")[2]
    same = (one for other, one in _policies().items() if _letters(other) == _letters(base))
    return _KNOWN_AS.get(base) or next((one for one in same if not one.startswith(_LINKED)), "")


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _because(template: Template, name: str, right: str) -> str:
    if name.startswith(_LINKED):
        return f"{code(name)} belongs to a service-linked role, which the service itself creates."
    if right and right.rpartition("/")[2] == name.rpartition("/")[2]:
        return f"The name is right and its path is not: AWS has the policy as {code(right)}."
    if right:
        other = ", which this template attaches as well" if f"policy/{right}" in template.text else ""
        return f"AWS has the policy as {code(right)}{other}."
    return f"No managed policy of AWS has the name {code(name.rpartition('/')[2])}, under any path."


RULE = Rule(
    id="managed-policy-name",
    kind="invalid-managed-policy",
    level="Critical",
    category="security",
    title="Managed {#policy|policies} that IAM cannot attach: {values}",
    issue="In {file}, {resources} {attaches|attach} {values}. AWS has no such policy for a role, user or group under that path and "
    "name. IAM rejects the attachment, and creating {resources} fails.",
    fix="Attach {neededs} instead. Where no policy of AWS fits, write a policy with the actions in use.",
    root_cause="{because}",
    lesson="Copy the ARN of a managed policy from its reference page: the path (`service-role/`) is a part of it.",
    reference="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
    aws_behaviour="AttachRolePolicy is refused where the ARN does not exist (NoSuchEntity), and the role is rolled back.",
    needed=lambda finding: finding.facts.get("arn"),
    check=check,
    fails=(
        example(
            "Resources:\n"
            + resource(
                "Role",
                "AWS::IAM::Role",
                f"{LAMBDA_TRUST}\nManagedPolicyArns:\n  - arn:aws:iam::aws:policy/service-role/ConfigRole  # finds",
            )
        ),
        example(
            "Resources:\n"
            + resource(
                "Role",
                "AWS::IAM::Role",
                LAMBDA_TRUST
                + "\nManagedPolicyArns:\n  - !Sub 'arn:${AWS::Partition}:iam::aws:policy/AWSGlueServiceRole'  # finds"
                + "\n  - arn:aws:iam::aws:policy/AWSGlueJobRunnerAccess  # finds"
                + "\n  - arn:aws:iam::aws:policy/aws-service-role/AWSConfigServiceRolePolicy  # finds",
            )
        ),
        example(
            resources(
                resource(
                    "Role",
                    "AWS::IAM::Role",
                    f"{LAMBDA_TRUST}\nManagedPolicyArns:\n  - arn:aws:iam::aws:policy/ConfigRole  # finds",
                    "Condition: Recorded",
                ),
                head="""
Parameters:
  Record: {Type: String, Default: 'false'}
Conditions:
  Recorded: !Equals [!Ref Record, 'true']
""",
            )
        ),
    ),
    passes=(
        example(
            """
Parameters:
  Record: {Type: String, Default: 'false'}
Conditions:
  Recorded: !Equals [!Ref Record, 'true']
Resources:
"""
            + resource(
                "Role",
                "AWS::IAM::Role",
                LAMBDA_TRUST
                + """
ManagedPolicyArns:
  - arn:aws:iam::aws:policy/service-role/AWS_ConfigRole
  - !Sub 'arn:aws:iam::${AWS::AccountId}:policy/ConfigRole'
  - !If [Recorded, 'arn:aws:iam::aws:policy/service-role/ConfigRole', !Ref AWS::NoValue]
""",
            )
        ),
    ),
)
