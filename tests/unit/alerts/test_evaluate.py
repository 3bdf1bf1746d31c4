"""What rings and what does not: the laws of `alerts.evaluate`, one sentence each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.evaluate import evaluate
from alerts.rules import Rules, arrange_config
from core.changes import (
    AlertAgain,
    AlertRaised,
    AlertReturned,
    AlertSeen,
    Change,
    DeviceBack,
    DeviceSilent,
    WaitDropped,
    WaitSet,
    WatchSet,
)
from core.config import Config, parse
from core.facts import DueDevice, Facts, KnownDevice, Listening, MetricInfo, Moved, OpenAlert, ReportMoved, StateMoved, Wait
from core.model import Channel, Placement, Quality, Report
from core.rule_parts import ValidTimes

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
DEVICE = KnownDevice(7, "depth-01", "海棠路下穿", "water", "320404001001", 12, 119.9, 31.8, timedelta(seconds=30))
ALL_DAY = Listening("city", NOW - timedelta(days=1), NOW)
DEPTH = MetricInfo(3, "water_depth", "道路积水", "cm")
KEY = ("flood", "depth-01/water_depth")


def configure(**rule: object) -> Config:
    flood = {
        "kind": "threshold", "metric": "water_depth", "above": 15, "clear": 10, "severity": 3, "class_code": "0502",
        "label": "积水", "label_en": "Water", "owner": "水利局", "reason": "限值", **rule,
    }  # fmt: skip
    silent = {
        "kind": "no_data",
        "intervals": 4,
        "at_least": "2m",
        "severity": 5,
        "label": "失联",
        "label_en": "Silent",
        "owner": "x",
        "reason": "y",
    }
    video = {
        "kind": "report",
        "channels": ["video"],
        "min_confidence": 0.6,
        "severity": 2,
        "label": "视频",
        "label_en": "Video",
        "owner": "x",
        "reason": "y",
    }
    return parse(
        {
            "area": {"code": "320404", "name": "钟楼区", "name_en": "Zhonglou"},
            "feeds": {},
            "metrics": {"water_depth": {"label": "积水", "label_en": "Water"}},
            "classes": {"0502": {"label": "积水", "label_en": "Water", "group": "g", "domain": "water", "deadline": "2h"}},
            "rules": {"flood": flood, "silent": silent, "video": video},
        },
        "test",
    )


@pytest.fixture(scope="module")
def rules() -> Rules:
    return arrange_config(configure())


@pytest.fixture(scope="module")
def patient() -> Rules:
    return arrange_config(configure(hold="60s"))


def state(value: float | None, at: datetime = NOW, quality: Quality = Quality.GOOD) -> StateMoved:
    return StateMoved(DEVICE, DEPTH, value, quality, at)


def alert(stage: str = "unack", *, known: bool = True, subject: str = KEY[1], rule: str = KEY[0]) -> OpenAlert:
    return OpenAlert(1, rule, subject, DEVICE.device_id, stage, 20.0, known, NOW - timedelta(minutes=5))


def run(rules: Rules, *states: StateMoved, alerts: Sequence[OpenAlert] = (), waits: Sequence[Wait] = (), due: bool = False) -> list[Change]:
    moved = Moved(due_waits=list(states)) if due else Moved(states=list(states))
    facts = Facts(moved, {(one.rule, one.subject): one for one in alerts}, {(one.rule, one.subject, one.level): one for one in waits})
    return evaluate(rules, facts, NOW)


def test_a_value_beyond_the_limit_rings_with_its_value_limit_and_place(rules: Rules) -> None:
    [raised] = run(rules, state(22.0))
    assert isinstance(raised, AlertRaised)
    assert (raised.rule, raised.subject, raised.value, raised.threshold, raised.cell_id) == ("flood", KEY[1], 22.0, 15, 12)


def test_a_value_at_the_limit_does_not_ring(rules: Rules) -> None:
    assert run(rules, state(15.0)) == []


def test_a_value_between_limit_and_clearing_point_changes_nothing(rules: Rules) -> None:
    assert run(rules, state(12.0), alerts=[alert()]) == []


def test_a_calm_value_returns_an_open_alert(rules: Rules) -> None:
    assert run(rules, state(9.0), alerts=[alert()]) == [AlertReturned(1, NOW, 9.0)]


def test_a_missing_value_clears_nothing_and_makes_the_state_unknown(rules: Rules) -> None:
    assert run(rules, state(None, quality=Quality.MISSING), alerts=[alert()]) == [AlertSeen(1, 20.0, known=False)]


@pytest.mark.parametrize("quality", [Quality.FAULT, Quality.CALIBRATION, Quality.SUSPECT, Quality.NO_TIME])
def test_a_value_that_is_not_good_neither_rings_nor_clears(rules: Rules, quality: Quality) -> None:
    assert run(rules, state(99.0, quality=quality)) == []
    assert run(rules, state(0.0, quality=quality), alerts=[alert()]) == []


def test_the_same_facts_again_do_not_ring_again(rules: Rules) -> None:
    assert not [change for change in run(rules, state(22.0), alerts=[alert()]) if isinstance(change, AlertRaised)]


def test_two_values_in_one_batch_ring_once(rules: Rules) -> None:
    assert len(run(rules, state(22.0), state(23.0, NOW + timedelta(seconds=1)))) == 1


def test_an_alert_that_comes_back_unseen_is_the_same_one(rules: Rules) -> None:
    [again] = run(rules, state(22.0), alerts=[alert("rtn_unack")])
    assert isinstance(again, AlertAgain)
    assert (again.alert_id, again.observed_at, again.value, again.level) == (1, NOW, 22.0, 0)


def test_a_backlog_tells_the_whole_story(rules: Rules) -> None:
    story = [state(9.0), state(22.0, NOW + timedelta(seconds=1)), state(8.0, NOW + timedelta(seconds=2))]
    assert [type(change) for change in run(rules, *story, alerts=[alert()])] == [AlertReturned, AlertAgain, AlertReturned]


def test_a_hold_time_waits_before_it_rings(patient: Rules) -> None:
    [waiting] = run(patient, state(22.0))
    assert isinstance(waiting, WaitSet)
    assert waiting.wait.due_at == NOW + timedelta(seconds=60)


def test_a_hold_time_that_has_passed_rings(patient: Rules) -> None:
    wait = Wait(*KEY, NOW - timedelta(seconds=60), NOW, 22.0)
    assert [type(change) for change in run(patient, state(23.0), waits=[wait])] == [WaitDropped, AlertRaised]


def test_a_hold_time_rings_when_due_without_another_reading(patient: Rules) -> None:
    wait = Wait(*KEY, NOW - timedelta(seconds=60), NOW, 22.0)
    changes = run(patient, state(22.0, NOW - timedelta(seconds=60)), waits=[wait], due=True)
    assert [type(change) for change in changes] == [WaitDropped, AlertRaised]


def test_a_short_excess_never_rings(patient: Rules) -> None:
    wait = Wait(*KEY, NOW - timedelta(seconds=20), NOW + timedelta(seconds=40), 22.0)
    assert run(patient, state(14.0), waits=[wait]) == [WaitDropped(*KEY)]


def test_a_silent_device_makes_its_alert_unknown_and_rings_by_itself(rules: Rules) -> None:
    due = DueDevice(DEVICE, NOW - timedelta(minutes=3), silent=False, offline=False, heard=ALL_DAY)
    changes = evaluate(rules, Facts(Moved(due_devices=[due]), {KEY: alert()}), NOW)
    assert [type(change) for change in changes] == [DeviceSilent, AlertSeen, AlertRaised]
    assert changes[1] == AlertSeen(1, 20.0, known=False)


def test_what_fell_silent_outside_the_valid_times_is_looked_at_again_when_they_begin_and_rings_then() -> None:
    config = configure()
    config.rules["silent"] = config.rules["silent"].model_copy(update={"valid": (ValidTimes(hours="13:00-20:00"),)})
    rules, hour = arrange_config(config), timedelta(hours=1)  # it is noon in the city
    due = DueDevice(DEVICE, NOW - timedelta(minutes=3), silent=False, offline=False, heard=ALL_DAY)
    assert evaluate(rules, Facts(Moved(due_devices=[due])), NOW) == [DeviceSilent(7, due.seen_at), WatchSet(7, NOW + hour)]
    due = replace(due, silent=True, heard=replace(ALL_DAY, until=NOW + hour))
    assert [type(change) for change in evaluate(rules, Facts(Moved(due_devices=[due])), NOW + hour)] == [DeviceSilent, AlertRaised]


def test_a_device_that_spoke_meanwhile_is_only_looked_at_later(rules: Rules) -> None:
    due = DueDevice(DEVICE, NOW - timedelta(seconds=10), silent=False, offline=False, heard=ALL_DAY)
    assert evaluate(rules, Facts(Moved(due_devices=[due])), NOW) == [WatchSet(7, NOW + timedelta(seconds=110))]


@pytest.mark.parametrize(("since", "until", "deaf", "again"), [
    (-10, 0, 112, 110),     # somebody began to listen ten seconds ago: two minutes from then
    (-9000, -4, 0, 1),      # whoever listens has not yet said so of the last seconds: wait for the word
    (-9000, -170, 0, 120),  # nobody has listened since its last word: a patience from the return on, now at the earliest
    (-9000, -3600, 0, 120),
])  # fmt: skip
def test_what_nobody_heard_was_not_silence(rules: Rules, since: int, until: int, deaf: int, again: int) -> None:
    heard = Listening("city", NOW + timedelta(seconds=since), NOW + timedelta(seconds=until))
    missed = timedelta(seconds=deaf)
    due = DueDevice(DEVICE, NOW - timedelta(seconds=122), silent=False, offline=False, heard=heard, deaf=missed)
    assert evaluate(rules, Facts(Moved(due_devices=[due])), NOW) == [WatchSet(7, NOW + timedelta(seconds=again))]


def test_where_nobody_ever_listened_nobody_is_silent(rules: Rules) -> None:
    due = DueDevice(DEVICE, NOW - timedelta(days=1), silent=False, offline=False)
    assert evaluate(rules, Facts(Moved(due_devices=[due])), NOW) == [WatchSet(7, NOW + timedelta(minutes=2))]


def test_a_device_that_speaks_again_is_back_and_watched(rules: Rules) -> None:
    quiet = alert(rule="silent", subject="depth-01")
    facts = Facts(Moved(states=[state(3.0)], silent=frozenset({7})), {("silent", "depth-01"): quiet})
    assert [type(change) for change in evaluate(rules, facts, NOW)] == [DeviceBack, AlertReturned, WatchSet]


def report(confidence: float, *, ended: bool = False) -> ReportMoved:
    told = Report("frigate", "e1", Channel.VIDEO, "烟火", NOW, class_code="0502", confidence=confidence, ended=ended)
    return ReportMoved(5, told, "320404001001", 12, 119.9, 31.8, Placement.INSIDE, created=True)


def rung(changes: Sequence[Change]) -> list[AlertRaised]:
    return [change for change in changes if isinstance(change, AlertRaised)]


def test_a_report_rings_when_it_is_confident_enough(rules: Rules) -> None:
    [raised] = rung(evaluate(rules, Facts(Moved(reports=[report(0.7)])), NOW))
    assert (raised.subject, raised.severity, raised.domain) == ("report:frigate/e1", 2, "water")
    assert rung(evaluate(rules, Facts(Moved(reports=[report(0.5)])), NOW)) == []


def test_a_report_that_rang_once_does_not_ring_again(rules: Rules) -> None:
    facts = Facts(Moved(reports=[replace(report(0.9), created=False)]), rung=frozenset({("video", "report:frigate/e1")}))
    assert rung(evaluate(rules, facts, NOW)) == []


def test_a_report_that_ended_returns_its_alert(rules: Rules) -> None:
    open_alert = replace(alert(rule="video", subject="report:frigate/e1"), device_id=None)
    facts = Facts(Moved(reports=[report(0.9, ended=True)]), {("video", "report:frigate/e1"): open_alert})
    assert AlertReturned(1, NOW, None) in evaluate(rules, facts, NOW)


def test_a_report_that_began_and_ended_in_one_batch_rings_as_returned(rules: Rules) -> None:
    both = [report(0.9), replace(report(0.9, ended=True), created=False)]
    [raised] = rung(evaluate(rules, Facts(Moved(reports=both)), NOW))
    assert raised.ended


def test_a_wait_whose_rule_is_gone_or_whose_value_is_unknown_is_dropped_when_due(patient: Rules) -> None:
    dead = Wait("removed", KEY[1], NOW - timedelta(hours=1), NOW - timedelta(minutes=59), 22.0)
    assert run(patient, state(9.0), waits=[dead]) == [WaitDropped("removed", KEY[1])]
    unknown = Wait(*KEY, NOW - timedelta(hours=1), NOW - timedelta(minutes=59), 22.0)
    assert run(patient, state(None, quality=Quality.MISSING), waits=[unknown], due=True) == [WaitDropped(*KEY)]


def test_a_device_that_falls_silent_waits_for_nothing(patient: Rules) -> None:
    wait = Wait(*KEY, NOW - timedelta(minutes=3), NOW + timedelta(minutes=3), 22.0)
    due = DueDevice(DEVICE, NOW - timedelta(minutes=3), silent=False, offline=False, heard=ALL_DAY)
    assert WaitDropped(*KEY) in evaluate(patient, Facts(Moved(due_devices=[due]), waits={(*KEY, 0): wait}), NOW)
