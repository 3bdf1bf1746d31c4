"""Every real file of others over its real wire into one running city: what stands in the database is what tests/expected holds."""

import csv
import json
import re
import socket
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest
import yaml

from core.config import Config, load
from core.model import Decoded, Frame
from deploy.local.services import Services
from ingest.decode import decode, wire_keys
from ingest.decode.hj212_packet import parse as hj212_of
from ingest.decode.sl651_frame import parse as sl651_of
from ingest.mqtt_publish import publisher
from tests import wires
from tests.flow.test_real_input import City
from tests.flow.test_real_input import city as city
from tests.iot import EXPECTED, NOW, _word, told
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.stack import Stack
from tests.wires import PAGES, Good

MOMENT = timedelta(hours=1)  # an expectation so near to its tests' present was counted from the time of receipt
BY_RECEIPT = {"clock"}  # SL 651: how far the station is ahead of us
WHOLLY = ("undecodable", "checksum", "unsupported", "too_large")
# What the decoders read and the city's own rules refuse, by feed and reason; found in `rejected`, not assumed.
ADMITTED_NOT = {
    ("sl651", "clock"): "stations whose year is 2059",
}

Key = tuple[str, str, datetime]


@dataclass
class Said:
    """What frames should have left: rows by key with value and quality, rows that carry the time of receipt, reports, refusals."""

    rows: dict[Key, tuple[Any, ...]] = field(default_factory=dict)
    timeless: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    presences: dict[str, bool] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    readings: int = 0


@pytest.fixture
def stack(services: Services, database_url: str, web_database_url: str, tmp_path: Path) -> Iterator[Stack]:
    """A city in which every feed is on."""
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(wires.every_feed(), allow_unicode=True), encoding="utf-8")
    running = Stack(services, database_url, web_database_url, tmp_path, config)
    yield running
    running.stop()


def expectations() -> dict[str, dict[str, Any]]:
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in EXPECTED.glob("*.json")}


def shape(form: str, expected: Any) -> dict[str, Any]:
    """The words of each file of tests/expected as those of tests/iot.told."""
    if isinstance(expected, list):
        return {"reports": expected}
    if form == "hj212":
        rows = [[expected["device"], *row] for row in expected["readings"]]
    elif form == "sl651":
        rows = expected.get("readings", [])
    else:
        return expected | {"presences": [p if isinstance(p, dict) else {"device": p[0], "online": p[1]} for p in expected.get("presences", [])]}
    names = ("device", "metric", "value", "observed_at", "quality", "text")
    readings = [dict(zip(names, row, strict=False)) for row in rows]
    return {"readings": readings, "rejected": expected.get("rejected", [])}


def at_receipt(stamp: str | None) -> datetime | None:
    """The time of a row, None where it is counted from the receipt."""
    at = datetime.fromisoformat(stamp) if stamp else None
    return None if at is None or abs(at - NOW) < MOMENT else at


def add(said: Said, expected: dict[str, Any], ours: bool = False) -> None:
    """One frame more. `ours`: a sample of a page, whose times are near the tests' present and are meant so."""
    for each in expected.get("readings", []):
        text = each.get("text")
        word = text if text is None or text.startswith("sha256:") else _word(text)
        at = at_receipt(each["observed_at"]) if not ours else each["observed_at"] and datetime.fromisoformat(each["observed_at"])
        value = None if each["metric"] in BY_RECEIPT else each["value"]
        said.readings += 1
        if at is None:
            said.timeless[each["device"], each["metric"], value, word, each["quality"]] += 1
        else:
            said.rows.setdefault((each["device"], each["metric"], at), (value, word, each["quality"]))
    for each in expected.get("reports", []):
        known = said.reports.setdefault(re.sub(r"20261121T0400\d\dZ$", "(receipt)", each["external_id"]) if not ours else each["external_id"], {})
        known |= each | {"ended": bool(each.get("ended")) or bool(known.get("ended"))}
    said.presences |= {each["device"]: each["online"] for each in expected.get("presences", [])}
    said.refused.update(expected.get("rejected", []))


class Reader:
    """Our samples read without a wire, as their unit tests prove them; memory goes from frame to frame."""

    def __init__(self, config: Config) -> None:
        self._config, self._memory = config, dict[tuple[str, str], bytes]()

    def __call__(self, good: Good) -> dict[str, Any]:
        frames = [Frame(good.feed, good.payload, NOW, good.topic)]
        out: Decoded = decode(frames, {key: self._memory[key] for key in wire_keys(frames, self._config) if key in self._memory}, self._config)
        self._memory |= out.memory
        return told(out)


class Post:
    """Sends frames over their wires and waits until the workers have counted them."""

    def __init__(self, city: City) -> None:
        self.city, self.sent = city, Counter[str]()
        self.client = httpx.Client(timeout=120, headers={"Authorization": f"Bearer {city.token}"})

    def counted(self, feed: str) -> int:
        return int(self.city.one("select coalesce(sum(accepted + duplicates + rejected), 0) from feed_health where feed = %s", feed))

    def settle(self, feed: str, most: float = PATIENCE_S) -> None:
        """Until as much was counted as was said."""
        until(lambda: self.counted(feed) >= self.sent[feed], most, f"{feed}: {self.counted(feed)} of {self.sent[feed]}")

    def http(self, good: Good) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(f"{self.city.stack.url}/api/v1/feeds/{good.feed}", content=good.payload)
        return answer.status_code, answer.json()


def items(expected: dict[str, Any]) -> int:
    return sum(len(expected.get(name, [])) for name in ("readings", "reports", "rejected"))


def talk(address: tuple[str, int], frames: Sequence[bytes], answers: int, kind: int = socket.SOCK_STREAM) -> bytes | list[bytes]:
    """Send frames one after the other, and what was answered: a stream, or datagrams."""
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, kind) as wire:
        wire.settimeout(PATIENCE_S)
        wire.connect(address)
        for frame in frames:
            wire.send(frame) if kind == socket.SOCK_DGRAM else wire.sendall(frame)
        if kind == socket.SOCK_DGRAM:
            return [wire.recv(4096) for _ in range(answers)]
        heard = b""
        while len(heard) < answers and (chunk := wire.recv(65_536)):
            heard += chunk
        wire.settimeout(0.2)
        try:
            heard += wire.recv(65_536)
        except TimeoutError:
            pass
        return heard


def gist(answer: bytes) -> tuple[Any, ...]:
    """An SL 651 answer without the centre's time."""
    frame = sl651_of(answer)
    return len(answer), answer[:10], frame.down, frame.end, frame.body[:2]


@pytest.mark.timeout(180)
def test_every_file_over_its_wire_stands_in_the_database_as_expected(city: City, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch, post, known = Stopwatch(), Post(city), expectations()
    began = datetime.now(UTC)
    frames = wires.real(shared)
    said = defaultdict[str, Said](Said)
    stations(city, post, said, [good for good in frames if good.form in ("hj212", "sl651")], known)
    posted(post, said, [good for good in frames if not good.topic and good.form not in ("hj212", "sl651")], known)
    published(city, post, said, [good for good in frames if good.topic], known)
    read = Reader(load(Path(city.stack.environment["YIPING_CONFIG"])))
    ours = wires.samples()
    for good in ours:
        good_said = read(good)
        add(said[good.feed], good_said, ours=True)
        post.sent[good.feed] += items(good_said)
        if not good.topic:
            status, body = post.http(good)
            print(good.file, status, body.get("accepted"), body.get("duplicates"), [(r["reason"], r["detail"][:80]) for r in body.get("rejected", [])][:3])
    with publisher(city.stack.services.mosquitto.url) as broker:
        for good in ours:
            if good.topic:
                broker.publish(good.topic, good.payload)
        for good in ours:
            try:
                post.settle(good.feed, 3)
            except AssertionError as e:
                print("!!", e)
    print("seconds", watch.seconds)
    show(city, said)


def stations(city: City, post: Post, said: dict[str, Said], frames: Sequence[Good], known: dict[str, dict[str, Any]]) -> None:
    """HJ 212 over TCP, SL 651 over TCP and UDP, each over IPv4 and IPv6; every answer as it is asked for."""
    ports = city.stack.instance.ports
    hj212 = [good for good in frames if good.form == "hj212"]
    for host in ("127.0.0.1", "::1"):
        wanted = [answer for good in hj212 if (answer := known["hj212"][good.key]["expected"]["answer"])]
        heard = b""
        with socket.create_connection((host, ports.hj212), timeout=PATIENCE_S) as wire:
            for good in hj212:
                wire.sendall(good.payload)
            while heard.count(b"\n") < len(wanted):
                heard += wire.recv(65_536)
        assert [hj212_of(line.strip()).fields["CN"] for line in heard.splitlines()] == wanted
        for good in hj212:
            expected = shape("hj212", known["hj212"][good.key]["expected"])
            add(said["hj212"], expected)
            post.sent["hj212"] += items(expected)
        post.settle("hj212")
    sl651 = [(good, known["sl651"][good.key]["expected"]) for good in frames if good.form == "sl651"]
    whole = [(good, expected) for good, expected in sl651 if "rejected" not in expected]
    once = [(good, expected) for good, expected in whole if good.payload[13:14] != b"\x16"]
    for host, kind, sent in (("127.0.0.1", socket.SOCK_STREAM, whole), ("::1", socket.SOCK_STREAM, once), ("::1", socket.SOCK_DGRAM, sl651)):
        wanted = [bytes.fromhex(answer) for _, expected in sent for answer in expected.get("answers", [])]
        payloads = [good.payload for good, _ in sent]
        if kind == socket.SOCK_STREAM:
            stream = talk((host, ports.sl651), payloads, sum(map(len, wanted)))
            assert isinstance(stream, bytes)
            cuts = [sum(map(len, wanted[:n])) for n in range(len(wanted) + 1)]
            assert len(stream) == cuts[-1]
            answers = [stream[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]
        else:
            found = talk((host, ports.sl651), payloads, len(wanted), kind)
            assert isinstance(found, list)
            answers = found
        assert [gist(answer) for answer in answers] == [gist(answer) for answer in wanted]
        feed = "sl651" if kind == socket.SOCK_STREAM else "sl651-udp"
        for _, expected in sent:
            add(said[feed], shape("sl651", expected))
            post.sent[feed] += items(expected)
        post.settle(feed)


def posted(post: Post, said: dict[str, Said], frames: Sequence[Good], known: dict[str, dict[str, Any]]) -> None:
    for good in frames:
        status, body = post.http(good)
        print(good.file, status, body.get("accepted"), body.get("duplicates"), [(r["reason"], r["detail"][:80]) for r in body.get("rejected", [])][:3])
        if good.key:
            expected = shape(good.form, known[good.form][good.key]["expected"])
            add(said[good.feed], expected)
            post.sent[good.feed] += items(expected)


def published(city: City, post: Post, said: dict[str, Said], frames: Sequence[Good], known: dict[str, dict[str, Any]]) -> None:
    with publisher(city.stack.services.mosquitto.url) as broker:
        for feed in dict.fromkeys(good.feed for good in frames):
            for good in frames:
                if good.feed != feed:
                    continue
                broker.publish(good.topic, good.payload)
                expected = shape(good.form, known[good.form].get(good.key, {"expected": {}})["expected"])
                add(said[feed], expected)
                post.sent[feed] += items(expected)
            try:
                post.settle(feed, 5)
            except AssertionError as e:
                print("!!", e)


def show(city: City, said: dict[str, Said]) -> None:
    rows = city.database.execute("select device, metric, observed_at, value, text, quality, received_at from readings join devices using (device_id) join metrics using (metric_id)").fetchall()
    from core.model import QUALITY_OF_CODE
    have = {(r["device"], r["metric"], r["observed_at"]): (r["value"], r["text"] and _word(r["text"]), QUALITY_OF_CODE[r["quality"]].value) for r in rows}
    print(len(rows), "rows")
    for feed, s in said.items():
        miss = {k: v for k, v in s.rows.items() if have.get(k) != v}
        print(feed, "readings", s.readings, "keys", len(s.rows), "timeless", s.timeless.total(), "reports", len(s.reports), "refused", dict(s.refused), "MISS", len(miss))
        for k, v in list(miss.items())[:6]:
            print("    ", k, v, have.get(k))
    for r in city.database.execute("select feed, reason, count(*) n, min(detail) d from rejected group by 1,2 order by 1,2"):
        print(r["feed"], r["reason"], r["n"], r["d"][:150])
    for r in city.database.execute("select feed, sum(accepted) a, sum(duplicates) d, sum(rejected) r from feed_health group by 1 order by 1"):
        print(r)
    for r in city.database.execute("select source, count(*) n, sum((ended_at is not null)::int) e from reports group by 1"):
        print(r)
    allk=set()
    for s in said.values(): allk |= s.rows.keys()
    extra=[(k,v) for k,v in have.items() if k not in allk]
    print("extra", len(extra), "timeless", sum(s.timeless.total() for s in said.values()))
    for e in extra[:20]: print("   ", e)
