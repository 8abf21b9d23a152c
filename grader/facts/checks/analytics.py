"""Checks of search domains, catalog tables, replication tasks and feature groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.case.policies import statements_in
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places
from grader.support.markdown import code


def search_address_policy(case: Case, root: Place) -> Iterator[Broken]:
    """Report an access policy with a condition on the address of the caller."""
    [policy] = places(case, root, "AccessPolicies")
    for statement in statements_in(policy.value):
        conditions = statement.get("Condition")
        used = (
            [str(key) for part in conditions.values() if isinstance(part, dict) for key in part]
            if isinstance(conditions, dict)
            else []
        )
        if statement.get("Effect") == "Allow" and any(key.lower() == "aws:sourceip" for key in used):
            yield Broken(policy, f"a statement of the access policy has a condition on {code('aws:SourceIp')}")
            return


def partition_columns(case: Case, root: Place) -> Iterator[Broken]:
    """Report a partition key of a table that is among its columns."""
    columns = {
        place.text for place in places(case, root, "TableInput.StorageDescriptor.Columns.*.Name") if not place.is_open
    }
    for place in places(case, root, "TableInput.PartitionKeys.*.Name"):
        if not place.is_absent and place.text in columns:
            yield Broken(place, f"the partition key {code(place.text)} is a column, too")


def table_mappings(case: Case, root: Place) -> Iterator[Broken]:
    """Report table mappings that are not JSON, have no rules, or have two rules of one id."""
    [place] = places(case, root, "TableMappings")
    if not isinstance(place.value, str):
        return
    try:
        found = json.loads(place.text)
    except (ValueError, RecursionError):
        yield Broken(place, f"{code('TableMappings')} is not JSON")
        return
    rules = found.get("rules") if isinstance(found, dict) else None
    if not isinstance(rules, list) or not rules:
        yield Broken(place, f"{code('TableMappings')} has no list of rules")
        return
    ids = [str(rule.get("rule-id")) for rule in rules if isinstance(rule, dict)]
    if len(set(ids)) < len(ids):
        yield Broken(place, f"two rules of {code('TableMappings')} have the same rule-id")


def feature_names(case: Case, root: Place) -> Iterator[Broken]:
    """Report an identifier or a time of a feature group that is not among its features."""
    defined = places(case, root, "FeatureDefinitions.*.FeatureName")
    if any(place.is_open or place.is_absent for place in defined):
        return
    for name in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        [place] = places(case, root, name)
        if not place.is_absent and not place.is_open and place.text not in {one.text for one in defined}:
            yield Broken(place, f"no feature is named {code(place.text)}")


CHECKS: Mapping[str, Check] = {
    "search-address-policy": search_address_policy,
    "partition-columns": partition_columns,
    "table-mappings": table_mappings,
    "feature-names": feature_names,
}
