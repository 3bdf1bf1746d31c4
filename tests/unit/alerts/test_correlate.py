"""When alerts and reports are one incident: place, time and class; and when they never are."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.correlate import Gathered, Part, Reason, correlate
from core.incident_config import IncidentConfig

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
RULES = IncidentConfig.model_validate({"radius_m": 300, "window": "30m", "compatible": [["0502", "0505"]]})
METRE = 1 / 111_320


def part(number: int, severity: int = 4, *, metres: float = 0, minutes: float = 0, **other: object) -> Part:
    at, area, lat = NOON + timedelta(minutes=minutes), "320404001001", 31.8 + metres * METRE
    plain = Part("report", number, f"r{number}", "0502", "water", severity, area, None, 119.9, lat, at, at, False, False)
    return replace(plain, **other)  # type: ignore[arg-type]


def groups(*parts: Part) -> list[list[int]]:
    return sorted(sorted(p.part_id for p in joining.parts) for joining in correlate(parts, [], RULES))


def test_a_lone_part_of_severity_3_opens_an_incident_and_one_of_4_waits() -> None:
    assert groups(part(1, 3)) == [[1]]
    assert groups(part(1, 4)) == []


def test_two_minor_parts_near_in_place_time_and_class_are_one_incident() -> None:
    assert groups(part(1), part(2, metres=200, minutes=20)) == [[1, 2]]


@pytest.mark.parametrize("other", [{"metres": 301}, {"minutes": 31}, {"class_code": "0101"}, {"class_code": None}, {"drill": True}])
def test_far_late_otherwise_or_in_a_drill_is_another_thing(other: dict[str, object]) -> None:
    assert groups(part(1, 3), part(2, 3, **other)) == [[1], [2]]  # type: ignore[arg-type]


def test_classes_of_one_group_of_the_configuration_go_together() -> None:
    assert groups(part(1), part(2, class_code="0505")) == [[1, 2]]


def test_a_row_of_neighbours_does_not_chain_the_city_together() -> None:
    found = groups(*(part(n, 3, metres=250 * n) for n in range(8)))
    assert len(found) == 4


def test_an_alert_belongs_to_the_report_that_raised_it_wherever_and_whatever_it_is() -> None:
    alert = part(7, 3, kind="alert", report_id=1, lon=None, lat=None, class_code=None)
    assert groups(part(1, 3), alert) == [[1, 7]]


def test_an_active_alert_lasts_and_takes_in_what_comes_hours_later() -> None:
    fire = Gathered(5, "0502", 119.9, 31.8, NOON - timedelta(hours=5), NOON, False, frozenset())
    joinings = correlate([part(1, minutes=1)], [fire], RULES)
    assert [(joining.incident_id, len(joining.parts)) for joining in joinings] == [(5, 1)]


def test_the_nearest_incident_takes_the_part() -> None:
    far, near = (Gathered(k, "0502", 119.9, 31.8 + m * METRE, NOON, NOON, False, frozenset()) for k, m in ((1, 250), (2, 50)))
    assert correlate([part(1)], [far, near], RULES)[0].incident_id == 2


def test_the_worst_part_names_the_incident() -> None:
    assert correlate([part(1, 4), part(2, 2, metres=10)], [], RULES)[0].worst.part_id == 2


def test_the_order_of_the_parts_changes_nothing() -> None:
    dice = random.Random(3)
    parts = [part(n, dice.choice([2, 3, 4, 5]), metres=dice.uniform(0, 3000), minutes=dice.uniform(0, 90)) for n in range(60)]
    expected = groups(*parts)
    for _ in range(5):
        dice.shuffle(parts)
        assert groups(*parts) == expected
    assert len({n for group in expected for n in group}) == sum(map(len, expected)), "a part is in at most one incident"


WIDE = IncidentConfig.model_validate(
    {"compatible": [{"classes": ["0502", "0505"], "radius_m": 500, "window": "60m"}], "spread_m": {"hotline": 150}}
)


@pytest.mark.parametrize(("metres", "minutes", "joined"), [(480, 50, True), (510, 0, False), (0, 61, False)])
def test_a_row_of_the_table_has_its_own_reach(metres: float, minutes: float, joined: bool) -> None:
    parts = [part(1, 3), part(2, 3, metres=metres, minutes=minutes, class_code="0505")]
    assert len(correlate(parts, [], WIDE)) == (1 if joined else 2)


def test_the_less_exact_of_two_places_widens_the_radius_whichever_came_first() -> None:
    for spreads in ((150.0, 0.0), (0.0, 150.0), (150.0, 150.0)):
        parts = [part(n, 3, metres=440 * n, spread_m=spread) for n, spread in enumerate(spreads)]
        assert len(correlate(parts, [], WIDE)) == 1
    assert len(correlate([part(0, 3, spread_m=150.0), part(1, 3, metres=460, spread_m=150.0)], [], WIDE)) == 2


def test_each_part_has_the_reason_for_its_join() -> None:
    [joining] = correlate(
        [part(1, 3), part(2, metres=200, minutes=20), part(3, 3, kind="alert", report_id=1, lon=None, class_code=None)], [], RULES
    )
    assert joining.place.part_id == 1, "what has no place gives none"
    reasons = {one.part_id: why for one, why in zip(joining.parts, joining.reasons, strict=True)}
    assert (reasons[3], reasons[1]) == (Reason("opens"), Reason("report"))
    assert (reasons[2].like, round(reasons[2].distance_m or 0), reasons[2].apart, reasons[2].radius_m) == (
        "same",
        200,
        timedelta(minutes=20),
        300,
    )


def incident(number: int, metres: float = 0, **other: object) -> Gathered:
    known = Gathered(number, "0502", 119.9, 31.8 + metres * METRE, NOON, NOON, False, frozenset())
    return replace(known, **other)  # type: ignore[arg-type]


def test_what_a_person_took_apart_is_never_joined_again_though_nothing_is_nearer() -> None:
    taken = part(1, 3, apart=frozenset({5}))
    assert [joining.incident_id for joining in correlate([taken], [incident(5)], RULES)] == [None]
    assert [joining.incident_id for joining in correlate([taken], [incident(5), incident(6, 250)], RULES)] == [6]
    linked = replace(taken, kind="alert", report_id=9)
    assert [joining.incident_id for joining in correlate([linked], [incident(5, report_ids=frozenset({9}))], RULES)] == [None]


def test_what_is_inhibited_goes_with_its_parent_but_never_from_a_drill_to_the_real() -> None:
    child = part(1, 4, metres=9000, parent=5)
    assert [joining.incident_id for joining in correlate([child], [incident(5), incident(6, 9000)], RULES)] == [5]
    assert correlate([child], [incident(5, drill=True)], RULES) == []


def test_its_own_report_is_nearer_than_any_neighbour() -> None:
    alert = part(1, 3, kind="alert", report_id=9)
    assert correlate([alert], [incident(5), incident(6, 5000, report_ids=frozenset({9}))], RULES)[0].incident_id == 6
