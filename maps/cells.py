"""What a screen must know of the cells beside their classes: numbers, areas, and the grid they form if they do. Pure data.

Numbers are told as steps from the one before, so that a city of 100,000 cells packs into little more than its own irregularities.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from geodata.lattice import Lattice


def cell_ground(cell_ids: Sequence[int], areas: Sequence[str], lattice: Lattice | None) -> dict[str, Any]:
    """Cells in the order of their areas (docs/live.md). Without a lattice they are irregular: then their shapes are the layer `cells`."""
    runs = [(area, sum(1 for _ in same)) for area, same in groupby(areas)]
    return {
        "ids": steps(cell_ids),
        "areas": [area for area, _ in runs],
        "runs": [count for _, count in runs],
        "lattice": None if lattice is None else _told(lattice),
    }


def steps(numbers: Sequence[int]) -> list[int]:
    """The first number, then the difference of each to the one before."""
    return [*numbers[:1], *(after - before for before, after in pairwise(numbers))]


def _told(lattice: Lattice) -> dict[str, Any]:
    return {
        "columns": lattice.columns, "rows": lattice.rows, "middle": list(lattice.middle), "origin": list(lattice.origin),
        "x": list(lattice.x), "y": list(lattice.y), "places": steps(lattice.place.tolist()),
    }  # fmt: skip
