"""Functions whose role does not allow their destination."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.case.iam import Grants, grants, role_of
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Location
from grader.rules._fragments import resource, role, worker
from grader.support.markdown import code, listed
from grader.template import dotted

# What a function's role must allow for a destination, by the destination's type.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
_NEEDED = {
    "AWS::Events::EventBus": "events:PutEvents",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::SQS::Queue": "sqs:SendMessage",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report destinations that the role of the function does not allow, where all of its policies are known."""
    for template, config, _ in created(case, "AWS::Lambda::EventInvokeConfig"):
        uses = [use for use in template.references if use.owner == config.name and use.section == "Resources"]
        source = next((use.target for use in uses if "FunctionName" in use.path), "")
        function = template.resources.get(source)
        role = role_of(template, function) if function is not None else None
        granted = grants(case, template, role) if role is not None else None
        if function is None or role is None or granted is None or not granted.is_complete:
            continue
        for use in uses:
            target = template.resources.get(use.target)
            needed = _NEEDED.get(target.type) if target and "DestinationConfig" in use.path else None
            if needed is None or granted.allow(needed):
                continue
            because = _because(role.name, needed, granted)
            facts = {"value": use.target, "needed": needed, "function": source, "role": role.name, "because": because}
            yield RuleFinding(
                location=Location(
                    file=template.file, line=use.line, resource=source, type=function.type, path=dotted(use.path)
                ),
                message=f"sends results to {use.target}, and its role {role.name} does not allow {needed}",
                facts=facts,
            )
            yield at_property(template, role, "Policies", f"does not allow {needed} on {use.target}", **facts)


def _because(role: str, needed: str, granted: Grants) -> str:
    service = needed.partition(":")[0]
    similar = sorted(action for action in granted.actions if action.startswith(f"{service}:"))
    if similar:
        return f"{code(role)} allows {listed(similar)} of this service, and not {code(needed)}."
    services = sorted({action.partition(":")[0] for action in granted.actions})
    return f"{code(role)} allows actions of {listed(services)} only." if services else f"{code(role)} allows nothing."


RULE = Rule(
    id="lambda-destination-permission",
    kind="missing-invoke-permission",
    level="Critical",
    category="security",
    title="Missing permission for a Lambda destination: {neededs}",
    issue="In {file}, the results of {functions} go to {values}, and the execution role {roles} does not allow {neededs}. Lambda "
    "checks this when the destination is configured, and rejects the configuration.",
    fix="Allow {neededs} on {values} in the policies of {roles}.",
    root_cause="{because}",
    lesson="Allow in a function's execution role what its destinations need; Lambda sends the results with that role.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    aws_behaviour="PutFunctionEventInvokeConfig is refused where the execution role does not allow the call on the destination.",
    check=check,
    fails=(
        example(
            "Resources:\n"
            + role(["logs:*"], "  # finds")
            + worker("def handler(event, context):\n    return None")
            + resource("Failed", "AWS::SQS::Queue")
            + resource(
                "Results",
                "AWS::Lambda::EventInvokeConfig",
                """
                FunctionName: !Ref Worker
                Qualifier: $LATEST
                DestinationConfig:
                  OnFailure:
                    Destination: !GetAtt Failed.Arn  # finds
                """,
            )
        ),
    ),
    passes=tuple(
        example(
            "Resources:\n"
            + allowed
            + worker("def handler(event, context):\n    return None")
            + resource("Failed", "AWS::SQS::Queue")
            + resource(
                "Results",
                "AWS::Lambda::EventInvokeConfig",
                """
                FunctionName: !Ref Worker
                Qualifier: $LATEST
                DestinationConfig: {OnFailure: {Destination: !GetAtt Failed.Arn}}
                """,
            )
        )
        for allowed in (
            role(["sqs:Send*"]),
            role(properties="ManagedPolicyArns: [!Sub 'arn:aws:iam::${AWS::AccountId}:policy/shop-workers']"),
        )
    ),
)
