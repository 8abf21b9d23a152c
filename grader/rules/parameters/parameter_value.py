"""Values that the constraints of the template reject."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.plan.parameters import check_rules


def check(case: Case) -> Iterator[RuleFinding]:
    """Report assertions of the Rules section that are false.

    High where the assertion is about the region and the prompt names none: the stack is created in the region it allows.
    """
    for template in case.templates:
        for problem in check_rules(template, case.scopes[template.file]):
            uses = [use for use in template.uses.get("AWS::Region", ()) if use.owner == problem.resource]
            is_open = bool(uses) and not any(region in case.prompt for region in _regions(case))
            yield RuleFinding(
                location=problem.location,
                message=problem.message,
                facts={"says": problem.message, **problem.facts},
                level="High" if is_open else "",
            )


def _regions(case: Case) -> tuple[str, ...]:
    return (case.account.region, *case.account.regions)


RULE = Rule(
    id="parameter-value",
    kind="invalid-property-value",
    level="Critical",
    category="parameters",
    title="Parameter value that the template rejects",
    issue="{file} rejects its own value for {resource}: {says}. CloudFormation does not create the stack.",
    fix="Make the value and the constraint of {resource} agree.",
    root_cause="Value and constraint of {resource} are at line {line} of {file} and in the lines beside it, and exclude each other.",
    lesson="Check every default against its own type, pattern, allowed values and bounds.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="CloudFormation rejects the stack before it creates anything.",
    check=check,
    stands_for=(
        "plan:parameter-value",
        "plan:parameter-type",
        "cloudformation-validate:F2012",
        "cloudformation-validate:F2015",
        "cloudformation-validate:F0015",
        "cloudformation-validate:F0016",
        "cloudformation-validate:F2002",
        "cfn-lint:E2015",
    ),
    fails=(
        example("""
Parameters:
  Stage:
    Type: String
    AllowedValues: [test, prod]
    Default: dev  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
"""),
        example("""
Rules:
  OnlyDublin:
    Assertions:
      - Assert: !Equals [!Ref AWS::Region, eu-west-1]  # finds
        AssertDescription: only eu-west-1
Resources:
  Topic: {Type: AWS::SNS::Topic}
"""),
    ),
    passes=(
        example("""
Parameters:
  Stage: {Type: String, AllowedValues: [test, prod], Default: test}
Rules:
  OnlyTest:
    Assertions: [{Assert: !Equals [!Ref Stage, test], AssertDescription: 'only test'}]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
"""),
    ),
)
