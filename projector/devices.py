"""The latest good values of all devices in arrays. Decides what counts as known: good, finite, not too old, and not of a silent device."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from alerts.patience import patience
from alerts.rules import Place, Rules
from core.setting import Domain
from projector.ground import Ground
from projector.kernel import Floats, Ints
from store.live_rows import States

DOMAINS: tuple[str, ...] = get_args(Domain)
_GOOD = 0  # core.model.QUALITY_CODE
_WINDOW_S = 60
_STRANGER, _SILENCED = -1, -2  # in place of a number: never registered here; registered and counted nowhere


def with_patience(rows: Iterable[Mapping[str, Any]], rules: Rules, late: timedelta) -> list[dict[str, Any]]:
    """Devices with the seconds for which a value of theirs is believed: their patience and `late`."""
    waits = ((row, patience(rules, _place(row), timedelta(seconds=row["interval_s"]))) for row in rows)
    return [{**row, "patience_s": (wait + late).total_seconds()} for row, wait in waits]


def _place(row: Mapping[str, Any]) -> Place:
    return Place(row["domain"], row["area"], row["device"], row["kind"], row["cell_code"], tuple(row["tags"]))


class Devices:
    """Grows with the registry; a device's number is its place in every array."""

    def __init__(self, ground: Ground, wanted: Iterable[int]) -> None:
        self._ground = ground
        self.wanted = frozenset(wanted)
        self.lookup: Ints = np.full(1, _STRANGER, dtype=np.intp)
        self.ids: Ints = np.empty(0, dtype=np.intp)
        self.street: Ints = np.empty(0, dtype=np.intp)
        self.domain: Ints = np.empty(0, dtype=np.intp)  # its place in DOMAINS
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        self.silent: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self.offline: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self.seen: Floats = np.empty(0)  # epoch seconds of the newest state, 0: never
        self.patience: Floats = np.empty(0)  # seconds after which a value says nothing of the present, whoever is to blame
        self.aged: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self.values: dict[int, Floats] = {}
        self.observed: dict[int, Floats] = {}
        self._heard = np.zeros((_WINDOW_S, len(ground.streets)), dtype=np.int64)
        self._heard_at = np.zeros(_WINDOW_S, dtype=np.int64)

    def register(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Take in new and changed devices; True when places changed, so that kernels must be weighed again.

        One that is `silenced` is known by that alone; one that was counted before stays so until the picture is built anew.
        """
        if not rows:
            return False
        top = max(row["device_id"] for row in rows)
        if top >= len(self.lookup):
            self.lookup = np.concatenate([self.lookup, np.full(top + 1 - len(self.lookup) + top // 4, _STRANGER, dtype=np.intp)])
        rows = self._pass_over(rows)
        new = [row["device_id"] for row in rows if self.lookup[row["device_id"]] < 0]
        self._grow(new)
        moved = bool(new)
        for row in rows:
            k = self.lookup[row["device_id"]]
            placed = row["placement"] == "inside" and row["lon"] is not None and row["lat"] is not None
            x, y = self._ground.metres(row["lon"], row["lat"]) if placed else (np.nan, np.nan)
            moved |= bool(x != self.x[k] or y != self.y[k]) and bool(placed or np.isfinite(self.x[k]))
            self.x[k], self.y[k] = x, y
            self.street[k], self.silent[k] = self._ground.street(row["street"]), row["silent"]
            self.offline[k], self.domain[k] = row["presence"] == "offline", DOMAINS.index(row["domain"])
            self.patience[k] = row.get("patience_s", np.inf)
        return moved

    def _pass_over(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Those that are counted."""
        silenced = {row["device_id"] for row in rows if row.get("silenced") and self.lookup[row["device_id"]] < 0}
        self.lookup[list(silenced)] = _SILENCED
        return [row for row in rows if row["device_id"] not in silenced]

    def _grow(self, new: Sequence[int]) -> None:
        first, more = len(self.ids), len(new)
        self.lookup[new] = np.arange(first, first + more)
        self.ids = np.concatenate([self.ids, np.array(new, dtype=np.intp)])
        self.street, self.domain = (np.concatenate([old, np.zeros(more, dtype=np.intp)]) for old in (self.street, self.domain))
        flags = (self.silent, self.offline, self.aged)
        self.silent, self.offline, self.aged = (np.concatenate([old, np.zeros(more, dtype=bool)]) for old in flags)
        self.patience = np.concatenate([self.patience, np.full(more, np.inf)])
        self.x, self.y = (np.concatenate([old, np.full(more, np.nan)]) for old in (self.x, self.y))
        self.seen = np.concatenate([self.seen, np.zeros(more)])
        self.values = {metric: np.concatenate([old, np.full(more, np.nan)]) for metric, old in self.values.items()}
        self.observed = {metric: np.concatenate([old, np.full(more, np.nan)]) for metric, old in self.observed.items()}

    def unknown(self, device_ids: NDArray[np.int32]) -> list[int]:
        """Those never registered here."""
        known = (device_ids < len(self.lookup)) & (self.lookup[np.minimum(device_ids, len(self.lookup) - 1)] != _STRANGER)
        return [int(device_id) for device_id in device_ids[~known]]

    def take(self, states: States, second: int) -> set[int]:
        """Take in states read from the table at an epoch second; returns the wanted metrics that moved. Told twice changes nothing."""
        ids = states["device_id"].astype(np.intp)
        inside = ids < len(self.lookup)
        states, k = states[inside], self.lookup[ids[inside]]
        states, k = states[k >= 0], k[k >= 0]
        if not len(k):
            return set()
        updated = states["updated"].astype(float)
        self._count(k[updated > self.seen[k]], updated[updated > self.seen[k]], second)
        np.maximum.at(self.seen, k, updated)
        moved = set()
        metric_ids = states["metric_id"].astype(np.intp)
        for metric in set(np.unique(metric_ids).tolist()) & self.wanted:
            chosen = metric_ids == metric
            part, at = states[chosen], k[chosen]
            values = self.values.setdefault(metric, np.full(len(self.ids), np.nan))
            observed = self.observed.setdefault(metric, np.full(len(self.ids), np.nan))
            fresh = np.where(part["quality"] == _GOOD, part["value"].astype(float), np.nan)
            stamps = part["observed"].astype(float)
            if not np.array_equal(values[at], fresh, equal_nan=True) or not np.array_equal(observed[at], stamps, equal_nan=True):
                moved.add(metric)
            values[at], observed[at] = fresh, stamps
        return moved

    def _count(self, k: Ints, updated: Floats, second: int) -> None:
        """Readings of the last minute, by the second they were stored in."""
        recent = (updated > second - _WINDOW_S) & (updated <= second + 1)
        for stored in np.unique(updated[recent].astype(np.int64)):
            slot = int(stored) % _WINDOW_S
            if self._heard_at[slot] != stored:
                self._heard_at[slot], self._heard[slot] = stored, 0
            self._heard[slot] += np.bincount(self.street[k[updated.astype(np.int64) == stored]], minlength=self._heard.shape[1])

    def heard(self, second: int) -> Ints:
        """Readings that moved a state in the minute before, per street."""
        return np.asarray(self._heard[(self._heard_at > second - _WINDOW_S) & (self._heard_at <= second + 1)].sum(axis=0))

    def known(self, metric: int) -> Floats:
        """Values by device; NaN where unknown."""
        values = self.values.get(metric)
        return np.full(len(self.ids), np.nan) if values is None else np.where(self.silent | self.aged, np.nan, values)

    @property
    def online(self) -> NDArray[np.bool_]:
        """Heard of within its patience, not silent, and not signed off."""
        return (self.seen > 0) & ~self.silent & ~self.offline & ~self.aged

    def measures(self, metrics: Iterable[int]) -> NDArray[np.bool_]:
        """Which devices ever spoke of one of the metrics: only they can be missing."""
        found = np.zeros(len(self.ids), dtype=bool)
        for metric in metrics:
            if metric in self.observed:
                found |= np.isfinite(self.observed[metric])
        return found

    def age(self, at: float) -> bool:
        """Values older than their device's patience are unknown, also while nobody listens and so nobody is called silent.

        `at` is in epoch seconds. True when any became so or is no longer."""
        aged = (self.seen > 0) & (at - self.seen > self.patience)
        changed = not np.array_equal(aged, self.aged)
        self.aged = aged
        return changed

    def hush(self, silent: Mapping[int, bool]) -> bool:
        """Devices fell silent or speak again; True when any did."""
        changed = False
        for device_id, quiet in silent.items():
            k = self.lookup[device_id] if device_id < len(self.lookup) else _STRANGER
            if k >= 0 and self.silent[k] != quiet:
                self.silent[k], changed = quiet, True
        return changed

    def sign_off(self, offline: Mapping[int, bool]) -> bool:
        """Devices said goodbye or are back; True when any did. What they measured stays known until they are silent."""
        changed = False
        for device_id, gone in offline.items():
            k = self.lookup[device_id] if device_id < len(self.lookup) else _STRANGER
            if k >= 0 and self.offline[k] != gone:
                self.offline[k], changed = gone, True
        return changed
