"""Each part goes away and comes back: what the others do meanwhile, what they say of it, and that nobody has to help."""

import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ingest.mqtt_publish import Publisher, publisher
from tests.flow.test_live import City, Event, Screen, alive, says, tells
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.stack import Stack

SAID_WITHIN_S = 5.0


@pytest.fixture
def city(stack: Stack) -> Iterator[City]:
    """Two streets and forty gas detectors; nothing runs yet."""
    found = City(stack, stack.environment["YIPING_DATABASE_URL"])
    yield found
    found.store.close()


@contextmanager
def broker(city: City) -> Iterator[Publisher]:
    with publisher(city.stack.services.mosquitto.feed_url) as connected:
        yield connected


def start(city: City, *names: str) -> None:
    city.stack.start(*names)
    if "edge" in names:
        until(lambda: alive(city.stack), what="the edge answers")
    if "worker" in names:
        until(lambda: feed(city)["state"] == "connected", what="the worker is connected")


def checks(city: City) -> dict[str, str]:
    answer: dict[str, Any] = httpx.get(f"{city.stack.url}/readyz", timeout=PATIENCE_S).json()
    return dict(answer["checks"])


def one(city: City, query: str, *values: object) -> Any:
    with city.store.connection() as connection:
        row = connection.execute(query, values).fetchone()
        assert row
        return next(iter(row.values()))


def feed(city: City, name: str = "city") -> dict[str, Any]:
    """What the worker says of a feed."""
    with city.store.connection() as connection:
        row = connection.execute("select * from feed_health where feed = %s and worker not like 'edge:%%'", [name]).fetchone()
        return row or {"state": "nothing"}


def reading(device: str, value: float = 1.5) -> dict[str, Any]:
    return {"readings": [{"device": device, "metric": "pm25", "value": value, "observed_at": datetime.now(UTC).isoformat()}]}


def tell(connected: Publisher, device: str, value: float = 1.5) -> None:
    """A message without neighbours, as a sensor sends it; on the district's topic, so that whoever tells of a device first may adopt it."""
    body = {"ts": datetime.now(UTC).isoformat(), "values": {"pm25": value}}
    connected.publish(f"city/320404/environment/{device}/telemetry", json.dumps(body).encode())


def rows_of(city: City, device: str) -> int:
    return int(one(city, "select count(*) from readings join devices using (device_id) where device = %s", device))


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
            ready = httpx.get(f"{city.stack.url}/readyz", timeout=PATIENCE_S)
            assert ready.status_code == 503
            assert ready.json()["checks"]["database"] != "ok"
            listed = httpx.get(f"{city.stack.url}/api/v1/alerts", headers={"Authorization": f"Bearer {city.read}"}, timeout=PATIENCE_S)
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


def stamps(count: int) -> list[str]:
    present = datetime.now(UTC)
    return [(present - timedelta(seconds=second)).isoformat() for second in range(count)]


def storm() -> Iterator[tuple[str, bytes, int, dict[str, int]]]:
    """Topic, payload, how many readings and reports of it are good, and what is refused by reason."""
    telemetry, now = "city/320404001/environment/bad/telemetry", stamps(1)[0]

    def values(**found: object) -> bytes:
        return json.dumps({"ts": now, "values": found}).encode()

    for garbage in (
        b"",
        b"\x00",
        b"\x00" * 5000,
        b"\xff\xfe nonsense",
        b"{",
        b'{"values": {}}',
        b"[]",
        b'"words"',
        b"\xef\xbb\xbf{}",
        os.urandom(3000),
    ):
        yield telemetry, garbage, 0, {"undecodable": 1}
    yield telemetry, b"[" * 100_000 + b"]" * 100_000, 0, {"undecodable": 1}
    yield telemetry, b'{"values": {"pm25": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}", 0, {"undecodable": 1}
    yield telemetry, b'{"x": ' + b'{"x": ' * 50_000 + b"1" + b"}" * 50_000 + b', "values": {"pm25": 1}}', 0, {"undecodable": 1}
    yield telemetry, b'{"values": {"pm25": 1}, "pad": "' + b"x" * (4 << 20) + b'"}', 0, {"too_large": 1}
    yield "city/999999001/environment/bad/telemetry", values(pm25=1), 0, {"area": 1}
    yield "city/abcdef/environment/bad/telemetry", values(pm25=1), 0, {"area": 1}
    yield "city/320404001/nowhere/bad/telemetry", values(pm25=1), 0, {"undecodable": 1}
    yield "city/320404001/environment/bad/status", b"perhaps", 0, {"undecodable": 1}
    yield telemetry, values(pm25=99_999), 0, {"range": 1}
    yield telemetry, values(pm25="high", noise=50), 1, {"type": 1}
    yield telemetry, b'{"values": {"pm25": NaN, "pm10": 1e999, "so2": 7}}', 1, {"type": 2}
    yield telemetry, b'{"values": {"pm25": 1' + b"0" * 400 + b', "no2": {"deep": 1}, "co": 1}}', 1, {"type": 2}
    yield telemetry, values(**{"pm\x0025": 1, "word": "a\x00b", "o3": 3}), 1, {"undecodable": 2}
    yield telemetry, b'{"ts": "2099-01-01T00:00:00Z", "values": {"pm25": 1}}', 0, {"clock": 1}
    yield telemetry, b'{"ts": "yesterday", "values": {"pm25": 1}}', 0, {"undecodable": 1}
    yield "city/320404001/report/collector", b'{"title": "\\ud800"}', 0, {"undecodable": 1}
    yield "city/320404001/report/gossip", b'{"title": "t"}', 0, {"undecodable": 1}
    backlog: list[object] = [{"ts": stamp, "values": {"pm10": 20}} for stamp in stamps(10_000)]
    backlog[::1000] = [
        None,
        7,
        "x",
        [],
        {},
        {"values": {}},
        {"values": 1},
        {"ts": [], "values": {"pm10": 1}},
        {"ts": "?", "values": {"pm10": 1}},
        True,
    ]
    yield "city/320404001/environment/backlog/telemetry", json.dumps(backlog).encode(), 9_990, {"undecodable": 10}
    yield (
        "city/320404/gateway/bad/telemetry",
        json.dumps([{"device": "", "values": {"pm25": 1}}] * 10_000).encode(),
        0,
        {"undecodable": 1_000, "too_large": 1},
    )


@pytest.mark.timeout(240)
def test_a_storm_of_bad_input_is_counted_exactly_and_every_neighbour_is_stored(city: City) -> None:
    start(city, "worker")
    refused: Counter[str] = Counter()
    good = neighbours = 0
    with broker(city) as sensor:
        for topic, payload, accepted, reasons in storm():
            sensor.publish(topic, payload)
            tell(sensor, "neighbour", neighbours)
            neighbours, good = neighbours + 1, good + accepted
            refused.update(reasons)

    def stored() -> Counter[str]:
        with city.store.connection() as connection:
            return Counter({row["reason"]: row["n"] for row in connection.execute("select reason, count(*) n from rejected group by 1")})

    with suppress(AssertionError):
        until(lambda: rows_of(city, "neighbour") == neighbours and stored() == refused)
    assert stored() == refused
    assert rows_of(city, "neighbour") == neighbours
    wanted = (good + neighbours, refused.total())
    until(lambda: (told := feed(city))["accepted"] == wanted[0] and told["rejected"] == wanted[1], what=f"{wanted}, not {feed(city)}")
    assert one(city, "select count(*) from readings") == good + neighbours
    assert "decoder_bug" not in city.stack.log("worker")
