"""Laws of alarms over any story of one device: what never clears, what is never skipped, and what order cannot change."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.evaluate import evaluate
from alerts.rules import Rules, arrange
from core.changes import AlertAgain, AlertEased, AlertRaised, AlertReturned, AlertSeen, AlertWorsened, Change, WaitDropped, WaitSet
from core.facts import DueDevice, Facts, KnownDevice, Listening, MetricInfo, Moved, OpenAlert, StateMoved, Wait
from core.model import Quality
from core.rule_config import ThresholdRule
from core.rule_parts import Flapping

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DEVICE = KnownDevice(7, "depth-01", "海棠路下穿", "water", "320404001001", 12, 119.9, 31.8, timedelta(seconds=30))
DEPTH = MetricInfo(3, "water_depth", "道路积水", "cm")
KEY = ("water", "depth-01/water_depth")
LIMITS = ((15, 10, 3), (25, 20, 2), (40, 30, 1))  # above, clear, severity
NO_FLAPPING = Flapping(times=0)


def rules(holds: Sequence[int] = (0, 0, 0), flapping: Flapping = NO_FLAPPING) -> Rules:
    levels = [
        {"above": above, "clear": clear, "severity": severity, "hold": hold}
        for (above, clear, severity), hold in zip(LIMITS, holds, strict=True)
    ]
    told: dict[str, Any] = {"label": "积水", "label_en": "Water", "owner": "x", "reason": "y", "metric": "water_depth"}
    return arrange({"water": ThresholdRule.model_validate({"kind": "threshold", **told, "levels": levels})}, {}, flapping=flapping)


@dataclass
class Memory:
    """What the database remembers of one device, as `store.save` would write it."""

    alerts: dict[tuple[str, str], OpenAlert] = field(default_factory=dict)
    waits: dict[tuple[str, str, int], Wait] = field(default_factory=dict)
    count: int = 0
    numbers: int = 0
    newest: StateMoved | None = None

    def tell(self, rules: Rules, states: Sequence[StateMoved], now: datetime, due: Sequence[StateMoved] = ()) -> list[Change]:
        changes = evaluate(rules, Facts(Moved(states=list(states), due_waits=list(due)), dict(self.alerts), dict(self.waits)), now)
        fresh: dict[int, int] = {}
        for change in changes:
            self._apply(change, now, fresh)
        return changes

    def tick(self, rules: Rules, now: datetime) -> None:
        if self.newest and any(wait.due_at <= now for wait in self.waits.values()):
            self.tell(rules, [], now, [self.newest])

    def hear(self, rules: Rules, state: StateMoved, now: datetime) -> None:
        """Late is not latest: what is older than the state moves nothing."""
        if self.newest is None or state.observed_at > self.newest.observed_at:
            self.newest = state
            self.tell(rules, [state], now)

    @property
    def level(self) -> int | None:
        """Of the alert that is active; None: none is."""
        alert = self.alerts.get(KEY)
        return alert.level if alert and alert.is_active else None

    def _apply(self, change: Change, now: datetime, fresh: dict[int, int]) -> None:
        match change:
            case AlertRaised():
                assert KEY not in self.alerts, "one alert a rule and subject"
                self.numbers += 1
                self.count += 1
                fresh[change.ref] = self.numbers
                rings = (change.observed_at,)
                self.alerts[KEY] = OpenAlert(
                    self.numbers, *KEY, 7, "unack", change.value, True, now, change.level, change.severity, rings,
                )  # fmt: skip
            case WaitSet():
                self.waits.setdefault((*KEY, change.wait.level), change.wait)
            case WaitDropped():
                del self.waits[change.rule, change.subject, change.level]
            case AlertReturned() | AlertAgain() | AlertWorsened() | AlertEased() | AlertSeen():
                self._move(change, fresh.get(change.alert_id, change.alert_id), now)

    def _move(self, change: AlertReturned | AlertAgain | AlertWorsened | AlertEased | AlertSeen, alert_id: int, now: datetime) -> None:
        alert = self.alerts[KEY]
        assert alert.alert_id == alert_id
        match change:
            case AlertReturned():
                assert alert.is_active
                alert = replace(alert, stage="rtn_unack", flapping=False, state_known=True)
            case AlertAgain():
                self.count += 1
                rings = (*(at for at in alert.rings if at > change.observed_at - change.flap_within), change.observed_at)
                flapping = 0 < change.flap_times <= len(rings)
                level = alert.level if change.level is None else change.level
                severity = alert.severity if change.severity is None else change.severity
                alert = replace(
                    alert,
                    stage="unack",
                    rings=rings,
                    flapping=flapping,
                    level=level,
                    severity=severity,
                    state_known=True,
                    value=change.value,
                )
            case AlertWorsened() | AlertEased():
                assert alert.is_active
                assert (change.level > alert.level) is isinstance(change, AlertWorsened)
                alert = replace(alert, level=change.level, severity=change.severity, state_known=True, value=change.value)
            case AlertSeen():
                alert = replace(alert, state_known=change.known, value=change.value)
        self.alerts[KEY] = replace(alert, updated_at=now)


def state(value: float | None, second: float, quality: Quality = Quality.GOOD) -> StateMoved:
    return StateMoved(DEVICE, DEPTH, value, quality, NOW + second * SECOND)


depths = st.sampled_from([0.0, 9.9, 10.0, 12.0, 15.0, 15.1, 18.0, 20.0, 22.0, 25.0, 25.1, 30.0, 35.0, 40.0, 40.1, 99.0])
stories = st.lists(depths, min_size=1, max_size=14)
holds = st.lists(st.sampled_from([0, 0, 7, 20]), min_size=3, max_size=3)
bad = st.sampled_from([quality for quality in Quality if quality is not Quality.GOOD])
flaps = st.sampled_from([NO_FLAPPING, Flapping(times=2, within=60 * SECOND, calm=8 * SECOND)])


def told(values: Sequence[float], held: Sequence[int], flapping: Flapping = NO_FLAPPING, every: int = 5) -> tuple[Memory, Rules]:
    """A story told in time, a reading every few seconds, with ticks between."""
    memory, ruled = Memory(), rules(held, flapping)
    for number, value in enumerate(values):
        for second in range(every):
            memory.tick(ruled, NOW + (number * every + second) * SECOND)
        memory.hear(ruled, state(value, number * every), NOW + number * every * SECOND)
    return memory, ruled


@given(stories, holds, flaps)
def test_the_same_news_again_changes_nothing(values: list[float], held: list[int], flapping: Flapping) -> None:
    memory, ruled = told(values, held, flapping)
    assert memory.newest is not None
    now = NOW + (len(values) - 1) * 5 * SECOND
    assert memory.tell(ruled, [memory.newest], now) == []
    assert memory.tell(ruled, [memory.newest, memory.newest], now) == []


@given(stories, holds, flaps, bad)
def test_neither_a_missing_value_nor_one_not_to_be_trusted_nor_silence_clears_or_rings(
    values: list[float], held: list[int], flapping: Flapping, quality: Quality
) -> None:
    memory, ruled = told(values, held, flapping)
    now = NOW + len(values) * 5 * SECOND
    level, count = memory.level, memory.count
    for value in (None, 0.0, 99.0):
        memory.tell(ruled, [state(value, len(values) * 5, quality)], now)
    assert (memory.level, memory.count) == (level, count)
    heard = Listening("city", NOW - timedelta(days=1), now + timedelta(hours=1))
    due = DueDevice(DEVICE, now, silent=False, offline=False, heard=heard)
    facts = Facts(Moved(due_devices=[due]), dict(memory.alerts), dict(memory.waits))
    changes = evaluate(ruled, facts, now + timedelta(hours=1))
    assert not [change for change in changes if isinstance(change, AlertReturned | AlertEased | AlertAgain | AlertWorsened)]


@given(stories, holds)
def test_a_level_whose_own_time_is_over_is_never_kept_back_by_another(values: list[float], held: list[int]) -> None:
    memory, _ = told(values, held)
    last = (len(values) - 1) * 5
    for level, (above, _, _) in enumerate(LIMITS):
        since = last
        for value in reversed(values):
            if value <= above:
                break
            since -= 5
        lasted = last - (since + 5)
        if values[-1] > above and lasted >= held[level]:
            assert memory.level is not None
            assert memory.level >= level


@given(stories, holds)
def test_an_active_level_was_passed_and_not_left_since(values: list[float], held: list[int]) -> None:
    memory, _ = told(values, held)
    if memory.level is None:
        return
    above, clear, severity = LIMITS[memory.level]
    assert memory.alerts[KEY].severity == severity
    assert values[-1] > clear
    beyond = [number for number, value in enumerate(values) if value > above]
    assert beyond
    assert all(value > clear for value in values[beyond[-1] :])


@given(stories, holds, flaps, st.lists(st.integers(1, 4), min_size=14, max_size=14))
def test_however_a_story_is_cut_into_batches_it_ends_the_same(
    values: list[float], held: list[int], flapping: Flapping, cuts: list[int]
) -> None:
    """Told at one moment, so that no wait falls due in between; the count of rings too."""
    ruled = rules(held, flapping)
    states, now = [state(value, number * 5) for number, value in enumerate(values)], NOW + timedelta(hours=1)
    single, several = Memory(), Memory()
    for one in states:
        single.tell(ruled, [one], now)
    while states:
        cut = cuts.pop() if cuts else len(states)
        several.tell(ruled, states[:cut], now)
        states = states[cut:]
    assert (single.alerts, single.waits, single.count) == (several.alerts, several.waits, several.count)


@given(stories.filter(lambda values: not any(clear < values[-1] <= above for above, clear, _ in LIMITS)), st.randoms(use_true_random=False))
def test_late_and_shuffled_readings_leave_the_same_alert_where_the_newest_lies_in_no_gap(values: list[float], order: Any) -> None:
    """Of limits without hold time: between a limit and its clearing point the path decides, and late readings are no part of it.

    How often it rang and how bad it was may differ: what came late rang nobody.
    """
    states = [state(value, number * 5) for number, value in enumerate(values)]
    shuffled = list(states)
    order.shuffle(shuffled)
    ruled, straight, late = rules(), Memory(), Memory()
    for memory, story in ((straight, states), (late, shuffled)):
        for one in story:
            memory.hear(ruled, one, NOW + timedelta(hours=1))
    assert straight.level == late.level


sides = st.lists(
    st.tuples(st.sampled_from(["above", "below"]), st.sampled_from([10.0, 20.0, 30.0]), st.sampled_from([0, 7]), st.sampled_from([("good",), ("good", "manual")])),
    min_size=2, max_size=4,
)  # fmt: skip


@given(sides, st.lists(st.tuples(depths, st.sampled_from([Quality.GOOD, Quality.MANUAL, Quality.FAULT])), min_size=1, max_size=10))
def test_rules_on_one_metric_do_not_disturb_each_other(limits: list[Any], values: list[tuple[float, Quality]]) -> None:
    """Also not by the short cut of calm values: each rings as if it stood alone."""
    told: dict[str, Any] = {
        "kind": "threshold",
        "label": "l",
        "label_en": "l",
        "owner": "x",
        "reason": "y",
        "metric": "water_depth",
        "severity": 3,
    }
    every = {
        f"r{number}": ThresholdRule.model_validate({**told, side: limit, "hold": hold, "qualities": qualities})
        for number, (side, limit, hold, qualities) in enumerate(limits)
    }
    states = [state(value, number * 5, quality) for number, (value, quality) in enumerate(values)]
    together = evaluate(arrange(every, {}), Facts(Moved(states=states)), NOW)
    alone = [change for name, one in every.items() for change in evaluate(arrange({name: one}, {}), Facts(Moved(states=states)), NOW)]
    assert sorted(map(_kind, together)) == sorted(map(_kind, alone))


def _kind(change: Change) -> tuple[str, ...]:
    """What it is, without the number that it has within its batch."""
    return (
        type(change).__name__,
        str(getattr(change, "rule", "")),
        str(getattr(change, "observed_at", "")),
        str(getattr(change, "value", "")),
    )
