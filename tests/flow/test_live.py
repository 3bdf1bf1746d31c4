"""The live stream as a screen meets it, through real processes: in time, without gaps, whatever dies or hangs on the way."""

import os
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests import web
from tests.patience import Stopwatch, until
from tests.stack import Stack
from tests.watched_city import City, Event, alive, says, tells

if TYPE_CHECKING:
    from deploy.local.services import Services


@pytest.fixture
def database_name(services: "Services", template: str) -> Iterator[str]:
    """As everywhere, but one that outlives a restart of its server."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    for statement in (f"create database {name} template {template} owner yiping", f"drop database {name} with (force)"):
        with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
            connection.execute(statement)
        if statement.startswith("create"):
            yield name


@pytest.fixture
def city(stack: Stack, database_url: str) -> Iterator[City]:
    city = City(stack, database_url)
    stack.start("jobs", "edge")
    until(lambda: alive(stack), what="the edge answers")
    yield city
    city.store.close()


def test_an_alarm_is_on_the_screen_within_a_second_and_in_the_next_snapshot(city: City) -> None:
    with city.screen() as screen:
        first = screen.wait(lambda event: event[0] == "snapshot")
        screen.wait(says(live="push")) if first[2]["live"]["mode"] != "push" else None
        whole, took = Stopwatch(), []
        for _ in range(5):
            watch = Stopwatch()
            subject = city.leak()
            screen.wait(tells(subject))
            took.append(watch.seconds)
        whole.within(1.0, "the median of five alarms", sorted(took)[2])  # measured alone: 0.15 s
        screen.told(lambda event: any(part.get("incidents") for part in event[2].get("streets", {}).values()))
        until(lambda: screen.beats >= 1, what="a beat")
    snapshot = web.get(f"{city.stack.url}/api/v1/snapshot", headers={"Authorization": f"Bearer {city.read}"}).json()
    assert [alert["subject"] for alert in snapshot["streets"]["320404001"]["alerts"]].count(subject) == 1


def test_a_reader_never_sees_another_areas_streets(city: City) -> None:
    with city.screen(str(city.south)) as screen:
        first = screen.wait(lambda event: event[0] == "snapshot")
        assert list(first[2]["streets"]) == ["320404002"]
        with city.store.connection() as c:
            c.execute(
                """insert into devices (device, name, domain, area, lon, lat, placement, cell_id)
                   select 'south', 'gas', 'emergency', area, lon, lat, 'inside', cell_id from cells where cell_id = 2"""
            )
        with city.screen() as wide:
            wide.wait(lambda event: event[0] == "snapshot")
            for _ in range(3):  # each told before the next is caused: none is merged into another
                wide.wait(tells(city.leak()))
        mine = city.leak("south")
        screen.wait(tells(mine))
    deltas = [event[2]["streets"] for event in screen.seen if event[0] == "delta"]
    assert all(set(streets) <= {"320404002"} for streets in deltas), deltas
    assert "g1/gas" not in str(screen.seen)


def test_who_comes_back_with_its_number_gets_what_it_missed_even_from_a_new_edge(city: City) -> None:
    with city.screen() as screen:
        screen.wait(lambda event: event[0] == "snapshot")
        screen.wait(tells(city.leak()))
        number = screen.last_id
    assert number is not None
    missed = city.leak()
    until(lambda: position(city) > number)
    city.stack.kill("edge")
    city.stack.start("edge")
    until(lambda: alive(city.stack), what="the edge answers")
    with city.screen(after=number) as screen:
        event = screen.wait(lambda event: event[0] in ("delta", "snapshot"))
        assert (event[0], event[1]) == ("delta", number + 1)
        if not tells(missed)(event):
            screen.wait(tells(missed))
    with city.screen(after=10**9) as screen:
        assert screen.wait(lambda event: event[0] in ("delta", "snapshot"))[0] == "snapshot"


def position(city: City) -> int:
    with city.store.connection() as c:
        row = c.execute("select sequence from live_cursor").fetchone()
        assert row is not None
        return int(row["sequence"])


def test_a_hanging_redis_costs_no_reading_and_no_alarm(city: City, services: "Services") -> None:
    pid = services.redis.pid
    assert pid is not None
    with city.screen() as screen:
        screen.wait(says(live="push"))
        os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(5):
                watch = Stopwatch()
                subject = city.leak()
                watch.within(1.0, "a reading while Redis hangs")
            screen.wait_all(tells(subject), says(live="poll"), within=10)
            screen.wait(tells(city.leak()), within=4)
        finally:
            os.kill(pid, signal.SIGCONT)
        screen.wait(says(live="push"), within=10)
        screen.wait(tells(city.leak()), within=4)


def test_a_killed_redis_is_replaced_by_the_database_until_it_is_back(city: City, services: "Services") -> None:
    with city.screen() as screen:
        screen.wait(says(live="push"))
        services.redis.kill()
        screen.wait(says(live="poll"), within=8)
        screen.wait(tells(city.leak()), within=4)
        services.redis.restart()
        screen.wait(says(live="push"), within=10)
        screen.wait(tells(city.leak()), within=4)


def test_a_database_that_left_is_said_within_3_seconds_and_the_stream_lives_on(city: City, services: "Services") -> None:
    with city.screen() as screen:
        screen.wait(lambda event: event[0] == "snapshot")
        screen.wait(tells(city.leak()))
        services.postgres.stop("immediate")
        try:
            screen.wait(says(store="away"), within=3.5)
            answer = city.post("/readings", {"readings": []})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        finally:
            services.postgres.start()
        screen.wait(says(store="ok"), within=20)
        subject = until(lambda: leak_again(city), what="readings are taken again", within=20)
        screen.wait(tells(subject), within=15)


def told_at(event: Event) -> datetime | None:
    told = event[2].get("projector_at") if event[0] == "status" else None
    return datetime.fromisoformat(told) if told else None


def test_silence_that_was_listened_to_is_decided_without_any_worker(city: City) -> None:
    with city.screen() as screen, city.store.connection() as c:
        screen.wait(lambda event: event[0] == "snapshot")
        c.execute(
            "insert into device_watch (device_id, attention_at) select device_id, now() - interval '1 second' from devices where device = 'g7'"
        )
        c.execute("update devices set created_at = now() - interval '1 day' where device = 'g7'")
        c.execute("insert into listening (feed, since, until) values ('city', now() - interval '1 day', now())")
        c.execute("update listening set since = now() - interval '1 day'")
        c.execute("delete from listening_gaps")
        c.commit()
        counted = lambda event: event[2].get("streets", {}).get("320404001", {}).get("figures", {}).get("silent", 0) >= 1  # noqa: E731
        screen.wait_all(tells("g7"), counted, within=20)


def test_a_projector_that_hangs_is_seen_to_hang_although_the_edge_beats(city: City) -> None:
    with city.screen() as screen:
        screen.wait(lambda event: (at := told_at(event)) and datetime.now(UTC) - at < timedelta(seconds=3))
        os.kill(city.stack.pid("jobs"), signal.SIGSTOP)
        try:
            stands = screen.wait(lambda event: (at := told_at(event)) and datetime.now(UTC) - at > timedelta(seconds=5))
            beats = screen.beats
            assert told_at(screen.wait(lambda event: told_at(event) is not None)) == told_at(stands)
            until(lambda: screen.beats > beats, what="the edge beats")
        finally:
            os.kill(city.stack.pid("jobs"), signal.SIGCONT)
        screen.wait(lambda event: (at := told_at(event)) and datetime.now(UTC) - at < timedelta(seconds=3))


def test_without_redis_the_database_is_the_wire_and_that_is_no_alarm(stack: Stack, database_url: str) -> None:
    stack.environment["YIPING_REDIS_URL"] = ""
    city = City(stack, database_url)
    stack.start("jobs", "edge")
    until(lambda: alive(stack), what="the edge answers")
    with city.screen() as screen:
        assert screen.wait(lambda event: event[0] == "snapshot")[2]["live"]["mode"] == "database"
        screen.wait(tells(city.leak()), within=5)
        quiet = datetime.now(UTC) + timedelta(seconds=4)  # nothing happens; the projector's sign of life comes all the same
        screen.wait(lambda event: (at := told_at(event)) and at > quiet, within=7.5)
        assert not any(event[2].get("live") == "poll" for event in screen.seen)
    city.store.close()


def leak_again(city: City) -> str | None:
    try:
        return city.leak()
    except (AssertionError, KeyError):
        return None


def test_another_leads_within_3_seconds_when_the_leader_is_killed(city: City) -> None:
    city.stack.start("jobs2")
    until(lambda: "jobs_started" in city.stack.log("jobs2"), what="another is there")
    with city.screen() as screen:
        screen.wait(tells(city.leak()))
        city.stack.kill("jobs")
        watch = Stopwatch()
        until(lambda: "leading" in city.stack.log("jobs2"), what="the other leads")
        watch.within(3.0, "another's taking the lead")
        screen.wait(tells(city.leak()))
        watch.within(4.0, "an alarm by the new leader")


def test_a_reading_posted_twice_is_a_duplicate_and_a_key_used_twice_gives_the_first_answer(city: City) -> None:
    body = {"readings": [{"device": "g1", "metric": "gas", "value": 1, "observed_at": "2026-11-21T12:00:00+08:00"}]}
    body["readings"][0]["observed_at"] = datetime.now(UTC).isoformat()
    first, second = city.post("/readings", body), city.post("/readings", body)
    assert (first.json()["accepted"], second.json()["duplicates"]) == (1, 1)
    keyed = {"Idempotency-Key": "k1"}
    report = {"source": "s", "external_id": "1", "channel": "hotline", "title": "t", "observed_at": datetime.now(UTC).isoformat()}
    answers = [city.post("/reports", report, **keyed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert city.post("/reports", {**report, "title": "u"}, **keyed).status_code == 422
    with psycopg.connect(city.stack.environment["YIPING_DATABASE_URL"]) as c:
        assert c.execute("select count(*) from reports").fetchone() == (1,)


def test_what_cannot_be_read_is_a_problem_and_is_kept(city: City) -> None:
    headers = {"Authorization": f"Bearer {city.feed}", "Content-Type": "application/json"}
    answer = web.post(f"{city.stack.url}/api/v1/readings", content=b"\xff nonsense", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    image = {**headers, "Content-Type": "image/png"}
    assert web.post(f"{city.stack.url}/api/v1/readings", content=b"a", headers=image).status_code == 415
    assert web.post(f"{city.stack.url}/api/v1/readings", content=b"{}").status_code == 401
    assert web.post(f"{city.stack.url}/api/v1/feeds/nothing", content=b"{}", headers=headers).status_code == 404
    with city.store.connection() as c:
        row = c.execute("select raw from rejected").fetchone()
        assert row is not None
        assert bytes(row["raw"]) == b"\xff nonsense"


def test_without_the_web_process_pages_say_so_in_both_languages_and_try_again(city: City) -> None:
    answer = web.get(f"{city.stack.url}/wall", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert "自动重试" in answer.text
    assert "tries again" in answer.text
    assert web.get(f"{city.stack.url}/api/v1/alerts").json()["type"] == "urn:yiping:problem:web_away"
