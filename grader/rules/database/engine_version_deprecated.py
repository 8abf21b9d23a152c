"""Database engine versions that RDS withdraws from new databases."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._fragments import database, resources
from grader.rules._shared import resource_at, with_facts
from grader.support.markdown import code

_SAYS = re.compile(r"Engine version '(?P<version>[^']+)' for engine '(?P<engine>[^']+)'")


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """A minor version on the list; a major version alone lets RDS choose the minor."""
    said, found = _SAYS.search(finding.message), resource_at(case, finding)
    if said is None or found is None or case.scopes[found[0].file].exists(found[1]) is False:
        return None
    version = said["version"]
    if re.fullmatch(r"\d\d|\d\.\d", version) or case.request.orders(rf"(?<![\d.]){re.escape(version)}(?![\d])"):
        return None
    because = f"{code(version)} of {code(said['engine'])} is on cfn-lint's list of deprecated versions."
    major = re.match(r"5\.7|8\.\d|\d\d", version)
    needed = major.group() if major and major.group() != "5.7" else ""
    line = found[1].line_of("EngineVersion")
    location = replace(finding.location, line=line, path="Properties.EngineVersion")
    at_version = replace(finding, location=location)
    return with_facts(at_version, value=version, engine=said["engine"], needed=needed, because=because)


def _needed(finding: Finding) -> object:
    return finding.facts.get("needed") or None


RULE = Rule(
    id="engine-version-deprecated",
    kind="invalid-engine-version",
    level="Medium",
    category="versions",
    title="Database engine version that RDS is withdrawing",
    issue="{resources} in {file} {sets|set} EngineVersion to {values}, which is deprecated. RDS removes deprecated minor versions from "
    "the versions that new databases can have.",
    fix="Set EngineVersion to the major version, and let RDS choose the minor version; or take one from `aws rds "
    "describe-db-engine-versions`.",
    root_cause="{because}",
    lesson="Give a major version, or a minor version that is offered at the time of the deployment.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
    security="An old minor version lacks fixes.",
    stands_for=("cfn-lint:W3690", "cfn-lint:W3691"),
    confirm=_confirm,
    needed=_needed,
    yields_to=("invalid-engine-version",),
    engine="cfn-lint",
    forgiven=True,
    # The list has no dates, and the region may still offer a version: the lower level.
    aws_behaviour="Deploys while RDS offers the version to new databases; later RDS rejects it.",
    fails=(example(resources(database("Engine: mysql", "EngineVersion: '8.0.40'  # finds"))),),
    passes=(example(resources(database("Engine: mysql", "EngineVersion: '8.0'"))),),
)
