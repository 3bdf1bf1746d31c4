"""A storm of input that cannot be taken, over the broker: each is refused by its reason, and every neighbour is stored."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from tests.parts import broker, feed, one, rows_of, start, tell
from tests.parts import city as city
from tests.patience import until
from tests.watched_city import City


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
