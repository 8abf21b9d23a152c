"""The account that a task deploys to: what it is, holds and allows."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from grader.errors import InputError

_REGION = r"^[a-z]{2}(-[a-z]+)+-\d$"


class AccountFile(BaseModel):
    """The fields of an account description; a profile gives what is left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    profile: str = Field("fresh", description="the profile that this adds to")
    id: str | None = Field(None, pattern=r"^\d{12}$")
    partition: str | None = Field(None, pattern=r"^aws[a-z-]*$")
    region: str | None = Field(None, pattern=_REGION, description="the region that stacks are created in")
    regions: list[str] = Field(default_factory=list, description="further regions that the task deploys to")
    buckets: list[str] = Field(default_factory=list)
    images: list[str] = Field(default_factory=list, description="container images that exist, as repository:tag")
    ssm_parameters: list[str] = Field(default_factory=list)
    secrets: list[str] = Field(default_factory=list)


class Account(BaseModel):
    """A described account, complete."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str = "fresh"
    id: str = "123456789012"
    partition: str = "aws"
    region: str = "us-east-1"
    regions: tuple[str, ...] = ()
    buckets: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()
    ssm_parameters: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()

    @property
    def pseudo(self) -> dict[str, str]:
        """The pseudo parameters of a stack in this account."""
        return {
            "AWS::AccountId": self.id,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
            "AWS::StackName": "${AWS::StackName}",
            "AWS::StackId": "${AWS::StackId}",
        }


_PROFILES = {"fresh": Account()}


def load_account(fields: str | AccountFile, where: Path, region: str | None = None) -> Account:
    """Return the account of a task: a profile by name, with what the task adds.

    Raises InputError for a profile that does not exist.
    """
    added = AccountFile.model_validate({"profile": fields}) if isinstance(fields, str) else fields
    profile = _PROFILES.get(added.profile)
    if profile is None:
        raise InputError(f"account: no profile {added.profile!r} (there are: {', '.join(_PROFILES)})", where)
    update = added.model_dump(exclude_none=True, exclude_defaults=True)
    if region:
        update["region"] = region
    for name in ("buckets", "images", "ssm_parameters", "secrets"):
        update[name] = getattr(profile, name) | frozenset(update.get(name, ()))
    update["regions"] = tuple(update.get("regions", ()))
    return Account.model_validate(profile.model_dump() | update)
