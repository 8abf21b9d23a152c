"""Unmet requirements of the prompt as failures: each with the prompt's line, its words, and what is there instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from grader.catalogue import Catalogue, Rule
from grader.catalogue.unmet import DETECTOR, topic_of
from grader.judgement.grouping import Grouped
from grader.judgement.rubric import Rubric
from grader.judgement.unmet_texts import fix_of, issue_of, reason_of, title_of
from grader.model import Finding, JudgedRequirement, Located, Location, RequirementSource, RequirementStanding
from grader.task import PROMPT, Task
from grader.task.prompt import read_prompt


def unmet_of_prompt(
    requirements: Iterable[JudgedRequirement], catalogue: Catalogue, rubric: Rubric, task: Task
) -> Iterator[Grouped]:
    """Yield a failure for each thing that the prompt asks for and the answer does not have.

    What a line asks of a resource that is missing altogether is part of that one failure.
    """
    unmet = [
        one
        for one in requirements
        if one.requirement.source is RequirementSource.PROMPT and one.standing is RequirementStanding.UNMET
    ]
    for members in _together(unmet):
        rule = catalogue.rules[f"unmet-{topic_of(members[0].requirement)}"]
        levels = [rubric.level_of(rule, one.requirement.level) for one in members]
        level = min((level for level in levels if level), key=rubric.levels.index, default=None)
        if level is not None:
            found = _distinct(finding for one in members for finding in _findings(rule, one))
            told = _told(rule, members, task)
            yield Grouped(told, level, found, requirements=tuple(one.requirement.id for one in members))


def off_task(requirements: Sequence[JudgedRequirement], catalogue: Catalogue, rubric: Rubric) -> Grouped:
    """Return the one failure of an answer that has nothing of what the prompt asks for."""
    unmet = [
        one for one in requirements if one.requirement.about == "resource" and one.standing is RequirementStanding.UNMET
    ]
    rule = catalogue.rules["unmet-off-task"]
    missing = ", ".join(dict.fromkeys(one.requirement.title for one in unmet))
    issue = f"The prompt asks for the following, and the answer creates none of it: {missing}."
    found = _distinct(finding for one in unmet for finding in _findings(rule, one))
    told = replace(rule, issue=_literal(issue), root_cause="")  # as in _told
    return Grouped(told, rubric.named("Critical"), found, requirements=tuple(one.requirement.id for one in unmet))


def _together(unmet: Sequence[JudgedRequirement]) -> list[list[JudgedRequirement]]:
    """Put together what one change meets: a missing resource and what is asked of it, a missing network, demands at the same places.

    Resources come first, the VPC before its parts, then the order of the prompt.
    """
    groups: list[list[JudgedRequirement]] = []
    for one in sorted(unmet, key=lambda one: (one.requirement.about != "resource", one.requirement.types[:1] != _VPC)):
        mine = next((group for group in groups if _is_one_fault(one, group[0])), None)
        if mine:
            mine.append(one)
        else:
            groups.append([one])
    return groups


_VPC = ("AWS::EC2::VPC",)
# What is in a VPC: where the VPC is missing, one failure reports all of it.
_IN_VPC = frozenset(
    f"AWS::EC2::{name}"
    for name in (
        "VPC Subnet InternetGateway VPCGatewayAttachment NatGateway EIP RouteTable Route SubnetRouteTableAssociation NetworkAcl "
        "VPCPeeringConnection VPCEndpoint SecurityGroup FlowLog"
    ).split()
)
_ARTICLE = re.compile(r"^(an?|the)\s+", re.I)


def _is_one_fault(one: JudgedRequirement, first: JudgedRequirement) -> bool:
    abouts = {one.requirement.about, first.requirement.about}
    if abouts == {"tag"} or (abouts == {"output"} and reason_of(one) == reason_of(first)):
        return True
    return _asks_the_same(one, first) or _is_there(one, first) or (not one.evidence and _is_part(one, first))


def _asks_the_same(one: JudgedRequirement, other: JudgedRequirement) -> bool:
    """Whether two lines of the prompt ask the same."""
    asked, first = one.requirement, other.requirement
    title, same = (_ARTICLE.sub("", each.title) for each in (asked, first))
    return bool(title) and title == same and (asked.types == first.types or bool(set(asked.types) & set(first.types)))


def _is_there(one: JudgedRequirement, other: JudgedRequirement) -> bool:
    """Whether two demands on properties are not met at the same places, or for the same reason: what both are in is missing."""
    if not {one.requirement.about, other.requirement.about} <= {"property", "value"} or not one.evidence:
        return False
    here, there = ({(each.file, each.resource, each.path) for each in judged.evidence} for judged in (one, other))
    return one.reason == other.reason or (here == there and all(path for _, _, path in here))


def _is_part(one: JudgedRequirement, whole: JudgedRequirement) -> bool:
    asked, missing = one.requirement, whole.requirement
    if missing.about != "resource" or whole.evidence or not asked.types:
        return asked.line == missing.line and asked.types == missing.types and topic_of(asked) == topic_of(missing)
    if missing.types[:1] == _VPC and set(asked.types) <= _IN_VPC:
        return True
    if asked.about in ("property", "value"):
        return bool(set(asked.types) & set(missing.types))
    return set(asked.types) <= set(missing.types) or (
        asked.about == "resource" and set(missing.types) < set(asked.types)
    )


def _told(rule: Rule, members: Sequence[JudgedRequirement], task: Task) -> Rule:
    """Return the rule with the texts of one failure."""
    return replace(
        rule,
        title=_literal(title_of(members)),
        issue=_literal(issue_of(members, read_prompt(task.prompt))),
        fix=_literal(fix_of(members, rule.fix, task.account.region)),
        root_cause="",  # what the templates tell (see grader.judgement.causes)
    )


def _literal(text: str) -> str:
    """Write a text as a template of a rule that holds no placeholder."""
    return text.replace("{", "{{").replace("}", "}}")


def _findings(rule: Rule, judged: JudgedRequirement) -> Iterator[Finding]:
    asked = judged.requirement
    kind = asked.types[0] if asked.types else ""
    nowhere = Located(location=Location(file=PROMPT, line=asked.line, type=kind), message=reason_of(judged))
    for place in judged.evidence or (nowhere,):
        yield Finding(
            rule=rule.id, detector=DETECTOR, location=place.location, message=place.message, facts=place.facts
        )


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without those that say the same of the same place."""
    return tuple({(one.location, one.message): one for one in reversed([*findings])}.values())[::-1]


def merged(failures: Sequence[Grouped], unmet: Sequence[Grouped], rubric: Rubric) -> list[Grouped]:
    """Return failures and unmet requirements with each fault once.

    They are one where both are about one property of one resource, or where failures of the same kind are at all resources that
    an unmet requirement names. The rule's account is kept, at the more severe of the two levels.
    """
    result = list(failures)
    for one in unmet:
        same = [i for i, other in enumerate(failures) if _is_same(one, other)][:1] or _of_one_kind(one, failures)
        if not same:
            result.append(one)
        for i in same:
            level = rubric.graver(result[i].level, one.level)
            result[i] = replace(result[i], level=level, requirements=(*result[i].requirements, *one.requirements))
    return result


def _is_same(one: Grouped, other: Grouped) -> bool:
    places = {_place(finding) for finding in one.findings if finding.resource and finding.path}
    return bool(places & {_place(finding) for finding in other.findings}) or _is_misspelt(one, other)


_ABSENT_PATH = re.compile(r"^has no ([A-Z][\w.]+)$")


def _is_misspelt(one: Grouped, other: Grouped) -> bool:
    """Whether all that a requirement misses is there in letters of the wrong case, which the other failure reports."""
    wrong = {(each.file, each.resource, _INDEX.sub("", each.path).lower()) for each in other.findings if each.path}
    missing = [(each, _ABSENT_PATH.match(each.message)) for each in one.findings]
    return all(
        found and (each.file, each.resource, f"properties.{found[1]}".lower()) in wrong for each, found in missing
    )


_INDEX = re.compile(r"\.\d+")


def _of_one_kind(one: Grouped, failures: Sequence[Grouped]) -> list[int]:
    """Return the places of the failures of a requirement's kind that are at all resources that it names."""
    named = {(finding.file, finding.resource) for finding in one.findings if finding.resource}
    alike = {
        i: {(finding.file, finding.resource) for finding in other.findings} & named
        for i, other in enumerate(failures)
        if other.rule.kind == one.rule.kind
    }
    at = [i for i, places in alike.items() if places]
    return at if named and named <= {place for places in alike.values() for place in places} else []


def _place(finding: Finding) -> tuple[str, str, str]:
    return finding.file, finding.resource, finding.location.property
