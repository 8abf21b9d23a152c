"""More reserved concurrency than the account can give."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._fragments import LAMBDA_ROLE, function, resources
from grader.rules._shared import with_facts
from grader.rules.compute._corrections import unreserved
from grader.support.markdown import code

_ORDERED = r"\breserved?\b.{0,30}\bconcurren\w+|\bconcurren\w+.{0,40}\breserv\w+|\bconcurren(cy|t executions?)\b"
_TOLD = r"(concurren|lambda|service)\w*[^\n]{0,60}\bquota|quota[^\n]{0,60}concurren|concurren\w+ limit"


_RAISE = (
    "Document that the account's quota for concurrent executions has to be raised in Service Quotas before the deployment: to the "
    "sum of the reservations plus 100, which Lambda keeps unreserved."
)


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """A reservation that the prompt orders, or whose quota a document names, is a step that is missing: Medium."""
    ordered = case.request.orders(_ORDERED)
    value = code(finding.facts["value"])
    if ordered:
        because = f"Line {ordered.line} of the prompt asks for it, and no document says that the quota has to be raised first."
        return None if case.documented(_TOLD) else with_facts(finding, level="Medium", because=because, remedy=_RAISE)
    because = f"{code(finding.resource)} reserves {value}, and the prompt does not ask for reserved concurrency."
    remedy = "Remove ReservedConcurrentExecutions."
    return with_facts(finding, level="Medium" if case.documented(_TOLD) else "", because=because, remedy=remedy)


RULE = Rule(
    id="reserved-concurrency",
    kind="reserved-concurrency",
    level="Critical",
    category="account",
    title="Reserved concurrency above the quota of a new account",
    issue="{resources} in {file} {reserves|reserve} {values} concurrent executions. A new account has {limit} in all, of which {room} can "
    "be reserved; Lambda rejects a reservation that leaves less than the unreserved minimum.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Reserve concurrency only where it is asked for, and name the quota that it needs.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    stands_for=("plan:reserved-concurrency",),
    confirm=_confirm,
    aws_behaviour="Lambda rejects the reservation in an account with the initial quota, and the stack rolls back; Medium where the prompt "
    "asks for it, because only the quota increase is missing.",
    corrections=unreserved,
    fails=(
        example(resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 50  # finds"))),
        example(
            resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 50  # finds")),
            prompt="A Lambda function with a reserved concurrency of 50.",
        ),
    ),
    passes=(
        example(
            resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 50"))
            + """
=== README.md
Raise the quota for concurrent executions of Lambda to 100 before you deploy.
""",
            prompt="A Lambda function with a reserved concurrency of 50.",
        ),
        example(resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 0"))),
    ),
)
