"""What the leader remembers of alerts and reports between two rounds, so that a storm is read once and not every second.

A copy of what the tables say and never more: whoever takes the lead reads it anew, and what changed since is read from the change log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from alerts.rules import Rules
from core.city_facts import Place, Signal
from core.rule_city import CityRule, ClusterRule, CompoundRule, CountRule

Key = tuple[str, int]


class Pool:
    """Signals by what rules ask for."""

    def __init__(self) -> None:
        self._all: dict[Key, Signal] = {}
        self._of_class: dict[str | None, dict[Key, Signal]] = {}
        self._of_rule: dict[str, dict[Key, Signal]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def put(self, signal: Signal) -> Signal | None:
        """Returns what it was before, if it was known."""
        key = signal.kind, signal.number
        known = self.drop(key)
        self._all[key] = signal
        self._of_class.setdefault(signal.class_code, {})[key] = signal
        if signal.rule:
            self._of_rule.setdefault(signal.rule, {})[key] = signal
        return known

    def drop(self, key: Key) -> Signal | None:
        known = self._all.pop(key, None)
        if known is not None:
            del self._of_class[known.class_code][key]
            if known.rule:
                del self._of_rule[known.rule][key]
        return known

    def forget(self, before: datetime) -> None:
        """Drop what is over since then."""
        for key in [key for key, one in self._all.items() if not one.active and (one.until or one.at) <= before]:
            self.drop(key)

    def of(self, rule: CityRule) -> Iterable[Signal]:
        """What a rule may be about, and more."""
        match rule:
            case CountRule() | ClusterRule():
                return self._chosen(rule.classes)
            case CompoundRule():
                found: dict[Key, Signal] = {}
                for condition in rule.conditions.values():
                    for name in condition.rules:
                        found.update(self._of_rule.get(name, {}))
                    if condition.classes or condition.channels:
                        found.update(((one.kind, one.number), one) for one in self._chosen(condition.classes) if one.kind == "report")
                return found.values()
            case _:
                return self._chosen(getattr(rule, "classes", ()))

    def _chosen(self, classes: Iterable[str]) -> Iterable[Signal]:
        of = [self._of_class.get(code, {}).values() for code in classes]
        return chain.from_iterable(of) if of else self._all.values()

    def rings(self, rule: str) -> bool:
        """Whether an alert of a rule goes on."""
        return any(one.active for one in self._of_rule.get(rule, {}).values())


@dataclass(slots=True)
class CityMemory:
    """`again`: when each rule is to be looked at again; a rule that is not there was never looked at, None waits for something new.

    `owed`: rules that were due and had no turn yet; `asked`: when each had its last.
    """

    rules: Rules | None = None
    pool: Pool = field(default_factory=Pool)
    horizon: str = "0"
    told: dict[int, int] = field(default_factory=dict)  # changes that were read, by transaction, of those that may come again
    again: dict[str, datetime | None] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    asked: dict[str, datetime] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    watched: Mapping[str, datetime] = field(default_factory=dict)
    refreshed_at: datetime | None = None
    figures: tuple[datetime, int] | None = None  # up to when figures were read, and how many of that moment

    def forget(self) -> None:
        """The next round reads everything."""
        self.rules = None
