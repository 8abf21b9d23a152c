"""Inline code that cannot run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example, hit
from grader.template import Scalar

MAX_CODE = 200_000


def check(case: Case) -> Iterator[Hit]:
    """Report inline Python that does not parse, and handlers that the code does not define."""
    for template, function in case.resources("AWS::Lambda::Function"):
        node = function.get("Code.ZipFile")
        scope = case.scopes[template.file]
        code, runtime, handler = (
            scope.text(node),
            scope.text(function.get("Runtime")),
            scope.text(function.get("Handler")),
        )
        if (
            not isinstance(node, Scalar)
            or not runtime.startswith("python")
            or not code
            or len(code) > MAX_CODE
            or "${" in code.replace("${AWS", "")
        ):
            continue
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(code)
        except SyntaxError as error:
            yield hit(
                template,
                function,
                "Code.ZipFile",
                f"does not parse: {error.msg} (line {error.lineno})",
                value=str(error.msg),
            )
            continue
        except (ValueError, RecursionError, MemoryError):
            continue
        names = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        names |= {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        wanted = handler.rpartition(".")[2]
        if wanted and wanted not in names:
            yield hit(
                template,
                function,
                "Handler",
                f"names the handler {wanted}, which the code does not define",
                value=wanted,
            )
        elif handler and handler.rpartition(".")[0] != "index":
            yield hit(
                template, function, "Handler", f"is {handler}; inline code is always the module index", value=handler
            )


RULE = Rule(
    id="inline-code-bug",
    kind="inline-code-bug",
    level="Critical",
    category="code",
    title="Inline code that cannot run",
    issue="The inline code of {resources} in {file} cannot run: {value}. The function is created, and every invocation "
    "of it fails.",
    fix="Correct the code of {resources}, and let Handler name a function of it, as index.NAME.",
    root_cause="The code was written into the template without being run once.",
    lesson="Parse inline code, and check that the handler exists in it.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html",
    cost="Every invocation fails and is paid for.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]

  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.main  # finds
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return None'}
"""),
    ),
    passes=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]

  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return None'}
"""),
    ),
)
