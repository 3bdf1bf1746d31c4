"""Which devices and metrics there are: a cache over the tables that notices changes within two seconds.

Unknown ones are adopted from their first message or left out, as the configuration says. The cache holds no truth:
it may be thrown away at any moment.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.config import Config
from core.facts import KnownDevice, MetricInfo
from core.model import Decoded, DeviceHint, Placement, Position
from store.timescale import Connection, queries, sql

_LOOK_AGAIN_AFTER = timedelta(seconds=2)
_OVERLAP = timedelta(seconds=45)
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

    def identify(self, connection: Connection, decoded: Decoded, now: datetime) -> tuple[dict[str, KnownDevice], dict[str, MetricInfo]]:
        """All devices and metrics that a batch names; unknown devices are adopted where the city says so."""
        self._forget_changed(connection, now)
        wanted = {reading.device for _, reading in decoded.readings} | {presence.device for presence in decoded.presences}
        wanted |= {hint.device for hint in decoded.hints.values() if hint.position}
        self._learn(connection, wanted - self._devices.keys())
        unknown = {reading.device for _, reading in decoded.readings} - self._devices.keys()
        if unknown and self._config.ingest.unknown_devices == "adopt":
            senders = {reading.device: decoded.frames[index].peer for index, reading in decoded.readings}
            with connection.cursor() as cursor:
                cursor.executemany(
                    sql("registry_adopt"), [self._adopted(device, senders[device], decoded, now) for device in sorted(unknown)]
                )
            self._learn(connection, unknown)
        for hint in decoded.hints.values():
            if hint.position and hint.device in self._devices:
                self._move(connection, hint, now)
        known = {device: self._devices[device] for device in wanted if device in self._devices}
        names = {self._city_name(known, reading.device, reading.metric): reading.text for _, reading in decoded.readings}
        return known, self._known_metrics(connection, names)

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
                    self._devices.pop(row["device"], None)
        self._looked_at = now

    def _learn(self, connection: Connection, devices: Iterable[str]) -> None:
        missing = list(devices)
        if missing:
            for row in queries.registry_devices(connection, devices=missing):
                self._devices[row["device"]] = _known(row)
                self._versions[row["device"]] = row["updated_at"]

    def _adopted(self, device: str, sender: str, decoded: Decoded, now: datetime) -> dict[str, Any]:
        hint = decoded.hints.get(device) or DeviceHint(device, area=_area_of_token(sender))
        place, lon, lat = self._locate(hint.position)
        return {
            "device": device, "domain": hint.domain or "urban", "area": place.area or hint.area or self._config.area.code,
            "cell_id": place.cell_id, "lon": lon, "lat": lat, "placement": place.placement, "gateway": hint.gateway, "now": now,
        }  # fmt: skip

    def _move(self, connection: Connection, hint: DeviceHint, now: datetime) -> None:
        known = self._devices[hint.device]
        place, lon, lat = self._locate(hint.position)
        if lon is None or lat is None:
            return
        if known.lon is not None and known.lat is not None and max(abs(lon - known.lon), abs(lat - known.lat)) < _MOVED_DEGREES:
            return
        queries.registry_move(
            connection,
            device_id=known.device_id,
            lon=lon,
            lat=lat,
            cell_id=place.cell_id,
            area=place.area,
            placement=place.placement,
            now=now,
        )
        self._devices[hint.device] = replace(known, lon=lon, lat=lat, cell_id=place.cell_id, area=place.area or known.area)

    def _known_metrics(self, connection: Connection, wanted: dict[str, str | None]) -> dict[str, MetricInfo]:
        if wanted.keys() - self._metrics.keys():
            self._read_metrics(connection)
            missing = wanted.keys() - self._metrics.keys()
            for metric in sorted(missing):
                queries.registry_add_metric(connection, metric=metric, kind="text" if wanted[metric] is not None else "number")
            if missing:
                self._read_metrics(connection)
        return dict(self._metrics)

    def _read_metrics(self, connection: Connection) -> None:
        for row in queries.registry_metrics(connection):
            self._metrics[row["metric"]] = MetricInfo(
                row["metric_id"], row["metric"], row["label"], row["unit"], row["kind"] == "text", row["min"], row["max"]
            )


def _area_of_token(peer: str) -> str | None:
    """The first area of the token that brought a device nobody knows; frames of other wires name none."""
    return (peer.removeprefix("areas:").split(",")[0] or None) if peer.startswith("areas:") else None


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
        limits={metric: (low, high) for metric, (low, high, _) in metrics.items() if low is not None or high is not None},
        names={metric: name for metric, (_, _, name) in metrics.items() if name},
    )


def keep_catalogue(connection: Connection, config: Config) -> None:
    """Make the stored catalogue of metrics say what the configuration says; metrics only met on a wire stay as they are."""
    rows = [
        {"metric": name, "label": metric.label, "unit": metric.unit, "kind": metric.kind, "min": metric.min, "max": metric.max}
        for name, metric in sorted(config.metrics.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql("registry_keep_metric"), rows)
