"""Which colour a class of a cell, and which mark a severity has. Pure; decides no limits (those are the city's, `screens.measures`).

Six sequential classes from dark blue over teal to red with rising opacity, so that calm cells recede and roads show through. Chosen so
that any two of them, and grey, differ for every kind of colour vision, by night and by day (tests/unit/maps/test_ramp.py).
Severity colours 红橙黄蓝 belong to severity alone, and none of them stands without a shape and a character.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

CLASS_COLOURS = ("#123d70", "#1f7ab5", "#35b8ab", "#f7e27a", "#ee8430", "#cf1f3f")
CLASS_OPACITIES = (0.55, 0.64, 0.74, 0.86, 0.92, 0.97)
UNKNOWN, UNCOVERED = -1, -2
UNKNOWN_COLOUR = "#8793a5"
UNKNOWN_OPACITY = 0.36
UNCOVERED_COLOUR = "#1a3658"
UNCOVERED_OPACITY = 0.14


@dataclass(frozen=True, slots=True)
class Mark:
    """How a severity looks: fill, the colour of the character on it, shape, character, and the key of its name."""

    colour: str
    ink: str
    shape: str
    character: str
    letter: str
    name: str


MARKS: Mapping[int, Mark] = {
    1: Mark("#ff4d4f", "#ffffff", "octagon", "红", "I", "severity.1"),
    2: Mark("#ff8f3c", "#241000", "triangle", "橙", "II", "severity.2"),
    3: Mark("#f7cf46", "#231b00", "square", "黄", "III", "severity.3"),
    4: Mark("#4aa3ff", "#001330", "circle", "蓝", "IV", "severity.4"),
    5: Mark("#9fb2c8", "#0a1626", "ring", "提", "V", "severity.5"),
}


def rgba(colour: str, opacity: float) -> str:
    """`#16406f`, 0.5 → `rgba(22,64,111,0.5)`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def class_colour(number: int, share: float = 1) -> str:
    """The colour of a class: 0…5, -1 unknown, -2 not covered; with a share of its opacity. Raises `ValueError` for any other number."""
    beside = {UNKNOWN: (UNKNOWN_COLOUR, UNKNOWN_OPACITY), UNCOVERED: (UNCOVERED_COLOUR, UNCOVERED_OPACITY)}
    if number not in beside and not 0 <= number < len(CLASS_COLOURS):
        raise ValueError(f"no class {number}; classes are -2, -1 and 0…{len(CLASS_COLOURS) - 1}")
    colour, opacity = beside.get(number) or (CLASS_COLOURS[number], CLASS_OPACITIES[number])
    return rgba(colour, opacity * share)


CELL_COLOURS = tuple(class_colour(number) for number in range(UNCOVERED, len(CLASS_COLOURS)))


def ranges(limits: Sequence[float], *, whole: bool = False) -> list[str]:
    """The five limits of a measure as the six ranges of its legend: `<20`, `20–40`, …, `≥88`; of whole numbers `0`, `1`, `2–4`, …"""
    if whole:
        edges = [0, *(ceil(limit) for limit in limits)]
        return [str(low) if high <= low + 1 else f"{low}–{high - 1}" for low, high in pairwise(edges)] + [f"≥{edges[-1]}"]
    shown = [f"{limit:g}" for limit in limits]
    middle = [f"{low}–{high}" for low, high in pairwise(shown)]
    return [f"<{shown[0]}", *middle, f"≥{shown[-1]}"]
