"""What the desk looks at across nouns: the queue of work, what is in a cell, the places it sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts import lifecycle as alert_lifecycle
from core.errors import NotFound
from core.model import Scope
from dispatch import cases as case_lifecycle
from store import alerts, approvals, cases, change_log, devices
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

KINDS = ("alert", "report", "incident", "case", "approval")
OWNERS = ("any", "me", "nobody")
CURSOR = (bool, int, bool, str, str, int, str)  # of `Wanted.after`: calm, severity, others', since, kind, number, key
_START = (False, 0, False, "-infinity", "", 0, "")
_NOBODY = -1  # no account has this number


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue: `case_stages` those the reader can move, `own_cases` of them only his and nobody's, `held` only what is held.

    `codes` are the classes of the `domain`: reports and cases have only a class.
    """

    kinds: Sequence[str]
    case_stages: Sequence[str]
    own_cases: bool
    severities: Sequence[int] | None = None
    area: str = ""
    domain: str | None = None
    codes: Sequence[str] | None = None
    owner: str = "any"
    held: bool = False
    after: Sequence[Any] | None = None
    limit: int = 200


def read_queue(connection: Connection, scope: Scope, now: datetime, wanted: Wanted) -> list[dict[str, Any]]:
    """A page of work items: the thing's own shape with `kind`, `id`, `since`, `due_at`, `others` (somebody else has it), `place` (cursor).

    Late first, then by severity, what somebody else has after what nobody has, then the longest waiting.
    """
    calm, grave, others, since, kind, number, key = wanted.after or _START
    of: dict[str, Any] = {
        "me": _NOBODY if scope.account_id is None else scope.account_id, "areas": prefixes(scope), "area": f"{wanted.area}%",
        "domain": wanted.domain, "codes": wanted.codes and list(wanted.codes),
        "severities": list(wanted.severities) if wanted.severities else None, "kinds": list(wanted.kinds),
        "calm": calm, "grave": grave, "others": others, "since": since, "kind": kind, "number": number, "key": key, "limit": wanted.limit,
    }  # fmt: skip
    if wanted.held:
        rows = list(queries.desk_held(connection, **of))
    elif wanted.owner == "me":
        rows = list(queries.desk_mine(connection, **of))
    else:
        handler_id = scope.account_id if wanted.own_cases else None
        of |= {"now": now, "owner": wanted.owner, "case_stages": list(wanted.case_stages), "handler_id": handler_id}
        rows = list(queries.desk_queue(connection, **of))
    shapes = {kind: _shapes(connection, scope, kind, [_id(row) for row in rows if row["kind"] == kind]) for kind in KINDS}
    return [_item(row, shapes[row["kind"]][_id(row)]) for row in rows if _id(row) in shapes[row["kind"]]]


def _id(row: Mapping[str, Any]) -> Any:
    return row["key"] or row["number"]


def _shapes(connection: Connection, scope: Scope, kind: str, ids: Sequence[Any]) -> Mapping[Any, Mapping[str, Any]]:
    return approvals.read_approvals(connection, scope, ids) if kind == "approval" else change_log.read(connection, kind, ids)


def _item(row: Mapping[str, Any], shape: Mapping[str, Any]) -> dict[str, Any]:
    place = [row["calm"], row["severity"], row["others"], row["since"].isoformat(), row["kind"], row["number"], row["key"]]
    told = {name: row[name] for name in ("kind", "since", "due_at", "others")}
    return {**shape, "id": shape["id"], **told, "late": not row["calm"], "place": place}


def count_queue(connection: Connection, scope: Scope, now: datetime, area: str = "") -> dict[str, Any]:
    """`{kind: {open, overdue, by_severity: {"1": n …}}}`; `joined` are alerts in an incident, `held` those nobody is told of."""
    me = _NOBODY if scope.account_id is None else scope.account_id
    rows = list(queries.desk_counts(connection, areas=prefixes(scope), area=f"{area}%", now=now, me=me))
    none = {str(severity): 0 for severity in range(1, 6)}
    counts: dict[str, Any] = {kind: {"open": 0, "overdue": 0, "by_severity": dict(none)} for kind in (*KINDS, "joined", "held")}
    for row in rows:
        count = counts[row["kind"]]
        count["open"] += row["open"]
        count["overdue"] += row["overdue"]
        count["by_severity"][str(row["severity"])] += row["open"]
    return counts


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
