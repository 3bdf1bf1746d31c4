"""Which hours of the week a course of buckets has recorded, run by Node: what was not is drawn as not recorded, never as nought."""

from typing import Any

from tests.in_node import modules

run = modules({"R": "analysis-hours.js"})


def seen(buckets: list[dict[str, Any]], as_of: str) -> list[str]:
    return list(run("say([...R.hoursSeen(buckets, as_of)].sort())", buckets=buckets, as_of=as_of))


def test_hours_are_those_of_the_city_and_end_now() -> None:
    day = {"from": "2026-11-23T00:00:00+08:00", "to": "2026-11-24T00:00:00+08:00", "n": 4}
    assert seen([day], "2026-11-23T02:30:00+08:00") == ["1-00", "1-01", "1-02"]


def test_a_bucket_nothing_is_known_of_has_no_hours_and_a_week_has_all() -> None:
    sunday = {"from": "2026-11-22T00:00:00+08:00", "to": "2026-11-23T00:00:00+08:00"}
    assert seen([{**sunday, "n": None}], "2026-12-01T00:00:00+08:00") == []
    week = {"from": "2026-11-16T00:00:00+08:00", "to": "2026-11-23T00:00:00+08:00", "n": 0}
    assert len(seen([week, {**sunday, "n": None}], "2026-12-01T00:00:00+08:00")) == 168
