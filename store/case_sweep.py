"""Cases that go on without anybody acting: suspensions that are over. One that cannot be moved holds up no other."""

from datetime import datetime

from core.config import Config
from core.model import EVERYWHERE
from store.acts import Act
from store.cases import act_by_machine
from store.sweep_faults import sweep_each
from store.timescale import Connection, queries

_AT_ONCE = 200


def end_suspensions(connection: Connection, now: datetime, config: Config) -> int:
    """Suspensions that are over end, the longest over first; returns how many."""
    act = Act("resume", EVERYWHERE, now)
    over = [(row["case_number"], row["version"]) for row in queries.adjustments_suspended_over(connection, now=now, limit=_AT_ONCE)]
    return sweep_each(connection, "suspensions", over, lambda number: act_by_machine(connection, number, act, config), now)
