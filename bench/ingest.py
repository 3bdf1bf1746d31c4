"""The ingest figures: rows = messages, publish → commit, CPU per process, drain of a backlog, and raw COPY beside them."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from bench import database
from bench.database import Copied, Spread
from bench.load import Counts, Load
from bench.probe import Probe
from bench.stack import Stack, cpu_seconds, machine_seconds
from deploy.local.places import CHECKOUT

PREFIX = "load-"
METRIC = "noise"  # one with a rule of its own: every value is compared with a limit, and stays below it
_SETTLE_S = 60.0
_DRAIN_S = 180.0


@dataclass(frozen=True, slots=True)
class Ingest:
    """One run at a fixed rate. `cpu` is CPU seconds per process name; `visible` publish → committed, `taken` publish → transaction."""

    counts: Counts
    rows: int
    visible: Spread
    unseen: int
    taken: Spread
    cpu: Mapping[str, float]
    caught_up_s: float
    others: float  # cores that processes of somebody else used meanwhile: they explain a bad tail


@dataclass(frozen=True, slots=True)
class Drain:
    """A backlog taken in after the worker was away."""

    messages: int
    rows: int
    seconds: float
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


def measure_rate(stack: Stack, rate: float, seconds: float, devices: int = 10_000) -> Ingest:
    """`rate` messages a second for `seconds`; every row must be there at the end."""
    with database.connect(stack.urls["database_url"]) as connection:
        probe = Probe(stack.urls["feed_mqtt_url"], stack.urls["database_url"], METRIC)
        probe.start()
        before = {name: cpu_seconds(pid) for name, pid in stack.pids().items()}
        began, busy, own = time.perf_counter(), machine_seconds(), time.process_time()
        counts = load_beside(stack, rate, seconds, devices)
        ended = time.perf_counter()
        rows = _wait_rows(connection, counts.sent, counts.first_ms)
        caught_up = time.perf_counter() - ended
        cpu = {name: cpu_seconds(pid) - before.get(name, 0.0) for name, pid in stack.pids().items()}
        own = sum(cpu.values()) + counts.cpu_seconds + time.process_time() - own
        others = max(0.0, machine_seconds() - busy - own) / (time.perf_counter() - began)
        probe.finish()
        taken = database.processing_latency(connection, PREFIX, counts.first_ms)
    return Ingest(counts, rows, database.spread(probe.latencies_ms), probe.unseen, taken, cpu, caught_up, others)


def load_beside(stack: Stack, rate: float, seconds: float, devices: int) -> Counts:
    """The load in a process of its own: sharing an interpreter with the probe would delay the probe, not the platform."""
    url, asked = stack.urls["feed_mqtt_url"], {"rate": rate, "seconds": seconds, "devices": devices, "metric": METRIC}
    words = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "bench.load", url, "--json", *words]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    return Counts(**json.loads(done.stdout))


def adopt(stack: Stack, devices: int = 10_000) -> None:
    """Let the platform meet the load's devices before anything is measured: adoption is not what a city does all day."""
    url, rate = stack.urls["feed_mqtt_url"], 2000
    with database.connect(stack.urls["database_url"]) as connection:
        database.wait_listening(connection, "city")
        Load(url, rate=rate, seconds=devices / rate + 0.2, devices=devices, connections=2, metric=METRIC, name="adopt").run()
        if (rows := _wait_rows(connection, devices, 0)) < devices:
            raise TimeoutError(f"{rows:,} of {devices:,} devices adopted after {_SETTLE_S} s")


def measure_drain(stack: Stack, messages: int, devices: int = 10_000) -> Drain:
    """Stop the worker, queue `messages` in the broker, start it again, and see how fast they are rows."""
    with database.connect(stack.urls["database_url"]) as connection:
        stack.roles["worker"].stop()
        load = Load(stack.urls["feed_mqtt_url"], rate=15_000, seconds=messages / 15_000, devices=devices, connections=8, name="drain")
        counts = load.run()
        before = {name: cpu_seconds(pid) for name, pid in stack.pids().items() if name != "worker"}
        started = time.perf_counter()
        stack.start(["worker"])
        first, rows = 0.0, 0
        while rows < counts.sent and time.perf_counter() - started < _DRAIN_S:
            time.sleep(0.2)
            rows = database.count_rows(connection, PREFIX, counts.first_ms)
            if not first and rows:
                first = time.perf_counter() - 0.2
        cpu = {name: cpu_seconds(pid) - before.get(name, 0.0) for name, pid in stack.pids().items()}
        return Drain(counts.sent, rows, time.perf_counter() - (first or started), cpu)


def measure_copy(stack: Stack, rows: int) -> tuple[Copied, float]:
    """Raw COPY of the same rows in the same run, and the database's CPU seconds for it."""
    with database.connect(stack.urls["database_url"]) as connection:
        before = cpu_seconds(stack.pids()["postgres"])
        copied = database.copy_again(connection, rows)
        return copied, cpu_seconds(stack.pids()["postgres"]) - before


def _wait_rows(connection: psycopg.Connection[Any], wanted: int, since_ms: int) -> int:
    until, rows = time.perf_counter() + _SETTLE_S, 0
    while time.perf_counter() < until:
        rows = database.count_rows(connection, PREFIX, since_ms)
        if rows >= wanted:
            break
        time.sleep(0.5)
    return rows
