"""Calls of the AWS SDK in inline code that the SDK rejects."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.case import Case
from grader.case.inline_code import InlineCode, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.facts import javascript_calls
from grader.facts.calls import calls, problem, table_calls, table_problem, unknown_services
from grader.rules._fragments import resources, role, worker
from grader.rules.code._call_texts import sentences_of
from grader.rules.code._functions import created_functions
from grader.support.markdown import code as span
from grader.support.text import series

MAX_SHOWN = 90  # characters of a call
MAX_QUOTED = 3  # lines of a function


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline code with clients, methods or parameters that the SDK does not have, all of a function together."""
    for code in created_functions(case):
        tree = python_tree(code.text) if code.is_python else None
        problems = _problems(tree) if isinstance(tree, ast.Module) else _of_javascript(code)
        if found := sorted(problems):
            yield _found(code, found)


def _of_javascript(code: InlineCode) -> Iterator[tuple[int, str]]:
    return javascript_calls.problems(code.text) if code.runtime.startswith("nodejs") else iter(())


def _problems(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node, name in unknown_services(tree):
        yield node.lineno, f"the SDK has no service {name}"
    for call in calls(tree):
        text = problem(call)
        if text:
            yield call.node.lineno, text
    for made in table_calls(tree):
        text = table_problem(made)
        if text:
            yield made.node.lineno, text


def _found(code: InlineCode, found: Sequence[tuple[int, str]]) -> RuleFinding:
    at: dict[str, list[int]] = {}
    for number, text in found:
        at.setdefault(text, []).append(number)
    clauses, remedies = [], []
    for text, numbers in at.items():
        clause, remedy = sentences_of(text)
        several = "lines" if len(numbers) > 1 else "line"
        clauses.append(f"{clause} ({several} {series([str(number) for number in numbers])} of the code)")
        remedies.append(remedy)
    lines = code.text.split("\n")
    because = " ".join(
        f"Line {numbers[0]} of the code is {span(lines[numbers[0] - 1].strip()[:MAX_SHOWN])}."
        for numbers in list(at.values())[:MAX_QUOTED]
    )
    plain = "; ".join(clauses)
    message = f"makes a call that AWS rejects: {plain.replace('`', '')}"
    facts = {"says": plain, "plain": plain, "because": because, "remedy": " ".join(dict.fromkeys(remedies))}
    return at_property(code.template, code.function, code.path, message, **facts)


RULE = Rule(
    id="inline-code-call",
    kind="inline-code-bug",
    level="High",
    category="code",
    title="Call of an AWS service that the SDK rejects: {resources}",
    issue="The inline code of {resources} in {file} calls AWS in a way that the SDK or the service rejects: {says}. "
    "The function fails there.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Compare each call of the SDK with its reference: method, required parameters, names and types.",
    reference="https://docs.aws.amazon.com/boto3/latest/reference/services/index.html",
    aws_behaviour="boto3 raises AttributeError or ParamValidationError at each call; a JavaScript command that its package does not "
    "have is not a constructor, and the service rejects a request without a required parameter or with a value that it does not know.",
    cost="Each failed invocation is charged, and asynchronous invocations are repeated.",
    check=check,
    fails=tuple(
        example(
            resources(role(), worker(f"import boto3\n{setup}\ndef handler(event, context):\n    {call}", "  # finds"))
        )
        for setup, call in (
            ("queue = boto3.client('sqs')", "queue.send_message(Body='x')"),
            ("queue = boto3.client('sqs')", "queue.send_message(QueueUrl='x')"),
            ("queue = boto3.client('sqs')", "queue.publish(QueueUrl='x', MessageBody='x')"),
            ("table = boto3.client('dynamodb')", "table.put_item(TableName='x', Item={'id': {'N': 5}})"),
            ("mail = boto3.client('mail')", "mail.send()"),
            ("logs = boto3.client('logs')", "logs.create_log_group('x')"),
            ("table = boto3.client('dynamodb')", "table.scan(TableName='x', Select='ALL')"),
            ("table = boto3.resource('dynamodb').Table('x')", "table.put_item(item={'id': '1'})"),
            ("table = boto3.resource('dynamodb').Table('x')", "table.insert(Item={'id': '1'})"),
            ("store = boto3.resource('dynamodb')\ntable = store.Table('x')", "table.get_item(Keys={'id': '1'})"),
            ("store = boto3.resource('dynamodb')", "store.Table('x').query(Select='ALL')"),
        )
    )
    + tuple(
        example(
            resources(
                role(),
                worker(
                    f"{head}\nexports.handler = async () => client.send({command});", "  # finds", runtime="nodejs22.x"
                ),
            )
        )
        for head, command in (
            (
                "const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');",
                "new PutItemCommand({ Table: 'x', Item: {} })",
            ),
            (
                "const { SNSClient, PublishMessageCommand } = require('@aws-sdk/client-sns');",
                "new PublishMessageCommand({ Message: 'x' })",
            ),
            ("const { PutCommand } = require('@aws-sdk/lib-dynamodb');", "new PutCommand({ TableName: 'x' })"),
            ("const { PutItemCommand } = require('@aws-sdk/lib-dynamodb');", "new PutItemCommand({ TableName: 'x' })"),
            (
                "const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');",
                "new PutItemCommand({ TableName: 'x', Item: { count: { N: 5 } } })",
            ),
            (
                "const { PutEventsCommand, EventBridgeClient } = require('@aws-sdk/client-eventbridge');",
                "new PutEventsCommand({ Entry: [] })",
            ),
            (
                "const { PutMetricDataCommand } = require('@aws-sdk/client-cloudwatch');",
                "new PutMetricDataCommand({ Namespace: 'x', MetricData: [{ MetricName: 'a', Unit: 'ms', Value: 1 }] })",
            ),
        )
    ),
    passes=tuple(
        example(resources(role(), worker(f"import boto3\n{setup}\ndef handler(event, context):\n    {call}")))
        for setup, call in (
            ("queue = boto3.client('sqs')", "queue.send_message(QueueUrl='x', MessageBody=str(event))"),
            ("queue = boto3.client('sqs')", "queue.send_message(**event)"),
            ("queue = make()\ndef make(): return boto3.client('sqs')", "queue.anything()"),
            (
                "store = boto3.client('s3')",
                "store.copy_object(Bucket='b', Key='k', CopySource={'Bucket': 'a', 'Key': 'k'})",
            ),
            ("store = boto3.client('s3')", "store.upload_file('/tmp/a', 'b', 'k')"),
            (
                "logs = boto3.client('logs')",
                "logs.create_export_task(logGroupName='a', fromTime=1, to=2, destination='b')",
            ),
            ("x = boto3.client('sqs') if True else None", "x.nothing()"),
            (
                "table = boto3.resource('dynamodb').Table('x')",
                "table.put_item(Item={'id': 5, 'tags': ['a'], 'none': None})",
            ),
            ("table = boto3.resource('dynamodb').Table('x')", "table.update_item(Key={'id': '1'}, **event)"),
            ("table = make()\ndef make(): return boto3.resource('dynamodb').Table('x')", "table.insert(1)"),
        )
    )
    + tuple(
        example(
            resources(
                role(),
                worker(f"{head}\nexports.handler = async (event) => client.send({command});", runtime="nodejs22.x"),
            )
        )
        for head, command in (
            (
                "const { DynamoDBClient, PutItemCommand: Put } = require('@aws-sdk/client-dynamodb');",
                "new Put({ TableName: 'x', Item: {} })",
            ),
            (
                "const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');",
                "new PublishCommand({ ...event })",
            ),
            (
                "const { PutCommand } = require('@aws-sdk/lib-dynamodb');",
                "new PutCommand({ TableName: 'x', Item: { id: 5, tags: ['a'] } })",
            ),
            (
                "const { SendMessageCommand } = require('@aws-sdk/client-sqs');",
                "new SendMessageCommand({ QueueUrl: process.env.URL, MessageBody: `${event.id}`, DelaySeconds: 5, Other: null })",
            ),
            (
                "const { StartExecutionCommand } = require('@aws-sdk/client-sfn');",
                "new StartExecutionCommand({ stateMachineArn: 'x' })",
            ),
        )
    ),
)
