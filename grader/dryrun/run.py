"""One response asked of AWS: validate-template for every template, a change set for each root."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.case import Case
from grader.case.parameter_values import parameters_of
from grader.catalogue import Catalogue
from grader.dryrun.answer import Answer, Asked
from grader.dryrun.clean import BUCKET_PREFIX, STACK_PREFIX, TAG, remove_all
from grader.dryrun.journal import Journal, Made
from grader.dryrun.messages import finding_of, finding_of_event
from grader.dryrun.package import (
    MAX_IN_S3,
    MAX_INLINE,
    children_of,
    custom_resources,
    family,
    key_of,
    outside_nests,
    packaged,
    transforms_of,
)
from grader.dryrun.session import Aws, faults
from grader.model import Finding
from grader.support.text import error_line
from grader.template import Template

VALIDATE, CHANGE_SET = "validate-template", "change-set"
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
_OURS = ("ValidationError", "InsufficientCapabilitiesException", "InvalidOperationException")  # about the template


@dataclass
class _Run:
    """What a dry run is doing: the only thing here that changes."""

    aws: Aws
    case: Case
    catalogue: Catalogue
    journal: Journal
    asked: list[Asked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    bucket: str = ""


def dry_run(aws: Aws, case: Case, catalogue: Catalogue, journal: Journal | None = None) -> Answer:
    """Ask AWS about a response. Nothing is executed, and all that was made is removed before this returns or raises.

    What AWS refuses becomes findings; a call that fails otherwise is an error of the answer, and the rest goes on.
    """
    start = time.perf_counter()
    run = _Run(aws, case, catalogue, journal or Journal.new(), bucket=aws.settings.bucket or "")
    left: tuple[str, ...] = ()
    try:
        for template in case.templates:
            _validate(run, template)
        if aws.settings.mode == "change-set":
            for root in case.roots:
                _plan(run, root)
    finally:
        left = remove_all(aws, run.journal)
    seconds = time.perf_counter() - start
    return Answer(aws.settings.mode, aws.account, aws.region, tuple(run.asked), tuple(run.findings), left, seconds)


def _validate(run: _Run, template: Template) -> None:
    size = len(template.text.encode("utf-8", "surrogatepass"))
    if size > MAX_IN_S3:
        run.asked.append(Asked(template.file, VALIDATE, "not asked", f"its {size} bytes are more than AWS takes"))
        return
    _guarded(run, template, VALIDATE, lambda: _validated(run, template, size))


def _validated(run: _Run, template: Template, size: int) -> str:
    if size <= MAX_INLINE:
        run.aws.cloudformation.validate_template(TemplateBody=template.text)
    else:
        run.aws.cloudformation.validate_template(TemplateURL=_upload(run, template.text))
    return ""


def _plan(run: _Run, root: Template) -> None:
    """Make a change set of a root with all it nests, unless that would run or fetch something."""
    reason = _unsafe(run, root)
    if reason:
        run.asked.append(Asked(root.file, CHANGE_SET, "not asked", reason))
    else:
        _guarded(run, root, CHANGE_SET, lambda: _planned(run, root))


def _unsafe(run: _Run, root: Template) -> str:
    """Return why a root is not sent: it names a macro that is not allowed, or nests what is not in the bundle."""
    for template in family(run.case, root):
        twice = next((one for one in template.duplicates if one.key in ("Transform", "Fn::Transform")), None)
        if twice is not None:
            return f"{template.file} writes {twice.key} twice, at line {twice.line} again, so that it is open what AWS would run"
        denied = [name for name in transforms_of(template) if name not in run.aws.settings.allow_transforms]
        if denied:
            return f"{template.file} names {', '.join(denied)}, which AWS would run: allow it with --allow-transforms {denied[0]}"
        outside = outside_nests(run.case, template)
        if outside:
            return f"the template of {', '.join(outside)} in {template.file} is not in the bundle"
    return ""


def _guarded(run: _Run, template: Template, call: str, ask: Callable[[], str]) -> None:
    """Ask, and sort what happens: a refusal is a finding, any other error is not an answer."""
    from botocore.exceptions import ClientError

    try:
        reason = ask()
    except ClientError as error:
        code, message = error.response["Error"].get("Code"), error.response["Error"].get("Message", "")
        if code not in _OURS:
            run.asked.append(Asked(template.file, call, "no answer", error_line(error)))
            return
        reason = " ".join(message.split())
        run.findings.append(finding_of(reason, template, run.catalogue))
    except faults() as error:
        run.asked.append(Asked(template.file, call, "no answer", error_line(error)))
        return
    run.asked.append(Asked(template.file, call, "refused" if reason else "ok", reason))


def _planned(run: _Run, root: Template) -> str:
    name = f"{STACK_PREFIX}{run.journal.run}-{run.case.templates.index(root)}"
    made = Made("stack", name, run.aws.account, run.aws.region)
    text = packaged(run.case, root, lambda child: _upload(run, child))
    size = len(text.encode("utf-8", "surrogatepass"))
    body = {"TemplateBody": text} if size <= MAX_INLINE else {"TemplateURL": _upload(run, text)}
    allowed = any(transforms_of(template) for template in family(run.case, root))
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", *(["CAPABILITY_AUTO_EXPAND"] if allowed else [])]
    run.journal.will_make(made)
    run.aws.cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=name,
        ChangeSetType="CREATE",
        Parameters=_parameters(run.case, root),
        Capabilities=capabilities,
        IncludeNestedStacks=bool(children_of(run.case, root)),
        OnStackFailure="DO_NOTHING",
        Tags=[{"Key": TAG, "Value": run.journal.run}],
        ClientToken=name,
        **body,
    )
    status = _awaited(run.aws, name, name)
    return _judged(run, root, status, name)


def _parameters(case: Case, root: Template) -> list[dict[str, str]]:
    values = parameters_of(dict(case.parameters), root.file)
    return [{"ParameterKey": name, "ParameterValue": values[name]} for name in root.parameters if name in values]


def _awaited(aws: Aws, stack: str, change_set: str) -> dict[str, Any]:
    """Wait until a change set is made or has failed. Raises TimeoutError after the deadline."""
    end, wait = time.monotonic() + aws.settings.deadline, FIRST_WAIT
    while True:
        answer: dict[str, Any] = aws.cloudformation.describe_change_set(StackName=stack, ChangeSetName=change_set)
        if answer["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return answer
        if time.monotonic() + wait > end:
            raise TimeoutError(f"the change set was still {answer['Status']} after {aws.settings.deadline:g} seconds")
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


def _judged(run: _Run, root: Template, status: dict[str, Any], stack: str) -> str:
    """Turn a change set's end into findings; return why it failed, empty where it did not."""
    custom = [f"{name} in {one.file}" for one in family(run.case, root) for name in custom_resources(one)]
    if custom:
        run.asked.append(
            Asked(root.file, "custom resources", "planned only", f"{', '.join(custom)}: no function of theirs was run")
        )
    failed = str(status.get("StatusReason") or "failed without a reason") if status["Status"] == "FAILED" else ""
    told = _from_events(run, root, stack, stack)
    for child, events in _children(run, root, status):
        told = _from_events(run, child, events[0], events[1]) or told
    if failed and not told:
        run.findings.append(finding_of(failed, root, run.catalogue))
    return failed


def _from_events(run: _Run, template: Template, stack: str, change_set: str) -> bool:
    """Add what pre-deployment validation and hooks report of a change set; return whether one of them made it fail."""
    failing = False
    for event in _events(run.aws, stack, change_set):
        if event.get("EventType") not in ("VALIDATION_ERROR", "HOOK_INVOCATION_ERROR"):
            continue
        if event.get("ValidationStatus", "FAILED") == "SKIPPED":
            continue
        run.findings.append(finding_of_event(event, template, run.catalogue))
        failing = failing or event.get("ValidationFailureMode", "FAIL") == "FAIL"
    return failing


def _events(aws: Aws, stack: str, change_set: str) -> Iterator[dict[str, Any]]:
    """Yield the failed events of a change set, all pages. Sorted by id within a page, as AWS gives no order."""
    token: dict[str, str] = {}
    while True:
        page = aws.cloudformation.describe_events(
            StackName=stack, ChangeSetName=change_set, Filters={"FailedEvents": True}, **token
        )
        yield from page.get("OperationEvents", [])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _children(run: _Run, root: Template, status: dict[str, Any]) -> Iterator[tuple[Template, tuple[str, str]]]:
    """Yield the nested templates of a change set with the stack and change set that were made for each."""
    named = children_of(run.case, root)
    while True:
        for change in status.get("Changes", []):
            detail = change.get("ResourceChange", {})
            child = named.get(detail.get("LogicalResourceId", ""))
            if child is not None and detail.get("ChangeSetId"):
                yield child, (str(detail.get("PhysicalResourceId") or ""), str(detail["ChangeSetId"]))
        if not status.get("NextToken"):
            return
        status = run.aws.cloudformation.describe_change_set(
            StackName=status["StackName"], ChangeSetName=status["ChangeSetName"], NextToken=status["NextToken"]
        )


def _upload(run: _Run, text: str) -> str:
    """Put a template into the bucket, made where none was given, and return its URL."""
    bucket, key = _bucket(run), key_of(run.journal.run, text)
    made = Made("object", f"{bucket}/{key}", run.aws.account, run.aws.region)
    if made not in run.journal.left:
        run.journal.will_make(made)
        run.aws.s3.put_object(
            Bucket=bucket, Key=key, Body=text.encode("utf-8", "surrogatepass"), ServerSideEncryption="AES256"
        )
    host = "amazonaws.com.cn" if run.aws.region.startswith("cn-") else "amazonaws.com"
    return f"https://{bucket}.s3.{run.aws.region}.{host}/{key}"


def _bucket(run: _Run) -> str:
    if run.bucket:
        return run.bucket
    name = f"{BUCKET_PREFIX}{run.aws.account}-{run.journal.run}"
    run.journal.will_make(Made("bucket", name, run.aws.account, run.aws.region))
    # Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (no constraint in us-east-1)
    place = (
        {"CreateBucketConfiguration": {"LocationConstraint": run.aws.region}} if run.aws.region != "us-east-1" else {}
    )
    run.aws.s3.create_bucket(Bucket=name, **place)
    run.bucket = name
    tags = {"TagSet": [{"Key": TAG, "Value": run.journal.run}]}
    run.aws.s3.put_bucket_tagging(Bucket=name, Tagging=tags)
    run.aws.s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    run.aws.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    return name
