"""The samples of every format's page, shifted: what is read of them is the same, later; and shifted back they are the same bytes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config, parse
from core.model import Decoded, Frame
from ingest.decode import decode, source_of
from ingest.decode.formats import FORMATS
from ingest.shift import Shifted, by, shift
from tests.wires import Good, every_feed, samples

DELTA = timedelta(hours=7)
# Times in columns of their own, in an archive, or in a telegram without a year: sent as they were (docs/operations.md).
STAY = ("mapped.md#table", "hotline-ticket.md#ticket as .xlsx", "sl651.md#manual")
GOOD = [good for good in samples() if good.file not in STAY]


@pytest.fixture(scope="module")
def every() -> Config:
    return parse(every_feed(), "every feed")


def moments(out: Decoded) -> list[datetime | None]:
    return [reading.observed_at for _, reading in out.readings] + [report.observed_at for _, report in out.reports]


def received(good: Good, config: Config) -> Frame:
    """The sample as received three seconds after the last thing it tells; under the name of the feed that takes it."""
    frame = Frame(good.feed, good.payload, datetime(2026, 11, 21, 4, 0, tzinfo=UTC), good.topic)
    out = decode([frame], {}, config)
    told = [at for at in moments(out) if at and at != frame.received_at]
    return replace(frame, feed=out.frames[0].feed, received_at=max(told, default=frame.received_at) + timedelta(seconds=3))


def moved(frame: Frame, config: Config, delta: timedelta) -> Shifted:
    source = source_of(frame.feed, config)
    assert source is not None
    return shift(frame, source, by(delta))


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.file)
def test_what_a_page_shows_is_read_the_same_only_later(every: Config, good: Good) -> None:
    frame = received(good, every)
    result = moved(frame, every, DELTA)
    then = replace(frame, payload=result.payload, received_at=frame.received_at + DELTA)
    before, after = decode([frame], {}, every), decode([then], {}, every)
    assert [at and at + DELTA for at in moments(before)] == moments(after)
    assert [(r.device, r.metric, r.value, r.text, r.quality) for _, r in before.readings] == [
        (r.device, r.metric, r.value, r.text, r.quality) for _, r in after.readings
    ]
    assert [(r.title, r.class_code, r.ended) for _, r in before.reports] == [(r.title, r.class_code, r.ended) for _, r in after.reports]
    assert len(before.rejected) == len(after.rejected)
    assert moved(then, every, -DELTA).payload == frame.payload


def test_most_formats_are_looked_at_with_a_stamp_that_moves(every: Config) -> None:
    still = FORMATS.keys() - {good.form for good in GOOD if moved(received(good, every), every, DELTA).moved}
    assert still == {"hotline-sheet"}
