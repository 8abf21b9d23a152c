"""Policies that allow every action of a service on every resource."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.iam import IDENTITY_POLICIES, Statement, statements
from grader.catalogue import Rule, RuleFinding, example
from grader.rules._fragments import LAMBDA_TRUST, resource
from grader.rules.identity._least_privilege import access_ordered, asks, least_privilege_asked
from grader.support.markdown import code, listed

_WIDE = re.compile(r"^(\*|[a-z0-9-]+:\*)$", re.I)
# Channels of an agent to its own service: their actions take no resource.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html
_CHANNELS = ("ec2messages:*", "ssmmessages:*", "xray:*")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report statements that allow all actions of a service, or of all services, on every resource."""
    for statement in statements(case, *IDENTITY_POLICIES):
        if not statement.allows or statement.has_principal or statement.is_conditional or _is_boundary(statement):
            continue
        everywhere = any(text == "*" for _, _, text in statement.items("Resource"))
        wide = [one for one in statement.actions if _WIDE.match(one) and one.lower() not in _CHANNELS]
        if not everywhere or not (wide := [one for one in wide if not _is_ordered(case, one, statement)]):
            continue
        admin = "*" in wide
        asked = least_privilege_asked(case, statement.template, statement.resource)
        yield RuleFinding(
            location=statement.at(statement.path, statement.node),
            message=f"allows {', '.join(wide)} on every resource",
            facts={"value": ", ".join(wide), "because": asks(asked) if asked else _because(case, statement, wide)},
            level="High" if asked or admin else "",
        )


def _is_boundary(statement: Statement) -> bool:
    """Whether a policy is a permissions boundary: it limits what other policies allow, and allows nothing by itself."""
    name = statement.resource.name
    uses = statement.template.uses.get(name, ())
    return "boundary" in name.lower() or any("PermissionsBoundary" in use.path for use in uses)


_ADMINISTRATOR = r"\badmin(istrator)?s?\b[^.;]{0,30}\b(role|user|group|access|permission)"


def _is_ordered(case: Case, action: str, statement: Statement) -> bool:
    """Whether the prompt asks for an administrator and this is one, or for everything of the service."""
    service = action.partition(":")[0]
    is_administrator = service == "*" or "admin" in statement.resource.name.lower()
    if is_administrator and case.request.orders(_ADMINISTRATOR) is not None:
        return True
    if service == "*":
        return False
    return case.request.orders(re.escape(action)) is not None or access_ordered(case, rf"\b{re.escape(service)}\b")


def _because(case: Case, statement: Statement, wide: list[str]) -> str:
    """Say which other statement of the template names its resources, or which further actions it has."""
    for other in statements(case, *IDENTITY_POLICIES):
        if other.template is statement.template and other.node is not statement.node and other.allows:
            resources = [text for _, _, text in other.items("Resource") if text not in ("*", "")]
            if resources and not any(_WIDE.match(one) for one in other.actions):
                return (
                    f"{code(other.resource.name)} (line {other.node.line}) names its actions and resources, "
                    f"such as {code(resources[0])}."
                )
    return f"The statement has {listed(wide)} with the resource {code('*')}, and no condition."


RULE = Rule(
    id="overly-permissive-iam",
    kind="overly-permissive-iam",
    level="Medium",
    category="security",
    title="{Policy|Policies} without limits on actions and resources: {values}",
    issue="In {file}, {resources} {allows|allow} {values} on every resource of the account, without a condition.",
    fix="List the actions in use, on the ARNs they are used on.",
    root_cause="{because}",
    lesson="Write policies with the actions and resources in use.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    aws_behaviour="IAM allows what the statement says, on everything in the account.",
    security="Stolen credentials, or a fault in the code, can reach every resource of the service.",
    is_choice=True,
    check=check,
    fails=(
        example(
            "Resources:\n"
            + resource(
                "Role",
                "AWS::IAM::Role",
                LAMBDA_TRUST
                + """
Policies:
  - PolicyName: all
    PolicyDocument:
      Version: '2012-10-17'
      Statement:
        - {Effect: Allow, Action: 's3:*', Resource: '*'}  # finds
""",
            )
        ),
    ),
    passes=(
        example(
            "Resources:\n"
            + resource(
                "Boundary",
                "AWS::IAM::ManagedPolicy",
                "PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}",
            )
            + resource(
                "Role",
                "AWS::IAM::Role",
                LAMBDA_TRUST
                + """
PermissionsBoundary: !Ref Boundary
Policies:
  - PolicyName: some
    PolicyDocument:
      Version: '2012-10-17'
      Statement:
        - {Effect: Allow, Action: 'logs:PutLogEvents', Resource: '*'}
        - {Effect: Allow, Action: 'dynamodb:*', Resource: !Sub 'arn:aws:dynamodb:*:${AWS::AccountId}:table/orders'}
        - {Effect: Deny, Action: '*', Resource: '*'}
        - {Effect: Allow, Action: 'ssmmessages:*', Resource: '*'}
        - {Effect: Allow, Action: 'ec2:*', Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/Team': shop}}}
""",
            )
        ),
        example(
            "Resources:\n"
            + resource(
                "Operators",
                "AWS::IAM::ManagedPolicy",
                "PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}",
            ),
            prompt="Operators have full access to S3.",
        ),
    ),
)
