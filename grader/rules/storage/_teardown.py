"""What the prompt says about deleting the stack: everything deletable, or something to be kept."""

from __future__ import annotations

import re

from grader.case import Case
from grader.catalogue.sentences import as_quote
from grader.task.prompt import Sentence

_ALL = r"(resources?|stacks?|everything|infrastructure|all of (it|them)|environments?)"
_GONE = r"(destroy(ed|able)|delet(ed|able)|torn down|removed|removable)"
_STATED = rf"{_ALL}\b[^.;]{{0,40}}\b(be|are|is)\b[^.;]{{0,25}}\b{_GONE}"
_IN_CASE = rf"\b(if|when|whenever|once|after|before|until)\b[^.;,]{{0,40}}{_STATED}"  # "even if the stack is deleted" asks for no deletion
_ASKED = (
    r"destroyable|tear[- ]?(it )?down|teardown"
    r"|DeletionPolicy\W{1,4}(set to )?Delete|(clean|complete|full|easy) (clean-?up|removal|destruction)|clean ?up (of )?(all|after)"
)
_FORBIDDEN = r"\bretain\b(?=\W{0,2}(polic|deletion|removal|$|[),.]))|DeletionPolicy\W{1,4}Retain|deletion ?protection|retention polic\w* that prevent"
_KEPT = (
    r"(Deletion|UpdateReplace)Policy\W{0,6}(of |to |as |is |set to |=)*\W{0,3}(Retain|Snapshot)"
    r"|\b(Retain|Snapshot)\W{0,3} ?(deletion|removal|DeletionPolicy|on delet|polic)"
    r"|deletion polic\w* (of|to|as|set to|is)\W{1,3}(retain|snapshot)|final snapshot"
    r"|\b(retain|keep|preserve|protect)\w*\b[^.;]{0,40}\b((on|after|upon|when|during|from|against|if) (the )?(stack )?(is )?(delet|removal))"
    r"|(accidental|unintended|inadvertent) (deletion|data loss)"
)


def teardown(case: Case) -> Sentence | None:
    """Return the sentence of the prompt that wants everything to be deletable with its stack.

    A line of code, such as the DeletionPolicy of one resource in an example, is about that resource only.
    """
    stated = case.request.orders(_STATED)
    if stated is not None and re.search(_IN_CASE, stated.text, re.I):
        stated = None
    asked = next((one for one in case.request.sentences if not one.is_code and _asks(one)), None)
    return asked or stated or case.request.forbids(_FORBIDDEN)


def _asks(sentence: Sentence) -> bool:
    return any(not sentence.negates(match.start()) for match in re.finditer(_ASKED, sentence.text, re.I))


def is_kept(case: Case, kind: str) -> bool:
    """Whether the prompt wants resources of a type to be kept, or to be protected from deletion.

    A sentence that names kinds of resources is about those; one that names none is about all.
    """
    for sentence in case.request.sentences:
        for match in re.finditer(_KEPT, sentence.text, re.I):
            if not sentence.negates(match.start()):
                named = [name for name, words in _KINDS.items() if re.search(words, sentence.text, re.I)]
                if not named or any(kind.startswith(name) for name in named):
                    return True
    return False


def is_protection_ordered(case: Case) -> bool:
    """Whether the prompt asks for deletion protection or termination protection."""
    return (
        case.request.orders(r"(deletion|termination) ?protection(?! (must |should )?(be |is )?(disabled|off|false))")
        is not None
    )


def quoted(sentence: Sentence) -> str:
    """Return the sentence of a root cause that quotes the prompt."""
    return f"Line {sentence.line} of the prompt asks for deletable resources: {as_quote(sentence.text)}."


# The words for kinds of resources that keep data.
_KINDS = {
    "AWS::DynamoDB::": r"\btables?\b|dynamo",
    "AWS::EC2::Volume": r"\bvolumes?\b|\bebs\b",
    "AWS::EFS::": r"\befs\b|file ?systems?",
    "AWS::ElastiCache::": r"elasticache|redis|\bcaches?\b",
    "AWS::KMS::": r"\bkms\b|\bkeys?\b",
    "AWS::Logs::": r"log groups?|\blogs\b",
    "AWS::RDS::": r"\brds\b|aurora|databases?\b|\bdb\b|clusters?",
    "AWS::Redshift::": r"redshift|warehouse",
    "AWS::S3::": r"buckets?\b|\bs3\b",
    "AWS::SecretsManager::": r"secrets?\b",
}
