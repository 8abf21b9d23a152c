"""AWS managed policies that allow everything of a service, or of all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created, entries
from grader.case.iam import statements_of
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import LAMBDA_TRUST, resource
from grader.rules.identity._least_privilege import access_ordered, asks, least_privilege_asked
from grader.support.markdown import code, listed
from grader.template import Resource, Scope, Template, dotted

_FULL = re.compile(r":iam::aws:policy/(?:[\w-]+/)*(\w*FullAccess|AdministratorAccess|PowerUserAccess)$")
_EVERYTHING = ("AdministratorAccess", "PowerUserAccess")
# The role that CloudFormation requires for self-managed StackSets has AdministratorAccess in AWS's own template.
_PRESCRIBED = re.compile(r"StackSetExecutionRole", re.I)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report roles, users and groups that attach AWS's full-access policies, unless the prompt asks for that."""
    for template, identity, scope in created(case, "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
        if _PRESCRIBED.search(identity.name) or _PRESCRIBED.search(scope.text(identity.get("RoleName"))):
            continue
        for path, node in entries(scope, identity.get("ManagedPolicyArns")):
            match = _FULL.search(scope.text(node))
            if match is None or _is_ordered(case, match.group(1)):
                continue
            asked = least_privilege_asked(case, template, identity)
            because = asks(asked) if asked else _because(template, identity, scope)
            place = dotted(("ManagedPolicyArns", *path))
            level = "High" if asked else ""
            message = f"attaches {match.group(1)}"
            yield at_property(template, identity, place, message, level=level, value=match.group(1), because=because)


def _is_ordered(case: Case, name: str) -> bool:
    """Whether the prompt names the policy, an administrator's role, or full access to the service."""
    if case.request.orders(re.escape(name)) is not None:
        return True
    if name in _EVERYTHING:
        return (
            case.request.orders(r"\badmin(istrator)?s?\b[^.;]{0,30}\b(role|user|group|access|permission)") is not None
        )
    service = re.sub(r"^(Amazon|AWS)_?|_?FullAccess$", "", name)
    return access_ordered(case, re.escape(service))


def _because(template: Template, identity: Resource, scope: Scope) -> str:
    """Say which policies of its own the identity has beside the managed one."""
    own = sorted(
        {action for one in statements_of(template, identity, scope) for action in one.actions} - {"sts:AssumeRole"}
    )
    if own:
        return f"{code(identity.name)} has a policy of its own as well, which lists {listed(own)}; the managed policy allows more."
    return f"{code(identity.name)} has no policy of its own; the managed policy is all that it is given."


RULE = Rule(
    id="managed-full-access",
    kind="overly-permissive-iam",
    level="Medium",
    category="security",
    title="AWS managed policies with full access: {values}",
    issue="In {file}, {resources} {attaches|attach} {values}. That allows reading, changing and deleting all resources of the "
    "services that the policy covers, in the whole account.",
    fix="Replace {values} with a policy that lists the actions in use and the ARNs they are used on.",
    root_cause="{because}",
    lesson="Give application roles policies of their own instead of full-access managed policies.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    aws_behaviour="IAM attaches the policy; everything it allows is allowed in the whole account.",
    security="Stolen credentials, or a fault in the code, can reach every resource of the service.",
    is_choice=True,
    yields_to=("managed-policy-name",),
    check=check,
    fails=(
        example(
            "Resources:\n"
            + resource(
                "Role",
                "AWS::IAM::Role",
                f"{LAMBDA_TRUST}\nManagedPolicyArns:\n  - arn:aws:iam::aws:policy/AmazonS3FullAccess  # finds",
            )
        ),
    ),
    passes=(
        example(
            "Resources:\n"
            + resource(
                "Role",
                "AWS::IAM::Role",
                f"{LAMBDA_TRUST}\nManagedPolicyArns: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]",
            )
        ),
        example(
            "Resources:\n"
            + resource(
                "Operators",
                "AWS::IAM::Group",
                "ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]",
            ),
            prompt="Create an IAM group with administrator access for the operators.",
        ),
    ),
)
