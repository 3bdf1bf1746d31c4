"""The load generator's packets are MQTT 3.1.1, and what it counts is what the broker said."""

import json

import pytest

from bench import mqtt_packets as packets
from bench.browser import match
from bench.database import spread
from bench.load import Load


def test_a_filled_template_is_a_whole_publish_at_qos_1() -> None:
    packet = packets.template("city/320404001/environment/d1/telemetry", "noise", 4).fill(0x1234, 1_795_233_600_123, b"51.5")
    assert packet[0] == 0x32
    assert packet[1] == len(packet) - 2
    topic = packet[4 : 4 + int.from_bytes(packet[2:4])]
    assert topic == b"city/320404001/environment/d1/telemetry"
    rest = packet[4 + len(topic) :]
    assert rest[:2] == b"\x12\x34"
    assert json.loads(rest[2:]) == {"ts": 1_795_233_600_123, "values": {"noise": 51.5}}


def test_a_long_topic_has_a_length_of_two_digits() -> None:
    packet = packets.template("t" * 200, "noise", 4).fill(1, 1_795_233_600_123, b"51.5")
    assert (packet[1] & 0x7F) + 128 * packet[2] == len(packet) - 3


def test_a_packet_sent_again_says_so() -> None:
    packet = packets.template("t", "noise", 1).fill(1, 1_795_233_600_123, b"1")
    assert packets.again(packet) == bytes([0x3A]) + packet[1:]


def test_pubacks_are_found_in_any_cut_of_the_stream() -> None:
    stream = b"".join(b"\x40\x02" + number.to_bytes(2) for number in range(1, 200)) + b"\xd0\x00" + b"\x40\x02\x00\xc8"
    for size in (1, 2, 3, 5, 64):
        rest, found = b"", []
        for first in range(0, len(stream), size):
            ids, rest = packets.packet_ids_of_pubacks(rest + stream[first : first + size])
            found += ids
        assert found == list(range(1, 201))
        assert rest == b""


def test_connect_keeps_the_session() -> None:
    packet = packets.connect("load-1", "feed", "secret")
    assert packet[:2] == bytes([0x10, len(packet) - 2])
    assert packet[2:9] == b"\x00\x04MQTT\x04"
    assert packet[9] == 0xC0  # name and password, clean session 0


def test_a_load_whose_stamps_would_repeat_is_refused() -> None:
    with pytest.raises(ValueError, match="stamps would repeat"):
        Load("mqtt://127.0.0.1:1", rate=10_000, seconds=1, devices=5)


def test_a_value_overtaken_before_it_showed_counts_with_the_later_one() -> None:
    sent = [(4.0, 1000.0), (4.1, 1300.0), (4.2, 1600.0)]
    seen = [["other", 7, 1100.0], ["gas", 4.0, 1250.0], ["gas", 4.2, 1900.0]]
    assert match(sent, seen) == {"figure": "gas", "sent": 3, "late_ms": [250.0, 600.0, 300.0]}
    assert "skipped" in match(sent, [["other", 7, 1100.0]])


def test_percentiles_are_of_what_was_measured() -> None:
    found = spread([float(n) for n in range(1, 101)])
    assert (found.count, found.p50, found.p99, found.most) == (100, 51.0, 100.0, 100.0)
    assert spread([]).count == 0
