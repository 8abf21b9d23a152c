"""Checks of functions and what invokes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places, target_of

# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_VARIABLE = re.compile(r"[a-zA-Z]\w+", re.ASCII)
_WITHOUT_VERSION = re.compile(r"\$\{\w+\.Arn\}|arn:[\w-]+:lambda:[^:]+:[^:]+:function:[\w-]+(:\$LATEST)?")
_FUNCTIONS = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_BEHAVIORS = ("DistributionConfig.DefaultCacheBehavior", "DistributionConfig.CacheBehaviors.*")


def function_variable_names(case: Case, root: Place) -> Iterator[Broken]:
    """Report environment variables whose names Lambda rejects."""
    [variables] = places(case, root, "Environment.Variables")
    for name in variables.value if isinstance(variables.value, dict) else ():
        if not _VARIABLE.fullmatch(str(name)):
            [place] = places(case, root, f"Environment.Variables.{name}") if "." not in str(name) else [variables]
            yield Broken(place, f"sets the environment variable {name}")


def edge_function_version(case: Case, root: Place) -> Iterator[Broken]:
    """Report associations of a distribution that name a function and not a published version of it."""
    for behavior in _BEHAVIORS:
        for place in places(case, root, f"{behavior}.LambdaFunctionAssociations.*.LambdaFunctionARN"):
            target = target_of(case, place)
            is_function = target is None or target.type in _FUNCTIONS
            if is_function and not place.is_absent and _WITHOUT_VERSION.fullmatch(place.text):
                yield Broken(place, f"{place.text} has no version")


def layer_region(case: Case, root: Place) -> Iterator[Broken]:
    """Report a layer whose ARN names another region than the stack's."""
    for place in places(case, root, "Layers.*"):
        match = re.match(r"arn:[a-z-]+:lambda:(?P<region>[a-z0-9-]+):", place.text) if not place.is_absent else None
        if match and match["region"] != case.account.region:
            yield Broken(place, f"the layer is in {match['region']}, and the function in {case.account.region}")


CHECKS: Mapping[str, Check] = {
    "layer-region": layer_region,
    "edge-function-version": edge_function_version,
    "function-variable-names": function_variable_names,
}
