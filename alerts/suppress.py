"""Of whom nobody is told, and why: silences and inhibition. Pure, and a function of what stands now, never of what came first.

Decides the hold of an alert, never its stage, its severity or a deadline. A silence goes before an inhibition; of several
silences the one that lasts longest, of several parents the one whose inhibition stands first, then the gravest, then the oldest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from alerts.matching import Candidate, Meant, Shortlist, compile_matcher
from core.suppress_config import InhibitionConfig, Shared

_ACTIVE = frozenset({"unack", "acked"})
_JUDGED = frozenset({"none", "suppressed"})  # shelved and out of service are people's words: they stand above this
_AREA_DIGITS = (4, 6, 9, 12)  # city, district, street, community

Key = tuple[str, str]  # an inhibition, and what parent and child share


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence or a maintenance window in force."""

    silence_id: int
    fits: Meant
    until: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Inhibition:
    """`stands`: somebody inhibits by it already; else nobody need be asked for."""

    name: str
    source: Meant
    target: Meant
    same: tuple[Shared, ...]
    reason: str
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Parent:
    """An alert that inhibits by some inhibition. `itself`: it has a parent of its own."""

    alert_id: int
    severity: int
    device_id: int | None
    drill: bool
    simulated: bool
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nobody is told: `ref` is 'silence:12' or 'alert:34'; `until` None: as long as that stands."""

    ref: str
    by: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What may suppress now; silences in the order in which they win."""

    silences: tuple[Silence, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`hold` None: people are told. `sources`: the keys under which it inhibits; `itself`: it has a parent, and so inhibits nobody."""

    candidate: Candidate
    hold: Hold | None
    sources: frozenset[Key] = field(default_factory=frozenset)
    itself: bool = False


def compile_inhibition(config: InhibitionConfig, stands: bool = True) -> Inhibition:
    return Inhibition(config.name, compile_matcher(config.source), compile_matcher(config.target), config.same, config.reason, stands)


def order_silences(silences: Iterable[Silence]) -> tuple[Silence, ...]:
    """The one that lasts longest first; of equal ones the older."""
    return tuple(sorted(silences, key=lambda one: (-one.until.timestamp(), one.silence_id)))


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of some alerts before their parents are: what silences them, and the keys under which they inhibit, by alert id.

    `wanted`: under which keys a parent of theirs would stand, in the order in which inhibitions win.
    """

    candidates: Sequence[Candidate]
    silenced: Mapping[int, Silence | None]
    sources: Mapping[int, frozenset[Key]]
    wanted: Mapping[int, Sequence[Key]]


def ask(candidates: Sequence[Candidate], grounds: Grounds) -> Question:
    """What is to be found out before `judge` can say anything.

    Only of whom people are told may others be left untold: a source's condition lasts, and neither people nor a silence hold it.
    """
    silences = Shortlist((rule.fits, rule) for rule in grounds.silences)
    sources = Shortlist((rule.source, rule) for rule in grounds.inhibitions)
    silenced = {one.alert_id: next(silences.fitting(one), None) for one in candidates}
    found: dict[int, frozenset[Key]] = {}
    for one in candidates:
        may = one.stage in _ACTIVE and one.hold in _JUDGED and silenced[one.alert_id] is None
        found[one.alert_id] = frozenset(_keys(one, sources.fitting(one), _SOURCE)) if may else frozenset()
    fresh = {name for keys in found.values() for name, _ in keys}
    targets = Shortlist((rule.target, rule) for rule in grounds.inhibitions if rule.stands or rule.name in fresh)
    return Question(candidates, silenced, found, {one.alert_id: list(_keys(one, targets.fitting(one), _TARGET)) for one in candidates})


def judge(asked: Question, grounds: Grounds, known: Mapping[Key, Sequence[Parent]]) -> list[Verdict]:
    """What holds each alert, if anything; `known` is who stands under the keys wanted.

    Alerts of one question are each other's parents, too; what `known` says of them is out of date. Three layers, each a function
    of the one before: who may inhibit at all (active, held by nobody), who of these has a parent, who is held.
    """
    candidates, sources, wanted = asked.candidates, asked.sources, asked.wanted
    fresh: dict[Key, list[Candidate]] = {}
    for one in candidates:
        for key in sources[one.alert_id]:
            fresh.setdefault(key, []).append(one)
    parents = {
        one.alert_id: list(_parents(one, wanted[one.alert_id], known, fresh, sources)) if known or fresh else [] for one in candidates
    }
    order = {rule.name: (place, rule.reason) for place, rule in enumerate(grounds.inhibitions)}
    verdicts = []
    for one in candidates:
        free = [(name, parent) for name, parent in parents[one.alert_id] if not (parent.itself or parents.get(parent.alert_id))]
        hold = _hold(asked.silenced[one.alert_id], free, order)
        verdicts.append(Verdict(one, hold, sources[one.alert_id], bool(parents[one.alert_id])))
    return verdicts


def _parents(
    one: Candidate, keys: Sequence[Key], known: Mapping[Key, Sequence[Parent]], fresh: Mapping[Key, Sequence[Candidate]],
    judged: Mapping[int, object],
) -> Iterable[tuple[str, Parent]]:  # fmt: skip
    for key in keys:
        for parent in known.get(key, ()):
            if parent.alert_id not in judged and _inhibits(parent, one, key):
                yield key[0], parent
        for other in fresh.get(key, ()):
            if _inhibits(other, one, key):
                yield key[0], Parent(other.alert_id, other.severity, other.device_id, other.drill, other.simulated)


def _inhibits(parent: Parent | Candidate, child: Candidate, key: Key) -> bool:
    """Nobody inhibits itself, nor its own device unless that is what is shared; a drill nothing real, nor does what is simulated."""
    if parent.alert_id == child.alert_id or parent.drill != child.drill or (parent.simulated and not child.simulated):
        return False
    return parent.device_id is None or parent.device_id != child.device_id or _DEVICE_MARK in key[1]


def _hold(silence: Silence | None, parents: Sequence[tuple[str, Parent]], order: Mapping[str, tuple[int, str]]) -> Hold | None:
    if silence is not None:
        return Hold(f"silence:{silence.silence_id}", silence.by, silence.why, silence.until)
    if not parents:
        return None
    name, parent = min(parents, key=lambda found: (order[found[0]][0], found[1].severity, found[1].alert_id))
    return Hold(f"alert:{parent.alert_id}", name, order[name][1])


_DEVICE_MARK = "device="
_Part = Callable[[Candidate], Sequence[str]]


def _one(value: object) -> Sequence[str]:
    return () if value is None else (str(value),)


def _street(one: Candidate) -> Sequence[str]:
    return _one(one.area[:9] if len(one.area) >= 9 else None)


_BOTH: Mapping[Shared, _Part] = {
    "street": _street, "cell": lambda one: _one(one.cell_id), "duty_grid": lambda one: _one(one.duty_grid),
    "device": lambda one: _one(one.device), "incident": lambda one: _one(one.incident_id),
}  # fmt: skip
_SOURCE: Mapping[Shared, _Part] = {**_BOTH, "area": lambda one: _one(one.area), "gateway": lambda one: _one(one.device)}
_TARGET: Mapping[Shared, _Part] = {
    **_BOTH,
    "area": lambda one: sorted({one.area[:digits] for digits in _AREA_DIGITS}),
    "gateway": lambda one: _one(one.gateway),
}


def _keys(one: Candidate, rules: Iterable[Inhibition], parts: Mapping[Shared, _Part]) -> Iterator[Key]:
    """None where something that is to be shared is not known: unknown is not the same."""
    shared: dict[tuple[Shared, ...], list[str]] = {}
    for rule in rules:
        if (found := shared.get(rule.same)) is None:
            spoken = [[f"{name}={value}" for value in parts[name](one)] for name in rule.same]
            found = shared[rule.same] = spoken[0] if len(spoken) == 1 else ["|".join(values) for values in product(*spoken)]
        for key in found:
            yield rule.name, key
