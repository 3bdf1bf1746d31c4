"""What a screen shows: the newest cast that stands, its playlist's turn, its home; and which incident may take it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Invalid
from core.showing import Cast, Grave, Slot, showing, taker, turn_of
from core.view_address import lies_under, path_of, read_address, with_words

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def cast(number: int, at: float, until: float | None = None, kind: str = "scene", severity: int | None = None) -> Cast:
    return Cast(
        number, kind, f"/wall?cast={number}", f"cast {number}", "值班员", after(at), None if until is None else after(until), severity
    )


SLOTS = (Slot(1, "甲", "/wall?a=1", timedelta(seconds=20)), Slot(2, "乙", "/wall/water", timedelta(seconds=10)))


def test_a_screen_nobody_wants_anything_of_shows_its_home_and_without_one_stays_where_it_is() -> None:
    assert (showing(NOW, "/wall?area=3204", (), ()).address, showing(NOW, None, (), ()).address) == ("/wall?area=3204", None)
    assert showing(NOW, "/wall?area=3204", (), ()).key != showing(NOW, None, (), ()).key


def test_the_newest_cast_that_stands_is_shown_and_when_it_ends_the_one_before_it_and_then_the_home() -> None:
    casts = (cast(1, -100, 300), cast(2, -50, 60))
    seen = [showing(after(s), "/wall", (), [one for one in casts if one.stands(after(s))]).key for s in (0, 59, 60, 299, 300)]
    assert seen == ["cast:2", "cast:2", "cast:1", "cast:1", "home:/wall"]


def test_a_cast_without_an_end_stands_until_it_is_given_back() -> None:
    assert showing(after(10**6), None, SLOTS, [cast(1, 0)]).key == "cast:1"


def test_scenes_of_a_playlist_take_turns_by_the_servers_clock_whenever_a_screen_was_switched_on() -> None:
    begin = datetime.fromtimestamp(30 * 60_000_000, UTC)
    turns = [turn_of(SLOTS, begin + timedelta(seconds=s))[0] for s in (0, 19.9, 20, 29.9, 30, 49.9, 50)]
    assert turns == [0, 0, 1, 1, 0, 0, 1]
    assert turn_of(SLOTS, begin + timedelta(seconds=5))[1] == begin + timedelta(seconds=20)
    assert showing(begin, "/wall", SLOTS, ()).why == "playlist"


def test_a_cast_stands_over_a_playlist() -> None:
    assert showing(NOW, None, SLOTS, [cast(7, -1, 60)]).key == "cast:7"


@pytest.mark.parametrize(
    ("holding", "waiting", "taken"),
    [
        ([], [(5, 2), (6, 1)], 6),  # the gravest first
        ([], [(5, 1), (6, 1)], 5),  # of equals the older
        ([1], [(6, 1)], None),  # who is as grave waits
        ([2], [(6, 1)], 6),  # who is graver does not
        ([2], [(6, 3)], None),
        ([], [], None),
    ],
)
def test_a_graver_incident_takes_a_taken_screen_and_another_waits(
    holding: list[int], waiting: list[tuple[int, int]], taken: int | None
) -> None:
    casts = [cast(number, -1, 60, "takeover", severity) for number, severity in enumerate(holding)]
    graves = [Grave(number, "t", severity, after(number)) for number, severity in waiting]
    found = taker(graves, casts, NOW)
    assert (found and found.incident_id) == taken


def test_a_drill_is_milder_than_anything_real() -> None:
    real, drill = Grave(1, "t", 2, NOW), Grave(2, "t", 1, NOW, drill=True)
    held = replace(cast(1, -1, 60, "takeover", 1), drill=True)
    assert taker([drill, real], [], NOW) == real
    assert taker([real], [held], NOW) == real
    assert taker([drill], [held], NOW) is None
    assert taker([drill], [cast(1, -1, 60, "takeover", 2)], NOW) is None


def test_what_a_person_sent_keeps_no_incident_away() -> None:
    assert taker([Grave(1, "t", 1, NOW)], [cast(1, -1, None, "incident", 1)], NOW) is not None


def test_an_address_is_a_page_of_a_screen_and_its_words_stay() -> None:
    assert read_address("/wall/water/?area=320404001&layers=devices,cameras&at=2026-11-22T03:00:00Z#x") == (
        "/wall/water?area=320404001&layers=devices,cameras&at=2026-11-22T03:00:00Z"
    )
    assert with_words("/wall?incident=4&measure=aqi", incident=9) == "/wall?measure=aqi&incident=9"
    assert with_words("/wall?incident=4", incident=None) == "/wall"


@pytest.mark.parametrize(
    "address", ["", "/duty", "//elsewhere/wall", "/wall/../duty", "javascript:alert(1)", "/wall\n", 7, None, "/wall?" + "x" * 3000]
)
def test_what_leads_elsewhere_is_no_address(address: object) -> None:
    with pytest.raises(Invalid):
        read_address(address)


def test_a_screen_shows_its_page_and_those_under_it() -> None:
    assert path_of("wall/?a=1") == "/wall"
    assert lies_under("/wall/water?area=1", "wall")
    assert lies_under("/wall", "/wall/")
    assert not lies_under("/wall", "/wall/water")
    assert not lies_under("/wallpaper", "/wall")
