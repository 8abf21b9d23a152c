"""Judges of permissions: wildcards, principals, actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.detectors.requirements.answer import Answer, Built
from grader.detectors.requirements.verdict import UNSEEN, Verdict, judge, met, unjudged, unmet
from grader.task.reading import Demand

_PATHS = {
    "AWS::IAM::Role": "Policies.*.PolicyDocument.Statement",
    "AWS::IAM::Policy": "PolicyDocument.Statement",
    "AWS::IAM::RolePolicy": "PolicyDocument.Statement",
    "AWS::IAM::ManagedPolicy": "PolicyDocument.Statement",
    "AWS::Serverless::Function": "Policies.*.Statement",
}
_FULL = re.compile(r"(AdministratorAccess|PowerUserAccess|FullAccess)$")
# Actions that AWS lets nobody limit to a resource, or that are harmless on every resource.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_UNBOUND = re.compile(
    r"^(ec2:(describe|createnetworkinterface|deletenetworkinterface|assignprivate|unassignprivate)|cloudwatch:(putmetricdata|get|list|describe)|logs:(create|put|describe)|xray:|"
    r"ssmmessages:|ec2messages:|ssm:updateinstanceinformation|ecr:getauthorizationtoken|sts:getcalleridentity|config:(put|describe)|"
    r"logs:\w*logdeliver|secretsmanager:getrandompassword|kms:generaterandom|cloudtrail:lookupevents|ec2:(at|de)tachnetworkinterface|"
    r"ssm:put(inventory|complianceitems)|ecs:(registertaskdefinition|deregistertaskdefinition|discoverpollendpoint)|organizations:describe|"
    r"(ce|pricing|cur|support|trustedadvisor):|acm-pca:list|cloudformation:validatetemplate|iam:(list|get)account|"
    r"autoscaling:describe|elasticloadbalancing:describe|tag:get|cloudformation:(describe|list)|\w+:(list|describe)|kms:(list|createkey)|ses:send|textract:|comprehend:|translate:|"
    r"rekognition:|polly:|transcribe:|bedrock:invoke)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement that allows: where, which actions, on which resources."""

    built: Built
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    has_condition: bool


def grants(answer: Answer) -> Iterator[Grant]:
    """Yield the statements of identity policies that allow something."""
    for type, path in _PATHS.items():
        for built in answer.exactly(type):
            for value in built.values(path):
                for statement in value if isinstance(value, list) else [value]:
                    if isinstance(statement, dict) and str(statement.get("Effect")) == "Allow":
                        yield Grant(
                            built,
                            _texts(statement.get("Action")),
                            _texts(statement.get("Resource")),
                            "Condition" in statement,
                        )


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def _managed(answer: Answer) -> Iterator[tuple[Built, str]]:
    for built in answer.exactly("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
        for value in built.values("ManagedPolicyArns.*"):
            yield built, str(value)


@judge("least-privilege")
def least_privilege(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no policy allows every action, every action of a service, or names every resource without need."""
    found = [one for one in grants(answer) if not re.search("boundary|admin", one.built.name, re.I)]
    attached = [one for one in _managed(answer) if not re.search("admin", one[0].name, re.I)]
    if not answer.of(("AWS::IAM::Role", "AWS::IAM::Policy")):
        return unjudged("the answer has no IAM role or policy")
    wide = [
        (one.built, f"allows {action}", action)
        for one in found
        for action in one.actions
        if action == "*" or (action.endswith(":*") and "*" in one.resources)
    ]
    names = [(built, arn.rpartition("/")[2]) for built, arn in attached if _FULL.search(arn)]
    wide += [(built, f"attaches {name}", name) for built, name in names]
    if wide:
        built, what, _ = wide[0]
        return unmet(f"{built.name} {what}", [one.showing(message, text) for one, message, text in wide])
    text = demand.check.text.lower()
    strict = bool(demand.check.arguments.get("strict"))
    if strict and _OF_ACTIONS.search(text) and "resource" not in text:
        return _without_wildcards(answer, found)
    loose = [
        one
        for one in found
        if "*" in one.resources and not one.has_condition and not all(_UNBOUND.match(action) for action in one.actions)
    ]
    loose_actions = (
        [one for one in found if any(re.search(r":\w*\*", action) for action in one.actions)] if strict else []
    )
    if loose and strict:
        return unmet(
            f"{loose[0].built.name} allows {_bound(loose[0])} on every resource",
            [one.built.showing(f"allows {_bound(one)} on every resource", _bound(one)) for one in loose],
        )
    open_ = [(one.built, action) for one in loose for action in one.actions if _is_own(answer, action)]
    if open_:
        built, action = open_[0]
        places = [one.showing(f"allows {name} on every resource", name) for one, name in open_]
        return replace(unmet(f"{built.name} allows {action} on every resource", places), level="Medium")
    if loose or loose_actions:
        return unjudged("some actions are allowed on every resource")
    if answer.is_opaque:
        return unjudged(UNSEEN)
    return met([one.built.located("is limited") for one in found][:5])


# What reads and writes resources: where the answer creates such a resource, a policy can name it.
_OWN: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.I), types)
    for pattern, types in (
        (r"s3:(get|put|delete)object", ("AWS::S3::Bucket",)),
        (r"dynamodb:(get|put|update|delete|batch)\w*item|dynamodb:(query|scan)", ("AWS::DynamoDB::Table",)),
        (r"sqs:(send|receive|delete)message", ("AWS::SQS::Queue",)),
        (r"sns:publish$", ("AWS::SNS::Topic",)),
        (r"lambda:invokefunction", ("AWS::Lambda::Function",)),
        (r"kinesis:(put|get)record", ("AWS::Kinesis::Stream",)),
        (r"secretsmanager:getsecretvalue", ("AWS::SecretsManager::Secret",)),
        (r"states:startexecution", ("AWS::StepFunctions::StateMachine",)),
    )
)


def _is_own(answer: Answer, action: str) -> bool:
    """Whether an action reads or writes a kind of resource that the answer creates."""
    return any(pattern.match(action) and answer.of(types) for pattern, types in _OWN)


# A sentence about wildcards in actions only: `no wildcard (*) actions`, `no wildcards in action lists`.
_OF_ACTIONS = re.compile(r"\bwildcards?\b[^.;]{0,30}\bactions?\b|\bactions?\b[^.;,]{0,12}\bwildcards?\b")


# Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_OF_KEYS = re.compile(r"kms:(ReEncrypt|GenerateDataKey)\*", re.I)


def _without_wildcards(answer: Answer, found: list[Grant]) -> Verdict:
    """Judge whether no action of a policy has a wildcard."""
    wide = [(one.built, action) for one in found for action in one.actions if "*" in action]
    if wide and all(_OF_KEYS.fullmatch(action) for _, action in wide):
        return unjudged("only actions on KMS keys have wildcards, as AWS documents them")
    if wide:
        built, action = wide[0]
        return unmet(f"{built.name} allows {action}", [one.showing(f"allows {name}", name) for one, name in wide])
    return unjudged(UNSEEN) if answer.is_opaque else met([one.built.located("names its actions") for one in found][:5])


def _bound(grant: Grant) -> str:
    """Return the first action of a statement that AWS can limit to a resource."""
    return next((action for action in grant.actions if not _UNBOUND.match(action)), "an action")


@judge("no-wildcard-action")
def no_wildcard_action(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no policy allows every action."""
    wide = [one for one in grants(answer) if "*" in one.actions or "*:*" in one.actions]
    if wide:
        return unmet(
            f"{wide[0].built.name} allows every action", [one.built.located("allows every action") for one in wide]
        )
    return met() if answer.built and not answer.is_opaque else unjudged(UNSEEN)


@judge("role-for")
def role_for(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a role trusts a service."""
    service = str(demand.check.arguments.get("service", ""))
    roles = answer.exactly("AWS::IAM::Role")
    found = [
        one
        for one in roles
        if any(service in str(value) for value in one.values("AssumeRolePolicyDocument.Statement.*.Principal.Service"))
    ]
    if service.startswith("lambda"):
        found += answer.inline(("AWS::IAM::Role",))
    if found:
        return met([one.located(f"trusts {service}") for one in found])
    if answer.is_opaque or any(
        "${" in str(v) for one in roles for v in one.values("AssumeRolePolicyDocument.Statement.*.Principal.Service")
    ):
        return unjudged(UNSEEN)
    return unmet(f"no role trusts {service}")


@judge("allows")
def allows(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the actions that the prompt names are allowed by some policy."""
    wanted = re.findall(r"\b([a-z][a-z0-9-]+:[A-Z]\w*)\b", demand.check.text)
    allowed = [action.lower() for one in grants(answer) for action in one.actions]
    if not wanted:
        return unjudged("the prompt names no action")
    missing = [action for action in wanted if not any(_covers(pattern, action.lower()) for pattern in allowed)]
    if not missing:
        return met(
            [
                one.built.located("allows it")
                for one in grants(answer)
                if any(a.lower() in map(str.lower, one.actions) for a in wanted)
            ]
        )
    if answer.is_opaque or list(_managed(answer)) or answer.exactly("AWS::Serverless::Function"):
        return unjudged("a managed policy may allow it")
    if any(one.values("PolicyDocument") or one.values("KeyPolicy") for one in answer.built):
        return unjudged("a policy of a resource may allow it")
    if not answer.of(("AWS::IAM::Role",)):
        return unmet("the answer creates no IAM role")
    return (
        unmet(f"no policy allows {missing[0]}")
        if len(missing) == len(wanted)
        else unjudged(f"no policy allows {missing[0]}")
    )


def _covers(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action) is not None
