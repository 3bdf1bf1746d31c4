"""Reads a list of devices from CSV or GeoJSON, row by row. Bad rows become findings; nothing is registered here."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.model import DOMAINS, Position
from geodata.checks import Finding
from geodata.datums import DATUMS


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as a file tells it; `number` is its line (CSV, the header is 1) or feature (GeoJSON, from 1)."""

    number: int
    device: str
    name: str
    domain: str
    area: str
    position: Position | None
    interval_s: float
    model: str | None
    gateway: str | None
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_devices(path: Path, datum: str = "cgcs2000") -> tuple[list[DeviceRow], list[Finding]]:
    """Rows taken and findings. Columns: device, name, domain, area, lon, lat, datum, interval_s, model, gateway, metrics.

    `metrics` is JSON as in `PUT /devices`, or names between semicolons. Raises `Invalid` if the file cannot be read.
    """
    taken: dict[str, DeviceRow] = {}
    findings: list[Finding] = []
    for number, fields in _rows(path):
        try:
            row = _row(number, fields, datum)
        except ValueError as error:
            findings.append(Finding("refused", "value", str(error), number, str(fields.get("device") or "") or None))
            continue
        if row.device in taken:
            why = f"already in line {taken[row.device].number}: the first stays"
            findings.append(Finding("refused", "duplicate", why, number, row.device))
        else:
            taken[row.device] = row
    return list(taken.values()), findings


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() in (".json", ".geojson"):
            yield from ((n, _flat(feature)) for n, feature in enumerate(json.loads(text)["features"], 1))
            return
        reader = csv.DictReader(text.splitlines())
        if "device" not in (reader.fieldnames or ()):
            raise Invalid(f"{path}: no column 'device'; the first line names the columns")
        for fields in reader:
            yield reader.line_num, fields
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}: is not UTF-8; save it as UTF-8 CSV") from error
    except (OSError, json.JSONDecodeError, KeyError, TypeError, csv.Error) as error:
        raise Invalid(f"{path}: cannot be read as CSV or GeoJSON: {error}") from error


def _flat(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    """A point feature's properties with its coordinates as lon and lat."""
    geometry = feature.get("geometry") or {}
    place = dict(zip(("lon", "lat"), geometry["coordinates"], strict=False)) if geometry.get("type") == "Point" else {}
    return {**(feature.get("properties") or {}), **place}


def _row(number: int, fields: Mapping[str, Any], datum: str) -> DeviceRow:
    """Raises `ValueError` saying what is wrong."""
    text = {key: str(value).strip() for key, value in fields.items() if value is not None and not isinstance(value, (dict, list))}
    device, domain = text.get("device", ""), text.get("domain", "")
    if not device or len(device) > 200:
        raise ValueError("no device identifier")
    if domain not in DOMAINS:
        raise ValueError(f"domain '{domain}' is none of {', '.join(DOMAINS)}")
    interval = float(text.get("interval_s") or 300)
    if not (isfinite(interval) and interval > 0):
        raise ValueError(f"interval_s {interval} must be more than 0 seconds")
    position = _position(text.get("lon", ""), text.get("lat", ""), text.get("datum") or datum)
    name, area = text.get("name") or device, text.get("area", "")
    return DeviceRow(
        number, device, name, domain, area, position, interval, text.get("model") or None, text.get("gateway") or None, _metrics(fields)
    )


def _position(lon: str, lat: str, datum: str) -> Position | None:
    if not lon and not lat:
        return None
    if datum not in DATUMS:
        raise ValueError(f"datum '{datum}' is none of {', '.join(DATUMS)}")
    x, y = float(lon or "nan"), float(lat or "nan")
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError(f"lon {lon or '–'}, lat {lat or '–'} are no degrees")
    return Position(x, y, datum)


def _metrics(fields: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    value = fields.get("metrics") or {}
    if isinstance(value, str):
        if not value.lstrip().startswith("{"):
            return {name.strip(): {} for name in value.split(";") if name.strip()}
        value = json.loads(value)
    if not isinstance(value, dict) or not all(isinstance(entry, dict) for entry in value.values()):
        raise ValueError("metrics must be names between semicolons or a JSON object of objects")
    return value
