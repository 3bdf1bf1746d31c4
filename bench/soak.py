"""Half an hour of the wall in a browser while the simulated city sends two hundred readings a second: does anything pile up?

Heap and nodes are read after a garbage collection: a slope is what is held, not what waits to be swept.
"""

import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from bench.chromium import browser_pids, browser_seconds, chromium, proc_text
from bench.database import connect
from bench.stack import Stack, cpu_seconds, private_stack

SPEED = 3.5  # the simulator's; five thousand devices then tell some two hundred values a second
EVERY_S, WARM_S = 20.0, 600.0  # so long the city raises its first alerts and the browser goes on compiling: neither is a leak
HEAP_MB_PER_HOUR, NODES_PER_HOUR = 2.0, 60.0  # a wall that stays up for a week then holds 340 MB more at worst; it reloads daily
_KIND = re.compile(r"--type=([\w-]+)")  # of a process of Chromium; its first process says none
_STATE = """({born: window.benchBorn, sequence: window.yiping.sequence, connected: window.yiping.connected,
  shown: document.querySelectorAll('*').length})"""
_COUNT = """select (select count(*) from readings), (select count(*) from alerts where stage <> 'normal'),
  (select count(*) from cases where closed_at is null)"""


@dataclass(frozen=True, slots=True)
class Sample:
    """After a collection: `hours` since the wall stood; `heap` and `resident` (of the browser's processes, by their kind) in MB;
    `nodes` that the browser holds, `shown` in the page."""

    hours: float
    heap: float
    nodes: float
    listeners: float
    shown: float
    resident: Mapping[str, float]

    def __str__(self) -> str:
        held = f"{self.nodes:.0f} nodes, {self.shown:.0f} shown, {self.listeners:.0f} listeners"
        return f"{self.heap:.2f} MB, {held}, MB resident: " + ", ".join(f"{kind} {mb:.0f}" for kind, mb in self.resident.items())


@dataclass(frozen=True, slots=True)
class Slope:
    """By least squares: change an hour and its standard error."""

    per_hour: float
    error: float
    first: float
    last: float

    def __str__(self) -> str:
        return f"{self.per_hour:+.2f} ± {self.error:.2f} an hour ({self.first:,.1f} → {self.last:,.1f})"


def slope(hours: Sequence[float], values: Sequence[float]) -> Slope:
    """Of three samples or more. Error: of the slope, from what the line leaves over."""
    n = len(hours)
    mean_x, mean_y = sum(hours) / n, sum(values) / n
    spread = sum((x - mean_x) ** 2 for x in hours)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in zip(hours, values, strict=True)) / spread
    left = sum((y - mean_y - rise * (x - mean_x)) ** 2 for x, y in zip(hours, values, strict=True))
    tenth = max(1, n // 10)
    return Slope(rise, math.sqrt(left / (n - 2) / spread), sum(values[:tenth]) / tenth, sum(values[-tenth:]) / tenth)


def measure(stack: Stack, console: Console, minutes: float) -> list[tuple[str, str]]:
    """Samples for `minutes` once the wall stands, then their slopes. Raises `RuntimeError` if the page was loaded anew."""
    with chromium() as page, connect(stack.urls["database_url"]) as database:
        page.goto(f"{stack.url}/screen/{stack.token('screen')}", wait_until="commit")
        _stand(page)
        page.evaluate("window.benchBorn = true")
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        before, used, began = _count(database), _used(stack), time.monotonic()
        samples: list[Sample] = []
        while (passed := time.monotonic() - began) < minutes * 60:
            page.wait_for_timeout(EVERY_S * 1000)
            samples.append(_sample(page, session, (time.monotonic() - began) / 3600))
            if len(samples) % 6 == 0:
                console.print(f"    {passed / 60:4.1f} min: {samples[-1]}")
        after, now, took = _count(database), _used(stack), time.monotonic() - began
        state = page.evaluate(_STATE)
        if not state["born"] or not state["connected"]:
            raise RuntimeError(f"the wall did not stay one page on one line: {state}")
    cores = " · ".join(f"{name} {(seconds - used[name]) / took:.0%}" for name, seconds in now.items())
    city = f"alerts open {before[1]} → {after[1]}, cases {before[2]} → {after[2]}"
    found = [("soak of /wall", f"{(after[0] - before[0]) / took:,.0f} readings/s for {took / 60:.0f} min; {city}; CPU per core: {cores}")]
    found += rows_of([sample for sample in samples if sample.hours * 3600 > min(WARM_S, minutes * 20)])
    for name, value in found:
        console.print(f"  {name}: {value}")
    return found


def rows_of(samples: Sequence[Sample]) -> list[tuple[str, str]]:
    hours = [sample.hours for sample in samples]
    names = {
        "heap": f"JS heap, MB (≤ {HEAP_MB_PER_HOUR:g})",
        "nodes": f"nodes held (≤ {NODES_PER_HOUR:g})",
        "shown": "elements in the page",
        "listeners": "listeners",
    }
    found = [(label, str(slope(hours, [getattr(sample, name) for sample in samples]))) for name, label in names.items()]
    kinds = {kind: [sample.resident.get(kind, 0.0) for sample in samples] for kind in samples[0].resident}
    return found + [(f"memory, {kind}, MB", str(slope(hours, held))) for kind, held in kinds.items()]


def _sample(page: Any, session: Any, hours: float) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    told = {row["name"]: float(row["value"]) for row in session.send("Performance.getMetrics")["metrics"]}
    return Sample(hours, told["JSHeapUsedSize"] / 1e6, told["Nodes"], told["JSEventListeners"], page.evaluate(_STATE)["shown"], _resident())


def _stand(page: Any) -> None:
    """Not `wait_for_function`: the page's policy forbids eval, and that is how it polls. Raises `TimeoutError`."""
    until = time.monotonic() + 120
    while not page.evaluate("Boolean(window.yiping?.ready)"):
        if time.monotonic() > until:
            raise TimeoutError(f"{page.url} does not stand")
        page.wait_for_timeout(250)


def _count(database: Any) -> tuple[int, int, int]:
    """Readings stored, alerts and cases open."""
    row = database.execute(_COUNT).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def _resident() -> dict[str, float]:
    """MB of memory that the browser's processes hold, what they share divided among them: together, and by the kind of process."""
    held: dict[str, float] = {}
    for pid in browser_pids():
        rolled = (line.split()[1] for line in proc_text(pid, "smaps_rollup").splitlines() if line.startswith("Pss:"))
        kind = _KIND.search(proc_text(pid, "cmdline"))
        name = kind[1] if kind else "browser"
        held[name] = held.get(name, 0.0) + sum(map(int, rolled)) / 1000
    return {"all processes": sum(held.values())} | dict(sorted(held.items()))


def _used(stack: Stack) -> dict[str, float]:
    """CPU seconds so far by role, and of the browser."""
    return {name: cpu_seconds(pid) for name, pid in stack.pids().items()} | {"browser": browser_seconds()}


def rows(console: Console, minutes: float) -> list[tuple[str, str]]:
    """On a platform of its own with five thousand devices that live."""
    with private_stack(speed=SPEED) as stack:
        console.print(f"→ {minutes:g} minutes of /wall while {stack.instance.devices:,} devices speak")
        stack.seed()
        stack.start(["worker", "jobs", "web", "edge", "simulator"])
        stack.wait_ready()
        return measure(stack, console, minutes)
