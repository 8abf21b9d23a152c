"""Checks of firewalls, distributions, transit gateways and prefix lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places, root_of, target_of
from grader.support.markdown import code
from grader.support.text import is_natural

_READING = {"GET", "HEAD", "OPTIONS"}


def firewall_response_bodies(case: Case, root: Place) -> Iterator[Broken]:
    """Report a custom response whose body is not among those of the web ACL or rule group."""
    [bodies] = places(case, root, "CustomResponseBodies")
    names = set(bodies.value) if isinstance(bodies.value, dict) else set()
    if bodies.is_open and not names:
        return
    for path in ("DefaultAction.Block", "Rules.*.Action.Block"):
        for place in places(case, root, f"{path}.CustomResponse.CustomResponseBodyKey"):
            if not place.is_absent and not place.is_open and place.text not in names:
                yield Broken(place, f"no entry of CustomResponseBodies is named {code(place.text)}")


def origin_group_methods(case: Case, root: Place) -> Iterator[Broken]:
    """Report a behavior for an origin group that allows methods which write."""
    groups = {place.text for place in places(case, root, "DistributionConfig.OriginGroups.Items.*.Id")}
    for path in ("DistributionConfig.DefaultCacheBehavior", "DistributionConfig.CacheBehaviors.*"):
        for behavior in places(case, root, path):
            [target], [methods] = (places(case, behavior, name) for name in ("TargetOriginId", "AllowedMethods"))
            texts = methods.value if isinstance(methods.value, list) else []
            writing = [one for one in texts if isinstance(one, str) and one not in _READING]
            if writing and not target.is_absent and target.text in groups:
                yield Broken(methods, f"the behavior for {code(target.text)} allows {code(writing[0])}")


def transit_default_association(case: Case, root: Place) -> Iterator[Broken]:
    """Report an association of an attachment that its transit gateway associates with the default route table."""
    [named] = places(case, root, "TransitGatewayAttachmentId")
    attachment = target_of(case, named)
    if attachment is None:
        return
    [gateway] = places(case, root_of(root.template, attachment), "TransitGatewayId")
    hub = target_of(case, gateway)
    if hub is None or hub.type != "AWS::EC2::TransitGateway":
        return
    [setting] = places(case, root_of(root.template, hub), "DefaultRouteTableAssociation")
    if setting.is_absent or setting.text == "enable":
        yield Broken(named, f"{hub.name} associates {attachment.name} with its default route table")


def prefix_list_entries(case: Case, root: Place) -> Iterator[Broken]:
    """Report a prefix list with more entries than it may have."""
    [limit], [entries] = (places(case, root, name) for name in ("MaxEntries", "Entries"))
    count = len(entries.value) if isinstance(entries.value, list) else 0
    if is_natural(limit.text) and count > int(limit.text):
        yield Broken(limit, f"{code('MaxEntries')} is {code(limit.text)} and {code('Entries')} has {count} items")


CHECKS: Mapping[str, Check] = {
    "firewall-response-bodies": firewall_response_bodies,
    "origin-group-methods": origin_group_methods,
    "transit-default-association": transit_default_association,
    "prefix-list-entries": prefix_list_entries,
}
