"""Checks of firewalls, distributions, transit gateways and prefix lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places, root_of, target_of
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.template import as_text

# Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
MAX_RULE_VALUES = 5
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


def balancer_log_bucket(case: Case, root: Place) -> Iterator[Broken]:
    """Report access logs that are switched on and have no bucket."""
    [attributes] = places(case, root, "LoadBalancerAttributes")
    items = [one for one in attributes.value if isinstance(one, dict)] if isinstance(attributes.value, list) else []
    given = {as_text(one.get("Key")): as_text(one.get("Value")) for one in items}
    if given.get("access_logs.s3.enabled") == "true" and "access_logs.s3.bucket" not in given:
        yield Broken(attributes, f"no attribute has the key {code('access_logs.s3.bucket')}")


def cookie_name(case: Case, root: Place) -> Iterator[Broken]:
    """Report stickiness by an application cookie that has no name."""
    [attributes] = places(case, root, "TargetGroupAttributes")
    items = [one for one in attributes.value if isinstance(one, dict)] if isinstance(attributes.value, list) else []
    given = {as_text(one.get("Key")): as_text(one.get("Value")) for one in items}
    if given.get("stickiness.type") == "app_cookie" and "stickiness.app_cookie.cookie_name" not in given:
        yield Broken(attributes, f"no attribute has the key {code('stickiness.app_cookie.cookie_name')}")


def subnets_without_internet(case: Case, root: Place) -> Iterator[Broken]:
    """Report subnets of a VPC of the template to which no internet gateway is attached."""
    for place in places(case, root, "Subnets.*"):
        subnet = target_of(case, place)
        network = target_of(case, places(case, root_of(root.template, subnet), "VpcId")[0]) if subnet else None
        if subnet is None or network is None or network.type != "AWS::EC2::VPC":
            return
        attachments = [
            (template, one)
            for template, one in case.resources("AWS::EC2::VPCGatewayAttachment")
            if case.scopes[template.file].exists(one) is not False
        ]
        for template, one in attachments:
            attached = target_of(case, places(case, root_of(template, one), "VpcId")[0])
            if template.file != root.template.file or attached is None or attached.name == network.name:
                return
        [subnets] = places(case, root, "Subnets")
        yield Broken(subnets, f"no internet gateway is attached to {network.name}")
        return


def listener_rule_values(case: Case, root: Place) -> Iterator[Broken]:
    """Report a listener rule whose conditions have more than five values."""
    [conditions] = places(case, root, "Conditions")
    found = [
        value
        for condition in places(case, root, "Conditions.*")
        for path in ("Values.*", "PathPatternConfig.Values.*", "HostHeaderConfig.Values.*", "HttpHeaderConfig.Values.*")
        for value in places(case, condition, path)
        if not value.is_absent
    ]
    methods = places(case, root, "Conditions.*.HttpRequestMethodConfig.Values.*")
    sources = places(case, root, "Conditions.*.SourceIpConfig.Values.*")
    count = len(found) + sum(1 for one in (*methods, *sources) if not one.is_absent)
    if count > MAX_RULE_VALUES:
        yield Broken(conditions, f"the conditions have {count} values")


CHECKS: Mapping[str, Check] = {
    "firewall-response-bodies": firewall_response_bodies,
    "origin-group-methods": origin_group_methods,
    "transit-default-association": transit_default_association,
    "prefix-list-entries": prefix_list_entries,
    "balancer-log-bucket": balancer_log_bucket,
    "cookie-name": cookie_name,
    "subnets-without-internet": subnets_without_internet,
    "listener-rule-values": listener_rule_values,
}
