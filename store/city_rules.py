"""The leader's round over rules of more than one subject: reads what changed, asks those rules that it concerns, saves what they decide.

Decides nothing of it (`alerts.city` does), only which rules need not be asked: those that nothing new and no moment concerns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.rows import tuple_row

from alerts.city import decide
from alerts.city_absence import LOOK_BACK
from alerts.city_signals import expects, selects
from alerts.rules import Rules
from core.changes import Change
from core.city_facts import CityAlert, CityFacts, FigureAt, Place, Signal, State
from core.facts import OpenAlert
from core.model import QUALITY_CODE, Quality
from core.rule_city import AbsenceRule, CityRule, ClusterRule, CompoundRule, CountRule, StandardRule
from store import save
from store.city_memory import CityMemory, Pool
from store.timescale import Connection, queries, sql

WATCHED = "absence"  # notes in `attention`: since when such a rule is watched
_MOST = 50_000  # changes taken one by one; with more everything is read anew
_REFRESH = timedelta(minutes=1)  # names of places; and what is long over is forgotten
_TIME_ALONE = timedelta(seconds=2)  # what only time moves is looked at this often at most
_FIGURES_BACK = timedelta(days=4)
_MEASURED = timedelta(seconds=1)  # states are looked at this often at most
# Of all rules of a round together, so that a storm takes several rounds and none of them is long.
_LOOKS = 20_000  # at signals
_CHANGES = 200  # of alerts
_NEVER = datetime.min.replace(tzinfo=UTC)
_TRUSTED = [QUALITY_CODE[Quality.GOOD], QUALITY_CODE[Quality.MANUAL]]


def watch(connection: Connection, rules: Rules, memory: CityMemory, now: datetime) -> list[int]:
    """One round; returns the alerts that moved. Raises whatever the store raises, and has then forgotten everything."""
    try:
        return _watch(connection, rules, memory, now)
    except BaseException:
        memory.forget()  # what was read may have been decided and not saved
        raise


def _watch(connection: Connection, rules: Rules, memory: CityMemory, now: datetime) -> list[int]:
    if not rules.city:
        return []
    touched = _read_all(connection, rules, memory, now) if memory.rules is not rules else _read_changes(connection, rules, memory, now)
    figures = _read_figures(connection, rules, memory, now)
    news = _News(touched, figures)
    memory.owed |= {name for name, rule in rules.city if _is_due(name, rule, memory, news, now)}
    _refresh(connection, memory, rules, now)
    if not memory.owed:
        return []
    due = _take_turns(rules, memory)
    alerts = _read_open(connection, due)
    states = _read_states(connection, rules, due, now)
    changes: list[Change] = []
    for name, (rule, signals) in due.items():
        if len(changes) >= _CHANGES and not isinstance(rule, StandardRule):
            continue
        facts = CityFacts(now, signals, alerts.get(name, {}), memory.places, states, figures, memory.watched.get(name))
        if isinstance(rule, StandardRule) and _is_past(memory.again.get(name), now):
            facts = replace(facts, figures=_figures_since(connection, [rule.figure], now - _FIGURES_BACK, now))
        decided = decide(name, rule, facts, rules)
        changes += decided.changes
        memory.again[name] = decided.again_at and max(decided.again_at, now + _TIME_ALONE)
        memory.asked[name] = now
        memory.owed.discard(name)
    return save.save(connection, changes, now)


def _take_turns(rules: Rules, memory: CityMemory) -> dict[str, tuple[CityRule, Sequence[Signal]]]:
    """Rules whose turn it is with what they may look at: those that waited longest first, and as many as a round may take."""
    of = dict(rules.city)
    memory.owed &= of.keys()
    due: dict[str, tuple[CityRule, Sequence[Signal]]] = {}
    looks = 0
    for name in sorted(memory.owed, key=lambda one: (memory.asked.get(one, _NEVER), one)):
        signals = () if isinstance(of[name], StandardRule) else tuple(memory.pool.of(of[name]))
        looks += len(signals)
        # What a figure says it says in this round only; the others look at everything whenever they are asked.
        if not due or looks <= _LOOKS or isinstance(of[name], StandardRule):
            due[name] = of[name], signals
    return due


class _News:
    """What is new in a round: of signals that no rule could tell apart one."""

    def __init__(self, touched: Iterable[Signal], figures: Iterable[FigureAt]) -> None:
        kinds: dict[object, Signal] = {}
        for one in touched:
            source = one.source if one.kind == "report" else ""
            kinds[one.kind, one.rule, one.channel, one.class_code, one.counts, one.of_city, one.drill, source] = one
        self.signals = list(kinds.values())
        self.figures = {one.figure for one in figures}


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _is_due(name: str, rule: CityRule, memory: CityMemory, news: _News, now: datetime) -> bool:
    if name not in memory.again or _is_past(memory.again[name], now):
        return True
    match rule:
        case StandardRule():
            return rule.figure in news.figures
        case CountRule() | ClusterRule():
            return any(selects(rule, one) for one in news.signals)
        case AbsenceRule():
            return any(expects(rule, one) for one in news.signals)
        case CompoundRule():
            measures = now - memory.asked[name] >= _MEASURED and _measures(rule, name, memory.pool)
            return measures or any(_may_hold(rule, one) for one in news.signals)


def _may_hold(rule: CompoundRule, signal: Signal) -> bool:
    return any(
        signal.rule in one.rules if one.rules else bool(one.classes or one.channels) and selects(one, signal)
        for one in rule.conditions.values()
    )


def _measures(rule: CompoundRule, name: str, pool: Pool) -> bool:
    """Whether the next value of a device may decide: states move all the time and leave no note."""
    measured = sum(one.metric is not None for one in rule.conditions.values())
    if not measured:
        return False
    return measured >= rule.needed or pool.rings(name) or any(True for _ in pool.of(rule))


def _read_all(connection: Connection, rules: Rules, memory: CityMemory, now: datetime) -> list[Signal]:
    """Everything that any rule may look at; every rule is due."""
    memory.horizon, memory.told, memory.again, memory.pool = queries.city_horizon(connection), {}, {}, Pool()
    memory.owed, memory.asked = set(), {}
    memory.refreshed_at, memory.figures = None, None
    since = now - _reach(rules)
    named = _Names(rules)
    for name in ("city_alerts_since", "city_reports_since"):
        for signal in _signals(connection, name, {"since": since}, named):
            memory.pool.put(signal)
    names = [name for name, rule in rules.city if isinstance(rule, AbsenceRule)]
    memory.watched = {row["tile"]: row["at"] for row in queries.city_watch(connection, watched=WATCHED, names=names, now=now)}
    memory.rules = rules
    return []


def _reach(rules: Rules) -> timedelta:
    """How far back any rule looks."""
    spans = [timedelta(hours=1)]
    for _, rule in rules.city:
        if isinstance(rule, CountRule | ClusterRule | CompoundRule):
            spans.append(rule.within)
        elif isinstance(rule, AbsenceRule):
            spans.append(LOOK_BACK if rule.every is None else rule.every + timedelta(hours=1))
    return max(spans)


class _Names:
    """What alerts are called where no metric is: by their rule; and which of the rules count others."""

    def __init__(self, rules: Rules) -> None:
        self.city = frozenset(name for name, _ in rules.city)
        self.labels = {name: rule.label for name, rule in (*rules.city, *rules.no_data, *rules.reports, *rules.ingest)}

    def __call__(self, signal: Signal) -> Signal:
        if signal.label and signal.rule not in self.city:
            return signal
        return signal._replace(label=signal.label or self.labels.get(signal.rule, signal.rule), of_city=signal.rule in self.city)


def _signals(connection: Connection, name: str, parameters: Mapping[str, Any], named: _Names) -> Iterable[Signal]:
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        cursor.execute(sql(name), parameters)
        for row in cursor:
            yield named(Signal._make(row)) if row[3] else Signal._make(row)


def _read_changes(connection: Connection, rules: Rules, memory: CityMemory, now: datetime) -> list[Signal]:
    """What changed since the last round: how it was and how it is."""
    rows = list(queries.city_changes(connection, horizon=memory.horizon, told=list(memory.told), most=_MOST))
    if len(rows) >= _MOST:
        return _read_all(connection, rules, memory, now)
    changed = [row for row in rows if row["change_id"] is not None]
    if rows[0]["next_horizon"] != memory.horizon:
        memory.horizon = rows[0]["next_horizon"]
        memory.told = {change: xid for change, xid in memory.told.items() if xid >= int(memory.horizon)}
    memory.told |= {row["change_id"]: int(row["xid"]) for row in changed if int(row["xid"]) >= int(memory.horizon)}
    named, touched = _Names(rules), []
    for noun, name in (("alert", "city_alerts_of"), ("report", "city_reports_of")):
        ids = sorted({int(row["key"]) for row in changed if row["noun"] == noun})
        for signal in _signals(connection, name, {"ids": ids}, named) if ids else ():
            known = memory.pool.put(signal)
            if known != signal:
                touched += [signal] if known is None else [known, signal]
    return touched


def _refresh(connection: Connection, memory: CityMemory, rules: Rules, now: datetime) -> None:
    """Names of places, now and then."""
    if memory.refreshed_at is None or now - memory.refreshed_at >= _REFRESH:
        memory.places = {row["code"]: Place(**row) for row in queries.city_places(connection)}
        memory.pool.forget(now - _reach(rules))
        memory.refreshed_at = now


def _read_open(connection: Connection, rules: Iterable[str]) -> dict[str, dict[str, CityAlert]]:
    """Open alerts by rule and subject."""
    found: dict[str, dict[str, CityAlert]] = {}
    for row in queries.city_open(connection, rules=sorted(rules)):
        own = {name: row.pop(name) for name in ("title", "area", "lon", "lat", "observed_at", "drill", "simulated")}
        found.setdefault(row["rule"], {})[row["subject"]] = CityAlert(OpenAlert(**row), **own)
    return found


def _read_states(connection: Connection, rules: Rules, due: Collection[str], now: datetime) -> list[State]:
    compounds = [rule for name, rule in rules.city if name in due and isinstance(rule, CompoundRule)]
    metrics = sorted({one.metric for rule in compounds for one in rule.conditions.values() if one.metric})
    if not metrics:
        return []
    since = now - max(rule.within for rule in compounds)
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        cursor.execute(
            sql("city_states"), {"metrics": metrics, "since": since, "qualities": _TRUSTED, "by_hand": QUALITY_CODE[Quality.MANUAL]}
        )
        return [State._make(row) for row in cursor]


def _read_figures(connection: Connection, rules: Rules, memory: CityMemory, now: datetime) -> list[FigureAt]:
    """Figures that were computed since the last round; on the first all that may say something of now."""
    names = sorted({rule.figure for _, rule in rules.city if isinstance(rule, StandardRule)})
    if not names:
        return []
    since = memory.figures[0] if memory.figures else now - _FIGURES_BACK
    rows = list(queries.city_figures_counted(connection, since=since, figures=names, oldest=now - _FIGURES_BACK))
    # Whoever computes a backlog does so under one moment and in several transactions: that there are more of it is news.
    latest = (rows[-1]["computed_at"], rows[-1]["figures"]) if rows else None
    if latest is None or latest == memory.figures:
        return []
    memory.figures = latest
    return _figures_since(connection, names, since, now)


def _figures_since(connection: Connection, names: Sequence[str], since: datetime, now: datetime) -> list[FigureAt]:
    return [FigureAt(**row) for row in queries.city_figures(connection, since=since, figures=list(names), oldest=now - _FIGURES_BACK)]
