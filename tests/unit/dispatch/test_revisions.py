"""What a later message changes in a stored report, and what none can change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.revisions import is_older, revised

AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LATER, EARLIER = AT + timedelta(hours=1), AT - timedelta(hours=1)
ROW: dict[str, Any] = {
    "external_id": "T-1", "channel": "hotline", "class_code": "0502", "title": "路面积水", "text": "没过脚踝", "area": "320404001", "cell_id": 1,
    "lon": 119.9, "lat": 31.7, "datum": "cgcs2000", "placement": "inside", "address": "长江路", "observed_at": AT, "ended_at": None, "ends_at": None,
    "said_at": AT, "revised_at": None, "by_hand": [], "confidence": 0.5, "severity": 3, "media": ["a"], "extra": {"unit": "城管", "state": "受理"},
    "history": False, "simulated": False, "drill": False,
}  # fmt: skip
EMPTY: dict[str, Any] = {"class_code": None, "text": None, "address": None, "confidence": None, "severity": None, "media": [], "extra": {}, "datum": None,
         "area": "320404", "cell_id": None, "lon": None, "lat": None, "placement": "none"}  # fmt: skip


def told(**said: Any) -> dict[str, Any]:
    """A message that says the same of the report, but for `said`."""
    return {**ROW, "only_ends": False, **said}


def test_the_same_again_says_nothing_new() -> None:
    assert revised(ROW, told()) == {}
    assert revised(ROW, told(**EMPTY)) == {}


def test_what_a_message_leaves_out_stays_and_what_it_says_wins() -> None:
    change = revised(ROW, told(**{**EMPTY, "extra": {"state": "办结", "result": "已抽排"}}, ended_at=LATER))
    assert change == {"extra": {"unit": "城管", "state": "办结", "result": "已抽排"}, "ended_at": LATER}


def test_a_title_made_up_of_the_number_does_not_replace_a_real_one() -> None:
    assert revised(ROW, told(**EMPTY, title="12345 工单 T-1")) == {}
    assert revised(ROW, told(**EMPTY, title="道路塌陷")) == {"title": "道路塌陷"}


def test_an_end_touches_nothing_but_the_end_and_keeps_who_said_it() -> None:
    end = told(
        title="解除预警", text="x", severity=1, extra={"ended_by": "T-2", "state": "y"}, ended_at=LATER, only_ends=True, said_at=None
    )
    assert revised(ROW, end) == {"ended_at": LATER, "extra": {"unit": "城管", "state": "受理", "ended_by": "T-2"}}
    assert revised({**ROW, "ended_at": AT}, end).keys() == {"extra"}


def test_an_exercise_ends_nothing_real() -> None:
    end = told(extra={"ended_by": "T-2"}, ended_at=LATER, only_ends=True, said_at=None, drill=True)
    assert revised(ROW, end) == {}
    assert "ended_at" in revised({**ROW, "drill": True}, end)


@pytest.mark.parametrize("older", [{"said_at": EARLIER}, {"revised_at": EARLIER, "said_at": LATER}])
def test_an_older_message_overwrites_nothing_but_an_end_is_an_end(older: dict[str, Any]) -> None:
    stored = {**ROW, "revised_at": AT}
    message = told(title="旧", text="旧", extra={"state": "旧"}, **older)
    assert is_older(stored, message)
    assert revised(stored, message) == {}
    assert revised(stored, {**message, "ended_at": LATER}) == {"ended_at": LATER}


def test_a_position_told_again_wins_and_one_without_position_moves_nothing() -> None:
    there = {"lon": 119.8, "lat": 31.6, "area": "320404002", "cell_id": 2}
    assert revised(ROW, told(**there)) == there
    assert revised(ROW, told(**there, datum=None)) == {}
    assert revised(ROW, told(**there, placement="zero")) == {}
    unplaced = {**ROW, **{name: EMPTY[name] for name in ("area", "cell_id", "lon", "lat", "placement", "datum")}}
    assert revised(unplaced, told(**there, datum=None)) == {**there, "placement": "inside"}


def test_what_a_person_placed_or_classified_no_message_undoes() -> None:
    stored = {**ROW, "by_hand": ["place", "classify"]}
    assert revised(stored, told(lon=1.0, lat=2.0, class_code="0101", address="新")) == {"address": "新"}


def test_a_report_whose_end_came_first_gets_its_words_and_stays_ended() -> None:
    stub = {**ROW, **EMPTY, "title": "解除", "said_at": None, "ended_at": LATER, "observed_at": LATER, "extra": {"ended_by": "T-2"}}
    change = revised(stub, told())
    assert (change["title"], change["lon"], change["observed_at"], change["said_at"]) == ("路面积水", 119.9, AT, AT)
    assert "ended_at" not in change
    assert change["extra"] == {"ended_by": "T-2", "unit": "城管", "state": "受理"}


def test_a_video_message_is_the_whole_event() -> None:
    stored = {**ROW, "channel": "video", "extra": {"camera": "c", "candidate": True}}
    assert revised(stored, told(channel="video", extra={"camera": "c"}, confidence=0.9)) == {"extra": {"camera": "c"}, "confidence": 0.9}


def test_a_later_stated_end_replaces_the_earlier_one() -> None:
    assert revised({**ROW, "ends_at": AT}, told(ends_at=LATER, said_at=LATER)) == {"ends_at": LATER, "said_at": LATER}
