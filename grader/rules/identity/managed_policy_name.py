"""Managed policies that AWS does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from grader.case import Case
from grader.case.deployed import created, entries
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import LAMBDA_TRUST, resource
from grader.support.markdown import code
from grader.template import Template, dotted

_ARN = re.compile(r"^arn:(?:aws|\$\{AWS::Partition\}):iam::aws:policy/([\w+=,.@/-]+)$")
_TYPES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
# Names that are often written, and what AWS calls the policy.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_KNOWN_AS = {
    "AWSConfigRole": "service-role/AWS_ConfigRole",
    "AWSLambdaFullAccess": "AWSLambda_FullAccess",
    "ConfigRole": "service-role/AWS_ConfigRole",
    "VPCAccessExecutionRole": "service-role/AWSLambdaVPCAccessExecutionRole",
}


@cache
def _policies() -> Mapping[str, str]:
    """Return the managed policies of AWS, name to path and name."""
    lines = Path(__file__).with_name("_managed_policies.txt").read_text("utf-8").split("\n")
    return {line.rpartition("/")[2]: line for line in lines if line and not line.startswith("#")}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report ARNs of managed policies under a name or path that AWS does not have."""
    for template, identity, scope in created(case, *_TYPES):
        for path, node in entries(scope, identity.get("ManagedPolicyArns")):
            match = _ARN.match(scope.text(node))
            name = match.group(1) if match else ""
            if not name or name in _policies().values():
                continue
            right = _right(name)
            place = dotted(("ManagedPolicyArns", *path))
            because = _because(template, name, right)
            yield at_property(
                template,
                identity,
                place,
                f"there is no managed policy {name}" + (f"; it is {right}" if right else ""),
                value=name,
                needed=f"the policy `{right}`" if right else "a policy of your own with the actions in use",
                because=because,
                right=right,
                arn=f"arn:aws:iam::aws:policy/{right}" if right else "",
            )


def _right(name: str) -> str:
    """Return the path and name of the policy that is meant, empty where none is similar."""
    base = name.rpartition("/")[2]
    if base in _KNOWN_AS:
        return _KNOWN_AS[base]
    known = _policies()
    near = get_close_matches(base, known, 1, 0.85)
    return known.get(base) or (known[near[0]] if near else "")


def _because(template: Template, name: str, right: str) -> str:
    if right and right.rpartition("/")[2] == name.rpartition("/")[2]:
        return f"The name is right and its path is not: AWS has the policy as {code(right)}."
    if right:
        other = " (this template also attaches it)" if f"policy/{right}" in template.text else ""
        return f"The name in the ARN, {code(name)}, is similar to that of an existing policy, {code(right)}{other}."
    return f"No managed policy of AWS has a name similar to {code(name)}."


RULE = Rule(
    id="managed-policy-name",
    kind="invalid-managed-policy",
    level="Critical",
    category="security",
    title="Managed policies that AWS does not have: {values}",
    issue="In {file}, {resources} {attaches|attach} {values}. AWS has no managed policy with that path and name, and IAM rejects "
    "the attachment, so the creation of {resources} fails.",
    fix="Attach an existing policy instead of {values}: the root cause names the one that is meant, where there is one.",
    root_cause="{because}",
    lesson="Copy the ARN of a managed policy from its reference page: the path (`service-role/`) is a part of it.",
    reference="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
    aws_behaviour="AttachRolePolicy is refused where the ARN does not exist (NoSuchEntity), and the role is rolled back.",
    cost="The deployment is rolled back.",
    needed=lambda finding: finding.facts.get("arn") or None,
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
                + "\n  - arn:aws:iam::aws:policy/AWSGlueJobRunnerAccess  # finds",
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
            + resource(
                "Unused",
                "AWS::IAM::Role",
                f"{LAMBDA_TRUST}\nManagedPolicyArns: ['arn:aws:iam::aws:policy/ConfigRole']",
                "Condition: Recorded",
            )
        ),
    ),
)
