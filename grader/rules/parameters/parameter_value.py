"""Values that the constraints of the template reject."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Finding, Located
from grader.plan.model import PlanCode
from grader.plan.parameters import check_parameters, check_rules
from grader.rules._shared import with_facts
from grader.rules.parameters._parameters import is_made_up
from grader.support.markdown import code, listed
from grader.template import Parameter


def check(case: Case) -> Iterator[RuleFinding]:
    """Report defaults and given values that a parameter does not accept, and assertions of the Rules section that are false.

    High where a command or a parameters file of the response gives the value, which a deployer can replace, and where an
    assertion is about the region and the prompt names none.
    """
    for template in case.templates:
        scope = case.scopes[template.file]
        for problem in check_parameters(case, template, scope):
            if problem.code in (PlanCode.PARAMETER_VALUE, PlanCode.PARAMETER_TYPE):
                yield from _of_parameter(case, template.parameters[problem.resource], problem)
        for problem in check_rules(template, scope):
            uses = [use for use in template.uses.get("AWS::Region", ()) if use.owner == problem.resource]
            is_open = bool(uses) and not any(region in case.prompt for region in _regions(case))
            because = f"The rule {code(problem.resource)} is false with the values of the template in {code(case.account.region)}."
            yield _finding(problem, because, "High" if is_open else "")


def _of_parameter(case: Case, parameter: Parameter, problem: Located) -> Iterator[RuleFinding]:
    given = case.given.get(parameter.name)
    value = problem.facts.get("value", "")
    if given is None or value == parameter.default or parameter.name in case.task.parameters:
        yield _finding(problem, f"{code(parameter.name)} is declared with {code(value)} in line {problem.line}.", "")
    elif not is_made_up(value):
        place = f"{code(given.file)}, line {given.line}"
        yield _finding(problem, f"The response passes {code(value)} for {code(parameter.name)} ({place}).", "High")


def _finding(problem: Located, because: str, level: str) -> RuleFinding:
    facts = {"says": problem.message, "because": because, "remedy": _remedy(problem)}
    return RuleFinding(location=problem.location, message=problem.message, facts=facts, level=level)


def _remedy(problem: Located) -> str:
    """Say which value is accepted, and what to change otherwise."""
    name = code(problem.resource)
    if found := re.search(r"is not among the allowed values (.*)", problem.message):
        return f"Give {name} one of the values {listed(found.group(1).split(', '))}, or add the value to AllowedValues."
    if found := re.search(r"does not match (.*)", problem.message):
        return f"Give {name} a value that matches {code(found.group(1))}, or extend AllowedPattern by the characters of the value."
    if found := re.search(r"is (below|shorter|above|longer)(?: than)? (\w+) (\S+)$", problem.message):
        least = "at least" if found.group(1) in ("below", "shorter") else "at most"
        unit = " characters" if "Length" in found.group(2) else ""
        return f"Give {name} {'a value of ' if not unit else ''}{least} {found.group(3)}{unit}, or change {found.group(2)}."
    return f"Give {name} a value that its own type and constraints accept."


def _confirm(case: Case, finding: Finding) -> Finding:
    del case
    return with_facts(finding, remedy=_remedy(finding))


def _regions(case: Case) -> tuple[str, ...]:
    return (case.account.region, *case.account.regions)


RULE = Rule(
    id="parameter-value",
    kind="invalid-property-value",
    level="Critical",
    category="parameters",
    title="Parameter {#value|values} that the template rejects: {resources}",
    issue="The value of {resource} does not meet the constraints that {file} sets for it: {says}. CloudFormation does not create the "
    "stack.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Check every default against its own type, pattern, allowed values and bounds.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="CloudFormation rejects the stack before it creates anything.",
    check=check,
    confirm=_confirm,
    stands_for=(
        "cloudformation-validate:F2012",
        "cloudformation-validate:F2015",
        "cloudformation-validate:F0015",
        "cloudformation-validate:F0016",
        "cloudformation-validate:F2002",
        "cfn-lint:E20*",
        "cloudformation-validate:E20*",
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
  Site: {Type: String, AllowedPattern: '^[a-z]+\\.[a-z]{2,}$'}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Site}
=== README.md
    aws cloudformation deploy --template-file template.yml --stack-name site --parameter-overrides Site=app.yourdomain.com
"""),
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
