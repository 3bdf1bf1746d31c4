"""Hours beyond limits: levels of devices themselves, and counts that are the same whether days are summed up or not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from store import day_sums
from tests.desk import NORTH, SOUTH, Desk, Person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def boss(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "boss")


def gauge(desk: Desk, device: str, area: str = NORTH, **levels: float) -> None:
    """A river gauge with levels of its own."""
    with desk.store.connection() as connection:
        connection.execute("insert into metrics (metric, unit) values ('water_level', 'm') on conflict (metric) do nothing")
        connection.execute("insert into devices (device, name, domain, area) values (%s, %s, 'water', %s)", [device, device, f"{area}001"])
        for level, value in levels.items():
            connection.execute(
                "insert into device_levels (device_id, metric_id, level, value, entered_at) "
                "select device_id, metric_id, %s, %s, now() from devices, metrics where device = %s and metric = 'water_level'",
                [level, value, device],
            )


def measure(desk: Desk, device: str, hour: datetime, mean: float, high: float, good: int = 12) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            "insert into device_states (device_id, metric_id, quality, observed_at, changed_at, updated_at) "
            "select device_id, metric_id, 0, %s, %s, %s from devices, metrics where device = %s and metric = 'water_level' on conflict do nothing",
            [hour, hour, hour, device],
        )
        connection.execute(
            """insert into device_hours (hour, device_id, metric_id, expected, received, good, nulls, flagged, late, jumps, stuck, sum, min, max)
               select %s, device_id, metric_id, 12, %s, %s, 0, 0, 0, 0, false, %s, %s, %s from devices, metrics where device = %s and metric = 'water_level'""",
            [hour, good, good, mean * good, mean - 0.1, high, device],
        )


def ask(person: Person, path: str) -> dict[str, Any]:
    told = person.get(path)
    assert told.status_code == 200, told.json
    return dict(told.json)


def counts(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["told"], row["judged"], row["beyond"], row["touched"]


def test_a_gauge_is_held_against_its_own_levels_and_reaching_one_is_passing_it(desk: Desk, boss: Person) -> None:
    gauge(desk, "upstream", 警戒水位=4.3, 保证水位=4.8)
    gauge(desk, "downstream", SOUTH, 警戒水位=3.5)
    gauge(desk, "bare")
    for device in ("upstream", "downstream", "bare"):
        measure(desk, device, desk.now - 3 * HOUR, 4.3, 4.6)
        measure(desk, device, desk.now - 4 * HOUR, 4.2, 4.3)
        measure(desk, device, desk.now - 5 * HOUR, 3.4, 3.45)
    body = ask(boss, "/exceedances?period=week&metric=water_level")
    limits = {one["key"]: one for one in body["limits"]}
    assert {(one["source"], one["named"]) for one in limits.values()} == {
        ("device", "警戒水位"),
        ("device", "保证水位"),
        ("device", "历史最高水位"),
    }
    rows = {(row["device"], limits[row["limit"]]["named"]): row for row in body["rows"]}
    assert {key: (*counts(row), row["own"]) for key, row in rows.items()} == {
        ("upstream", "警戒水位"): (3, 3, 1, 2, [4.3]), ("upstream", "保证水位"): (3, 3, 0, 0, [4.8]),
        ("downstream", "警戒水位"): (3, 3, 2, 2, [3.5]),
    }  # fmt: skip
    by_limit = ask(boss, "/exceedances?period=week&metric=water_level&by=limit")["rows"]
    assert [(row["name"], row["beyond"], row["devices"]) for row in by_limit] == [("警戒水位", 3, 2), ("保证水位", 0, 1)]


def test_every_hour_beyond_a_device_s_own_level_opens_with_that_number(desk: Desk, boss: Person) -> None:
    gauge(desk, "upstream", 警戒水位=4.3)
    measure(desk, "upstream", desk.now - 3 * HOUR, 4.4, 4.6)
    measure(desk, "upstream", desk.now - 4 * HOUR, 4.0, 4.1)
    body = ask(boss, "/exceedances?period=week&metric=water_level")
    for part in ("beyond", "touched", "judged", "told"):
        found = ask(boss, f"{body['rows_at']['now']}&part={part}&device=upstream")
        assert (found["count"], len(found["rows"])) == (body["rows"][0][part], body["rows"][0][part])
        assert (found["rows"][0]["number"], found["rows"][0]["beyond"]) == (4.3, True)


def test_a_number_of_a_season_judges_the_hours_of_its_days_alone(desk: Desk, boss: Person) -> None:
    gauge(desk, "upstream", 警戒水位=4.3)
    midnight = datetime(2026, 11, 19, 16, tzinfo=UTC)  # of the city; now is the 21st
    with desk.store.connection() as connection:
        connection.execute(
            "insert into device_levels (device_id, metric_id, level, value, season_from, season_to, entered_at) "
            "select device_id, metric_id, level, 4.0, '11-01', '11-19', now() from device_levels"
        )
    measure(desk, "upstream", midnight - HOUR, 4.1, 4.2)
    measure(desk, "upstream", midnight, 4.1, 4.2)
    [row] = ask(boss, "/exceedances?period=week&metric=water_level")["rows"]
    assert (*counts(row), row["own"]) == (2, 2, 1, 1, [4.0, 4.3])
    told = ask(boss, f"/exceedances/rows?period=week&part=told&device=upstream&limits={row['limit']}")["rows"]
    assert [(one["number"], one["beyond"]) for one in told] == [(4.3, False), (4.0, True)]


def test_a_withdrawn_level_and_another_area_s_gauge_judge_nothing(desk: Desk, app: Flask, boss: Person) -> None:
    gauge(desk, "upstream", 警戒水位=4.0)
    gauge(desk, "downstream", SOUTH, 警戒水位=4.0)
    for device in ("upstream", "downstream"):
        measure(desk, device, desk.now - 3 * HOUR, 4.4, 4.6)
    north = desk.sign_in(app, "north")
    assert [row["device"] for row in ask(north, "/exceedances?period=week&metric=water_level")["rows"]] == ["upstream"]
    with desk.store.connection() as connection:
        connection.execute("update device_levels set withdrawn_at = now()")
    assert ask(boss, "/exceedances?period=week&metric=water_level")["rows"] == []


def month(desk: Desk) -> None:
    """Forty days of hours: calm ones, some with a peak, some beyond, some too thin, a gap."""
    gauge(desk, "upstream", 警戒水位=4.3, 保证水位=4.8)
    gauge(desk, "downstream", SOUTH, 警戒水位=4.1)
    for number in range(2, 40 * 24, 3):
        mean = 3.6 + (0.9 if number % 41 == 0 else 0) + (0.5 if number // 24 % 9 == 0 else 0)
        if number // 24 != 17:
            measure(
                desk, "upstream" if number % 2 else "downstream", desk.now - number * HOUR, mean, mean + 0.2, 4 if number % 13 == 0 else 12
            )


def test_days_that_are_summed_up_change_no_count(desk: Desk, boss: Person) -> None:
    month(desk)
    asked = [f"/exceedances?period={period}&metric=water_level&by={by}{more}" for period in ("day", "week", "month", "quarter")
             for by in ("device", "course") for more in ("", f"&area={SOUTH}")]  # fmt: skip
    asked.append("/exceedances?from=2026-10-20T03:00:00Z&to=2026-11-20T05:00:00Z&metric=water_level")
    by_hours = [ask(boss, one) for one in asked]
    with desk.store.connection() as connection:
        while day_sums.sum_next(connection, desk.config, desk.now):
            pass
    assert desk.rows("select count(*) as n from days_summed")[0]["n"] == 40
    assert [ask(boss, one) for one in asked] == by_hours
    with desk.store.connection() as connection:
        connection.execute("delete from device_hours where hour < %s", [desk.now - 3 * DAY])
    still, month_of = ask(boss, asked[8])["total"], by_hours[8]["total"]
    assert counts(still) == counts(month_of), "days are read, not their hours"


def test_an_hour_measured_anew_takes_its_day_out_until_it_is_summed_up_again(desk: Desk) -> None:
    month(desk)
    with desk.store.connection() as connection:
        assert day_sums.sum_next(connection, desk.config, desk.now)
        [newest] = connection.execute("select day, until from days_summed").fetchall()
        assert newest["until"] == datetime(2026, 11, 20, 16, tzinfo=UTC)
        day_sums.take_out(connection, newest["until"])
        assert connection.execute("select from days_summed").rowcount == 1
        day_sums.take_out(connection, newest["until"] - HOUR)
        assert connection.execute("select from days_summed").rowcount == 0
        assert day_sums.sum_next(connection, desk.config, desk.now)
        assert connection.execute("select day, until from days_summed").fetchall() == [newest]


def test_an_hour_is_counted_once_when_the_city_s_days_begin_elsewhere(desk: Desk) -> None:
    month(desk)
    with desk.store.connection() as connection:
        while day_sums.sum_next(connection, desk.config, desk.now):
            pass
        day_sums.sum_next(connection, desk.config, desk.now)
        moved = desk.config.model_copy(update={"area": desk.config.area.model_copy(update={"timezone": "UTC"})})
        while day_sums.sum_next(connection, moved, desk.now):
            pass
        overlaps = "select from days_summed a join days_summed b on a.day < b.day and a.until > b.day"
        assert connection.execute(overlaps).rowcount == 0
        assert {row["hour"] for row in connection.execute("select extract(hour from day)::int as hour from days_summed").fetchall()} == {0}
        summed = connection.execute("select sum(cardinality(highs))::int as n from device_days").fetchone()
        measured = connection.execute(
            "select count(*)::int as n from device_hours where hour < (select max(until) from days_summed)"
        ).fetchone()
    assert summed == measured
