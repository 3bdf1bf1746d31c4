"""The fields of a device as people write them, in a request or in a file: which there are and what each may say.

Pure; where a device lies and whether its units can be turned is decided by who registers it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from math import isfinite
from typing import Any

from core.device import MetricEntry
from core.errors import Invalid
from core.model import DOMAINS
from geodata import cameras
from geodata.device_levels import read_levels
from geodata.device_limits import read_limits, read_target

# Longest text of each, in characters.
TEXTS = {"name": 200, "kind": 60, "product": 120, "model": 120, "firmware": 120, "owner": 120, "network_zone": 60, "gateway": 128}
DATES = ("installed_on", "calibrated_on")
FLAGS = ("simulated", "drill")
PLACES = ("area", "lon", "lat", "datum")
OWN = ("limits", "target_class", "levels", "tags")  # of what rules and standards go by
FIELDS = frozenset({"device", "domain", "interval_s", "metrics", *TEXTS, *DATES, *FLAGS, *PLACES, *cameras.FIELDS, *OWN})
METRIC_FIELDS = ("unit", "min", "max", "name", "kind")
_DEVICE_LENGTH = 128
_TAG_LENGTH, _MOST_TAGS = 40, 20
_LONGEST_INTERVAL_S = 366 * 86400
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?")
_YEARS = range(1950, 2101)


def read_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of `DeviceEntry` that are told, but place and metrics. Raises `Invalid` naming the field and what it may say.

    Only what is told is there: whoever registers decides what the rest is.
    """
    unknown = sorted(fields.keys() - FIELDS)
    if unknown:
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(FIELDS))}")
    told: dict[str, Any] = {"device": read_text("device", fields.get("device"), _DEVICE_LENGTH)}
    if not told["device"]:
        raise Invalid("'device' and 'name' must be texts, and a device must be named")
    if "domain" in fields:
        if fields["domain"] not in DOMAINS:
            raise Invalid(f"domain: '{fields['domain']}' is none of {', '.join(DOMAINS)}")
        told["domain"] = fields["domain"]
    if "interval_s" in fields:
        interval = fields["interval_s"]
        if not _is_number(interval) or not 0 < interval <= _LONGEST_INTERVAL_S:
            raise Invalid("interval_s: seconds between two readings, more than 0 and at most a year")
        told["interval_s"] = float(interval)
    told |= {name: read_text(name, fields[name], most) for name, most in TEXTS.items() if name in fields}
    told |= {name: read_date(name, fields[name]) for name in DATES if name in fields}
    told |= {name: fields[name] is True for name in FLAGS if name in fields}
    own = (("limits", read_limits), ("target_class", read_target), ("levels", read_levels), ("tags", read_tags))
    told |= {name: read(fields[name]) for name, read in own if name in fields}
    return told | _read_camera(told["device"], fields)


def _read_camera(device: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a device as a camera; one that is named by its number of GB/T 28181 has told it."""
    told: dict[str, Any] = {}
    if "gb_id" in fields or cameras.is_gb_id(device):
        told["gb_id"] = cameras.read_gb_id(fields.get("gb_id") or (device if cameras.is_gb_id(device) else None))
    told |= {name: cameras.read_sight(name, fields[name]) for name in ("bearing", "angle", "reach_m") if name in fields}
    return told | ({"stream_url": cameras.read_stream(fields["stream_url"])} if "stream_url" in fields else {})


def read_tags(tags: Any) -> tuple[str, ...]:
    """The city's own words for a device, by which rules may choose: a list, or a text with commas between them. Raises `Invalid`."""
    words = re.split(r"[,，、;；]", tags) if isinstance(tags, str) else [] if tags is None else tags
    if not isinstance(words, list | tuple):
        raise Invalid('tags: ["下穿", "学校周边"]')
    read = [read_text("tags", word, _TAG_LENGTH) for word in words]
    told = tuple(dict.fromkeys(word for word in read if word))
    if len(told) > _MOST_TAGS:
        raise Invalid(f"tags: at most {_MOST_TAGS}")
    return told


def read_area(area: Any) -> str | None:
    """The digits of an area's code, None where none is told. Raises `Invalid`."""
    if area in (None, ""):
        return None
    if not isinstance(area, str) or not area.isdigit() or not area.isascii() or len(area) > 12:
        raise Invalid("area: the digits of an area's code")
    return area


def read_metrics(metrics: Any) -> dict[str, dict[str, Any]]:
    """What is told of each metric, as fields of `MetricEntry`. Raises `Invalid`."""
    if metrics is None:
        return {}
    if not isinstance(metrics, dict):
        raise Invalid('metrics: {"pm25": {"unit": …, "min": …, "max": …}}')
    return {read_name(name): _read_metric(name, fields) for name, fields in metrics.items()}


def read_name(name: Any) -> str:
    """A metric's name. Raises `Invalid`."""
    text = read_text("metrics", name, _DEVICE_LENGTH)
    if not text:
        raise Invalid("metrics: one has no name")
    return text


def _read_metric(name: str, fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict) or fields.keys() - set(METRIC_FIELDS):
        raise Invalid(f"metrics.{name}: an object with {', '.join(METRIC_FIELDS)}")
    told = dict(fields)
    for side in ("min", "max"):
        if told.get(side) is not None and not _is_number(told[side]):
            raise Invalid(f"metrics.{name}.{side}: a number")
    if told.get("kind", "number") not in {"number", "text"}:
        raise Invalid(f"metrics.{name}.kind: number or text")
    if "unit" in told:
        told["unit"] = read_text(f"metrics.{name}.unit", told["unit"], 40) or ""
    if "name" in told:
        told["name"] = read_text(f"metrics.{name}.name", told["name"], _DEVICE_LENGTH)
    merged_metric(name, MetricEntry(), told)
    return told


def merged_metric(name: str, entry: MetricEntry, told: Mapping[str, Any]) -> MetricEntry:
    """An entry with what is told of it now. Raises `Invalid` when its range would be empty."""
    merged = replace(entry, **told)
    if merged.min is not None and merged.max is not None and merged.min > merged.max:
        raise Invalid(f"metrics.{name}: min {merged.min:g} is more than max {merged.max:g}")
    return merged


def read_text(name: str, value: Any, most: int) -> str | None:
    """A text without spaces around it; None for none. Raises `Invalid`."""
    if value is None:
        return None
    if not isinstance(value, str) or "\x00" in value:
        raise Invalid(f"{name}: a text")
    text = value.strip()
    if len(text) > most:
        raise Invalid(f"{name}: at most {most} letters, not {len(text)}")
    return text or None


def read_date(name: str, value: Any) -> date | None:
    """A day: a date, or `2026-03-01`, `2026/3/1`, `2026年3月1日`. Raises `Invalid`."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if found and int(found[1]) in _YEARS:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Invalid(f"{name}: '{value}' is no day; write 2026-03-01")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
