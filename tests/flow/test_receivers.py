"""The receivers on real wires: what is not acknowledged comes again, a shared subscription splits, answers wait for the commit."""

import json
import socket
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from core.config import Config
from core.errors import FeedLost
from core.model import Decoded, Frame
from ingest.decode import decode
from ingest.decode.hj212_packet import checksum
from ingest.feeds import Feed
from ingest.mqtt import MqttFeed
from ingest.mqtt_publish import publisher
from ingest.tcp import TcpFeed
from tests.patience import PATIENCE_S, Stopwatch, until

if TYPE_CHECKING:
    from deploy.local.services import Services

MESSAGES = 400


def clock() -> datetime:
    return datetime.now(UTC)


def numbers(frames: list[Frame]) -> list[int]:
    return [json.loads(frame.payload)["values"]["n"] for frame in frames if frame.topic.endswith("telemetry")]


def ready(feed: MqttFeed) -> MqttFeed:
    """Connected: its SUBSCRIBE is on its way, and the broker reads it before what anybody sends who connects from now on."""
    until(lambda: feed.health().state == "connected")
    return feed


def publish(services: "Services", count: int = MESSAGES) -> None:
    with publisher(services.mosquitto.feed_url) as broker:
        for n in range(count):
            broker.publish(f"city/320404/environment/d{n % 7}/telemetry", json.dumps({"values": {"n": n}}).encode())


def drain(feed: Feed, count: int, acknowledge: bool = True) -> list[int]:
    taken, watch = list[int](), Stopwatch()
    for frames in feed:
        taken += numbers(frames)
        if acknowledge:
            feed.ack(frames, Decoded())
        if len(taken) >= count or watch.seconds > PATIENCE_S:
            break
    return taken


def drain_together(feeds: Sequence[Feed], count: int) -> list[list[int]]:
    """What each of them took until they had `count` together."""
    shares, sources, watch = [list[int]() for _ in feeds], [iter(feed) for feed in feeds], Stopwatch()
    while sum(map(len, shares)) < count and watch.seconds < PATIENCE_S:
        for feed, source, share in zip(feeds, sources, shares, strict=True):
            frames = next(source)
            feed.ack(frames, Decoded())
            share += numbers(frames)
    return shares


@pytest.fixture
def group() -> str:
    return f"g{uuid.uuid4().hex[:8]}"


def test_what_was_not_acknowledged_comes_again_and_only_that(services: "Services", config: Config, group: str) -> None:
    with closing(ready(MqttFeed(services.mosquitto.url, f"{group}-0", config, clock, group))) as feed:
        publish(services)
        kept = drain(feed, 1)
        drain(feed, MESSAGES - len(kept), acknowledge=False)
        until(lambda: not feed._outbox, what="the acknowledgement is sent")
    with closing(MqttFeed(services.mosquitto.url, f"{group}-0", config, clock, group)) as feed:
        again = drain(feed, MESSAGES - len(kept))
    assert sorted(kept + again) == list(range(MESSAGES))


def test_two_workers_share_what_comes(services: "Services", config: Config, group: str) -> None:
    with (
        closing(ready(MqttFeed(services.mosquitto.url, f"{group}-0", config, clock, group))) as first,
        closing(ready(MqttFeed(services.mosquitto.url, f"{group}-1", config, clock, group))) as second,
    ):
        publish(services)
        shares = drain_together((first, second), MESSAGES)
    assert sorted(shares[0] + shares[1]) == list(range(MESSAGES))
    assert min(map(len, shares)) > MESSAGES // 4


def test_a_slot_taken_over_is_told_and_left(services: "Services", config: Config, group: str) -> None:
    with (
        closing(ready(MqttFeed(services.mosquitto.url, f"{group}-0", config, clock, group))) as first,
        closing(ready(MqttFeed(services.mosquitto.url, f"{group}-0", config, clock, group))) as second,
    ):
        assert second.health().state == "connected"
        with pytest.raises(FeedLost, match="took over"):
            drain(first, 1)


def test_retained_presence_reaches_a_new_session(services: "Services", config: Config, group: str) -> None:
    topic = f"city/320404/urban/{group}/status"
    with publisher(services.mosquitto.feed_url) as broker:
        broker.publish(topic, b"offline", retain=True)
    with closing(MqttFeed(services.mosquitto.url, f"{group}-0", config, clock, group)) as feed:
        seen, watch = list[str](), Stopwatch()
        for frames in feed:
            seen += [frame.topic for frame in frames]
            feed.ack(frames, Decoded())
            if topic in seen or watch.seconds > PATIENCE_S:
                break
    assert topic in seen


@pytest.fixture
def station_feed(config: Config) -> Iterator[TcpFeed]:
    settings = config.feeds["hj212"].model_copy(update={"port": None})
    with closing(TcpFeed("hj212", settings, config.ingest, clock, hosts=("127.0.0.1", "::1"))) as feed:
        yield feed


def packet(number: int) -> bytes:
    data = f"QN=202611211200{number:05};ST=22;CN=2011;PW=1;MN=m;Flag=5;CP=&&DataTime=20261121120000;a34004-Rtd={number}&&".encode()
    return b"##%04d%s%04X\r\n" % (len(data), data, checksum(data))


def test_a_station_is_answered_only_after_the_commit_and_in_order(config: Config, station_feed: TcpFeed) -> None:
    with socket.create_connection(("127.0.0.1", station_feed.port), timeout=PATIENCE_S) as station:
        stream = b"noise\r\n" + b"".join(packet(number) for number in range(20))
        for start in range(0, len(stream), 61):
            station.sendall(stream[start : start + 61])
        frames: list[Frame] = []
        for batch in station_feed:
            frames += batch
            if len(frames) >= 21:
                break
        station.settimeout(0.2)
        with pytest.raises(TimeoutError):
            station.recv(1)
        station_feed.ack(frames, decode(frames, {}, config))
        station.settimeout(PATIENCE_S)
        answers = b""
        while answers.count(b"\n") < 20:
            answers += station.recv(65536)
    order = [line.split(b";")[0][-5:] for line in answers.splitlines()]
    assert order == [b"%05d" % number for number in range(20)]


@pytest.mark.parametrize(
    ("addresses", "heard"),
    [((), True), (("127.0.0.1",), True), (("10.0.0.0/8", "127.0.0.0/8"), True), (("10.0.0.0/8",), False), (("::1/128",), False)],
)
def test_only_stations_of_the_listed_addresses_are_heard(config: Config, addresses: tuple[str, ...], heard: bool) -> None:
    settings = config.feeds["hj212"].model_copy(update={"port": None, "addresses": addresses})
    with closing(TcpFeed("hj212", settings, config.ingest, clock, hosts=("127.0.0.1", "::1"))) as feed:
        with socket.create_connection(("127.0.0.1", feed.port), timeout=PATIENCE_S) as station:
            if heard:
                station.sendall(packet(1))
                assert next(batch for batch in feed if batch)[0].payload.startswith(b"##")
            else:
                with suppress(ConnectionResetError):
                    assert station.recv(1) == b""
        assert feed.health().state == "connected"


def test_a_station_that_left_is_no_error(config: Config, station_feed: TcpFeed) -> None:
    with socket.create_connection(("::1", station_feed.port), timeout=PATIENCE_S) as station:
        station.sendall(packet(1))
    frames = next(batch for batch in station_feed if batch)
    station_feed.ack(frames, decode(frames, {}, config))
    assert station_feed.health().state == "connected"
