"""Many planned works at once, as a file tells of them, each by `store.works`' own change, with its audit.

What a row says decides `dispatch.works`; that all or none are taken, `store.table_rows`.
"""

from collections.abc import Callable, Iterable, Sequence

from dispatch.told_rows import Verdict, refused
from dispatch.works import Work
from geodata.locate import Locator
from store.acts import Act
from store.table_rows import Take, Taken, take_rows
from store.timescale import Connection
from store.works import put_work


def put_all(
    connection: Connection, works: Sequence[Work], faults: Iterable[Verdict], locator: Locator, act: Act, take: Take, source: str,
    tick: Callable[[int], None] = lambda done: None,
) -> Taken:  # fmt: skip
    """Write down `works` out of the file `source`; `faults` are the rows that could not be read. Raises `NotAllowed`."""
    rows = sorted(works, key=lambda one: one.code)  # each row is locked: two files may name the same ones
    return take_rows(
        connection, rows, faults, lambda work: put_work(connection, work, locator, act, source=source)[1],
        lambda error, work: refused(error, work.code, work.told.get("title", ""), work.row), take, tick,
    )  # fmt: skip
