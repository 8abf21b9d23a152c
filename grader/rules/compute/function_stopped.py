"""Functions whose reserved concurrency is 0."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import LAMBDA_ROLE, function, resources
from grader.rules.compute._corrections import unreserved

# What a prompt or a document says where a function is stopped on purpose.
_ON_PURPOSE = r"\b(disabl|deactivat|paus|suspend|throttl|stopp?\b|stopped|kill.?switch|turned off|switched off|reserved concurrency)"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report functions that are created and may not run once."""
    if case.request.first(_ON_PURPOSE) or case.documented(_ON_PURPOSE):
        return
    for template, resource in case.resources("AWS::Lambda::Function", "AWS::Serverless::Function"):
        scope = case.scopes[template.file]
        limit = scope.value(resource.get("ReservedConcurrentExecutions"))
        if scope.exists(resource) is not False and not isinstance(limit, bool) and limit in (0, "0"):
            yield at_property(
                template, resource, "ReservedConcurrentExecutions", "reserves 0 concurrent executions", value="0"
            )


RULE = Rule(
    id="function-stopped",
    kind="reserved-concurrency",
    level="High",
    category="schema",
    title="Functions that never run",
    issue="ReservedConcurrentExecutions of {resources} in {file} is {value}. Lambda rejects every invocation of the "
    "{function|functions}, and neither the prompt nor a document asks for that.",
    fix="Remove ReservedConcurrentExecutions from {resources}, or set how many executions may run at once.",
    root_cause="A reservation of 0 does not remove the limit: it allows no execution at all.",
    lesson="Leave ReservedConcurrentExecutions out where no limit is required.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    aws_behaviour="CloudFormation creates the function; Lambda throttles each of its invocations.",
    check=check,
    corrections=unreserved,
    fails=(
        example(resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 0  # finds"))),
        example(
            resources(
                LAMBDA_ROLE,
                function("ReservedConcurrentExecutions: !Ref Limit  # finds"),
                head="Parameters: {Limit: {Type: Number, Default: 0}}",
            )
        ),
    ),
    passes=(
        example(resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 5"))),
        example(resources(LAMBDA_ROLE, function())),
        example(
            resources(LAMBDA_ROLE, function("ReservedConcurrentExecutions: 0")),
            "A function for the migration, which stays disabled until the operators need it.",
        ),
    ),
)
