"""Resources that a hook of the account rejects."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules._fragments import unmarked
from grader.rules.delivery._events import HOOK, TEMPLATE, VALIDATION

RULE = Rule(
    id="refused-by-hook",
    kind="external-dependency",
    level="Critical",
    category="prerequisites",
    title="Rejected by a hook of the account",
    issue="A hook of the account rejects {resources} in {file}: {says}.",
    fix="Change {resources} so that the policy of the hook is met, or ask the owners of the hook for an exception.",
    root_cause="The account has a policy that {file} does not meet at line {line}.",
    lesson="Create a change set in the target account before a template is delivered.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html",
    aws_behaviour="The hook fails, and CloudFormation does not create the resource.",
    stands_for=("aws:refused-by-hook",),
    fails=(example(TEMPLATE, event=HOOK),),
    passes=(example(unmarked(TEMPLATE), event=VALIDATION),),
)
