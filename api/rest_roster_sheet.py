"""Rosters as a sheet of people and days over HTTP: sent in to be checked or taken, and given out in the same shape."""

from dataclasses import replace
from datetime import timedelta

from api.call import AREA, Answer, Call, Param, read_params
from api.evaluation_sheets import XLSX, attached
from api.rest_rosters import read_day
from api.sent_table import APPLY_PARAM, FILE_PARAM, MOST_ROWS, sent_table
from core.errors import Invalid, NotAllowed
from dispatch import roster_matrix, roster_sheet
from geodata.tables import read_lines
from store import audit, roster_acts
from store import roster_matrix as matrices
from store.acts import Act

SHEET_PARAMS = (
    AREA,
    Param("from", "the first day, 2026-11-01; today unless given"),
    Param("days", "how many, at most 62; 31 unless given", "integer"),
)
FILE_PARAMS = (
    FILE_PARAM, APPLY_PARAM, Param("replace", "true: who had a shift on these days has it no more", "boolean"),
    Param("month", "2026-11, where the sheet names days only"), Param("duty_grid", "the duty grid of rows that name none"),
)  # fmt: skip
_MOST_DAYS, _MOST_FAULTS = 62, 500
_COLUMNS = roster_matrix.MOST_DAYS + 20


def get_sheet(call: Call) -> Answer:
    """An Excel sheet of the rosters; grids without any are in it with their standing worker, ready to be filled in."""
    if call.scope.role not in roster_acts.ROLES:
        raise NotAllowed(f"logins are not for the role '{call.scope.role}'")
    wanted, zone = read_params(SHEET_PARAMS, call.query), call.config.area.zone
    days, area = wanted.get("days", 31), wanted.get("area", "")
    if not 1 <= days <= _MOST_DAYS:
        raise Invalid(f"days: from 1 to {_MOST_DAYS}")
    first = read_day("from", wanted["from"]) if "from" in wanted else call.now.astimezone(zone).date()
    rows = matrices.rows_of(call.connection, call.scope, first, days, zone, area, call.now)
    last = first + timedelta(days=days - 1)
    title = f"{call.config.area.name} 排班表 {first:%Y-%m-%d} – {last:%Y-%m-%d}"
    book = roster_sheet.write_sheet(rows, first, days, call.config.organisation, title, call.now)
    act = Act("export", call.scope, call.now, address=call.address)
    audit.append(call.connection, act, "roster", area or "-", call.scope.areas[0], detail={"from": first.isoformat(), "days": days})
    return attached(book, f"排班表-{first:%Y%m%d}-{last:%Y%m%d}.xlsx", XLSX)


def post_sheet(call: Call) -> Answer:
    """What a sheet would make of the rosters, and with `apply` the change; with one fault nothing is kept."""
    wanted, config = read_params(FILE_PARAMS, call.query), call.config
    act = Act("assign", call.scope, call.now, address=call.address)
    roster_acts.demand_role(act)  # before a file is read for somebody who may not
    with sent_table(call, wanted.get("file")) as (path, source):
        lines = read_lines(path, _COLUMNS, MOST_ROWS)
    matrix = roster_matrix.read_matrix(lines, config.organisation, wanted.get("month", ""), wanted.get("duty_grid", ""))
    act = replace(act, note=source)
    how = {"replace": bool(wanted.get("replace")), "apply": bool(wanted.get("apply"))}
    brought = matrices.bring(call.connection, matrix, act, config.organisation, config.area.timezone, **how)
    faults = sorted(brought.findings, key=lambda one: one.feature or 0)
    return Answer({
        "applied": brought.applied,
        "from": matrix.days[0] if matrix.days else None,
        "to": matrix.days[-1] if matrix.days else None,
        "people": len(matrix.people),
        "ended": len(brought.ended),
        "laid": [
            {"duty_grid": one.grid, "shift": one.shift, "served": one.served, "days": len(one.cycle), "stands": one in brought.standing}
            for one in brought.laid
        ],
        "counts": {"faults": len(faults)},
        "faults": [{"row": one.feature, "column": one.code, "text": one.detail} for one in faults[:_MOST_FAULTS]],
    })  # fmt: skip
