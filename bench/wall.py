"""The wall in a browser without a GPU: how soon it stands, and what one delta of 5 % of the cells costs its main thread.

The engine is measured alone, over cities made here (a regular grid and an irregular one) and served by a plain server of this process:
`assets/map.js` and `assets/state.js` as they are, nothing stubbed but the line. The whole wall is measured on a platform of its own.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from rich.console import Console

from bench.chromium import chromium
from bench.cities import City, irregular, regular
from bench.stack import Stack
from maps.ramp import CELL_COLOURS
from maps.style import style

ROOT = Path(__file__).resolve().parents[1]
CITIES = {
    "10,000 regular": partial(regular, 10_000),
    "100,000 regular": partial(regular, 100_000),
    "100,000 irregular": partial(irregular, 100_000),
}
BUDGETS_MS = {"10,000 regular": 15, "100,000 regular": 30, "100,000 irregular": 40}
DELTAS, IDLE_S = 15, 4
PAGE = (Path(__file__).parent / "wall.html").read_text()
_READY_WITHIN_S = 90.0
_FILLS = 0.7  # of the map's width or height
_SPEAKING, _SPEAK_WITHIN_S = 0.9, 400.0
_OBSERVE = """
  window.benchFilled = {};
  new MutationObserver((changes) => changes.forEach(({target}) => {
    const {figure, value} = target.dataset;
    const panel = target.closest('[data-panel]')?.dataset.panel;
    if (figure && value && (panel === 'kpis' || panel === 'vitals')) window.benchFilled[figure] ??= performance.now();
  })).observe(document, {subtree: true, attributes: true, attributeFilter: ['data-value']});
  new PerformanceObserver((entries) => {
    if (!entries.getEntriesByName('map whole').length) return;
    const {map} = window.yiping, gl = map.getCanvas().getContext('webgl2');
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // what the page ordered is drawn
    window.benchWhole = performance.now();
    window.benchCoarse = map.getPixelRatio() < devicePixelRatio;
  }).observe({type: 'mark'});
"""
_TOLD = """({whole: window.benchWhole, coarse: window.benchCoarse, filled: window.benchFilled,
             cells: document.querySelector('[data-figure=cells_grid]').dataset.value})"""


@dataclass(frozen=True, slots=True)
class Cost:
    """One engine: kB over the wire, seconds to a whole map, main-thread ms per delta (script alone beside it), the longest task, heap."""

    kilobytes: float
    complete_s: float
    delta_ms: float
    script_ms: float
    longest_ms: float
    heap_mb: float

    def __str__(self) -> str:
        return (
            f"{self.delta_ms:.1f} ms of main thread per delta (script {self.script_ms:.1f}, longest task {self.longest_ms:.0f});"
            f" whole after {self.complete_s:.1f} s, {self.kilobytes:,.0f} kB, heap {self.heap_mb:.0f} MB"
        )


class _Answers(SimpleHTTPRequestHandler):
    """Our assets from the tree, and the layers of a made city; everything else is not there."""

    def __init__(self, *args: Any, city: City, **kwargs: Any) -> None:
        self._city = city
        super().__init__(*args, directory=str(ROOT), **kwargs)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in self._city.answers:
            self._send(self._city.answers[path], "application/json", packed=True)
            self._city.sent += len(self._city.answers[path]) if path.startswith("/api/") else 0
        elif path == "/":
            self._send((self._city.page or PAGE).encode(), "text/html; charset=utf-8")
        elif path.startswith("/assets/"):
            super().do_GET()
        else:
            self.send_error(404)

    def _send(self, body: bytes, kind: str, *, packed: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def served(city: City) -> Iterator[str]:
    """A server for one city on loopback; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, city=city))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def measure_engine(city: City) -> Cost:
    """One delta a second for fifteen seconds, less what the page costs while nothing comes.

    Raises `TimeoutError`, and `RuntimeError` where the map shows the city as a dot: all else would be measured for nothing.
    """
    config = {"style": style(), "marks": {}, "measure": "risk", "timezone": "UTC", "rules": {}, "classes": {}, "cell_colours": CELL_COLOURS,
              "measures": {"risk": {"label": "risk", "unit": "", "ranges": ["1"] * 6}}}  # fmt: skip
    city.answers["/config.json"] = city.gzip(json.dumps(config).encode())
    with served(city) as url, chromium() as page:
        page.on("pageerror", lambda error: print("    page:", error))
        page.goto(url)
        _wait(page, "window.bench?.ready")
        if max(fills := page.evaluate("window.bench.fills")) < _FILLS:
            raise RuntimeError(f"the city takes {fills} of the map's width and height")
        whole_s, fetched_kb = page.evaluate("window.bench.complete") / 1000, city.sent / 1000
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})  # the thread's work, not what it waits for
        page.wait_for_timeout(1500)
        task_ms, script_ms = _per_delta(page, session)
        longest = float(page.evaluate("Math.max(0, ...window.bench.tasks)"))
        session.send("HeapProfiler.collectGarbage")
        return Cost(fetched_kb, whole_s, task_ms, script_ms, longest, _metrics(session)["JSHeapUsedSize"] / 1e6)


def _per_delta(page: Any, session: Any) -> tuple[float, float]:
    """Milliseconds of all tasks, and of script alone."""
    before = _metrics(session)
    page.wait_for_timeout(IDLE_S * 1000)
    idle = {name: (value - before[name]) / IDLE_S for name, value in _metrics(session).items()}
    page.evaluate(f"window.bench.write({DELTAS})")
    before, began = _metrics(session), time.monotonic()
    page.evaluate("window.bench.run()")
    after, took = _metrics(session), time.monotonic() - began
    task, script = ((after[name] - before[name] - idle[name] * took) * 1000 / DELTAS for name in ("TaskDuration", "ScriptDuration"))
    return task, script


def _metrics(session: Any) -> dict[str, float]:
    return {row["name"]: float(row["value"]) for row in session.send("Performance.getMetrics")["metrics"]}


def _wait(page: Any, truth: str) -> None:
    """The page looks for itself: each question from outside is a task of a third of a millisecond in the thread that is measured."""
    asked = f"""new Promise((found) => {{
      const began = performance.now(), look = setInterval(() => {{
        const so = Boolean({truth});
        if (so || performance.now() - began > {_READY_WITHIN_S * 1000}) clearInterval(look), found(so);
      }}, 20);
    }})"""
    if not page.evaluate(asked):
        raise TimeoutError(f"{page.url}: not {truth} within {_READY_WITHIN_S:.0f} s")


def measure_wall(url: str, token: str) -> dict[str, float]:
    """Seconds from the first request of a fresh browser at rest to the figures of the sides, and to the whole map as it is drawn.

    Raises `RuntimeError` where the map calls itself whole while it is drawn coarsely.
    """
    with chromium() as page:
        page.add_init_script(_OBSERVE)
        page.goto(f"{url}/screen/{token}", wait_until="commit")
        _wait(page, "window.yiping?.ready && window.benchWhole")
        told = page.evaluate(_TOLD)
    if told["coarse"]:
        raise RuntimeError(f"{url}: the map says that it is whole, but is drawn with a part of the screen's pixels")
    seconds = [at / 1000 for at in told["filled"].values() if at < told["whole"]]
    latest = max(seconds, default=float("nan"))
    return {"figures": latest, "map": told["whole"] / 1000, "shown": len(seconds), "cells": float(told["cells"] or 0)}


def rows(console: Console, wall: Callable[[], dict[str, float]] | None) -> list[tuple[str, str]]:
    """All figures, printed as they come; `wall` measures the whole one where a platform runs."""
    found: list[tuple[str, str]] = []

    def tell(name: str, value: str) -> None:
        found.append((name, value))
        console.print(f"  {name}: {value}")

    if wall is not None:
        for run in ("first", "again"):
            at = wall()
            figures, whole = f"{at['shown']:.0f} figures after {at['figures']:.1f} s (≤ 2)", f"{at['map']:.1f} s (≤ 5)"
            tell(f"/wall, {run}", f"{figures}, map of {at['cells']:,.0f} cells after {whole}")
    for name, made in CITIES.items():
        tell(f"5 % of {name} cells", f"{measure_engine(made())} (≤ {BUDGETS_MS[name]})")
    return found


def wall_of(stack: Stack) -> Callable[[], dict[str, float]]:
    """The whole wall of a running platform, as soon as most of its devices speak: a wall of unknown figures would be drawn too easily."""
    stack.start(["simulator"])
    until = time.monotonic() + _SPEAK_WITHIN_S
    while (online := _online(stack)) < _SPEAKING * stack.instance.devices:
        if time.monotonic() > until:
            raise TimeoutError(f"only {online:,} devices spoke within {_SPEAK_WITHIN_S:.0f} s")
        time.sleep(2)
    return partial(measure_wall, stack.url, stack.token("screen"))


def _online(stack: Stack) -> int:
    asked = urllib.request.Request(f"{stack.url}/api/v1/snapshot?screen=wall", headers={"Authorization": f"Bearer {stack.token('read')}"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - our own address
        streets = json.load(answer)["streets"]
    return sum(part["figures"].get("online", 0) for part in streets.values())
