"""What the documents of a response say of things that have to exist before the deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
# What documents list as things to have; a list of so many of them is compared with what the templates take from outside.
_THINGS = (
    r"vpcs?|networks?",
    "subnets?",
    "security ?groups?",
    "hosted ?zones?|domains?|route ?53",
    "certificates?|acm",
    "key ?pairs?|key ?names?|ssh keys?",
    "secrets?|secretsmanager",
    "ssm parameters?|ssm:?|parameter store",
    r"amis?|images? ids?|(machine|base|container|docker) images?|images?",
    "buckets?",
    "roles?",
    "kms keys?|kms",
    "clusters?",
    "topics?",
    "repositor(y|ies)|ecr",
    "connections?",
    "load ?balancers?|albs?",
)
_MANY = 5
_ALLOWED = re.compile(r"permission|privilege|credential|\bcli\b|access to", re.I)
_LITERAL = re.compile(r"\{\{resolve:[^}]*\}\}|arn:aws[\w-]*:[^\s'\"]+|\b(?:ami|vpc|subnet|sg)-[0-9a-f]{8,}\b")
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
    for passage, is_below in _passages(case):
        for line in passage:
            lower = line.lower()
            is_named = word.search(lower) or (is_below and re.search(words, lower))
            if (
                is_named
                and not _DESCRIPTION.search(lower)
                and _is_of(case, _beside(line, passage) if is_below else [line])
            ):
                return f"A document of the response says: {code(_MARKUP.sub('', one_line(line, _QUOTE)))}."
    return ""


def _passages(case: Case) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the lines of documents from heading to heading, each time with whether the heading is on prerequisites."""
    for file in case.documents:
        lines: list[str] = []
        is_below = False
        for line in file.text.split("\n"):
            starts = file.kind is Kind.DOCUMENT and _HEADING.match(line.lower()) is not None
            if starts or _OTHER_HEADING.match(line):
                yield tuple(lines), is_below
                lines, is_below = [], starts
            lines.append(line)
        yield tuple(lines), is_below


def _beside(line: str, passage: Sequence[str]) -> list[str]:
    """Return the lines of a passage with the indentation of a line: the other items of its list."""
    return [one for one in passage if _indented(one) == _indented(line)]


def _indented(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_of(case: Case, lines: Sequence[str]) -> bool:
    """Whether lines are about this answer: a list most of whose things its templates do not take from outside is about none."""
    text = "\n".join(line for line in lines if not _ALLOWED.search(line)).lower()
    named = [words for words in _THINGS if re.search(rf"\b(?:{words})\b", text)]
    taken = [words for words in named if re.search(words, _outside(case))]
    return len(named) < _MANY or 2 * len(taken) >= len(named)


def _outside(case: Case) -> str:
    """Return what templates say of what they take from outside, in lower case: their parameters, and references by name or ARN."""
    found: list[str] = []
    for template in case.templates:
        for one in template.parameters.values():
            found += [_spaced(one.name), _spaced(one.type), one.text("Description") or ""]
        found += _LITERAL.findall(template.text)
    return "\n".join(found).lower()


def _spaced(name: str) -> str:
    """Return the words of a name in camel case, as sentences write them."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|::|[_-]", " ", name)
