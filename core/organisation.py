"""Nouns of the organisation as people write them down: a unit with its posts, a person, a roster. They decide nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class PostEntry:
    """What there is to do in a unit, and how many do it."""

    name: str
    role: str
    seats: int = 1
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit of the tree; `parent` is a code, None at the top. `area`: where it works."""

    code: str
    name: str
    kind: str
    level: int
    area: str
    parent: str | None = None
    name_en: str = ""
    posts: tuple[PostEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """Somebody with an account. `name` and `phone` are personal data and stored apart."""

    login: str
    role: str
    areas: tuple[str, ...]
    title: str = ""
    unit: str | None = None
    post: str | None = None
    name: str = ""
    phone: str = ""
    duty_grid: str | None = None  # whose standing worker it is


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One shift of one duty grid: who serves day by day from `anchor` on, over and over. `until`: the first day after."""

    duty_grid: str
    shift: str
    starts: time
    ends: time
    since: date
    cycle: tuple[int | None, ...]
    anchor: date
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tree is checked against: units by their code, and the areas there are."""

    units: Mapping[str, UnitEntry]
    areas: frozenset[str]
