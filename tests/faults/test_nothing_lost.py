"""Under load, each part is killed: every message published is one row, no more and no less.

The one exception stands in the last test: a broker killed by -9 forgets what it had confirmed and not yet saved.
"""

import os
import signal
import time
from datetime import UTC, datetime
from threading import Thread

import psycopg
import pytest

from bench.load import Counts, Load
from tests.patience import Stopwatch, until
from tests.stack import Stack

RATE, SECONDS = 2000, 20
EVER = datetime.min.replace(tzinfo=UTC)


class Publisher(Thread):
    """The load generator beside the test."""

    def __init__(self, stack: Stack, seconds: float, rate: float = RATE) -> None:
        super().__init__(daemon=True)
        self.load = Load(
            stack.services.mosquitto.feed_url,
            rate=rate,
            seconds=seconds,
            devices=1000,
            connections=4,
            metric="water_depth",
            values=(b"1.50",),
        )
        self.started = time.monotonic()
        self.start()

    def run(self) -> None:
        self.load.run()

    def at(self, seconds: float) -> None:
        """Wait for a moment of the story, counted from its beginning."""
        time.sleep(max(0.0, self.started + seconds - time.monotonic()))

    def counts(self) -> Counts:
        self.join(timeout=180)
        assert not self.is_alive()
        return self.load.counts


def rows(stack: Stack, devices: str = "load-") -> int:
    """Readings of the devices whose names begin so."""
    query = "select count(*) from readings join devices using (device_id) where starts_with(device, %s)"
    with psycopg.connect(stack.environment["YIPING_DATABASE_URL"]) as connection:
        found = connection.execute(query, [devices]).fetchone()
        assert found
        return int(found[0])


def settle(stack: Stack, wanted: int, seconds: float = 90) -> int:
    """Rows once they are all there, or once they stopped coming."""
    over, last, since = time.monotonic() + seconds, -1, time.monotonic()
    while time.monotonic() < over and last != wanted:
        now = rows(stack)
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > 30:
            break
        time.sleep(0.3)
    return last


def last_word(stack: Stack) -> None:
    """Say one thing more and wait until it is stored: a session's queue is first in, first out, so all that came before is stored too."""
    topic = "city/320404001/environment/last-word/telemetry"
    Load(stack.services.mosquitto.feed_url, rate=10, seconds=0.3, devices=1, connections=1, topic_of=lambda _: topic).run()
    until(lambda: rows(stack, "last-word"), what="the last word is stored")


def connected(stack: Stack, name: str, since: datetime = EVER) -> None:
    """Until the process of that name has told that it listens to the broker, and has done so only since then."""
    query = "select state from feed_health where feed = 'city' and worker like %s and since >= %s"

    def told() -> bool:
        with psycopg.connect(stack.environment["YIPING_DATABASE_URL"]) as connection:
            return ("connected",) in connection.execute(query, [f"%:{stack.pid(name)}:mqtt-%", since]).fetchall()

    until(told, what=f"{name} connected")


@pytest.mark.timeout(360)
def test_killing_every_part_under_load_loses_nothing_and_doubles_nothing(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    services = stack.services
    stack.start("worker")
    connected(stack, "worker")
    watch = Stopwatch()
    publisher = Publisher(stack, SECONDS)
    publisher.at(3)
    stack.start("worker2")
    publisher.at(6)
    stack.kill("worker")
    stack.start("worker")
    publisher.at(9)
    services.postgres.stop("immediate")
    publisher.at(10)
    services.postgres.start()
    publisher.at(12)
    services.redis.kill()
    publisher.at(14)
    services.redis.start()
    publisher.at(15)
    connected(stack, "worker2")  # a restarted broker keeps only for those who listened, and listen again
    services.mosquitto.terminate()
    services.mosquitto.start()
    publisher.at(18)
    stack.stop("worker2")
    counts, crowd = publisher.counts(), watch.crowd()
    stored = settle(stack, counts.sent)
    with capsys.disabled():
        print(
            f"\n  published {counts.sent:,} (repeated {counts.resent:,}, connections lost {counts.broken}) → rows {stored:,}; "
            f"lost {counts.sent - stored}, doubled {max(0, stored - counts.sent)}"
        )
    assert counts.acked == counts.sent == stored
    assert counts.sent >= RATE * SECONDS * 0.95 / crowd, f"the load was real on a machine {crowd:.1f} times slower"


def test_a_hanging_redis_costs_the_feeds_nothing(stack: Stack) -> None:
    stack.start("worker")
    connected(stack, "worker")
    redis_pid = stack.services.redis.pid
    assert redis_pid
    os.kill(redis_pid, signal.SIGSTOP)
    try:
        watch, counts = Stopwatch(), Publisher(stack, 4).counts()
        assert settle(stack, counts.sent) == counts.sent
        watch.within(14, "taking four seconds of load")
    finally:
        os.kill(redis_pid, signal.SIGCONT)


def test_a_broker_killed_by_9_loses_at_most_what_it_had_not_saved_and_we_say_how_much(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.start("worker")
    connected(stack, "worker")
    stack.stop("worker")
    counts = Publisher(stack, 4).counts()
    stack.services.mosquitto.kill()
    stack.services.mosquitto.start()
    stack.start("worker")
    connected(stack, "worker")
    last_word(stack)
    lost = counts.sent - rows(stack)
    with capsys.disabled():
        print(f"\n  broker killed by -9 with {counts.sent:,} messages confirmed and queued: {lost:,} lost ({lost / RATE:.2f} s of load)")
    assert 0 <= lost <= RATE * 2.5
