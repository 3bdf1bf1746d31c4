"""Fields of a device: what is told is checked and kept, what is not told is not invented."""

from datetime import date, datetime
from typing import Any

import pytest

from core.errors import Invalid
from geodata.device_fields import read_area, read_date, read_fields, read_metrics


def test_only_what_is_told_is_there() -> None:
    assert read_fields({"device": " d1 "}) == {"device": "d1"}
    told = {
        "device": "d",
        "domain": "water",
        "owner": "水务局",
        "network_zone": "",
        "interval_s": 60,
        "drill": True,
        "installed_on": "2026/3/1",
    }
    assert read_fields(told) == {
        "device": "d", "domain": "water", "owner": "水务局", "network_zone": None, "interval_s": 60.0, "drill": True,
        "installed_on": date(2026, 3, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "device"), ({"device": "d" * 129}, "at most 128"), ({"device": "d\x00"}, "a text"), ({"device": 5}, "a text"),
        ({"device": "d", "domain": "air"}, "none of emergency"), ({"device": "d", "interval_s": 0}, "seconds"),
        ({"device": "d", "interval_s": float("nan")}, "seconds"), ({"device": "d", "interval_s": True}, "seconds"),
        ({"device": "d", "owner": 3}, "owner: a text"), ({"device": "d", "calibrated_on": "yesterday"}, "2026-03-01"),
        ({"device": "d", "colour": "red"}, "colour"), ({"device": "d", "firmware": "x" * 121}, "at most 120"),
        ({"device": "d", "tags": {"a": 1}}, "tags"), ({"device": "d", "tags": [3]}, "tags: a text"), ({"device": "d", "tags": ["x" * 41]}, "at most 40"),
        ({"device": "d", "tags": [f"t{n}" for n in range(21)]}, "tags: at most 20"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_naming_the_field(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_fields(fields)


@pytest.mark.parametrize("told", [["下穿", " 学校 ", "下穿", ""], "下穿，学校、", "下穿;学校"])
def test_tags_are_words_each_once_in_a_list_or_between_commas(told: Any) -> None:
    assert read_fields({"device": "d", "tags": told})["tags"] == ("下穿", "学校")


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-03-01", date(2026, 3, 1)), ("2026年3月1日", date(2026, 3, 1)), ("2026.3.1", date(2026, 3, 1)), ("2026-03-01 00:00:00", date(2026, 3, 1)),
     (datetime(2026, 3, 1, 8), date(2026, 3, 1)), (date(2026, 3, 1), date(2026, 3, 1)), (None, None), ("", None)],  # noqa: DTZ001
)  # fmt: skip
def test_a_day_is_read_as_people_and_sheets_write_it(written: Any, day: date | None) -> None:
    assert read_date("installed_on", written) == day


@pytest.mark.parametrize("written", ["2026-02-30", "30.3.2026", "46082", "1026-01-01", 46082])
def test_what_is_no_day_is_not_guessed(written: Any) -> None:
    with pytest.raises(Invalid, match="no day"):
        read_date("installed_on", written)


def test_metrics_keep_what_is_told_and_refuse_an_empty_range() -> None:
    assert read_metrics({"a": {"unit": " mg/m3 ", "max": 5}}) == {"a": {"unit": "mg/m3", "max": 5}}
    every: tuple[Any, ...] = (
        {"a": 1},
        {"a": {"min": 2, "max": 1}},
        {"a": {"min": "1"}},
        {"a": {"x": 1}},
        {"": {}},
        {"a": {"kind": "word"}},
        [1],
    )
    for wrong in every:
        with pytest.raises(Invalid, match="metrics"):
            read_metrics(wrong)


def test_an_area_is_digits() -> None:
    assert (read_area(None), read_area(""), read_area("320404")) == (None, None, "320404")
    for wrong in ("３２０４", "x", 320404, "1" * 13):
        with pytest.raises(Invalid, match="digits"):
            read_area(wrong)
