"""Data quality and derived figures over HTTP: the worst devices first, and every figure with its inputs and its version."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_cursor, read_filter, read_params, read_time, write_cursor
from core.errors import Invalid
from core.model import DOMAINS
from store import derived, hours, quality

FIGURES = (
    "aqi_hour", "aqi_hour_area", "aqi_day", "aqi_day_area", "water_class_hour", "water_class_day", "water_target_hour", "water_target_day",
    "permit_hour", "permit_day", "noise_hour", "dust_hour", "dust_day", "rain_1h", "rain_3h", "rain_6h", "rain_12h", "rain_24h",
    "river_state", "rain_signal_area", "wind_signal_area", "heat_signal_area",
)  # fmt: skip
QUALITY_PARAMS = (
    AREA,
    Param("hour", "a moment in the hour asked for; the newest measured one unless given", "time"),
    Param("domain", ", ".join(DOMAINS)),
    Param("device", "one device: its last 24 hours, and its metrics in the newest of them"),
    *PAGE,
)
DERIVED_PARAMS = (
    AREA,
    *SPAN,
    Param("figure", "one or more, comma-separated: " + ", ".join(FIGURES), "list"),
    Param("subject", "a device (with its metrics as device/metric for permits), or the code of an area for figures named …_area"),
    Param("as_of", "in the version that held at this moment", "time"),
    *PAGE,
)
_DEFAULT_SPAN = timedelta(hours=24)


def get_quality(call: Call) -> Answer:
    """Feeds in the present hour and the one before, devices in the newest hour measured; `null` is not measured, never zero."""
    wanted = read_params(QUALITY_PARAMS, call.query)
    if wanted.get("domain", "urban") not in DOMAINS:
        raise Invalid(f"domain: one of {', '.join(DOMAINS)}")
    asked, device = wanted.pop("hour", None), wanted.pop("device", None)
    if device is not None:
        until = hours.hour_of(asked) + hours.HOUR if asked else call.now
        return Answer(quality.read_device(call.connection, call.scope, device, until - _DEFAULT_SPAN, until))
    after = read_cursor(wanted.get("next"), float, int)
    hour = hours.hour_of(asked) if asked else quality.latest_hour(call.connection, call.now)
    filter_ = read_filter(wanted)
    body: dict[str, Any] = {"hour": hour, "totals": None, "devices": [], "next": None, "feeds": _feeds(call)}
    if hour is not None:
        body["totals"] = quality.read_totals(call.connection, call.scope, filter_, hour)
        place = (float(after[0]), int(after[1])) if after else (-1.0, 0)
        rows = quality.list_devices(call.connection, call.scope, filter_, hour, place)
        body["devices"] = rows
        if len(rows) >= filter_.limit:
            last = rows[-1]["usable"]
            body["next"] = write_cursor(2.0 if last is None else last, rows[-1]["id"])
    return Answer(body)


def _feeds(call: Call) -> list[dict[str, Any]]:
    """One row a feed of the configuration that brought something: what was counted in this hour and in the one before."""
    present = hours.hour_of(call.now)
    now = quality.list_feeds(call.connection, present, present + hours.HOUR)
    before = quality.list_feeds(call.connection, present - hours.HOUR, present)
    return [
        {"feed": feed, **call.config.feed_label(feed), "since": present, "counts": now.get(feed, {}), "hour_before": before.get(feed, {})}
        for feed in sorted({*now, *before})
    ]


def list_derived(call: Call) -> Answer:
    """Newest first, of the last 24 hours unless told otherwise."""
    wanted = read_params(DERIVED_PARAMS, call.query)
    unknown = sorted(set(wanted.get("figure", ())) - set(FIGURES))
    if unknown:
        raise Invalid(f"figure: no {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    as_of: datetime = wanted.pop("as_of", call.now)
    place = read_cursor(wanted.get("next"), str, str, str)
    after = (read_time("next", place[0]), str(place[1]), str(place[2])) if place else None
    filter_ = read_filter(wanted)
    until = filter_.until or call.now + timedelta(minutes=5)
    filter_ = replace(filter_, until=until, since=filter_.since or until - _DEFAULT_SPAN)
    rows = derived.list_figures(call.connection, call.scope, derived.Asked(filter_, as_of, after))
    return page("derived", rows, filter_.limit, "at", "figure", "subject")
