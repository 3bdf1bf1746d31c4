"""What rules of the whole city may know: signals, places, states, figures and their own alerts; and what they find (`Finding`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from core.facts import OpenAlert


class Signal(NamedTuple):
    """An alert or a report, observed at a moment in a place.

    `channel` of an alert: that of its report, else `sensor`. `rule` '' for a report. `source`: the device or whoever sent the report.
    `counts`: it tells of something (it is not silenced, dismissed, judged false, nor history). `of_city`: an alert of a rule that itself
    counts others. `active`: an alert that goes on; `until`: when it returned, if it did.
    """

    kind: str  # alert, report
    number: int
    report_id: int | None  # the report itself, or the one that raised the alert: the two are one signal
    rule: str
    channel: str
    class_code: str | None
    source: str
    label: str  # what people call its kind: 河道水位
    at: datetime
    area: str
    cell: str | None
    cell_id: int | None
    duty_grid: str | None
    lon: float | None
    lat: float | None
    drill: bool
    simulated: bool
    counts: bool
    of_city: bool = False
    active: bool = False
    known: bool = True
    until: datetime | None = None


class Place(NamedTuple):
    """An area or a duty grid. `kind`: city, district, street, community, duty_grid. Degrees."""

    kind: str
    code: str
    name: str
    area: str
    lon: float | None = None
    lat: float | None = None


class State(NamedTuple):
    """The latest value of a device that speaks, of a quality that can be trusted."""

    metric: str
    device: str
    value: float
    at: datetime
    area: str
    cell: str | None
    cell_id: int | None
    duty_grid: str | None
    lon: float | None
    lat: float | None
    drill: bool
    simulated: bool


class FigureAt(NamedTuple):
    """The newest figure of a standard of a subject, in its newest version. `value` None: it could not be told.

    `area_level`: of the figure of an area; else the subject is a device or a metric of one, and what follows is of that device.
    """

    figure: str
    subject: str
    since: datetime
    at: datetime
    value: float | None
    text: str | None
    reason: str | None
    simulated: bool
    area: str
    area_level: str | None
    name: str
    device_id: int | None = None
    device: str = ""
    domain: str = ""
    kind: str | None = None
    tags: Sequence[str] = ()
    cell_id: int | None = None
    cell_code: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class CityAlert:
    """An open alert of a city rule as it stands: what `core.facts.OpenAlert` tells, and where and what it says."""

    alert: OpenAlert
    title: str
    area: str
    lon: float | None
    lat: float | None
    observed_at: datetime
    drill: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule finds about a subject. `figure` None: not known now, so that nothing rings and nothing clears.

    `single`: this alone is worth a new ring (a new due time), although the one before it still rings. `over`: its rule is not about it
    any more, whatever its figure.
    """

    subject: str
    figure: float | None
    title: str
    area: str
    observed_at: datetime
    lon: float | None = None
    lat: float | None = None
    cell_id: int | None = None
    class_code: str | None = None
    drill: bool = False
    simulated: bool = False
    device_id: int | None = None
    domain: str | None = None
    single: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Findings of a rule, and when time alone may change them (None: only something new can)."""

    findings: Sequence[Finding]
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CityFacts:
    """What one rule is judged by. `alerts` by subject: its own open ones. `since`: since when the rule is watched."""

    now: datetime
    signals: Sequence[Signal] = ()
    alerts: Mapping[str, CityAlert] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)  # of areas and duty grids, by code
    states: Sequence[State] = ()
    figures: Sequence[FigureAt] = ()
    since: datetime | None = None
