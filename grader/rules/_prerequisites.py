"""What the documents of a response say of things that have to exist before the deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.bundle import Kind
from grader.case import Case
from grader.support.markdown import code
from grader.support.text import one_line

_BEFORE = (
    r"\b((pre-?)?existing|exists?|replace|valid|obtain|request|import|your own|(ensure|make sure) (that )?(you|there|an?)"
    r"|(you|must|should|need to|already) (already |need |must )?have|you need|prerequisites?|before (you )?deploy\w*)\b"
)
_AFTER = (
    r"\bmust (already )?(exist|be created)\b|\balready (exists?|created)\b|\bexists?\b"
    r"|\bcreated (beforehand|before|in (the|your|each|every|[a-z]{2}-))\b"
    r"|\bprerequisites?\b|\bis (required|needed) before\b|\bbefore (you )?deploy"
)
_HEADING = re.compile(
    r"^\W*(#+|\d+\.|\*\*)?\W*(pre-?requisites?|before (you )?(deploy|begin|start)\w*|requirements before)\b"
)
_OTHER_HEADING = re.compile(r"^\s*(#+\s|\*\*[^*]+\*\*:?\s*$)")
_DESCRIPTION = re.compile(r"^\W*(\w*description)\W*:")
_MARKUP = re.compile(r"^(\s|[-*#>+]|\d+\.\s)+|[*`]{1,3}")
_QUOTE = 160
_COMMANDS = {
    "AWS::EC2::KeyPair": r"ec2 (create|import)-key-pair",
    "AWS::CertificateManager::Certificate": r"acm (request|import)-certificate",
    "AWS::Route53::HostedZone": r"route53 create-hosted-zone",
    "AWS::EC2::VPC": r"ec2 create-vpc\b",
    "AWS::EC2::Subnet": r"ec2 create-subnet\b",
    "AWS::EC2::SecurityGroup": r"ec2 create-security-group",
    "AWS::S3::Bucket": r"s3 mb\b|s3api create-bucket",
    "AWS::KMS::Key": r"kms create-key\b",
    "AWS::ECS::Cluster": r"ecs create-cluster\b",
    "AWS::SNS::Topic": r"sns create-topic\b",
}


def is_created_by_command(case: Case, kind: str) -> bool:
    """Whether a document or script has the AWS CLI command that creates a resource of a type."""
    command = _COMMANDS.get(kind)
    return command is not None and case.documented(rf"\b{command}")


def passed_in_command(case: Case, parameter: str) -> str:
    """Return the sentence that a command of the response passes a parameter; empty where none does."""
    name = re.escape(parameter.lower())
    by_key = case.documented(rf"parameterkey=[\"']?{name}\b")
    is_override = case.documented("parameter-overrides") and case.documented(rf"(?<![\w.-]){name}=[^\s=]")
    return f"A command of the response passes a value for {code(parameter)}." if by_key or is_override else ""


def named_prerequisite(case: Case, words: str) -> str:
    """Return the sentence that quotes where a document names a thing as something to have; empty where none does.

    `words` is a regular expression, in lower case, for how documents call the thing. Lines of the template's own
    descriptions do not count.
    """
    # A few words that belong to the thing may be between: "an existing EC2 key pair", "the key pair in us-east-1 must exist".
    word = re.compile(rf"{_BEFORE}[^.;]{{0,40}}\b({words})|\b({words})[^.;]{{0,60}}({_AFTER})")
    for line, is_below in _lines(case):
        lower = line.lower()
        if _DESCRIPTION.search(lower):
            continue
        if word.search(lower) or (is_below and re.search(words, lower)):
            return f"A document of the response says: {code(_MARKUP.sub('', one_line(line, _QUOTE)))}."
    return ""


def _lines(case: Case) -> Iterator[tuple[str, bool]]:
    """Yield the lines of documents, each with whether it is below a heading on prerequisites."""
    for file in case.documents:
        is_below = False
        for line in file.text.split("\n"):
            if file.kind is Kind.DOCUMENT and _HEADING.match(line.lower()):
                is_below = True
            elif _OTHER_HEADING.match(line):
                is_below = False
            yield line, is_below
