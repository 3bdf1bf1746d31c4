"""What the ledgers share: whose unit somebody is of, who is told of what concerns a unit, and a unit as somebody names it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid
from store.cases_told import workers_of
from store.timescale import Connection, queries


def units_of(connection: Connection, account_id: int | None) -> frozenset[int]:
    """The own unit and those above it; nobody's for a token."""
    if account_id is None:
        return frozenset()
    return frozenset(row["unit_id"] for row in queries.ledger_units_of(connection, account_id=account_id))


def find_unit(connection: Connection, wanted: object) -> dict[str, Any] | None:
    """The unit of a number or code; None for nothing wanted. Raises `Invalid` for one that is not there or was dissolved."""
    if wanted is None or wanted == "":
        return None
    number = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 < wanted < 2**31 else None
    row: dict[str, Any] | None = queries.ledger_unit(connection, unit_id=number, code=str(wanted))
    if row is None:
        raise Invalid(f"no unit is called '{wanted}'")
    return row


def tell_handling(
    connection: Connection, row: Mapping[str, Any], template: str, key: str, payload: Mapping[str, Any], now: datetime
) -> None:
    """Tell whoever handles: the named worker, else the unit's people, else all who handle in the area.

    `row` has handler_id, lead_unit, area, severity; `key` makes the message one of a kind, however often the duty runs.
    """
    for target in workers_of(connection, row):
        tell(connection, target, row, template, key, payload, now)


def tell(
    connection: Connection, target: str, row: Mapping[str, Any], template: str, key: str, payload: Mapping[str, Any], now: datetime
) -> None:  # fmt: skip
    """One row of the outbox for each step and target; a drill's and a simulated one's say so."""
    marks = {name: row[name] for name in ("title", "area", "drill", "simulated")}
    queries.outbox_add(
        connection, now=now, dedupe_key=f"{template}/{key}/{target}", target=target, template=template, severity=row["severity"],
        payload=Jsonb({**marks, **payload}),
    )  # fmt: skip
