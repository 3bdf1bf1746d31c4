"""Clusters: what counts, which alert is which, and what people read."""

from datetime import timedelta
from typing import Any

import pytest

from core.changes import AlertAgain, AlertRetold, AlertReturned, AlertWorsened
from tests.unit.alerts.city_facts import LAT, METRE, NOON, alert, judged, opened, raised, report, rule

FLOOD = rule(
    "cluster", classes=["0502"], radius_m=300, within="30m", levels=[{"severity": 3, "at_least": 3}, {"severity": 2, "at_least": 5}]
)
MINUTE = timedelta(minutes=1)


def test_three_in_a_circle_ring_at_the_median_and_say_what_they_are() -> None:
    [rang] = raised(judged(FLOOD, report(1, minutes=5), alert(2, north=200), alert(3, north=100, minutes=2)))
    assert (rang.subject, rang.value, rang.threshold, rang.severity) == ("cluster:report-1", 3.0, 3.0, 3)
    assert rang.title == "北社区 聚集:2 道路积水 · 1 热线"
    assert rang.lat == pytest.approx(LAT + 100 * METRE)
    assert rang.class_code == "0502"


@pytest.mark.parametrize("third", [{"north": 700}, {"minutes": 31}, {"class_code": "0101"}, {"counts": False}, {"of_city": True}, {"drill": True},
                                   {"lon": None}])  # fmt: skip
def test_far_late_of_another_class_silenced_summed_up_or_in_a_drill_does_not_count(third: dict[str, Any]) -> None:
    assert judged(FLOOD, report(1), report(2), report(3, **third)).changes == []


def test_an_alert_of_a_report_and_that_report_are_one() -> None:
    assert judged(FLOOD, report(1), alert(9, report_id=1, channel="hotline"), report(2)).changes == []


def test_a_machine_is_one_signal_however_often_it_speaks_and_people_are_as_many_as_call() -> None:
    assert judged(FLOOD, alert(1, source="gauge"), alert(2, source="gauge", rule="river-rise"), report(3)).changes == []
    seen = [report(n, channel="video", source="frigate", class_code="0502") for n in (1, 2, 3)]
    assert judged(FLOOD, *seen).changes == []
    assert len(raised(judged(FLOOD, *seen[:2], report(4), report(5)))) == 1


def test_two_of_one_sender_are_not_two_sources() -> None:
    sure = rule("cluster", classes=["0502"], radius_m=300, within="30m", at_least=3, severity=3, sources=2)
    assert judged(sure, report(1), report(2), report(3)).changes == []
    assert len(raised(judged(sure, report(1), report(2), alert(3)))) == 1


def test_it_is_the_same_alert_while_it_grows_and_drifts() -> None:
    one = opened(raised(judged(FLOOD, report(1), report(2), report(3)))[0])
    later = NOON + MINUTE
    decided = judged(FLOOD, report(1), report(2), report(3), alert(4, north=250), alert(5, north=280), now=later, open_alerts=(one,))
    worse, retold = decided.changes
    assert isinstance(worse, AlertWorsened)
    assert (worse.alert_id, worse.level, worse.value) == (1, 1, 5.0)
    assert isinstance(retold, AlertRetold)
    assert decided.again_at == NOON + 30 * MINUTE


def test_two_clusters_are_two_alerts_and_each_keeps_its_own() -> None:
    here, there = [report(n, minutes=n) for n in (1, 2, 3)], [report(n, north=2_000, minutes=n) for n in (11, 12, 13)]
    first, second = raised(judged(FLOOD, *here, *there))
    assert {first.subject, second.subject} == {"cluster:report-3", "cluster:report-13"}
    assert judged(FLOOD, *there, *here, open_alerts=(opened(first, 1), opened(second, 2))).changes == []


def test_it_returns_when_nothing_came_for_the_span_and_the_same_comes_again_there() -> None:
    one = opened(raised(judged(FLOOD, report(1), report(2), report(3)))[0])
    [gone] = judged(FLOOD, report(1), report(2), report(3), now=NOON + 30 * MINUTE, open_alerts=(one,)).changes
    assert isinstance(gone, AlertReturned)
    back = opened(raised(judged(FLOOD, report(1), report(2), report(3)))[0], stage="rtn_unack")
    again = judged(FLOOD, *(report(n, north=300) for n in (7, 8, 9)), open_alerts=(back,)).changes
    assert [type(change) for change in again] == [AlertAgain, AlertRetold]
    assert judged(FLOOD, report(7), report(8), open_alerts=(back,)).changes == []


def test_two_alerts_whose_clusters_became_one_are_one_the_elder() -> None:
    rang = raised(judged(FLOOD, report(1), report(2), report(3)))[0]
    elder, younger = opened(rang, 1), opened(raised(judged(FLOOD, *(report(n, north=100) for n in (4, 5, 6))))[0], 2)
    changes = judged(FLOOD, *(report(n, north=50) for n in (1, 2, 4, 5)), now=NOON + MINUTE, open_alerts=(elder, younger)).changes
    assert [(type(change), change.alert_id) for change in changes] == [(AlertRetold, 1), (AlertReturned, 2)]  # type: ignore[union-attr]


def test_real_signals_alone_make_it_real() -> None:
    simulated = [report(n, simulated=True) for n in (1, 2, 3)]
    assert raised(judged(FLOOD, *simulated, report(4)))[0].simulated
    assert not raised(judged(FLOOD, *simulated, report(4), report(5), report(6)))[0].simulated


def test_a_drill_rings_beside_the_real_with_a_name_of_its_own() -> None:
    both = [report(n) for n in (1, 2, 3)] + [report(n, drill=True) for n in (4, 5, 6)]
    assert [(one.subject, one.drill) for one in raised(judged(FLOOD, *both))] == [
        ("cluster:report-1", False), ("cluster:report-4/drill", True),
    ]  # fmt: skip
