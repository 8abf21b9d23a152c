"""Permissions to invoke that leave open for which account."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code

_ACCOUNT = {"Ref": "AWS::AccountId"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report permissions for a service that name neither the account nor a resource whose ARN holds it."""
    for template, permission, scope in created(case, "AWS::Lambda::Permission"):
        principal = scope.text(permission.get("Principal"))
        limited = any(
            permission.get(name) is not None for name in ("SourceAccount", "PrincipalOrgID", "EventSourceToken")
        )
        if not principal.endswith(".amazonaws.com") or limited:
            continue
        if principal.startswith("s3."):
            source = scope.text(permission.get("SourceArn"))
            if source and not source.startswith(("arn:", "$")):
                continue  # not an ARN: reference-form reports it
            because = (
                f"SourceArn is the ARN of a bucket, {code(source)}, which has no account in it."
                if source
                else f"{code(permission.name)} has neither SourceArn nor SourceAccount."
            )
        elif permission.get("SourceArn") is None:
            because = f"{code(permission.name)} has neither SourceArn nor SourceAccount."
        else:
            continue
        message = f"lets {principal} invoke the function for any account"
        yield at_property(template, permission, "SourceAccount", message, value=principal, because=because)


RULE = Rule(
    id="open-invoke-permission",
    kind="overly-permissive-iam",
    level="Medium",
    category="security",
    title="Permission to invoke without an account: {resources}",
    issue="{resources} in {file} {lets|let} {values} invoke a function and {does|do} not say for which account. The service may "
    "then invoke it on behalf of another account.",
    fix="Set SourceAccount to the account, and SourceArn to the resource that invokes.",
    root_cause="{because}",
    lesson="Give SourceArn in a permission, and SourceAccount where the ARN has no account in it.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-account.html",
    aws_behaviour="Lambda accepts the call of the service whatever account it acts for; the ARN of a bucket does not name its account.",
    security="A resource of another account can make the service invoke the function.",
    is_choice=True,
    needed=lambda finding: _ACCOUNT,
    check=check,
    fails=(
        example("""
Parameters: {Function: {Type: String, Default: orders}}
Resources:
  Permission:
    Type: AWS::Lambda::Permission
    Properties:  # finds
      FunctionName: !Ref Function
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: arn:aws:s3:::shop-uploads
"""),
    ),
    passes=(
        example("""
Parameters: {Function: {Type: String, Default: orders}}
Resources:
  Rule: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day)}}
  Uploads:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Function
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceAccount: !Ref AWS::AccountId
  Nightly:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Function
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
      SourceArn: !GetAtt Rule.Arn
"""),
    ),
)
