"""Points on the map in a browser without a GPU: 50,000 devices in clusters, and 3,272 cameras with 100,000 components beside them.

The map, its layers and their workers are ours as they are; a plain server of this process gives them made points. Told are the longest task
of the page's thread while the map is panned, and how long after the hand rests the whole is drawn.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from bench.chromium import chromium
from bench.cities import City, regular
from bench.wall import served
from maps.layers import LAYERS
from maps.points import columns_told
from maps.ramp import CELL_COLOURS, MARKS
from maps.style import style

COUNTS = {"devices": 50_000, "cameras": 3_272, "components": 100_000}
LONGEST_TASK_MS, PAN_MS = 200, 1_000
ZOOMS = (11.5, 14.0)
_HUBS, _SPREAD_DEGREES = 300, 0.006
_PULLS = ((420, 0), (0, 360), (-420, 0), (0, -360))
_HAND_MS = 700


@dataclass(frozen=True, slots=True)
class Panned:
    """Pans at some zooms: the longest task of the page's thread while panning, and the slowest whole picture after one, ms."""

    shown_ms: float
    load_task_ms: float
    pan_task_ms: float
    drawn_ms: float
    heap_mb: float

    def __str__(self) -> str:
        return (
            f"longest task while panning {self.pan_task_ms:.0f} ms, whole {self.drawn_ms:.0f} ms after the hand rests;"
            f" shown after {self.shown_ms / 1000:.1f} s (longest task then {self.load_task_ms:.0f} ms), heap {self.heap_mb:.0f} MB"
        )


def points(layer: str, count: int) -> dict[str, Any]:
    """Made points about three hundred places of a district, some of them drills or flawed, as the API tells them."""
    rng = np.random.default_rng(count)
    hubs = np.column_stack([rng.uniform(119.84, 119.96, _HUBS), rng.uniform(31.74, 31.86, _HUBS)])
    places = hubs[rng.integers(0, _HUBS, count)] + rng.normal(0, _SPREAD_DEGREES, (count, 2))
    codes = [f"{layer.removesuffix('s')}-{number:05d}" for number in range(count)]
    return {"layer": layer, "area": ""} | columns_told((places * 1e6).astype(np.int32), codes, ["x"] * count, "." * count, "v1")


def city(counts: Mapping[str, int], cells: int = 10_000) -> City:
    """A district with so many points of each layer above its cells; of every fiftieth nothing is known."""
    made = regular(cells)
    marks = {level: {"colour": m.colour, "ink": m.ink, "shape": m.shape, "character": m.character} for level, m in MARKS.items()}
    layers = [{"name": one.name, "group": one.group, "icon": one.icon, "usual": False} for one in LAYERS]
    config = {"style": style(), "marks": marks, "measure": "risk", "timezone": "UTC", "rules": {}, "classes": {}, "layers": layers,
              "cell_colours": CELL_COLOURS, "measures": {"risk": {"label": "risk", "unit": "", "ranges": ["1"] * 6}}}  # fmt: skip
    answers: dict[str, Any] = {"/config.json": config, "/api/v1/map/points": {"layers": {}}}
    for name, count in counts.items():
        answers[f"/api/v1/map/points/{name}"] = points(name, count)
        unknown = list(range(0, count, 50))
        steps = [unknown[0], *np.diff(unknown).tolist()]
        answers[f"/api/v1/map/points/{name}/states"] = {"layer": name, "version": "v1", "count": count, "unknown": steps}
    made.answers |= {path: made.gzip(json.dumps(body).encode()) for path, body in answers.items()}
    made.page = (Path(__file__).parent / "points.html").read_text()
    return made


@contextmanager
def opened() -> Iterator[Any]:
    """A page with the map of the made city, no layer shown."""
    with served(city(COUNTS)) as url, chromium() as page:
        page.on("pageerror", lambda error: print("    page:", error))
        page.goto(f"{url}/?layers=-")
        while not page.evaluate("Boolean(window.bench?.ready)"):
            page.wait_for_timeout(50)
        page.wait_for_timeout(1_000)
        yield page


def measure(page: Any, names: tuple[str, ...]) -> Panned:
    """Shows layers, pans in each direction at each zoom, as a hand would. Raises `RuntimeError` where nothing is drawn."""
    page.evaluate("bench.tasks.length = 0")
    shown = float(page.evaluate("(names) => bench.show(names)", list(names)))
    load_task = _longest(page)
    drawn, tasks = [], []
    for zoom in ZOOMS:
        page.evaluate("(zoom) => bench.zoom(zoom)", zoom)
        if not all(page.evaluate("(names) => names.map(bench.drawn)", list(names))):
            raise RuntimeError(f"at zoom {zoom} some of {', '.join(names)} are not drawn at all")
        _longest(page)
        drawn += [float(page.evaluate("([x, y, ms]) => bench.pan(x, y, ms)", [x, y, _HAND_MS])) for x, y in _PULLS]
        tasks.append(_longest(page))
    heap = float(page.evaluate("performance.memory.usedJSHeapSize")) / 1e6
    return Panned(shown, load_task, max(tasks), max(drawn), heap)


def _longest(page: Any) -> float:
    page.wait_for_timeout(100)
    return float(page.evaluate("Math.max(0, ...bench.tasks.splice(0))"))


def rows(console: Console) -> list[tuple[str, str]]:
    """The figures, printed as they come."""
    found: list[tuple[str, str]] = []

    def tell(name: str, value: str) -> None:
        found.append((name, value))
        console.print(f"  {name}: {value}")

    with opened() as page:
        tell("50,000 devices in clusters", f"{measure(page, ('devices',))} (task ≤ {LONGEST_TASK_MS})")
        page.evaluate("(zoom) => bench.zoom(zoom)", ZOOMS[0])
        tell(
            "500 of them alarm at once",
            f"drawn after {float(page.evaluate('bench.alarm(500)') or 0):.0f} ms, longest task {_longest(page):.0f} ms",
        )
        tell("3,272 cameras and 100,000 components", f"{measure(page, ('cameras', 'components'))} (whole ≤ {PAN_MS})")
        tell("all three together", f"{measure(page, tuple(COUNTS))}")
    return found
