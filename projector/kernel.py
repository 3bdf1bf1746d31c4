"""Which sources reach which cells, and how strongly: sparse weights, computed once per set of places.

A source's weight falls in a straight line from 1 at its own place to 0 at the radius; beyond it a cell knows nothing.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, slots=True)
class Kernel:
    """Pairs sorted by cell: `source[k]` reaches `cells[j]` with `weight[k]` for `starts[j] <= k < starts[j + 1]`."""

    cells: Ints
    starts: Ints
    source: Ints
    weight: Floats

    def __bool__(self) -> bool:
        return len(self.cells) > 0


_NONE: Ints = np.empty(0, dtype=np.intp)
NOTHING = Kernel(_NONE, _NONE, _NONE, np.empty(0))


def plant(x: Floats, y: Floats) -> shapely.STRtree:
    """A tree of cell centres in metres, to weigh sources against."""
    return shapely.STRtree(np.asarray(shapely.points(x, y)))


def weigh(tree: shapely.STRtree, cell_x: Floats, cell_y: Floats, x: Floats, y: Floats, radius_m: float) -> Kernel:
    """Weights of sources at (x, y) metres; sources at NaN reach nothing."""
    placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(placed) or not len(cell_x):
        return NOTHING
    found, cell = tree.query(shapely.points(x[placed], y[placed]), predicate="dwithin", distance=radius_m)
    source = placed[found]
    weight = 1 - np.hypot(cell_x[cell] - x[source], cell_y[cell] - y[source]) / radius_m
    kept = np.flatnonzero(weight > _LEAST_WEIGHT)
    if not len(kept):
        return NOTHING
    order = kept[np.argsort(cell[kept], kind="stable")]
    cells, starts = np.unique(cell[order], return_index=True)
    return Kernel(cells, starts, source[order], weight[order])


def mean(kernel: Kernel, values: Floats) -> Floats:
    """Weighted mean per cell of `kernel.cells`; NaN where every source is unknown (NaN)."""
    value = values[kernel.source]
    known = np.isfinite(value)
    weight = np.where(known, kernel.weight, 0.0)
    total = np.add.reduceat(weight, kernel.starts)
    weighted = np.add.reduceat(np.where(known, value, 0.0) * weight, kernel.starts)
    return np.asarray(np.divide(weighted, total, out=np.full(len(total), np.nan), where=total > 0))


def total(kernel: Kernel, values: Floats) -> Floats:
    """Plain sum per cell of `kernel.cells` over what reaches it, however far; values must be known."""
    return np.asarray(np.add.reduceat(values[kernel.source], kernel.starts))


def peak(kernel: Kernel, values: Floats) -> Floats:
    """Greatest weight × value per cell of `kernel.cells`; NaN where every source is unknown."""
    return np.asarray(np.fmax.reduceat(values[kernel.source] * kernel.weight, kernel.starts))
