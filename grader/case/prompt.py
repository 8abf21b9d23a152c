"""What a prompt asks for in so many words, found line by line without a model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from grader.case.case import Case
from grader.task import PROMPT

__all__ = ["PROMPT", "Asked", "mentioned"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of the prompt (from 1) that asks for something, and its text."""

    line: int
    text: str


# How a prompt calls what a type's name does not tell.
_CALLED = {
    "AWS::ApiGateway::RestApi": r"\bapi gateway\b|\brest api\b",
    "AWS::EC2::FlowLog": r"\bflow logs?\b",
    "AWS::EC2::NatGateway": r"\bnats?\b",
    "AWS::EC2::Route": r"\brout(e|es|ing)\b|\bnat\b",
    "AWS::EC2::RouteTable": r"\brout(e|es|ing)\b|\bnat\b",
    "AWS::EC2::SubnetRouteTableAssociation": r"\brout(e|es|ing)\b",
    "AWS::EC2::VPC": r"\bvpcs?\b",
    "AWS::EC2::VPCEndpoint": r"\b(vpc |interface )(gateway |interface )?endpoints?\b|\bprivatelink\b",
    "AWS::Environment::Suffix": r"environment ?_?-?suffix",
    "AWS::Events::Rule": r"\beventbridge\b|\bevents?\b|\bschedul\w+",
    "AWS::IAM::ManagedPolicy": r"\biam\b|\bleast[- ]privilege\b|\bpermissions?\b",
    "AWS::IAM::Policy": r"\biam\b|\bleast[- ]privilege\b|\bpermissions?\b",
    "AWS::IAM::Role": r"\biam\b|\broles?\b",
    "AWS::Lambda::Permission": r"\blambda\b|\btrigger\w*",
    "AWS::Logs::LogGroup": r"\blog(s|ging| groups?)?\b",
    "AWS::S3::BucketPolicy": r"\bbucket polic\w+|\bs3\b",
    "AWS::SecretsManager::RotationSchedule": r"\brotat\w+",
    "AWS::SNS::Subscription": r"\bsns\b|\bnotif\w+",
    "AWS::SSM::Parameter": r"\bparameter store\b|\bssm\b|\bsystems manager\b",
    "AWS::Stack::Outputs": r"\boutputs?\b|\bexports?\b",
}


def mentioned(case: Case, type: str) -> Asked | None:
    """Return the first line of the prompt that speaks of a resource type, by its service or its noun; None where none does."""
    found = re.compile(_called(type))
    lines = enumerate(case.prompt.split("\n"), 1)
    return next((Asked(number, line) for number, line in lines if found.search(line)), None)


@lru_cache(maxsize=512)
def _called(type: str) -> str:
    if type in _CALLED:
        return _CALLED[type]
    _, service, noun = [*type.split("::"), "", ""][:3]
    words = r"[\s-]*".join(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+", noun))
    common = service in ("EC2", "IAM", "RDS", "CloudWatch", "Logs", "S3", "ApiGateway") or not service
    name = "" if common else r"|\b" + re.escape(re.sub(r"V2$|v2$", "", service).lower())
    return rf"\b{words}s?\b{name}"
