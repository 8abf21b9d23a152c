"""Inline code that cannot run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import InlineCode, inline_functions, javascript_error, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline Python and JavaScript that does not parse, and handlers that the code does not define."""
    for code in inline_functions(case):
        error = _error(code)
        if error:
            yield at_property(code.template, code.function, code.path, error, value=error)
            continue
        wrong = _handler(code)
        if wrong:
            yield at_property(code.template, code.function, "Handler", wrong, value=wrong)


def _error(code: InlineCode) -> str:
    if code.has_unknowns:
        return ""
    if code.is_python:
        tree = python_tree(code.text)
        return f"does not parse: {tree}" if isinstance(tree, str) else ""
    line = javascript_error(code.text) if code.is_javascript else None
    return f"does not parse (line {line})" if line else ""


def _handler(code: InlineCode) -> str:
    """Say what is wrong with the handler: its module is no inline one, or the code does not define it."""
    module, _, name = code.handler.rpartition(".")
    if not module or "${" in code.handler or not (code.is_python or code.is_javascript):
        return ""
    if module != "index":
        return f"is {code.handler}; inline code is always the module index"
    return "" if name in _names(code) else f"names the handler {name}, which the code does not define"


def _names(code: InlineCode) -> set[str]:
    if code.is_javascript:
        return set(re.findall(r"[A-Za-z_$][\w$]*", code.text))
    tree = python_tree(code.text)
    if not isinstance(tree, ast.Module):
        return {code.handler.rpartition(".")[2]}
    names = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    names |= {
        alias.asname or alias.name for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) for alias in one.names
    }
    return names | {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}


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
      Runtime: nodejs22.x
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'exports.handler = async (event => { return 1; };'}  # finds
"""),
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
      Runtime: nodejs22.x
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'exports.handler = async (event) => ({ statusCode: 200, body: `${event.id}` });'}
"""),
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
