"""Rows written by hand, before the pipeline: a bad one costs only itself, and places stay those of the form."""

import json

import pytest

from api.manual_entry import Prepared, conclude, demand_role, feed_of, read_rows
from core.config import Config
from core.errors import Invalid, NotAllowed
from core.model import Scope

ROW = {"device": "river-1", "metric": "water_level", "value": 3.8, "observed_at": "2026-11-21T12:00:00+08:00"}


def body(*rows: object, **more: object) -> bytes:
    return json.dumps({"readings": list(rows), **more}).encode()


def test_a_row_that_is_none_says_why_and_its_neighbours_stay() -> None:
    wrong = (ROW | {"value": True}, ROW | {"value": None}, ROW | {"observed_at": "2026-11-21T12:00:00"}, ROW | {"quality": "good"}, 7)
    asked = read_rows(body(ROW, *wrong, ROW | {"device": "a\0"}, note=" 现场 "))
    assert [isinstance(row, str) for row in asked.rows] == [False, *[True] * 6]
    assert "offset" in str(asked.rows[3])
    assert asked.note == "现场"


@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b'{"readings": []}', b"\xff", body(*[ROW] * 201), body(ROW, note="x" * 201)])
def test_what_is_no_list_of_rows_is_invalid(wrong: bytes) -> None:
    with pytest.raises(Invalid):
        read_rows(wrong)


def test_what_the_pipeline_refuses_is_told_by_its_place_in_the_form() -> None:
    prepared = Prepared(b"", [1, 3], ["", ""], [{"index": 2, "reason": "unknown_device", "detail": "x"}])
    answer = conclude(prepared, {"accepted": 1, "duplicates": 0, "rejected": [{"index": 1, "reason": "range", "detail": "y"}]})
    assert [(one["index"], one["reason"]) for one in answer["rejected"]] == [(2, "unknown_device"), (3, "range")]


def test_a_row_without_its_time_is_refused_with_its_form_so_that_sending_it_again_stores_nothing_twice() -> None:
    timeless = {name: value for name, value in ROW.items() if name != "observed_at"}
    for wrong in (timeless, ROW | {"observed_at": None}):
        with pytest.raises(Invalid, match=r"readings\[1\]: observed_at"):
            read_rows(body(ROW, wrong))


def test_what_is_refused_as_a_whole_is_told_of_each_row_of_the_form() -> None:
    prepared = Prepared(b"", [1, 3], ["", ""], [{"index": 2, "reason": "unknown_device", "detail": "x"}])
    whole = {"index": None, "reason": "undecodable", "detail": "could not be stored"}
    answer = conclude(prepared, {"accepted": 0, "duplicates": 0, "rejected": [whole]})
    assert [(one["index"], one["reason"]) for one in answer["rejected"]] == [(1, "undecodable"), (2, "unknown_device"), (3, "undecodable")]
    answer = conclude(prepared, {"accepted": 1, "duplicates": 0, "rejected": [whole]})
    assert [one["index"] for one in answer["rejected"]] == [None, 2]


def test_the_duty_officer_and_above_write_readings_down_and_nobody_else(config: Config) -> None:
    for role in ("duty", "supervisor", "admin"):
        demand_role(Scope(role, ("320404",)))
    for role in ("leader", "wall", "handler", "grid_worker", "auditor", "feed"):
        with pytest.raises(NotAllowed):
            demand_role(Scope(role, ("320404",)))
    assert feed_of(config) == "http-manual"
    assert feed_of(config.model_copy(update={"feeds": {}})) == "http-readings"
