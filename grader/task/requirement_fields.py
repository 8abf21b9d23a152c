"""The fields of a requirement in `task.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from grader.support.names import Level


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ResourceCount(_Strict):
    """How many resources of a type the bundle holds; `properties` limits them to those with these texts at these paths."""

    type: str = Field(pattern=r"^[A-Za-z0-9]+::[\w:*?]+$", description="a resource type; `*` and `?` match anything")
    properties: dict[str, str] = Field(default_factory=dict, description="paths below Properties, and their values")
    at_least: int = Field(1, ge=0)
    at_most: int | None = Field(None, ge=0)


class Mention(_Strict):
    """What a document of the bundle has to say: a pattern for its file name, and texts that are in it."""

    file: str = Field("*", description="a file name pattern, such as README.md or docs/*")
    says: list[str] = Field(default_factory=list, description="regular expressions, without regard to case")


Name = Annotated[str, Field(min_length=1, max_length=255)]


_WANTS = ("resources", "file", "document", "parameter", "output")


class RequirementFile(_Strict):
    """One requirement of `task.yaml`: exactly one of `resources`, `file`, `document`, `parameter` and `output`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [name]} for name in _WANTS]})

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")
    level: Level = "High"
    title: str | None = None
    issue: str | None = None
    fix: str = "Add what the task asks for."
    asks: str | None = Field(None, description="words of the prompt that ask for it: failures point there")
    kind: str = "missing-resource"
    resources: ResourceCount | None = None
    file: Name | None = None
    document: Mention | None = None
    parameter: Name | None = None
    output: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> RequirementFile:
        if sum(getattr(self, name) is not None for name in _WANTS) != 1:
            raise ValueError(f"wants exactly one of {', '.join(_WANTS)}")
        return self
