"""Moves the latest state of devices: the newest reading wins, a late one never does, history does not take part."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.config import Config
from core.facts import Moved, StateMoved, ValidReading
from core.model import QUALITY_CODE, TRUSTED, Quality
from store import arrays
from store.timescale import Connection, queries

StateKey = tuple[int, int]
Story = list[tuple[ValidReading, datetime]]  # readings in order of observation, each with when its value began


@dataclass(frozen=True, slots=True)
class Newest:
    """Of a batch: the newest live reading of each metric of each device, and all of those that came several times."""

    newest: Mapping[StateKey, ValidReading]
    several: Mapping[StateKey, Sequence[ValidReading]]
    config: Config

    def feed_of(self, reading: ValidReading) -> str | None:
        """The configured feed whose listeners heard a reading; bodies posted to the API come under the name of their format.

        None of what a person wrote down: it does not tell where the device itself speaks.
        """
        if reading.quality is Quality.MANUAL:
            return None
        feeds = self.config.feeds
        posted = next((name for name, feed in feeds.items() if feed.kind == "http"), None)
        return reading.feed if reading.feed in feeds else posted if reading.feed else None

    @property
    def devices(self) -> set[int]:
        return {device_id for device_id, _ in self.newest}

    def columns(self, now: datetime) -> dict[str, Any]:
        """The parameters of `states_upsert`."""
        readings = list(self.newest.values())
        return {
            "now": now,
            "devices": arrays.int4s([device_id for device_id, _ in self.newest]),
            "metrics": arrays.int2s([metric_id for _, metric_id in self.newest]),
            "qualities": arrays.int2s([QUALITY_CODE[reading.quality] for reading in readings]),
            "values": arrays.float8s([reading.value for reading in readings]),
            "times": arrays.timestamps([reading.observed_at for reading in readings]),
        }


def newest_of(fresh: Iterable[ValidReading], config: Config, now: datetime) -> Newest:
    """What of a batch may become the latest state."""
    horizon = now - config.ingest.live_for
    newest: dict[StateKey, ValidReading] = {}
    several: dict[StateKey, list[ValidReading]] = {}
    for reading in fresh:
        if reading.observed_at < horizon:
            continue
        key = reading.device.device_id, reading.metric.metric_id
        other = newest.setdefault(key, reading)
        if other is not reading:
            several.setdefault(key, [other]).append(reading)
            if reading.observed_at > other.observed_at:
                newest[key] = reading
    return Newest(newest, several, config)


def stories(connection: Connection, states: Newest) -> dict[StateKey, Story]:
    """Of each state that gets several readings at once (locked now) those that are newer than it, and since when each value stood."""
    if not states.several:
        return {}
    rows = queries.states_observed(connection, devices=sorted({device_id for device_id, _ in states.several}))
    before = {(row["device_id"], row["metric_id"]): row for row in rows}
    return {key: _story(readings, before.get(key)) for key, readings in states.several.items()}


def _story(readings: Sequence[ValidReading], before: Mapping[str, Any] | None) -> Story:
    told: Story = []
    stood, since = (before["stood"], before["changed_at"]) if before else (None, None)
    for reading in sorted(readings, key=lambda one: one.observed_at):
        if before and reading.observed_at <= before["observed_at"]:
            continue
        if since is None or (_is_trusted(reading) and reading.value != stood):
            since = reading.observed_at
        stood = reading.value if _is_trusted(reading) else stood
        told.append((reading, since))
    return told


def _is_trusted(reading: ValidReading) -> bool:
    return reading.value is not None and reading.quality in TRUSTED


def keep_changes(connection: Connection, told: Mapping[StateKey, Story]) -> None:
    """After the upsert of the states, which saw nothing of what lay between: 5, 6, 5 has changed."""
    for (device_id, metric_id), story in told.items():
        if len({(reading.value, reading.quality) for reading, _ in story}) > 1:
            stood = next((reading.value for reading, _ in reversed(story) if _is_trusted(reading)), None)
            queries.states_changed(connection, device_id=device_id, metric_id=metric_id, changed_at=story[-1][1], stood=stood)


def tell_moved(states: Newest, told: Mapping[StateKey, Story], rows: Iterable[Mapping[str, Any]], ruled: Collection[str]) -> Moved:
    """In order of observation, every reading that was newer than the state before; `rows` are those of `states_upsert`.

    Metrics that no rule looks at (not `ruled`) are left out, unless their device was silent or never heard before.
    A backlog of several readings of one metric is told whole, so that a rule sees what happened between.
    """
    moved = Moved()
    silent, unwatched = set(), set()
    for row in rows:
        key = row["device_id"], row["metric_id"]
        reading = states.newest[key]
        if key not in states.several and (reading.metric.metric in ruled or row["silent"] or row["unwatched"]):
            feed = states.feed_of(reading) if row["unwatched"] or row["silent"] else None
            moved.states.append(_moved(reading, feed, row["changed_at"]))
        if all(each.quality is Quality.MANUAL for each in states.several.get(key, (reading,))):
            continue  # a person spoke: the device itself is as dead as before, and nobody waits for it from now on
        if row["silent"]:
            silent.add(key[0])
        if row["unwatched"]:
            unwatched.add(key[0])
    moved.states += [_moved(reading, states.feed_of(reading), since) for story in told.values() for reading, since in story]
    moved.states.sort(key=lambda state: state.observed_at)
    moved.silent, moved.unwatched = frozenset(silent), frozenset(unwatched)
    return moved


def _moved(reading: ValidReading, feed: str | None, changed_at: datetime | None) -> StateMoved:
    return StateMoved(reading.device, reading.metric, reading.value, reading.quality, reading.observed_at, feed, changed_at)


def keep_texts(connection: Connection, states: Newest) -> None:
    """The words of the few metrics that are text."""
    for (device_id, metric_id), reading in states.newest.items():
        if reading.text is not None:
            queries.states_text(connection, text=reading.text, device_id=device_id, metric_id=metric_id, observed_at=reading.observed_at)
