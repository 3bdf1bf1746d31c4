"""Rules of more than one subject decide the same whatever the order of what they look at, and twice the same changes nothing."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.changes import AlertRaised, AlertReturned
from core.city_facts import Signal
from core.rule_parts import RulePart
from tests.unit.alerts.city_facts import NOON, alert, judged, opened, raised, report, rule

RULES = (
    rule("cluster", classes=["0502"], radius_m=400, within="30m", levels=[{"severity": 3, "at_least": 3}, {"severity": 2, "at_least": 6}]),
    rule("count", classes=["0502"], per="duty_grid", within="30m", at_least=4, clear=2, severity=4),
    rule(
        "compound",
        severity=2,
        within="30m",
        at_least=2,
        conditions={"a": {"rules": ["waterlogging"]}, "b": {"classes": ["0502"], "at_least": 2}},
    ),
)


@st.composite
def signals(draw: st.DrawFn) -> list[Signal]:
    found = []
    for number in range(draw(st.integers(0, 25))):
        make = draw(st.sampled_from([report, alert]))
        found.append(make(
            number, minutes=draw(st.integers(0, 40)), east=draw(st.integers(-1500, 1500)), north=draw(st.integers(-1500, 1500)),
            drill=draw(st.booleans()), simulated=draw(st.booleans()), counts=draw(st.integers(0, 9)) > 0,
            duty_grid=draw(st.sampled_from(["g1", "g2", None])), source=draw(st.sampled_from("abc")),
        ))  # fmt: skip
    return found


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.kind)
@settings(max_examples=60, deadline=None)
@given(known=signals(), data=st.data())
def test_order_does_not_matter_twice_rings_once_and_all_returns_in_the_end(one: RulePart, known: list[Signal], data: st.DataObject) -> None:
    first = judged(one, *known)
    assert judged(one, *data.draw(st.permutations(known))) == first
    assert all(isinstance(change, AlertRaised) for change in first.changes)
    assert len({change.subject for change in raised(first)}) == len(first.changes)
    alerts = tuple(opened(change, number) for number, change in enumerate(raised(first), 1))
    assert judged(one, *known, open_alerts=alerts).changes == []
    over = [signal._replace(active=False, until=NOON) for signal in known]
    ends = judged(one, *over, now=NOON + timedelta(minutes=31), open_alerts=alerts).changes
    assert sorted(change.alert_id for change in ends if isinstance(change, AlertReturned)) == [each.alert.alert_id for each in alerts]


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.kind)
@settings(max_examples=40, deadline=None)
@given(known=signals())
def test_an_exercise_changes_nothing_of_what_is_real(one: RulePart, known: list[Signal]) -> None:
    real = [change for change in raised(judged(one, *known)) if not change.drill]
    assert real == raised(judged(one, *(signal for signal in known if not signal.drill)))
