"""Whatever comes in whatever order: parts are in one incident at most, none is a city wide, no drill is real, and what was taken apart stays so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from alerts.correlate import OPENS_ALONE, Gathered, Joining, Part, correlate
from core.incident_config import IncidentConfig
from geodata.near import METRES_PER_DEGREE, distance_m

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
CONFIG = IncidentConfig.model_validate({
    "compatible": [{"classes": ["0502", "0505"], "radius_m": 500, "window": "60m"}, {"classes": ["0501"], "radius_m": 80}],
    "spread_m": {"hotline": 150},
})  # fmt: skip


@st.composite
def parts(draw: st.DrawFn, number: int = 0) -> Part:
    metres, minutes = draw(st.integers(0, 3000)), draw(st.integers(0, 180))
    lat = draw(st.sampled_from([None, 31.8 + metres / METRES_PER_DEGREE]))
    since = NOON + timedelta(minutes=minutes)
    until = since + timedelta(minutes=draw(st.sampled_from([0, 0, 40])))
    return Part(
        draw(st.sampled_from(["alert", "report"])), number, "p", draw(st.sampled_from(["0502", "0505", "0501", None])), "water",
        draw(st.integers(1, 5)), "320404001001", None, None if lat is None else 119.9, lat, since, until,
        draw(st.sampled_from([False, False, True])), False, spread_m=draw(st.sampled_from([0.0, 150.0])),
        report_id=None, apart=draw(st.sampled_from([frozenset[int](), frozenset({1}), frozenset({1, 2})])),
    )  # fmt: skip


def numbered(found: Sequence[Part]) -> list[Part]:
    return [replace(one, part_id=number) for number, one in enumerate(found)]


many = st.lists(parts(), max_size=25).map(numbered)


def told(joinings: Sequence[Joining]) -> set[tuple[int | None, frozenset[tuple[str, int]]]]:
    return {(one.incident_id, frozenset((part.kind, part.part_id) for part in one.parts)) for one in joinings}


def after(known: Sequence[Gathered], joinings: Sequence[Joining]) -> list[Gathered]:
    """The open incidents as the next round reads them."""
    found = {one.incident_id: one for one in known}
    for joining in joinings:
        spans = [(part.since, part.until) for part in joining.parts]
        place = joining.place
        new = Gathered(len(found) + 1, place.class_code, place.lon, place.lat, *spans[0], place.drill, frozenset(), place.spread_m)
        old = found[joining.incident_id] if joining.incident_id is not None else new
        since, until = min(old.since, *(one for one, _ in spans)), max(old.until, *(one for _, one in spans))
        found[old.incident_id] = replace(old, since=since, until=until)
    return list(found.values())


@given(many, st.randoms())
def test_the_order_changes_nothing_and_a_part_is_in_one_incident_at_most(pending: list[Part], dice: Random) -> None:
    joinings = correlate(pending, [], CONFIG)
    shuffled = list(pending)
    dice.shuffle(shuffled)
    assert told(correlate(shuffled, [], CONFIG)) == told(joinings)
    joined = [part.part_id for one in joinings for part in one.parts]
    assert len(joined) == len(set(joined))
    assert {part.part_id for part in pending if part.severity <= OPENS_ALONE} <= set(joined), "what is severe is never left alone"
    assert all(len(one.parts) == len(one.reasons) for one in joinings)


@given(st.lists(many, max_size=5))
def test_no_incident_grows_over_the_city_mixes_a_drill_or_takes_back_what_a_person_took_out(rounds: list[list[Part]]) -> None:
    known: list[Gathered] = []
    for pending in rounds:
        joinings = correlate(pending, known, CONFIG)
        places = {one.incident_id: one for one in known}
        for one in joinings:
            stands = places.get(one.incident_id) or one.place
            assert {part.drill for part in one.parts} == {stands.drill}
            assert all(one.incident_id not in part.apart for part in one.parts)
            far = [distance_m(part.lon, part.lat, stands.lon, stands.lat) for part in one.parts if part.lon is not None]
            assert max(far, default=0) <= CONFIG.widest.radius_m
        known = after(known, joinings)


@given(many)
def test_the_same_round_again_joins_the_same_parts_to_what_is_there(pending: list[Part]) -> None:
    free = [replace(part, apart=frozenset()) for part in pending]
    first = correlate(free, [], CONFIG)
    again = correlate([part for one in first for part in one.parts if part.lon is not None and part.class_code], after([], first), CONFIG)
    assert all(one.incident_id is not None for one in again), "nothing opens a second incident about itself"
