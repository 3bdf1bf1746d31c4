"""Reports in batches: exactly once each, placed by one look at the map, callers apart, every step in the change log."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.snapshot import tell_feeds
from core.config import Config
from core.model import Frame, Taken
from pipeline import process
from store.health import HealthWriter
from store.timescale import Store
from tests.pipes import deps_of


class Office:
    """A pipeline on a database, spoken to in reports."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.deps, self.store, self.now = deps_of(config, store), store, now

    def send(self, *reports: dict[str, Any]) -> Taken:
        base = {"source": "s", "channel": "hotline", "title": "井盖缺损", "observed_at": self.now.isoformat()}
        body = json.dumps([base | report for report in reports]).encode()
        return process([Frame("http-reports", body, self.now)], self.now, self.deps).taken[0]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))


@pytest.fixture
def office(config: Config, database_url: str, now: datetime) -> Iterator[Office]:
    store = Store(database_url)
    yield Office(config, store, now)
    store.close()


@pytest.mark.parametrize("flag", [True, False])
def test_a_report_that_says_it_is_a_drill_or_simulated_gives_an_alert_that_says_so(office: Office, flag: bool) -> None:
    office.send({"external_id": "1", "class_code": "0503", "extra": {"drill": flag, "simulated": flag}})
    for table in ("reports", "alerts"):
        assert office.rows(f"select drill, simulated from {table}") == [{"drill": flag, "simulated": flag}]


def test_a_report_of_a_drills_camera_is_a_drills(office: Office) -> None:
    with office.store.connection() as connection:
        connection.execute(
            "insert into devices (device, name, domain, area, lon, lat, placement, drill) values ('cam', 'cam', 'urban', '320404001', 119.9, 31.7, 'inside', true)"
        )
    office.send({"external_id": "1", "class_code": "0503", "extra": {"camera": "cam"}}, {"external_id": "2", "extra": {"camera": "none"}})
    placed = office.rows("select external_id, drill, simulated, area, lon, placement from reports order by external_id")
    assert [tuple(row.values()) for row in placed] == [
        ("1", True, False, "320404001", 119.9, "inside"),
        ("2", False, False, "320404", None, "none"),
    ]
    assert office.rows("select drill, simulated from alerts") == [{"drill": True, "simulated": False}]


def test_a_batch_stores_each_report_once_and_what_changed_in_it_last(office: Office) -> None:
    first = office.send(
        *({"external_id": str(n), "text": "a"} for n in range(50)), {"external_id": "7", "text": "b"}, {"external_id": "7", "text": "b"}
    )
    again = office.send(*({"external_id": str(n), "text": "b"} for n in range(5, 9)))
    assert (first.created, first.accepted, first.duplicates) == (50, 51, 1)
    assert (again.created, again.accepted, again.duplicates) == (0, 3, 1)
    assert office.rows("select external_id from reports where text = 'b' order by 1") == [{"external_id": str(n)} for n in range(5, 9)]


def test_every_value_of_a_report_arrives_as_it_was_sent(office: Office) -> None:
    at = office.now - timedelta(minutes=3, microseconds=7)
    office.send(
        {
            "external_id": "1", "text": "一'\"\\\n{\t", "address": "长江路", "lon": 119.9123456789, "lat": 31.71, "class_code": "9999", "confidence": 0.1,
            "severity": 2, "media": ["a,b", 'c"}', "空 格"], "extra": {"n": 12345678901234567890123, "x": [1.5, None, {"y": "ü"}]}, "ended": True,
            "observed_at": at.isoformat(), "caller": {"phone": "1"},
        }
    )  # fmt: skip
    [row] = office.rows("select r.*, p.name, p.phone from reports r left join persons p using (person_id)")
    assert (row["text"], row["address"], row["lon"], row["lat"], row["confidence"], row["severity"]) == (
        "一'\"\\\n{\t", "长江路", 119.9123456789, 31.71, 0.1, 2,
    )  # fmt: skip
    assert (row["media"], row["class_code"], row["datum"], row["placement"]) == (["a,b", 'c"}', "空 格"], None, "cgcs2000", "outside")
    assert row["extra"] == {"n": 12345678901234567890123, "x": [1.5, None, {"y": "ü"}], "class_code": "9999"}
    assert (row["observed_at"], row["received_at"], row["ended_at"]) == (at, office.now, office.now)
    assert (row["name"], row["phone"]) == ("", "1")


def test_each_report_of_a_batch_keeps_its_own_caller_and_a_known_one_makes_no_other(office: Office) -> None:
    reports = [{"external_id": str(n), "caller": {"name": f"name{n}"} if n % 3 else None} for n in range(30)]
    office.send(*reversed(reports))
    office.send(*(report | {"text": "more"} for report in reports))
    called = office.rows("select external_id, name from reports left join persons using (person_id) order by external_id::int")
    assert [row["name"] for row in called] == [f"name{n}" if n % 3 else None for n in range(30)]
    assert office.rows("select count(*) as n from persons") == [{"n": 20}]


def test_new_and_changed_reports_stand_in_the_change_log_and_history_does_not(office: Office) -> None:
    old = (office.now - timedelta(days=3)).isoformat()
    office.send({"external_id": "1"}, {"external_id": "2", "observed_at": old})
    office.send({"external_id": "1", "text": "more"}, {"external_id": "3"})
    office.send({"external_id": "1", "text": "more"})
    moves = office.rows(
        "select before->>'text' as was, before is null as new, after->>'text' as became, after->>'external_id' as id, area from change_log "
        "where noun = 'report' order by change_id"
    )
    assert [(row["id"], row["new"], row["was"], row["became"]) for row in moves] == [
        ("1", True, None, None), ("1", False, None, "more"), ("3", True, None, None),
    ]  # fmt: skip
    [told] = office.rows(
        "select c.after = to_jsonb(v) as same from change_log c join live_reports v on v.id::text = c.key where v.external_id = '3' and noun = 'report'"
    )
    assert told["same"]


def test_an_event_that_ends_days_later_returns_the_alert_it_opened(office: Office) -> None:
    began, report = office.now, {"external_id": "1", "class_code": "0503", "observed_at": office.now.isoformat()}
    office.send(report, {**report, "external_id": "2"}, {**report, "external_id": "3"})
    office.rows("update alerts set stage = 'acked' where subject = 'report:s/2' returning 1")
    office.now = began + timedelta(days=2)
    office.send(*({**report, "external_id": number, "ended": True} for number in "12"), {**report, "external_id": "3", "text": "still"})
    stages = [tuple(row.values()) for row in office.rows("select stage, returned_at from alerts order by subject")]
    assert stages == [("rtn_unack", office.now), ("normal", office.now), ("unack", None)]
    assert office.rows("select after->>'ended_at' is not null as ended from change_log where noun = 'report' and key = '1' order by change_id") == [
        {"ended": False}, {"ended": True},
    ]  # fmt: skip


def test_an_old_report_opens_nothing_even_when_another_rule_would_ring_for_it_by_now(office: Office) -> None:
    report = {"external_id": "1", "class_code": "0503", "observed_at": office.now.isoformat()}
    office.send(report, {**report, "external_id": "2", "class_code": "0101"})
    rules = office.deps.config.rules
    more = Office(office.deps.config.model_copy(update={"rules": {**rules, "second": rules["hotline-urgent"]}}), office.store, office.now)
    more.now += timedelta(days=2)
    more.send({**report, "text": "more"}, {**report, "external_id": "2", "ended": True}, {**report, "external_id": "3", "ended": True})
    assert office.rows("select rule, stage from alerts") == [{"rule": "hotline-urgent", "stage": "unack"}]


def test_a_body_of_too_many_reports_is_refused_as_a_whole_and_says_how_many_are_taken(office: Office) -> None:
    most = office.deps.config.ingest.max_reports
    taken = office.send(*({"external_id": str(n)} for n in range(most + 1)))
    assert (taken.accepted, [(one.reason, one.index) for one in taken.rejected]) == (0, [("too_large", None)])
    assert str(most) in taken.rejected[0].detail
    assert office.rows("select count(*) as n from reports") == [{"n": 0}]


def test_what_is_posted_under_a_formats_name_is_refused_under_its_feeds_name(office: Office, config: Config) -> None:
    header = ",".join(config.feeds["hotline"].columns.values())
    process([Frame("hotline-csv", f"{header}\nT-1,积水,,,昨天,,,,张三,13800000000\n".encode(), office.now)], office.now, office.deps)
    assert office.rows("select feed, reason from rejected") == [{"feed": "hotline", "reason": "undecodable"}]


def test_a_feed_that_revises_does_so_also_under_its_formats_name(office: Office, config: Config) -> None:
    feeds = {**config.feeds, "http-readings": config.feeds["http-readings"].model_copy(update={"revises": True})}
    deps = Office(config.model_copy(update={"feeds": feeds}), office.store, office.now).deps
    for value in (1, 2):
        body = json.dumps([{"device": "d", "metric": "noise", "value": value, "observed_at": office.now.isoformat()}]).encode()
        process([Frame("readings", body, office.now)], office.now, deps)
    assert office.rows("select value from readings") == [{"value": 2.0}]


def test_what_is_posted_under_a_formats_name_is_counted_and_shown_under_its_feeds_name(office: Office, config: Config) -> None:
    health = HealthWriter(office.store, "edge:test", ("hotline", "sf311"), office.now)
    for name in ("hotline", "sf311"):
        header = ",".join(config.feeds[name].columns.values())
        frames = [Frame("hotline-csv", f"{header}\n".encode(), office.now)]
        outcome = process(frames, office.now, office.deps)
        health.count(outcome.frames, outcome.taken)
    frames = [Frame("no such feed", b"x", office.now), Frame("", b"x", office.now)]
    outcome = process(frames, office.now, office.deps)
    health.count(outcome.frames, outcome.taken)
    health.tell("connected", office.now, "", office.now)
    with office.store.connection() as connection:
        connection.execute(
            "insert into feed_health (feed, worker, state, since, updated_at) values ('hotline-csv', 'an older edge', 'stopped', now(), now())"
        )
        told = {row["feed"]: row["last_at"] for row in tell_feeds(connection, config)}
    assert told == {"hotline": office.now.isoformat(), "sf311": office.now.isoformat()}
