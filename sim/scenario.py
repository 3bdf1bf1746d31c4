"""Scenarios: what goes wrong together, where and when, as data (`scenarios/*.yaml`). Reads files, decides which devices; pure otherwise.

Sensors tell it, people who notice call, cameras see it and workers are sent, as with every trouble (`sim.calls`, `sim.people`):
a scenario only says what happens. It begins where most of its devices stand together; the same district has the same place again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.rule_files import read_yaml
from core.setting import duration
from geodata.near import Tiles
from sim.chance import dice
from sim.model import Site, Trouble
from sim.troubles import AILMENTS

FOLDER = Path(__file__).parent / "scenarios"
NONE = "none"
CORE_M = 300.0  # so near the middle it is one thing to whoever joins signals
EYE_M = 400.0  # as far as a camera sees (`sim.calls`)
KINDS = {ailment.name for ailment in AILMENTS} | {"haze"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Troubles of one kind around the scenario's place: from `after` on, one every `apart` seconds, nearest devices first.

    `within` metres of the place (0: all over the district), `count` devices at most; `peak` grows less towards the edge.
    `seen`: what cameras near by call it, beside what such a trouble looks like on any day.
    """

    trouble: str
    kind: str
    metric: str
    count: int
    within: float
    after: float
    apart: float
    grows: float
    lasts: float
    fades: float
    peak: tuple[float, float]
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`around`: the kind of device at which it begins; `storm`: heavy rain besides, for an hour."""

    name: str
    label: str
    label_en: str
    around: str
    storm: bool
    scenes: tuple[Scene, ...]

    @property
    def lasts(self) -> float:
        """Seconds until the last trouble is over."""
        return max((s.after + s.apart * s.count + s.grows + s.lasts + s.fades for s in self.scenes), default=0.0)


def names() -> tuple[str, ...]:
    """What can be ordered."""
    return (NONE, *sorted(file.stem for file in FOLDER.glob("*.yaml")))


def read(name: str) -> Scenario | None:
    """A scenario by its name; None for `none`. Raises `ValueError` for one that is not there or says what nobody knows."""
    if name == NONE:
        return None
    if name not in names():
        raise ValueError(f"no scenario is called '{name}'; there are {', '.join(names())}")
    told = read_yaml(FOLDER / f"{name}.yaml")
    scenes = tuple(_scene(name, one) for one in told["scenes"])
    return Scenario(name, told["label"], told["label_en"], told["around"], bool(told.get("storm", False)), scenes)


def _scene(name: str, told: Mapping[str, Any]) -> Scene:
    if told["trouble"] not in KINDS:
        raise ValueError(f"{name}: no trouble is called '{told['trouble']}'; there are {', '.join(sorted(KINDS))}")
    times = {word: _seconds(told[word]) for word in ("after", "apart", "grows", "lasts", "fades")}
    low, high = told["peak"]
    return Scene(
        told["trouble"], told["kind"], told["metric"], told["count"], told["within_m"], **times, peak=(low, high), seen=told.get("seen", "")
    )


def _seconds(word: Any) -> float:
    span = duration(word)
    return float(span.total_seconds()) if hasattr(span, "total_seconds") else float(str(span))


def troubles(scenario: Scenario, sites: Sequence[Site], seed: int, begins: float, speed: float) -> list[Trouble]:
    """Everything that goes wrong, of devices that are there; `begins` epoch seconds, all spans divided by `speed`."""
    place = place_of(scenario, sites)
    if place is None:
        return []
    return [trouble for scene in scenario.scenes for trouble in _struck(scene, scenario, sites, place, seed, begins, max(1.0, speed))]


def place_of(scenario: Scenario, sites: Sequence[Site]) -> Site | None:
    """Where it begins: the device of its kind that has most of what it strikes around it, and a camera; None without such a device."""
    kinds = {"camera", *(scene.kind for scene in scenario.scenes)}
    tiles: Tiles[Site] = Tiles(EYE_M)
    for site in sites:
        if site.kind in kinds:
            tiles.add(site.lon, site.lat, site, site.kind)
    starts = (site for site in sites if site.kind == scenario.around)
    return max(starts, key=lambda site: (_told_by(scenario, tiles, site), site.device), default=None)


def _told_by(scenario: Scenario, tiles: Tiles[Site], place: Site) -> int:
    """How much of the scenario would be felt in the middle: struck devices, and a camera that sees it is worth one of each."""

    def near(kind: str, metres: float) -> int:
        return sum(math.hypot(site.x - place.x, site.y - place.y) <= metres for site in tiles.near(place.lon, place.lat, kind))

    sees = len(scenario.scenes) if near("camera", EYE_M) else 0
    return sees + sum(min(scene.count, near(scene.kind, CORE_M)) for scene in scenario.scenes)


def _struck(scene: Scene, scenario: Scenario, sites: Sequence[Site], place: Site, seed: int, begins: float, speed: float) -> list[Trouble]:
    far = sorted((math.hypot(site.x - place.x, site.y - place.y), site.device) for site in sites if site.kind == scene.kind)
    near = [(metres, device) for metres, device in far if not scene.within or metres <= scene.within][: scene.count]
    found = []
    for n, (metres, device) in enumerate(near):
        low, high = scene.peak
        share = 1 - metres / scene.within if scene.within else dice("peak", seed, device).random()
        starts_at = begins + (scene.after + scene.apart * n) / speed
        spans = (scene.grows / speed, scene.lasts / speed, scene.fades / speed)
        key = f"{scenario.name}-{begins:.0f}-{scene.kind}-{scene.metric}-{n}"  # another time other people call
        found.append(Trouble(key, scene.trouble, device, scene.metric, starts_at, *spans, low + (high - low) * share, scene.seen))
    return found
