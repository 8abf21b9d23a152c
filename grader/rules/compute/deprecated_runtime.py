"""Lambda runtimes that AWS has deprecated or blocked."""

from __future__ import annotations

import re

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._fragments import LAMBDA_ROLE, function, resources
from grader.rules._shared import with_facts
from grader.support.markdown import code

# What both engines say of a runtime. Their dates are those of the documentation.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_SAYS = re.compile(
    r"Runtime '(?P<runtime>(?P<family>[a-z]+)(?P<version>[\d.]*)[^']*)' was deprecated on '(?P<deprecated>[\d-]+)'\. "
    r"Creation \w+(?: \w+)* disabled on '(?P<blocked>[\d-]+)'.*?(?:updating to '(?P<successor>[^']+)')?$",
    re.S,
)
_CALLED = {"nodejs": r"node(\.?js)?", "dotnet": r"\.?net( core)?", "java": "java", "python": "python", "ruby": "ruby"}
_OR_LATER = r"(\.x)?\s*(\+|or (later|newer|higher|above)|and (later|above))"
_BLOCKED = ("E2531", "E2533")


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """Blocked runtimes are refused; deprecated runtimes are not a failure where the prompt orders that version."""
    said = _SAYS.match(finding.message)
    if said is None:
        return None
    runtime, is_blocked = said["runtime"], finding.facts.get("id") in _BLOCKED
    if not is_blocked and _is_ordered(case, said["family"], said["version"].rstrip(".")):
        return None
    because = (
        f"AWS deprecated {code(runtime)} on {said['deprecated']}; functions can be created with it until {said['blocked']}."
        if not is_blocked
        else f"AWS has blocked the creation of functions with {code(runtime)} since {said['blocked']}."
    )
    facts = {"value": runtime, "successor": said["successor"] or "", "because": because}
    return with_facts(finding, level="Critical" if is_blocked else "", **facts)


def _is_ordered(case: Case, family: str, version: str) -> bool:
    called = rf"\b{_CALLED.get(family, family)}[ -]?v?{re.escape(version)}(?![\d])"
    ordered = case.request.orders(called)
    return ordered is not None and re.search(called + _OR_LATER, ordered.text, re.I) is None


def _needed(finding: Finding) -> object:
    """The runtime that the documentation names; code for Node.js before 18 may rely on the SDK that it brought."""
    old = re.match(r"nodejs(4|6|8|10|12|14|16)\b", finding.facts.get("value", ""))
    return finding.facts.get("successor") or None if finding.path.endswith("Runtime") and not old else None


RULE = Rule(
    id="deprecated-runtime",
    kind="deprecated-runtime",
    level="Medium",
    category="versions",
    title="Deprecated Lambda runtime",
    issue="{resources} in {file} {uses|use} {values}. A deprecated runtime gets no security updates, and from a published date "
    "on AWS blocks the creation of functions with it.",
    fix="Set Runtime of {resources} to a supported version, {successors}, and test the code with it.",
    root_cause="{because}",
    lesson="Use runtimes that are supported at the time of the deployment.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    security="A deprecated runtime gets no security patches.",
    stands_for=tuple(
        f"{engine}:{rule}" for engine in ("cfn-lint", "cloudformation-validate") for rule in ("W2531", "E2531", "E2533")
    ),
    confirm=_confirm,
    needed=_needed,
    forgiven=True,
    aws_behaviour="Deploys until the date on which AWS blocks the creation of functions; after it, Lambda refuses the function (Critical).",
    fails=(
        example(resources(LAMBDA_ROLE, function("Runtime: python3.8  # finds"))),
        example(
            resources(LAMBDA_ROLE, function("Runtime: nodejs16.x  # finds")),
            prompt="A function with Node.js 16.x or later.",
        ),
    ),
    passes=(
        example(resources(LAMBDA_ROLE, function("Runtime: python3.9")), prompt="A Lambda function in Python 3.9."),
        example(resources(LAMBDA_ROLE, function())),
    ),
)
