"""What the prompt says of permissions: least privilege asked for, or wide access ordered."""

from __future__ import annotations

import re

from grader.case import Case
from grader.case.policies import trust_of
from grader.catalogue.sentences import as_quote
from grader.task.prompt import Sentence
from grader.template import Resource, Template

_IAM = r"\biam\b|\broles?\b|polic(y|ies)|permission|privilege|access"
_LEAST = (
    r"least[- ]privileged?|minimal(ly)? (iam )?(permission|privilege|access)|minimum (required |necessary )?(permission|privilege)"
    r"|only (the )?(necessary|required|needed) (permission|action|access)"
)
_WILDCARD = r"wildcards?|overly (broad|permissive)|(full|admin\w*) access|\"?\*\"? (in|for) (action|resource)"


# Services that a sentence may limit its demand to, and the words for them.
_SERVICES = {
    "lambda.amazonaws.com": r"\blambdas?\b",
    "ec2.amazonaws.com": r"\bec2\b|\binstances?\b",
    "ecs-tasks.amazonaws.com": r"\becs\b|\bfargate\b|\btasks?\b",
}


def least_privilege_asked(case: Case, template: Template, identity: Resource) -> Sentence | None:
    """Return the sentence of the prompt that asks for least privilege of an identity in IAM.

    Not one about security groups alone, nor one about the roles of services that do not assume this role.
    """
    for sentence in case.request.sentences:
        if _is_for_others(case, sentence, template, identity):
            continue
        groups = re.search(r"security groups?|\bnacls?\b|network acl|ingress", sentence.text, re.I)
        if groups and not re.search(r"\biam\b|\broles?\b", sentence.text, re.I):
            continue
        for match in re.finditer(_LEAST, sentence.text, re.I):
            if not sentence.negates(match.start()):
                return sentence
    return case.request.forbids(_WILDCARD, near=_IAM)


def _is_for_others(case: Case, sentence: Sentence, template: Template, identity: Resource) -> bool:
    """Whether a sentence names services, and the role trusts none of them."""
    named = {principal for principal, words in _SERVICES.items() if re.search(words, sentence.text, re.I)}
    trust = str(trust_of(case, template, identity)) if identity.type == "AWS::IAM::Role" else ""
    return bool(named) and ".amazonaws.com" in trust and not any(principal in trust for principal in named)


def access_ordered(case: Case, pattern: str) -> bool:
    """Whether the prompt asks for wide access: an administrator, or full access to what a pattern matches."""
    return (
        case.request.orders(r"full[- ]access|full (permissions|control)|all (actions|permissions)|\w+:\*", near=pattern)
        is not None
    )


def asks(sentence: Sentence) -> str:
    """Return the sentence of a root cause that quotes the prompt."""
    return f"Line {sentence.line} of the prompt asks for least privilege: {as_quote(sentence.text)}."
