"""Stores reports exactly once per (source, external_id): places them, holds them to their sender's area, keeps the caller apart.

What a later message changes decides `dispatch.revisions`. History (older than `ingest.live_for`) is stored and listed, and rings
no bell; it still ends the alert that its report once opened. A batch is a handful of statements, however many reports it has.
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
from core.model import Channel, Frame, Placement, Reason, Rejected, Report
from dispatch.revisions import SILENT, is_older, revised
from store import change_log, persons
from store.by_address import find_by_address
from store.registry import Locate
from store.timescale import Connection, queries


@dataclass(slots=True)
class StoredReports:
    """`created` and `duplicates` are frame indices; `moved` are live ones that rules may look at; `kept`: number and area by key."""

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    moved: list[ReportMoved] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)
    kept: dict["Key", tuple[int, str]] = field(default_factory=dict)


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
    rows = _known(connection, sorted({(valid.report.source, valid.report.external_id) for valid in reports}))
    placed = [
        _by_address(valid, spot, frames, rows.get((valid.report.source, valid.report.external_id)), config, locate)
        for valid, spot in _placed(connection, reports, locate)
    ]
    entries = _entries(frames, placed, {key: row["area"] for key, row in rows.items()}, config, stored)
    known = {entry.key: int(rows[entry.key]["report_id"]) for entry in entries if entry.key in rows}
    before = change_log.read(connection, "report", sorted(known.values()))
    told_of: set[int] = set()
    for turn in _turns(entries):
        told_of |= _store(connection, turn, rows, config, now, stored)
    stored.kept = {entry.key: (int(rows[entry.key]["report_id"]), rows[entry.key]["area"]) for entry in entries}
    if stored.changed:
        queries.media_follow(connection, report_ids=sorted(known.values()))
    if told_of:
        told = Jsonb({str(report_id): shape for report_id, shape in before.items()})
        queries.report_log(connection, ids=sorted(told_of), before=told, now=now)
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


def _by_address(
    valid: ValidReport, spot: _Spot, frames: Sequence[Frame], row: Mapping[str, Any] | None, config: Config, locate: Locate
) -> tuple[ValidReport, _Spot]:
    """What has an address and no place yet is where the gazetteer surely sees it; `extra` says so."""
    if spot.placement is not Placement.NONE or (row and row["lon"] is not None):
        return valid, spot
    found = find_by_address(valid.report, spot.area, bounds_of(frames[valid.frame]), config.places.place_from, locate)
    if found is None:
        return valid, spot
    report = replace(valid.report, extra={**valid.report.extra, **found.told})
    spot = replace(spot, area=found.area, cell_id=found.cell_id, lon=found.lon, lat=found.lat, placement=Placement.INSIDE)
    return valid._replace(report=report), spot


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


def _known(connection: Connection, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """Those that stand already, locked in the order of their keys until the commit."""
    rows = queries.report_known(connection, sources=[source for source, _ in keys], external_ids=[external_id for _, external_id in keys])
    return {(row["source"], row["external_id"]): dict(row) for row in rows}


def _turns(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """What names the same report again waits for the next turn: it is compared with what the first one left."""
    waiting: Sequence[_Entry] = entries
    while waiting:
        turn: dict[Key, _Entry] = {}
        again = [entry for entry in waiting if turn.setdefault(entry.key, entry) is not entry]
        yield list(turn.values())
        waiting = again


def _store(
    connection: Connection, turn: Sequence[_Entry], rows: dict[Key, dict[str, Any]], config: Config, now: datetime, stored: StoredReports
) -> set[int]:
    """Insert what is new, revise what stands; brings `rows` up to date. Returns the reports that others are to be told of."""
    told = {entry.key: _columns(entry, config, now) for entry in turn}
    created = _insert(connection, [entry for entry in turn if entry.key not in rows], told, rows, now)
    changed = _revise(connection, [entry for entry in turn if entry.key not in created], told, rows, now)
    ringing = _ringing(connection, turn, rows, changed)
    touched = set()
    for entry in turn:
        frame, row, is_new = entry.valid.frame, rows[entry.key], entry.key in created
        if not is_new and entry.key not in changed:
            stored.duplicates.append(frame)
            continue
        (stored.created if is_new else stored.changed).append(frame)
        if is_new and told[entry.key]["only_ends"]:
            continue  # nobody was told that it began
        if not entry.valid.history or row["report_id"] in ringing:
            stored.moved.append(_moved(entry, row, is_new))
            touched.add(int(row["report_id"]))
    return touched


def _insert(
    connection: Connection, entries: Sequence[_Entry], told: Mapping[Key, dict[str, Any]], rows: dict[Key, dict[str, Any]], now: datetime
) -> set[Key]:
    """Returns the keys that are new. One that another worker stored in between stands, and is locked."""
    if not entries:
        return set()
    callers_of = {entry.key: entry.valid.report.caller for entry in entries}
    numbers = persons.add(connection, callers_of, now)
    for key in callers_of:
        told[key]["person_id"] = numbers.get(key)
    found = queries.report_insert(connection, rows=_json([told[entry.key] for entry in entries]))
    made = {(row["source"], row["external_id"]): row["report_id"] for row in found}
    for key, report_id in made.items():
        rows[key] = {**told[key], "report_id": report_id, "by_hand": [], "caller": callers_of[key]}
    rows |= _known(connection, sorted({entry.key for entry in entries} - made.keys())) if len(made) < len(entries) else {}
    return set(made)


def _revise(
    connection: Connection, entries: Sequence[_Entry], told: Mapping[Key, dict[str, Any]], rows: dict[Key, dict[str, Any]], now: datetime
) -> set[Key]:
    """Returns the keys whose report says something else than before."""
    changes = {entry.key: revised(rows[entry.key], told[entry.key]) for entry in entries}
    for entry in entries:
        row, new = rows[entry.key], told[entry.key]
        caller = persons.merged(row["caller"], entry.valid.report.caller)
        if caller and not new["only_ends"] and not is_older(row, new):
            changes[entry.key] |= {"caller": caller, "person_id": persons.revise(connection, row, caller, now)}
    changed = {key for key, change in changes.items() if change.keys() - SILENT}
    updates = []
    for key, change in changes.items():
        if change:
            rows[key] |= change
            updates.append({**rows[key], "caller": None, "processed_at": now, "told": key in changed})
    if updates:
        queries.report_revise(connection, rows=_json(updates))
    return changed


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as JSON: PostgreSQL takes a batch of them apart again by the names of its columns."""
    return json.dumps(rows, ensure_ascii=False, default=datetime.isoformat)


def _ringing(connection: Connection, turn: Sequence[_Entry], rows: Mapping[Key, Mapping[str, Any]], changed: set[Key]) -> set[int]:
    """Of the old reports that changed, those that opened an alert which is still open: their ending must reach it."""
    ids = [rows[entry.key]["report_id"] for entry in turn if entry.valid.history and entry.key in changed]
    return {row["report_id"] for row in queries.report_ringing(connection, ids=ids)} if ids else set()


def _moved(entry: _Entry, row: Mapping[str, Any], created: bool) -> ReportMoved:
    """The report as it stands now: a message may have said less."""
    report = replace(
        entry.valid.report, title=row["title"], class_code=row["class_code"] or entry.valid.report.class_code,
        severity=row["severity"], confidence=row["confidence"], ended=row["ended_at"] is not None,
    )  # fmt: skip
    return ReportMoved(
        row["report_id"], report, row["area"], row["cell_id"], row["lon"], row["lat"], Placement(row["placement"]), created,
        row["drill"], row["simulated"], entry.valid.history,
    )  # fmt: skip


def _columns(entry: _Entry, config: Config, now: datetime) -> dict[str, Any]:
    """The row that a message alone would make. `only_ends`: another message ended it (CAP Cancel, 解除), all it tells is that."""
    valid, spot, report = entry.valid, entry.spot, entry.valid.report
    class_code = report.class_code if report.class_code in config.classes else None
    extra = {key: value for key, value in report.extra.items() if value is not None}  # null says nothing
    if report.class_code and not class_code:
        extra["class_code"] = report.class_code
    only_ends = report.ended and "ended_by" in extra
    return {
        "source": report.source, "external_id": report.external_id, "channel": report.channel, "class_code": class_code,
        "title": report.title, "text": report.text, "area": spot.area, "cell_id": spot.cell_id, "lon": spot.lon, "lat": spot.lat,
        "datum": report.position.datum if report.position else None, "placement": spot.placement, "address": report.address,
        "observed_at": report.observed_at, "received_at": valid.received_at, "processed_at": now,
        "ended_at": valid.received_at if report.ended else None, "confidence": report.confidence, "severity": report.severity,
        "media": list(report.media), "extra": extra, "person_id": None, "history": valid.history,
        "simulated": entry.simulated, "drill": entry.drill, "only_ends": only_ends,
        "said_at": None if only_ends else report.observed_at, "revised_at": _time(extra.get("updated_at"), config),
        "ends_at": _time(extra.get("expires_at"), config) if report.channel is Channel.WEATHER else None,
    }  # fmt: skip


def _time(stamp: object, config: Config) -> datetime | None:
    """A time beside the matter, local where it has no offset; one that cannot be read is none."""
    try:
        at = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return None
    if at is None or not 1900 <= at.year <= 2200:
        return None
    return at if at.tzinfo else at.replace(tzinfo=config.area.zone)
