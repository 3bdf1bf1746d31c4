"""Which plans an incident calls for, which tasks a plan gives at a level, and who is nearest to do them. Pure; orders nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.emergency_config import PlanConfig
from geodata.near import distance_m

GRAVEST, MILDEST = 1, 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that fits, the level its severity asks for, and by what it fits."""

    plan: str
    level: int
    class_code: str
    severity: int


@dataclass(frozen=True, slots=True)
class Task:
    """What a step of a plan becomes; `step` counts from 0 in the plan, at every level the same."""

    step: int
    title: str
    text: str
    kind: str
    tag: str | None
    within: timedelta


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource that could be sent; `busy`: has an open task elsewhere."""

    resource_id: int
    kind: str
    tags: tuple[str, ...]
    lon: float | None
    lat: float | None
    busy: bool = False


def propose(plans: Mapping[str, PlanConfig], class_code: str | None, severity: int) -> list[Proposal]:
    """The plans for incidents of this class and severity, the narrowest first: fewer classes, then the graver trigger, then by name."""
    fitting = [
        (len(plan.classes), plan.severity_at_most, name) for name, plan in plans.items()
        if class_code in plan.classes and severity <= plan.severity_at_most
    ]  # fmt: skip
    return [Proposal(name, level_of(severity), class_code or "", severity) for _, _, name in sorted(fitting)]


def level_of(severity: int) -> int:
    """The level of response a severity asks for: 红 I, 橙 II, 黄 III, and IV for all milder."""
    return min(max(severity, GRAVEST), MILDEST)


def tasks_of(plan: PlanConfig, level: int) -> list[Task]:
    """The tasks in force at a level: those from which on it is grave enough. A graver level has all tasks of the milder ones."""
    return [
        Task(number, step.title, step.text, step.kind, step.tag, step.within)
        for number, step in enumerate(plan.steps) if level <= step.from_level
    ]  # fmt: skip


def choose(task: Task, candidates: Iterable[Candidate], lon: float | None, lat: float | None, taken: frozenset[int]) -> int | None:
    """Who is to do a task: of those that fit, first who is free, then the nearest; None when nobody fits.

    `taken`: who got a task of this incident just now. A place that is unknown counts as farthest.
    """
    fitting = [one for one in candidates if one.kind == task.kind and (task.tag is None or task.tag in one.tags)]
    best = min(fitting, default=None, key=lambda one: (
        one.busy or one.resource_id in taken, distance_m(one.lon, one.lat, lon, lat), one.resource_id,
    ))  # fmt: skip
    return best.resource_id if best else None


def assign(tasks: Sequence[Task], candidates: Sequence[Candidate], lon: float | None, lat: float | None) -> list[tuple[Task, int | None]]:
    """Each task with who is to do it: a team gets a second one only when no other fits."""
    assigned: list[tuple[Task, int | None]] = []
    for task in tasks:
        taken = frozenset(chosen for _, chosen in assigned if chosen is not None)
        assigned.append((task, choose(task, candidates, lon, lat, taken)))
    return assigned


def due_at(task: Task, issued_at: datetime) -> datetime:
    """By when it is to be done."""
    return issued_at + task.within
