"""Settings of emergencies: the types of public emergencies, and the library of plans with their triggers and steps.

What a plan proposes for an incident decides `dispatch.plans`.
"""

from typing import Literal

from pydantic import Field, model_validator

from core.setting import ClassCode, Duration, Part

Level = Literal[1, 2, 3, 4]  # I gravest … IV
KINDS = ("team", "equipment", "material", "shelter", "hospital", "expert", "contact", "hazard")
ResourceKind = Literal["team", "equipment", "material", "shelter", "hospital", "expert", "contact", "hazard"]


class EmergencyType(Part):
    """One of the types of public emergencies."""

    label: str
    label_en: str


class PlanStep(Part):
    """A task of a plan. It is issued from `from_level` on and at graver levels; `tag` finds who does it among the resources of `kind`."""

    title: str
    title_en: str = ""
    text: str = ""
    from_level: Level = 4
    kind: ResourceKind = "team"
    tag: str | None = None
    within: Duration


class PlanConfig(Part):
    """A plan of the library. It is proposed for incidents of its classes, as grave as `severity_at_most` or graver."""

    label: str
    label_en: str = ""
    type: str
    source: str = ""
    classes: tuple[ClassCode, ...] = Field(min_length=1)
    severity_at_most: int = Field(2, ge=1, le=5)
    steps: tuple[PlanStep, ...] = Field(min_length=1)


class EmergencyConfig(Part):
    """`types` of public emergencies, `plans` by their code; `radius_m`: how far resources are looked for unless told otherwise."""

    types: dict[str, EmergencyType] = Field(default_factory=dict)
    plans: dict[str, PlanConfig] = Field(default_factory=dict)
    radius_m: float = Field(3000, gt=0, le=50_000)

    @model_validator(mode="after")
    def _types_are_known(self) -> "EmergencyConfig":
        for name, plan in self.plans.items():
            if plan.type not in self.types:
                raise ValueError(f"plans.{name}.type: no type is called '{plan.type}'; there are {', '.join(self.types) or 'none'}")
        return self
