"""Many enterprises at once, as a file tells of them: what would become of each row, and the taking of all, of the good ones, or of none.

What a row says decides `dispatch.enterprises`; each row is `store.enterprises`' own change, with its audit and its history.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import Rollback

from core.errors import Invalid
from dispatch.enterprises import Entry, Verdict, refused
from geodata.locate import Locator
from store.acts import Act
from store.enterprises import put_enterprise
from store.timescale import Connection

Take = Literal["nothing", "whole", "good"]  # only look; all rows or none; the good ones whatever the others say


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each row, in the order of the file, and whether it was stored."""

    verdicts: tuple[Verdict, ...]
    kept: bool

    @property
    def refused(self) -> int:
        return sum(one.verdict == "refused" for one in self.verdicts)


def put_all(
    connection: Connection, entries: Sequence[Entry], faults: Iterable[Verdict], place: Callable[[Entry], Mapping[str, Any]], act: Act,
    take: Take, tick: Callable[[int], None] = lambda done: None,
) -> Taken:  # fmt: skip
    """Write down `entries`; `faults` are the rows that could not be read. Raises `NotAllowed`.

    `tick` is told how many are done. What is not kept leaves no trace, not even in the audit.
    """
    verdicts = [*faults]
    kept = False
    with connection.transaction() as whole:
        for done, entry in enumerate(sorted(entries, key=lambda one: one.code), 1):  # each row is locked: two files may name the same ones
            verdicts.append(_put(connection, entry, place, act))
            tick(done)
        kept = take == "good" or (take == "whole" and all(one.verdict != "refused" for one in verdicts))
        if not kept:
            raise Rollback(whole)
    return Taken(tuple(sorted(verdicts, key=lambda one: one.row)), kept)


def _put(connection: Connection, entry: Entry, place: Callable[[Entry], Mapping[str, Any]], act: Act) -> Verdict:
    """One row; of a refused one nothing stays."""
    try:
        with connection.transaction():
            return put_enterprise(connection, entry, place(entry), act)
    except Invalid as error:
        return refused(error, entry.code, entry.told.get("name", ""), entry.row)


def place_of(entry: Entry, locator: Locator, otherwise: str) -> dict[str, Any]:
    """Where it lies, as far as that is told: the area of its position, else the one named; `otherwise` for a place outside of all."""
    if entry.position is not None:
        located, lon, lat = locator.place(entry.position)
        return {"area": located.area or entry.told.get("area") or otherwise, "lon": lon, "lat": lat}
    return {"area": entry.told["area"]} if "area" in entry.told else {}
