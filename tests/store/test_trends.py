"""Trends, hot spots and exceedances: counts that open their rows, compared with like, and honest about what nobody counted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.desk import NORTH, SOUTH, Desk, Person


@pytest.fixture
def boss(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "boss")


def fill(desk: Desk, n: int, at: datetime, **columns: Any) -> None:
    for number in range(n):
        subject = f"s{at.timestamp()}{number}{columns.get('area', NORTH)}"
        desk.alert(title="t", subject=subject, stage="normal", raised_at=at + timedelta(minutes=number), **columns)


def ask(person: Person, path: str) -> dict[str, Any]:
    told = person.get(path)
    assert told.status_code == 200, told.json
    return dict(told.json)


def rows_of(body: dict[str, Any]) -> dict[str, Any]:
    return {row["key"]: row for row in body["rows"]}


def test_every_count_opens_as_many_rows_as_it_says_by_every_dimension(desk: Desk, boss: Person) -> None:
    for days in (0, 1, 9, 370):
        fill(desk, 3 + days % 4, desk.now - timedelta(days=days, hours=1))
        fill(desk, 1, desk.now - timedelta(days=days, hours=3), area=SOUTH, class_code="0502", severity=3)
    desk.report(), desk.report(area=SOUTH, title="b", class_code=None)
    for subject in ("alerts", "cases", "complaints"):
        dimensions = ask(boss, f"/trends/{subject}")["dimensions"]
        for by in dimensions:
            body = ask(boss, f"/trends/{subject}?period=week&by={by}")
            assert sum(row["n"] or 0 for row in body["rows"]) == (body["total"]["n"] or 0), (subject, by)
            for span in ("now", "before", "year_before"):
                for row in body["rows"]:
                    n = row["n"] if span == "now" else row[span]["n"]
                    if n is not None:
                        found = ask(boss, f"{body['rows_at'][span]}&key={row['key']}")
                        assert (found["count"], len(found["rows"])) == (n, n), (subject, by, span, row)


def test_rows_are_shown_without_who_told_them(desk: Desk, boss: Person) -> None:
    desk.report(observed_at=desk.now - timedelta(hours=1))
    [row] = ask(boss, ask(boss, "/trends/complaints")["rows_at"]["now"])["rows"]
    assert "teller" not in row
    assert "person" not in str(row)


def test_a_running_period_is_compared_with_as_much_of_the_one_before_as_is_over_of_it(desk: Desk, boss: Person) -> None:
    midnight = desk.now.replace(hour=16) - timedelta(days=1)  # of Changzhou; now is its noon
    fill(desk, 2, midnight + timedelta(hours=2))
    fill(desk, 3, midnight - timedelta(hours=20))
    fill(desk, 9, midnight - timedelta(hours=6))  # yesterday evening: today has none yet
    fill(desk, 1, midnight - timedelta(days=40))
    body = ask(boss, "/trends/alerts?period=day&by=class")
    assert (body["total"]["n"], body["total"]["before"]["n"]) == (2, 3)
    assert body["compared"]["before"]["to"].startswith("2026-11-20T12:00")
    course = ask(boss, "/trends/alerts?period=day&by=course")["rows"]
    assert (len(course), sum(row["n"] for row in course), sum(row["before"] for row in course)) == (12, 2, 3)


def test_what_nobody_counted_is_unknown_and_no_nought(desk: Desk, boss: Person) -> None:
    assert ask(boss, "/trends/alerts?by=class")["total"]["n"] is None
    fill(desk, 4, desk.now - timedelta(hours=2))
    body = ask(boss, "/trends/alerts?period=month&by=class")
    assert (body["total"]["n"], body["total"]["before"]["n"], body["total"]["year_before"]["n"]) == (4, None, None)
    assert rows_of(body)["0501"]["before"]["change"] == "unknown"
    assert body["compared"]["before"]["known"] is False
    course = ask(boss, "/trends/alerts?period=month&by=course")["rows"]
    assert ({row["n"] for row in course[:-1]}, course[-1]["n"]) == ({None}, 4)


def test_drills_tests_notices_and_void_cases_are_counted_nowhere(desk: Desk, boss: Person) -> None:
    fill(desk, 1, desk.now - timedelta(hours=5))
    fill(desk, 1, desk.now - timedelta(hours=4), drill=True)
    fill(desk, 1, desk.now - timedelta(hours=3), severity=5)
    fill(desk, 1, desk.now - timedelta(hours=2), verdict="test")
    assert ask(boss, "/trends/alerts")["total"]["n"] == 1


def test_a_place_that_rings_again_and_again_stands_out_with_its_days_and_its_tellers(desk: Desk, boss: Person) -> None:
    for day in range(6):
        fill(desk, 2, desk.now - timedelta(days=day, hours=1), device_id=None)
    body = ask(boss, "/trends/alerts?period=month&by=cell")
    (one,) = body["rows"]
    assert (body["places"], one["n"], one["days"], one["tellers"], one["crowded"], one["code"]) == (2, 12, 6, 12, True, f"{NORTH}001001")
    assert ask(boss, "/trends/alerts?period=month&by=street")["rows"][0]["crowded"] is None  # streets are no like places


def test_counts_stay_within_the_readers_area(desk: Desk, app: Flask, boss: Person) -> None:
    fill(desk, 2, desk.now - timedelta(hours=1))
    fill(desk, 5, desk.now - timedelta(hours=1), area=SOUTH)
    north = desk.sign_in(app, "north")
    assert (ask(boss, "/trends/alerts")["total"]["n"], ask(north, "/trends/alerts")["total"]["n"]) == (7, 2)
    assert ask(boss, f"/trends/alerts?area={SOUTH}")["total"]["n"] == 5
    assert len(ask(north, "/trends/alerts/rows?period=month")["rows"]) == 2


def test_what_is_asked_wrongly_is_refused_in_words(boss: Person) -> None:
    assert boss.get("/trends/weather").status_code == 404
    for query in ("by=unit", "by=bucket", "limit=0", "unit=1x", "period=age"):
        assert boss.get(f"/trends/alerts?{query}").status_code == 422, query
    assert boss.get("/exceedances?period=year").status_code == 422
    assert boss.get("/exceedances/rows?part=all").status_code == 422


HOUR = timedelta(hours=1)


def measure(desk: Desk, device: str, hour: datetime, mean: float, high: float, good: int = 12, **columns: Any) -> None:
    """An hour of PM10 as `store.quality` would have measured it."""
    values = {"name": device, "domain": "environment", "area": f"{NORTH}001", **columns}
    names = ", ".join(values)
    with desk.store.connection() as connection:
        connection.execute("insert into metrics (metric, unit) values ('pm10', 'µg/m³') on conflict (metric) do nothing")
        connection.execute(
            f"insert into devices (device, {names}) values (%s, {', '.join('%s' for _ in values)}) on conflict (device) do nothing",
            [device, *values.values()],
        )
        connection.execute(
            "insert into device_states (device_id, metric_id, quality, observed_at, changed_at, updated_at) "
            "select device_id, metric_id, 0, %s, %s, %s from devices, metrics where device = %s and metric = 'pm10' on conflict do nothing",
            [hour, hour, hour, device],
        )
        connection.execute(
            """insert into device_hours (hour, device_id, metric_id, expected, received, good, nulls, flagged, late, jumps, stuck, sum, min, max)
               select %s, device_id, metric_id, 12, %s, %s, 0, 0, 0, 0, false, %s, %s, %s from devices, metrics where device = %s and metric = 'pm10'""",
            [hour, good, good, mean * good, mean - 1, high, device],
        )


def test_hours_beyond_and_hours_touched_are_two_counts_and_an_hour_with_too_little_is_in_neither_share(desk: Desk, boss: Person) -> None:
    noon = desk.now
    measure(desk, "dust-1", noon - 3 * HOUR, 260, 300)  # its mean passed 250
    measure(desk, "dust-1", noon - 4 * HOUR, 120, 251)  # a reading did
    measure(desk, "dust-1", noon - 5 * HOUR, 100, 110)
    measure(desk, "dust-1", noon - 6 * HOUR, 900, 900, good=2)  # two of twelve readings are no mean
    measure(desk, "dust-2", noon - 3 * HOUR, 90, 95, area=f"{SOUTH}001")
    measure(desk, "drill", noon - 3 * HOUR, 900, 999, drill=True)
    measure(desk, "dust-1", noon - 3 * HOUR - timedelta(days=7), 300, 400)
    body = ask(boss, "/exceedances?period=week&metric=pm10")
    assert [one["key"] for one in body["limits"]] == ["pm10-dust.0"]
    first, other = body["rows"]
    assert {name: first[name] for name in ("device", "told", "judged", "beyond", "touched", "worst", "share")} == {
        "device": "dust-1", "told": 4, "judged": 3, "beyond": 1, "touched": 3, "worst": 900, "share": 0.3333
    }  # fmt: skip
    assert (other["device"], other["beyond"], other["judged"], first["before"]["beyond"]) == ("dust-2", 0, 1, 1)
    for by, keys in (("class", ["0302"]), ("street", [NORTH, SOUTH]), ("limit", ["pm10-dust.0"]), ("kind", ["none"])):
        told = ask(boss, f"/exceedances?period=week&metric=pm10&by={by}")
        assert ([row["key"] for row in told["rows"]], sum(row["beyond"] for row in told["rows"])) == (keys, 1)


def test_every_hour_that_was_counted_can_be_opened(desk: Desk, boss: Person) -> None:
    for hours in range(2, 30):
        measure(desk, "dust-1", desk.now - hours * HOUR, 240 + hours, 260)
    body = ask(boss, "/exceedances?period=month&metric=pm10")
    for part in ("beyond", "touched", "judged", "told"):
        found = ask(boss, f"{body['rows_at']['now']}&part={part}&device=dust-1&limit=5")
        count, seen = found["count"], len(found["rows"])
        while found["next"]:
            found = ask(boss, f"{body['rows_at']['now']}&part={part}&device=dust-1&limit=5&next={found['next']}")
            seen += len(found["rows"])
        assert count == seen == body["rows"][0][part]
    course = ask(boss, "/exceedances?period=month&metric=pm10&by=course")["rows"]
    assert sum(row["beyond"] for row in course) == body["total"]["beyond"] == 19


def test_a_permits_own_limit_is_one_of_its_device(desk: Desk, boss: Person) -> None:
    measure(desk, "dust-1", desk.now - 2 * HOUR, 80, 90)
    measure(desk, "dust-2", desk.now - 2 * HOUR, 80, 90)
    with desk.store.connection() as connection:
        connection.execute(
            "insert into permit_limits (device_id, metric_id, average, most, unit, permit, entered_at) "
            "select device_id, metric_id, 'hour', 50, 'µg/m³', 'P-1', now() from devices, metrics where device = 'dust-1' and metric = 'pm10'"
        )
    body = ask(boss, "/exceedances?period=week&metric=pm10")
    first = body["rows"][0]
    assert (first["device"], first["limit"], first["beyond"]) == ("dust-1", "permit.dust-1.pm10.most", 1)
    assert sum(row["beyond"] for row in body["rows"]) == 1
