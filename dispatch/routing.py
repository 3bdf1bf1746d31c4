"""Who gets a case: the active worker of the duty grid its cell belongs to, or the person named. Sends nothing."""

from typing import Any

from core.errors import Invalid
from store.timescale import Connection, queries

HANDLES = ("handler", "grid_worker")


def worker_for(connection: Connection, cell_id: int | None) -> int | None:
    """The account of the duty grid's active worker; None where there is no cell or nobody is on duty."""
    row = queries.cases_worker_of_cell(connection, cell_id=cell_id) if cell_id is not None else None
    return int(row["account_id"]) if row else None


def worker_named(connection: Connection, worker: object, area: str) -> int:
    """An account by its id or login that may handle in an area. Raises `Invalid`."""
    account_id = worker if isinstance(worker, int) else None
    row: dict[str, Any] | None = queries.cases_account(connection, account_id=account_id, login=str(worker))
    if row is None or row["role"] not in HANDLES:
        raise Invalid(f"'{worker}' is no active handler or grid worker")
    if not any(area.startswith(prefix) for prefix in row["areas"]):
        raise Invalid(f"'{worker}' does not work in {area}")
    return int(row["account_id"])
