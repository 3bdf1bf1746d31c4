"""Which devices and metrics there are: a cache over the tables that notices changes within two seconds.

Unknown ones are adopted from their first message or left out, as the configuration says; nobody adopts or moves a device
outside the areas he speaks for (`core.bounds`). The cache holds no truth: it may be thrown away at any moment.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.bounds import bounds_of, narrowed
from core.codes.hj212 import described
from core.config import Config
from core.facts import KnownDevice, MetricInfo
from core.model import Decoded, DeviceHint, Placement, Position
from store.timescale import Connection, queries, sql

_LOOK_AGAIN_AFTER = timedelta(seconds=2)
_OVERLAP = timedelta(seconds=45)
Bounds = tuple[str, ...]
Speakers = Mapping[str, Sequence[tuple[int, Bounds]]]  # device → frames that speak of it and their bounds
Astray = set[tuple[int, str]]  # frame and device
_MOVED_DEGREES = 1e-4  # about ten metres: a parked vehicle's GPS trembles less


class Place(Protocol):
    """Where a position lies; `geodata.locate` makes them."""

    @property
    def placement(self) -> Placement: ...
    @property
    def cell_id(self) -> int | None: ...
    @property
    def area(self) -> str | None: ...


class Locate(Protocol):
    """Position → place, already in our datum."""

    def __call__(self, position: Position | None) -> tuple[Place, float | None, float | None]: ...


class Registry:
    """Known devices and metrics, shared by the threads of one process."""

    def __init__(self, config: Config, locate: Locate) -> None:
        self._config, self._locate = config, locate
        self._devices: dict[str, KnownDevice] = {}
        self._versions: dict[str, datetime] = {}
        self._metrics: dict[str, MetricInfo] = {}
        self._looked_at: datetime | None = None

    def identify(
        self, connection: Connection, decoded: Decoded, now: datetime
    ) -> tuple[dict[str, KnownDevice], dict[str, MetricInfo], Astray]:
        """All devices and metrics that a batch names; unknown devices are adopted where the city says so and their sender may.

        The third are (frame, device) whose place is not their sender's: neither adopted nor moved, and to be refused.
        """
        self._forget_changed(connection, now)
        named = {reading.device for _, reading in decoded.readings}
        moving = {hint.device: hint for hint in decoded.hints.values() if hint.position}
        wanted = named | moving.keys() | {presence.device for presence in decoded.presences}
        self._learn(connection, wanted - self._devices.keys())
        unknown = named - self._devices.keys() if self._config.ingest.unknown_devices == "adopt" else set()
        known_moving = {device: hint for device, hint in moving.items() if device in self._devices}
        astray: Astray = set()
        if unknown or known_moving:
            speakers = _speakers(decoded, unknown | known_moving.keys())
            self._adopt(connection, sorted(unknown), speakers, decoded, now, astray)
            for hint in known_moving.values():
                self._move(connection, hint, speakers.get(hint.device) or list(enumerate(map(bounds_of, decoded.frames))), now, astray)
        known = {device: self._devices[device] for device in wanted if device in self._devices}
        names = {
            self._city_name(known, reading.device, reading.metric): reading.text
            for index, reading in decoded.readings
            if reading.device in known and not (astray and (index, reading.device) in astray)
        }
        return known, self._known_metrics(connection, names), astray

    def known(self, connection: Connection, devices: Iterable[str]) -> dict[str, KnownDevice]:
        """Registered devices by name; unknown ones are left out."""
        wanted = set(devices)
        self._learn(connection, wanted - self._devices.keys())
        return {device: self._devices[device] for device in wanted if device in self._devices}

    def metrics(self, connection: Connection) -> dict[str, MetricInfo]:
        """The whole catalogue by name."""
        if not self._metrics:
            self._read_metrics(connection)
        return self._metrics

    @staticmethod
    def _city_name(known: dict[str, KnownDevice], device: str, metric: str) -> str:
        found = known.get(device)
        return found.names.get(metric, metric) if found else metric

    def forget(self) -> None:
        """After a failed transaction: what was adopted in it may not exist."""
        self._devices.clear()
        self._versions.clear()
        self._metrics.clear()

    def _forget_changed(self, connection: Connection, now: datetime) -> None:
        if self._looked_at and now - self._looked_at < _LOOK_AGAIN_AFTER:
            return
        if self._looked_at:
            for row in queries.registry_changed(connection, since=self._looked_at - _OVERLAP):
                if self._versions.get(row["device"]) != row["updated_at"]:
                    self._versions[row["device"]] = row["updated_at"]
                    self._devices.pop(row["device"], None)
                    self._metrics = {}  # with a device its metrics are registered: one may have got its unit
        self._looked_at = now

    def _learn(self, connection: Connection, devices: Iterable[str]) -> None:
        missing = list(devices)
        if missing:
            for row in queries.registry_devices(connection, devices=missing):
                self._devices[row["device"]] = _known(row)
                self._versions[row["device"]] = row["updated_at"]

    def _adopt(
        self, connection: Connection, unknown: Sequence[str], speakers: Speakers, decoded: Decoded, now: datetime, astray: Astray
    ) -> None:
        """Register each unknown device in the area of the first sender who may speak for where it is."""
        rows: dict[str, dict[str, Any]] = {}
        for device in unknown:
            hint = decoded.hints.get(device) or DeviceHint(device)
            place, lon, lat = self._locate(hint.position)
            for index, bounds in speakers[device]:
                area = narrowed(place.area or hint.area or "", bounds)
                if area is not None:
                    rows[device] = {
                        "device": device, "domain": hint.domain or "urban", "area": area or self._config.area.code, "lon": lon, "lat": lat,
                        "cell_id": place.cell_id, "placement": place.placement, "gateway": hint.gateway, "now": now,
                    }  # fmt: skip
                    break
                astray.add((index, device))
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(sql("registry_adopt"), rows.values())
            self._learn(connection, rows)

    def _move(
        self, connection: Connection, hint: DeviceHint, speakers: Sequence[tuple[int, Bounds]], now: datetime, astray: Astray
    ) -> None:
        """A known device is elsewhere. A hint does not say which frame brought it: all that speak of the device must be allowed to."""
        known = self._devices[hint.device]
        place, lon, lat = self._locate(hint.position)
        if lon is None or lat is None:
            return
        if known.lon is not None and known.lat is not None and max(abs(lon - known.lon), abs(lat - known.lat)) < _MOVED_DEGREES:
            return
        if not all(known.area.startswith(bounds) for _, bounds in speakers):
            return
        # Where no cells are drawn the place tells less than what is known: the district, or nothing.
        area = known.area if known.area.startswith(place.area or "") else place.area or known.area
        strangers = {(index, hint.device) for index, bounds in speakers if not area.startswith(bounds)}
        if strangers:
            astray |= strangers
            return
        queries.registry_move(
            connection, device_id=known.device_id, lon=lon, lat=lat, cell_id=place.cell_id, area=area, placement=place.placement, now=now
        )
        self._devices[hint.device] = replace(known, lon=lon, lat=lat, cell_id=place.cell_id, area=area)

    def _known_metrics(self, connection: Connection, wanted: dict[str, str | None]) -> dict[str, MetricInfo]:
        if wanted.keys() - self._metrics.keys():
            self._read_metrics(connection)
            missing = wanted.keys() - self._metrics.keys()
            for metric in sorted(missing):
                known = described(metric)
                label, unit = (known.label, known.unit) if known else (metric, "")
                kind = "text" if wanted[metric] is not None else "number"
                queries.registry_add_metric(connection, metric=metric, label=label, unit=unit, kind=kind)
            if missing:
                self._read_metrics(connection)
        return dict(self._metrics)

    def _read_metrics(self, connection: Connection) -> None:
        for row in queries.registry_metrics(connection):
            self._metrics[row["metric"]] = MetricInfo(
                row["metric_id"], row["metric"], row["label"], row["unit"], row["kind"] == "text", row["min"], row["max"]
            )


def _speakers(decoded: Decoded, devices: Set[str]) -> Speakers:
    """Which frames speak of these devices, in their order, and for which areas each may."""
    found: dict[str, list[tuple[int, Bounds]]] = {}
    for index, reading in decoded.readings:
        if reading.device in devices:
            frames = found.setdefault(reading.device, [])
            if not frames or frames[-1][0] != index:
                frames.append((index, bounds_of(decoded.frames[index])))
    return found


def _known(row: dict[str, Any]) -> KnownDevice:
    metrics: dict[str, list[Any]] = row["metrics"] or {}
    return KnownDevice(
        device_id=row["device_id"],
        device=row["device"],
        name=row["name"],
        domain=row["domain"],
        area=row["area"],
        cell_id=row["cell_id"],
        lon=row["lon"],
        lat=row["lat"],
        interval=timedelta(seconds=row["interval_s"]),
        simulated=row["simulated"],
        drill=row["drill"],
        limits={metric: (low, high) for metric, (low, high, _, _) in metrics.items() if low is not None or high is not None},
        names={metric: name for metric, (_, _, name, _) in metrics.items() if name},
        units={metric: unit for metric, (_, _, _, unit) in metrics.items() if unit},
    )


def keep_catalogue(connection: Connection, config: Config) -> None:
    """Make the stored catalogue of metrics say what the configuration says; metrics only met on a wire stay as they are."""
    rows = [
        {"metric": name, "label": metric.label, "unit": metric.unit, "kind": metric.kind, "min": metric.min, "max": metric.max}
        for name, metric in sorted(config.metrics.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql("registry_keep_metric"), rows)
