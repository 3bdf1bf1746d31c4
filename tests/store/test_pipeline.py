"""The rules of the flow, against a real database: exactly once, late is not latest, silence never clears."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.config import Config
from core.errors import StoreUnavailable
from core.model import Frame
from pipeline import Outcome, process
from store.timescale import Store
from tests.pipes import deps_of


class Line:
    """A pipeline on a database, spoken to in telemetry."""

    def __init__(self, config: Config, store: Store) -> None:
        self.deps = deps_of(config, store)
        self.store = store

    def tell(self, now: datetime, device: str, at: datetime | None = None, **values: Any) -> Outcome:
        body: dict[str, Any] = {"values": values} | ({"ts": at.isoformat()} if at else {})
        return self.frames(now, (f"city/320404/water/{device}/telemetry", json.dumps(body).encode()))

    def frames(self, now: datetime, *told: tuple[str, bytes], feed: str = "city") -> Outcome:
        return process([Frame(feed, payload, now, topic) for topic, payload in told], now, self.deps)

    def tick(self, now: datetime) -> None:
        process([], now, self.deps)

    def listens(self, since: datetime, until: datetime) -> None:
        """Somebody listened to the feed all the while."""
        with self.store.connection() as connection:
            connection.execute("insert into listening (feed, since, until) values ('city', %s, %s)", [since, until])

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def one(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))


@pytest.fixture
def line(config: Config, database_url: str) -> Iterator[Line]:
    store = Store(database_url)
    yield Line(config, store)
    store.close()


def test_the_same_message_twice_is_one_row_and_one_duplicate(line: Line, now: datetime) -> None:
    first, again = line.tell(now, "d", now, water_depth=3.0), line.tell(now, "d", now, water_depth=3.0)
    assert (first.taken[0].accepted, again.taken[0].duplicates) == (1, 1)
    assert line.one("select count(*) from readings") == 1


def test_the_same_key_with_another_value_is_a_conflict_and_the_first_stays(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=3.0)
    second = line.tell(now, "d", now, water_depth=4.0)
    assert second.taken[0].rejected[0].reason == "conflict"
    assert line.one("select value from readings") == 3.0
    assert line.one("select reason from rejected") == "conflict"


def test_a_feed_that_revises_keeps_both(line: Line, now: datetime) -> None:
    feeds = {**line.deps.config.feeds, "city": line.deps.config.feeds["city"].model_copy(update={"revises": True})}
    line = Line(line.deps.config.model_copy(update={"feeds": feeds}), line.store)
    line.tell(now, "d", now, water_depth=3.0)
    line.tell(now, "d", now, water_depth=4.0)
    assert line.one("select value from readings") == 4.0
    assert line.rows("select reason, detail from rejected")[0]["reason"] == "revised"


def test_one_bad_message_does_not_stop_its_neighbours(line: Line, now: datetime) -> None:
    good = json.dumps({"ts": now.isoformat(), "values": {"water_depth": 1}}).encode()
    outcome = line.frames(
        now, ("city/320404/water/a/telemetry", good), ("city/320404/water/b/telemetry", b"\xff{"), ("city/320404/water/c/telemetry", good)
    )
    assert [taken.accepted for taken in outcome.taken] == [1, 0, 1]
    [row] = line.rows("select reason, raw from rejected")
    assert (row["reason"], row["raw"]) == ("undecodable", b"\xff{")


@pytest.mark.parametrize(("shift", "value", "reason"), [
    (timedelta(minutes=6), 3.0, "clock"), (-timedelta(days=21 * 366), 3.0, "clock"), (timedelta(0), 5000.0, "range"), (timedelta(0), "deep", "type"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason(line: Line, now: datetime, shift: timedelta, value: Any, reason: str) -> None:
    with line.store.connection() as connection:
        connection.execute("insert into metrics (metric, min, max) values ('water_depth', 0, 500)")
    outcome = line.tell(now, "d", now + shift, water_depth=value, battery=50)
    assert next(one.reason for one in outcome.taken[0].rejected) == reason
    assert line.one("select count(*) from rejected where reason = %s", reason) >= 1


def test_an_older_reading_is_stored_and_never_becomes_the_latest(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=30.0)
    line.tell(now, "d", now - timedelta(minutes=5), water_depth=1.0)
    assert line.one("select count(*) from readings") == 2
    assert line.one("select value from device_states") == 30.0


def test_an_older_reading_clears_no_alarm(line: Line, now: datetime) -> None:
    line.tell(now, "d", now - timedelta(seconds=90), water_depth=30.0)
    line.tell(now, "d", now, water_depth=30.0)
    assert line.one("select stage from alerts where rule = 'waterlogging'") == "unack"
    line.tell(now, "d", now - timedelta(seconds=30), water_depth=0.0)
    assert line.one("select stage from alerts where rule = 'waterlogging'") == "unack"


def test_history_rings_no_bell_and_moves_no_state(line: Line, now: datetime) -> None:
    for minutes in range(5):
        line.tell(now, "d", now - timedelta(hours=25) + timedelta(minutes=minutes), water_depth=99.0)
    assert line.one("select count(*) from readings") == 5
    assert (
        line.one("select (select count(*) from alerts) + (select count(*) from device_states) + (select count(*) from device_watch)") == 0
    )


def test_a_reading_without_time_gets_the_time_of_receipt_and_says_so(line: Line, now: datetime) -> None:
    line.tell(now, "d", None, water_depth=3.0)
    assert line.rows("select observed_at, quality from readings") == [{"observed_at": now, "quality": 7}]


def test_null_is_missing_and_not_zero(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=None)
    assert line.rows("select value, quality from readings") == [{"value": None, "quality": 2}]


def test_silence_rings_keeps_the_alarm_and_makes_it_unknown(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=99.0)
    line.tell(now + timedelta(seconds=90), "d", now + timedelta(seconds=90), water_depth=99.0)
    assert line.one("select severity from alerts where stage = 'unack'") == 1
    later = now + timedelta(minutes=30)
    line.listens(now, later)
    line.tick(later)
    assert line.one("select silent_at from devices") is not None
    assert {row["rule"]: (row["stage"], row["state_known"]) for row in line.rows("select rule, stage, state_known from alerts")} == {
        "waterlogging": ("unack", False), "silent": ("unack", True),
    }  # fmt: skip
    line.tell(later, "d", later, water_depth=99.0)
    assert line.one("select silent_at from devices") is None
    assert line.one("select stage from alerts where rule = 'silent'") == "rtn_unack"
    assert line.one("select bool_and(state_known) from alerts") is True


def test_a_hold_time_passes_in_a_tick_without_a_reading(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=20.0)
    assert line.one("select count(*) from alerts") == 0
    line.tick(now + timedelta(seconds=61))
    assert line.one("select rule from alerts") == "waterlogging"


def test_every_move_of_an_alert_stands_in_the_change_log(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, smoke=1)
    line.tell(now, "d", now + timedelta(seconds=1), smoke=0)
    moves = line.rows("select before->>'stage' as before, after->>'stage' as after from change_log where noun = 'alert' order by change_id")
    assert moves == [{"before": None, "after": "unack"}, {"before": "unack", "after": "rtn_unack"}]


def test_a_report_twice_is_one_and_its_caller_stays_apart(line: Line, now: datetime) -> None:
    ticket = {
        "source": "12345",
        "external_id": "t1",
        "channel": "hotline",
        "title": "井盖缺损",
        "class_code": "0503",
        "observed_at": now.isoformat(),
    }
    body = json.dumps(ticket).encode()
    first, again = (line.frames(now, ("", body), feed="http-reports") for _ in range(2))
    assert (first.taken[0].created, again.taken[0].duplicates) == (1, 1)
    assert line.one("select rule from alerts") == "hotline-urgent"
    assert line.one("select placement from reports") == "none"


def test_an_unknown_device_is_refused_where_the_city_says_so(line: Line, now: datetime) -> None:
    config = line.deps.config.model_copy(update={"ingest": line.deps.config.ingest.model_copy(update={"unknown_devices": "reject"})})
    strict = Line(config, line.store)
    outcome = strict.tell(now, "d", now, water_depth=1.0)
    assert outcome.taken[0].rejected[0].reason == "unknown_device"
    assert strict.one("select count(*) from devices") == 0


def test_a_device_says_goodbye_and_is_unknown_at_once(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=1.0)
    line.frames(now + timedelta(seconds=1), ("city/320404/water/d/status", b"offline"))
    assert line.one("select presence from devices") == "offline"
    assert line.one("select rule from alerts") == "silent"
    later = now + timedelta(seconds=5)
    line.tell(later, "d", later, water_depth=1.0)
    assert line.one("select silent_at from devices") is None


def test_readings_without_a_time_are_never_taken_for_each_other(line: Line, now: datetime) -> None:
    """Two batches cut from one chunk of the wire carry the same moment of receipt."""
    for value in (1.0, 2.0, 2.0):
        outcome = line.tell(now, "d", None, water_depth=value)
        assert (outcome.taken[0].accepted, outcome.taken[0].duplicates, outcome.taken[0].rejected) == (1, 0, ())
    assert line.one("select count(*) from readings") == 3


def test_a_fault_between_us_and_the_schema_lets_every_frame_wait(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=1.0)
    with line.store.connection() as connection:
        connection.execute("alter table readings rename column quality to quality_code")
    with pytest.raises(StoreUnavailable):
        line.tell(now, "d", now + timedelta(seconds=1), water_depth=1.0)
    with line.store.connection() as connection:
        connection.execute("alter table readings rename column quality_code to quality")
    assert line.tell(now, "d", now + timedelta(seconds=1), water_depth=1.0).taken[0].accepted == 1
    assert line.one("select count(*) from rejected") == 0


def test_waits_of_silent_devices_do_not_stand_before_living_ones(line: Line, now: datetime) -> None:
    line.tell(now, "alive", now, water_depth=20.0)
    with line.store.connection() as connection:
        connection.execute(
            "insert into devices (device, name, domain, area, silent_at) select 'dead' || n, 'x', 'water', '320404', now() from generate_series(1, 600) n"
        )
        connection.execute(
            "insert into rule_waits (rule, subject, device_id, metric_id, since, due_at, value) "
            "select 'waterlogging', device || '/water_depth', device_id, (select metric_id from metrics where metric = 'water_depth'), %s, %s, 99 "
            "from devices where device like 'dead%%'",
            [now - timedelta(days=1), now - timedelta(days=1)],
        )
    line.tick(now + timedelta(seconds=61))
    assert [row["subject"] for row in line.rows("select subject from alerts")] == ["alive/water_depth"]


def test_a_number_that_json_cannot_hold_costs_no_neighbour(line: Line, now: datetime) -> None:
    body = b'[{"source": "s", "external_id": "1", "channel": "hotline", "title": "a", "observed_at": "%(at)s", "extra": {"x": NaN}},'
    body += b'{"source": "s", "external_id": "2", "channel": "hotline", "title": "b", "observed_at": "%(at)s"}]'
    outcome = line.frames(now, ("", body % {b"at": now.isoformat().encode()}), feed="http-reports")
    assert outcome.taken[0].created == 2
