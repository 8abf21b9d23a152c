"""What a text is: recognised by its content, by its name only where the content does not tell."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader.bundle.model import Kind

_HEAD = 4_000
_YAML_RESOURCES = re.compile(r"^(?P<indent> *)(['\"]?)Resources\2[ \t]*:[ \t]*(?:\{.*|#.*)?$", re.M)
# CodeDeploy's files have Resources and types as well: a list, or with a version in front. A template's Resources are a mapping.
# Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html
_APPSPEC = re.compile(r"^version:\s*0\.0\s*$", re.M)
_YAML_ENTRIES = re.compile(r"^Resources:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*[ \t]+['\"]?\w+['\"]?[ \t]*:", re.M)
_TOP = re.compile(r"\{?\s*['\"]?(?:AWSTemplateFormatVersion|Description|Parameters|Resources|Transform)['\"]?\s*:")
_YAML_VERSION = re.compile(r"^ *(['\"]?)AWSTemplateFormatVersion\1[ \t]*:", re.M)
_YAML_TYPE = re.compile(r"(?:^ +|[{,] *)['\"]?Type['\"]?[ \t]*:[ \t]*['\"]?(?:AWS|Alexa|Custom)::\w+", re.M)
_JSON_RESOURCES = re.compile(r'"Resources"\s*:\s*\{')
_JSON_VERSION = re.compile(r'"AWSTemplateFormatVersion"\s*:')
_JSON_TYPE = re.compile(r'"Type"\s*:\s*"(?:AWS|Alexa|Custom)::\w+')
_JSON_PARAMETERS = re.compile(r'"ParameterKey"\s*:')
_JSON_CONFIGURATION = re.compile(r'^\s*\{\s*"Parameters"\s*:\s*\{')
_YAML_PARAMETERS = re.compile(r"^[ \t]*-?[ \t]*ParameterKey[ \t]*:", re.M)
_FOREIGN = (
    (
        "terraform",
        re.compile(
            r'^[ \t]*(?:resource|data)[ \t]+"\w+"[ \t]+"\w+"[ \t]*\{|^[ \t]*terraform[ \t]*\{|^[ \t]*provider[ \t]+"\w+"[ \t]*\{',
            re.M,
        ),
    ),
    (
        "cdk",
        re.compile(
            r"(?:from\s+['\"]?aws[-_]cdk|aws-cdk-lib|import\s+aws_cdk|@aws-cdk/|cdk\.Stack\b|software\.amazon\.awscdk)"
        ),
    ),
    ("pulumi", re.compile(r"(?:@pulumi/|import\s+pulumi\b|from\s+pulumi)")),
    ("kubernetes", re.compile(r"^apiVersion[ \t]*:[ \t]*\S+[ \t]*$(?s:.{0,400}?)^kind[ \t]*:[ \t]*\w+", re.M)),
)
_LANGUAGES = {
    "py": "python",
    "python": "python",
    "python3": "python",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "javascript": "javascript",
    "node": "javascript",
    "nodejs": "javascript",
    "ts": "typescript",
    "typescript": "typescript",
    "java": "java",
    "go": "go",
    "rb": "ruby",
    "ruby": "ruby",
    "cs": "csharp",
    "csharp": "csharp",
    "html": "html",
    "sql": "sql",
    "dockerfile": "dockerfile",
    "docker": "dockerfile",
}
_SCRIPTS = {"sh", "bash", "shell", "zsh", "console", "powershell", "ps1", "bat", "cmd", "make", "makefile"}
_DOCUMENTS = {"md", "markdown", "rst", "txt", "text", "adoc"}
_FOREIGN_HINTS = {"tf": "terraform", "hcl": "terraform", "terraform": "terraform"}


def looks_like_template(text: str) -> bool:
    """Whether a text is meant as a whole CloudFormation template, well-formed or not."""
    is_json = text.lstrip("\ufeff \t\r\n")[:1] == "{"
    if not is_json and _APPSPEC.search(text) and not _YAML_ENTRIES.search(text):
        return False
    if is_json:
        return bool(_JSON_RESOURCES.search(text) and (_JSON_TYPE.search(text) or _JSON_VERSION.search(text)))
    resources = _YAML_RESOURCES.search(text)
    if resources is None:
        return bool(_YAML_VERSION.search(text) and _YAML_TYPE.search(text))
    return bool(_YAML_TYPE.search(text) or _YAML_VERSION.search(text))


def has_resources(text: str) -> bool:
    """Whether a text that looks like a template has at least one resource with a type."""
    return bool(_JSON_TYPE.search(text) or _YAML_TYPE.search(text))


def is_parameters(text: str) -> bool:
    """Whether a text is a parameters file, in any of the forms that the AWS CLI and CodePipeline take."""
    head = text.lstrip("\ufeff \t\r\n")
    if head[:1] in "[{":
        return bool(_JSON_PARAMETERS.search(head[:_HEAD]) or _JSON_CONFIGURATION.match(head))
    return bool(_YAML_PARAMETERS.search(head[:_HEAD]))


def classify(name: str, text: str, language: str = "") -> tuple[Kind, str]:
    """Return the kind of a text and a detail.

    `name` is a file name or empty, `language` the info string of a fence or empty; both are only hints.
    """
    hint = language.lower() or PurePosixPath(name.lower()).suffix.lstrip(".")
    if not hint and PurePosixPath(name).name.lower() in ("dockerfile", "makefile"):
        hint = PurePosixPath(name).name.lower()
    if hint in _DOCUMENTS and not name.lower().endswith((".yml", ".yaml", ".json", ".template")):
        plain = hint in ("txt", "text") and looks_like_template(text)
        return (Kind.TEMPLATE, "") if plain else (Kind.DOCUMENT, "")
    is_other = hint in _LANGUAGES or (hint in _SCRIPTS and not begins_as_template(text))
    if not is_other and looks_like_template(text):
        return Kind.TEMPLATE, ""
    foreign = foreign_language(text) or _FOREIGN_HINTS.get(hint, "")
    if foreign and hint not in _SCRIPTS:
        return Kind.FOREIGN, foreign
    if is_parameters(text) and hint not in _SCRIPTS and hint not in _LANGUAGES:
        return Kind.PARAMETERS, ""
    if hint in _SCRIPTS or text.startswith("#!"):
        return Kind.SCRIPT, hint
    if hint in _LANGUAGES:
        return Kind.CODE, _LANGUAGES[hint]
    return Kind.OTHER, hint


def begins_as_template(text: str) -> bool:
    """Whether the first line that says something is a template's, whatever a fence calls it."""
    lines = (line.strip() for line in text[:_HEAD].split("\n"))
    first = next((line for line in lines if (line and not line.startswith(("#", "---"))) or line.startswith("#!")), "")
    return first == "{" or _TOP.match(first) is not None


def foreign_language(text: str) -> str:
    """Return the name of another infrastructure language that a text is written in, or an empty string."""
    return next((name for name, pattern in _FOREIGN if pattern.search(text)), "")
