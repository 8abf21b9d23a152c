"""The account that a task deploys to: what it is, holds and allows."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.errors import InputError
from grader.support.names import Region
from grader.support.validation import load_yaml, validate

_HELD = (
    "buckets",
    "images",
    "ssm_parameters",
    "secrets",
    "certificates",
    "hosted_zones",
    "key_pairs",
    "roles",
    "service_linked_roles",
    "exports",
    "singletons",
    "ids",
)


class Quotas(BaseModel):
    """What an account allows of each thing. Counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    lambda_concurrent_executions: int | None = Field(None, ge=0, alias="lambda-concurrent-executions")
    vpcs: int | None = Field(None, ge=0)
    elastic_ips: int | None = Field(None, ge=0, alias="elastic-ips")
    internet_gateways: int | None = Field(None, ge=0, alias="internet-gateways")
    nat_gateways_per_zone: int | None = Field(None, ge=0, alias="nat-gateways-per-zone")


class AccountFile(BaseModel):
    """The fields of an account description; the profile it names gives what is left out, and lists add to it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    profile: str | None = Field(None, description="the profile that this adds to; fresh by default")
    id: str | None = Field(None, pattern=r"^\d{12}$")
    partition: str | None = Field(None, pattern=r"^aws[a-z-]*$")
    region: Region | None = Field(None, description="the region that stacks are created in")
    regions: list[Region] = Field(default_factory=list, description="further regions that the task deploys to")
    zones: list[str] | None = Field(None, min_length=1, description="the letters of the region's zones")
    quotas: Quotas = Field(default_factory=lambda: Quotas.model_validate({}))
    buckets: list[str] = Field(default_factory=list)
    images: list[str] = Field(default_factory=list, description="container images, as repository:tag")
    ssm_parameters: list[str] = Field(default_factory=list)
    secrets: list[str] = Field(default_factory=list)
    certificates: list[str] = Field(default_factory=list, description="ARNs")
    hosted_zones: list[str] = Field(default_factory=list, description="ids or domain names")
    key_pairs: list[str] = Field(default_factory=list)
    roles: list[str] = Field(default_factory=list, description="names of IAM roles")
    service_linked_roles: list[str] = Field(default_factory=list, description="services whose role exists")
    exports: list[str] = Field(default_factory=list, description="names that other stacks export")
    singletons: list[str] = Field(default_factory=list, description="resource types of which the region's one exists")
    ids: list[str] = Field(default_factory=list, description="ids of networks, subnets, security groups, images ...")


class Account(BaseModel):
    """A described account, complete."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str = "fresh"
    id: str
    partition: str
    region: str
    regions: tuple[str, ...] = ()
    zones: tuple[str, ...]
    quotas: dict[str, int]
    buckets: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()
    ssm_parameters: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()
    hosted_zones: frozenset[str] = frozenset()
    key_pairs: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    service_linked_roles: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    singletons: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

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


def load_account(path: Path) -> Account:
    """Return the account that a file describes. Raises InputError, with file and line, for a field that is wrong."""
    if not path.is_file():
        raise InputError("no such account file", path)
    return account_of(validate(AccountFile, load_yaml(path) or {}, path), path)


def account_of(fields: str | AccountFile, where: Path | str, region: str | None = None) -> Account:
    """Return a profile by its name, or the account that fields of a file add up to with their profile.

    Raises InputError for a profile that does not exist.
    """
    if isinstance(fields, str):
        _check(fields, where)
        return _in_region(fields, region)
    return _sum(profile(fields.profile or "fresh", where), fields, region)


@lru_cache(maxsize=64)  # most tasks deploy to one of a few accounts
def _in_region(name: str, region: str | None) -> Account:
    return _sum(_profile(name), AccountFile.model_validate({"profile": name}), region)


def _sum(base: Account, added: AccountFile, region: str | None) -> Account:
    update: dict[str, Any] = added.model_dump(exclude_none=True, exclude_defaults=True)
    update["quotas"] = base.quotas | added.quotas.model_dump(exclude_none=True, by_alias=True)
    for name in _HELD:
        update[name] = getattr(base, name) | frozenset(getattr(added, name))
    if region:
        update["region"] = region
    if not added.partition and update.get("region"):
        update["partition"] = partition_of(update["region"])
    return Account.model_validate(base.model_dump() | update)


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return "aws-us-gov" if region.startswith("us-gov-") else "aws-cn" if region.startswith("cn-") else "aws"


def profile(name: str, where: Path | str = Path("account.yaml")) -> Account:
    """Return a shipped profile. Raises InputError, which names the file `where` it is asked for, where there is none."""
    _check(name, where)
    return _profile(name)


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def _folder() -> Path:
    return Path(str(files("grader"))) / "task" / "profiles"


def _check(name: str, where: Path | str) -> None:
    if name not in _names():
        raise InputError(f"account: no profile {name!r} (there are: {', '.join(_names())})", where)


@cache
def _profile(name: str) -> Account:
    path = _folder() / f"{name}.yaml"
    fields = validate(AccountFile, load_yaml(path), path)
    if fields.profile:
        return account_of(fields, path).model_copy(update={"profile": name})
    data = fields.model_dump(exclude_none=True, exclude={"profile", "quotas"})
    return Account.model_validate(
        data | {"profile": name, "quotas": fields.quotas.model_dump(exclude_none=True, by_alias=True)}
    )
