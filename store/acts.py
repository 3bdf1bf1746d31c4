"""What every act on a noun shares: the wish, the version it was made for, and the change log round it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.errors import Invalid, StaleWrite
from core.model import Scope
from store import change_log
from store.timescale import Connection


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants done to something: `expect` is the version they saw (None: whatever it is now)."""

    act: str
    scope: Scope
    now: datetime
    note: str = ""
    expect: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    approved_by: str = ""  # the second person, where it took two

    @property
    def by(self) -> str:
        """What others may read of who did it."""
        return self.scope.name or self.scope.role

    def named(self, act: str) -> "Act":
        """The same person doing something that follows from the first act."""
        return replace(self, act=act, expect=None)


@contextmanager
def logged(connection: Connection, noun: str, keys: Sequence[Any], now: datetime) -> Iterator[None]:
    """What some nouns looked like before and after the block goes into the change log."""
    before = change_log.read(connection, noun, keys)
    yield
    change_log.append(connection, noun, before, change_log.read(connection, noun, keys), now)


def demand_fresh(row: Mapping[str, Any], act: Act) -> None:
    """Raises `StaleWrite` when somebody wrote since the act's author looked."""
    if act.expect is not None and act.expect != row["version"]:
        raise StaleWrite(str(row["version"]))


def demand_saved(rows: int, row: Mapping[str, Any]) -> None:
    """Raises `StaleWrite` when the compare-and-set found another version."""
    if rows != 1:
        raise StaleWrite(str(row["version"]))


def demand_note(act: Act, needing: frozenset[str]) -> None:
    """Raises `Invalid` when the act must say why and does not."""
    if act.act in needing and not act.note.strip():
        raise Invalid(f"'{act.act}' needs a note")
