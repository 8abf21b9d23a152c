"""The fast engine: AWS's own offline validator, as a detector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors import native
from grader.detectors.as_deployed import MAX_TAGS, AsDeployed, has_many_variants, nests_tags, whole
from grader.detectors.engine_quirks import Heard, heard, is_crash
from grader.detectors.remark import Remark
from grader.model import Finding
from grader.plan.schemas import property_names
from grader.support.engines.registry import EngineError, EngineLimitError
from grader.support.version import installed
from grader.template import Template

NAME = native.NAME
OTHER_VALUES = 12
_HINT = re.compile(r"'(?P<wrong>[^']+)' was unexpected\.(?P<hint> Did you mean '[^']*'\?)")


def version() -> str:
    """Return the version of the installed package."""
    return installed("cloudformation-validate")


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what the engine finds in every template, also a broken template, as findings of the catalogue's rules.

    Raises EngineError at the end for what it could not judge; EngineLimitError where time or memory ran out.
    """
    unjudged: list[EngineError] = []
    for template in case.templates:
        try:
            yield from _of_template(case, catalogue, template, unjudged)
        except EngineError as error:
            unjudged.append(error)
    read = {template.file for template in case.templates}
    for broken in (one for one in case.broken if one.file not in read):
        try:
            for remark in native.remarks(broken.file, broken.text, catalogue, case.account.region):
                yield from _findings(heard(remark, None, case.account.region), catalogue, None, broken.file)
        except EngineError as error:
            unjudged.append(error)
    if unjudged:
        limited = any(isinstance(error, EngineLimitError) for error in unjudged)
        raise (EngineLimitError if limited else EngineError)("; ".join(map(str, unjudged)))


def _of_template(
    case: Case, catalogue: Catalogue, template: Template, unjudged: list[EngineError]
) -> Iterator[Finding]:
    scope, region = case.scopes[template.file], case.account.region
    ask = partial(native.remarks, f"{template.file}.json", catalogue=catalogue, region=region)
    deployed = AsDeployed(scope, lambda text: [_hinted(one, region) for one in ask(text)], OTHER_VALUES, region)
    remarks = _remarks(case, catalogue, template, deployed, unjudged)
    deployed.remarks = remarks
    for remark in remarks:
        if is_crash(remark):
            unjudged.append(EngineError(f"{template.file}: {remark.message}"))
            continue
        said = heard(_hinted(remark, region), template, region)
        if said is not None and catalogue.of(NAME, said.id) is not None:
            yield from _findings(deployed.holds(said), catalogue, template, template.file)


def _remarks(
    case: Case, catalogue: Catalogue, template: Template, deployed: AsDeployed, unjudged: list[EngineError]
) -> list[Remark]:
    """Return the engine's remarks on a template for all values; for those of the plan alone where these are too many."""
    try:
        if has_many_variants(template):
            raise EngineLimitError(f"{template.file}: more combinations of allowed values than the engine can try")
        if nests_tags(template):
            raise EngineLimitError(f"{template.file}: tags are nested more than {MAX_TAGS} levels deep")
        return native.remarks(template.file, template.text, catalogue, case.account.region)
    except EngineLimitError as error:
        unjudged.append(EngineLimitError(f"{error}; judged with the values of the plan alone"))
        return whole(deployed.scope, deployed.ask)


def _findings(said: Heard | None, catalogue: Catalogue, template: Template | None, file: str) -> Iterator[Finding]:
    rule = catalogue.of(NAME, said.id) if said else None
    if said is not None and rule is not None:
        yield said.remark.finding(rule.id, NAME, template, file, said.level)


def _hinted(remark: Remark, region: str) -> Remark:
    """Return the remark; which of several like names the engine suggests differs from run to run, so it is chosen here."""
    message = remark.message
    found = _HINT.search(message)
    if found is None:
        return remark
    names = property_names(remark.type, remark.path.split(".")[1:-1], region)
    nearest = get_close_matches(found["wrong"], names, 1)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    return replace(remark, message=message[: found.start("hint")] + hint + message[found.end("hint") :])
