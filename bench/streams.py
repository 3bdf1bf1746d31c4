"""What open streams cost the edge: a delta a second of 5 % of the cells and every street's figures, read by fifty walls and by a thousand.

The bench takes the projector's place, so that the pace is exact and nothing else happens; the edge is the one of every installation.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread

import msgspec
from rich.console import Console

from bench.database import spread
from bench.readers import Readers
from bench.stack import Stack, cpu_seconds, private_stack
from bench.stream_clients import crowd
from store import live_rows
from store.accounts import create_token
from store.live import Delta, Live
from store.timescale import Store

BUDGETS = {50: 0.02, 1000: 0.3}  # of a core
SECONDS = 40.0  # walls are recognised anew every quarter of a minute: more than two rounds
FOLLOWED, SHARE = 5, 20  # readers whose every event is looked at; one cell in so many changes


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a core, over the edge alone; `joined_s`: CPU seconds until all had their first picture."""

    readers: int
    cores: float
    joined_s: float
    bytes_per_delta: float
    ended: int

    def against(self, idle: "Cost") -> str:
        budget, own = BUDGETS[self.readers], self.cores - idle.cores
        told = f"{own:.3f} of a core (≤ {budget}), {own / self.readers * 1e6:.0f} µs a reader and second"
        joined = f"{self.joined_s:.2f} CPU s until all {self.readers:,} had a picture"
        return f"{told}, {self.bytes_per_delta / 1000:.1f} kB each; {joined}; {self.ended} ended"


class Teller(Thread):
    """Tells one delta a second as the projector would: stored, numbered, published."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self._store, self._live = Store(stack.urls["database_url"], name="bench-teller", connections=1), Live(stack.urls["redis_url"])
        self._ended = Event()
        with self._store.connection() as connection:
            self._sequence, self._horizon = live_rows.read_cursor(connection)
            rows = live_rows.read_cell_vectors(connection)
            self._cells: dict[str, list[int]] = {}
            for cell in live_rows.read_cells(connection):
                self._cells.setdefault(cell["street"], []).append(cell["cell_id"])
        self._figures = {row["street"]: row["figures"] for row in rows if not row["measure"]}
        self.size = 0

    def run(self) -> None:
        due = time.monotonic()
        while not self._ended.is_set():
            now = datetime.now(UTC)
            parts = {street: msgspec.json.encode(part).decode() for street, part in self._parts().items()}
            self.size = sum(map(len, parts.values()))
            with self._store.connection() as connection:
                assert live_rows.move_cursor(connection, self._sequence, self._sequence + 1, self._horizon)
                live_rows.write_delta(connection, self._sequence + 1, parts, now)
            self._sequence += 1
            self._live.publish(Delta(self._sequence, now.isoformat(), parts))
            due += 1
            self._ended.wait(max(0.0, due - time.monotonic()))

    def _parts(self) -> Mapping[str, object]:
        turn = self._sequence % SHARE
        some = {street: cells[turn::SHARE] for street, cells in self._cells.items()}
        classes = {street: [(cell + self._sequence) % 6 for cell in cells] for street, cells in some.items()}
        return {street: {"figures": figures} | ({"cells": {"risk": [some[street], classes[street]]}} if some.get(street) else {})
                for street, figures in self._figures.items()}  # fmt: skip

    def finish(self) -> None:
        self._ended.set()
        self.join()
        self._live.close()
        self._store.close()


@contextmanager
def told(stack: Stack) -> Iterator[Teller]:
    """Deltas within the block. The projector must not run."""
    teller = Teller(stack)
    teller.start()
    try:
        yield teller
    finally:
        teller.finish()


def measure(stack: Stack, console: Console) -> list[tuple[str, str]]:
    """The edge without readers, with fifty, with a thousand; printed as it comes."""
    tokens, found = _tokens(stack, max(BUDGETS)), []
    edge = stack.pids()["edge"]

    def tell(name: str, value: str) -> None:
        found.append((name, value))
        console.print(f"  {name}: {value}")

    with told(stack) as teller:
        idle = _cost(stack, edge, [], 20)
        tell("an edge that nobody reads", f"{idle.cores:.3f} of a core; a delta is {teller.size / 1000:.1f} kB of JSON")
        for readers in BUDGETS:
            cost = _cost(stack, edge, tokens[:readers], SECONDS)
            tell(f"{readers:,} streams at a delta a second", cost.against(idle))
        with Readers(stack.url, tokens) as crowded:
            crowded.stand()
            heard, late = asyncio.run(crowd(stack.url, tokens[0], FOLLOWED, 15))
        deltas, gaps, breaks = (sum(getattr(each, name) for each in heard) for name in ("deltas", "gaps", "breaks"))
        tell("five of them followed", f"{deltas} deltas, {gaps} out of order, {breaks} breaks; delta made → received {spread(late)}")
    return found


def _cost(stack: Stack, edge: int, tokens: Sequence[str], seconds: float) -> Cost:
    before = cpu_seconds(edge)
    with Readers(stack.url, tokens) as readers:
        readers.stand()
        joined = cpu_seconds(edge) - before
        time.sleep(3)
        began, used, taken = time.monotonic(), cpu_seconds(edge), readers.bytes
        time.sleep(seconds)
        took = time.monotonic() - began
        used, taken = cpu_seconds(edge) - used, readers.bytes - taken
        return Cost(len(tokens), used / took, joined, taken / took / max(1, len(tokens)), readers.ended)


def _tokens(stack: Stack, count: int) -> list[str]:
    """A wall's token each."""
    now, store = datetime.now(UTC), Store(stack.urls["database_url"], name="bench-tokens", connections=1)
    try:
        with store.connection() as connection:
            return [create_token(connection, f"bench-{n}", ["screen"], [stack.instance.area], now, view="/wall") for n in range(count)]
    finally:
        store.close()


def rows(console: Console) -> list[tuple[str, str]]:
    """On a platform of its own; a projector works until it has drawn the district once, then the bench speaks in its place."""
    with private_stack() as stack:
        console.print("→ open streams")
        stack.seed()
        stack.start(["worker", "jobs", "web", "edge"])
        stack.wait_ready()
        _draw_once(stack)
        for name in ("jobs", "worker"):
            stack.roles.pop(name).stop()
        return measure(stack, console)


def _draw_once(stack: Stack) -> None:
    """Until every street's figures are kept. Raises `TimeoutError`."""
    store, until = Store(stack.urls["database_url"], name="bench-waits", connections=1), time.monotonic() + 60
    try:
        while time.monotonic() < until:
            with store.connection() as connection:
                streets = live_rows.read_streets(connection)
                if (
                    len([row for row in live_rows.read_cell_vectors(connection) if row["street"] and not row["measure"]])
                    == len(streets)
                    > 0
                ):
                    return
            time.sleep(0.5)
    finally:
        store.close()
    raise TimeoutError("the projector kept no figures")
