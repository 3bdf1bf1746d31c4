"""Reports on their way in: where each is, whether its sender may say so, and the row it would make alone.

Looks places up, writes nothing. What comes of a row beside one that stands already is decided in `store.reports_in`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.bounds import bounds_of, narrowed
from core.config import Config
from core.facts import ValidReport
from core.model import Channel, Frame, Placement, Reason, Rejected, Report
from store.by_address import find_by_address
from store.registry import Locate
from store.timescale import Connection, queries

Key = tuple[str, str]  # source and external_id
_RAW_MOST = 4096  # bytes: of a longer list only the report itself is kept


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a report is, and whether what said so (a camera) is a drill's or simulated."""

    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    placement: Placement
    simulated: bool = False
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A report ready to be stored. Both flags are decided here, once, for its row and for the rules. `bounds`: its sender's areas."""

    valid: ValidReport
    spot: Spot
    bounds: tuple[str, ...]
    drill: bool
    simulated: bool

    @property
    def key(self) -> Key:
        return key_of(self.valid)


def key_of(valid: ValidReport) -> Key:
    """What makes a report one: its source and the number that gave it."""
    return valid.report.source, valid.report.external_id


def ready(
    connection: Connection, frames: Sequence[Frame], reports: Sequence[ValidReport], rows: Mapping[Key, Mapping[str, Any]], config: Config,
    locate: Locate,
) -> tuple[list[Entry], list[tuple[int, Rejected]]]:  # fmt: skip
    """Those that their senders may tell, in their order, and the refusals of the others. `rows`: the reports that stand already."""
    entries, rejected = [], []
    for valid, spot in _placed(connection, reports, locate):
        valid, spot = _by_address(valid, spot, frames, rows.get(key_of(valid)), config, locate)
        entry = _entry(valid, spot, bounds_of(frames[valid.frame]), config)
        if isinstance(entry, str):
            rejected.append((valid.frame, refused(valid, frames[valid.frame], entry)))
        else:
            entries.append(entry)
    return entries, rejected


def _placed(connection: Connection, reports: Sequence[ValidReport], locate: Locate) -> list[tuple[ValidReport, Spot]]:
    """By position, else by cell code, else by the camera's place in the registry, else by the area it names, else nowhere."""
    named = [valid.report for valid in reports if not valid.report.position]
    cells = _spots(queries.cell_places, connection, {report.cell_code for report in named if report.cell_code})
    cameras = _spots(queries.device_places, connection, {name for report in named for name in _camera(report)})
    placed = []
    for valid in reports:
        report, place = valid.report, None
        if report.position:
            located, lon, lat = locate(report.position)
            place = Spot(located.area or report.area or "", located.cell_id, lon, lat, located.placement)
        place = place or cells.get(report.cell_code or "") or next((cameras[name] for name in _camera(report) if name in cameras), None)
        placed.append((valid, place or Spot(report.area or "", None, None, None, Placement.NONE)))
    return placed


def _by_address(
    valid: ValidReport, spot: Spot, frames: Sequence[Frame], row: Mapping[str, Any] | None, config: Config, locate: Locate
) -> tuple[ValidReport, Spot]:
    """What has an address and no place yet is where the gazetteer surely sees it; `extra` says so."""
    if spot.placement is not Placement.NONE or (row and row["lon"] is not None):
        return valid, spot
    found = find_by_address(valid.report, spot.area, bounds_of(frames[valid.frame]), config.places.place_from, locate)
    if found is None:
        return valid, spot
    report = replace(valid.report, extra={**valid.report.extra, **found.told})
    spot = replace(spot, area=found.area, cell_id=found.cell_id, lon=found.lon, lat=found.lat, placement=Placement.INSIDE)
    return valid._replace(report=report), spot


def _entry(valid: ValidReport, spot: Spot, bounds: tuple[str, ...], config: Config) -> Entry | str:
    """Ready to be stored, or why not. What has no place gets its sender's area; the numbers of a feed are that feed's own."""
    source = valid.report.source
    if source != valid.feed and source in config.feeds and not config.area.code.startswith(bounds):
        return f"'{source}' is a feed of its own: for its reports speaks it, or who speaks for the whole city"
    area = narrowed(spot.area, bounds)
    if area is None:
        return outside(valid, bounds)
    drill, simulated = (bool(valid.report.extra.get(word)) for word in ("drill", "simulated"))
    spot = replace(spot, area=area or config.area.code)
    return Entry(valid, spot, bounds, spot.drill or drill, spot.simulated or simulated)


def outside(valid: ValidReport, bounds: Sequence[str]) -> str:
    """Why a report is refused that lies, or stands already, beyond its sender's areas."""
    return f"report '{valid.report.source}/{valid.report.external_id}' is outside {', '.join(bounds)}, for which its sender speaks"


def refused(valid: ValidReport, frame: Frame, why: str) -> Rejected:
    """The refusal of one report for its sender's area, with the bytes it came in, or itself where they are many."""
    raw = frame.payload if len(frame.payload) <= _RAW_MOST else repr(valid.report).encode()
    return Rejected(valid.feed, Reason.AREA, why, raw, valid.received_at, None, valid.item)


def _camera(report: Report) -> list[str]:
    """The names a wire gave the camera that speaks: the registry may know it by either."""
    return [name for key in ("camera", "gb_id") if isinstance(name := report.extra.get(key), str) and name]


def _spots(query: Any, connection: Connection, names: set[str]) -> dict[str, Spot]:
    """The places of cells or devices by their names, in one query."""
    if not names:
        return {}
    return {
        row["name"]: Spot(row["area"], row["cell_id"], row["lon"], row["lat"], Placement(row["placement"]), row["simulated"], row["drill"])
        for row in query(connection, names=sorted(names))
    }


def columns(entry: Entry, config: Config, now: datetime) -> dict[str, Any]:
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
