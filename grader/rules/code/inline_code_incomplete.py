"""Inline code with parts that are not written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resources, role, worker
from grader.rules.code._functions import created_functions, rotates
from grader.support.markdown import code as span
from grader.support.text import one_line

# Comments that say that something is left out or made up.
_STAND_IN = re.compile(
    r"\b(TODO|FIXME)\b|\bplaceholder|\byour\b[^\n]{0,40}\b(logic|code|processing|implementation)\b|\b(actual|real) (implementation|code|logic)\b"
    r"|\bin a real\b|\bwould (integrate|use|call|be|include|handle)\b|\bfor (now|demonstration|demo)\b|\bsimulat(e|es|ed|ing)\b|\bmock(ed)?\b"
    r"|\bnot (yet )?implemented\b",
    re.I,
)
# A heading such as `# Implement the retry`: unfinished where nothing but a return or `pass` follows.
_HEADING = re.compile(r"^(implement|implementation (for|of|logic))\b", re.I)
_NOTHING = re.compile(r"^(pass|\.\.\.|return\b.*|\}|raise NotImplementedError.*)$")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//)\s*(.+)$")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline code whose comments say that a part is missing or made up, unless the prompt asks for such code."""
    if case.request.orders(r"placeholder|dummy|stub|sample code|mock|simulat|hello[- ]world|skeleton") is not None:
        return
    for code in created_functions(case):
        found = list(_stand_ins(code.text.replace("\r", "")))
        if found:
            line, comment = found[0]
            rotation = rotates(code)
            because = f"Line {line} of the code says so: {span(comment)}."
            if len(found) > 1:
                because += f" The code has {len(found)} such comments."
            if rotation:
                because += " The function rotates a secret: a step that does nothing leaves the old password in force."
            yield at_property(
                code.template,
                code.function,
                code.path,
                f"is not finished: {comment}",
                level="High" if rotation else "",
                value=comment,
                because=because,
            )


def _stand_ins(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines, from 1, and texts of comments that say that code is missing or made up."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line)
        comment = one_line(match.group(1), 120) if match else ""
        if not comment:
            continue
        after = next((one.strip() for one in lines[number:] if one.strip() and not _COMMENT.match(one.strip())), "")
        if _STAND_IN.search(comment) or (_HEADING.search(comment) and _NOTHING.match(after)):
            yield number, comment


RULE = Rule(
    id="inline-code-incomplete",
    kind="inline-code-incomplete",
    level="Medium",
    category="code",
    title="Unfinished inline code: {resources}",
    issue="The inline code of {resources} in {file} does not do all that it is for; its comments say so: {values}.",
    fix="Write the missing parts of {resources}, or say in the documents what is left out.",
    root_cause="{because}",
    lesson="Deliver code that does what it is for, or document what is missing.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html",
    aws_behaviour="Lambda runs the code as it is: invocations succeed without the missing part. Rotation with such a function does not "
    "rotate (High).",
    is_choice=True,
    yields_to=("rotation-step-missing",),
    check=check,
    fails=(
        example(
            resources(
                role(),
                worker("def handler(event, context):\n    # TODO: send the order\n    return None", "  # finds"),
            )
        ),
        example(
            resources(
                role(),
                worker("def handler(event, context):\n    # Implement the transfer\n    pass", "  # finds"),
            )
        ),
    ),
    passes=(
        example(
            resources(
                role(),
                worker(
                    """
                    import boto3
                    def handler(event, context):
                        # Implement the retry for real orders
                        for _ in range(3):
                            boto3.client('sqs').send_message(QueueUrl=event['url'], MessageBody='order')
                    """
                ),
            )
        ),
        example(
            resources(role(), worker("def handler(event, context):\n    # placeholder\n    return None")),
            prompt="A function with placeholder code.",
        ),
    ),
)
