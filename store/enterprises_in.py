"""Many enterprises at once, as a file tells of them, each by `store.enterprises`' own change, with its audit and its history.

What a row says decides `dispatch.enterprises`; that all or none are taken, `store.table_rows`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dispatch.enterprises import Entry
from dispatch.told_rows import Verdict, refused
from geodata.locate import Locator
from store.acts import Act
from store.enterprises import put_enterprise
from store.table_rows import Take, Taken, take_rows
from store.timescale import Connection


def put_all(
    connection: Connection, entries: Sequence[Entry], faults: Iterable[Verdict], place: Callable[[Entry], Mapping[str, Any]], act: Act,
    take: Take, tick: Callable[[int], None] = lambda done: None,
) -> Taken:  # fmt: skip
    """Write down `entries`; `faults` are the rows that could not be read. Raises `NotAllowed`."""
    rows = sorted(entries, key=lambda one: one.code)  # each row is locked: two files may name the same ones
    return take_rows(
        connection, rows, faults, lambda entry: put_enterprise(connection, entry, place(entry), act),
        lambda error, entry: refused(error, entry.code, entry.told.get("name", ""), entry.row), take, tick,
    )  # fmt: skip


def place_of(entry: Entry, locator: Locator, otherwise: str) -> dict[str, Any]:
    """Where it lies, as far as that is told: the area of its position, else the one named; `otherwise` for a place outside of all."""
    if entry.position is not None:
        located, lon, lat = locator.place(entry.position)
        return {"area": located.area or entry.told.get("area") or otherwise, "lon": lon, "lat": lat}
    return {"area": entry.told["area"]} if "area" in entry.told else {}
