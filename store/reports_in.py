"""Stores reports exactly once per (source, external_id): places them, keeps the caller apart, moves changed ones.

History (older than `ingest.live_for`) is stored and listed, and rings no bell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.facts import ReportMoved, ValidReport
from core.model import Placement, Report
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


@dataclass(frozen=True, slots=True)
class _Spot:
    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    placement: Placement
    simulated: bool = False
    drill: bool = False


def store_reports(connection: Connection, reports: Sequence[ValidReport], config: Config, locate: Locate, now: datetime) -> StoredReports:
    """Upsert a batch in (source, external_id) order, so that two workers with the same ticket do not deadlock."""
    stored = StoredReports()
    if not reports:
        return stored
    ordered = sorted(reports, key=lambda valid: (valid.report.source, valid.report.external_id))
    known = _known(connection, ordered)
    before = change_log.read(connection, "report", sorted(known.values()))
    for valid in ordered:
        _store(connection, valid, known, config, locate, now, stored)
    touched = sorted(set(known.values()) & {moved.report_id for moved in stored.moved} | {moved.report_id for moved in stored.moved})
    change_log.append(connection, "report", before, change_log.read(connection, "report", touched), now)
    return stored


def _known(connection: Connection, reports: Sequence[ValidReport]) -> dict[tuple[str, str], int]:
    rows = queries.report_known(
        connection, sources=[valid.report.source for valid in reports], external_ids=[valid.report.external_id for valid in reports]
    )
    return {(row["source"], row["external_id"]): row["report_id"] for row in rows}


def _store(
    connection: Connection,
    valid: ValidReport,
    known: dict[tuple[str, str], int],
    config: Config,
    locate: Locate,
    now: datetime,
    stored: StoredReports,
) -> None:
    report = valid.report
    spot = _place(connection, report, config, locate)
    fresh = (report.source, report.external_id) not in known
    person_id = _person(connection, report, now) if fresh else None
    row = queries.report_upsert(connection, **_columns(valid, spot, config, person_id, now))
    if row is None:
        stored.duplicates.append(valid.frame)
        return
    (stored.created if row["created"] else stored.changed).append(valid.frame)
    known[(report.source, report.external_id)] = row["report_id"]
    if not valid.history:
        stored.moved.append(
            ReportMoved(
                row["report_id"],
                report,
                spot.area,
                spot.cell_id,
                spot.lon,
                spot.lat,
                spot.placement,
                bool(row["created"]),
                spot.drill,
                spot.simulated,
            )
        )


def _columns(valid: ValidReport, spot: _Spot, config: Config, person_id: int | None, now: datetime) -> dict[str, Any]:
    report = valid.report
    class_code = report.class_code if report.class_code in config.classes else None
    extra = dict(report.extra) if class_code or not report.class_code else {**report.extra, "class_code": report.class_code}
    return {
        "source": report.source, "external_id": report.external_id, "channel": report.channel, "class_code": class_code,
        "title": report.title, "text": report.text, "area": spot.area, "cell_id": spot.cell_id, "lon": spot.lon, "lat": spot.lat,
        "datum": report.position.datum if report.position else None, "placement": spot.placement, "address": report.address,
        "observed_at": report.observed_at, "received_at": valid.received_at, "processed_at": now,
        "ended_at": valid.received_at if report.ended else None, "confidence": report.confidence, "severity": report.severity,
        "media": list(report.media), "extra": Jsonb(extra), "person_id": person_id, "history": valid.history,
        "simulated": spot.simulated or bool(report.extra.get("simulated")), "drill": spot.drill or bool(report.extra.get("drill")),
    }  # fmt: skip


def _place(connection: Connection, report: Report, config: Config, locate: Locate) -> _Spot:
    """By position, else by cell code, else by the camera's place in the registry, else nowhere: listed as unplaced."""
    city = config.area.code
    if report.position:
        place, lon, lat = locate(report.position)
        return _Spot(place.area or report.area or city, place.cell_id, lon, lat, place.placement)
    if report.cell_code:
        row = queries.cell_place(connection, cell_code=report.cell_code)
        if row:
            return _Spot(row["area"], row["cell_id"], row["lon"], row["lat"], Placement.INSIDE)
    camera = report.extra.get("camera")
    if isinstance(camera, str):
        row = queries.device_place(connection, device=camera)
        if row:
            return _Spot(row["area"], row["cell_id"], row["lon"], row["lat"], Placement(row["placement"]), row["simulated"], row["drill"])
    return _Spot(report.area or city, None, None, None, Placement.NONE)


def _person(connection: Connection, report: Report, now: datetime) -> int | None:
    """The caller goes to a table of its own; the report keeps only a number."""
    name, phone, address = (report.caller.get(key, "") for key in ("name", "phone", "address"))
    if not (name or phone):
        return None
    person_id: int = queries.report_person(connection, name=name, phone=phone, address=address, now=now)
    return person_id
