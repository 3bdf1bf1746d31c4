"""Ledgers as files: the rows of a list, with its own filters, as CSV or Excel. What is personal leaves the house masked only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from api import rest_duty_log, rest_enterprises, rest_hazards, rest_hotline, rest_orders, rest_works
from api.call import Answer, Call, Param
from api.papers import texts
from core.errors import Invalid, NotFound
from core.text import LANGUAGES, Text
from dispatch.sheets import CSV, XLSX, Cell, Sheet, write_csv, write_xlsx
from store import audit
from store.acts import Act

EXPORT_PARAMS = (Param("lang", "zh (unless given) or en; beside it the filters of the ledger's own list"),)
_MOST, _A_PAGE = 20_000, 1000
# Ledger: how a page of it is read, the name its list goes by, and its columns.
_LEDGERS: Mapping[str, tuple[Callable[[Call], Answer], str, tuple[str, ...]]] = {
    "orders": (rest_orders.list_orders, "orders", (
        "id", "case_number", "title", "area", "text", "unit", "issued_name", "issued_at", "due_at", "stage", "overdue", "feedback",
        "fed_back_name", "fed_back_at", "returns", "ended_at", "ended_why", "drill", "simulated")),
    "hotline": (rest_hotline.list_tickets, "tickets", (
        "id", "ticket_no", "upper_no", "source", "via", "appeal_type", "confidential", "title", "area", "stage", "case_number", "unit",
        "opened_at", "accepted_at", "dispatched_at", "due_at", "overdue", "replied_at", "closed_at", "reply", "result", "why",
        "merged_into", "told", "told_at", "contacted", "solved", "satisfaction", "revisit_at", "drill", "simulated")),
    "hazards": (rest_hazards.list_hazards, "hazards", (
        "id", "level", "title", "text", "area", "address", "enterprise", "enterprise_name", "unit", "measures", "found_name", "found_at",
        "due_at", "stage", "overdue", "rectified_name", "rectified_at", "verified_name", "verified_at", "returns", "ended_at", "lon",
        "lat", "drill", "simulated")),
    "enterprises": (rest_enterprises.list_enterprises, "enterprises", (
        "code", "name", "kind", "risk", "risk_at", "area", "address", "unit", "contact", "phone", "hazards", "lon", "lat", "note",
        "ended_at", "drill", "simulated")),
    "works": (rest_works.list_works, "works", (
        "code", "title", "kind", "state", "starts_at", "ends_at", "hours", "area", "address", "radius_m", "unit", "operator", "note", "lon",
        "lat", "source", "simulated")),
    "duty-log": (rest_duty_log.list_entries, "entries", (
        "id", "at", "text", "by", "written_at", "amended", "left_out", "why", "area", "signed", "drill", "simulated")),
    "morning-report": (rest_duty_log.list_reports, "reports", (
        "id", "day", "since", "until", "area", "alerts", "incidents", "opened", "closed", "overdue", "made_by", "made_at", "hash",
        "simulated")),
}  # fmt: skip


def get_export(call: Call) -> Answer:
    """`{ledger}.csv` or `{ledger}.xlsx`; that somebody took it stands in the audit."""
    name, _, form = call.path["file"].rpartition(".")
    if name not in _LEDGERS or form not in {"csv", "xlsx"}:
        raise NotFound(f"no file '{call.path['file']}': there are {', '.join(_LEDGERS)}, each as .csv and .xlsx")
    asked = dict(call.query)
    language = asked.pop("lang", LANGUAGES[0])
    if language not in LANGUAGES:
        raise Invalid(f"lang: one of {', '.join(LANGUAGES)}")
    say, (_, _, columns) = texts()[language], _LEDGERS[name]
    rows = _rows(replace(call, query={word: value for word, value in asked.items() if word not in {"limit", "next", "format"}}), name)
    cells = [[_cell(call, name, column, row, say) for column in columns] for row in rows]
    sheet = Sheet(say(f"ledgers.tab.{name}"), [say(f"ledgers.column.{column}") for column in columns], cells)
    audit.append(call.connection, Act("export", call.scope, call.now, address=call.address), "ledger", name, call.scope.areas[0],
                 detail={"rows": len(rows), "format": form})  # fmt: skip
    body, kind = (write_csv(sheet), CSV) if form == "csv" else (write_xlsx(sheet, call.now), XLSX)
    file = f"{name}-{call.now.astimezone(call.config.area.zone):%Y%m%d-%H%M}.{form}"
    return Answer(body, headers={"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}, media_type=kind)


def _rows(call: Call, name: str) -> list[dict[str, Any]]:
    """All of a list, page by page. Raises `Invalid` for more than a spreadsheet is the right thing for."""
    read, key, _ = _LEDGERS[name]
    rows: list[dict[str, Any]] = []
    more: str | None = ""
    while more is not None:
        query = {**call.query, "limit": str(_A_PAGE), **({"next": more} if more else {})}
        body = read(replace(call, query=query)).body
        rows, more = rows + body[key], body["next"]
        if len(rows) > _MOST:
            raise Invalid(f"more than {_MOST} rows: name a span, an area or a stage")
    return rows


def _cell(call: Call, ledger: str, column: str, row: Mapping[str, Any], say: Text) -> Cell:
    """A value in words: codes by their labels, times in the city's zone."""
    value = row.get(column)
    match column:
        case "stage" | "level" | "risk" | "told" | "satisfaction":
            noun = ledger.removesuffix("s")
            return _word(say, f"ledgers.{noun}.{column}", value)
        case "state":
            return _word(say, "ledgers.work.state", value)
        case "kind":
            kind = (call.config.planned_works.kinds if ledger == "works" else call.config.ledgers.enterprise_kinds).get(str(value))
            return say.label(kind) if kind else str(value)
        case "unit":
            return (row.get("unit_en") if say.language == "en" else "") or value
        case "amended":
            return _amended(row["amendments"], call)
        case "signed":
            return _signed(row["signature"], call)
        case "contacted" | "solved" if value is not None:  # that nobody was asked is an empty cell; a no is told
            return say("ledgers.yes" if value else "ledgers.no")
    return _plain(value, call, say)


def _plain(value: object, call: Call, say: Text) -> Cell:
    if isinstance(value, bool):
        return say("ledgers.yes") if value else ""
    if isinstance(value, datetime):
        return value.astimezone(call.config.area.zone).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, str | int | float) or value is None else str(value)


def _word(say: Text, prefix: str, code: object) -> str:
    return "" if code is None else say.texts.get(f"{prefix}.{code}", str(code))


def _amended(amendments: Sequence[Mapping[str, Any]], call: Call) -> str:
    return "\n".join(f"{_when(one['at'], call)} {one['by']}: {one['why']}" for one in amendments)


def _signed(signature: Mapping[str, Any] | None, call: Call) -> str:
    return f"{signature['from']} → {signature['to']} {_when(signature['signed_at'], call)}" if signature else ""


def _when(at: str, call: Call) -> str:
    return datetime.fromisoformat(at).astimezone(call.config.area.zone).strftime("%m-%d %H:%M")
