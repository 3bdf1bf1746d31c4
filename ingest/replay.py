"""Files of others as what once came over the wires: each format read into parcels, in the order of the file.

Decides what to send where, never sends: `replay_wires` does. The receiving side sees no difference to live input.
Our own recordings are `replay_recording`'s.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.charset import text_of
from core.errors import Invalid
from core.model import Frame
from ingest.decode.formats import FORMATS

ROWS_PER_BODY = 1000
RECORDING = "recording"
_RECORDED = re.compile(rb'\{"at":"[^"]{10,40}","feed":"')


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to send: to an MQTT topic, as a body to an API path, or to the port of a format. `count` items are in it.

    `at` and `frame`: when it was received and what it was then, where that was recorded.
    """

    wire: str  # mqtt, http, tcp or udp
    address: str
    payload: bytes
    count: int = 1
    at: datetime | None = None
    frame: Frame | None = None


Columns = Mapping[str, str]
Reader = Callable[[Path, Columns, str], Iterator[Parcel]]


def read(path: Path, form: str, columns: Columns | None = None, over: str = "") -> Iterator[Parcel]:
    """The parcels of a file. `columns` renames its CSV columns (theirs → ours); `over` overrides the format's own wire.

    A format without a reader of its own is one body per file, for `/feeds/{format}`. Raises `Invalid` for an unknown format or
    a file that is not in it.
    """
    if reader := READERS.get(form):
        return reader(path, columns or {}, over)
    if form not in FORMATS:
        raise Invalid(f"no format is called '{form}'; there are {', '.join(sorted({*READERS, *FORMATS}))}")
    return iter([Parcel("http", f"/feeds/{form}", path.read_bytes())])


def format_of(path: Path) -> str:
    """A guess from name and first bytes. Raises `Invalid` when there is none."""
    with path.open("rb") as file:
        head = file.read(4096)
    if _RECORDED.match(head):
        return RECORDING
    if b"##" in head[:400] and b"CP=&&" in head:
        return "hj212"
    if b'"station"' in head and b'"PM2.5"' in head:
        return "prsa"
    if b'"after"' in head and b'"camera"' in head:
        return "frigate"
    if b'"topic"' in head[:400]:
        return "native"
    header = head.split(b"\n", 1)[0]
    if {b"device", b"metric", b"value"} <= set(header.strip().split(b",")):
        return "readings-csv"
    if path.suffix.lower() == ".csv":
        return "hotline-csv"
    raise Invalid(f"{path}: say the format with --format")


def _hj212(path: Path, columns: Columns, over: str) -> Iterator[Parcel]:
    """JSON lines with a `frame` each, or the bare frames line by line."""
    with path.open("rb") as file:
        for line in file:
            if not (text := line.strip()):
                continue
            frame = str(json.loads(text)["frame"]).encode() if text.startswith(b"{") else text
            payload = frame.rstrip(b"\r\n") + b"\r\n"
            yield Parcel("http", "/feeds/hj212", payload) if over == "http" else Parcel("tcp", "hj212", payload)


def _native(path: Path, columns: Columns, over: str) -> Iterator[Parcel]:
    """JSON lines `{"topic": …, "payload": …}`; a payload that is no text is sent as JSON."""
    for document in _documents(path):
        if not isinstance(document, dict) or "topic" not in document:
            raise Invalid(f"{path}: each line needs topic and payload")
        payload = document.get("payload")
        body = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        yield Parcel("mqtt", str(document["topic"]), body.encode())


def _frigate(path: Path, columns: Columns, over: str) -> Iterator[Parcel]:
    for document in _documents(path):
        after = document.get("after") if isinstance(document, dict) else None
        topic = "frigate/reviews" if isinstance(after, dict) and "data" in after else "frigate/events"
        body = json.dumps(document, ensure_ascii=False).encode()
        yield Parcel("http", "/feeds/frigate", body) if over == "http" else Parcel("mqtt", topic, body)


def _documents(path: Path) -> Iterator[Any]:
    """One JSON document, a list of them, or one in each line."""
    text = path.read_text(encoding="utf-8")
    try:
        whole = json.loads(text)
    except ValueError:
        try:
            yield from (json.loads(line) for line in text.splitlines() if line.strip())
        except ValueError as error:
            raise Invalid(f"{path}: neither JSON nor JSON lines: {error}") from error
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _rows(path: Path, columns: Columns) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(io.StringIO(text_of(path.read_bytes()), newline="")):
        yield {columns.get(key, key): value or "" for key, value in row.items() if key is not None and isinstance(value, str | None)}


def _hotline_csv(path: Path, columns: Columns, over: str) -> Iterator[Parcel]:
    """In bodies of a thousand rows, each with the header; repeated, they change nothing."""
    rows: list[dict[str, str]] = []
    for row in _rows(path, columns):
        rows.append(row)
        if len(rows) == ROWS_PER_BODY:
            yield _csv_body(rows)
            rows = []
    if rows:
        yield _csv_body(rows)


def _csv_body(rows: list[dict[str, str]]) -> Parcel:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return Parcel("http", "/feeds/hotline-csv", buffer.getvalue().encode(), len(rows))


def _readings_csv(path: Path, columns: Columns, over: str) -> Iterator[Parcel]:
    """Columns device, metric, value, observed_at and, if there, quality; an empty value is null."""
    return _bodies(_reading(row) for row in _rows(path, columns))


def _reading(row: Mapping[str, str]) -> dict[str, Any]:
    reading: dict[str, Any] = {key: row.get(key, "") for key in ("device", "metric", "observed_at")}
    reading["value"] = _number(row.get("value", ""))
    if row.get("quality"):
        reading["quality"] = row["quality"]
    return reading


def _number(text: str) -> float | str | None:
    if text in ("", "NA", "null"):
        return None
    try:
        return float(text)
    except ValueError:
        return text


# PRSA (UCI 501, CC BY 4.0): hourly, local time in four columns, NA where nothing was measured, CO in µg/m³.
PRSA_METRICS = {
    "PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "CO": "co", "O3": "o3", "TEMP": "temperature", "PRES": "pressure",
    "DEWP": "dew_point", "RAIN": "rain", "WSPM": "wind_speed", "wd": "wind_direction",
}  # fmt: skip


def _prsa(path: Path, columns: Columns, over: str) -> Iterator[Parcel]:
    return _bodies(reading for row in _rows(path, columns) for reading in _prsa_row(row))


def _prsa_row(row: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    at = f"{int(row['year']):04}-{int(row['month']):02}-{int(row['day']):02}T{int(row['hour']):02}:00:00+08:00"
    device = f"prsa-{row['station'].strip().lower()}"
    for column, metric in PRSA_METRICS.items():
        value = _number(row[column])
        if metric == "co" and isinstance(value, float):
            value = round(value / 1000, 4)  # mg/m³
        reading = {"device": device, "metric": metric, "value": value, "observed_at": at}
        yield reading if value is not None else reading | {"quality": "missing"}


def _bodies(readings: Iterator[dict[str, Any]]) -> Iterator[Parcel]:
    batch: list[dict[str, Any]] = []
    for reading in readings:
        batch.append(reading)
        if len(batch) == ROWS_PER_BODY:
            yield _readings_body(batch)
            batch = []
    if batch:
        yield _readings_body(batch)


def _readings_body(batch: list[dict[str, Any]]) -> Parcel:
    return Parcel("http", "/readings", json.dumps({"readings": batch}, ensure_ascii=False).encode(), len(batch))


READERS: dict[str, Reader] = {
    "hj212": _hj212,
    "native": _native,
    "frigate": _frigate,
    "hotline-csv": _hotline_csv,
    "readings-csv": _readings_csv,
    "prsa": _prsa,
}
