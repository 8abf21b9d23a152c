"""What the prompt says of permissions: least privilege asked for, or wide access ordered."""

from __future__ import annotations

import re

from grader.case import Case
from grader.support.markdown import code
from grader.task.prompt import Sentence

_IAM = r"\biam\b|\broles?\b|polic(y|ies)|permission|privilege|access"
_LEAST = (
    r"least[- ]privileged?|minimal(ly)? (iam )?(permission|privilege|access)|minimum (required |necessary )?(permission|privilege)"
    r"|only (the )?(necessary|required|needed) (permission|action|access)"
)
_WILDCARD = r"wildcards?|overly (broad|permissive)|(full|admin\w*) access|\"?\*\"? (in|for) (action|resource)"


def least_privilege_asked(case: Case) -> Sentence | None:
    """Return the sentence of the prompt that asks for least privilege in IAM; not one about security groups alone."""
    for sentence in case.request.sentences:
        groups = re.search(r"security groups?|\bnacls?\b|network acl|ingress", sentence.text, re.I)
        if groups and not re.search(r"\biam\b|\broles?\b", sentence.text, re.I):
            continue
        for match in re.finditer(_LEAST, sentence.text, re.I):
            if not sentence.negates(match.start()):
                return sentence
    return case.request.forbids(_WILDCARD, near=_IAM)


def access_ordered(case: Case, pattern: str) -> bool:
    """Whether the prompt asks for wide access: an administrator, or full access to what a pattern matches."""
    return (
        case.request.orders(r"full[- ]access|full (permissions|control)|all (actions|permissions)|\w+:\*", near=pattern)
        is not None
    )


def asks(sentence: Sentence) -> str:
    """Return the sentence of a root cause that quotes the prompt."""
    return f"Line {sentence.line} of the prompt asks for least privilege: {code(sentence.text)}."
