"""Each part goes away and comes back: what the others do meanwhile, what they say of it, and that nobody has to help."""

import os
import re
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import web
from tests.parts import broker, feed, rows_of, start, tell
from tests.parts import city as city
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.watched_city import City, Event, Screen, alive, says, tells

SAID_WITHIN_S = 5.0


def checks(city: City) -> dict[str, str]:
    answer: dict[str, Any] = web.get(f"{city.stack.url}/readyz", timeout=PATIENCE_S).json()
    return dict(answer["checks"])


def reading(device: str, value: float = 1.5) -> dict[str, Any]:
    return {"readings": [{"device": device, "metric": "pm25", "value": value, "observed_at": datetime.now(UTC).isoformat()}]}


class Diary:
    """A screen's events in their order; `numbers` are those of its deltas."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.snapshots = screen, list[int]()
        self.numbers: list[int] = []

    def wait(self, what: Callable[[Event], Any]) -> None:
        def noted(event: Event) -> Any:
            if event[1] is not None:
                (self.numbers if event[0] == "delta" else self.snapshots).append(event[1])
            return what(event)

        self.screen.wait(noted)


@pytest.mark.timeout(240)
def test_the_database_goes_and_everybody_says_so_and_nothing_is_lost(city: City) -> None:
    postgres = city.stack.services.postgres
    start(city, "worker", "jobs", "web", "edge")
    city.stack.ready()
    with city.screen() as screen, broker(city) as sensor:
        screen.wait(tells(city.leak()))
        body = reading("held")
        postgres.stop("immediate")
        gone = Stopwatch()
        try:
            refused = city.post("/readings", body)
            gone.within(SAID_WITHIN_S, "the refusal")
            assert (refused.status_code, refused.json()["type"]) == (503, "urn:yiping:problem:store_away")
            assert int(refused.headers["retry-after"]) >= 1
            screen.wait(says(store="away"))
            gone.within(SAID_WITHIN_S, "telling screens")
            tell(sensor, "queued")
            ready = web.get(f"{city.stack.url}/readyz", timeout=PATIENCE_S)
            assert ready.status_code == 503
            assert ready.json()["checks"]["database"] != "ok"
            listed = web.get(f"{city.stack.url}/api/v1/alerts", headers={"Authorization": f"Bearer {city.read}"}, timeout=PATIENCE_S)
            assert (listed.status_code, "retry-after" in listed.headers) == (503, True)
            until(lambda: re.search(r"store_away.*next_try_s=", city.stack.log("worker")), what="the worker says when it tries again")
        finally:
            postgres.start()
        screen.wait(says(store="ok"), within=20)
        city.stack.ready()
        until(lambda: rows_of(city, "queued") == 1, what="what the broker kept is stored")
        assert "store_back" in city.stack.log("worker")
        again = [city.post("/readings", body).json() for _ in range(2)]
        assert [(each["accepted"], each["duplicates"]) for each in again] == [(1, 0), (0, 1)]
        assert rows_of(city, "held") == 1
        screen.wait(tells(city.leak()), within=20)


@pytest.mark.timeout(240)
def test_without_redis_feeds_go_on_and_screens_are_fed_from_the_database(city: City) -> None:
    redis = city.stack.services.redis
    start(city, "worker", "jobs", "edge")

    def hang() -> None:
        assert redis.pid
        os.kill(redis.pid, signal.SIGSTOP)

    def go_on() -> None:
        if redis.pid:
            os.kill(redis.pid, signal.SIGCONT)

    with broker(city) as sensor:
        for device, leave, come_back in (("killed", redis.kill, redis.start), ("hanging", hang, go_on)):
            with city.screen() as screen:
                screen.wait(lambda event: event[0] == "snapshot" or says(live="push")(event))
                until(lambda: checks(city)["redis"] == "ok", what="Redis is well")
                screen.wait(tells(city.leak()))
                leave()
                gone = Stopwatch()
                try:
                    tell(sensor, device)
                    assert city.post("/readings", reading(device, 2.5)).json()["accepted"] == 1
                    screen.wait(says(live="poll"))
                    gone.within(SAID_WITHIN_S, "telling screens")
                    screen.wait(tells(city.leak()), within=5)
                    until(lambda: checks(city)["redis"].startswith("away"), what="readyz says so")
                    until(lambda: {checks(city)[name] for name in ("database", "projector", "mqtt")} == {"ok"}, what="the others are well")
                    until(lambda device=device: rows_of(city, device) == 2, what="both wires go on", within=5)  # type: ignore[misc]
                finally:
                    come_back()
                screen.wait(says(live="push"), within=15)
                screen.wait(tells(city.leak()), within=5)


@pytest.mark.timeout(240)
def test_the_broker_goes_and_the_worker_says_so_and_comes_back_to_its_queue(city: City) -> None:
    mosquitto = city.stack.services.mosquitto
    start(city, "worker", "edge")
    with broker(city) as sensor:
        tell(sensor, "before")
    until(lambda: rows_of(city, "before") == 1)
    mosquitto.terminate()
    gone = time.monotonic()
    try:
        until(lambda: feed(city)["state"] == "waiting", what="feed_health tells", within=SAID_WITHIN_S)
        assert feed(city)["detail"]
        until(lambda: checks(city)["mqtt"] == "no worker is connected", what="readyz tells")
        assert city.post("/readings", reading("beside")).json()["accepted"] == 1
        time.sleep(max(0.0, gone + 3 - time.monotonic()))
    finally:
        mosquitto.start()
    until(
        lambda: feed(city)["state"] == "connected", within=2, what="the worker is back before senders are: they come again after a second"
    )
    with broker(city) as sensor:
        for number in range(50):
            tell(sensor, "after", number)
    until(lambda: rows_of(city, "after") == 50, what="later messages arrive")
    until(lambda: (feed(city)["state"], feed(city)["accepted"]) == ("connected", 51), what="feed_health tells")
    until(lambda: checks(city)["mqtt"] == "ok", what="readyz tells")


@pytest.mark.timeout(240)
def test_the_stream_has_neither_gap_nor_double_when_the_leader_and_then_the_edge_is_killed(city: City) -> None:
    start(city, "jobs", "edge")
    until(lambda: "leading" in city.stack.log("jobs"), what="one leads")
    city.stack.start("jobs2")
    until(lambda: "jobs_started" in city.stack.log("jobs2"), what="another is there")
    with city.screen() as screen:
        diary = Diary(screen)
        diary.wait(tells(city.leak()))
        city.stack.kill("jobs")
        gone = Stopwatch()
        until(lambda: "leading" in city.stack.log("jobs2"), what="the other leads", within=SAID_WITHIN_S)
        diary.wait(tells(city.leak()))
        gone.within(2 * SAID_WITHIN_S, "an alarm by the other")
        city.stack.kill("edge")
        diary.wait(lambda event: event[0] == "closed")
    city.stack.start("edge")
    until(lambda: alive(city.stack), what="the edge answers")
    missed = city.leak()
    with city.screen(after=diary.numbers[-1]) as screen:
        diary.screen = screen
        diary.wait(tells(missed))
        diary.wait(tells(city.leak()))
    assert len(diary.snapshots) == 1
    assert diary.numbers == list(range(diary.snapshots[0] + 1, diary.snapshots[0] + 1 + len(diary.numbers)))
