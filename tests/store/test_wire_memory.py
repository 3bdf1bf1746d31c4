"""What frames leave behind is forgotten when nobody asked for it during its time, and kept while somebody does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from core.config import Config, FeedConfig
from store import wire_memory
from store.timescale import Store
from tests.patience import PATIENCE_S, until

DAY = timedelta(days=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def city(config: Config) -> Config:
    feeds = {name: FeedConfig(kind="mqtt", format=name, topics=("x",)) for name in ("sparkplug", "weather", "hj212")}
    return config.model_copy(update={"feeds": feeds})


def test_split_packets_are_forgotten_after_a_day_and_aliases_and_open_warnings_later(store: Store, city: Config, now: datetime) -> None:
    feeds = ("hj212", "sparkplug", "weather", "a feed that was removed", "jobs")
    with store.connection() as connection:
        wire_memory.save(connection, {(feed, "p"): b"x" for feed in feeds}, {}, now)
        gone = [wire_memory.forget(connection, city, now + days * DAY) for days in (1, 1.1, 29, 31, 91)]
        left = [row["feed"] for row in connection.execute("select feed from wire_memory")]
    assert gone == [0, 2, 0, 1, 1]
    assert left == ["jobs"]


def test_what_is_asked_for_is_wanted_and_written_at_most_hourly(store: Store, city: Config, now: datetime) -> None:
    key = ("hj212", "p")
    with store.connection() as connection:
        wire_memory.save(connection, {key: b"x"}, {}, now)
        for hours in (0.5, 23):
            at = now + timedelta(hours=hours)
            loaded = wire_memory.load(connection, [key, key])
            wire_memory.save(connection, {}, {one: when for one, (_, when) in loaded.items()}, at)
            assert wire_memory.load(connection, [key]) == {key: (b"x", now if hours < 1 else at)}
        assert wire_memory.forget(connection, city, now + 1.5 * DAY) == 0


def test_of_two_who_take_the_first_frames_of_one_peer_the_second_knows_what_the_first_left(store: Store, now: datetime) -> None:
    keys = [("hj212", f"p{n}") for n in range(3)]

    def second() -> dict[tuple[str, str], bytes]:
        with store.connection() as connection:
            connection.execute("set local application_name = 'second'")
            return {key: memory for key, (memory, _) in wire_memory.load(connection, keys[::-1]).items()}

    def waits() -> bool:
        with store.connection() as connection:
            query = "select 1 from pg_stat_activity where application_name = 'second' and wait_event_type = 'Lock'"
            return connection.execute(query).fetchone() is not None

    with ThreadPoolExecutor(1) as other:
        with store.connection() as connection:
            assert wire_memory.load(connection, keys[:2]) == {}
            found = other.submit(second)
            until(waits, what="the second waits for the first")
            wire_memory.save(connection, {keys[0]: b"half a packet"}, {}, now)
        assert found.result(PATIENCE_S) == {keys[0]: b"half a packet"}


def test_a_place_kept_for_who_never_said_anything_is_forgotten_first(store: Store, city: Config, now: datetime) -> None:
    with store.connection() as connection:
        wire_memory.load(connection, [("sparkplug", "never born")])
    with store.connection() as connection:
        assert wire_memory.forget(connection, city, now) == 1
