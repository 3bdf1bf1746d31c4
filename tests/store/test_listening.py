"""A device is silent only for time in which somebody listened: told by time travel, with the real writer of health."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from core.config import Config
from core.model import Frame
from pipeline import process
from store.correlation import read_pending
from store.health import HealthWriter
from store.timescale import Store
from tests.store.test_pipeline import Line

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DEVICES = ("a", "b", "c")
PATIENCE = 20 * MINUTE  # four intervals of the five minutes an adopted device is given


class Worker:
    """One worker's lane: it tells of its feeds once a second, as worker.py does, until it is no more."""

    def __init__(self, line: Line, name: str, now: datetime, feeds: tuple[str, ...] = ("city",)) -> None:
        self.line, self.health = line, HealthWriter(line.store, name, feeds, now)

    def live(self, since: datetime, until: datetime, state: str = "connected", ticks: bool = True) -> None:
        """From one moment to another, in steps of ten seconds: a batch, then the word about it."""
        at = since
        while at <= until:
            if ticks:
                self.line.tick(at)
            self.health.tell(state, since, "", at)
            at += 10 * SECOND


@pytest.fixture
def line(config: Config, database_url: str) -> Iterator[Line]:
    store = Store(database_url)
    yield Line(config, store)
    store.close()


def speak(line: Line, at: datetime, *devices: str) -> None:
    for device in devices:
        line.tell(at, device, at, water_depth=1.0)


def silent(line: Line) -> list[str]:
    return [row["subject"] for row in line.rows("select subject from alerts where rule = 'silent' and stage <> 'normal' order by subject")]


def test_after_an_hour_away_nobody_is_called_silent_and_one_patience_later_those_who_are(line: Line, now: datetime) -> None:
    first = Worker(line, "w1", now)
    first.live(now, now + MINUTE)
    speak(line, now + MINUTE, *DEVICES)
    back = now + HOUR
    for k in range(5):
        line.tick(back + k * SECOND)  # jobs, before any worker is up
    Worker(line, "w2", back).live(back + 5 * SECOND, back + MINUTE)
    assert silent(line) == []
    assert line.one("select count(*) from devices where silent_at is not null") == 0
    speak(line, back + MINUTE, "a")
    Worker(line, "w2", back).live(back + 70 * SECOND, back + PATIENCE)
    assert silent(line) == []
    speak(line, back + PATIENCE, "a")
    Worker(line, "w2", back).live(back + PATIENCE + 5 * SECOND, back + PATIENCE + 45 * SECOND)
    assert silent(line) == ["b", "c"]
    assert line.one("select max(count) from alerts") == 1
    assert line.one("select silent_at from devices where device = 'b'") == now + MINUTE


def test_what_a_person_writes_down_brings_no_dead_device_back_and_its_own_word_does(line: Line, now: datetime) -> None:
    speak(line, now, "a", "b")
    Worker(line, "w1", now).live(now, now + PATIENCE + MINUTE)
    assert silent(line) == ["a", "b"]
    watched = line.rows("select * from device_watch")
    at = now + PATIENCE + 2 * MINUTE
    row = {"device": "a", "metric": "water_depth", "value": 30.0, "observed_at": at.isoformat(), "quality": "manual"}
    taken = process([Frame("http-manual", json.dumps([row]).encode(), at, "/api/v1/readings", "areas:")], at, line.deps).taken[0]
    assert (taken.accepted, line.one("select value from device_states where quality = 9")) == (1, 30.0)
    assert silent(line) == ["a", "b"]
    assert (line.one("select count(*) from devices where silent_at is not null"), line.rows("select * from device_watch")) == (2, watched)
    assert line.rows("select distinct stage from alerts where rule = 'silent'") == [{"stage": "unack"}]
    line.tick(at + 3 * MINUTE)
    assert line.rows("select subject, stage from alerts where rule = 'waterlogging'") == [{"subject": "a/water_depth", "stage": "unack"}]
    speak(line, at + 4 * MINUTE, "a")
    assert line.rows("select device from devices where silent_at is not null") == [{"device": "b"}]


def test_short_breaks_in_listening_forgive_no_more_silence_than_their_own_length(line: Line, now: datetime) -> None:
    worker, at = Worker(line, "w1", now), now
    speak(line, now, "a")
    for listened in (18 * MINUTE, 5 * MINUTE):
        worker.live(at, at + listened)
        at += listened + 20 * SECOND
    assert silent(line) == ["a"]
    [row] = line.rows("select count(*) as n, sum(until - since) as deaf from listening_gaps where since > '-infinity'")
    assert (row["n"], row["deaf"]) == (1, 20 * SECOND)


def test_listening_that_breaks_off_every_minute_still_finds_who_is_silent(line: Line, now: datetime) -> None:
    """A patience and a grace of listening in pieces, none as long as the grace of four minutes."""
    worker = Worker(line, "w1", now)
    speak(line, now, "a")
    for cycle in range(26):
        worker.live(now + cycle * 80 * SECOND, now + cycle * 80 * SECOND + MINUTE)
    assert silent(line) == ["a"]


def test_who_had_little_patience_left_when_listening_stopped_has_a_grace_to_speak_after_the_return(line: Line, now: datetime) -> None:
    speak(line, now, "a", "b")
    Worker(line, "w1", now).live(now, now + PATIENCE - 10 * SECOND)
    back = now + 2 * HOUR
    Worker(line, "w2", back).live(back, back + 3 * MINUTE)
    assert silent(line) == []
    speak(line, back + 3 * MINUTE, "b")
    Worker(line, "w2", back).live(back + 3 * MINUTE + 10 * SECOND, back + 5 * MINUTE)
    assert silent(line) == ["a"]


def test_two_workers_that_come_back_write_one_gap_down_and_what_was_before_the_first_is_one_too(line: Line, now: datetime) -> None:
    for at, worker in ((now, "w1"), (now + MINUTE, "w1"), (now + MINUTE, "w2"), (now + 61 * SECOND, "w2")):
        Worker(line, worker, at).live(at, at, ticks=False)
    gaps = line.rows("select nullif(since, '-infinity') as since, until from listening_gaps order by until")
    assert [tuple(gap.values()) for gap in gaps] == [(None, now), (now, now + MINUTE)]


def test_silent_neighbours_are_no_incident(line: Line, now: datetime) -> None:
    speak(line, now, *DEVICES)
    Worker(line, "w1", now).live(now, now + PATIENCE + 30 * SECOND)
    assert silent(line) == list(DEVICES)
    with line.store.connection() as c:
        assert read_pending(c, line.deps.config, now, now + HOUR) == []


def test_while_the_last_worker_is_dead_jobs_call_nobody_silent(line: Line, now: datetime) -> None:
    Worker(line, "w1", now).live(now, now + MINUTE)
    speak(line, now + MINUTE, *DEVICES)
    for minute in range(2, 90):
        line.tick(now + minute * MINUTE)
    assert silent(line) == []


def test_who_was_silent_for_all_of_its_patience_before_the_worker_died_rings_without_it(line: Line, now: datetime) -> None:
    worker = Worker(line, "w1", now)
    speak(line, now, "a")
    worker.live(now, now + PATIENCE - 10 * SECOND, ticks=False)
    speak(line, now + PATIENCE - 5 * SECOND, "b")
    worker.live(now + PATIENCE, now + PATIENCE + 10 * SECOND, ticks=False)
    line.tick(now + PATIENCE + 20 * SECOND)
    assert silent(line) == ["a"]


def test_one_dead_worker_of_two_takes_no_ear_away(line: Line, now: datetime) -> None:
    Worker(line, "w1", now).live(now, now + MINUTE)
    speak(line, now + MINUTE, *DEVICES)
    Worker(line, "w2", now).live(now, now + MINUTE + PATIENCE + 30 * SECOND)
    assert silent(line) == list(DEVICES)


def test_a_worker_that_lost_its_broker_does_not_listen(line: Line, now: datetime) -> None:
    worker = Worker(line, "w1", now)
    worker.live(now, now + MINUTE)
    speak(line, now + MINUTE, *DEVICES)
    worker.live(now + 70 * SECOND, now + HOUR, state="waiting")
    assert silent(line) == []
    worker.live(now + HOUR + 10 * SECOND, now + HOUR + PATIENCE)
    assert silent(line) == []
    worker.live(now + HOUR + PATIENCE + 10 * SECOND, now + HOUR + PATIENCE + MINUTE)
    assert silent(line) == list(DEVICES)


def test_an_ear_at_one_feed_does_not_hear_the_devices_of_another(line: Line, now: datetime) -> None:
    Worker(line, "w1", now, ("city",)).live(now, now + MINUTE)
    speak(line, now + MINUTE, *DEVICES)
    Worker(line, "edge", now, ("http-readings",)).live(now, now + 2 * HOUR)
    assert silent(line) == []


def test_a_silent_device_stays_silent_while_nobody_listens_and_its_alarm_stays(line: Line, now: datetime) -> None:
    worker = Worker(line, "w1", now)
    speak(line, now, "a")
    worker.live(now, now + PATIENCE + 30 * SECOND)
    assert silent(line) == ["a"]
    for minute in range(30, 90):
        line.tick(now + minute * MINUTE)
    assert silent(line) == ["a"]
    assert line.one("select silent_at from devices where device = 'a'") == now
    assert line.one("select stage from alerts") == "unack"


def test_a_device_that_was_registered_and_never_spoke_rings_only_when_all_listened(line: Line, now: datetime) -> None:
    with line.store.connection() as c:
        c.execute(
            "insert into devices (device, name, domain, area, interval_s, created_at) values ('mute', 'm', 'water', '320404', 60, %s)",
            [now],
        )
        c.execute("insert into device_watch (device_id, attention_at) select device_id, %s from devices", [now + MINUTE])
    Worker(line, "edge", now, ("http-readings",)).live(now, now + MINUTE)
    city = Worker(line, "w1", now, ("city",))
    city.live(now, now + MINUTE)
    Worker(line, "edge", now, ("http-readings",)).live(now + MINUTE, now + 20 * MINUTE)
    assert silent(line) == []
    back = now + 20 * MINUTE
    for k in range(0, 300, 10):
        Worker(line, "edge", now, ("http-readings",)).live(back + k * SECOND, back + k * SECOND)
        city.live(back + k * SECOND, back + k * SECOND)
    assert silent(line) == ["mute"]
