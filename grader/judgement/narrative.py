"""Sentences of a failure: a rule's templates filled with what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.model import Finding
from grader.support.markdown import code, listed

# The fact that is a sentence already: what in this answer leads to the finding. Its values are code spans.
BECAUSE = "because"
MAX_CAUSES = 2
_ALTERNATIVES = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


def fill(template: str, findings: Sequence[Finding]) -> str:
    """Fill a rule's template.

    `{resource}`, `{type}`, `{file}`, `{line}`, `{path}` and any fact come from the first finding; `{resources}`,
    `{files}`, `{types}` and any fact with an `s` behind its name list all of them; `{count}` is how many. `{because}` is the
    sentence that a check wrote about its finding, the first two where several differ. `{is|are}` is the first word for one
    resource and the second for several.
    """
    many = len({(finding.file, finding.resource) for finding in findings}) > 1
    agreed = _ALTERNATIVES.sub(lambda match: match.group(2 if many else 1), template)
    return re.sub(r"\{(\w+)\}", lambda match: _value(match.group(1), findings), agreed)


def _value(name: str, findings: Sequence[Finding]) -> str:
    if name == "count":
        return str(len(findings))
    if name == BECAUSE:
        causes = dict.fromkeys(finding.facts.get(BECAUSE, "") for finding in findings)
        return " ".join([cause for cause in causes if cause][:MAX_CAUSES])
    single = [_fact(name, finding) for finding in findings]
    if single[0] is not None:
        return str(single[0]) if name == "line" else code(single[0])
    if name.endswith("s"):
        many = [fact for finding in findings if (fact := _fact(name[:-1], finding)) is not None]
        if any(many):
            return listed(many)
    return "the value" if name == "value" else f"the {name.replace('_', ' ')}"


def _fact(name: str, finding: Finding) -> str | None:
    if name in finding.facts:
        return finding.facts[name]
    if name in ("resource", "type", "file", "path"):
        value: str = getattr(finding, name)
        return value or None
    return str(finding.line) if name == "line" else None
