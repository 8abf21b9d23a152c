"""The connection to AWS: credentials and region as boto3 finds them, shown before they are used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from grader.errors import GradeError, InputError
from grader.support.names import known_region
from grader.support.text import error_line

MODES = ("validate", "change-set")


@dataclass(frozen=True, slots=True)
class Settings:
    """How AWS is asked. Times are in seconds."""

    mode: str = "validate"
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    bucket: str | None = None
    account_id: str | None = None
    allow_transforms: tuple[str, ...] = ()
    deadline: float = 300.0
    timeout: float = 30.0
    attempts: int = 8


@dataclass(frozen=True)
class Aws:
    """Clients for one account and region."""

    settings: Settings
    account: str
    region: str
    cloudformation: Any
    s3: Any


def faults() -> tuple[type[Exception], ...]:
    """Return what a call to AWS raises where it fails: an answer that is not one of AWS (a proxy's page) is among them."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    # the last two: fields that are missing
    return BotoCoreError, ClientError, ResponseParserError, OSError, KeyError, TypeError


def connect(settings: Settings) -> Aws:
    """Return clients with the credentials that boto3 finds.

    Raises InputError where there are no credentials or no region, where the profile is unknown, and where the account is
    not the one that the settings name; GradeError where the account cannot be asked for.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import NoCredentialsError, ProfileNotFound

    retries: Any = {"mode": "adaptive", "total_max_attempts": settings.attempts}
    config = Config(
        retries=retries,
        connect_timeout=settings.timeout,
        read_timeout=settings.timeout,
        user_agent_extra="cfn-grader",
        s3={"addressing_style": "path"} if settings.endpoint_url else {},
    )
    # boto3 reads AWS_DEFAULT_REGION alone. Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    region = settings.region or os.environ.get("AWS_REGION") or None
    try:
        session = boto3.Session(profile_name=settings.profile, region_name=region)
    except ProfileNotFound:
        raise InputError(f"no AWS profile {settings.profile!r}: see `aws configure list-profiles`") from None
    if not session.region_name:
        raise InputError("no AWS region: give --region, or set AWS_REGION")
    try:
        known_region(session.region_name) if not settings.endpoint_url else None
    except ValueError as error:
        raise InputError(f"{error}: see --region and AWS_REGION") from None
    make = {"config": config, "endpoint_url": settings.endpoint_url}
    try:
        account = str(session.client("sts", **make).get_caller_identity()["Account"])  # type: ignore[call-overload]
    except NoCredentialsError:
        raise InputError("no AWS credentials: set AWS_PROFILE, or run `aws configure` or `aws sso login`") from None
    except faults() as error:
        raise GradeError(f"AWS cannot be asked: {error_line(error)}") from None
    if settings.account_id and account != settings.account_id:
        raise InputError(f"the credentials are for account {account}, not {settings.account_id}: nothing was asked")
    cloudformation = session.client("cloudformation", **make)  # type: ignore[call-overload]
    return Aws(settings, account, session.region_name, cloudformation, session.client("s3", **make))  # type: ignore[call-overload]
