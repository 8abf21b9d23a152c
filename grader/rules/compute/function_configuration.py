"""Settings of functions that Lambda refuses or ignores."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._fragments import LAMBDA_ROLE, function, resources
from grader.rules._shared import resource_at, with_facts
from grader.support.markdown import code

_REFUSED = "W2533"  # a .zip package without handler or runtime


def _confirm(case: Case, finding: Finding) -> Finding | None:
    found = resource_at(case, finding)
    if found is None or case.scopes[found[0].file].exists(found[1]) is False:
        return None
    if finding.facts.get("id") != _REFUSED:
        because = f"{code(finding.resource)} turns on `SnapStart`, and no `AWS::Lambda::Version` of it is published."
        return with_facts(finding, level="Medium", because=because)
    missing = [name for name in ("Handler", "Runtime") if found[1].get(name) is None]
    because = (
        f"{code(finding.resource)} is deployed from a .zip package and has no {' and no '.join(map(code, missing))}."
    )
    return with_facts(finding, because=because) if missing else None


RULE = Rule(
    id="function-configuration",
    kind="missing-required-property",
    level="Critical",
    category="schema",
    title="Function settings that do not fit its package or runtime",
    issue="{resources} in {file} {has|have} settings that Lambda cannot use: {says}.",
    fix="Set Handler and Runtime for a function that is deployed from a .zip package; publish a version for SnapStart.",
    root_cause="{because}",
    lesson="A function from a .zip package needs Handler and Runtime; SnapStart works on published versions only.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html",
    stands_for=("cfn-lint:W2533", "cloudformation-validate:W2533", "cfn-lint:W2530", "cloudformation-validate:W2530"),
    confirm=_confirm,
    aws_behaviour="Lambda refuses a .zip function without Handler or Runtime; SnapStart without a version has no effect (Medium).",
    fails=(
        example(
            resources(
                LAMBDA_ROLE,
                """
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      PackageType: Zip
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: shop-artifacts, S3Key: worker.zip}
""",
            )
        ),
    ),
    passes=(example(resources(LAMBDA_ROLE, function("PackageType: Zip"))),),
)
