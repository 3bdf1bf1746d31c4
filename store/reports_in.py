"""Stores reports exactly once per (source, external_id): places them, holds them to their sender's area, keeps the caller apart.

History (older than `ingest.live_for`) is stored and listed, and rings no bell; it still ends the alert that its report once
opened. A batch is a handful of statements, however many reports it has: one writer serves everybody.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.bounds import bounds_of, narrowed
from core.config import Config
from core.facts import ReportMoved, ValidReport
from core.model import Frame, Placement, Reason, Rejected, Report
from store import change_log
from store.registry import Locate
from store.timescale import Connection, queries


@dataclass(slots=True)
class StoredReports:
    """`created` and `duplicates` are frame indices; `moved` are live ones that rules may look at."""

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    moved: list[ReportMoved] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)


Key = tuple[str, str]  # source and external_id
_RAW_MOST = 4096  # bytes: of a longer list only the report itself is kept


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a report is, and whether what said so (a camera) is a drill's or simulated."""

    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    placement: Placement
    simulated: bool = False
    drill: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """A report ready to be stored. Both flags are decided here, once, for its row and for the rules."""

    valid: ValidReport
    spot: _Spot
    drill: bool
    simulated: bool

    @property
    def key(self) -> Key:
        return self.valid.report.source, self.valid.report.external_id


def store_reports(
    connection: Connection, frames: Sequence[Frame], reports: Sequence[ValidReport], config: Config, locate: Locate, now: datetime
) -> StoredReports:
    """Upsert a batch; each statement takes its locks in (source, external_id) order, so that two workers do not deadlock.

    `frames[valid.frame]` tells for which areas a report's sender may speak; what lies elsewhere is in `rejected` (area).
    """
    stored = StoredReports()
    if not reports:
        return stored
    placed = _placed(connection, reports, locate)
    rows = _known(connection, reports)
    entries = _entries(frames, placed, {key: row["area"] for key, row in rows.items()}, config, stored)
    known = {key: int(row["report_id"]) for key, row in rows.items()}
    before = change_log.read(connection, "report", sorted(known[entry.key] for entry in entries if entry.key in known))
    persons = _persons(connection, entries, known, now)
    for turn in _turns(entries):
        _store(connection, turn, persons, config, now, stored)
    touched = sorted({moved.report_id for moved in stored.moved})
    if touched:
        told = Jsonb({str(report_id): shape for report_id, shape in before.items()})
        queries.report_log(connection, ids=touched, before=told, now=now)
    return stored


def _placed(connection: Connection, reports: Sequence[ValidReport], locate: Locate) -> list[tuple[ValidReport, _Spot]]:
    """By position, else by cell code, else by the camera's place in the registry, else by the area it names, else nowhere."""
    named = [valid.report for valid in reports if not valid.report.position]
    cells = _spots(queries.cell_places, connection, {report.cell_code for report in named if report.cell_code})
    cameras = _spots(queries.device_places, connection, {name for report in named if (name := _camera(report))})
    placed = []
    for valid in reports:
        report, place = valid.report, None
        if report.position:
            located, lon, lat = locate(report.position)
            place = _Spot(located.area or report.area or "", located.cell_id, lon, lat, located.placement)
        place = place or cells.get(report.cell_code or "") or cameras.get(_camera(report))
        placed.append((valid, place or _Spot(report.area or "", None, None, None, Placement.NONE)))
    return placed


def _entries(
    frames: Sequence[Frame], placed: Sequence[tuple[ValidReport, _Spot]], areas: dict[Key, str], config: Config, stored: StoredReports
) -> list[_Entry]:
    """Those whose place, and whose report as it stands (`areas`), lie in their sender's area; an unplaced one gets that area."""
    entries = []
    for valid, spot in placed:
        bounds = bounds_of(frames[valid.frame])
        area = narrowed(spot.area, bounds)
        if area is not None:
            drill, simulated = (bool(valid.report.extra.get(word)) for word in ("drill", "simulated"))
            spot = replace(spot, area=area or config.area.code)
            entry = _Entry(valid, spot, spot.drill or drill, spot.simulated or simulated)
            if areas.setdefault(entry.key, spot.area).startswith(bounds):
                entries.append(entry)
                continue
        stored.rejected.append((valid.frame, _refused(valid, frames[valid.frame], bounds)))
    return entries


def _refused(valid: ValidReport, frame: Frame, bounds: Sequence[str]) -> Rejected:
    report = valid.report
    raw = frame.payload if len(frame.payload) <= _RAW_MOST else repr(report).encode()
    detail = f"report '{report.source}/{report.external_id}' is outside {', '.join(bounds)}, for which its sender speaks"
    return Rejected(valid.feed, Reason.AREA, detail, raw, valid.received_at, None, valid.item)


def _camera(report: Report) -> str:
    camera = report.extra.get("camera")
    return camera if isinstance(camera, str) else ""


def _spots(query: Any, connection: Connection, names: set[str]) -> dict[str, _Spot]:
    """The places of cells or devices by their names, in one query."""
    if not names:
        return {}
    return {
        row["name"]: _Spot(row["area"], row["cell_id"], row["lon"], row["lat"], Placement(row["placement"]), row["simulated"], row["drill"])
        for row in query(connection, names=sorted(names))
    }


def _known(connection: Connection, reports: Sequence[ValidReport]) -> dict[Key, dict[str, Any]]:
    keys = sorted({(valid.report.source, valid.report.external_id) for valid in reports})
    rows = queries.report_known(connection, sources=[source for source, _ in keys], external_ids=[external_id for _, external_id in keys])
    return {(row["source"], row["external_id"]): row for row in rows}


def _persons(connection: Connection, entries: Sequence[_Entry], known: Mapping[Key, int], now: datetime) -> dict[Key, int]:
    """The callers of new reports go to a table of their own; the report keeps only a number."""
    callers: dict[Key, Mapping[str, str]] = {}
    for entry in entries:
        caller = entry.valid.report.caller
        if entry.key not in known and (caller.get("name") or caller.get("phone")):
            callers.setdefault(entry.key, caller)
    if not callers:
        return {}
    columns = {f"{word}s": [caller.get(word, "") for caller in callers.values()] for word in ("name", "phone")}
    addresses = [caller.get("address", "") for caller in callers.values()]
    rows = queries.report_persons(connection, **columns, addresses=addresses, now=now)
    # Numbers are given in the order of the insert's rows; which one comes back first is nobody's promise.
    return dict(zip(callers, sorted(row["person_id"] for row in rows), strict=True))


def _turns(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """One statement cannot change a row twice: what names the same report again waits for the next turn."""
    waiting: Sequence[_Entry] = entries
    while waiting:
        turn: dict[Key, _Entry] = {}
        again = [entry for entry in waiting if turn.setdefault(entry.key, entry) is not entry]
        yield list(turn.values())
        waiting = again


def _store(
    connection: Connection, turn: Sequence[_Entry], persons: Mapping[Key, int], config: Config, now: datetime,
    stored: StoredReports,
) -> None:  # fmt: skip
    columns = [_columns(entry, config, persons.get(entry.key), now) for entry in turn]
    rows = queries.report_upsert(connection, rows=json.dumps(columns, ensure_ascii=False))
    told = {(row["source"], row["external_id"]): row for row in rows}
    ringing = _ringing(connection, turn, told)
    for entry in turn:
        valid, row = entry.valid, told.get(entry.key)
        if row is None:
            stored.duplicates.append(valid.frame)
            continue
        (stored.created if row["created"] else stored.changed).append(valid.frame)
        if not valid.history or row["report_id"] in ringing:
            stored.moved.append(_moved(entry, row["report_id"], row["created"]))


def _ringing(connection: Connection, turn: Sequence[_Entry], told: Mapping[Key, Mapping[str, Any]]) -> set[int]:
    """Of the old reports that changed, those that opened an alert which is still open: their ending must reach it."""
    rows = [told[entry.key] for entry in turn if entry.valid.history and entry.key in told]
    changed = [row["report_id"] for row in rows if not row["created"]]
    return {row["report_id"] for row in queries.report_ringing(connection, ids=changed)} if changed else set()


def _moved(entry: _Entry, report_id: int, created: bool) -> ReportMoved:
    spot = entry.spot
    return ReportMoved(
        report_id, entry.valid.report, spot.area, spot.cell_id, spot.lon, spot.lat, spot.placement, created, entry.drill, entry.simulated,
        entry.valid.history,
    )  # fmt: skip


def _columns(entry: _Entry, config: Config, person_id: int | None, now: datetime) -> dict[str, Any]:
    """A row as JSON: PostgreSQL takes a batch of them apart again by the names of its columns."""
    valid, spot, report = entry.valid, entry.spot, entry.valid.report
    class_code = report.class_code if report.class_code in config.classes else None
    extra = dict(report.extra) if class_code or not report.class_code else {**report.extra, "class_code": report.class_code}
    received_at = valid.received_at.isoformat()
    return {
        "source": report.source, "external_id": report.external_id, "channel": report.channel, "class_code": class_code,
        "title": report.title, "text": report.text, "area": spot.area, "cell_id": spot.cell_id, "lon": spot.lon, "lat": spot.lat,
        "datum": report.position.datum if report.position else None, "placement": spot.placement, "address": report.address,
        "observed_at": report.observed_at.isoformat(), "received_at": received_at, "processed_at": now.isoformat(),
        "ended_at": received_at if report.ended else None, "confidence": report.confidence, "severity": report.severity,
        "media": list(report.media), "extra": extra, "person_id": person_id, "history": valid.history,
        "simulated": entry.simulated, "drill": entry.drill,
    }  # fmt: skip
