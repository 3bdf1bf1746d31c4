"""What every cell shows of every measure: classes 0…5 between five limits, -1 where all nearby devices are unknown.

A cell without a device or signal within the radius is not covered: it has no class, and is never shown as calm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import Config, MeasureConfig, NoDataRule
from projector import risk
from projector.devices import Devices
from projector.figures import Row, Tally
from projector.ground import Ground
from projector.kernel import NOTHING, Floats, Kernel, mean, peak

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
        if alert.stage != "normal" and alert.rule not in silence and (place := _place(ground, alert))
    ]
    work: dict[tuple[float, float], int] = {}
    for row in _open_work(tally):
        if (place := _place(ground, row)) is not None:
            k = ground.cell_index.get(row.cell_id) if row.cell_id is not None else None
            place = (float(ground.x[k]), float(ground.y[k])) if k is not None else place
            work[place] = work.get(place, 0) + 1
    found += [(*place, risk.work(count)) for place, count in work.items()]
    columns = np.array(found, dtype=float).reshape(-1, 3).T
    return Signals(columns[0], columns[1], columns[2])


def _open_work(tally: Tally) -> Iterable[Row]:
    yield from (row for row in tally.rows["report"].values() if row.stage in ("open", "confirmed"))
    yield from (row for row in tally.rows["case"].values() if row.acted_at is None)


def _place(ground: Ground, row: Row) -> tuple[float, float] | None:
    if row.lon is not None and row.lat is not None:
        x, y = ground.metres(row.lon, row.lat)
        return float(x), float(y)
    k = ground.cell_index.get(row.cell_id) if row.cell_id is not None else None
    return None if k is None else (float(ground.x[k]), float(ground.y[k]))


class Landscape:
    """Keeps the weights, and the classes last told of each measure."""

    def __init__(self, ground: Ground, config: Config, metrics: Mapping[str, int]) -> None:
        self._ground, self._config, self._metrics = ground, config, metrics
        floors = {name: metric.min for name, metric in config.metrics.items()}
        self._curves = {metrics[name]: curves for name, curves in risk.strictest(config.rules.values(), floors).items() if name in metrics}
        self._kernels: dict[str, Kernel] = {}
        self._sources: dict[str, NDArray[np.bool_]] = {}
        self._signals: tuple[Signals, Kernel] | None = None
        self.told: dict[str, Classes] = {name: np.full(len(ground.x), UNCOVERED, dtype=np.int8) for name in config.screens.measures}

    @property
    def wanted(self) -> set[int]:
        """The metrics whose values the measures need."""
        named = {measure.metric for measure in self._config.screens.measures.values()} & self._metrics.keys()
        return {self._metrics[name] for name in named if name is not None} | set(self._curves)

    def forget_weights(self) -> None:
        self._kernels.clear()

    def set_signals(self, signals: Signals) -> None:
        radius = max((m.radius_m for m in self._config.screens.measures.values() if m.metric is None), default=1.0)
        self._signals = signals, self._ground.weigh(signals.x, signals.y, radius)

    def needs(self, name: str) -> set[int]:
        """The metrics a measure is made of."""
        metric = self._config.screens.measures[name].metric
        return set(self._curves) if metric is None else {self._metrics[metric]} if metric in self._metrics else set()

    def draw(self, devices: Devices, names: Iterable[str]) -> dict[str, Classes]:
        """The classes of the measures named, per cell of the ground."""
        return {name: self._draw(devices, name, self._config.screens.measures[name]) for name in names}

    def _draw(self, devices: Devices, name: str, measure: MeasureConfig) -> Classes:
        kernel = self._kernel(devices, name, measure.radius_m)
        values = np.full(len(self._ground.x), np.nan)
        covered = np.zeros(len(values), dtype=bool)
        if kernel:
            covered[kernel.cells] = True
        if measure.metric is None:
            covered |= self._index(devices, kernel, values)
        elif kernel:
            values[kernel.cells] = self._fold(devices, kernel, measure)
        classes = classes_of(values, measure.limits)
        classes[~covered] = UNCOVERED
        return classes

    def _kernel(self, devices: Devices, name: str, radius_m: float) -> Kernel:
        sources = devices.measures(self.needs(name))
        if name not in self._kernels or not np.array_equal(self._sources[name], sources):
            placed = np.where(sources, devices.x, np.nan)
            self._kernels[name] = self._ground.weigh(placed, devices.y, radius_m) if sources.any() else NOTHING
            self._sources[name] = sources
        return self._kernels[name]

    def _fold(self, devices: Devices, kernel: Kernel, measure: MeasureConfig) -> Floats:
        assert measure.metric is not None
        values = devices.known(self._metrics[measure.metric])
        return mean(kernel, values) if measure.fold == "mean" else peak(kernel, values)

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


def classes_of(values: Floats, limits: Sequence[float]) -> Classes:
    """The class of each value: the number of limits it reaches; -1 for NaN, an unknown one."""
    classes = np.searchsorted(np.array(limits), values, side="right").astype(np.int8)
    classes[~np.isfinite(values)] = UNKNOWN
    return classes
