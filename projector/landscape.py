"""What every cell shows of every measure: classes 0…5 between five limits, -1 where all nearby devices are unknown.

A cell without a device or signal within the radius is not covered: it has no class, and is never shown as calm. What is counted
(open cases) is known everywhere: a cell with none has the first class.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import Config, MeasureConfig, NoDataRule
from core.day import Day
from core.standards.air import POLLUTANTS, breakpoints
from projector import risk
from projector.counted import COUNTED, Points, collect_points, place_of, spread
from projector.devices import Devices
from projector.figures import Row, Tally
from projector.ground import Ground
from projector.kernel import NOTHING, Floats, Kernel, mean, peak, total

Classes = NDArray[np.int8]
UNCOVERED = -2
UNKNOWN = -1

Cells = dict[str, dict[str, list[list[int]]]]


@dataclass(frozen=True, slots=True)
class Signals:
    """Open alerts, and places with open reports or cases, in metres, with their strength."""

    x: Floats
    y: Floats
    strength: Floats


def collect_signals(ground: Ground, tally: Tally, config: Config) -> Signals:
    """What is open and placed. An alarm of silence is no signal: it says that nothing is known, and grey says that."""
    silence = {name for name, rule in config.rules.items() if isinstance(rule, NoDataRule)}
    found = [
        (*place, risk.OF_SEVERITY[alert.severity])
        for alert in tally.rows["alert"].values()
        if alert.stage != "normal" and alert.rule not in silence and (place := place_of(ground, alert))
    ]
    work: dict[tuple[float, float], int] = {}
    for row in _open_work(tally):
        if (place := place_of(ground, row)) is not None:
            k = ground.cell_index.get(row.cell_id) if row.cell_id is not None else None
            place = (float(ground.x[k]), float(ground.y[k])) if k is not None else place
            work[place] = work.get(place, 0) + 1
    found += [(*place, risk.work(count)) for place, count in work.items()]
    columns = np.array(found, dtype=float).reshape(-1, 3).T
    return Signals(columns[0], columns[1], columns[2])


def _open_work(tally: Tally) -> Iterable[Row]:
    yield from (row for row in tally.rows["report"].values() if row.stage in ("open", "confirmed"))
    yield from (row for row in tally.rows["case"].values() if row.acted_at is None)


class Landscape:
    """Keeps the weights, and the classes last told of each measure."""

    def __init__(self, ground: Ground, config: Config, metrics: Mapping[str, int]) -> None:
        self._ground, self._config, self._metrics = ground, config, metrics
        floors = {name: metric.min for name, metric in config.metrics.items()}
        self._curves = {metrics[name]: curves for name, curves in risk.strictest(config.rules.values(), floors).items() if name in metrics}
        self._kernels: dict[str, Kernel] = {}
        self._sources: dict[str, NDArray[np.bool_]] = {}
        self._signals: tuple[Signals, Kernel] | None = None
        self._points: dict[str, tuple[Points, Kernel]] = {}
        self._online: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self.told: dict[str, Classes] = {name: np.full(len(ground.x), UNCOVERED, dtype=np.int8) for name in config.screens.measures}

    @property
    def wanted(self) -> set[int]:
        """The metrics whose values the measures need."""
        return set().union(set(self._curves), *(self.needs(name) for name in self._config.screens.measures))

    def forget_weights(self) -> None:
        self._kernels.clear()

    def set_rows(self, tally: Tally, day: Day) -> set[str]:
        """Take in what is open and what happened; returns the measures that may look otherwise now."""
        measures = self._config.screens.measures
        signals = collect_signals(self._ground, tally, self._config)
        radius = max((m.radius_m for m in measures.values() if _is_risk(m)), default=1.0)
        self._signals = signals, self._ground.weigh(signals.x, signals.y, radius)
        moved = {name for name, measure in measures.items() if _is_risk(measure)}
        for name, measure in measures.items():
            if measure.of is not None and measure.of in COUNTED:
                points = collect_points(self._ground, tally, measure.of, day)
                if name not in self._points or not points.equals(self._points[name][0]):
                    self._points[name] = points, self._ground.weigh(points.x, points.y, measure.radius_m)
                    moved.add(name)
        return moved

    def notice(self, devices: Devices) -> set[str]:
        """The measures of devices' health, if any device came online or left."""
        if np.array_equal(devices.online, self._online):
            return set()
        self._online = devices.online
        return {name for name, measure in self._config.screens.measures.items() if measure.of == "devices"}

    def needs(self, name: str) -> set[int]:
        """The metrics a measure is made of."""
        measure = self._config.screens.measures[name]
        if _is_risk(measure):
            return set(self._curves)
        return {self._metrics[metric] for metric in metrics_of(measure) if metric in self._metrics}

    def draw(self, devices: Devices, names: Iterable[str], day: Day) -> dict[str, Classes]:
        """The classes of the measures named, per cell of the ground; `day` says which edition of a standard is in force."""
        return {name: self._draw(devices, name, self._config.screens.measures[name], day) for name in names}

    def _draw(self, devices: Devices, name: str, measure: MeasureConfig, day: Day) -> Classes:
        if name in self._points:
            values = spread(*self._points[name], len(self._ground.x))
            covered = np.isfinite(values)
        else:
            values, covered = self._measured(devices, name, measure, day)
        classes = classes_of(values, measure.limits)
        classes[~covered] = UNCOVERED
        return classes

    def _measured(self, devices: Devices, name: str, measure: MeasureConfig, day: Day) -> tuple[Floats, NDArray[np.bool_]]:
        kernel = self._kernel(devices, name, measure)
        values = np.full(len(self._ground.x), np.nan)
        covered = np.zeros(len(values), dtype=bool)
        if kernel:
            covered[kernel.cells] = True
        if _is_risk(measure):
            covered |= self._index(devices, kernel, values)
        elif kernel:
            values[kernel.cells] = self._fold(devices, kernel, measure, day)
        return values, covered

    def _kernel(self, devices: Devices, name: str, measure: MeasureConfig) -> Kernel:
        health = measure.of == "devices"
        sources = np.ones(len(devices.ids), dtype=bool) if health else devices.measures(self.needs(name))
        if name not in self._kernels or not np.array_equal(self._sources[name], sources):
            placed = np.where(sources, devices.x, np.nan)
            self._kernels[name] = self._ground.weigh(placed, devices.y, measure.radius_m) if sources.any() else NOTHING
            self._sources[name] = sources
        return self._kernels[name]

    def _fold(self, devices: Devices, kernel: Kernel, measure: MeasureConfig, day: Day) -> Floats:
        if measure.of == "devices":
            return 100 * total(kernel, (~devices.online).astype(float)) / total(kernel, np.ones(len(devices.ids)))
        if measure.of == "aqi":
            return self._air(devices, kernel, day)
        assert measure.metric is not None
        values = devices.known(self._metrics[measure.metric])
        return mean(kernel, values) if measure.fold == "mean" else peak(kernel, values)

    def _air(self, devices: Devices, kernel: Kernel, day: Day) -> Floats:
        """The greatest sub-index of what is measured near, by the hour's table of HJ 633: a present state, not an hour's index."""
        indices = np.full(len(kernel.cells), np.nan)
        for pollutant in POLLUTANTS:
            if pollutant in self._metrics:
                measured = mean(kernel, devices.known(self._metrics[pollutant]))
                indices = np.fmax(indices, np.interp(measured, *breakpoints(pollutant, "hour", day.start.date())))
        return np.asarray(np.ceil(np.round(indices, 6)))

    def _index(self, devices: Devices, kernel: Kernel, into: Floats) -> NDArray[np.bool_]:
        """Write the risk index into cells; returns those a signal reaches."""
        means, reached = np.zeros(len(into)), np.zeros(len(into), dtype=bool)
        if kernel:
            loads = np.full(len(devices.ids), np.nan)
            for metric, curves in self._curves.items():
                values = devices.known(metric)
                for curve in curves:
                    loads = np.fmax(loads, risk.load(curve, values))
            into[kernel.cells], means[kernel.cells] = peak(kernel, loads), mean(kernel, loads)
        if self._signals is not None and self._signals[1]:
            signals, reach = self._signals
            into[reach.cells] = np.fmax(into[reach.cells], peak(reach, signals.strength))
            reached[reach.cells] = True
        into[:] = risk.blend(into, means)
        return reached

    def changes(self, drawn: Mapping[str, Classes]) -> Cells:
        """Per street and measure the cells that show another class than was told, with it; coverage lost is told as unknown."""
        found: Cells = {}
        ground = self._ground
        for name, classes in drawn.items():
            moved = np.flatnonzero(classes != self.told[name])
            if not len(moved):
                continue
            streets, starts = np.unique(ground.cell_street[moved], return_index=True)
            for street, part in zip(streets.tolist(), np.split(moved, starts[1:]), strict=True):
                shown = np.maximum(classes[part], UNKNOWN)
                found.setdefault(ground.streets[street], {})[name] = [ground.cell_ids[part].tolist(), shown.tolist()]
        return found

    def vector(self, street: str, name: str) -> tuple[list[int], list[int]]:
        """The covered cells of a street and their classes, as told."""
        low, high = np.searchsorted(self._ground.cell_street, [k := self._ground.street(street), k + 1])
        classes = self.told[name][low:high]
        shown = np.flatnonzero(classes > UNCOVERED)
        return self._ground.cell_ids[low:high][shown].tolist(), classes[shown].tolist()


def metrics_of(measure: MeasureConfig) -> frozenset[str]:
    """The names of the metrics a measure shows; those of the risk index are its rules'."""
    return frozenset(POLLUTANTS if measure.of == "aqi" else [measure.metric] if measure.metric else [])


def _is_risk(measure: MeasureConfig) -> bool:
    return measure.metric is None and measure.of is None


def classes_of(values: Floats, limits: Sequence[float]) -> Classes:
    """The class of each value: the number of limits it reaches; -1 for NaN, an unknown one."""
    classes = np.searchsorted(np.array(limits), values, side="right").astype(np.int8)
    classes[~np.isfinite(values)] = UNKNOWN
    return classes
