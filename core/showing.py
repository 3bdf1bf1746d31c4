"""What a screen shows at a moment: the newest cast that stands, else its playlist's scene, else its home. Pure.

Decides also which incident may take a screen now; never which screens there are or how a page draws what it is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Cast:
    """What stands on a screen for a while. `kind`: scene, incident, address or takeover; `until` None: until it is given back."""

    cast_id: int
    kind: str
    address: str
    title: str
    by: str
    at: datetime
    until: datetime | None = None
    severity: int | None = None
    incident_id: int | None = None
    drill: bool = False

    def stands(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Slot:
    """A scene of a playlist and how long it is shown."""

    scene_id: int
    title: str
    address: str
    dwell: timedelta


@dataclass(frozen=True, slots=True)
class Showing:
    """What a screen is to show. A screen goes there when `key` changes, and only then: whoever stands before it may look around.

    `address` None: where it was before. `why`: home, playlist, or the kind of the cast.
    """

    key: str
    why: str
    address: str | None = None
    title: str = ""
    by: str = ""
    until: datetime | None = None
    cast: Cast | None = None


@dataclass(frozen=True, slots=True)
class Grave:
    """An open incident of a severity that takes screens."""

    incident_id: int
    title: str
    severity: int
    opened_at: datetime
    drill: bool = False


def standing(casts: Sequence[Cast], now: datetime) -> Cast | None:
    """The newest that stands."""
    return max((cast for cast in casts if cast.stands(now)), key=lambda cast: (cast.at, cast.cast_id), default=None)


def taker(waiting: Sequence[Grave], casts: Sequence[Cast], now: datetime) -> Grave | None:
    """The incident that takes the screen now: the gravest that waits, the oldest of equals, unless one as grave or graver has it.

    A drill is milder than anything real.
    """
    holding = min(
        ((cast.drill, cast.severity) for cast in casts if cast.kind == "takeover" and cast.severity and cast.stands(now)), default=None
    )
    first = min(waiting, key=lambda one: (one.drill, one.severity, one.opened_at, one.incident_id), default=None)
    return first if first and (holding is None or (first.drill, first.severity) < holding) else None


def showing(now: datetime, home: str | None, slots: Sequence[Slot], casts: Sequence[Cast]) -> Showing:
    """What to show, and until when at most."""
    if cast := standing(casts, now):
        return Showing(f"cast:{cast.cast_id}", cast.kind, cast.address, cast.title, cast.by, cast.until, cast)
    if slots:
        number, until = turn_of(slots, now)
        slot = slots[number]
        return Showing(f"playlist:{number}:{slot.scene_id}", "playlist", slot.address, slot.title, until=until)
    return Showing(f"home:{home or ''}", "home", home)


def turn_of(slots: Sequence[Slot], now: datetime) -> tuple[int, datetime]:
    """Whose turn it is and until when, counted from 1970: screens with one playlist turn together, whenever each was switched on."""
    round_s = sum(slot.dwell.total_seconds() for slot in slots)
    into = now.timestamp() % round_s
    for number, slot in enumerate(slots):
        if into < (dwell := slot.dwell.total_seconds()):
            return number, now + timedelta(seconds=dwell - into)
        into -= dwell
    return 0, now  # only by a rounding at the very end of a round
