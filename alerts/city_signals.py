"""Which alerts and reports a rule of the whole city counts, as one each, and what people are told of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from alerts.sum_up import CHANNELS
from core.city_facts import CityAlert, Finding, Place, Signal
from core.rule_city import AbsenceRule, Condition, PlaceKind, SelectingRule
from geodata.plane import median_point

_MACHINES = ("sensor", "video")
_AREA_DIGITS = {"district": 6, "street": 9, "community": 12}
_SHOWN = 4  # kinds named in a title


def selects(rule: SelectingRule | Condition, signal: Signal) -> bool:
    """Whether a rule is about such a signal. What does not count is none, nor what itself counts others."""
    if not signal.counts or signal.of_city or (rule.classes and signal.class_code not in rule.classes):
        return False
    return not (rule.channels or rule.rules) or signal.channel in rule.channels or (bool(signal.rule) and signal.rule in rule.rules)


def expects(rule: AbsenceRule, signal: Signal) -> bool:
    """Whether this is what the rule waits for."""
    return (
        signal.kind == "report" and signal.counts and not signal.drill
        and (not rule.channels or signal.channel in rule.channels)
        and (not rule.classes or signal.class_code in rule.classes)
        and (not rule.sources or signal.source in rule.sources)
    )  # fmt: skip


def recent(signals: Iterable[Signal], areas: Sequence[str], now: datetime, within: timedelta) -> list[Signal]:
    """Those of the span and of the areas, the earliest first; an alert and the report that raised it are one."""
    since, beginnings = now - within, tuple(areas)
    found: dict[int, Signal] = {}
    for signal in signals:
        if since < signal.at and (not beginnings or signal.area.startswith(beginnings)):
            one = -signal.number if signal.report_id is None else signal.report_id
            known = found.get(one)
            if known is None or (signal.kind, signal.number) > (known.kind, known.number):  # the report itself rather than its alerts
                found[one] = signal
    return sorted(found.values(), key=in_order)


def one_a_machine(signals: Iterable[Signal]) -> list[Signal]:
    """A device, or a camera where it stands, is one signal however often it speaks: its latest. What people say counts each time."""
    found: dict[object, Signal] = {}
    for signal in signals:
        key: object = signal.kind, signal.number
        if signal.report_id is None:
            key = signal.source
        elif signal.channel in _MACHINES:
            key = signal.source, signal.lon, signal.lat
        found[key] = signal
    return sorted(found.values(), key=in_order)


in_order = attrgetter("at", "kind", "number")  # the same signals are always in the same order


def place_of(kind: PlaceKind, area: str, cell: str | None, duty_grid: str | None) -> str | None:
    """The code of the place of a kind in which something lies; None where that is not known."""
    if kind == "cell":
        return cell
    if kind == "duty_grid":
        return duty_grid
    digits = _AREA_DIGITS[kind]
    return area[:digits] if len(area) >= digits else None


DRILL = "/drill"  # ends the subject of an alert about an exercise: the real one has its own


def subject_of(kind: PlaceKind, code: str, drill: bool = False) -> str:
    """What an alert about a place is about."""
    return f"{kind if kind in ('cell', 'duty_grid') else 'area'}:{code}{DRILL * drill}"


def code_of(subject: str) -> str:
    """The place of such a subject."""
    return subject.removesuffix(DRILL).partition(":")[2]


def is_of(kind: PlaceKind, subject: str) -> bool:
    """Whether a subject is a place of a kind: a rule may have been about another when its alert rang."""
    word, _, code = subject.removesuffix(DRILL).partition(":")
    return word == kind or (word == "area" and len(code) == _AREA_DIGITS.get(kind))


def name_of(kind: PlaceKind, code: str, places: Mapping[str, Place]) -> str:
    """What people call a place; its code where nobody named it."""
    known = places.get(code)
    return known.name if known else f"网格 {code}" if kind == "cell" else code


def over(known: CityAlert, at: datetime) -> Finding:
    """What its rule is about is no more."""
    drill = known.alert.subject.endswith(DRILL)
    return Finding(known.alert.subject, 0.0, known.title, known.area, at, known.lon, known.lat, drill=drill, simulated=known.simulated)


def composition(signals: Sequence[Signal]) -> str:
    """What they are, the most frequent first: 3 河道水位 · 5 热线."""
    counted = Counter(_kind(signal) for signal in signals).most_common()
    ranked = sorted(counted, key=lambda each: (-each[1], each[0]))
    shown = [f"{count} {label}" for label, count in ranked[:_SHOWN]]
    if others := sum(count for _, count in ranked[_SHOWN:]):
        shown.append(f"{others} 其他")
    return " · ".join(shown)


def _kind(signal: Signal) -> str:
    """Reports by their channel, alerts of devices by what they measure."""
    return CHANNELS.get(signal.channel, signal.channel) if signal.report_id is not None else signal.label


def is_simulated(signals: Sequence[Signal], least: int) -> bool:
    """Unless the real ones alone would be enough."""
    return sum(not signal.simulated for signal in signals) < min(least, len(signals))


def by_drill(signals: Iterable[Signal]) -> dict[bool, list[Signal]]:
    """Exercises apart from what is real: they never count together."""
    apart: dict[bool, list[Signal]] = {False: [], True: []}
    for signal in signals:
        apart[signal.drill].append(signal)
    return apart


def usual_class(signals: Sequence[Signal]) -> str | None:
    """The class of most of them."""
    counted = Counter(signal.class_code for signal in signals if signal.class_code)
    return min(counted, key=lambda code: (-counted[code], code), default=None)


def middle_of(signals: Iterable[Signal]) -> tuple[float, float] | None:
    """The median of their places, of those that have one."""
    places = [(signal.lon, signal.lat) for signal in signals if signal.lon is not None and signal.lat is not None]
    return median_point(places) if places else None
