"""Templates that AWS rejects in a dry run."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules._fragments import unmarked
from grader.rules.delivery._events import HOOK, TEMPLATE, VALIDATION

RULE = Rule(
    id="refused-by-aws",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Rejected by AWS in a dry run",
    issue="AWS rejects {resources} in {file}: {says}.",
    fix="Correct what the message names, and create the change set again.",
    root_cause="The change set of {file} failed at line {line}.",
    lesson="Create a change set before a template is delivered.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html",
    aws_behaviour="CloudFormation reports the validation error when it creates the change set.",
    stands_for=("aws:refused-by-aws",),
    fails=(example(TEMPLATE, event=VALIDATION),),
    passes=(example(unmarked(TEMPLATE), event=HOOK),),
)
