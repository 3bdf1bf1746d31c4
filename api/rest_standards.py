"""A city's class standards over HTTP: the table as it holds, and a new one from a file, told before it is taken. Decides no deadline."""

from typing import Any

from api.call import Answer, Call, Param, read_params
from api.problems import demand_seen, make_etag
from api.sent_table import APPLY_PARAM, FILE_PARAM, MOST_ROWS, WHY_PARAM, read_why, sent_table
from api.whole_city import demand_whole_city
from core.errors import Invalid
from dispatch import standards as tables
from dispatch.standards import COMPONENT, EVENT
from geodata.tables import read_table
from store import audit, standards
from store.acts import Act

STANDARDS_PARAMS = (
    Param("kind", f"{EVENT} or {COMPONENT}"), Param("class_code", "4 digits"),
    Param("ended", "also what the city's table has no more", "boolean"),
)  # fmt: skip
FILE_PARAMS = (Param("kind", f"{EVENT} or {COMPONENT}: which of the two tables it replaces"), FILE_PARAM, APPLY_PARAM, WHY_PARAM)
_MOST_FAULTS = 500


def list_standards(call: Call) -> Answer:
    """Class × condition with limit, units and closing condition; `lead_unit` is a unit's code, null where none of those named is known."""
    wanted = read_params(STANDARDS_PARAMS, call.query)
    kind = _kind(wanted.get("kind")) if wanted.get("kind") else None
    found = standards.list_standards(call.connection, kind, wanted.get("class_code"), bool(wanted.get("ended")))
    return Answer({"standards": found})


def post_standards(call: Call) -> Answer:
    """What a file would change in one of the two tables (what stands is the ETag), and with `apply`, by whoever saw that (`If-Match`) and
    says `why`, the change; with one fault nothing is taken."""
    demand_whole_city(call)
    wanted = read_params(FILE_PARAMS, call.query)
    kind = _kind(wanted.get("kind"))
    with sent_table(call, wanted.get("file")) as (path, source):
        table = read_table(path, tables.HEADINGS, *tables.KEYS, most=MOST_ROWS)
    found, faults = tables.read_rows(table.rows, kind)
    applied = bool(wanted.get("apply") and found)
    version = standards.read_version(call.connection, kind, lock=applied)
    changes = standards.compare(call.connection, kind, found) if found else standards.Changes()
    if applied:
        act = Act("import", call.scope, call.now, read_why(wanted), address=call.address)
        demand_seen(call.headers.get("If-Match"), version)
        standards.take(call.connection, changes, source, call.now)
        audit.append(call.connection, act, "standards", kind, call.config.area.code, detail={"file": source, **_counts(changes)})
    return Answer({
        "kind": kind,
        "rows": len(table.rows),
        "applied": applied,
        "faults": [fault._asdict() for fault in faults[:_MOST_FAULTS]],
        "counts": {"faults": len(faults), **_counts(changes)},
        "added": changes.added,
        "changed": changes.changed,
        "ended": changes.ended,
    }, headers={"ETag": make_etag(version)})  # fmt: skip


def _counts(changes: standards.Changes) -> dict[str, int]:
    saved = changes.saved
    return {"added": saved.added, "changed": saved.changed, "ended": saved.ended, "unchanged": saved.unchanged}


def _kind(word: Any) -> str:
    if word not in (EVENT, COMPONENT):
        raise Invalid(f"kind: {EVENT} or {COMPONENT}")
    return str(word)
