"""Inline code that imports what its runtime lacks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import inline_functions
from grader.catalogue import Rule, RuleFinding, at_property, example

# What the Python runtimes of Lambda bring besides the standard library; cfnresponse comes with ZipFile.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
_THERE = sys.stdlib_module_names | {
    "boto3",
    "botocore",
    "cfnresponse",
    "awslambdaric",
    "s3transfer",
    "jmespath",
    "dateutil",
    "urllib3",
    "six",
}
_IMPORT = re.compile(r"^[ ]*(?:import|from)[ ]+([a-zA-Z_]\w*)", re.M)
_REQUIRE = re.compile(r"""(?:require\(|from[ ]+)['"]([a-z@][\w@./-]*)['"]""")
_NODE = frozenset(
    (
        "assert buffer child_process cluster console constants crypto dgram dns domain events fs http http2 https inspector "
        "module net os path perf_hooks process punycode querystring readline repl stream string_decoder timers tls tty url "
        "util v8 vm worker_threads zlib cfn-response aws-sdk"
    ).split()
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report modules that inline functions without layers import and that their runtime does not have."""
    for code in inline_functions(case):
        missing = [] if code.function.get("Layers") is not None else _imports(code.text, code.runtime)
        if missing:
            message = f"imports {', '.join(missing)}, which {code.runtime} does not have"
            yield at_property(code.template, code.function, code.path, message, value=missing[0], runtime=code.runtime)


def _imports(code: str, runtime: str) -> list[str]:
    """Return the modules that a text imports and that its runtime lacks, in order; the text is only searched, never run."""
    if runtime.startswith("python"):
        names = _IMPORT.findall(code)
        return [name for name in dict.fromkeys(names) if name not in _THERE]
    if runtime.startswith("nodejs"):
        found = [name for name in _REQUIRE.findall(code) if not name.startswith((".", "@aws-sdk/"))]
        names = [name.removeprefix("node:").split("/")[0] for name in found]
        has_sdk = runtime in ("nodejs12.x", "nodejs14.x", "nodejs16.x")
        return [name for name in dict.fromkeys(names) if name not in _NODE or (name == "aws-sdk" and not has_sdk)]
    return []


RULE = Rule(
    id="inline-code-dependency",
    kind="inline-code-missing-dependency",
    level="High",
    category="code",
    title="Inline code that imports what its runtime lacks",
    issue="The inline code of {resources} in {file} imports {values}. The runtime ({runtime}) does not have it, and "
    "inline code brings nothing along: the first invocation fails.",
    fix="Put {values} into a layer or a deployment package, or write the code with what the runtime has.",
    root_cause="The code was written as for a machine with its packages installed.",
    lesson="Inline functions can use the standard library and the AWS SDK, and nothing else.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/python-package.html",
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
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |  # finds
          import json
          import psycopg2
          def handler(event, context):
              return json.dumps({})
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
      Code:
        ZipFile: |
          import boto3
          def handler(event, context):
              return None
"""),
    ),
)
