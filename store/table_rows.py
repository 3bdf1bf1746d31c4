"""Many rows at once, as a file tells of them: what would become of each, and the taking of all, of the good ones, or of none.

What a row says and what is stored of it is its owner's; here is only that one refused row leaves all as it was, unless good ones are taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from psycopg import Rollback

from core.errors import Invalid
from dispatch.told_rows import Verdict
from store.timescale import Connection

Take = Literal["nothing", "whole", "good"]  # only look; all rows or none; the good ones whatever the others say
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each row, in the order of the file, and whether it was stored."""

    verdicts: tuple[Verdict, ...]
    kept: bool

    @property
    def refused(self) -> int:
        return sum(one.verdict == "refused" for one in self.verdicts)


def take_rows(
    connection: Connection, rows: Iterable[Row], faults: Iterable[Verdict], put: Callable[[Row], Verdict],
    refuse: Callable[[Invalid, Row], Verdict], take: Take, tick: Callable[[int], None] = lambda done: None,
) -> Taken:  # fmt: skip
    """Write `rows` down, each by `put`; `faults` are those that could not be read.

    `tick` is told how many are done. What is not kept leaves no trace, not even in the audit.
    """
    verdicts = [*faults]
    kept = False
    with connection.transaction() as whole:
        for done, row in enumerate(rows, 1):
            verdicts.append(_put(connection, row, put, refuse))
            tick(done)
        kept = take == "good" or (take == "whole" and all(one.verdict != "refused" for one in verdicts))
        if not kept:
            raise Rollback(whole)
    return Taken(tuple(sorted(verdicts, key=lambda one: one.row)), kept)


def _put(connection: Connection, row: Row, put: Callable[[Row], Verdict], refuse: Callable[[Invalid, Row], Verdict]) -> Verdict:
    """One row; of a refused one nothing stays."""
    try:
        with connection.transaction():
            return put(row)
    except Invalid as error:
        return refuse(error, row)
