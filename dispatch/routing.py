"""Who gets a case and why: routing rules by class, area and time of the week, most specific first. Pure: reads and sends nothing.

In this order: the owner of the component it is about, the most specific rule, the lead unit of the class's standard, the worker on
shift in the duty grid, nobody (then it is offered to all who handle there). Whoever sent the case back is left out at every step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal, get_args

from core.errors import Invalid
from core.routing_config import RoutingTimes
from core.rule_parts import Weekday

HANDLES = frozenset({"handler", "grid_worker"})
Basis = Literal["component", "rule", "standard", "duty_grid", "nobody"]
_WEEK: tuple[str, ...] = get_args(Weekday)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that may be given cases."""

    unit_id: int
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who handles; `unit` is theirs."""

    account_id: int
    name: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A rule as it stands: `worker` by name, or `on_shift` whoever it is in the duty grid. Empty `classes`, `areas`, `when` fit all."""

    rule: str
    label: str
    label_en: str = ""
    classes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    when: tuple[RoutingTimes, ...] = ()
    lead: Unit | None = None
    supports: tuple[Unit, ...] = ()
    worker: Worker | None = None
    on_shift: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """What a case is about. `at` is in the city's time."""

    class_code: str
    area: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the rules: the component's owner, the standard's unit, who is on shift, and who sent the case back."""

    owner: Unit | None = None
    standard: Unit | None = None
    on_shift: Worker | None = None
    sent_back: tuple[Unit, ...] = ()
    refused_by: frozenset[int] = frozenset()  # accounts that sent it back


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who is to get a case and by what; why in words says `dispatch.routing_words`."""

    basis: Basis
    lead: Unit | None = None
    supports: tuple[Unit, ...] = ()
    person: Worker | None = None
    by: RoutingRule | None = None
    sent_back: tuple[Unit, ...] = ()

    @property
    def lead_unit(self) -> int | None:
        return self.lead.unit_id if self.lead else None

    @property
    def support_units(self) -> tuple[int, ...]:
        return tuple(unit.unit_id for unit in self.supports)

    @property
    def worker(self) -> int | None:
        """The account; None: whoever of the unit or the area takes it."""
        return self.person.account_id if self.person else None

    @property
    def rule(self) -> str | None:
        """The rule that is answerable for the unit; for a component's owner none is."""
        return self.by.rule if self.by and self.basis == "rule" else None

    @property
    def automatic(self) -> bool:
        """Only a rule says so, and never again once somebody sent the case back: then a person looks."""
        return self.basis == "rule" and self.by is not None and self.by.automatic and not self.sent_back


def find_proposal(spot: Spot, rules: Iterable[RoutingRule], around: Around) -> Proposal:
    """The first in the order of this module's head that names somebody who has not sent the case back."""
    out = {unit.unit_id for unit in around.sent_back}
    fitting = rank(spot, rules)
    found = _by_owner(around, fitting, out) or _by_rule(around, fitting, out) or _by_unit(around.standard, "standard", out)
    found = found or _by_grid(around, out) or Proposal("nobody")
    return replace(found, sent_back=around.sent_back)


def rank(spot: Spot, rules: Iterable[RoutingRule]) -> list[RoutingRule]:
    """The rules that fit, the most specific first: longest class, then longest area, then one bound to times, then by name."""
    fitting = [(key, rule) for rule in rules if (key := _specificity(spot, rule)) is not None]
    return [rule for _, rule in sorted(fitting, key=lambda pair: (*(-part for part in pair[0]), pair[1].rule))]


def _specificity(spot: Spot, rule: RoutingRule) -> tuple[int, int, int] | None:
    """How closely a rule fits; None: not at all."""
    of_class, of_area = _longest(spot.class_code, rule.classes), _longest(spot.area, rule.areas)
    if of_class is None or of_area is None or not is_within(spot.at, rule.when):
        return None
    return of_class, of_area, int(bool(rule.when))


def _longest(code: str, beginnings: tuple[str, ...]) -> int | None:
    """Letters of the longest beginning that fits; 0 where none is asked for, None where none fits."""
    return max((len(one) for one in beginnings if code.startswith(one)), default=None) if beginnings else 0


def is_within(at: datetime, when: tuple[RoutingTimes, ...]) -> bool:
    """Whether a moment in the city's time lies in one of the spans; no span is always."""
    return not when or any(_in_span(at, span) for span in when)


def _in_span(at: datetime, span: RoutingTimes) -> bool:
    since, _, until = (span.hours or "00:00-24:00").partition("-")
    begin, end = time.fromisoformat(since), time.max if until == "24:00" else time.fromisoformat(until)
    clock = at.time()
    if begin < end:
        return _on_day(at, span) and begin <= clock and (until == "24:00" or clock < end)
    return (_on_day(at, span) and clock >= begin) or (_on_day(at - timedelta(days=1), span) and clock < end)


def _on_day(at: datetime, span: RoutingTimes) -> bool:
    return not span.days or _WEEK[at.weekday()] in span.days


def _by_owner(around: Around, fitting: list[RoutingRule], out: set[int]) -> Proposal | None:
    """What belongs to somebody is theirs to mend; the supports of the best rule still hold."""
    found = _by_unit(around.owner, "component", out)
    if found is None or not fitting or found.lead is None:
        return found
    supports = tuple(unit for unit in fitting[0].supports if unit.unit_id not in {*out, found.lead.unit_id})
    return Proposal("component", found.lead, supports, by=fitting[0])


def _by_rule(around: Around, fitting: list[RoutingRule], out: set[int]) -> Proposal | None:
    for rule in fitting:
        worker = _willing(around.on_shift if rule.on_shift else rule.worker, around, out)
        lead = rule.lead or (worker.unit if worker else None)
        if (lead is None and worker is None) or (lead is not None and lead.unit_id in out):
            continue
        supports = tuple(unit for unit in rule.supports if unit.unit_id not in out and unit != lead)
        return Proposal("rule", lead, supports, worker, rule)
    return None


def _by_unit(unit: Unit | None, basis: Basis, out: set[int]) -> Proposal | None:
    return Proposal(basis, unit) if unit is not None and unit.unit_id not in out else None


def _by_grid(around: Around, out: set[int]) -> Proposal | None:
    worker = _willing(around.on_shift, around, out)
    return Proposal("duty_grid", worker.unit, person=worker) if worker else None


def _willing(worker: Worker | None, around: Around, out: set[int]) -> Worker | None:
    """Not whoever sent it back, nor a colleague of the unit that did."""
    if worker is None or worker.account_id in around.refused_by or (worker.unit and worker.unit.unit_id in out):
        return None
    return worker


def choose_worker(wanted: object, named: Mapping[str, Any] | None, on_duty: Mapping[str, Any] | None, area: str) -> int | None:
    """The account a case goes to; None: nobody is named and nobody is on duty, so it is offered to all of the area.

    `wanted` is the login or number somebody gave, `named` the active account found for it, `on_duty` the duty grid's.
    Raises `Invalid` for a named one who does not handle, or not there.
    """
    if not wanted:
        return int(on_duty["account_id"]) if on_duty else None
    if named is None or named["role"] not in HANDLES:
        raise Invalid(f"'{wanted}' is no active handler or grid worker")
    if not any(area.startswith(prefix) for prefix in named["areas"]):
        raise Invalid(f"'{wanted}' does not work in {area}")
    return int(named["account_id"])
