"""Takes an address apart: where known names stand in it, the house number after one, the words between two roads. Pure text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from geodata.gazetteer_places import PlaceEntry

_NUMBER = re.compile(r"(?:[东南西北中]?段)?(\d{1,5})(?:-\d{1,5})?(?:号|弄|$)")
_SECOND = re.compile(r"\d{1,5}(?:-\d{1,5})?号")  # 123弄5号: the lane tells the place
_BETWEEN = re.compile(r"(?:与|和|跟|及|同|到|至|,|-|靠近|近|路口)?$")
_AT_CROSSING = re.compile(
    r"(?:的)?(?:十字路口|丁字路口|三岔路口|交叉路口|交叉口|交叉处|交汇处|交汇口|交界处|交界口|交界|交汇|交叉|相交处|路口|口|转角|拐角处?)"
)
_PLAIN = re.compile(r"(?:与|和|及|,)$")
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Span:
    """Letters `start`…`end` of an address that are a name, and the places that have it."""

    start: int
    end: int
    places: Sequence[PlaceEntry]

    def near(self, lon: float, lat: float, metres: float) -> bool:
        """Whether any of its places reaches within so many metres of a point."""
        return any(
            hypot((lon - place.lon) * cos(radians(lat)), lat - place.lat) * _METRES_PER_DEGREE <= metres + place.reach_m
            for place in self.places
        )


def scan(text: str, names: Mapping[str, Sequence[PlaceEntry]], longest: int) -> list[Span]:
    """Every known name in the text that is not inside a longer one, from left to right."""
    spans: list[Span] = []
    reached = 0
    for start in range(len(text) - 1):
        for end in range(min(len(text), start + longest), max(start + 1, reached), -1):
            places = names.get(text[start:end])
            if places:
                spans.append(Span(start, end, places))
                reached = end
                break
    return spans


def house_number(text: str, at: int) -> tuple[int, int] | None:
    """The house number (or lane: they are counted together) that stands at `at`, and where it ends."""
    found = _NUMBER.match(text, at)
    if not found:
        return None
    second = _SECOND.match(text, found.end()) if found[0].endswith("弄") else None
    return int(found[1]), second.end() if second else found.end()


def connective(text: str, first: Span, second: Span) -> int | None:
    """Where a crossing of two names ends: 甲路与乙路, 甲路乙路路口. None: they are two names, not one spot."""
    between = text[first.end : second.start]
    if not _BETWEEN.match(between):
        return None
    after = _AT_CROSSING.match(text, second.end)
    if after:
        return after.end()
    return second.end if between == "路口" or (_PLAIN.match(between) and not house_number(text, second.end)) else None


def mend(text: str, name: str) -> str | None:
    """The text with the name written right where one letter of it is wrong, missing or too many; None: the name is not there.

    Names of less than three letters, and of four for a missing letter, would be found in everything.
    """
    size = len(name)
    for width in (size, size - 1, size + 1) if size > 3 else (size,) if size > 2 else ():
        for start in range(len(text) - width + 1):
            if _one_apart(text[start : start + width], name):
                return text[:start] + name + text[start + width :]
    return None


def _one_apart(word: str, name: str) -> bool:
    head = 0
    while head < min(len(word), len(name)) and word[head] == name[head]:
        head += 1
    return word[head + (len(word) >= len(name)) :] == name[head + (len(name) >= len(word)) :]
