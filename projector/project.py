"""Tells screens what changed: reads committed changes and moved states, numbers a delta in Postgres, then publishes it.

Any number may be started, one tells: the cursor is compared and set, and who loses builds its memory anew. The picture
in memory is only ever a copy of the tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from alerts.rules import Rules
from core.config import Config
from core.day import Day, day_of
from projector.devices import Devices, with_patience
from projector.figures import Tally, count_devices, count_domains, count_rows, with_domains
from projector.ground import Ground, survey
from projector.landscape import Classes, Landscape, metrics_of
from store import live_rows
from store.geography import geography_version
from store.live import Delta, Hints, Live
from store.rulebook import Rulebook
from store.timescale import Connection, Store

CELLS_EVERY = timedelta(milliseconds=250)
FIGURES_EVERY = timedelta(milliseconds=400)  # of what only measures; counts go out with the change itself
REGISTRY_EVERY = timedelta(seconds=2)
ASK_EVERY = timedelta(seconds=1)  # the table, while no hints come
WHOLE_EVERY = timedelta(seconds=30)  # the net under hints that were lost unnoticed
SIGN_EVERY = timedelta(seconds=1)  # of life, while there is nothing to tell: on both wires, Redis and the table
BELIEVED_LATE = WHOLE_EVERY + timedelta(seconds=2)  # beyond its patience: where somebody listens the alarm of silence comes first
KEEP_EVERY = timedelta(seconds=3)
OVERLAP = timedelta(seconds=10)  # a state is stamped before its transaction commits: one may be this long under way
GROUND_EVERY = timedelta(seconds=3)  # areas or cells imported anew, or a metric heard of for the first time
REPLAY_AT_MOST = 5_000  # changes; after a longer absence every screen fetches a snapshot

Part = dict[str, Any]


@dataclass(slots=True)
class Memory:
    """The picture: everything in it can be read from the tables again."""

    ground: Ground
    devices: Devices
    landscape: Landscape
    tally: Tally
    vitals: list[tuple[str, int | None]]
    day: Day
    version: str
    sequence: int
    horizon: int
    rules: Rules
    storm: dict[str, Any] | None = None  # more arrives than the desk can take: told with the figures of every street
    told_changes: dict[int, int] = field(default_factory=dict)
    figures: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, dict[str, Any]] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    asked_at: datetime | None = None
    unkept: set[tuple[str, str]] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)
    signals_moved: bool = True


class Projector:
    """Holds the memory; `tick` it every 100 ms at most."""

    def __init__(self, store: Store, live: Live, hints: Hints, config: Config) -> None:
        self._store, self._live, self._hints, self._config = store, live, hints, config
        self._rulebook = Rulebook(config)
        self._memory: Memory | None = None

    @property
    def sequence(self) -> int | None:
        return self._memory.sequence if self._memory else None

    def forget(self) -> None:
        """Another leads: what is in memory will be out of date."""
        self._memory = None

    def tick(self, now: datetime) -> int:
        """Tell what happened since the last call; returns the number of deltas. Raises `StoreUnavailable`."""
        memory, self._memory = self._memory, None  # if this fails half way, the next tick builds anew
        deltas: list[Delta] = []
        with self._store.connection() as connection:
            if memory is None:
                memory = _build(connection, self._rulebook, now)
            whole = not memory.figures
            deltas += [self._write(connection, memory, parts, now) for parts in self._look(connection, memory, now)]
            if memory.unkept and _is_due(memory, "keep", now, KEEP_EVERY):
                _keep(connection, memory, now, whole=whole)
            outdated = _is_due(memory, "ground", now, GROUND_EVERY) and memory.version != _version(connection, self._rulebook)
            quiet = not deltas and _is_due(memory, "sign", now, SIGN_EVERY)
            if quiet:
                live_rows.sign(connection, now)
        self._memory = None if outdated else memory
        for delta in deltas:
            self._live.publish(delta)
        if deltas:
            memory.due["sign"] = now + SIGN_EVERY
        elif quiet:
            self._live.publish(Delta(memory.sequence, now.isoformat(), {}))
        return len(deltas)

    def _look(self, connection: Connection, memory: Memory, now: datetime) -> list[dict[str, Part]]:
        """Parts to tell, in order: what left a street first, so that a screen that sees both streets ends with it."""
        gone, parts = self._changes(connection, memory)
        if _is_due(memory, "cells", now, CELLS_EVERY):
            self._measure(connection, memory, now)
            _draw(memory, parts)
            _count(memory, parts, now, self._config)
        return [told for told in (gone, parts) if told]

    def _changes(self, connection: Connection, memory: Memory) -> tuple[dict[str, Part], dict[str, Part]]:
        changes = live_rows.read_changes(connection, memory.horizon, list(memory.told_changes))
        gone: dict[str, dict[str, dict[str, Any]]] = {}
        here: dict[str, dict[str, dict[str, Any]]] = {}
        silent: dict[int, bool] = {}
        offline: dict[int, bool] = {}
        for change in changes.rows:
            memory.told_changes[change.change_id] = change.xid
            if change.after is None:
                continue
            if change.noun == "device":
                silent[change.after["device_id"]] = change.after.get("silent_at") is not None
                if "presence" in change.after:
                    offline[change.after["device_id"]] = change.after["presence"] == "offline"
            elif change.noun == "storm":
                memory.storm = None if change.after["ended_at"] else dict(change.after)
                memory.tally.dirty |= set(memory.counts)
            elif change.noun in live_rows.LISTS:
                _place(memory, change, gone, here)
        memory.horizon = changes.horizon
        memory.told_changes = {key: xid for key, xid in memory.told_changes.items() if xid >= memory.horizon}
        if memory.devices.hush(silent):
            memory.stale |= set(memory.landscape.told)
            memory.due.pop("figures", None)
        if memory.devices.sign_off(offline):
            memory.due.pop("figures", None)
        return _lists(gone), _lists(here)

    def _measure(self, connection: Connection, memory: Memory, now: datetime) -> None:
        """Take in what moved: as hinted, or from the table when hints may be missing."""
        packed, complete = self._hints.take()
        hinted = np.unique(np.frombuffer(packed, dtype=np.int32))
        if _is_due(memory, "registry", now, REGISTRY_EVERY) or len(memory.devices.unknown(hinted)):
            _register(connection, memory, now, memory.devices.unknown(hinted))
        moved: set[int] = set()
        second = int(now.timestamp())
        if len(hinted):
            moved |= memory.devices.take(live_rows.read_states_of(connection, hinted), second)
        whole = _is_due(memory, "whole", now, WHOLE_EVERY)
        if whole or (not complete and _is_due(memory, "ask", now, ASK_EVERY)):
            since = datetime(1970, 1, 1, tzinfo=UTC) if memory.asked_at is None or whole else memory.asked_at - OVERLAP
            moved |= memory.devices.take(live_rows.read_states_since(connection, since), second)
            memory.asked_at = now
        memory.stale |= {name for name in memory.landscape.told if memory.landscape.needs(name) & moved}
        if memory.devices.age(now.timestamp()):
            memory.stale |= set(memory.landscape.told)
            memory.due.pop("figures", None)

    def _write(self, connection: Connection, memory: Memory, parts: Mapping[str, Part], now: datetime) -> Delta:
        """Number and store one delta. Nothing when another projector spoke meanwhile: then the memory is given up."""
        encoded = {street: msgspec.json.encode(part).decode() for street, part in parts.items()}
        if not live_rows.move_cursor(connection, memory.sequence, memory.sequence + 1, memory.horizon):
            raise Overtaken(f"sequence {memory.sequence} was moved by another projector")
        memory.sequence += 1
        live_rows.write_delta(connection, memory.sequence, encoded, now)
        for street, part in parts.items():
            memory.unkept |= {(street, measure) for measure in part.get("cells", ())} | ({(street, "")} if "figures" in part else set())
        return Delta(memory.sequence, now.isoformat(), encoded)


class Overtaken(Exception):
    """Another projector told something: build anew, or stop if no longer leading."""


def _build(connection: Connection, rulebook: Rulebook, now: datetime) -> Memory:
    """The memory from the tables. Changes read again are told again: they are absolute."""
    in_force = rulebook.open(connection)
    config = in_force.config
    sequence, horizon = live_rows.read_cursor(connection)
    backlog = live_rows.read_changes(connection, horizon, [], REPLAY_AT_MOST)
    if len(backlog.rows) >= REPLAY_AT_MOST:
        horizon = live_rows.read_horizon(connection)
        live_rows.forget_deltas(connection, now + timedelta(days=1))
        live_rows.move_cursor(connection, sequence, sequence + 1, horizon)  # a number nobody can fetch: all take a snapshot
        sequence += 1
    metrics = live_rows.read_metrics(connection)
    ground = survey(live_rows.read_streets(connection), live_rows.read_cells(connection))
    landscape = Landscape(ground, config, metrics)
    vitals = [(vital.metric, metrics.get(vital.metric)) for vital in config.screens.vitals]
    devices = Devices(ground, landscape.wanted | {metric for _, metric in vitals if metric is not None})
    devices.register(with_patience(live_rows.read_devices(connection), in_force.rules, BELIEVED_LATE))
    day, tally = day_of(now, config.area.zone), Tally(domain_of={code: one.domain for code, one in config.classes.items()})
    for noun, shapes in live_rows.read_counted(connection, day.start, day.end, now - config.ingest.live_for).items():
        for shape in shapes:
            tally.put(noun, shape)
    version, due = _version(connection, rulebook), {"registry": now + REGISTRY_EVERY}
    storm = live_rows.read_storm(connection)
    return Memory(ground, devices, landscape, tally, vitals, day, version, sequence, horizon, in_force.rules, storm, due=due)


def _version(connection: Connection, rulebook: Rulebook) -> str:
    """A word that changes when the ground, the rules or the metrics drawn do."""
    in_force = rulebook.open(connection)
    names = {vital.metric for vital in in_force.config.screens.vitals} | in_force.rules.metrics
    names |= set().union(*(metrics_of(measure) for measure in in_force.config.screens.measures.values()))
    known = sorted(name for name in live_rows.read_metrics(connection) if name in names)
    return f"{geography_version(connection)} {in_force.revision} {known}"


def _place(memory: Memory, change: live_rows.Change, gone: dict[str, Any], here: dict[str, Any]) -> None:
    """Put a changed noun into its street's list; a street it left is told so."""
    assert change.after is not None
    memory.tally.put(change.noun, change.after)
    memory.signals_moved = True
    streets = memory.ground.streets
    street = streets[memory.ground.street(change.after.get("street"))]
    noun = "probe" if change.after.get("probe") else change.noun  # it reaches every screen and enters no list
    shape = live_rows.trim(noun, change.after)
    here.setdefault(street, {}).setdefault(noun, {})[change.key] = shape
    old = streets[memory.ground.street((change.before or change.after).get("street"))]
    if old != street:
        left: dict[str, Any] = {name: shape[name] for name in ("id", "number", "version") if name in shape}
        left |= {"street": old, "stage": "normal", "gone": True, "closed_at": change.after.get("updated_at")}
        gone.setdefault(old, {}).setdefault(change.noun, {})[change.key] = left


def _lists(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Part]:
    return {street: {live_rows.LISTS[noun]: list(rows.values()) for noun, rows in nouns.items()} for street, nouns in found.items()}


def _is_due(memory: Memory, duty: str, now: datetime, every: timedelta) -> bool:
    if now < memory.due.get(duty, now):
        return False
    memory.due[duty] = now + every
    return True


def _register(connection: Connection, memory: Memory, now: datetime, unknown: list[int]) -> None:
    """Take in devices new or moved; weights are weighed again, which costs: at most every two seconds."""
    rows = live_rows.read_devices(connection, now - REGISTRY_EVERY - OVERLAP, unknown)
    if memory.devices.register(with_patience(rows, memory.rules, BELIEVED_LATE)):
        memory.landscape.forget_weights()
        memory.stale |= set(memory.landscape.told)


def _draw(memory: Memory, parts: dict[str, Part]) -> None:
    """Draw the measures whose inputs moved, and put the changed cells into the parts."""
    if memory.signals_moved:
        memory.stale |= memory.landscape.set_rows(memory.tally, memory.day)
        memory.signals_moved = False
    memory.stale |= memory.landscape.notice(memory.devices)
    drawn: dict[str, Classes] = memory.landscape.draw(memory.devices, memory.stale, memory.day)
    for street, cells in memory.landscape.changes(drawn).items():
        parts.setdefault(street, {})["cells"] = cells
    memory.landscape.told |= drawn
    memory.stale.clear()


def _count(memory: Memory, parts: dict[str, Part], now: datetime, config: Config) -> None:
    """Put the figures of streets into the parts whose counts changed, and a few times a second whatever else moved."""
    if _is_due(memory, "prune", now, timedelta(minutes=1)) or not memory.day.holds(now):
        day = day_of(now, config.area.zone)
        memory.tally.dirty |= set(memory.counts) if day != memory.day else set()
        memory.day = day
        memory.tally.prune(day, now - config.ingest.live_for)
        memory.signals_moved = True
    streets = memory.ground.streets
    whole = _is_due(memory, "figures", now, FIGURES_EVERY) or not memory.figures
    dirty = {streets[memory.ground.street(street)] for street in memory.tally.dirty} | (set(streets) - memory.counts.keys())
    for street in dirty:
        rows = memory.tally.rows_of(street, memory.ground.street_index)
        memory.counts[street] = count_rows(rows, memory.day) | {"domains": count_domains(rows, memory.day), "storm": memory.storm}
    memory.tally.dirty.clear()
    before = memory.figures
    if whole:
        memory.figures = count_devices(memory.devices, len(streets), memory.vitals, int(now.timestamp()))
    for k, street in enumerate(streets):
        if street in dirty or (whole and (not before or before[k] != memory.figures[k])):
            parts.setdefault(street, {})["figures"] = with_domains(memory.figures[k], memory.counts[street])


def _keep(connection: Connection, memory: Memory, now: datetime, *, whole: bool) -> None:
    """Store the vectors that changed, and the sequence they stand at: a snapshot adds the deltas told since."""
    vectors = []
    index = {street: k for k, street in enumerate(memory.ground.streets)}
    for street, measure in sorted(memory.unkept):
        if measure:
            vectors.append(live_rows.CellVector(street, measure, *memory.landscape.vector(street, measure), {}))
        else:
            vectors.append(live_rows.CellVector(street, "", [], [], with_domains(memory.figures[index[street]], memory.counts[street])))
    vectors.append(live_rows.CellVector("", "kept", [], [], {"sequence": memory.sequence}))
    live_rows.keep_cells(connection, vectors, now, whole=whole)
    memory.unkept.clear()
