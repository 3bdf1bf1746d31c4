"""Good frames of every format, ours and real ones, damaged by seeded chance: values or a named refusal, soon, and never a fault of ours."""

from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from bench import fuzz
from bench.fuzz import RATIO, WORST_S
from core.config import Config
from core.errors import DecodeError
from core.model import Decoded, Frame
from ingest.decode import decode, report_body
from ingest.decode.formats import FORMATS, Format
from ingest.decode.source import Memory, Source
from tests.iot import NOW
from tests.wires import Good

FRAMES, SEED = 100_000, 20261122


@pytest.fixture(scope="module")
def city() -> Config:
    """A configuration in which every format has its feed."""
    return fuzz.city()


@pytest.fixture(scope="module")
def corpus() -> dict[str, list[Good]]:
    return fuzz.corpus()


@pytest.mark.parametrize("form", FORMATS)
def test_a_damaged_frame_is_read_or_refused_and_costs_little(
    city: Config, corpus: dict[str, list[Good]], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with capture_logs():  # a traceback costs more than all else
        *_, found = fuzz.fuzz(form, corpus[form], city, fuzz.shares(FRAMES)[form], SEED)
    with capsys.disabled():
        print(f"\n  {fuzz.line(found)}", end="")
    assert found.faults == []
    assert found.frames == fuzz.shares(FRAMES)[form]
    assert found.ratio <= RATIO
    assert found.worst_ms <= WORST_S * 1000


def test_a_decoder_that_is_slow_on_damage_is_found_out(
    city: Config, corpus: dict[str, list[Good]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is measured by turns must still tell: here every refusal is worked out five times."""

    def dawdle(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
        try:
            report_body.decode_readings(index, frame, source, memory, out)
        except DecodeError:
            for _ in range(4):
                with suppress(DecodeError):
                    report_body.decode_readings(index, frame, source, memory, Decoded())
            raise

    monkeypatch.setitem(FORMATS, "readings", Format(dawdle))
    *_, found = fuzz.fuzz("readings", corpus["readings"], city, 4000, SEED)
    assert found.ended["undecodable"] > 2000
    assert found.ratio > RATIO


def test_the_shares_are_all_frames_together() -> None:
    assert abs(sum(fuzz.shares(FRAMES).values()) - FRAMES) <= len(FORMATS)
    assert fuzz.shares(FRAMES).keys() == FORMATS.keys()


def test_the_same_seed_damages_alike(city: Config, corpus: dict[str, list[Good]]) -> None:
    first, again = (list(fuzz.fuzz("hj212", corpus["hj212"], city, 200, 7))[-1].ended for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("form", "topic", "payload"),
    [
        ("ngsi", "", b'[{"id": "a", "type": "Room", "level": {"value": 1, "type": {"value": "x"}}}]'),
        ("sensorthings", "", b'{"name": "a", "Locations": true, "Datastreams": []}'),
        ("sensorthings", "", b'{"name": "a", "Datastreams": [{"name": "b", "Observations": 7}]}'),
        ("tasmota", "tele/a/SENSOR", b'{"DS18B20": {"Temperature": 1%s}, "TempUnit": "F"}' % (b"0" * 400)),
        ("tasmota", "tele/a/SENSOR", b'{"BMP280": {"Pressure": 1%s}, "PressureUnit": "mmHg"}' % (b"0" * 400)),
    ],
)
def test_a_value_of_another_kind_is_refused_in_our_words(city: Config, form: str, topic: str, payload: bytes) -> None:
    """Each of these was once a fault of ours, found by the damage above."""
    out = decode([Frame(form, payload, NOW, topic)], {}, city)
    assert out.rejected or out.readings
    assert not any(refused.detail.startswith("decoder error") for _, refused in out.rejected)


@pytest.mark.parametrize(
    ("feed", "topic", "payload"),
    [
        ("city", "city/320404001/environment/a/telemetry", b'[{"values": {"pm25": 1, "\xe8a": NaN}}]'),
        ("http-readings", "", b'{"readings": [{"device": "\xe8a", "metric": "pm25", "value": NaN}]}'),
        ("frigate", "frigate/events", b'{"type": "new", "after": {"id": "1", "camera": "\xe8a"}}'),
    ],
)
def test_names_that_are_no_utf8_are_refused_in_our_words(city: Config, feed: str, topic: str, payload: bytes) -> None:
    """The fast reader of JSON has an error of its own for them, met only where it copies a name."""
    out = decode([Frame(feed, payload, NOW, topic)], {}, city)
    assert out.rejected
    assert not any(refused.detail.startswith("decoder error") for _, refused in out.rejected)
