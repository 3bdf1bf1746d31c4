"""Devices, readings and refused input over HTTP."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

from api.call import (
    AREA,
    PAGE,
    SPAN,
    Answer,
    Call,
    Param,
    page,
    read_cursor,
    read_filter,
    read_id_cursor,
    read_params,
    read_time,
    write_cursor,
)
from api.places import place_of_fields, read_position
from core.config import FeedConfig
from core.errors import Invalid, NotAllowed
from core.model import DOMAINS, Placement
from store import devices, readings
from store.devices import DeviceEntry, MetricEntry
from store.lists import MOST

DEVICE_PARAMS = (
    Param("domain", "emergency, urban, environment, water"), AREA, Param("cell", "cell_id or cell code"), Param("gateway", "gateway"),
    Param("state", "silent, speaking, online, offline, unverified, unplaced"), *PAGE,
)  # fmt: skip
READING_PARAMS = (
    Param("device", "device, required"), Param("metric", "metric; required with step"), *SPAN,
    Param("step", "30s, 5m, 1h, 1d: fold instead of raw", "duration"), *PAGE,
)  # fmt: skip
REJECTED_PARAMS = (Param("feed", "feed"), Param("reason", "reason"), Param("device", "device"), AREA, *SPAN, *PAGE)
_STATES = {"silent", "speaking", "online", "offline", "unknown", "unverified", "unplaced"}
_FIELDS = {"device", "name", "domain", "area", "lon", "lat", "datum", "interval_s", "model", "gateway", "simulated", "drill", "metrics"}
_METRIC_FIELDS = {"unit", "min", "max", "name", "kind"}
# `native` brings telemetry and, on other topics, reports: these are told by their words.
_WITHOUT_PERSONS = frozenset({"readings", "hj212", "native"})
_WORDS_OF_REPORTS = (b"caller", b"phone", b"external_id", b"title", b"text", b"address", b"\\u")
_DEFAULT_SPAN = timedelta(hours=24)
_MOST_DEVICES = 5000


def list_devices(call: Call) -> Answer:
    wanted = read_params(DEVICE_PARAMS, call.query)
    if wanted.get("state", "silent") not in _STATES:
        raise Invalid(f"state: one of {', '.join(sorted(_STATES))}")
    after = read_id_cursor(wanted.get("next"))
    state = wanted.pop("state", None)  # of a device it is no stage
    filter_ = read_filter(wanted)
    filter_ = replace(filter_, wanted={**filter_.wanted, "state": state})
    rows = devices.list_devices(call.connection, call.scope, filter_, after or 0)
    return page("devices", rows, filter_.limit, "id")


def get_device(call: Call) -> Answer:
    return Answer(devices.get_device(call.connection, call.scope, call.path["device"]))


def put_device(call: Call) -> Answer:
    fields = call.fields()
    if fields.setdefault("device", call.path["device"]) != call.path["device"]:
        raise Invalid("the body names another device than the path")
    created = devices.register(call.connection, read_device(call, fields), call.now)
    return Answer(devices.get_device(call.connection, call.scope, call.path["device"]), 201 if created else 200)


def post_devices(call: Call) -> Answer:
    """A list at once: all or none."""
    body = call.json()
    if not isinstance(body, list) or len(body) > _MOST_DEVICES or not all(isinstance(item, dict) for item in body):
        raise Invalid(f"the body must be a list of at most {_MOST_DEVICES} devices")
    created = 0
    for index, fields in enumerate(body):
        try:
            created += devices.register(call.connection, read_device(call, fields), call.now)
        except Invalid as error:
            raise Invalid(f"[{index}]: {error}") from error
    return Answer({"created": created, "changed": len(body) - created}, 201 if created else 200)


def read_device(call: Call, fields: dict[str, Any]) -> DeviceEntry:
    """A device to register, placed. Raises `Invalid`, and `NotAllowed` for a place outside the caller's areas."""
    unknown = sorted(fields.keys() - _FIELDS)
    if unknown:
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    device, name = fields.get("device"), fields.get("name") or fields.get("device")
    if not isinstance(device, str) or not 1 <= len(device) <= 128 or not isinstance(name, str):
        raise Invalid("'device' and 'name' must be texts")
    if fields.get("domain") not in DOMAINS:
        raise Invalid(f"domain: one of {', '.join(DOMAINS)}")
    interval = fields.get("interval_s", 300)
    if not _is_number(interval) or not 0 < interval <= 366 * 86400:
        raise Invalid("interval_s: seconds between two readings")
    place: dict[str, Any] = {"area": fields.get("area") or call.config.area.code, "placement": Placement.NONE.value}
    if not isinstance(place["area"], str) or not place["area"].isdigit():
        raise Invalid("area: the digits of an area's code")
    if read_position(fields) is not None:
        place = place_of_fields(call, fields)
    if not call.scope.sees(place["area"]):
        raise NotAllowed(f"{place['area']} is outside your area")
    return DeviceEntry(
        device=device, name=name, domain=fields["domain"], **place, interval_s=float(interval), model=_text(fields, "model"),
        gateway=_text(fields, "gateway"), simulated=fields.get("simulated") is True, drill=fields.get("drill") is True,
        metrics=_read_metrics(call, fields.get("metrics") or {}),
    )  # fmt: skip


def _read_metrics(call: Call, metrics: Any) -> dict[str, MetricEntry]:
    if not isinstance(metrics, dict):
        raise Invalid('metrics: {"pm25": {"unit": …, "min": …, "max": …}}')
    entries = {}
    for name, fields in metrics.items():
        if not isinstance(fields, dict) or fields.keys() - _METRIC_FIELDS:
            raise Invalid(f"metrics.{name}: an object with {', '.join(sorted(_METRIC_FIELDS))}")
        low, high = fields.get("min"), fields.get("max")
        if any(limit is not None and not _is_number(limit) for limit in (low, high)) or (
            low is not None and high is not None and low > high
        ):
            raise Invalid(f"metrics.{name}: min and max must be numbers, min the lesser")
        if fields.get("kind", "number") not in {"number", "text"}:
            raise Invalid(f"metrics.{name}.kind: number or text")
        known = call.config.metrics.get(str(fields.get("name") or name))
        unit = fields.get("unit") or (known.unit if known else "")
        entries[str(name)] = MetricEntry(str(unit), low, high, _text(fields, "name"), fields.get("kind", "number"))
    return entries


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{name}: a text")
    return value or None


def list_readings(call: Call) -> Answer:
    """Raw, oldest first, or folded per step; the last 24 hours unless told otherwise."""
    wanted = read_params(READING_PARAMS, call.query)
    after = read_cursor(wanted.get("next"), str, int)
    limit = wanted.get("limit", MOST)
    if "device" not in wanted or not 1 <= limit <= MOST:
        raise Invalid(f"name a device, and a limit from 1 to {MOST}")
    until = wanted.get("to", call.now + timedelta(minutes=5))
    since = read_time("next", after[0]) if after else wanted.get("from", until - _DEFAULT_SPAN)
    span = readings.Span(wanted["device"], wanted.get("metric"), since, until, limit)
    if "step" in wanted:
        return _folded(call, span, wanted["step"])
    rows, last_metric = readings.list_readings(call.connection, call.scope, span, int(after[1]) if after else -1)
    more = None
    if len(rows) >= limit:
        last = rows[-1]["observed_at"]
        # One metric has one reading a moment: the next page begins just after it.
        start = last if span.metric is None else last + timedelta(microseconds=1)
        more = write_cursor(start.isoformat(), last_metric)
    return Answer({"readings": rows, "next": more})


def _folded(call: Call, span: readings.Span, step: timedelta) -> Answer:
    if span.metric is None:
        raise Invalid("with step, name a metric")
    origin = span.since.astimezone(call.config.area.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = readings.fold_readings(call.connection, call.scope, span, step, origin)
    more = write_cursor((rows[-1]["at"] + step).isoformat(), -1) if len(rows) >= span.limit else None
    return Answer({"device": span.device, "metric": span.metric, "step_s": step.total_seconds(), "steps": rows, "next": more})


def list_rejected(call: Call) -> Answer:
    """Newest first; raw bytes that may name a person are for administrators only."""
    wanted = read_params(REJECTED_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = read_filter(wanted)
    if after:
        filter_ = replace(filter_, after=after)
    rows = [_shown(call, row) for row in readings.list_rejected(call.connection, call.scope, filter_)]
    return page("rejected", rows, filter_.limit, "id")


def _shown(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    raw = bytes(row["raw"])
    if "admin" not in call.identity.scopes and _is_personal(call.config.feeds.get(row["feed"]), raw):
        return {**row, "raw": None, "raw_withheld": True}
    return {**row, "raw": base64.b64encode(raw).decode()}


def _is_personal(feed: FeedConfig | None, raw: bytes) -> bool:
    """Whether refused bytes may name a person: all may, but those of formats that only carry values and do not look like a report."""
    return feed is None or feed.format not in _WITHOUT_PERSONS or any(word in raw for word in _WORDS_OF_REPORTS)
