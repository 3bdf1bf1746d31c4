"""The UDP port on real sockets: answers wait for the commit and go to who asked, too much waits, strangers are not heard."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.model import Decoded, Frame
from ingest.decode import sl651
from ingest.decode.sl651_frame import parse
from ingest.decode.source import Source
from ingest.udp import UdpFeed
from tests.unit.ingest.sl651_frames import hex_frame

HOSTS = ("127.0.0.1", "::1")
PATIENCE_S = 10.0
SETTINGS = FeedConfig(kind="tcp", format="sl651", domain="water")


def clock() -> datetime:
    return datetime.now(UTC)


def report(number: int) -> bytes:
    return hex_frame(0x32, f"{number:04X}261121115803F1F1006230731048F0F026112111552019{number:06d}")


def decoded(config: Config, frames: list[Frame]) -> Decoded:
    source = Source("sl651", SETTINGS, config, ZoneInfo("Asia/Shanghai"))
    out = Decoded(frames=frames)
    for index, frame in enumerate(frames):
        sl651.decode(index, frame, source, {}, out)
    return out


def gather(feed: UdpFeed, count: int) -> list[Frame]:
    """Frames until there are `count`, unacknowledged."""
    frames: list[Frame] = []
    until = time.monotonic() + PATIENCE_S
    for batch in feed:
        frames += batch
        if len(frames) >= count or time.monotonic() > until:
            break
    return frames


@pytest.fixture
def feed(config: Config) -> Iterator[UdpFeed]:
    with closing(UdpFeed("sl651", SETTINGS, config.ingest, clock, hosts=HOSTS)) as running:
        yield running


@pytest.mark.parametrize("host", HOSTS)
def test_a_station_is_answered_after_the_commit_and_not_before(config: Config, feed: UdpFeed, host: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.connect((host, feed.port))
        station.send(report(1) + report(2))
        station.send(report(3))
        frames = gather(feed, 2)
        assert [len(frame.payload) for frame in frames] == [2 * len(report(1)), len(report(3))]
        station.settimeout(0.2)
        with pytest.raises(TimeoutError):
            station.recv(100)
        feed.ack(frames, decoded(config, frames))
        station.settimeout(PATIENCE_S)
        answers = [parse(station.recv(100)) for _ in range(3)]
    assert [(answer.down, answer.end, answer.body[:2]) for answer in answers] == [(True, 4, bytes((0, n))) for n in (1, 2, 3)]
    assert feed.health().waiting == 0


def test_each_station_gets_its_own_answer(config: Config, feed: UdpFeed) -> None:
    stations = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(8)]
    try:
        for number, station in enumerate(stations, 1):
            station.settimeout(PATIENCE_S)
            station.sendto(report(number), ("127.0.0.1", feed.port))
        frames = gather(feed, 8)
        feed.ack(frames, decoded(config, frames))
        assert [parse(station.recv(100)).body[1] for station in stations] == list(range(1, 9))
    finally:
        for station in stations:
            station.close()


def test_what_could_not_be_stored_comes_again_and_is_answered_then(config: Config, feed: UdpFeed) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.settimeout(PATIENCE_S)
        station.sendto(report(7), ("127.0.0.1", feed.port))
        frames = gather(feed, 1)
        feed.retry(frames)
        assert feed.health().state == "store_away"
        again = gather(feed, 1)
        assert again == frames
        feed.ack(again, decoded(config, again))
        assert parse(station.recv(100)).body[1] == 7
    assert feed.health().state == "connected"


def test_when_too_much_is_on_its_way_nothing_more_is_read(config: Config) -> None:
    with (
        closing(UdpFeed("sl651", SETTINGS, config.ingest, clock, hosts=HOSTS[:1], limit=300)) as feed,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station,
    ):
        for number in range(1, 601):
            station.sendto(report(number), ("127.0.0.1", feed.port))
        frames = gather(feed, 300)
        assert len(frames) < 600
        feed.ack(frames, Decoded())
        rest = gather(feed, 600 - len(frames))
        feed.ack(rest, Decoded())
    assert [parse(frame.payload).body[:2] for frame in frames + rest] == [n.to_bytes(2, "big") for n in range(1, 601)]


def test_only_stations_of_the_listed_addresses_are_heard(config: Config) -> None:
    for addresses, heard in ((("10.0.0.0/8",), 0), (("127.0.0.0/8",), 1)):
        settings = SETTINGS.model_copy(update={"addresses": addresses})
        with closing(UdpFeed("sl651", settings, config.ingest, clock, hosts=HOSTS[:1])) as feed:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
                station.sendto(report(1), ("127.0.0.1", feed.port))
            frames = next(batch for batch in feed if batch or not heard)
            assert len(frames) == heard
            feed.ack(frames, Decoded())


def test_an_answer_nobody_waits_for_is_no_error(config: Config, feed: UdpFeed) -> None:
    for number in (1, 2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
            station.sendto(report(number), ("127.0.0.1", feed.port))
        frames = gather(feed, 1)
        assert len(frames) == 1
        feed.ack(frames, decoded(config, frames))
    assert feed.health().state == "connected"
