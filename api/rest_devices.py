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
from api.rest_metrics import TAG, metrics_of
from core.config import FeedConfig
from core.device import DeviceEntry, MetricEntry
from core.errors import Invalid, NotAllowed
from core.model import DOMAINS, Placement
from geodata.device_fields import read_area, read_fields, read_metrics
from store import devices, readings
from store.lists import MOST

DEVICE_PARAMS = (
    Param("domain", "emergency, urban, environment, water"), AREA, Param("cell", "cell_id or cell code"), Param("gateway", "gateway"),
    Param("owner", "the unit it belongs to"), Param("kind", "what sort of thing, in the city's words"),
    Param("state", "silent, speaking, online, offline, maintenance, unverified, unplaced"), TAG,
    Param("search", "part of a name or number"), *PAGE,
)  # fmt: skip
SUMMARY_PARAMS = (DEVICE_PARAMS[0], AREA)
READING_PARAMS = (
    Param("device", "device, required"), Param("metric", "metric; required with step"), TAG, *SPAN,
    Param("step", "30s, 5m, 1h, 1d: fold instead of raw", "duration"), *PAGE,
)  # fmt: skip
REJECTED_PARAMS = (Param("feed", "feed"), Param("reason", "reason"), Param("device", "device"), AREA, *SPAN, *PAGE)
_STATES = {"silent", "speaking", "online", "offline", "unknown", "maintenance", "unverified", "unplaced"}
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
    tagged, search = metrics_of(call, wanted.pop("tag", None)), wanted.pop("search", None)
    filter_ = read_filter(wanted)
    filter_ = replace(filter_, wanted={**filter_.wanted, "state": state, "tagged": tagged, "search": search})
    rows = devices.list_devices(call.connection, call.scope, filter_, after or 0)
    return page("devices", rows, filter_.limit, "id")


def summarise_devices(call: Call) -> Answer:
    filter_ = read_filter(read_params(SUMMARY_PARAMS, call.query))
    return Answer(devices.summarise(call.connection, call.scope, filter_))


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
    """A device to register, placed; what is not told is unknown.

    Raises `Invalid`, and `NotAllowed` for a place outside the caller's areas.
    """
    told = read_fields(fields)
    if "domain" not in told:
        raise Invalid(f"domain: one of {', '.join(DOMAINS)}")
    place: dict[str, Any] = {"area": read_area(fields.get("area")) or call.config.area.code, "placement": Placement.NONE.value}
    if read_position(fields) is not None:
        place = place_of_fields(call, fields)
    if not call.scope.sees(place["area"]):
        raise NotAllowed(f"{place['area']} is outside your area")
    metrics = {wire: MetricEntry(**entry) for wire, entry in read_metrics(fields.get("metrics")).items()}
    return DeviceEntry(**{**told, "name": told.get("name") or told["device"]}, **place, metrics=metrics)


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
    if "tag" in wanted and span.metric is not None:
        raise Invalid("name a metric or a tag, not both")
    span = replace(span, tagged=metrics_of(call, wanted.get("tag")))
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
