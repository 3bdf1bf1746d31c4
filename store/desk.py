"""What the desk looks at across nouns: the queue of work, what is in a cell, the places it sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts import lifecycle as alert_lifecycle
from core.errors import NotFound
from core.model import Scope
from dispatch import cases as case_lifecycle
from store import alerts, cases, devices
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

KINDS = ("alert", "report", "incident", "case")


def read_queue(
    connection: Connection,
    scope: Scope,
    now: datetime,
    case_stages: Sequence[str],
    own_cases: bool,
    kinds: Sequence[str] = KINDS,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Work items, what needs attention next on top; `own_cases`: of the cases only mine and nobody's."""
    rows = queries.desk_queue(
        connection, areas=prefixes(scope), now=now, case_stages=list(case_stages), kinds=list(kinds), limit=limit,
        handler_id=scope.account_id if own_cases else None,
    )  # fmt: skip
    return [{**row["shape"], "kind": row["kind"], "id": row["shape"]["id"], "since": row["since"], "due_at": row["due_at"]} for row in rows]


def read_cell(connection: Connection, scope: Scope, cell_id: int) -> dict[str, Any]:
    """A cell and what is in it: devices with latest values, open alerts and cases. Raises `NotFound`."""
    cell = queries.desk_cell(connection, cell_id=cell_id, areas=prefixes(scope))
    if cell is None:
        raise NotFound(f"no cell {cell_id}")
    here = Filter({"cell": str(cell_id)}, limit=200)
    found = devices.list_devices(connection, scope, here)
    values = devices.latest_values(connection, [row["id"] for row in found])
    still_open = Filter({"cell": str(cell_id), "stages": sorted(alert_lifecycle.OPEN)}, limit=200)
    return {
        **cell,
        "devices": [{**row, "values": values.get(row["id"], [])} for row in found],
        "alerts": alerts.list_alerts(connection, scope, still_open),
        "cases": cases.list_cases(connection, scope, Filter({"cell": str(cell_id), "stages": sorted(case_lifecycle.OPEN)}, limit=200)),
    }


def list_cells(connection: Connection, scope: Scope, wanted: Filter, after_id: int = 0) -> list[dict[str, Any]]:
    """Cells by number, without their outlines (those are the layer `cells`)."""
    return list(queries.desk_cells(connection, **wanted.columns(scope, "duty_grid", "cell_code"), after_id=after_id))


def list_areas(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """The areas within the scope and those it lies in, widest first."""
    return list(queries.desk_areas(connection, areas=prefixes(scope)))


def geography_stamp(connection: Connection) -> str:
    """A word that changes when the map does: what was made from an older one is to be made again."""
    row = queries.desk_geography_stamp(connection)
    return "/".join(str(value) for value in row.values())
