"""When alerts and reports are about the same thing: a table of classes that go together, and how exact a channel's place is.

Decides nothing about single alerts: that is `alerts.correlate`, which reads this table and nothing else.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from core.model import Channel
from core.setting import ClassCode, Duration, Part


class Reach(NamedTuple):
    """How far apart two of these classes may be, in metres and in time; `like`: why they go together."""

    radius_m: float
    window: timedelta
    like: Literal["same", "compatible"]


class CompatibleRow(Part):
    """Classes that may be one incident, any two different ones of them; one class alone: of itself. A mere list of codes is a row too.
    `radius_m` and `window`: unless given those of the section. The first row that names two classes holds.
    """

    classes: tuple[ClassCode, ...] = Field(min_length=1)
    radius_m: float | None = Field(None, gt=0, le=20_000)
    window: Duration | None = None

    @model_validator(mode="before")
    @classmethod
    def _list_of_codes(cls, raw: object) -> object:
        return {"classes": raw} if isinstance(raw, list | tuple) else raw


class IncidentConfig(Part):
    """When alerts and reports are one incident. `radius_m` and `window`: of the same class, unless a row says otherwise.
    `spread_m`: metres by which a place of a channel may be wrong; the larger one of two widens the radius. Of `video` it is the
    most that the camera's own reach (`reach_m`, else `cameras.reach_m`) counts.
    """

    radius_m: float = Field(300, gt=0, le=20_000)
    window: Duration = timedelta(minutes=30)
    compatible: tuple[CompatibleRow, ...] = ()
    spread_m: dict[Channel, float] = {}

    @model_validator(mode="after")
    def _spreads_are_lengths(self) -> "IncidentConfig":
        if any(not 0 <= metres <= 2_000 for metres in self.spread_m.values()):
            raise ValueError("spread_m: 0 to 2,000 metres")
        return self

    @property
    def families(self) -> tuple[tuple[str, ...], ...]:
        """Classes that go together, without how far."""
        return tuple(row.classes for row in self.compatible if len(row.classes) > 1)

    @property
    def widest(self) -> Reach:
        """The farthest that any two may be apart, and the longest."""
        rows = [self._reach(row, "compatible") for row in self.compatible]
        spread = max(self.spread_m.values(), default=0.0)
        return Reach(
            max([self.radius_m, *(row.radius_m for row in rows)]) + spread, max([self.window, *(row.window for row in rows)]), "same"
        )

    def table(self, classes: Iterable[str]) -> dict[str, dict[str, Reach]]:
        """Class → the classes it goes with, itself among them, and how far."""
        found: dict[str, dict[str, Reach]] = {}
        for row in self.compatible:
            pairs = [(one, other) for one in row.classes for other in row.classes if one != other] or [(row.classes[0],) * 2]
            for one, other in pairs:
                found.setdefault(one, {}).setdefault(other, self._reach(row, "same" if one == other else "compatible"))
        for one in {*classes, *found}:
            found.setdefault(one, {}).setdefault(one, Reach(self.radius_m, self.window, "same"))
        return found

    def _reach(self, row: CompatibleRow, like: Literal["same", "compatible"]) -> Reach:
        return Reach(row.radius_m or self.radius_m, self.window if row.window is None else row.window, like)
