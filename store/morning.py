"""The morning report (早报): gathers the facts of a day and a night, and keeps them with the papers made of them, as they were.

Which facts are told and how decides `dispatch.morning`. A report is never made anew: another press of the button is another report.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import NotAllowed, NotFound
from core.model import Scope
from core.text import Text
from dispatch.morning import compose, last_due
from dispatch.paper import to_plain
from store import audit, derived
from store.acts import Act
from store.derived import Asked
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

DAY = timedelta(hours=24)
MAKERS = frozenset({"leader", "duty", "dispatcher", "supervisor"})
_ROWS = 10  # of a list that is told
_OLD = timedelta(days=7)  # a warning without an end is none any more
_CLASSES = 5
_WATER_GOOD = 3.0  # class III and better


def gather(connection: Connection, scope: Scope, until: datetime, now: datetime) -> dict[str, Any]:
    """The facts of the 24 hours before `until`, of what the scope sees, as JSON values. What nobody measured is null."""
    since = until - DAY
    of = {"areas": prefixes(scope), "since": since, "until": until, "before": since - DAY}
    few = {"areas": prefixes(scope), "limit": _ROWS}
    alerts, incidents, cases = (
        queries.morning_alerts(connection, **of),
        queries.morning_incidents(connection, **of),
        queries.morning_cases(connection, **of),
    )
    hotline, hazards = queries.morning_hotline(connection, **of), queries.morning_hazards(connection, **of)
    orders = list(queries.morning_orders(connection, areas=prefixes(scope), limit=200))
    warnings = list(queries.morning_warnings(connection, **of, old=until - _OLD, limit=_ROWS))
    area = scope.areas[0]
    found = {
        "area": area, "area_name": _name(connection, area), "since": since, "until": until, "made_at": now,
        "alerts": alerts,
        "incidents": {**incidents, "list": list(queries.morning_open_incidents(connection, **few))},
        "cases": {**cases, "list": list(queries.morning_overdue_cases(connection, **few)),
                  "classes": list(queries.morning_classes(connection, **of, limit=_CLASSES))},
        "hotline": hotline, "orders": orders,
        "hazards": {**hazards, "list": list(queries.morning_due_hazards(connection, areas=prefixes(scope), soon=until + DAY, limit=200))},
        "warnings": warnings,
        "air": _air(connection, scope, since, until), "water": _water(connection, scope, since, until),
        "log": list(queries.morning_log(connection, **of, limit=_ROWS)),
        "simulated": any(one["simulated"] for one in (alerts, incidents, cases, hotline, hazards, *orders, *warnings)),
    }  # fmt: skip
    found["areas"] = _names(connection, found)
    plain: dict[str, Any] = json.loads(json.dumps(found, default=_plain))
    return plain


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _name(connection: Connection, area: str) -> str:
    row = queries.morning_area(connection, code=area)
    return str(row["name"]) if row else area


def _names(connection: Connection, found: Mapping[str, Any]) -> dict[str, str]:
    """The streets of what is listed."""
    codes = {row["area"][:9] for part in ("incidents", "cases", "hazards") for row in found[part]["list"]}
    return {code: _name(connection, code) for code in sorted(codes)}


def _figures(connection: Connection, scope: Scope, figure: list[str], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Derived figures of the span, the newest first."""
    wanted = Filter({"figure": figure}, since=since, until=until + timedelta(seconds=1), limit=1000)
    return derived.list_figures(connection, scope, Asked(wanted, until + DAY))


def _air(connection: Connection, scope: Scope, since: datetime, until: datetime) -> dict[str, Any]:
    """The newest index of the scope's own area; unknown where none of its hours had one."""
    rows = _figures(connection, scope, ["aqi_hour_area"], since, until)
    known = next((row for row in rows if row["subject"] == scope.areas[0] and row["value"] is not None), None)
    if known is None:
        return {"value": None, "level": None, "primary": None, "at": None}
    return {"value": known["value"], "level": known["of"].get("level"), "primary": known["text"], "at": known["at"]}


def _water(connection: Connection, scope: Scope, since: datetime, until: datetime) -> dict[str, Any]:
    """How many sections are of class III or better in their newest figure, and which are not."""
    newest: dict[str, dict[str, Any]] = {}
    for row in _figures(connection, scope, ["water_class_hour"], since, until):
        if row["value"] is not None:
            newest.setdefault(row["subject"], row)
    poor = [{"name": name, "text": row["text"]} for name, row in sorted(newest.items()) if row["value"] > _WATER_GOOD]
    return {"of": len(newest), "good": len(newest) - len(poor), "poor": poor[:_ROWS]}


def make(connection: Connection, act: Act, config: Config, texts: Mapping[str, Text]) -> int:
    """A report of the last 24 hours for the caller's areas; its id. Raises `NotAllowed`."""
    if act.scope.role not in MAKERS:
        raise NotAllowed(f"a morning report is made by {', '.join(sorted(MAKERS))}")
    report_id = _keep(connection, act.scope, act.now, act, config, texts)
    assert report_id is not None
    audit.append(connection, act.named("make"), "morning_report", report_id, act.scope.areas[0])
    return report_id


def make_due(connection: Connection, config: Config, texts: Mapping[str, Text], now: datetime) -> int | None:
    """The city's report of today once its hour has come; None: it stands already, or nobody waits for one. Idempotent."""
    at = config.ledgers.morning_time
    due = last_due(now, at, config.area.zone) if at else None
    if due is None or queries.morning_done(connection, area=config.area.code, day=_day(due, config)):
        return None
    scope = Scope("system", (config.area.code,))
    return _keep(connection, scope, due, Act("make", scope, now), config, texts)


def _keep(
    connection: Connection, scope: Scope, until: datetime, act: Act, config: Config, texts: Mapping[str, Text]
) -> int | None:  # fmt: skip
    by_itself = scope.account_id is None and scope.role == "system"
    whole = scope.areas[0] == config.area.code
    told = gather(connection, scope, until, act.now)
    told |= {"made_by": "" if by_itself else act.by, "area_name_en": config.area.name_en if whole else ""}
    papers = {language: to_plain(compose(told, say, config.area.zone, config.classes)) for language, say in texts.items()}
    report_id: int | None = queries.morning_add(
        connection, area=scope.areas[0], day=_day(until, config), since=until - DAY, until=until, now=act.now, made_by=told["made_by"],
        by_itself=by_itself, facts=Jsonb(told), papers=Jsonb(papers), hash=hash_facts(told),
    )  # fmt: skip
    return report_id


def _day(at: datetime, config: Config) -> Any:
    return at.astimezone(config.area.zone).date()


def hash_facts(told: Mapping[str, Any]) -> str:
    """SHA-256 over the facts as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def list_reports(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """The newest first: when, by whom, and the figures a row shows."""
    return list(queries.morning_list(connection, **wanted.columns(scope)))


def get_report(connection: Connection, scope: Scope, report_id: int) -> dict[str, Any]:
    """One report with its facts and its papers by language; `intact`: the facts are those it was made of. Raises `NotFound`."""
    row = queries.morning_get(connection, report_id=report_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no morning report {report_id}")
    return {**row, "intact": hash_facts(row["facts"]) == row["hash"]}
