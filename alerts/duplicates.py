"""Which complaints are probably about the same thing and could be merged (重复诉求并单): proposals with their reason. Pure.

Decides nothing: a person merges. Never proposes a drill with the real, nor what has no class or no place: those are like
nothing. Each proposal points at the earliest of its kind, so that neighbours never chain into one.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

METRES_PER_DEGREE = 111_320.0
TEXT_LIMIT = 600  # letters compared: what a caller complains of stands at the beginning
COMPARED = 40  # earlier ones of a neighbourhood, the latest first: a square with thousands of complaints stays linear

_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is compared of a report. Degrees in our datum."""

    report_id: int
    class_code: str | None
    title: str
    text: str | None
    lon: float | None
    lat: float | None
    observed_at: datetime
    drill: bool = False
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """How near, how soon and how similar two must be. 250 m is what FixMyStreet shows neighbours for; `families` are classes
    of different groups that mean one thing (`incidents.compatible`)."""

    radius_m: float = 250.0
    within: timedelta = timedelta(hours=72)
    similarity: float = 0.5
    families: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """`report_id` repeats `like_id`: the reason in figures. `same_class` False: only of one family."""

    report_id: int
    like_id: int
    same_class: bool
    distance_m: float
    apart: timedelta
    similarity: float


def alike(complaints: Iterable[Complaint], now: datetime, measure: Measure = Measure()) -> list[Proposal]:
    """Of the complaints of the last `within`, those that repeat an earlier one; by report id.

    The answer does not depend on their order. What a proposal points at is never itself proposed.
    """
    since = now - measure.within
    recent = sorted((one for one in complaints if _can_be_like(one) and since <= one.observed_at <= now), key=_order)
    heads = _Heads(measure.radius_m)
    found = []
    for one in recent:
        grams = bigrams(f"{one.title}\n{one.text or ''}")
        best = max((_proposal(one, grams, *head, measure) for head in heads.near(one)), key=_rank, default=None)
        if best is not None and best.similarity >= 0:
            found.append(best)
        else:
            heads.add(one, grams)
    return sorted(found, key=lambda proposal: proposal.report_id)


def _can_be_like(one: Complaint) -> bool:
    return one.class_code is not None and one.lon is not None and one.lat is not None


def _order(one: Complaint) -> tuple[datetime, int]:
    return one.observed_at, one.report_id


def _rank(proposal: Proposal) -> tuple[float, float, int]:
    return proposal.similarity, -proposal.distance_m, -proposal.like_id


def _proposal(one: Complaint, grams: frozenset[str], head: Complaint, its_grams: frozenset[str], measure: Measure) -> Proposal:
    """The two compared; a similarity of -1 says that they are not alike."""
    metres, apart = distance_m(one, head), one.observed_at - head.observed_at
    fits = of_one_family(one.class_code, head.class_code, measure.families) and metres <= measure.radius_m and apart <= measure.within
    fits = fits and (one.drill, one.simulated) == (head.drill, head.simulated)
    likeness = similarity(grams, its_grams) if fits else -1.0
    return Proposal(
        one.report_id, head.report_id, one.class_code == head.class_code, round(metres, 1), apart,
        round(likeness, 3) if likeness >= measure.similarity else -1.0,
    )  # fmt: skip


class _Heads:
    """The first complaints of their kind, by tile of one radius."""

    def __init__(self, radius_m: float) -> None:
        self._degrees = radius_m / METRES_PER_DEGREE
        self._tiles: dict[tuple[int, int, bool], list[tuple[Complaint, frozenset[str]]]] = defaultdict(list)

    def add(self, one: Complaint, grams: frozenset[str]) -> None:
        self._tiles[(*self._tile(one), one.drill)].append((one, grams))

    def near(self, one: Complaint) -> list[tuple[Complaint, frozenset[str]]]:
        """The latest of the tiles around. East and west two: a degree of longitude is half as long at 60°."""
        column, row = self._tile(one)
        tiles = ((column + east, row + north, one.drill) for east in (-2, -1, 0, 1, 2) for north in (-1, 0, 1))
        around = [head for tile in tiles for head in self._tiles.get(tile, ())[-COMPARED:]]
        return sorted(around, key=lambda head: _order(head[0]))[-COMPARED:]

    def _tile(self, one: Complaint) -> tuple[int, int]:
        return math.floor((one.lon or 0.0) / self._degrees), math.floor((one.lat or 0.0) / self._degrees)


def of_one_family(one: str | None, other: str | None, families: Sequence[Sequence[str]] = ()) -> bool:
    """The same class, the same big class (its first two digits), or two of one configured family."""
    if not one or not other:
        return False
    return one[:2] == other[:2] or any(one in family and other in family for family in families)


def distance_m(one: Complaint, other: Complaint) -> float:
    """Metres on the plane at their latitude; infinite where a place is unknown."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return math.inf
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot(east, one.lat - other.lat) * METRES_PER_DEGREE


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters without blanks and punctuation, wide and narrow forms alike; one letter is itself."""
    letters = _NOISE.sub("", unicodedata.normalize("NFKC", text[:TEXT_LIMIT])).casefold()
    if len(letters) < 2:
        return frozenset((letters,)) if letters else frozenset()
    return frozenset(letters[place : place + 2] for place in range(len(letters) - 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of two sets of bigrams, 0 to 1: twice what they share over what they have."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0
