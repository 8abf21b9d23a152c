"""Checks of policies and tags of IAM: sizes, actions and principals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.case.policies import documents_of, statements_in, texts_in
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places
from grader.support.markdown import code
from grader.template import Unknown
from grader.template.model import SUB_VARIABLE

# Characters without white space.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED_POLICY, INLINE_POLICIES, TRUST_POLICY = 6144, 10240, 2048
_DOCUMENTS = ("PolicyDocument", "Policies.*.PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy")


def managed_policy_size(case: Case, root: Place) -> Iterator[Broken]:
    """Report a managed policy that is too long even without what only a deployment knows."""
    [place] = places(case, root, "PolicyDocument")
    yield from _too_long(place, _size(place.value), MANAGED_POLICY, code("PolicyDocument"))


def inline_policies_size(case: Case, root: Place) -> Iterator[Broken]:
    """Report a role whose inline policies, in the role and in policies of their own, are too long together."""
    apart = {policy.name for policy in root.template.of_type("AWS::IAM::Policy", "AWS::IAM::RolePolicy")}
    documents = [document for name, document in documents_of(case, root.template, root.resource)[0] if name in apart]
    documents += [place.value for place in places(case, root, "Policies.*.PolicyDocument") if not place.is_absent]
    size = sum(map(_size, documents))
    [policies] = places(case, root, "Policies")
    yield from _too_long(root if policies.is_absent else policies, size, INLINE_POLICIES, "the inline policies")


def trust_policy_size(case: Case, root: Place) -> Iterator[Broken]:
    """Report a trust policy that is too long even without what only a deployment knows."""
    [place] = places(case, root, "AssumeRolePolicyDocument")
    yield from _too_long(place, _size(place.value), TRUST_POLICY, code("AssumeRolePolicyDocument"))


def _too_long(place: Place, size: int, limit: int, name: str) -> Iterator[Broken]:
    if size > limit:
        verb = "have" if name.endswith("policies") else "has"
        yield Broken(place, f"{name} {verb} at least {size} characters without white space")


def _size(value: object) -> int:
    """Return the length of a document as JSON without white space, counting only what is known of it."""
    text = value if isinstance(value, str) else json.dumps(_known(value), separators=(",", ":"), ensure_ascii=False)
    return len(re.sub(r"\s", "", SUB_VARIABLE.sub("", text)))


def _known(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return (
        value.expression if isinstance(value, Unknown) else value if isinstance(value, str | int | float | bool) else ""
    )


def action_without_service(case: Case, root: Place) -> Iterator[Broken]:
    """Report an action of a policy that does not name its service."""
    for path in _DOCUMENTS:
        for place in places(case, root, path):
            for statement in statements_in(place.value):
                named = [one for key in ("Action", "NotAction") for one in texts_in(statement.get(key))]
                wrong = next((one for one in named if one and one != "*" and ":" not in one and "${" not in one), None)
                if wrong:
                    yield Broken(place, f"the action {code(wrong)} has no prefix of a service")
                    break


def group_as_principal(case: Case, root: Place) -> Iterator[Broken]:
    """Report a resource policy with an IAM group as the principal."""
    for path in ("PolicyDocument", "KeyPolicy"):
        for place in places(case, root, path):
            for statement in statements_in(place.value):
                given = statement.get("Principal")
                named = texts_in(given.get("AWS")) if isinstance(given, dict) else []
                group = next((one for one in named if re.search(r":iam::[^:]*:group/", one)), None)
                if group:
                    yield Broken(place, f"a principal of the policy is the group {code(group)}")
                    break


def tags_by_letter_case(case: Case, root: Place) -> Iterator[Broken]:
    """Report two tags of an IAM resource whose keys differ in upper and lower case only."""
    seen: dict[str, str] = {}
    for place in places(case, root, "Tags.*.Key"):
        if place.is_absent or place.is_open:
            continue
        other = seen.setdefault(place.text.lower(), place.text)
        if other != place.text:
            yield Broken(place, f"the tag keys {code(other)} and {code(place.text)} differ in letter case only")


CHECKS: Mapping[str, Check] = {
    "managed-policy-size": managed_policy_size,
    "inline-policies-size": inline_policies_size,
    "trust-policy-size": trust_policy_size,
    "action-without-service": action_without_service,
    "group-as-principal": group_as_principal,
    "tags-by-letter-case": tags_by_letter_case,
}
