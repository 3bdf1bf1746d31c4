"""The most specific rule proposes, whoever sent a case back is left out, and the reason says what decided."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.routing_config import RoutingTimes
from dispatch.routing import Around, RoutingRule, Spot, Unit, Worker, find_proposal, is_within, rank
from dispatch.routing_words import reason_of

CITY = ZoneInfo("Asia/Shanghai")
DRAINS, STREET, POWER = Unit(1, "排水所", "Drainage"), Unit(2, "北街道办", "North street office"), Unit(3, "供电公司")
WANG = Worker(7, "网格员 07", STREET)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=CITY)
SPOT = Spot("0502", "320404001001", MONDAY)
NIGHT = (RoutingTimes(hours="22:00-06:00"),)


def rule(name: str, lead: Unit | None = DRAINS, **fields: Any) -> RoutingRule:
    return RoutingRule(name, fields.pop("label", name), lead=lead, **fields)


def test_the_longest_class_wins_then_the_longest_area_then_a_time_then_the_name() -> None:
    rules = [
        rule("b-any"),
        rule("a-any"),
        rule("timed", when=(RoutingTimes(hours="08:00-18:00"),)),
        rule("city", areas=("320404",)),
        rule("street", areas=("320404001", "320404")),
        rule("big", classes=("05",)),
        rule("small", classes=("0502", "05")),
        rule("small-street", classes=("0502",), areas=("320404001",)),
        rule("other-class", classes=("0101",)),
        rule("other-area", areas=("320404002",)),
        rule("night", when=NIGHT),
    ]
    names = [one.rule for one in rank(SPOT, rules)]
    assert names == ["small-street", "small", "big", "street", "city", "timed", "a-any", "b-any"]


@pytest.mark.parametrize(
    ("hour", "minute", "day", "inside"),
    [(22, 0, 23, True), (5, 59, 24, True), (6, 0, 24, False), (21, 59, 23, False), (5, 59, 23, False), (23, 0, 24, False)],
)
def test_hours_over_midnight_belong_to_the_day_they_begin_on(hour: int, minute: int, day: int, inside: bool) -> None:
    span = (RoutingTimes(days=("mon",), hours="22:00-06:00"),)
    assert is_within(datetime(2026, 11, day, hour, minute, tzinfo=CITY), span) is inside


def test_the_whole_day_reaches_to_its_last_moment() -> None:
    assert is_within(datetime(2026, 11, 23, 23, 59, 59, 999999, tzinfo=CITY), (RoutingTimes(hours="08:00-24:00"),))


def test_the_owner_of_the_component_goes_before_every_rule_and_keeps_the_supports_of_the_best() -> None:
    found = find_proposal(SPOT, [rule("r", supports=(STREET, POWER))], Around(owner=POWER))
    assert (found.basis, found.lead, found.supports, found.rule) == ("component", POWER, (STREET,), None)


def test_who_sent_it_back_is_left_out_and_the_next_rule_proposes() -> None:
    rules = [rule("first", classes=("0502",)), rule("second", STREET, classes=("05",), supports=(DRAINS, POWER))]
    assert find_proposal(SPOT, rules, Around()).rule == "first"
    again = find_proposal(SPOT, rules, Around(sent_back=(DRAINS,)))
    assert (again.rule, again.lead, again.supports, again.automatic) == ("second", STREET, (POWER,), False)
    last = find_proposal(SPOT, rules, Around(sent_back=(DRAINS, STREET), on_shift=WANG))
    assert last.basis == "nobody", "a colleague of the unit that sent it back is not asked again"


def test_only_an_untouched_rule_is_automatic() -> None:
    auto = rule("auto", automatic=True)
    assert find_proposal(SPOT, [auto], Around()).automatic
    assert not find_proposal(SPOT, [auto], Around(owner=POWER)).automatic
    assert not find_proposal(SPOT, [replace(auto, lead=STREET)], Around(sent_back=(DRAINS,))).automatic


def test_a_rule_for_whoever_is_on_shift_is_passed_over_while_nobody_is() -> None:
    rules = [rule("grid", None, classes=("0502",), on_shift=True), rule("rest", STREET)]
    here = find_proposal(SPOT, rules, Around(on_shift=WANG))
    assert (here.rule, here.worker, here.lead) == ("grid", 7, STREET)
    assert find_proposal(SPOT, rules, Around()).rule == "rest"
    assert find_proposal(SPOT, rules, Around(on_shift=WANG, refused_by=frozenset({7}))).rule == "rest"


def test_without_a_rule_the_standards_unit_then_the_duty_grid_then_nobody() -> None:
    assert find_proposal(SPOT, [], Around(standard=DRAINS, on_shift=WANG)).lead == DRAINS
    grid = find_proposal(SPOT, [], Around(on_shift=WANG))
    assert (grid.basis, grid.worker, grid.lead_unit) == ("duty_grid", 7, 2)
    assert find_proposal(SPOT, [], Around()).basis == "nobody"


def test_the_reason_names_rule_class_area_and_times_in_both_languages() -> None:
    weekdays = (RoutingTimes(days=("mon", "tue", "wed", "thu", "fri"), hours="08:00-18:00"),)
    found = find_proposal(SPOT, [rule("w", label="积水归排水所", label_en="Water to Drainage", classes=("0502",), areas=("320404001",),
                                     when=weekdays)], Around(sent_back=(POWER,)))  # fmt: skip
    names = {"0502": "道路积水", "320404001": "北街道"}
    assert reason_of(found, SPOT, names) == "按规则“积水归排水所”（道路积水 · 北街道 · 周一至周五 08:00–18:00）；供电公司已退回，不再派给"
    assert reason_of(found, SPOT, {}, "en") == (
        "By rule “Water to Drainage” (0502 · 320404001 · Mon–Fri 08:00–18:00); 供电公司 sent it back and is left out"
    )
