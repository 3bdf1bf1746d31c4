"""What an officer takes for one thing while a scenario is played: which open alerts and reports to join to its incident. Pure.

The machine joins what is near and of classes that go together; a person sees that smoke, dust and calls are the same fire.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.near import distance_m
from sim.calls import CLASS_OF
from sim.history import LABEL_CLASS
from sim.model import Site, Trouble
from sim.scenario import EYE_M, Scenario

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A scenario as the desk knows it: the struck devices, the middle, metres around it (0: the whole district), classes, epoch s."""

    label: str
    devices: frozenset[str]
    lon: float
    lat: float
    within: float
    classes: frozenset[str]
    began: float
    drill: bool


@dataclass(frozen=True, slots=True)
class Joining:
    """Parts that belong to `incident` and are in none, or all in one other."""

    incident: int
    other: int | None
    alerts: tuple[int, ...]
    reports: tuple[int, ...]


def ordered(played: Scenario, place: Site, struck: Sequence[Trouble], began: float, *, drill: bool) -> Ordered:
    """What is known of a scenario before it begins."""
    whole = any(not scene.within for scene in played.scenes)
    within = 0.0 if whole else max(scene.within for scene in played.scenes) + EYE_M
    said = (code for trouble in struck for code in (CLASS_OF.get(trouble.kind), LABEL_CLASS.get(trouble.seen)) if code)
    return Ordered(
        played.label, frozenset(trouble.device for trouble in struck), place.lon, place.lat, within, frozenset(said), began, drill
    )


def joinings(alerts: Iterable[Shape], reports: Iterable[Shape], told: Ordered) -> list[Joining]:
    """What is to be joined to the scenario's incident: the first that holds an alert of its devices. `alerts`, `reports`: the open ones."""
    mine = [alert for alert in alerts if _is_part(alert, told)]
    main = min((one["incident_id"] for one in mine if one["incident_id"] and one.get("device") in told.devices), default=None)
    if main is None:
        return []
    apart: dict[int | None, tuple[list[int], list[int]]] = {}
    for place, parts in enumerate((mine, [report for report in reports if _is_part(report, told)])):
        for part in parts:
            if part["incident_id"] != main:
                apart.setdefault(part["incident_id"], ([], []))[place].append(int(part["id"]))
    return [Joining(int(main), other, tuple(found[0]), tuple(found[1])) for other, found in apart.items()]


def _is_part(one: Shape, told: Ordered) -> bool:
    if bool(one.get("drill")) != told.drill:
        return False
    if one.get("device"):
        return one["device"] in told.devices
    if one["class_code"] not in told.classes:
        return False
    return not told.within or distance_m(one.get("lon"), one.get("lat"), told.lon, told.lat) <= told.within
