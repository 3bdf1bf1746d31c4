"""Settings of the organisation: how deep its tree is and what its units are called, the shifts of a day, what a patrol must look like."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from itertools import combinations
from typing import Literal

from pydantic import Field, field_validator, model_validator

from core.rule_city import Clock
from core.setting import Duration, Part

Centre = Literal["supervision", "command"]


class GridLevel(Part):
    """One level of the grid, from the city down to the duty grid, and which centres and management it has.

    一级监督、一级指挥、三级管理、四级网格 is four levels, of which one has a supervision centre, one a command centre and three manage.
    """

    label: str
    label_en: str
    supervision: bool = False
    command: bool = False
    management: bool = True


class KindConfig(Part):
    """What screens call a kind of unit; `centre`: it stands only on levels that have this centre."""

    label: str
    label_en: str
    centre: Centre | None = None


class ShiftConfig(Part):
    """A shift of the day by the city's wall clock; one that ends no later than it starts ends on the next day."""

    label: str
    label_en: str
    starts: Clock
    ends: Clock

    @property
    def minutes(self) -> frozenset[int]:
        """The minutes of a day it covers."""
        starts, ends = (at.hour * 60 + at.minute for at in (self.starts, self.ends))
        return frozenset(range(starts, ends) if starts < ends else (*range(starts, 1440), *range(ends)))


class PatrolConfig(Part):
    """Which positions of a patrol count: at most `fastest_kmh` from the last, not vaguer than `vaguest_m`, within `beyond_m` of the grid.

    A point is visited within `near_m`. `ahead`: how early the patrols of a plan are made. `most_late`: how old a position may be that a
    phone sends after it was offline.
    """

    fastest_kmh: float = Field(60, gt=0, le=300)
    vaguest_m: float = Field(100, gt=0, le=2000)
    beyond_m: float = Field(50, ge=0, le=5000)
    near_m: float = Field(40, gt=0, le=1000)
    ahead: Duration = timedelta(days=1)
    most_late: Duration = timedelta(days=2)


_LEVELS = (
    GridLevel(label="市", label_en="City", supervision=True, command=True),
    GridLevel(label="县(区)", label_en="County"),
    GridLevel(label="镇(街道)", label_en="Town"),
    GridLevel(label="责任网格", label_en="Duty grid", management=False),
)
_KINDS: Mapping[str, KindConfig] = {
    "supervision": KindConfig(label="监督中心", label_en="Supervision centre", centre="supervision"),
    "command": KindConfig(label="指挥中心", label_en="Command centre", centre="command"),
    "centre": KindConfig(label="中心", label_en="Centre"),
    "department": KindConfig(label="部门", label_en="Department"),
    "street": KindConfig(label="街道(镇)", label_en="Street"),
    "company": KindConfig(label="企业", label_en="Company"),
    "team": KindConfig(label="队伍", label_en="Team"),
}
_SHIFTS: Mapping[str, ShiftConfig] = {
    "day": ShiftConfig(label="白班", label_en="Day", starts=time(8), ends=time(20)),
    "night": ShiftConfig(label="夜班", label_en="Night", starts=time(20), ends=time(8)),
}


class OrganisationConfig(Part):
    """The tree of units, from level 1 down, and the shifts in which duty grids are manned."""

    levels: tuple[GridLevel, ...] = Field(_LEVELS, min_length=1, max_length=9)
    kinds: dict[str, KindConfig] = dict(_KINDS)
    shifts: dict[str, ShiftConfig] = dict(_SHIFTS)
    patrol: PatrolConfig = PatrolConfig()

    @field_validator("shifts")
    @classmethod
    def _one_at_a_time(cls, shifts: dict[str, ShiftConfig]) -> dict[str, ShiftConfig]:
        for (one, its), (other, others) in combinations(shifts.items(), 2):
            if its.minutes & others.minutes:
                raise ValueError(f"the shifts '{one}' and '{other}' overlap: a duty grid has one worker at a time")
        return shifts

    @model_validator(mode="after")
    def _has_room_for_its_centres(self) -> "OrganisationConfig":
        for kind in self.kinds.values():
            if kind.centre and not any(getattr(level, kind.centre) for level in self.levels):
                raise ValueError(f"no level has a {kind.centre} centre, but a kind of unit stands only there")
        return self

    @property
    def layout(self) -> dict[str, int]:
        """How many levels supervise, command, manage and are grids: 1, 1, 3, 4 is 一级监督、一级指挥、三级管理、四级网格."""
        counted = {name: sum(getattr(level, name) for level in self.levels) for name in ("supervision", "command", "management")}
        return {**counted, "grid": len(self.levels)}

    def levels_of(self, kind: str) -> Iterator[int]:
        """On which levels a kind of unit may stand; the lowest level, the grid, has units too: its teams."""
        centre = self.kinds[kind].centre
        return (number for number, level in enumerate(self.levels, 1) if centre is None or getattr(level, centre))
