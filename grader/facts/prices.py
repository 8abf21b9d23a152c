"""What a resource costs a month by public list prices, for the types of prices.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.support.validation import load_yaml, validate

HOURS = 730  # of a month, as AWS's price calculator counts them


class _Price(BaseModel):
    """An entry of prices.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: str
    name: str
    region: str
    date: str
    source: str = Field(pattern="^https://")
    month: float = Field(0, ge=0)
    hour: float = Field(0, ge=0)
    property: str = ""
    classes: dict[str, float] = Field(default_factory=dict)
    when: dict[str, str] = Field(default_factory=dict)
    default: dict[str, str] = Field(default_factory=dict)
    doubled_by: str = ""


class _Prices(BaseModel):
    """The file prices.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prices: list[_Price]


@dataclass(frozen=True, slots=True)
class MonthlyCost:
    """What one resource costs a month, in US dollars, without what depends on its use.

    `name` is what AWS calls it; `region`, `date` and `source` are those of the price.
    """

    dollars: float
    name: str
    region: str
    date: str
    source: str = field(repr=False)


def monthly_cost(type: str, properties: Mapping[str, Any]) -> MonthlyCost | None:
    """Return what a resource of a type costs a month by its list price; None where no price is known for it."""
    for price in _prices():
        if price.type == type and _applies(price, properties):
            hour = price.classes.get(str(properties.get(price.property, "")), 0.0) if price.property else price.hour
            dollars = price.month or hour * HOURS
            if price.doubled_by and str(properties.get(price.doubled_by, "")).lower() == "true":
                dollars *= 2
            return MonthlyCost(dollars, price.name, price.region, price.date, price.source) if dollars else None
    return None


def _applies(price: _Price, properties: Mapping[str, Any]) -> bool:
    values = {**price.default, **{key: str(value).lower() for key, value in properties.items()}}
    return all(values.get(key, "") in wanted.split("|") for key, wanted in price.when.items())


@cache
def _prices() -> tuple[_Price, ...]:
    path = Path(str(files("grader.facts"))) / "prices.yaml"
    return tuple(validate(_Prices, {"prices": load_yaml(path)}, path).prices)
