"""What became of messages: delivered and read, where a channel tells, and who was told of one thing and when. Sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.notify_config import NotifyConfig
from store import deliveries
from store.timescale import Connection, queries

_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """`id` is ours (the parcel's) or the gateway's own; `state` is delivered, read or failed."""

    id: str
    state: str
    at: datetime
    account_id: int | None = None


def take(connection: Connection, channel: str, receipts: Sequence[Receipt], config: NotifyConfig, now: datetime) -> int:
    """Mark what a gateway tells; returns how many messages it was about. What was lost after all goes by the channel's fallback."""
    known = 0
    for receipt in receipts:
        rows = list(
            queries.deliveries_receipt(
                connection, channel=channel, id=receipt.id, state=receipt.state, at=receipt.at, account_id=receipt.account_id
            )
        )
        known += len(rows)
        lost = [row["delivery_id"] for row in rows if row["lost"]]  # a failure that comes after the delivery is none
        if receipt.state == "failed" and lost:
            deliveries.pass_on(connection, lost, channel, config, now)
    return known


def read_told(connection: Connection, noun: str, key: str) -> list[dict[str, Any]]:
    """Every message about one alert, incident or case, oldest first, with its people; who reads it was allowed to load the thing."""
    return list(queries.deliveries_told(connection, noun=noun, key=key, limit=_AT_MOST))
