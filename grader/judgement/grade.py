"""A response graded: bundle to findings to failures to a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from grader.bundle import DEFAULT_LIMITS, Bundle, Limits, Omitted
from grader.case import Case
from grader.case.suppressions import Suppression, suppressions, without
from grader.catalogue import Catalogue, load_catalogue
from grader.detectors import Detection, detect
from grader.detectors.requirements import is_off_task
from grader.detectors.requirements import judged as judged_of_prompt
from grader.diff import Difference, compare_with_ideal
from grader.judgement.accepted import decided
from grader.judgement.causes import cause
from grader.judgement.costs import priced
from grader.judgement.differences import differences_of
from grader.judgement.failures import as_far_as_it_goes, failures_of
from grader.judgement.fixes import Fix, Reported, corrected
from grader.judgement.grouping import Grouped
from grader.judgement.ideal import IdealAnswer, Standing, own_standing
from grader.judgement.narrative import narrate
from grader.judgement.requirements import delivered, judged_of_task, requirements_of, with_requirements
from grader.judgement.rubric import Rubric
from grader.judgement.rule_ids import with_current_ids
from grader.judgement.strengths import strengths
from grader.judgement.summary import gaps, recommendations, summary, training_value
from grader.model import (
    RANKS,
    DetectorEntry,
    Evidence,
    Failure,
    FileEntry,
    Finding,
    Impact,
    JudgedRequirement,
    RequirementStanding,
    Result,
)
from grader.plan.answer import AnswerKind, created, kind_of
from grader.support.text import one_line
from grader.support.version import installed
from grader.task import Task

if TYPE_CHECKING:
    from grader.dryrun import Answer

MAX_EVIDENCE = 200


def grade(
    task: Task,
    bundle: Bundle,
    rubric: Rubric,
    *,
    ideal: Bundle | None = None,
    catalogue: Catalogue | None = None,
    fast: bool = False,
    honour: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    ask: Callable[[Case, Catalogue], Answer] | None = None,
) -> Result:
    """Grade a bundle as an answer to a task.

    `ideal` is the task's ideal answer (see grader.task.load.read_ideal), to compare with; `catalogue` the rules, where they
    are not those of load_catalogue(). `fast` leaves cfn-lint out; `honour` follows
    the suppressions that the templates carry. `ask` asks AWS about the case (see grader.dryrun), and is the only part
    that needs a network. Nothing of a bundle is executed or fetched. The same input gives the same data on the same day.
    """
    catalogue = with_requirements(catalogue or load_catalogue(), requirements_of(task), task.folder)
    rubric.check_levels(catalogue.rules.values())
    rubric = with_current_ids(rubric, catalogue)
    catalogue = catalogue.without(rule.id for rule in catalogue.rules.values() if rubric.leaves_out(rule))
    case = Case(task, bundle, limits, ideal)
    difference = compare_with_ideal(case)
    detections = detect(case, catalogue, fast)
    return judge(case, detections, rubric, catalogue, honour, ask(case, catalogue) if ask else None, difference)


def judge(
    case: Case,
    detections: Sequence[Detection],
    rubric: Rubric,
    catalogue: Catalogue,
    honour: bool = False,
    answer: Answer | None = None,
    difference: Difference | None = None,
) -> Result:
    """Turn what the detectors found, and what AWS answered, into a result.

    Suppressions of the response are reported; `honour` follows them. `difference` is the comparison with the ideal answer.
    """
    if answer is not None:
        detections = (*detections, _detection(answer))
    silent = suppressions(case)
    every = [finding for detection in detections for finding in detection.findings]
    findings = without(every, silent) if honour else every
    findings = as_far_as_it_goes(findings, case, catalogue)
    ideal = IdealAnswer(difference, catalogue, frozenset(one.rule for one in findings)) if difference else None
    requirements = _requirements(case, catalogue, rubric, findings, difference)
    kind = kind_of(case)
    kind = AnswerKind.OFF_TASK if kind.delivers and is_off_task(requirements) else kind
    stand = ideal.standing if ideal else own_standing(case, catalogue) if case.is_ideal else None
    groups = failures_of(findings, catalogue, rubric, stand, requirements, kind, case.task)
    fixes = corrected(
        [Reported(one.rule, one.findings, one.requirements) for one in groups],
        case,
        catalogue,
        every,
        ideal,
        requirements,
    )
    failures = tuple(
        _failure(number, group, case, answer, ideal, fixes.get(number - 1, Fix()))
        for number, group in enumerate(groups, 1)
    )
    requirements = decided(requirements, groups, rubric, [one.name for one in detections if not one.errors])
    counts = rubric.counts([failure.level for failure in failures])
    share = _delivered(case, kind, requirements, rubric)
    charged = rubric.counts([failure.level for failure in failures if not failure.requirements])
    score = rubric.score(charged, share)
    held = any(one.standing is not RequirementStanding.UNJUDGED for one in requirements)
    verdict = rubric.verdict(counts, score, kind, is_held=held)
    entries = {one.name: DetectorEntry(one.version, one.seconds, one.errors) for one in detections} | _ideal_entry(case)
    entries |= _over_limit(case)
    return Result(
        task=case.task.id,
        title=case.task.title,
        response=case.bundle.name,
        score=score,
        verdict=verdict,
        passes=rubric.passes(verdict),
        answer=kind.value,
        delivered=share,
        counts=counts,
        summary=summary(case, failures) + _silence(silent, honour) + _asked_aws(failures, answer) + _unjudged(entries),
        failures=failures,
        gaps=gaps(failures),
        training_value=training_value(failures, rubric.levels),
        recommendations=recommendations(failures),
        strengths=strengths(case, failures),
        files=tuple(
            FileEntry(file.name, file.kind.value, file.size, file.source, file.segments[0].source_line)
            for file in case.bundle.files
        ),
        omitted=tuple(_omitted(omitted) for omitted in case.bundle.omitted),
        suppressions=tuple(map(str, silent)),
        dry_run=answer.to_dict() if answer else None,
        requirements=requirements,
        differences=differences_of(difference, failures, requirements) if difference else (),
        detectors=entries,
        judged_on=date.today().isoformat(),
    )


def _over_limit(case: Case) -> dict[str, DetectorEntry]:
    """Return an entry that names the templates that no detector looked at; empty where there are none."""
    errors = tuple(map(str, case.over_limit))
    return {"templates": DetectorEntry("1", 0.0, errors)} if errors else {}


def _unjudged(entries: Mapping[str, DetectorEntry]) -> str:
    """Say which detectors could not judge everything; empty where all could."""
    over = entries["templates"].errors if "templates" in entries else ()
    whole = "".join(f" Not judged at all: {one}." for one in over)
    names = [name for name, entry in entries.items() if entry.errors and name not in ("ideal", "templates")]
    return whole + (
        f" Not everything was judged by {', '.join(names)}: `detectors` in result.json says why." if names else ""
    )


def _delivered(case: Case, kind: AnswerKind, requirements: Sequence[JudgedRequirement], rubric: Rubric) -> float:
    """Return the share of what was asked for that the response delivers: 0 where nothing of it would be created."""
    if not kind.delivers or next(created(case), None) is None:
        return 0.0
    share = delivered(requirements, rubric)
    return round(share * rubric.fields.cut_off, 4) if kind is AnswerKind.TRUNCATED else share


def _ideal_entry(case: Case) -> dict[str, DetectorEntry]:
    """Return an entry that says why the response was not compared with the task's ideal answer; empty where it was."""
    ideal = case.ideal_case
    if case.ideal is None or ideal is None or ideal.templates:
        return {}
    omitted = [one.reason for one in ideal.bundle.omitted] if not ideal.bundle.files else []
    broken = [f"{one.file}: {one.error}" for one in ideal.broken]
    reason = next(iter([*omitted, *broken]), "it has no template")
    return {"ideal": DetectorEntry("1", 0.0, (f"the ideal answer was not compared: {reason}",))}


def _requirements(
    case: Case, catalogue: Catalogue, rubric: Rubric, findings: Sequence[Finding], difference: Difference | None
) -> tuple[JudgedRequirement, ...]:
    """Return every requirement, of the task's author and of the prompt, that the rubric does not leave out, with its levels."""
    written = judged_of_task(case, catalogue, findings)
    read = (
        one for one in judged_of_prompt(case, difference) if not any(_says_the_same(one, other) for other in written)
    )
    judged = (*written, *read)
    return tuple(
        replace(one, requirement=replace(one.requirement, level=level))
        for one in judged
        if (level := _level(one, catalogue, rubric))
    )


def _says_the_same(read: JudgedRequirement, written: JudgedRequirement) -> bool:
    """Whether the task's author wrote down what was read from the prompt: the same words of the same line."""
    one, other = read.requirement, written.requirement
    if one.line != other.line or not other.quote or (one.about == "resource") != (other.about == "resource"):
        return False
    return other.quote in one.quote or one.quote in other.quote


def _level(judged: JudgedRequirement, catalogue: Catalogue, rubric: Rubric) -> str | None:
    rule = catalogue.rules.get(judged.requirement.id)
    return rubric.level_of(rule) if rule else rubric.named(judged.requirement.level)


def _asked_aws(failures: Sequence[Failure], answer: Answer | None) -> str:
    """Say what a dry run confirmed and contradicted, and what it could not ask."""
    if answer is None:
        return ""
    parts = []
    for word in ("confirmed", "contradicted"):
        numbers = [str(failure.number) for failure in failures if failure.aws == word]
        parts.append(
            f"{word} {'failure' if len(numbers) == 1 else 'failures'} {', '.join(numbers)}"
            if numbers
            else f"{word} none"
        )
    silent = f" {len(answer.errors)} questions had no answer." if answer.errors else ""
    return f" A dry run ({answer.mode}) in {answer.region} {' and '.join(parts)}.{silent}"


def _silence(silent: Sequence[Suppression], honour: bool) -> str:
    """Say that a response tells linters to be silent, and whether they were."""
    if not silent:
        return ""
    places = ", ".join(f"{one.file}:{one.line}" for one in silent[:3]) + (" and more" if len(silent) > 3 else "")
    count = f"{len(silent)} suppression{'s' if len(silent) > 1 else ''}"
    return f" The templates carry {count} for linters ({places}), which {'were' if honour else 'were not'} honoured."


def _shared(group: Grouped, case: Case) -> str:
    """Say that the ideal answer does the same, and what follows from that."""
    if group.standing is not Standing.SHARED:
        return ""
    if group.rule.is_choice and not group.requirements:
        who = "This is the task's ideal answer" if case.is_ideal else "The ideal answer does the same"
        return f" {who}, so this counts as a matter of choice."
    if case.is_ideal:
        return ""
    is_refused = (group.findings[0].level or group.rule.level) == RANKS[0]
    return f" The ideal answer does the same{', and AWS treats it no differently' if is_refused else ''}."


def _omitted(omitted: Omitted) -> str:
    place = f"{omitted.name or 'block'}:{omitted.line}" if omitted.line else omitted.name
    return f"{place}: {omitted.reason}"


def _detection(answer: Answer) -> Detection:
    return Detection("aws", installed("botocore"), answer.findings, answer.seconds, answer.errors)


def _failure(
    number: int, group: Grouped, case: Case, answer: Answer | None, ideal: IdealAnswer | None, fix: Fix
) -> Failure:
    rule, findings = group.rule, group.findings
    first = one_line(findings[0].message, 160)
    evidence = tuple(_evidence(finding, case.bundle) for finding in findings[:MAX_EVIDENCE])
    return Failure(
        number=number,
        rule=rule.id,
        kind=rule.kind,
        category=rule.category,
        level=group.level,
        title=narrate(rule.title, findings) or first,
        issue=(narrate(rule.issue, findings) or first) + _shared(group, case),
        fix="\n\n".join(
            filter(
                None,
                (narrate(rule.fix, findings), fix.text or _ideal_lines(group, case, ideal)),
            )
        ),
        root_cause=narrate(rule.root_cause, findings) or cause(findings, case),
        reference=rule.reference,
        impact=Impact(
            " ".join(filter(None, (narrate(rule.cost, findings), priced(rule, findings, case)))),
            narrate(rule.security, findings),
            narrate(rule.performance, findings),
        ),
        lesson=rule.lesson,
        evidence=evidence,
        aws=answer.says(rule.id, findings) if answer else "",
        requirements=group.requirements,
        fix_lines=fix.lines,
    )


def _ideal_lines(group: Grouped, case: Case, ideal: IdealAnswer | None) -> str:
    """Quote what the ideal answer has where the response fails a rule; what it has need not meet a requirement.

    Nothing where the rule's corrections are None for a finding: no lines correct that.
    """
    corrections = group.rule.corrections
    is_withheld = corrections and any(corrections(case, one) is None for one in group.findings)
    return ideal.lines(group.findings) if ideal and not is_withheld and not group.rule.id.startswith("unmet-") else ""


def _evidence(finding: Finding, bundle: Bundle) -> Evidence:
    file = bundle.file(finding.file)
    return Evidence(
        detector=finding.detector,
        location=finding.location,
        message=one_line(finding.message, 500),
        source=file.source if file else finding.file,
        source_line=file.source_line(finding.line) if file else finding.line,
    )
