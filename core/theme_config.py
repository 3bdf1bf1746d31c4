"""Settings of theme pages: for one subject of the city which devices, ledgers, open things and indicators stand together on one page.

A theme is data. What the city does not have yet stands in it too, as `planned`, and the page says so: an empty list would look like calm.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from core.codes.water_tags import WaterTag
from core.indicator_config import Code
from core.menu_config import Role
from core.setting import AreaCode, Domain, Part

ThemeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
ListName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
ClassPrefix = Annotated[str, Field(pattern=r"^\d{2}(\d{2})?$")]
Of = Literal["devices", "enterprises", "hazards", "alerts", "cases", "complaints", "resources"]
# What each kind of list can be narrowed by; `kinds` are the registry's words, the ledger's codes, the resources' kinds.
_NARROWED: Mapping[str, frozenset[str]] = {
    "devices": frozenset({"metrics", "water", "kinds", "domains"}), "enterprises": frozenset({"kinds", "risks"}),
    "hazards": frozenset({"kinds", "major"}), "alerts": frozenset({"classes", "domains"}), "cases": frozenset({"classes"}),
    "complaints": frozenset({"classes"}), "resources": frozenset({"kinds", "tags"}),
}  # fmt: skip
_FILTERS = ("metrics", "water", "kinds", "risks", "classes", "domains", "tags")


class ThemeListConfig(Part):
    """A list of a theme: `of` devices, enterprises (at risk 1 red … 4 blue), hazards, resources, open alerts, cases or complaints.

    `metrics`: devices that have one of them, shown with their latest values; `water`: those of a tag of water; `kinds`: of devices,
    of enterprises (hazards: at enterprises of those kinds), of resources; `classes`: codes or their first two digits; `major`: major
    hazards only. `planned`: there is no such thing here yet, and what it waits for.
    """

    label: str = Field(min_length=1, max_length=30)
    label_en: str = Field("", max_length=60)
    of: Of | None = None
    metrics: tuple[str, ...] = ()
    water: tuple[WaterTag, ...] = ()
    kinds: tuple[str, ...] = ()
    risks: tuple[Literal[1, 2, 3, 4], ...] = ()
    classes: tuple[ClassPrefix, ...] = ()
    domains: tuple[Domain, ...] = ()
    tags: tuple[str, ...] = ()
    major: bool = False
    planned: str = Field("", max_length=60)
    planned_en: str = Field("", max_length=120)

    @model_validator(mode="after")
    def _is_one_of_two(self) -> "ThemeListConfig":
        if (self.of is None) == (not self.planned):
            raise ValueError("a list is either 'of' something or 'planned'")
        given = {name for name in _FILTERS if getattr(self, name)} | ({"major"} if self.major else set())
        if strange := given - _NARROWED.get(self.of or "", frozenset()):
            raise ValueError(f"{self.of or 'what is planned'} is not narrowed by {', '.join(sorted(strange))}")
        return self


class ThemeConfig(Part):
    """A theme page, `/analysis/themes/<name>`. `areas`: only what lies in these; `roles`: who may open it, unless given as analysis.

    `classes` and `metrics`: of which the page shows the course of alerts and the hours beyond limits; those of its lists unless given.
    """

    label: str = Field(min_length=1, max_length=20)
    label_en: str = Field("", max_length=40)
    icon: str = Field("layers", pattern=r"^[a-z0-9-]{1,30}$")
    about: str = Field("", max_length=200)
    about_en: str = Field("", max_length=300)
    areas: tuple[AreaCode, ...] = ()
    roles: tuple[Role, ...] | None = None
    lists: dict[ListName, ThemeListConfig] = Field(min_length=1)
    indicators: tuple[Code, ...] = ()
    classes: tuple[ClassPrefix, ...] = ()
    metrics: tuple[str, ...] = ()

    @property
    def all_classes(self) -> tuple[str, ...]:
        return self.classes or tuple(dict.fromkeys(code for one in self.lists.values() for code in one.classes))

    @property
    def all_metrics(self) -> tuple[str, ...]:
        return self.metrics or tuple(dict.fromkeys(name for one in self.lists.values() for name in one.metrics))
