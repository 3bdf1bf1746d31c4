"""The counts of feeds: told once, whichever thread tells them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from core.model import Frame, Taken
from store.health import HealthWriter
from store.timescale import Store

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url, connections=6)
    yield opened
    opened.close()


def test_what_two_threads_tell_at_once_is_counted_once(store: Store) -> None:
    health = HealthWriter(store, "edge:1", ("hj212",), NOW)
    rounds, threads = 40, 4
    together = Barrier(threads)

    def speak(number: int) -> None:
        for turn in range(rounds):
            together.wait()
            if number == 0:
                health.count([Frame("hj212", b"", NOW)] * 5, [Taken(accepted=1)] * 5)
            health.tell("connected", NOW, "", NOW + timedelta(seconds=2 * turn + number * 1.0))

    speakers = [Thread(target=speak, args=(number,)) for number in range(threads)]
    for speaker in speakers:
        speaker.start()
    for speaker in speakers:
        speaker.join()
    health.tell("connected", NOW, "", NOW + timedelta(hours=1))
    with store.connection() as connection:
        row = connection.execute("select accepted from feed_health where feed = 'hj212'").fetchone()
    assert row is not None
    assert row["accepted"] == rounds * 5
