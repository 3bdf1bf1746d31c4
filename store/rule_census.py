"""Who there is for rules to concern: every device with the metrics it ever told, a portion at a time. Decides nothing."""

from collections.abc import Iterator
from datetime import datetime

from alerts.remarks import Told
from core.config import Config
from core.model import Decoded
from geodata.locate import NOWHERE
from store.registry import Registry
from store.timescale import Connection, queries

_AT_ONCE = 2_000


def registry_of(connection: Connection, config: Config, now: datetime) -> Registry:
    """A registry for whoever only looks devices up; with the day come the levels of its season."""
    registry = Registry(config, lambda position: (NOWHERE, None, None))
    registry.identify(connection, Decoded(), now)
    return registry


def read_told(connection: Connection, config: Config, now: datetime) -> Iterator[Told]:
    """Every device, whether it ever told anything or not."""
    after = 0
    while rows := list(queries.rulebook_told(connection, after=after, limit=_AT_ONCE)):
        known = registry_of(connection, config, now).known(connection, {row["device"] for row in rows})
        yield from (Told(known[row["device"]], frozenset(row["metrics"])) for row in rows if row["device"] in known)
        after = rows[-1]["device_id"]
