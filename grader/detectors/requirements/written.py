"""Judges of how templates are written: names of Availability Zones, intrinsic functions; and of preflight requests of APIs."""

from __future__ import annotations

import re

from grader.bundle import Kind
from grader.detectors.requirements.answer import Answer
from grader.detectors.requirements.verdict import UNSEEN, Verdict, judge, met, unjudged, unmet
from grader.model import Located, Location
from grader.task.reading import Demand

_ZONE = re.compile(r"^(?:us|eu|ap|sa|ca|me|af|il)-(?:gov-)?[a-z]+-\d[a-f]$")


@judge("no-literal-zone")
def no_literal_zone(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the templates name no Availability Zone; names in mappings of regions may be meant."""
    zones = [
        one.located(f"names the Availability Zone {zone}", "AvailabilityZone")
        for one in answer.built
        if (zone := one.resource.text("AvailabilityZone")) and _ZONE.match(zone)
    ]
    if zones:
        return unmet("the templates name Availability Zones", zones)
    placed = [one for one in answer.built if one.resource.get("AvailabilityZone") is not None]
    if answer.is_opaque or not placed:
        return unjudged("no resource is placed in an Availability Zone")
    return met([one.located("takes its Availability Zone from the region", "AvailabilityZone") for one in placed])


@judge("function-used")
def function_used(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template has the intrinsic function that the prompt names, in its long or its short form."""
    name = str(demand.check.values.get("function", "")).removeprefix("Fn::")
    pattern = re.compile(rf"Fn::{name}\b|!{name}\b")
    for file in answer.case.bundle.of_kind(Kind.TEMPLATE):
        found = pattern.search(file.text)
        if found:
            line = file.text.count("\n", 0, found.start()) + 1
            return met([Located(location=Location(file=file.name, line=line), message=f"has {found.group()}")])
    return unjudged("the templates may do it in another way")


@judge("cors")
def cors(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether an API answers preflight requests: OPTIONS methods, a CORS configuration, or a definition of its own.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
    """
    apis = answer.of(("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"))
    methods = [
        one for one in answer.exactly("AWS::ApiGateway::Method") if one.first("HttpMethod") in ("OPTIONS", "ANY")
    ]
    routes = [one for one in answer.exactly("AWS::ApiGatewayV2::Route") if "OPTIONS" in str(one.first("RouteKey"))]
    found = methods + routes + [one for one in apis if one.values("CorsConfiguration") or one.values("Cors")]
    if found:
        return met([one.located("answers preflight requests") for one in found])
    if answer.is_opaque or not apis:
        return unjudged(UNSEEN)
    if any(one.values(path) for one in apis for path in ("Body", "BodyS3Location", "DefinitionBody", "DefinitionUri")):
        return unjudged("the definition of the API may answer preflight requests")
    return unmet(f"{apis[0].name} has no OPTIONS method and no CORS configuration", [apis[0].located("has no CORS")])
