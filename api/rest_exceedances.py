"""Exceedance statistics over HTTP: how many hours were beyond a limit, by device, class, street or in the course of time, and those hours.

Two counts, never one for the other: hours whose mean was beyond, and hours in which some reading was. Hours without enough readings are
in neither; how many hours could be judged stands beside, so that a silent device looks like no well-behaved one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from alerts import hour_limits
from alerts.hour_limits import HourLimit
from api.call import AREA, PAGE, SPAN, Answer, Call, Param, read_cursor, read_params, write_cursor
from api.rest_analysis import Stretch, course_edges, stretches
from api.rest_indicators import class_labels, read_period
from core.errors import Invalid
from dispatch import periods
from store import exceedances, indicators
from store.exceedances import PARTS, Asked
from store.rulebook import Rulebook

BY = ("device", "limit", "class", "street", "kind", "course")
_LONGEST = timedelta(days=93)  # an hour is a row of every device: a year of a city is a question for a night
_MOST = 500
_PERIOD = (Param("period", f"{', '.join(periods.KINDS[:4])}; week unless given"), Param("at", "a day in it; now unless given"), *SPAN)
_CHOICE = (
    AREA, Param("metric", "one or more metrics", "list"), Param("limits", "keys of limits, as `limits` of the answer names them", "list"),
    Param("class", "class codes of rules, or their beginnings", "list"), Param("device", "one device"),
)  # fmt: skip
TALLY_PARAMS = (Param("by", ", ".join(BY)), *_PERIOD, *_CHOICE)
ROWS_PARAMS = (
    Param("part", f"{', '.join(PARTS)}: hours beyond by their mean, touched by a reading, with enough readings, with any"),
    *_PERIOD, *_CHOICE, *PAGE,
)  # fmt: skip
_SUMS = ("told", "judged", "beyond", "touched")


def get_exceedances(call: Call) -> Answer:
    """Hours beyond by one dimension, the most first, beside the same stretch of the period before."""
    wanted = read_params(TALLY_PARAMS, call.query)
    by = wanted.pop("by", "device")
    if by not in BY:
        raise Invalid(f"by: one of {', '.join(BY)}")
    chosen = choose(call, wanted)
    spans = read_span(call, wanted)
    asked = {name: _asked(call, chosen, one, wanted) for name, one in spans.items()}
    rows = exceedances.tally(call.connection, call.scope, asked["now"])
    then = exceedances.tally(call.connection, call.scope, asked["before"])
    body = {
        "by": by, "as_of": call.now, **spans["now"].shape(), "elapsed": round(spans["now"].period.elapsed(call.now), 4),
        "ends": spans["now"].period.until, "before": spans["before"].shape(), "hours": round(spans["now"].seconds / 3600, 2),
        "limits": [{**one.shape(), **_metric(call, one.metric)} for one in chosen],
        "total": _sums(rows, then), "rows_at": {name: _link(wanted, one) for name, one in spans.items()},
    }  # fmt: skip
    if by == "course":
        return Answer({**body, "rows": _course(call, asked["now"], spans["now"])})
    found = sorted(
        _grouped(call, by, asked["now"], rows, then), key=lambda row: (-row["beyond"], -row["touched"], -row["judged"], row["key"])
    )
    return Answer({**body, "rows": found[:_MOST], "left_out": max(0, len(found) - _MOST)})


def choose(call: Call, wanted: dict[str, Any]) -> list[HourLimit]:
    """The limits a request is about: of the rules in force, of devices themselves, of permits, less what it leaves out."""
    metrics, keys, classes = (wanted.pop(name, None) for name in ("metric", "limits", "class"))
    config = Rulebook(call.config).open(call.connection).config
    day = call.now.astimezone(config.area.zone).date()
    known = [*hour_limits.of_rules(config.rules), *hour_limits.of_levels(config.rules), *exceedances.permits(call.connection, day)]
    wanted |= {"told": {"metric": metrics, "limits": keys, "class": classes}}
    return [
        one for one in known
        if (not metrics or one.metric in metrics) and (not keys or one.key in keys)
        and (not classes or any((one.class_code or "").startswith(code) for code in classes))
    ]  # fmt: skip


def _asked(call: Call, chosen: Sequence[HourLimit], stretch: Stretch, wanted: Mapping[str, Any]) -> Asked:
    asked = Asked(chosen, stretch.since, stretch.until, call.config.area.zone, wanted.get("area", ""), wanted.get("device"))
    return exceedances.with_own(call.connection, call.scope, asked)


def read_span(call: Call, wanted: dict[str, Any]) -> dict[str, Stretch]:
    """now and before, in whole hours of what is over. Raises `Invalid` for more than a quarter."""
    if "period" not in wanted and "from" not in wanted and "to" not in wanted:
        wanted["period"] = "week"
    period = read_period(call, wanted, "cases")
    if period.until - period.since > _LONGEST:
        raise Invalid(f"at most {_LONGEST.days} days at once")
    found = stretches(call, period, period.since, call.now)
    return {name: replace(found[name], known=True) for name in ("now", "before")}


def _metric(call: Call, metric: str) -> dict[str, Any]:
    one = call.config.metrics.get(metric)
    if one is None:
        return {"unit": "", "metric_label": metric, "metric_label_en": metric, "decimals": 2}
    return {"unit": one.unit, "metric_label": one.label, "metric_label_en": one.label_en, "decimals": one.decimals}


def _sums(rows: Iterable[Mapping[str, Any]], then: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    now, before = list(rows), list(then)
    told = {name: sum(row[name] for row in now) for name in _SUMS}
    earlier = {name: sum(row[name] for row in before) for name in _SUMS}
    return {
        **told, "devices": len({row["device"] for row in now}), "simulated": any(row["simulated"] for row in now),
        "share": round(told["beyond"] / told["judged"], 4) if told["judged"] else None,
        "before": {**earlier, "share": round(earlier["beyond"] / earlier["judged"], 4) if earlier["judged"] else None},
    }  # fmt: skip


def _grouped(
    call: Call, by: str, asked: Asked, rows: Sequence[Mapping[str, Any]], then: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Sums by a key; by device the limit belongs to the key, so that hours beyond two levels of one rule stand in two rows."""
    limits = {one.key: one for one in asked.limits}
    key_of: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
        "device": lambda row: f"{row['device']}|{row['limit_id']}", "limit": lambda row: str(row["limit_id"]),
        "class": lambda row: limits[row["limit_id"]].class_code or "none", "street": lambda row: str(row["area"][:9]),
        "kind": lambda row: row["kind"] or "none",
    }  # fmt: skip
    groups: dict[str, tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {}
    for place, found in enumerate((rows, then)):
        for row in found:
            groups.setdefault(key_of[by](row), ([], []))[place].append(row)
    called = indicators.names(call.connection, by, groups) if by == "street" else {}
    labels = class_labels(call.config)
    own: dict[str, list[float]] = {}
    for one in asked.own if by == "device" else ():
        own.setdefault(f"{one.device}|{one.key}", []).append(one.number)
    return [
        {"key": key, **_named(by, key, now or earlier, called, labels, limits), **({"own": sorted(set(own[key]))} if key in own else {}),
         **_sums(now, earlier), **_worst(now)}
        for key, (now, earlier) in groups.items()
    ]  # fmt: skip


def _named(
    by: str, key: str, rows: Sequence[Mapping[str, Any]], called: Mapping[str, tuple[str, str]], labels: Mapping[str, tuple[str, str]],
    limits: Mapping[str, HourLimit],
) -> dict[str, Any]:  # fmt: skip
    one = rows[0]
    if by == "device":
        return {"name": one["name"], "name_en": "", "device": one["device"], "limit": one["limit_id"], "area": one["area"]}
    if by == "limit":
        return {"name": limits[key].label, "name_en": limits[key].label_en, "limit": key}
    name, name_en = {"class": labels, "street": called}.get(by, {}).get(key, ("" if key == "none" else key, ""))
    return {"name": name, "name_en": name_en}


def _worst(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The worst reading, where all rows are of one limit, and the last hour in which some reading was beyond."""
    last = max((row["last_at"] for row in rows if row["last_at"]), default=None)
    alone = rows[0]["worst"] if len(rows) == 1 else None
    return {"worst": alone, "last_at": last}


def _course(call: Call, asked: Asked, stretch: Stretch) -> list[dict[str, Any]]:
    edges = course_edges(stretch.period, stretch)
    found = exceedances.course(call.connection, call.scope, asked, edges)
    ends = (*edges[1:], stretch.until)
    nothing = dict.fromkeys(("judged", "beyond", "touched"), 0)
    return [
        {"key": since.isoformat(), "from": since, "to": until, **found.get(place, nothing)}
        for place, (since, until) in enumerate(zip(edges, ends, strict=True), 1)
    ]


def _link(wanted: Mapping[str, Any], stretch: Stretch) -> str:
    """Where the hours are; the reader adds `part`, `device` and `limits`."""
    query = {"from": stretch.since.isoformat(), "to": max(stretch.until, stretch.since + timedelta(seconds=1)).isoformat()}
    query |= {name: ",".join(value) for name, value in wanted["told"].items() if value}
    query |= {name: wanted[name] for name in ("area", "device") if wanted.get(name)}
    return f"/exceedances/rows?{urlencode(query)}"


def list_rows(call: Call) -> Answer:
    """The hours behind a count, newest first, each with its limit."""
    wanted = read_params(ROWS_PARAMS, call.query)
    part, limit, place = wanted.pop("part", PARTS[0]), wanted.pop("limit", 100), read_cursor(wanted.pop("next", None), str, str, str)
    if part not in PARTS:
        raise Invalid(f"part: one of {', '.join(PARTS)}")
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    chosen, period = choose(call, wanted), read_span(call, wanted)["now"]
    asked = _asked(call, chosen, period, wanted)
    after = (datetime.fromisoformat(place[0]), place[1], place[2]) if place else None
    rows = exceedances.list_rows(call.connection, call.scope, asked, part, after, limit)
    body: dict[str, Any] = {"part": part, "rows": rows, "limits": [{**one.shape(), **_metric(call, one.metric)} for one in chosen]}
    body["next"] = write_cursor(rows[-1]["hour"].isoformat(), rows[-1]["device"], rows[-1]["limit_id"]) if len(rows) >= limit else None
    if not place:
        body["count"] = sum(row[part] for row in exceedances.tally(call.connection, call.scope, asked))
    return Answer(body)
