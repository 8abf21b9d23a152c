"""Filter expressions that X-Ray does not understand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

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
    """Report words of filter expressions that are no keywords."""
    for template, group in case.resources("AWS::XRay::Group"):
        text = case.scopes[template.file].text(group.get("FilterExpression"))
        bare = re.sub(r"\"[^\"]*\"|\$\{[^}]*\}|\[[^\]]*\]|annotation\.[\w.]+", " ", text)
        unknown = [word for word in re.findall(r"[A-Za-z_]+", bare) if word.lower() not in _KEYWORDS]
        if unknown:
            yield at_property(
                template,
                group,
                "FilterExpression",
                f"{unknown[0]} is no keyword of filter expressions",
                value=unknown[0],
            )


RULE = Rule(
    id="xray-filter-expression",
    former_ids=("trace-filter",),
    kind="invalid-property",
    level="Critical",
    category="schema",
    title="Filter expressions that X-Ray does not understand",
    issue="The filter of {resources} in {file} uses {values}, which is no keyword: X-Ray refuses the group.",
    fix="Write the keyword as the documentation does: responsetime, duration, fault, error, http.status.",
    root_cause="The keyword was written as a variable of a programming language would be.",
    lesson="Take the keywords of filter expressions from their documentation.",
    reference="https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
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
