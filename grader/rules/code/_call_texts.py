"""What is wrong with a call of the AWS SDK, as a clause of a sentence, and the sentence that corrects it."""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.support.markdown import code

_Match = re.Match[str]
# A call with the way into its parameters: `sqs.send_message` or `sns.publish, MessageAttributes, kind,`.
_WHERE = r"(?P<call>[^\s,]+)(?P<way>(?:, [^,]+)*),?"


def _call(found: _Match) -> str:
    return f"the call of {code(found['call'])}"


def _way(found: _Match) -> str:
    return ".".join(step for step in found["way"].split(", ") if step)


def _inside(found: _Match) -> str:
    return f" in {code(_way(found))}" if _way(found) else ""


def _place(found: _Match) -> str:
    return code(_way(found)) if _way(found) else "the parameters"


# Forms of the messages of grader.facts.calls and grader.facts.javascript_calls.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[_Match], str], Callable[[_Match], str]], ...] = (
    (
        re.compile(rf"^{_WHERE} requires the parameter (?P<name>\S+)$"),
        lambda found: f"{_call(found)} lacks the required parameter {code(found['name'])}{_inside(found)}",
        lambda found: f"Add {code(found['name'])} to {_place(found)} of {_call(found)}.",
    ),
    (
        re.compile(rf"^{_WHERE} has no parameter (?P<name>\S+)$"),
        lambda found: f"{_call(found)} has no parameter {code(found['name'])}{_inside(found)}",
        lambda found: (
            f"Remove {code(found['name'])} from {_place(found)} of {_call(found)}, or write the name of the parameter that is meant."
        ),
    ),
    (
        re.compile(rf"^{_WHERE} takes keyword arguments only$"),
        lambda found: f"{_call(found)} has positional arguments, and the method takes keyword arguments only",
        lambda found: f"Pass each argument of {_call(found)} by name.",
    ),
    (
        re.compile(rf"^{_WHERE} takes one of (?P<known>.+), not (?P<value>.+)$"),
        lambda found: (
            f"{_call(found)} gives {_place(found)} the value {code(found['value'])}, which the service does not know"
        ),
        lambda found: f"Give {_place(found)} of {_call(found)} one of the values {found['known']}.",
    ),
    (
        re.compile(rf"^{_WHERE} takes a (?P<kind>\w+), not (?P<value>.+)$"),
        lambda found: (
            f"{_call(found)} gives {_place(found)} "
            f"{found['value'] if found['value'].startswith('a ') else 'the value ' + code(found['value'])}, and it takes a {found['kind']}"
        ),
        lambda found: f"Give {_place(found)} of {_call(found)} a {found['kind']}.",
    ),
    (
        re.compile(r"^(?P<owner>a client of \S+|a table of DynamoDB) has no method (?P<name>\S+)$"),
        lambda found: f"{found['owner']} has no method {code(found['name'])}",
        lambda found: f"Call a method that {found['owner']} has in place of {code(found['name'])}.",
    ),
    (
        re.compile(r"^the SDK has no service (?P<name>.+)$"),
        lambda found: f"the SDK has no service {code(found['name'])}",
        lambda found: (
            f"Create the client with the name that the SDK has for the service in place of {code(found['name'])}."
        ),
    ),
    (
        re.compile(r"^(?P<package>@\S+) has no (?P<name>\S+)$"),
        lambda found: f"the package {code(found['package'])} has no {code(found['name'])}",
        lambda found: f"Import a command that {code(found['package'])} has in place of {code(found['name'])}.",
    ),
)


def sentences_of(problem: str) -> tuple[str, str]:
    """Return the clause that says what is wrong with a call, and the sentence that corrects it."""
    for form, clause, remedy in _FORMS:
        if found := form.match(problem):
            return clause(found), remedy(found)
    return problem, "Call the service as the SDK's reference describes the method, with its parameters and their types."
