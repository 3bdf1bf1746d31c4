"""Which rows the map counts, and where: open cases, the day's complaints of citizens, how long the day's alerts waited for an answer.

Knows neither limits nor classes. A row without a place counts in the figures and nowhere on the map.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.day import Day
from core.model import Channel
from projector.figures import Row, Tally
from projector.ground import Ground
from projector.kernel import Floats, Kernel, total

_CITIZENS = frozenset({Channel.HOTLINE.value, Channel.PUBLIC.value})
_Counted = Iterable[tuple[Row, float]]


@dataclass(frozen=True, slots=True)
class Points:
    """Places in metres, how much each adds and of how many rows; `is_mean`: the map shows the mean of what is near, else the sum."""

    x: Floats
    y: Floats
    amount: Floats
    many: Floats
    is_mean: bool = False

    def equals(self, other: "Points") -> bool:
        pairs = ((self.x, other.x), (self.y, other.y), (self.amount, other.amount), (self.many, other.many))
        return all(np.array_equal(one, another) for one, another in pairs)


def _cases(tally: Tally, day: Day) -> _Counted:
    return ((row, 1.0) for row in tally.rows["case"].values() if row.acted_at is None)


def _complaints(tally: Tally, day: Day) -> _Counted:
    return ((row, 1.0) for row in tally.rows["report"].values() if row.channel in _CITIZENS and day.holds(row.opened_at))


def _response(tally: Tally, day: Day) -> _Counted:
    """Minutes from rang to acknowledged, of the alerts that the figure `response_s` counts."""
    answered = ((row, row.acted_at) for row in tally.rows["alert"].values())
    return ((row, (at - row.opened_at).total_seconds() / 60) for row, at in answered if at is not None and day.holds(at))


COUNTED: Mapping[str, Callable[[Tally, Day], _Counted]] = {"cases": _cases, "complaints": _complaints, "response": _response}


def collect_points(ground: Ground, tally: Tally, of: str, day: Day) -> Points:
    """What a measure of `COUNTED` counts, by cell: however many rows there are, there are no more points than places."""
    found: dict[tuple[float, float], tuple[float, int]] = {}
    for row, amount in COUNTED[of](tally, day):
        k = ground.cell_index.get(row.cell_id) if row.cell_id is not None else None
        place = place_of(ground, row) if k is None else (float(ground.x[k]), float(ground.y[k]))
        if place is not None:
            before, many = found.get(place, (0.0, 0))
            found[place] = (before + amount, many + 1)
    columns = np.array([(*place, *found[place]) for place in sorted(found)], dtype=float).reshape(-1, 4).T
    return Points(columns[0], columns[1], columns[2], columns[3], is_mean=of == "response")


def place_of(ground: Ground, row: Row) -> tuple[float, float] | None:
    """Where a row is, in metres: its own place, else the middle of its cell."""
    if row.lon is not None and row.lat is not None:
        x, y = ground.metres(row.lon, row.lat)
        return float(x), float(y)
    k = ground.cell_index.get(row.cell_id) if row.cell_id is not None else None
    return None if k is None else (float(ground.x[k]), float(ground.y[k]))


def spread(points: Points, kernel: Kernel, cells: int) -> Floats:
    """The sum within the radius, 0 where nothing is; or the mean, NaN where nothing is. One per cell of the ground."""
    values = np.full(cells, np.nan if points.is_mean else 0.0)
    if kernel:
        near = total(kernel, points.amount)
        values[kernel.cells] = near / total(kernel, points.many) if points.is_mean else near
    return values
