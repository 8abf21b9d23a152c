"""Filter expressions with words that X-Ray does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Finding
from grader.rules._shared import created
from grader.support.markdown import code

# Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
_KEYWORDS = frozenset(
    (
        "ok error throttle fault partial inferred first last remote root responsetime duration name user version message "
        "service edge json annotation group rootcause http aws ec2 availabilityzone instance resource and or not is "
        "contains beginswith endswith true false type id arn entity exception url status method useragent clientip "
        "filename line origin"
    ).split()
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report words of filter expressions that are not keywords of X-Ray."""
    for template, group in created(case, "AWS::XRay::Group"):
        text = case.scopes[template.file].text(group.get("FilterExpression"))
        bare = re.sub(r"\"[^\"]*\"|\$\{[^}]*\}|\[[^\]]*\]|annotation\.[\w.]+", " ", text)
        unknown = [word for word in re.findall(r"[A-Za-z_]+", bare) if word.lower() not in _KEYWORDS]
        if unknown:
            near = get_close_matches(unknown[0].lower().replace("_", ""), sorted(_KEYWORDS), 1)
            because = f"{code(unknown[0])} is not a keyword" + (f"; the keyword is {code(near[0])}." if near else ".")
            message = f"{unknown[0]} is not a keyword of filter expressions"
            right = text.replace(unknown[0], near[0]) if near else ""
            yield at_property(
                template, group, "FilterExpression", message, value=unknown[0], needed=right, because=because
            )


def _needed(finding: Finding) -> object:
    return finding.facts["needed"] or None


RULE = Rule(
    id="xray-filter-expression",
    former_ids=("trace-filter",),
    kind="invalid-property",
    level="Critical",
    category="schema",
    title="X-Ray filter expression with an unknown keyword",
    issue="The filter {expression|expressions} of {resources} in {file} {uses|use} {values}. X-Ray rejects a group whose filter "
    "expression it cannot parse.",
    fix="Use the keyword that the documentation gives: responsetime, duration, fault, error or http.status.",
    root_cause="{because}",
    lesson="Take the keywords of filter expressions from their documentation.",
    reference="https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html",
    aws_behaviour="X-Ray rejects the group with InvalidRequestException, and the stack rolls back.",
    needed=_needed,
    check=check,
    fails=(
        example("""
Resources:
  Slow:
    Type: AWS::XRay::Group
    Properties:
      GroupName: slow
      FilterExpression: 'service("shop") { fault = true OR response_time > 2 }'  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Slow:
    Type: AWS::XRay::Group
    Properties:
      GroupName: slow
      FilterExpression: 'service("shop") { fault = true OR responsetime > 2 }'
"""),
    ),
)
