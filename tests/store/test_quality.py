"""Data quality over time: each hour measured once when it is over, again when late data came; nothing blamed on a device that is ours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.config import Config
from core.model import EVERYWHERE
from store import hours, listening, quality
from store.health import HealthWriter
from store.lists import Filter
from store.timescale import Store
from tests.quality import HOUR, MINUTE, City

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
AFTER = NOON + HOUR + 6 * MINUTE


@pytest.fixture
def city(config: Config, database_url: str) -> Iterator[City]:
    store = Store(database_url)
    yield City(config, store, NOON)
    store.close()


def found(city: City, hour: datetime = NOON) -> dict[str, dict[str, Any]]:
    with city.store.connection() as connection:
        return {row["device"]: row for row in quality.list_devices(connection, EVERYWHERE, Filter(), hour)}


def test_an_hour_is_measured_when_it_is_over_and_the_worst_device_stands_first(city: City) -> None:
    for name in ("whole", "half", "silent"):
        city.device(name)
    city.hour("whole", NOON, {"pm25": 30, "pm10": 50})
    city.hour("half", NOON, {"pm25": 30, "pm10": 50}, range(30))
    city.pass_time(NOON + HOUR + 4 * MINUTE, start=NOON)
    assert found(city) == {}, "what is under way to us has five minutes"
    city.pass_time(AFTER)
    rows = found(city)
    assert list(rows) == ["silent", "half", "whole"]
    assert [row["usable"] for row in rows.values()] == [0.0, 0.5, 1.0]
    assert (rows["silent"]["received"], rows["silent"]["expected"]) == (0, 60)
    city.pass_time(AFTER + MINUTE)
    assert city.rows("select 1 from hours_due") == [], "nothing is done twice"


def test_nulls_flags_late_ones_and_jumps_are_counted_apart(city: City) -> None:
    city.device("d")
    told: list[tuple[datetime, dict[str, Any]]] = [(NOON + m * MINUTE, {"pm25": 30.0 + m % 2}) for m in range(60)]
    told[10] = (told[10][0], {"pm25": None})
    told[20] = (told[20][0], {"pm25": 900.0})  # two jumps: up, and down again
    city.tell("d", *told[:50], at=NOON + 50 * MINUTE)
    city.tell("d", *told[50:], at=NOON + 60 * MINUTE)
    city.pass_time(AFTER, start=NOON)
    row = found(city)["d"]
    assert (row["nulls"], row["jumps"], row["received"]) == (1, 2, 60)
    assert row["late"] == 40, "of the first fifty, those more than ten minutes old when they came"
    assert row["usable"] == pytest.approx(57 / 60)


def test_refused_ones_are_told_of_the_device_they_came_from(city: City) -> None:
    city.device("d")
    city.tell("d", (NOON + MINUTE, {"pm25": -5}), (NOON + HOUR, {"pm25": 5}), (NOON + 2 * MINUTE, {"pm25": 5}), at=NOON + 3 * MINUTE)
    city.pass_time(AFTER, start=NOON)
    row = found(city)["d"]
    assert (row["out_of_range"], row["future"], row["refused"], row["received"]) == (1, 1, 2, 1)


def test_what_came_again_is_counted_of_its_device_in_the_hour_it_came(city: City) -> None:
    for name in ("d", "once"):
        city.device(name)
    told = [(NOON + m * MINUTE, {"pm25": 30.0 + m % 2}) for m in range(4)]
    city.tell("d", *told, at=NOON + 5 * MINUTE)
    city.tell("once", *told, at=NOON + 5 * MINUTE)
    assert city.rows("select * from device_duplicates") == []
    city.tell("d", *told[1:], told[3], at=NOON + 6 * MINUTE)  # three stand, and one of them is told twice
    city.tell("d", told[0], (NOON, {"pm25": 99.0}), at=NOON + 7 * MINUTE)  # a value that is another is no duplicate
    city.tell("d", told[0], at=NOON + HOUR)
    city.pass_time(AFTER, start=NOON)
    rows = found(city)
    assert [(rows[name]["duplicates"], rows[name]["refused"], rows[name]["received"]) for name in ("d", "once")] == [(5, 1, 4), (0, 0, 4)]
    city.pass_time(AFTER + HOUR)
    assert found(city, NOON + HOUR)["d"]["duplicates"] == 1
    with city.store.connection() as connection:
        assert quality.read_totals(connection, EVERYWHERE, Filter(), NOON)["duplicates"] == 5
        assert quality.read_device(connection, EVERYWHERE, "d", NOON, NOON + HOUR)["hours"][0]["duplicates"] == 5
        quality.forget_old(connection, AFTER + HOUR)
    assert city.rows("select * from device_duplicates") == []


def test_a_value_is_stuck_when_it_stands_for_the_limit_while_others_of_its_kind_vary(city: City) -> None:
    for name in ("stuck", "a", "b", "c"):
        city.device(name)
    for n in range(-7, 1):
        hour = NOON + n * HOUR
        for name in ("a", "b", "c"):  # an hour at once, as gateways send it: its newest value is always the same
            city.tell(name, *[(hour + m * MINUTE, {"pm25": 30.0 + m % 3}) for m in range(0, 60, 5)], at=hour + 55 * MINUTE)
        stood = [(hour + m * MINUTE, {"pm25": 12.0}) for m in range(0, 60, 5)]
        city.tell("stuck", *stood, at=hour + 55 * MINUTE)
    city.pass_time(AFTER, start=NOON - 3 * HOUR)
    assert {name: row["stuck"] for name, row in found(city).items()} == {"stuck": 1, "a": 0, "b": 0, "c": 0}
    assert found(city)["stuck"]["usable"] == 0
    assert found(city, NOON - 3 * HOUR)["stuck"]["stuck"] == 0, (
        "six hours before its end it had not spoken yet: nobody knows how long it stood"
    )


def test_dry_gauges_are_not_stuck(city: City) -> None:
    for name in ("a", "b", "c"):
        city.device(name)
        for n in range(-7, 1):
            told = [(NOON + n * HOUR + m * MINUTE, {"rain": 0.0}) for m in range(0, 60, 5)]
            city.tell(name, *told, at=NOON + n * HOUR + 55 * MINUTE)
    city.pass_time(AFTER, start=NOON)
    assert [row["stuck"] for row in found(city).values()] == [0, 0, 0]


def test_late_data_measure_their_hour_anew_and_not_more_often_than_every_half_hour(city: City) -> None:
    city.device("d")
    city.hour("d", NOON, {"pm25": 30}, range(30))
    city.pass_time(AFTER, start=NOON)
    assert found(city)["d"]["completeness"] == 0.5
    city.tell("d", *[(NOON + m * MINUTE, {"pm25": 31.0}) for m in range(30, 60)], at=AFTER + 5 * MINUTE)
    city.pass_time(AFTER + 10 * MINUTE)
    assert found(city)["d"]["completeness"] == 0.5
    city.pass_time(AFTER + 50 * MINUTE)
    row = found(city)["d"]
    assert (row["completeness"], row["late"]) == (1.0, 30)


def test_an_hour_in_which_nobody_listened_blames_no_device(city: City) -> None:
    city.device("d")
    city.tell("d", (NOON - MINUTE, {"pm25": 30}), at=NOON - MINUTE)
    city.rows("update device_watch set feed = 'city' returning 1")
    for at in (NOON - HOUR, NOON, AFTER):
        with city.store.connection() as connection:
            listening.mark(connection, ["city"], at)
    city.pass_time(AFTER, start=NOON)
    row = found(city)["d"]
    assert (row["expected"], row["usable"], row["completeness"]) == (0, None, None)


def test_every_gap_of_an_hour_is_left_out_also_when_the_hour_is_measured_much_later(city: City) -> None:
    city.device("d")
    city.device("unheard")
    city.hour("d", NOON, {"pm25": 30}, [*range(6), *range(12, 24), *range(30, 60)])
    city.rows("update device_watch set feed = 'city' where device_id = (select device_id from devices where device = 'd') returning 1")
    heard = [*range(-20, 7), *range(12, 25), *range(30, 80)]  # away from minute 6 to 12 and from 24 to 30; minutes, a word each
    for feed, words in (("city", heard), ("other", range(-20, 80))):
        for minute in words:
            with city.store.connection() as connection:
                for second in (0, 12, 24, 36, 48) if minute + 1 in words else (0,):
                    listening.mark(connection, [feed], NOON + timedelta(minutes=minute, seconds=second))
    city.pass_time(NOON + 3 * HOUR + 6 * MINUTE, start=NOON)
    assert found(city)["d"]["expected"] == pytest.approx(48)
    assert found(city)["d"]["completeness"] == pytest.approx(1.0)
    assert found(city)["unheard"]["expected"] == 60, "of whom no feed is known, what any feed heard"


def test_portions_lose_nobody_and_a_mark_while_one_is_under_way_is_kept(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "PORTION", 2)
    for n in range(5):
        city.device(f"d{n}")
        city.hour(f"d{n}", NOON, {"pm25": 30}, range(5))
    with city.store.connection() as connection:
        connection.execute("insert into hours_seen (until) values (%s)", [NOON])
        hours.schedule(connection, city.config.quality, AFTER)
    with city.store.connection() as connection:
        assert quality.measure_next(connection, city.config, AFTER)
    city.tell("d0", (NOON + 30 * MINUTE, {"pm25": 33}), at=AFTER)
    city.pass_time(AFTER + 6 * MINUTE)
    assert {name: row["received"] for name, row in found(city).items()} == {f"d{n}": 5 for n in range(5)}
    assert [row["work"] for row in city.rows("select work from hours_due")] == ["measure"], "it begins again later"
    city.pass_time(AFTER + HOUR)
    assert found(city)["d0"]["received"] == 6


def test_feeds_are_counted_by_kind_in_the_hour_of_receipt(city: City) -> None:
    city.device("d")
    writer = HealthWriter(city.store, "w", ("city",), NOON)
    old, fresh = (NOON - HOUR, {"pm25": 1.0}), (NOON, {"pm25": 2.0})
    for _ in range(2):
        outcome = city.tell("d", old, fresh, (NOON + MINUTE, {"pm25": -1}), at=NOON + MINUTE)
        writer.count(outcome.frames, outcome.taken)
    writer.tell("connected", NOON, "", NOON + 2 * MINUTE)
    writer.tell("connected", NOON, "", NOON + 3 * MINUTE)
    with city.store.connection() as connection:
        told = quality.list_feeds(connection, NOON, NOON + HOUR)
    assert told == {"city": {"accepted": 2, "duplicate": 2, "late": 1, "range": 2}}


def test_what_was_counted_is_forgotten_with_the_readings(city: City) -> None:
    city.device("d")
    city.hour("d", NOON, {"pm25": 30}, range(5))
    city.pass_time(AFTER, start=NOON)
    with city.store.connection() as connection:
        assert quality.forget_old(connection, NOON) == 0
        assert quality.forget_old(connection, NOON + timedelta(seconds=1)) == 2
