"""Which part of an incident a new one is nearest to: kept with the reason of the join, so that a person can judge it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np

from alerts.correlate import Part
from geodata.near import METRES_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Companion:
    """A part that stood in the incident before."""

    kind: str
    part_id: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """`distance_m` in metres."""

    kind: str
    part_id: int
    distance_m: float


def nearest(parts: Sequence[Part], standing: Sequence[Companion]) -> list[Nearest | None]:
    """For each part the nearest of those that stand there and of the parts before it; None where no place is known."""
    places = [(one.kind, one.part_id, one.lon, one.lat) for one in standing]
    own = [(part.kind, part.part_id, part.lon, part.lat) for part in parts]
    known = [(kind, part_id, lon, lat) for kind, part_id, lon, lat in own if lon is not None and lat is not None]
    everywhere = [*places, *known]
    lons, lats = (np.array([place[axis] for place in everywhere], dtype=float) for axis in (2, 3))
    found: list[Nearest | None] = []
    before = len(places)
    for _, _, lon, lat in own:
        if lon is None or lat is None:
            found.append(None)
            continue
        found.append(_nearest(everywhere, lons[:before], lats[:before], lon, lat))
        before += 1
    return found


def _nearest(
    everywhere: Sequence[tuple[str, int, float, float]], lons: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    lats: "np.ndarray[tuple[int], np.dtype[np.float64]]", lon: float, lat: float,
) -> Nearest | None:  # fmt: skip
    if not len(lons):
        return None
    metres = np.hypot((lons - lon) * cos(radians(lat)), lats - lat) * METRES_PER_DEGREE
    place = int(metres.argmin())
    kind, part_id, _, _ = everywhere[place]
    return Nearest(kind, part_id, float(metres[place]))
