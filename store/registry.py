"""Which devices and metrics there are: a cache over the tables that notices changes within two seconds.

Unknown ones are adopted from their first message or left out, as the configuration says; nobody adopts or moves a device
outside the areas he speaks for (`core.bounds`). The cache holds no truth: it may be thrown away at any moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.bounds import NO_BOUNDS, bounds_of, narrowed
from core.codes.hj212 import described
from core.config import Config
from core.device_levels import DeviceLevel, holding
from core.facts import KnownDevice, MetricInfo
from core.model import Decoded, DeviceHint, Frame, Placement, Position
from store.device_levels import level_of
from store.timescale import Connection, queries, sql

_LOOK_AGAIN_AFTER = timedelta(seconds=2)
_OVERLAP = timedelta(seconds=45)
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
        self._numbers: dict[str, str] = {}  # of cameras: the other name they are known by here
        self._metrics: dict[str, MetricInfo] = {}
        self._levelled: dict[str, tuple[DeviceLevel, ...]] = {}  # numbers of their own, of which a season or a year may end
        self._looked_at: datetime | None = None
        self._horizon = "0"  # transactions before it had ended at that look
        self._day: date | None = None

    def identify(
        self, connection: Connection, decoded: Decoded, now: datetime
    ) -> tuple[dict[str, KnownDevice], dict[str, MetricInfo], Astray]:
        """All devices and metrics that a batch names; unknown devices are adopted where the city says so and their sender may.

        The third are (frame, device) whose place is not their sender's: neither adopted nor moved, and to be refused.
        """
        self._forget_changed(connection, now)
        named = {reading.device for _, reading in decoded.readings}
        moving = [(index, hint) for index, hint in decoded.hinted if hint.position]
        wanted = named | {hint.device for _, hint in moving} | {presence.device for presence in decoded.presences}
        self._learn(connection, self._unknown(wanted))
        astray: Astray = set()
        if self._config.ingest.unknown_devices == "adopt" and (unknown := self._unknown(named)):
            self._adopt(connection, unknown, decoded, now, astray)
        if moving:
            self._move(connection, moving, decoded.frames, now, astray)
        known = {device: self._devices[device] for device in wanted if device in self._devices}
        return known, self._known_metrics(connection, _metrics_of(decoded, known, astray)), astray

    def _unknown(self, wanted: Iterable[str]) -> set[str]:
        """Asked one by one: a set less the keys of a dictionary walks through all of them, 5 ms a batch with 100,000 devices."""
        return {device for device in wanted if device not in self._devices}

    def known(self, connection: Connection, devices: Iterable[str]) -> dict[str, KnownDevice]:
        """Registered devices by name; unknown ones are left out."""
        wanted = set(devices)
        self._learn(connection, self._unknown(wanted))
        return {device: self._devices[device] for device in wanted if device in self._devices}

    def metrics(self, connection: Connection) -> dict[str, MetricInfo]:
        """The whole catalogue by name."""
        if not self._metrics:
            self._read_metrics(connection)
        return self._metrics

    def forget(self) -> None:
        """After a failed transaction: what was adopted in it may not exist."""
        self._devices.clear()
        self._versions.clear()
        self._numbers.clear()
        self._levelled.clear()
        self._metrics.clear()

    def _forget_changed(self, connection: Connection, now: datetime) -> None:
        if self._looked_at and now - self._looked_at < _LOOK_AGAIN_AFTER:
            return
        seen, self._horizon = self._horizon, queries.registry_horizon(connection)
        if self._looked_at:
            for row in queries.registry_changed(connection, since=self._looked_at - _OVERLAP, horizon=seen):
                if self._versions.get(row["device"]) != row["updated_at"]:
                    self._versions[row["device"]] = row["updated_at"]
                    self._devices.pop(row["device"], None)
                    self._devices.pop(self._numbers.pop(row["device"], ""), None)
                    self._metrics = {}  # with a device its metrics are registered: one may have got its unit
        self._looked_at = now
        self._keep_day(now.astimezone(self._config.area.zone).date())

    def _keep_day(self, day: date) -> None:
        """With a new day of the city another season's levels may hold."""
        if day == self._day:
            return
        self._day = day
        for device, levels in self._levelled.items():
            if device in self._devices:
                self._devices[device] = replace(self._devices[device], levels=_holding(levels, day))

    def _learn(self, connection: Connection, devices: Iterable[str]) -> None:
        """A camera also by its number, where that was asked for and is nobody's own name: whose name it is comes in the same answer."""
        missing = set(devices)
        if not missing:
            return
        rows = list(queries.registry_devices(connection, devices=sorted(missing)))
        for row in rows:
            self._devices[row["device"]] = self._with_levels(_known(row), row["levels"] or ())
            self._versions[row["device"]] = row["updated_at"]
        for row in rows:
            number = row["gb_id"]
            other = self._devices.get(number)
            if number in missing and (other is None or other.device != number):
                self._numbers[row["device"]] = number
                self._devices[number] = self._devices[row["device"]]

    def _with_levels(self, device: KnownDevice, rows: Sequence[dict[str, Any]]) -> KnownDevice:
        """With the numbers that hold today; before the first batch there is no day, and no rule that asks."""
        self._levelled.pop(device.device, None)
        if not rows:
            return device
        self._levelled[device.device] = levels = tuple(level_of(row) for row in rows)
        return replace(device, levels=_holding(levels, self._day)) if self._day else device

    def _adopt(self, connection: Connection, unknown: set[str], decoded: Decoded, now: datetime, astray: Astray) -> None:
        """Register each unknown device in the area of the first sender who may speak for where that sender says it is."""
        hints = {(index, hint.device): hint for index, hint in decoded.hinted if hint.device in unknown}
        rows: dict[str, dict[str, Any]] = {}
        for index, device in dict.fromkeys((index, reading.device) for index, reading in decoded.readings if reading.device in unknown):
            if device in rows:
                continue
            hint = hints.get((index, device)) or DeviceHint(device)
            place, lon, lat = self._locate(hint.position)
            area = narrowed(place.area or hint.area or "", bounds_of(decoded.frames[index]))
            if area is None:
                astray.add((index, device))
                continue
            rows[device] = {
                "device": device, "domain": hint.domain or "urban", "area": area or self._config.area.code, "lon": lon, "lat": lat,
                "cell_id": place.cell_id, "placement": place.placement, "gateway": hint.gateway, "name": hint.name, "product": hint.product,
                "model": hint.model, "firmware": hint.firmware, "now": now,
            }  # fmt: skip
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(sql("registry_adopt"), [rows[device] for device in sorted(rows)])
            self._learn(connection, rows)

    def _move(
        self, connection: Connection, hints: Sequence[tuple[int, DeviceHint]], frames: Sequence[Frame], now: datetime, astray: Astray
    ) -> None:
        """Known devices are elsewhere, as far as each frame may say so: one of another area says nothing, and costs others nothing."""
        moved: dict[str, Placement] = {}
        for index, hint in hints:
            known, bounds = self._devices.get(hint.device), bounds_of(frames[index])
            if known is None or not known.area.startswith(bounds):
                continue
            place, lon, lat = self._locate(hint.position)
            if lon is None or lat is None:
                continue
            if known.lon is not None and known.lat is not None and max(abs(lon - known.lon), abs(lat - known.lat)) < _MOVED_DEGREES:
                continue
            # Where no cells are drawn the place tells less than what is known: the district, or nothing.
            area = known.area if known.area.startswith(place.area or "") else place.area or known.area
            if not area.startswith(bounds):
                astray.add((index, hint.device))
                continue
            moved[hint.device] = place.placement
            there = replace(known, lon=lon, lat=lat, cell_id=place.cell_id, area=area)
            names = {known.device, self._numbers.get(known.device, known.device)}
            self._devices |= {name: there for name in names if (held := self._devices.get(name)) and held.device_id == known.device_id}
        for device, placement in sorted(moved.items()):  # each once, to where it was said to be last
            to = self._devices[device]
            queries.registry_move(
                connection, device_id=to.device_id, lon=to.lon, lat=to.lat, cell_id=to.cell_id, area=to.area, placement=placement, now=now
            )

    def _known_metrics(self, connection: Connection, wanted: dict[str, str | None]) -> dict[str, MetricInfo]:
        """The catalogue, with as many of the wanted as it has room for: each with the text its reading brought, or None."""
        if wanted and not self._metrics:
            self._read_metrics(connection)
        if missing := sorted(wanted.keys() - self._metrics.keys()):
            self._keep(queries.registry_metrics_named(connection, metrics=missing))
        if missing := sorted(wanted.keys() - self._metrics.keys()):
            self._add_metrics(connection, missing, wanted)
            self._keep(queries.registry_metrics_named(connection, metrics=missing))
        return dict(self._metrics)

    def _add_metrics(self, connection: Connection, missing: list[str], wanted: Mapping[str, str | None]) -> None:
        standard = [described(metric) for metric in missing]
        queries.registry_add_metrics(
            connection,
            metrics=missing,
            labels=[known.label if known else metric for metric, known in zip(missing, standard, strict=True)],
            units=[known.unit if known else "" for known in standard],
            kinds=["number" if wanted[metric] is None else "text" for metric in missing],
            most=self._config.ingest.most_metrics,
        )

    def _read_metrics(self, connection: Connection) -> None:
        self._keep(queries.registry_metrics(connection))

    def _keep(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self._metrics[row["metric"]] = MetricInfo(
                row["metric_id"], row["metric"], row["label"], row["unit"], row["kind"] == "text", row["min"], row["max"]
            )


def _metrics_of(decoded: Decoded, known: Mapping[str, KnownDevice], astray: Astray) -> dict[str, str | None]:
    """The city's names of what the batch measured, each with the text its last reading brought; nothing of who is to be refused."""
    names: dict[str, str | None] = {}
    last, bounds = -1, NO_BOUNDS
    for index, reading in decoded.readings:
        if index != last:
            last, bounds = index, bounds_of(decoded.frames[index])
        device = known.get(reading.device)
        if device and device.area.startswith(bounds) and not (astray and (index, reading.device) in astray):
            names[device.names.get(reading.metric, reading.metric)] = reading.text
    return names


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
        kind=row["kind"],
        tags=tuple(row["tags"]),
        cell_code=row["cell_code"],
    )


def _holding(levels: Sequence[DeviceLevel], day: date) -> dict[str, dict[str, float]]:
    """By the city's metric: what holds on a day."""
    return {metric: holding(levels, metric, day) for metric in {one.metric for one in levels}}


def keep_catalogue(connection: Connection, config: Config) -> None:
    """Make the stored catalogue of metrics say what the configuration says; metrics only met on a wire stay as they are."""
    rows = [
        {"metric": name, "label": metric.label, "unit": metric.unit, "kind": metric.kind, "min": metric.min, "max": metric.max}
        for name, metric in sorted(config.metrics.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql("registry_keep_metric"), rows)
