"""How the points of a layer travel to a browser: columns of small numbers instead of shapes. Pure; draws and asks nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def columns_told(places: NDArray[np.int32], codes: Sequence[str], kinds: Sequence[str], signs: str, version: str) -> dict[str, Any]:
    """`lon` and `lat` are steps from point to point in millionths of a degree; `kind` numbers the `kinds`; `signs` one sign a point."""
    known = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    return {
        "version": version,
        "count": len(codes),
        "lon": steps(places[:, 0]),
        "lat": steps(places[:, 1]),
        "codes": list(codes),
        "kinds": list(known),
        "kind": [known[kind] for kind in kinds],
        "signs": signs,
    }


def steps(numbers: NDArray[np.int32]) -> list[int]:
    """The first, then each less the one before: a digit or two instead of nine."""
    told: list[int] = np.diff(numbers, prepend=0).tolist() if len(numbers) else []
    return told
