"""Counting, conditions together, what did not come, figures of a standard: what each finds, and what it leaves alone."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.city_absence import running_since
from core.changes import AlertEased, AlertRaised, AlertReturned, AlertSeen
from core.city_facts import FigureAt, Signal, State
from core.rule_parts import ValidTimes
from tests.unit.alerts.city_facts import LAT, LON, METRE, NOON, alert, judged, opened, raised, report, rule

HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Asia/Shanghai")


def clock(word: str, day: int = 21) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{word}:00+08:00")


# ── count ────────────────────────────────────────────────────────────────────────────────────────────────────────


NOISE = rule(
    "count",
    classes=["0502"],
    per="duty_grid",
    within="1h",
    levels=[{"severity": 4, "at_least": 3, "clear": 2}, {"severity": 3, "at_least": 5}],
)


def test_a_count_rings_in_its_place_eases_and_clears_below_its_clearing_point() -> None:
    many = [report(n, minutes=10 * n) for n in range(1, 6)]
    [rang] = raised(judged(NOISE, *many, report(9, duty_grid="g2"), report(10, duty_grid=None)))
    assert (rang.subject, rang.area, rang.value, rang.severity, rang.level) == ("duty_grid:g1", "320404001001", 5.0, 3, 1)
    one = opened(rang)
    [eased] = judged(NOISE, *many, now=NOON + timedelta(minutes=10), open_alerts=(one,)).changes[:1]
    assert isinstance(eased, AlertEased)
    milder = opened(rang, level=0, severity=4)
    assert judged(NOISE, *many[:2], open_alerts=(milder,)).changes == []  # below the limit, not below `clear`; and told a moment ago
    [gone] = judged(NOISE, *many[:1], open_alerts=(milder,)).changes
    assert isinstance(gone, AlertReturned)


def test_a_place_of_another_kind_than_the_rule_counts_by_now_is_over() -> None:
    one = opened(raised(judged(NOISE, *(report(n) for n in (1, 2, 3))))[0])
    streets = rule("count", classes=["0502"], per="street", within="1h", at_least=9, severity=4)
    [gone] = judged(streets, *(report(n) for n in (1, 2, 3)), open_alerts=(one,)).changes
    assert isinstance(gone, AlertReturned)


# ── compound ─────────────────────────────────────────────────────────────────────────────────────────────────────


def state(metric: str, value: float, device: str = "d1", north: float = 0, **other: Any) -> State:
    return State(metric, device, value, NOON, "320404001001", "c1", 1, "g1", LON, LAT + north * METRE, False, False)._replace(**other)


RAIN = {"metric": "rain", "above": 16, "clear": 8, "label": "雨量"}
RISK = rule(
    "compound", severity=2, conditions={"rain": RAIN, "water": {"rules": ["waterlogging"]}, "calls": {"classes": ["0502"], "at_least": 2}}
)
CALLS = (report(1), report(2))


def test_all_conditions_in_one_place_ring_and_one_that_fails_ends_it() -> None:
    rings = judged(RISK, *CALLS, alert(3), states=[state("rain", 20)])
    [rang] = raised(rings)
    assert (rang.subject, rang.value, rang.title) == ("area:320404001", 3.0, "北街道 聚集:雨量 20 · 1 water · 2 calls")
    assert rings.again_at == NOON + HOUR
    one = opened(rang)
    assert judged(RISK, *CALLS, alert(3), states=[state("rain", 9)], open_alerts=(one,)).changes == []  # not yet calm
    [gone] = judged(RISK, *CALLS, alert(3), states=[state("rain", 7)], open_alerts=(one,)).changes
    assert isinstance(gone, AlertReturned)


@pytest.mark.parametrize(
    "known", [[], [state("rain", 20, at=NOON - 2 * HOUR)], [state("rain", 20, area="320404002001")], [state("rain", 20, drill=True)]]
)
def test_what_nobody_measures_here_and_now_rings_nothing_and_clears_nothing(known: list[State]) -> None:
    assert judged(RISK, *CALLS, alert(3), states=known).changes == []
    one = opened(raised(judged(RISK, *CALLS, alert(3), states=[state("rain", 20)]))[0])
    [unknown] = judged(RISK, *CALLS, alert(3), states=known, open_alerts=(one,)).changes
    assert isinstance(unknown, AlertSeen)
    assert not unknown.known


def test_an_alert_whose_device_is_silent_is_not_over() -> None:
    one = opened(raised(judged(RISK, *CALLS, alert(3), states=[state("rain", 20)]))[0])
    [unknown] = judged(RISK, *CALLS, alert(3, known=False), states=[state("rain", 20)], open_alerts=(one,)).changes
    assert isinstance(unknown, AlertSeen)
    assert judged(RISK, *CALLS, alert(3, known=False), states=[state("rain", 20)]).changes == []


@pytest.mark.parametrize(("fold", "rings"), [("max", True), ("mean", False), ("min", False), ("sum", True)])
def test_a_metric_is_folded_over_the_place(fold: str, rings: bool) -> None:
    two = rule(
        "compound", severity=2, conditions={"rain": {"metric": "rain", "above": 16, "fold": fold}, "water": {"rules": ["waterlogging"]}}
    )
    assert bool(raised(judged(two, alert(3), states=[state("rain", 20), state("rain", 4, "d2")]))) is rings


def test_some_of_the_conditions_suffice_where_the_rule_says_so() -> None:
    two_of_three = rule(
        "compound", severity=2, at_least=2, conditions={"rain": RAIN, "water": {"rules": ["waterlogging"]}, "calls": {"classes": ["0502"]}}
    )
    assert raised(judged(two_of_three, report(1), alert(3)))[0].value == 2.0
    assert judged(two_of_three, report(1)).changes == []


# ── absence ──────────────────────────────────────────────────────────────────────────────────────────────────────


BY_TEN = rule("absence", channels=["collector"], per="duty_grid", since="06:00", by="10:00", severity=4)
LONG_AGO = clock("00:00", 1)


def patrol(number: int, at: datetime, **other: Any) -> Signal:
    return report(number, channel="collector", class_code="0101", **{"at": at, **other})


def test_before_it_is_due_nothing_is_missing_and_the_due_time_is_the_next_look() -> None:
    decided = judged(
        BY_TEN, patrol(1, clock("08:00", 20)), patrol(2, clock("08:00", 20), duty_grid="g2"), now=clock("09:59"), since=LONG_AGO
    )
    assert (decided.changes, decided.again_at) == ([], clock("10:00"))


def test_a_place_that_reported_in_time_is_not_missing() -> None:
    [rang] = raised(
        judged(BY_TEN, patrol(1, clock("08:00")), patrol(2, clock("05:59"), duty_grid="g2"), now=clock("10:00"), since=LONG_AGO)
    )
    assert (rang.subject, rang.observed_at) == ("duty_grid:g2", clock("10:00"))
    assert rang.title == "责任网格2 聚集:应于 11-21 10:00 前,最近 11-21 05:59"


@pytest.mark.parametrize("since", [clock("10:00"), clock("11:00")])
def test_nothing_was_due_before_the_rule_was_watched(since: datetime) -> None:
    assert judged(BY_TEN, now=clock("12:00"), since=since).changes == []


def test_a_due_time_outside_valid_times_is_none() -> None:
    weekdays = rule("absence", channels=["collector"], by="10:00", severity=4, valid=[{"days": ["mon", "tue", "wed", "thu"]}])
    assert judged(weekdays, now=clock("12:00"), since=LONG_AGO).changes == []  # a Saturday
    assert len(raised(judged(weekdays, now=clock("09:00", 20), since=LONG_AGO))) == 2  # Thursday's is still missing on Friday morning


def test_what_must_come_every_two_hours_is_counted_from_the_last() -> None:
    every = rule("absence", channels=["collector"], every="2h", severity=4, places=["g1"])
    came = patrol(1, clock("08:00"))
    assert judged(every, came, now=clock("09:59"), since=LONG_AGO).again_at == clock("10:00")
    [rang] = raised(judged(every, came, now=clock("10:30"), since=LONG_AGO))
    assert rang.observed_at == clock("10:00")
    [ended] = judged(every, came, patrol(2, clock("10:31")), now=clock("10:31"), since=LONG_AGO, open_alerts=(opened(rang),)).changes
    assert isinstance(ended, AlertReturned)
    [gone] = judged(rule("absence", channels=["collector"], every="2h", severity=4, places=["g2"]), came, now=clock("10:30"), since=clock("10:00"),
                    open_alerts=(opened(rang),)).changes  # fmt: skip
    assert isinstance(gone, AlertReturned)  # nothing is expected of it any more


@pytest.mark.parametrize(("now", "began"), [("09:00", "08:00"), ("19:00", None), ("07:59", None), ("18:00", None), ("08:00", "08:00")])
def test_valid_time_runs_since_it_began(now: str, began: str | None) -> None:
    valid = [ValidTimes(hours="08:00-12:00"), ValidTimes(hours="12:00-18:00")]
    assert running_since(valid, clock(now), ZONE, 2 * HOUR) == (clock(began) if began else None)


# ── standard ─────────────────────────────────────────────────────────────────────────────────────────────────────


AIR = rule(
    "standard", figure="aqi_hour", levels=[{"severity": 4, "above": 100}, {"severity": 3, "above": 150, "clear": 140}], kinds=["空气站"]
)


def figure(value: float | None, *, text: str | None = None, at: datetime = NOON, name: str = "aqi_hour", **other: Any) -> FigureAt:
    plain = FigureAt(name, "air-1", at - HOUR, at, value, text, None if value is not None else "missing pm25 (3/60)", False, "320404001001",
                     None, "一号站", 7, "air-1", "environment", "空气站", (), 1, "c1", LON, LAT)  # fmt: skip
    return plain._replace(**other)


def test_a_figure_beyond_a_level_rings_for_its_device() -> None:
    [rang] = raised(judged(AIR, figures=[figure(160, text="pm25"), figure(90, subject="air-2", device="air-2")]))
    assert (rang.subject, rang.device_id, rang.severity, rang.level, rang.domain) == ("air-1/aqi_hour", 7, 3, 1, "environment")
    assert rang.title == "一号站 聚集:160 pm25"


@pytest.mark.parametrize("one", [figure(None), figure(50, at=NOON - 8 * HOUR)])
def test_a_figure_that_could_not_be_told_or_is_long_over_clears_nothing(one: FigureAt) -> None:
    assert judged(AIR, figures=[one]).changes == []
    known = opened(raised(judged(AIR, figures=[figure(160)]))[0])
    [unknown] = judged(AIR, figures=[one], open_alerts=(known,)).changes
    assert isinstance(unknown, AlertSeen)
    assert not unknown.known


@pytest.mark.parametrize(("text", "value", "severity"), [("above", 0.5, 3), ("below", None, 4), ("within", -0.2, None), (None, None, None)])
def test_a_word_of_a_figure_has_its_severity_also_where_there_is_no_value(
    text: str | None, value: float | None, severity: int | None
) -> None:
    permit = rule("standard", figure="permit_hour", words={"above": 3, "below": 4})
    changes = judged(permit, figures=[figure(value, text=text, name="permit_hour")]).changes
    assert [one.severity for one in changes if isinstance(one, AlertRaised)] == ([severity] if severity else [])


def test_a_figure_out_of_the_scope_of_its_rule_is_not_its_business() -> None:
    assert judged(AIR, figures=[figure(200, kind="水位计"), figure(200, figure="aqi_day")]).changes == []
    city = rule("standard", figure="aqi_hour_area", levels=[{"severity": 4, "above": 100}], per=["district"])
    area = figure(120, name="aqi_hour_area", subject="320404", area_level="district", area="320404")
    street = figure(120, name="aqi_hour_area", subject="320404001", area_level="street", area="320404001")
    assert [one.subject for one in raised(judged(city, figures=[area, street]))] == ["area:320404/aqi_hour_area"]


@pytest.mark.parametrize("words", [{"areas": ["320499"]}, {"kinds": ["水位计"]}, {"figure": "aqi_day"}])
def test_an_alert_of_a_figure_that_its_rule_is_no_longer_about_is_over(words: dict[str, Any]) -> None:
    rang = opened(raised(judged(AIR, figures=[figure(160)]))[0])
    changed = rule("standard", **{"figure": "aqi_hour", "levels": [{"severity": 4, "below": 200}], "kinds": ["空气站"], **words})
    [change] = judged(changed, figures=[figure(160)], open_alerts=(rang,)).changes
    assert isinstance(change, AlertReturned)
    assert change.value is None, "what it said last stands"


def test_an_alert_whose_figure_did_not_move_is_left_alone() -> None:
    rang = opened(raised(judged(AIR, figures=[figure(160)]))[0])
    assert judged(AIR, figures=[], open_alerts=(rang,)).changes == []
