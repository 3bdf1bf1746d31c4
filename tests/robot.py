"""A robot's own arithmetic: what every figure of a wall must be, from the API's snapshot and from the tables. Shares no code with the screens.

A figure that the tables do not tell alone (yesterday's curve, classes of cells) is held against the API only.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from core.config import Config

# What only the browser knows: how long a delta travelled, and how many cells moved before its eyes.
OF_THE_BROWSER = frozenset({"latency_ms", "data_age_s", "cells_per_second"})
STEPS = {
    "accept": ("reported", "pre_checking", "accepted", "registered"),
    "dispatch": ("dispatched",),
    "handle": ("handling", "on_site", "suspended"),
    "check": ("finished", "fed_back", "checking", "checked"),
}
_DOMAIN = (
    "devices online silent a1 a2 a3 a4 a5 unack cases_open cases_overdue cases_today closed_today closed_in_time due_today reports_today rs rn"
).split()
Figures = dict[str, float | None]


def domain_of(row: Mapping[str, Any], config: Config) -> str | None:
    known = config.classes.get(row.get("class_code") or "")
    return row.get("domain") or (known.domain if known else None)


def from_snapshot(snapshot: Mapping[str, Any], config: Config, domain: str | None) -> Figures:
    """Every figure of the wall of the city (None) or of a domain, from one answer of `GET /snapshot`."""
    told = [part["figures"] for part in snapshot["streets"].values() if "figures" in part]
    flat = [_flat(figures, domain) for figures in told]
    total = {name: sum(one[name] for one in flat) for name in flat[0]}
    rows = {
        name: [row for part in snapshot["streets"].values() for row in part.get(name, ())]
        for name in ("alerts", "cases", "incidents", "reports")
    }
    mine = {name: [row for row in of if _is_mine(row, config, domain)] for name, of in rows.items()}
    found: Figures = {f"alerts_open_{n}": total[f"a{n}"] for n in range(1, 6)}
    found["alerts_open"] = sum(total[f"a{n}"] for n in range(1, 5))
    found |= {name: total[name] for name in ("cases_open", "cases_overdue", "cases_today", "closed_in_time", "due_today", "reports_today")}
    found |= {"alerts_unack": total["unack"], "response_samples": total["rn"], "loop_closed": total["closed_today"]}
    found |= {f"devices_{name}": total[name if name != "total" else "devices"] for name in ("online", "silent", "total")}
    found["in_time_rate"] = _share(total["closed_in_time"], total["due_today"])
    found["online_rate"] = _share(total["online"], total["devices"])
    found["response_mean"] = total["rs"] / total["rn"] / 60 if total["rn"] else None
    found["readings_minute"] = sum(figures["readings_minute"] for figures in told)
    return found | _vitals(told, config) | _signals(snapshot, domain) | _lists(mine, snapshot, config) | _rest(snapshot)


def _flat(figures: Mapping[str, Any], domain: str | None) -> dict[str, float]:
    if domain:
        return dict(zip(_DOMAIN, figures["domains"][domain], strict=True))
    alerts = {f"a{n}": figures["alerts"][str(n)] for n in range(1, 6)}
    return {
        **{name: figures[name] for name in _DOMAIN if name in figures},
        **alerts,
        "rs": figures["response_s"][0],
        "rn": figures["response_s"][1],
    }


def _is_mine(row: Mapping[str, Any], config: Config, domain: str | None) -> bool:
    return not row.get("drill") and (domain is None or domain_of(row, config) == domain or row.get("channel") == "weather")


def _share(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None


def _vitals(told: Iterable[Mapping[str, Any]], config: Config) -> Figures:
    found: Figures = {}
    for vital in config.screens.vitals:
        known = [figures["vitals"][vital.metric] for figures in told if figures["vitals"].get(vital.metric, [0, 0])[1]]
        folds = {
            "sum": sum(one[0] for one in known),
            "min": min((one[2] for one in known), default=0),
            "max": max((one[3] for one in known), default=0),
        }
        folds["mean"] = folds["sum"] / sum(one[1] for one in known) if known else 0
        found[f"{vital.metric}_{vital.fold}"] = folds[vital.fold] if known else None
    return found


def _signals(snapshot: Mapping[str, Any], domain: str | None) -> Figures:
    trend = snapshot["trend"]
    days = trend["domains"][domain] if domain else trend
    now = int(datetime.fromisoformat(snapshot["at"]).timestamp())
    running = now - now % trend["bucket_s"]
    known = bool(days["today"] or days["yesterday"])
    before = sum(n for at, n in days["yesterday"] if at < running - 86_400)
    until = sum(n for at, n in days["today"] if at < running)
    return {
        "signals_today": sum(n for _, n in days["today"]) if known else None,
        "signals_quarter": dict(days["today"]).get(running, 0) if known else None,
        "signals_change": 100 * (until - before) / before if before else None,
    }


def _lists(rows: Mapping[str, list[Mapping[str, Any]]], snapshot: Mapping[str, Any], config: Config) -> Figures:
    found: Figures = {f"loop_{step}": sum(row["stage"] in stages for row in rows["cases"]) for step, stages in STEPS.items()}
    found |= {"incidents_open": len(rows["incidents"]), "incidents_unowned": sum(not row["owner_id"] for row in rows["incidents"])}
    found["reports_open"] = sum(row["stage"] == "open" for row in rows["reports"])
    ends = [(row["ended_at"], row["ends_at"]) for row in rows["reports"] if row["channel"] == "weather"]
    now = datetime.fromisoformat(snapshot["at"])
    found["warnings_open"] = sum(not ended and (not due or datetime.fromisoformat(due) > now) for ended, due in ends)
    for name, tile in config.screens.tiles.items():
        of = [
            row
            for row in rows.get(tile.count or "", ())
            if row.get("verdict") != "test" and (tile.count != "alerts" or row["severity"] < 5)
        ]
        of = [row for row in of if not tile.classes or row["class_code"] in tile.classes]
        found[name] = len([row for row in of if not tile.channels or row["channel"] in tile.channels]) if tile.count else None
    return found


def _rest(snapshot: Mapping[str, Any]) -> Figures:
    """What comes with the snapshot alone, and the classes of the cells of the measure a wall begins with."""
    found: Figures = {f"weather_{name}": (snapshot["weather"] or {}).get(name) for name in ("temperature", "wind_speed", "pm25")}
    found["path"] = snapshot["path"]["seconds"] if snapshot["path"]["ok"] else None
    return found


def cells_of(snapshot: Mapping[str, Any], measure: str) -> Figures:
    """Cells by class of one measure."""
    classes = [number for part in snapshot["streets"].values() for number in part.get("cells", {}).get(measure, ((), ()))[1]]
    found: Figures = {f"cells_{n}": classes.count(n) for n in range(6)}
    found |= {"cells_unknown": classes.count(-1), "cells_total": len(classes)}
    told = any(measure in part.get("cells", {}) for part in snapshot["streets"].values())
    return found if told else dict.fromkeys(found)  # a measure nobody tells is not nought cells


def from_tables(database: psycopg.Connection[dict[str, Any]], config: Config, domain: str | None, now: datetime) -> tuple[int, Figures]:
    """The last number told, and what the tables themselves say at that moment, by questions of its own."""
    day = now.astimezone(ZoneInfo(config.area.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    classes = [code for code, one in config.classes.items() if one.domain == domain]
    given = {"domain": domain, "classes": classes, "day": day, **{step: list(stages) for step, stages in STEPS.items()}}
    with database.transaction():
        database.execute("set transaction isolation level repeatable read")
        sequence = database.execute("select sequence from live_cursor").fetchone()
        answers = [database.execute(query, given).fetchone() for query in _QUESTIONS]
        signs = {f"{one.metric}_{one.fold}": _sign(database, one.metric, one.fold) for one in config.screens.vitals}
    assert sequence is not None
    figures = {name: None if value is None else float(value) for answer in answers for name, value in (answer or {}).items()}
    return int(sequence["sequence"]), figures | signs


def _sign(database: psycopg.Connection[dict[str, Any]], metric: str, fold: str) -> float | None:
    folded = {"mean": "avg", "max": "max", "min": "min", "sum": "sum"}[fold]
    query = (f"select {folded}(s.value) as value from device_states s join metrics m using (metric_id) join devices d using (device_id)"
             " where m.metric = %s and s.quality = 0 and s.value is not null and d.silent_at is null and not d.probe")  # fmt: skip
    row = database.execute(query, [metric]).fetchone()
    return None if row is None or row["value"] is None else float(row["value"])


_MINE, _CLASSED = "(%(domain)s::text is null or domain = %(domain)s)", "(%(domain)s::text is null or class_code = any (%(classes)s))"
_REAL = "not drill and not probe and verdict is distinct from 'test'"
_QUESTIONS = (
    f"""select count(*) as devices_total, count(*) filter (where silent_at is not null) as devices_silent,
        count(*) filter (where silent_at is null and presence is distinct from 'offline'
                         and exists (select from device_states s where s.device_id = d.device_id)) as devices_online
        from devices d where not probe and {_MINE}""",
    f"""select count(*) filter (where severity < 5) as alerts_open, {", ".join(f"count(*) filter (where severity = {n}) as alerts_open_{n}" for n in range(1, 6))},
        count(*) filter (where severity < 5 and hold = 'none' and stage in ('unack', 'rtn_unack')) as alerts_unack
        from alerts where stage <> 'normal' and {_REAL} and {_MINE}""",
    f"select count(*) as response_samples from alerts where acked_at >= %(day)s and {_REAL} and {_MINE}",
    f"""select count(*) filter (where closed_at is null) as cases_open, count(*) filter (where closed_at is null and overdue_at is not null) as cases_overdue,
        count(*) filter (where opened_at >= %(day)s and stage not in ('voided', 'declined')) as cases_today,
        count(*) filter (where closed_at >= %(day)s and stage not in ('voided', 'declined')) as loop_closed,
        {", ".join(f"count(*) filter (where closed_at is null and stage = any (%({step})s)) as loop_{step}" for step in STEPS)}
        from cases where not drill and {_CLASSED}""",
    f"""select count(*) as incidents_open, count(*) filter (where owner_id is null) as incidents_unowned
        from incidents where stage in ('open', 'confirmed', 'handling') and not drill and {_MINE}""",
    f"select count(*) as reports_today from reports where received_at >= %(day)s and not drill and not history and {_CLASSED}",
    """select count(*) as signals_today from (select raised_at from alerts where raised_at >= %(day)s and severity < 5 and not drill and not probe
         and verdict is distinct from 'test' and (%(domain)s::text is null or domain = %(domain)s)
       union all select observed_at from reports where observed_at >= %(day)s and not drill and not history
         and (%(domain)s::text is null or class_code = any (%(classes)s))) s""",
)


def faults(shown: Iterable[Mapping[str, str]], law: Figures, whose: str) -> list[str]:
    """Where what a wall shows is not what the law says; figures without a law are left to the caller."""
    found = []
    for figure in shown:
        if figure["name"] not in law:
            continue
        wanted, value = law[figure["name"]], figure["value"]
        same = value == "" if wanted is None else value != "" and abs(float(value) - wanted) <= 6e-4 + 1e-9 * abs(wanted)
        if not same:
            found.append(f"{figure['name']} shows {value or '—'}, {whose} says {wanted}")
    return found


def utc_now() -> datetime:
    return datetime.now(UTC)
