"""The texts of a failure of the prompt's demands: a title, the prompt's words with what is there instead, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.model import NOT_IN_IDEAL, OF_IDEAL, JudgedRequirement, Requirement
from grader.plan.schemas import required_properties
from grader.support.markdown import MAX_LISTED, code, listed
from grader.support.text import one_line
from grader.task.prompt import Prompt

MAX_QUOTE = 300  # a longer sentence is quoted in part
MAX_QUOTES = 2  # the lines of further quotes are named
MAX_PATHS = 3
_DOUBTS = (NOT_IN_IDEAL, OF_IDEAL)
_HIDDEN = re.compile(r"is created only under the condition (?P<condition>\w+)")
_LISTED = re.compile(r"^no template has the (?P<what>output|parameter) (?P<name>[\w.-]+)$", re.I)
_NOT_GIVEN = re.compile(r"^no output gives (.+)$")
_NO_SECTION = re.compile(r"no template has (Parameters|Outputs|outputs|Conditions|Mappings|Metadata|a Description)$")
_FORMAT = re.compile(r"\b(YAML|JSON)\b|\bone template\b")
_ABSENT = re.compile(r"^the answer creates no (?P<name>[\w -]+)$", re.I)
_OF_RESOURCES = ("property", "value")  # what such a demand is about may be missing altogether
_ARTICLE = re.compile(r"^(an?|the)\s+", re.I)


def title_of(members: Sequence[JudgedRequirement]) -> str:
    """Return `Missing X` where nothing of it is there, and `Requirement not met: X` where it is there and differs."""
    asked = members[0].requirement
    about = _ARTICLE.sub("", asked.title) or listed(asked.types) or one_line(asked.quote, 80)
    if _hidden(members[0]):
        return f"Not created by default: {about}"
    if not _is_absent(members[0]):
        others = [one.requirement.title for one in members[1:] if one.requirement.about in ("property", "value")]
        return f"Requirement not met: {_several([about, *(_ARTICLE.sub('', one) for one in others)])}"
    listed_ones = [found["name"] for one in members if (found := _LISTED.match(_reason(one)))]
    if listed_ones and asked.about in ("output", "parameter"):
        several = "s" if len(dict.fromkeys(listed_ones)) > 1 else ""
        return f"Missing {asked.about}{several} {_several(listed_ones)}"
    if given := _NOT_GIVEN.match(_reason(members[0])):
        return f"Missing outputs of {given[1]}" if re.search(r", | and ", given[1]) else f"Missing output of {given[1]}"
    if asked.about in _OF_RESOURCES and (found := _ABSENT.match(_reason(members[0]))):
        return f"Missing {found['name'].replace(' and no ', ' and ')}: {about}"
    if asked.about == "tag":
        names = _tags(members)
        return f"Missing tag{'' if len(names) == 1 else 's'} {_several(names)}".rstrip()
    return f"Missing {_several(_things(members) or [about])}"


def _things(members: Sequence[JudgedRequirement]) -> list[str]:
    """Return what is missing, each by one name: the name of a type only where no other name says which resource of it is asked for."""
    named = [members[0], *(one for one in members[1:] if one.requirement.about == "resource" and _is_absent(one))]
    particular = [frozenset(one.requirement.types) for one in named if not _is_general(one)]
    kept = [one for one in named if not _is_general(one) or frozenset(one.requirement.types) not in particular]
    return [name for one in kept if (name := _ARTICLE.sub("", one.requirement.title))]


def _is_general(judged: JudgedRequirement) -> bool:
    """Whether a demand calls what is missing by the name of its type alone."""
    found = _ABSENT.match(_reason(judged))
    return found is not None and _ARTICLE.sub("", judged.requirement.title).lower() == found["name"].lower()


def issue_of(members: Sequence[JudgedRequirement], prompt: Prompt) -> str:
    """Return the prompt's words, and what the answer has instead."""
    doubts = [next((doubt for doubt in _DOUBTS if doubt in one.reason), "") for one in members]
    named = [one for one in members if one.requirement.title != "tags"]  # `tags` is part of what names them
    reasons = [*dict.fromkeys(_reasons([_marked(one) for one in named or members]))]
    return " ".join(
        [*_quotes([one.requirement for one in members], prompt), *reasons, *[f"{doubts[0]}."] * all(doubts)]
    )


def fix_of(members: Sequence[JudgedRequirement], otherwise: str, region: str) -> str:
    """Say what to add, set, name or remove, and where; `otherwise` where neither a type nor a place is known."""
    asked = members[0].requirement
    line = f"line {asked.line} of the prompt"
    if condition := _hidden(members[0]):
        without = f"without the condition {code(condition)}, or with a default for which it is true"
        return f"Create it in every environment that {line} is about: {without}."
    places = [place.location for one in members for place in one.evidence]
    names = list(dict.fromkeys(place.resource for place in places if place.resource))
    about = f": {asked.title}" if asked.title else ""
    is_addition = asked.about in ("resource", "count") or (asked.about in _OF_RESOURCES and _is_absent(members[0]))
    if is_addition and asked.types:
        return _addition(members, line, region)
    if asked.about in ("output", "parameter"):
        return _entries(members, line)
    if asked.title.startswith("use of "):
        service = asked.title.removeprefix("use of ")
        return f"Call {service} in the code of a function or a state machine, and allow its actions, as {line} asks."
    if asked.title == "multi-factor authentication" and not names:
        condition = code("aws:MultiFactorAuthPresent")
        return f"Deny users the actions without {condition} in a policy of theirs, as {line} asks."
    if asked.about in ("document", "code") and asked.title and not names:
        return _document(asked, line)
    if names and (change := _change_of(members, names, line, about)):
        return change
    return f"Change the answer as {line} asks{about}." if asked.title else otherwise


def _change_of(members: Sequence[JudgedRequirement], names: Sequence[str], line: str, about: str) -> str:
    """Say what to change of the resources that are named; nothing where the demand is about none."""
    asked = members[0].requirement
    if asked.about == "forbid" and asked.title.startswith("No "):
        return f"Remove {listed(names)}, which {line} excludes."
    if asked.about == "forbid":
        return f"Change {listed(names)} as {line} asks{about}."
    if asked.about == "name":
        return f"Name {listed(names)} as {line} asks{about}."
    if asked.about == "tag":
        keys = _tags(members)
        what = f"the tag{'' if len(keys) == 1 else 's'} {listed(keys)}" if keys else "tags"
        return f"Add {what} to {listed(names)}, as {line} asks."
    if taken := _taken_away(members):
        return f"{' '.join(taken[:MAX_PATHS])} {line[:1].upper()}{line[1:]} asks for {asked.title}."
    by_path: dict[str, list[str]] = {}
    for place in (place.location for one in members for place in one.evidence):
        path = place.path.removeprefix("Properties.")
        if place.resource and path and not path.startswith("Fn::"):
            by_path.setdefault(path, []).append(place.resource)
    if asked.about in ("property", "value") and by_path:
        parts = [f"{code(path)} of {listed(owners)}" for path, owners in list(by_path.items())[:MAX_PATHS]]
        return f"Set {' and '.join(parts)} as {line} asks{about}."
    return f"Change {listed(names)} as {line} asks{about}." if asked.about in ("property", "value", "behaviour") else ""


_GRANT = re.compile(r"^(?P<verb>allows|attaches) (?P<what>\S+)(?P<everywhere> on every resource)?$")


def _taken_away(members: Sequence[JudgedRequirement]) -> list[str]:
    """Say of each permission that is too wide what takes its place; nothing where a place is not one of a permission."""
    found = []
    for place in (place for one in members for place in one.evidence):
        grant = _GRANT.match(place.message)
        if grant is None:
            return []
        where, what = f"{code(place.location.resource)} (line {place.location.line})", code(grant["what"])
        if grant["verb"] == "attaches":
            found.append(f"Remove the managed policy {what} from {where}, and allow the actions that are called.")
        elif grant["everywhere"]:
            found.append(f"In {where}, name the resources of {what} in place of {code('*')}.")
        else:
            found.append(f"In {where}, name the actions that are called in place of {what}.")
    return list(dict.fromkeys(found))


def reason_of(judged: JudgedRequirement) -> str:
    """Return why a demand is not met, as a sentence."""
    return _sentence(_reason(judged) or _nothing(judged.requirement))


def _tags(members: Sequence[JudgedRequirement]) -> list[str]:
    """Return the keys of the tags that demands name."""
    titles = [one.requirement.title.removeprefix("tags").strip() for one in members]
    names = list(dict.fromkeys(name for title in titles for name in title.split(", ") if name))
    said = " ".join(place.message for one in members for place in one.evidence)
    return [name for name in names if re.search(rf"\b{re.escape(name)}\b", said)] or names


def _is_absent(judged: JudgedRequirement) -> bool:
    asked = judged.requirement
    if asked.about in ("output", "tag"):
        return "exported" not in asked.title
    if asked.about == "document":
        return not _FORMAT.search(asked.title)
    if asked.about == "resource":
        return "region" not in asked.title
    if asked.about in ("behaviour", "code"):
        return not judged.evidence
    if _NO_SECTION.match(_reason(judged)):
        return True
    if asked.about in _OF_RESOURCES and not judged.evidence:
        return _ABSENT.match(_reason(judged)) is not None
    return asked.about in ("count", "parameter") and not judged.evidence


def _hidden(judged: JudgedRequirement) -> str:
    found = _HIDDEN.search(judged.reason)
    return found["condition"] if found else ""


def _reason(judged: JudgedRequirement) -> str:
    return next((judged.reason.removesuffix(f". {one}") for one in _DOUBTS if one in judged.reason), judged.reason)


def _marked(judged: JudgedRequirement) -> str:
    """Return why a demand is not met, with the names of resources and properties as code."""
    reason = _reason(judged)
    names = {place.resource for place in judged.evidence if place.resource}
    names |= {step for place in judged.evidence for step in place.path.split(".") if step[:1].isupper()}
    if not names or not reason or "`" in reason:
        return reason or _nothing(judged.requirement)
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w.$\{{-])(?:{pattern})(?:\.[A-Z]\w*)*(?![\w-])", lambda found: code(found[0]), reason)


def _nothing(asked: Requirement) -> str:
    types = listed(asked.types)
    return f"the answer has no {types}" if types else "the answer has nothing of it"


def _reasons(reasons: Sequence[str]) -> Iterator[str]:
    """Yield reasons as sentences; the outputs, or parameters, that no template has are one sentence."""
    entries: dict[str, list[str]] = {}
    for reason in reasons:
        if found := _LISTED.match(reason):
            entries.setdefault(found["what"], []).append(found["name"])
    for what, names in entries.items():
        several = dict.fromkeys(names)
        yield f"No template has the {what}{'s' if len(several) > 1 else ''} {_all(list(several))}."
    absent = list(dict.fromkeys(found["name"] for reason in reasons if (found := _ABSENT.match(reason))))
    if len(absent) > 1:
        yield f"The answer creates no {', no '.join(absent[:-1])} and no {absent[-1]}."
    yield from (
        _sentence(reason)
        for reason in reasons
        if not _LISTED.match(reason) and not (len(absent) > 1 and _ABSENT.match(reason))
    )


def _all(names: Sequence[str]) -> str:
    shown = [code(name) for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _quotes(asked: Sequence[Requirement], prompt: Prompt) -> Iterator[str]:
    """Yield the longest quotes that ask for what the title names, in the order of their lines; of the others, the lines."""
    first = asked[0]
    quotes: dict[tuple[int, str], bool] = {}
    for one in asked:
        key = (one.line, _whole(one, prompt))
        quotes[key] = quotes.get(key, False) or (one.about, one.title) == (first.about, first.title)
    kept = sorted(quotes, key=lambda key: (not quotes[key], -min(len(key[1]), MAX_QUOTE // 2), key))[:MAX_QUOTES]
    yield from (f'Line {line} of the prompt: "{quote}".' for line, quote in sorted(kept))
    if others := sorted({line for line, _ in quotes} - {line for line, _ in kept}):
        numbers = [*map(str, others[:MAX_LISTED]), *(["more"] if len(others) > MAX_LISTED else [])]
        yield f"{'Line' if len(others) == 1 else 'Lines'} {_joined(numbers)} of the prompt {'asks' if len(others) == 1 else 'ask'} for it too."


def _several(names: Sequence[str]) -> str:
    """Write names as a list without marks: a, b and 3 more."""
    words = list(dict.fromkeys(names))
    if not words:
        return ""
    if len(words) > MAX_LISTED:
        words = [*words[: MAX_LISTED - 1], f"{len(words) - MAX_LISTED + 1} more"]
    return _joined(words)


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _whole(asked: Requirement, prompt: Prompt) -> str:
    """Return the sentence of a requirement's words; the words with ellipses where it is long."""
    quote = one_line(asked.quote, MAX_QUOTE)
    sentence = next((one.text for one in prompt.sentences if one.line == asked.line and asked.quote in one.text), "")
    text = one_line(sentence, 10 * MAX_QUOTE)
    if not text or asked.quote == sentence:
        return quote.rstrip(" .:")
    if len(text) <= MAX_QUOTE:
        return text.rstrip(" .:")
    start = "" if sentence.startswith(asked.quote) else "… "
    return f"{start}{quote.rstrip(' .:…')}{'' if sentence.rstrip(' .').endswith(asked.quote.rstrip(' .')) else ' …'}"


# What a type needs beside its required properties to do what a prompt asks of it.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ of each type.
_WORKS_WITH = {
    "AWS::AutoScaling::AutoScalingGroup": "a launch template and the subnets of its instances",
    "AWS::Backup::BackupPlan": "a vault and an AWS::Backup::BackupSelection",
    "AWS::CloudWatch::Alarm": "a metric that is published, and AlarmActions where somebody is to be notified",
    "AWS::Config::ConfigurationRecorder": "an AWS::Config::DeliveryChannel with its bucket",
    "AWS::EC2::FlowLog": "a log group and a role that may write to it, or a bucket as LogDestination",
    "AWS::EC2::NatGateway": "an Elastic IP address in a public subnet, and a default route of the private subnets",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "a listener and a target group",
    "AWS::Events::Rule": "a pattern or a schedule, and targets that allow EventBridge to call them",
    "AWS::SecretsManager::RotationSchedule": "HostedRotationLambda or RotationLambdaARN, and RotationRules",
    "AWS::WAFv2::WebACL": "an AWS::WAFv2::WebACLAssociation, or a distribution that names it",
}


def _addition(members: Sequence[JudgedRequirement], line: str, region: str) -> str:
    """Name the types to add, with the properties that the first of them requires, and what it needs to have an effect."""
    asked = members[0].requirement
    missing = [one.requirement.types[0] for one in members if one.requirement.types and not one.evidence]
    kinds = list(dict.fromkeys(missing)) or [asked.types[0]]
    required = required_properties(kinds[0], region)
    schema = "Its schema" if len(kinds) == 1 else f"The schema of {code(kinds[0])}"
    needs = f" {schema} requires {listed(required)}." if required else ""
    if kinds[0] in _WORKS_WITH and len(kinds) == 1:
        needs += f" To have an effect, it needs {_WORKS_WITH[kinds[0]]}."
    several = "resources of the types" if len(kinds) > 1 else "a resource of the type"
    about = f": {asked.title}" if members[0].evidence or asked.about in _OF_RESOURCES else ""
    return f"Add {several} {listed(kinds)}, as {line} asks{about}.{needs}"


def _entries(members: Sequence[JudgedRequirement], line: str) -> str:
    """Name the outputs or parameters to add or change."""
    asked = members[0].requirement
    section = "Outputs" if asked.about == "output" else "Parameters"
    names = [found["name"] for one in members if (found := _LISTED.match(_reason(one)))]
    if names:
        return f"Add {_all(list(dict.fromkeys(names)))} to {code(section)}, as {line} asks."
    if given := _NOT_GIVEN.match(_reason(members[0])):
        return f"Add outputs for {given[1]} to {code(section)}, as {line} asks."
    if _NO_SECTION.match(_reason(members[0])):
        return f"Add the section {code(section)} with what {line} asks for."
    return (
        f"Add what {line} asks for to {code(section)}."
        if _is_absent(members[0])
        else (f"Change {code(section)} as {line} asks: {asked.title}.")
    )


def _document(asked: Requirement, line: str) -> str:
    name = asked.title.removeprefix("file ")
    if name != asked.title:
        return f"Deliver the file under the name {code(name)}, as {line} asks."
    return f"{'Deliver' if _FORMAT.search(name) else 'Add'} {name}, as {line} asks."


def _sentence(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
