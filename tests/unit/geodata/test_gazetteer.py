"""Addresses find their places, and the gazetteer says how sure it is and why."""

import pytest

from geodata.gazetteer import Gazetteer
from geodata.gazetteer_places import Match, PlaceEntry

AREAS = {"常州市": "", "钟楼区": "320404", "荷花池街道": "320404001", "永红街道": "320404002"}
WEST_EAST = (((119.94, 31.78), (119.96, 31.78)),)
NORTH_SOUTH = (((119.95, 31.77), (119.95, 31.79)),)
PLACES = (
    PlaceEntry("怀德中路", "road", 119.95, 31.78, "320404001", reach_m=900, line=WEST_EAST, place_id=1),
    PlaceEntry("延陵西路", "road", 119.95, 31.785, reach_m=1100, line=NORTH_SOUTH, place_id=2),
    PlaceEntry("怀德中路12号", "number", 119.944, 31.78, "320404001", road="怀德中路", number=12, place_id=3),
    PlaceEntry("怀德中路40号", "number", 119.946, 31.78, "320404001", road="怀德中路", number=40, place_id=4),
    PlaceEntry("阳光小区", "estate", 119.90, 31.75, "320404001001", place_id=5),
    PlaceEntry("阳光小区", "estate", 119.93, 31.75, "320404002001", place_id=6),
    PlaceEntry("中医院", "point", 119.9445, 31.7805, aliases=("常州市中医院",), place_id=7),
    PlaceEntry("西塔大厦", "point", 119.80, 31.70, place_id=8),
)
NAMES = Gazetteer(PLACES, AREAS)


def best(address: str, area: str = "") -> Match:
    match = NAMES.match(address, area)
    assert match is not None, address
    return match


@pytest.mark.parametrize(
    ("address", "place_id", "why", "least"),
    [
        ("江苏省常州市钟楼区荷花池街道怀德中路12号3幢502室", 3, "number", 0.95),
        ("怀德中路12弄5号", 3, "number", 0.95),
        ("怀德中路十二号", 3, "name", 0.95),
        ("常州市中医院", 7, "name", 0.95),
        ("永红街道阳光小区3-2-101", 6, "estate", 0.9),
        ("怀得中路12号", 3, "number", 0.5),
    ],
)
def test_an_address_finds_its_place(address: str, place_id: int, why: str, least: float) -> None:
    match = best(address)
    assert (match.place_id, match.why[0]) == (place_id, why)
    assert match.confidence >= least


def test_a_house_number_between_known_ones_stands_between_them_and_is_less_sure() -> None:
    match = best("怀德中路26号")
    assert match.why == ("between_numbers",)
    assert match.lon == pytest.approx(119.945)
    assert best("怀德中路12号").confidence > match.confidence > 0.6
    beyond = NAMES.match("怀德中路900号")
    assert beyond is None or beyond.confidence < match.confidence


@pytest.mark.parametrize("address", ["怀德中路与延陵西路交叉口", "怀德中路延陵西路路口", "怀德中路、延陵西路", "延陵西路和怀德中路交界处"])
def test_two_roads_name_their_crossing(address: str) -> None:
    match = best(address)
    assert match.why[0] == "crossing"
    assert [match.lon, match.lat] == pytest.approx([119.95, 31.78])
    assert match.confidence > 0.9


def test_a_long_road_alone_is_no_place() -> None:
    assert best("怀德中路").confidence < 0.6


def test_near_and_opposite_are_less_sure_than_the_place_itself() -> None:
    assert best("中医院").confidence > best("中医院门口").confidence > best("中医院对面").confidence > best("中医院附近").confidence
    assert "hedged" in best("中医院附近").why


def test_namesakes_are_decided_by_an_area_and_left_to_a_person_without_one() -> None:
    undecided = best("阳光小区")
    assert undecided.confidence < 0.6
    assert "ambiguous" in undecided.why
    assert best("阳光小区", area="320404002").place_id == 6
    assert best("荷花池街道阳光小区").place_id == 5
    assert best("荷花池街道阳光小区").confidence > 0.9


def test_another_place_far_away_speaks_against_and_one_near_by_does_not() -> None:
    assert best("怀德中路12号西塔大厦").confidence < 0.8 * best("怀德中路12号").confidence
    assert best("怀德中路12号中医院").confidence == best("怀德中路12号").confidence


@pytest.mark.parametrize("address", ["", "附近", "完全不知道哪里", "怀德", "12号", "(((", "号" * 500])
def test_what_names_no_place_finds_none(address: str) -> None:
    assert NAMES.match(address) is None


def test_what_was_taught_is_found_by_the_very_same_text_only() -> None:
    spot = PlaceEntry("老槐树下", "point", 119.91, 31.76, source="taught")
    taught = NAMES.taught([("老槐树下（菜场后门）", spot)])
    match = taught.match("老槐树下 (菜场后门)")
    assert match is not None
    assert (match.source, match.lon) == ("taught", 119.91)
    assert taught.match("老槐树下") is None
    assert NAMES.match("老槐树下(菜场后门)") is None
