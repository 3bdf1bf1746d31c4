"""Where things are, in metres and in numbers small enough for arrays: streets, cells, and points between them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from projector.kernel import Floats, Ints, Kernel, plant, weigh

_METRES_PER_DEGREE = 111_320.0  # of latitude, good to 0.6 %: a kernel's radius is no survey


@dataclass(frozen=True)
class Ground:
    """`streets[-1]` is '', which holds what belongs to none; `slices[street]` are its cells, which stand together."""

    streets: tuple[str, ...]
    street_index: Mapping[str, int]
    cell_ids: Ints
    cell_index: Mapping[int, int]
    cell_street: Ints
    x: Floats
    y: Floats
    tree: shapely.STRtree
    lon0: float
    lat0: float

    def street(self, code: str | None) -> int:
        """The number of a street; unknown ones are ''."""
        return self.street_index.get(code or "", len(self.streets) - 1)

    def metres(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Degrees → metres on a plane about the city's middle; numbers or arrays."""
        return (lon - self.lon0) * _METRES_PER_DEGREE * math.cos(math.radians(self.lat0)), (lat - self.lat0) * _METRES_PER_DEGREE

    def weigh(self, x: Floats, y: Floats, radius_m: float) -> Kernel:
        return weigh(self.tree, self.x, self.y, x, y, radius_m)


def survey(streets: Iterable[str], cells: Sequence[Mapping[str, Any]]) -> Ground:
    """The ground of a city from its tables; cells are sorted by street."""
    names = (*sorted(street for street in set(streets) if street), "")
    index = {street: number for number, street in enumerate(names)}
    ordered = sorted(cells, key=lambda cell: (index.get(cell["street"], len(names) - 1), cell["cell_id"]))
    lon = np.array([cell["lon"] for cell in ordered], dtype=float)
    lat = np.array([cell["lat"] for cell in ordered], dtype=float)
    lon0, lat0 = (float(lon.mean()), float(lat.mean())) if len(ordered) else (0.0, 0.0)
    x = (lon - lon0) * _METRES_PER_DEGREE * math.cos(math.radians(lat0))
    y = (lat - lat0) * _METRES_PER_DEGREE
    ids = np.array([cell["cell_id"] for cell in ordered], dtype=np.intp)
    number = np.array([index.get(cell["street"], len(names) - 1) for cell in ordered], dtype=np.intp)
    return Ground(names, index, ids, {int(cell): k for k, cell in enumerate(ids)}, number, x, y, plant(x, y), lon0, lat0)
