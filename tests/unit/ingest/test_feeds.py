"""Laws of batches, back-off, topic filters and replay."""

from datetime import datetime
from pathlib import Path

import pytest

from core.config import Config
from core.errors import FeedLost, Invalid
from core.model import Frame
from ingest.feeds import Waiting, back_off
from ingest.mqtt_topics import FeedOfTopic, covers, filters, matches, retained_filters
from ingest.replay import read


def frames(now: datetime, count: int) -> list[Frame]:
    return [Frame("city", b"x" * 10, now, ref=(1, number)) for number in range(1, count + 1)]


def test_a_batch_keeps_the_order_of_receipt(now: datetime) -> None:
    waiting = Waiting(rows=10, window_s=0)
    sent = frames(now, 25)
    waiting.put(sent)
    batches = waiting.batches()
    taken = [next(batches) for _ in range(2)]
    assert [len(batch) for batch in taken] == [10, 15]
    assert [frame for batch in taken for frame in batch] == sent


def test_a_batch_grows_when_the_pipeline_is_slower_and_shrinks_again(now: datetime) -> None:
    waiting = Waiting(rows=10, window_s=0)
    waiting.put(frames(now, 200))
    batches = waiting.batches()
    assert [len(next(batches)) for _ in range(7)] == [10, 20, 40, 40, 40, 40, 10]


def test_what_could_not_be_stored_comes_again_first(now: datetime) -> None:
    waiting = Waiting(rows=5, window_s=0)
    waiting.put(frames(now, 10))
    batches = waiting.batches()
    first = next(batches)
    waiting.retry(first)
    assert next(batches) == first


def test_a_feed_stops_reading_when_too_much_is_on_its_way(now: datetime) -> None:
    waiting = Waiting(rows=5, window_s=0, limit=10)
    waiting.put(frames(now, 10))
    assert waiting.is_full()
    batch = next(waiting.batches())
    assert waiting.is_full()  # taken is not yet stored
    waiting.done(batch)
    assert not waiting.is_full()
    assert waiting.has_room()


def test_a_lost_wire_reaches_whoever_iterates() -> None:
    waiting = Waiting(rows=5, window_s=0)
    waiting.fail(FeedLost("taken over"))
    with pytest.raises(FeedLost):
        next(waiting.batches())


def test_back_off_doubles_to_a_cap() -> None:
    assert [back_off(attempt) for attempt in (1, 2, 3, 99)] == [0.2, 0.4, 0.8, 10.0]
    assert back_off(1, 0.0) < 0.2 < back_off(1, 1.0)


@pytest.mark.parametrize(
    ("pattern", "topic", "fits"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("#", "$SYS/x", False),
        ("a/b", "a/b", True),
    ],
)
def test_filters_match_as_mqtt_says(pattern: str, topic: str, fits: bool) -> None:
    assert matches(pattern, topic) is fits


def test_a_message_is_subscribed_once(config: Config) -> None:
    assert covers("city/+/+/+/telemetry", "city/+/gateway/+/telemetry")
    assert not covers("city/+/gateway/+/telemetry", "city/+/+/+/telemetry")
    assert "city/+/gateway/+/telemetry" not in filters(config.feeds)
    assert "city/+/+/+/telemetry" in filters(config.feeds)
    assert retained_filters(config.feeds) == ["city/+/+/+/status"]


def test_a_topic_belongs_to_the_feed_that_asked_for_it(config: Config) -> None:
    feed_of = FeedOfTopic(config.feeds)
    assert [feed_of(topic) for topic in ("city/320404/urban/d/telemetry", "frigate/events", "else/where")] == ["city", "frigate", ""]


def test_hotline_files_are_sent_in_bodies_that_each_stand_alone(shared: Path) -> None:
    parcels = list(read(shared / "citizen" / "sf311_10k.csv", "hotline-csv"))
    assert [parcel.count for parcel in parcels] == [1000] * 10
    assert all(parcel.payload.startswith(b"unique_key,") for parcel in parcels)


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no format"):
        read(tmp_path, "morse")
