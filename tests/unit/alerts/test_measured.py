"""What a reading does to an alert of several levels: titles, flapping, drills, valid times and the words that rang."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.evaluate import evaluate
from alerts.rules import Rules, arrange
from core.changes import AlertAgain, AlertEased, AlertRaised, AlertReturned, AlertSeen, AlertWorsened, Change, WaitDropped, WaitSet
from core.facts import CALM, Facts, KnownDevice, MetricInfo, Moved, OpenAlert, StateMoved, Wait
from core.model import Quality
from core.rule_config import ThresholdRule
from core.rule_parts import Flapping

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # noon in the city
DEVICE = KnownDevice(7, "depth-01", "海棠路下穿", "water", "320404001001", 12, 119.9, 31.8, timedelta(seconds=30))
DEPTH = MetricInfo(3, "water_depth", "道路积水", "cm")
KEY = ("flood", "depth-01/water_depth")
LEVELS: list[dict[str, Any]] = [{"above": 15, "clear": 10, "severity": 3}, {"above": 25, "clear": 20, "severity": 1, "label": "严重积水"}]
FLAPPING = Flapping(times=3, within=timedelta(minutes=30), calm=timedelta(minutes=10))


def arranged(revisions: dict[str, int] | None = None, **told: Any) -> Rules:
    rule = {
        "kind": "threshold",
        "metric": "water_depth",
        "levels": LEVELS,
        "label": "积水",
        "label_en": "Water",
        "owner": "o",
        "reason": "r",
    }
    rules = {"flood": ThresholdRule.model_validate({**rule, **told})}
    return arrange(rules, {}, ZoneInfo("Asia/Shanghai"), FLAPPING, revisions)


def state(value: float | None, second: float = 0) -> StateMoved:
    return StateMoved(DEVICE, DEPTH, value, Quality.GOOD, NOW + timedelta(seconds=second))


def alert(stage: str = "unack", level: int = 0, **told: Any) -> OpenAlert:
    known = OpenAlert(1, *KEY, 7, stage, 16.0, True, NOW - timedelta(minutes=5), level, (3, 1)[level], (NOW - timedelta(minutes=5),))
    return replace(known, **told)


def run(rules: Rules, *states: StateMoved, known: OpenAlert | None = None, waits: Sequence[Wait] = (), due: bool = False) -> list[Change]:
    moved = Moved(due_waits=list(states)) if due else Moved(states=list(states))
    return evaluate(rules, Facts(moved, {KEY: known} if known else {}, {(*KEY, one.level): one for one in waits}), NOW)


def kinds(changes: Sequence[Change]) -> list[type]:
    return [type(change) for change in changes]


def test_an_alert_is_called_after_the_level_that_is_passed_and_says_by_which_words_it_rang() -> None:
    [raised] = run(arranged({"flood": 42}), state(30))
    assert isinstance(raised, AlertRaised)
    assert (raised.title, raised.level, raised.severity, raised.threshold, raised.revision) == ("海棠路下穿 严重积水", 1, 1, 25, 42)
    [raised] = run(arranged(), state(16))
    assert isinstance(raised, AlertRaised)
    assert (raised.title, raised.level, raised.threshold, raised.revision) == ("海棠路下穿 积水", 0, 15, None)


def test_a_graver_level_worsens_the_same_alert_and_a_milder_one_eases_it() -> None:
    at = NOW, 30.0, 1, 1, 25.0, "海棠路下穿 严重积水"
    assert run(arranged(), state(30), known=alert("acked")) == [AlertWorsened(1, *at)]
    assert run(arranged(), state(18), known=alert(level=1)) == [AlertEased(1, NOW, 18.0, 0, 3, 15.0, "海棠路下穿 积水")]
    assert kinds(run(arranged(), state(22), known=alert(level=1))) == [AlertSeen], "between limit and clearing point the level stays"
    assert run(arranged(), state(9), known=alert(level=1)) == [AlertReturned(1, NOW, 9.0)]


def test_what_is_raised_and_worsens_in_one_batch_is_one_alert_known_by_its_number_in_the_batch() -> None:
    raised, worse, gone, again = run(arranged(), state(16), state(30, 1), state(3, 2), state(26, 3))
    assert isinstance(raised, AlertRaised)
    assert isinstance(worse, AlertWorsened)
    assert isinstance(gone, AlertReturned)
    assert isinstance(again, AlertAgain)
    assert {raised.ref, worse.alert_id, gone.alert_id, again.alert_id} == {-1}
    assert again.level == 1


def test_an_alert_that_comes_again_is_as_grave_as_it_comes() -> None:
    [again] = run(arranged(), state(16), known=alert("rtn_unack", 1))
    assert isinstance(again, AlertAgain)
    assert (again.level, again.severity, again.title, again.flap_times) == (0, 3, "海棠路下穿 积水", 3)


def test_what_flaps_waits_for_calm_and_every_excursion_is_counted() -> None:
    flapping = alert(flapping=True, value=16.0)
    [waiting] = run(arranged(), state(5), known=flapping)
    assert isinstance(waiting, WaitSet)
    assert (waiting.wait.level, waiting.wait.due_at) == (CALM, NOW + FLAPPING.calm)
    calm = replace(waiting.wait, since=NOW - timedelta(minutes=1), due_at=NOW + timedelta(minutes=9))
    assert run(arranged(), state(12), known=flapping, waits=[calm]) == [], "between limit and clearing point calm goes on"
    dropped, again = run(arranged(), state(16), known=flapping, waits=[calm])
    assert isinstance(dropped, WaitDropped)
    assert isinstance(again, AlertAgain)
    assert again.level is None, "as grave as it was"
    assert kinds(run(arranged(), state(30), known=flapping, waits=[calm])) == [WaitDropped, AlertAgain, AlertWorsened]


def test_what_flaps_returns_at_the_end_of_its_calm_without_another_reading() -> None:
    calm = Wait(*KEY, NOW - FLAPPING.calm, NOW, 5.0, CALM)
    changes = run(arranged(), state(5, -600), known=alert(flapping=True), waits=[calm], due=True)
    assert changes == [WaitDropped(*KEY, CALM), AlertReturned(1, NOW - timedelta(minutes=10), 5.0)]


def test_three_rings_in_one_backlog_flap_from_then_on() -> None:
    story = [state(value, second) for second, value in enumerate((16, 5, 16, 5, 16, 5))]
    changes = run(arranged(), *story)
    assert kinds(changes) == [AlertRaised, AlertReturned, AlertAgain, AlertReturned, AlertAgain, WaitSet]


def test_rings_of_long_ago_do_not_count() -> None:
    long_ago = alert("rtn_unack", rings=(NOW - timedelta(minutes=40), NOW - timedelta(minutes=31)))
    assert kinds(run(arranged(), state(16), state(5, 1), known=long_ago)) == [AlertAgain, AlertReturned]


def test_a_rule_that_is_an_exercise_raises_exercises() -> None:
    [raised] = run(arranged(drill=True), state(16))
    assert isinstance(raised, AlertRaised)
    assert raised.drill


def test_outside_its_valid_times_a_rule_rings_not_and_what_rings_goes_on_and_ends() -> None:
    night = arranged(valid=[{"hours": "22:00-06:00"}])
    assert run(night, state(30)) == []
    assert kinds(run(night, state(30), known=alert())) == [AlertWorsened]
    assert kinds(run(night, state(5), known=alert())) == [AlertReturned]
    assert run(night, state(30), known=alert("rtn_unack")) == [], "it ended: to ring again is to begin"
    assert run(arranged(valid=[{"hours": "22:00-06:00"}, {"hours": "11:00-13:00"}]), state(30)) != []


def test_a_wait_that_ends_outside_the_valid_times_rings_no_more() -> None:
    evening = arranged(valid=[{"hours": "07:00-12:00"}], levels=[{**LEVELS[0], "hold": "60s"}])
    wait = Wait(*KEY, NOW - timedelta(seconds=60), NOW, 16.0)
    assert run(evening, state(16, -60), waits=[wait], due=True) == [WaitDropped(*KEY, 0)]


def test_the_value_of_what_rings_is_refreshed_at_most_every_ten_seconds() -> None:
    assert run(arranged(), state(17), known=alert()) == [AlertSeen(1, 17.0)]
    assert run(arranged(), state(17), known=alert(updated_at=NOW - timedelta(seconds=9))) == []
    assert run(arranged(), state(16), known=alert()) == []
    assert run(arranged(), state(12), known=alert(state_known=False)) == [AlertSeen(1, 12.0)], "it is known again"
