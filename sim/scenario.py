"""Scenarios: what goes wrong together, where and when, as data (`scenarios/*.yaml`). Reads files, decides which devices; pure otherwise.

Sensors tell it, people who notice call, cameras see it and workers are sent, as with every trouble (`sim.calls`, `sim.people`):
a scenario only says what happens. The same seed finds the same place again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.rule_files import read_yaml
from core.setting import duration
from sim.chance import dice
from sim.model import Site, Trouble
from sim.troubles import AILMENTS

FOLDER = Path(__file__).parent / "scenarios"
NONE = "none"
KINDS = {ailment.name for ailment in AILMENTS} | {"haze"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Troubles of one kind around the scenario's place: from `after` on, one every `apart` seconds, nearest devices first.

    `within` metres of the place (0: all over the district), `count` devices at most; `peak` grows less towards the edge.
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
    return Scene(told["trouble"], told["kind"], told["metric"], told["count"], told["within_m"], **times, peak=(low, high))


def _seconds(word: Any) -> float:
    span = duration(word)
    return float(span.total_seconds()) if hasattr(span, "total_seconds") else float(str(span))


def troubles(scenario: Scenario, sites: Sequence[Site], seed: int, begins: float, speed: float) -> list[Trouble]:
    """Everything that goes wrong, of devices that are there; `begins` epoch seconds, all spans divided by `speed`."""
    roll = dice("scenario", seed, scenario.name)
    candidates = [site for site in sites if site.kind == scenario.around]
    if not candidates:
        return []
    place = roll.choice(candidates)
    return [trouble for scene in scenario.scenes for trouble in _struck(scene, scenario, sites, place, seed, begins, max(1.0, speed))]


def _struck(scene: Scene, scenario: Scenario, sites: Sequence[Site], place: Site, seed: int, begins: float, speed: float) -> list[Trouble]:
    far = sorted((math.hypot(site.x - place.x, site.y - place.y), site.device) for site in sites if site.kind == scene.kind)
    near = [(metres, device) for metres, device in far if not scene.within or metres <= scene.within][: scene.count]
    found = []
    for n, (metres, device) in enumerate(near):
        low, high = scene.peak
        share = 1 - metres / scene.within if scene.within else dice("peak", seed, device).random()
        starts_at = begins + (scene.after + scene.apart * n) / speed
        spans = (scene.grows / speed, scene.lasts / speed, scene.fades / speed)
        key = f"{scenario.name}-{scene.kind}-{scene.metric}-{n}"
        found.append(Trouble(key, scene.trouble, device, scene.metric, starts_at, *spans, low + (high - low) * share))
    return found
