"""Every real file of others over its real wire into one running city: what stands in the database is what tests/expected holds."""

import csv
import re
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from core.config import load
from deploy.local.services import Services
from ingest.decode.hj212_packet import parse as hj212_of
from ingest.decode.sl651_frame import parse as sl651_of
from ingest.mqtt_publish import publisher
from tests import wires
from tests.flow.test_real_input import City
from tests.flow.test_real_input import city as city
from tests.ledger import Ledger, Reader, expectations, items, shape
from tests.open311_documents import ask_open311
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.stack import Stack
from tests.wires import PAGES, Good

TABLES = {"sf311": "unique_key", "nyc311": "Unique Key"}  # feeds of long tables, and the column of their key
SOURCES = {"city": "patrol", "http-reports": "patrol"}  # samples that name their source themselves
STATIONS = ("hj212", "sl651")
FIRST = "senml"  # its sample calls a word what another one calls a number: whoever comes first decides what the metric is
WITHIN_S = 60.0

Known = dict[str, dict[str, Any]]


@pytest.fixture
def stack(services: Services, database_url: str, web_database_url: str, tmp_path: Path) -> Iterator[Stack]:
    """A city in which every feed is on."""
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(wires.every_feed(), allow_unicode=True), encoding="utf-8")
    running = Stack(services, database_url, web_database_url, tmp_path, config)
    yield running
    running.stop()


class Sender:
    """Sends frames over their wires and writes down what they should leave."""

    def __init__(self, city: City, ledger: Ledger, known: Known) -> None:
        self.city, self.ledger, self.known = city, ledger, known
        self.samples: dict[str, Counter[str]] = {}
        self.sent = Counter[str]()  # items by feed
        self.client = httpx.Client(timeout=PATIENCE_S, headers={"Authorization": f"Bearer {city.token}"})

    def expected(self, good: Good) -> dict[str, Any]:
        return shape(good.form, self.known[good.form][good.key]["expected"])

    def note(self, good: Good, passed: bool) -> None:
        """A real sample, and whether anything of it was of use."""
        self.samples.setdefault(good.form, Counter()).update(("passed" if passed else "refused", "sent"))

    def post(self, good: Good, expected: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Over HTTP: the answer accounts for every item."""
        answer = self.client.post(f"{self.city.stack.url}/api/v1/feeds/{good.feed}", content=good.payload)
        body = answer.json()
        told = body["accepted"] + body["duplicates"] + len(body["rejected"])
        assert told == items(expected), (good.file, body)
        return answer.status_code, body

    def by_wire(self, feed: str, expected: dict[str, Any], *, ours: bool = False) -> None:
        """Sent over a wire that does not tell what became of it."""
        self.ledger.add(feed, expected, ours=ours)
        self.sent[feed] += items(expected)

    def settle(self) -> None:
        """Until the workers' health has counted all that was sent by wire, no more and no less."""
        query = "select feed, sum(accepted + duplicates + rejected) n from feed_health where worker not like 'edge:%' group by feed"

        def counted() -> dict[str, int]:
            found = {row["feed"]: int(row["n"]) for row in self.city.database.execute(query)}
            return {feed: found.get(feed, 0) for feed in self.sent}

        with suppress(AssertionError):
            until(lambda: counted() == self.sent)
        assert counted() == self.sent


@pytest.mark.timeout(240)
def test_every_file_over_its_wire_stands_in_the_database_as_expected(city: City, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch, now = Stopwatch(), datetime.now(UTC)
    sender = Sender(city, Ledger(now), expectations())
    real, ours = wires.real(shared), wires.samples()
    assert {(good.form, good.key) for good in real if good.key} == {(form, key) for form, known in sender.known.items() for key in known}
    send_hj212(sender, [good for good in real if good.form == "hj212"])
    send_sl651(sender, [good for good in real if good.form == "sl651"])
    send_posted(sender, [good for good in real if not good.topic and good.form not in STATIONS])
    send_published(sender, [good for good in real if good.topic])
    send_ours(sender, ours, now)
    sender.settle()
    database, ledger = city.database, sender.ledger
    rows = ledger.check_rows(database)
    ledger.check_reports(database, SOURCES)
    ledger.check_refusals(database)
    ledger.check_pictures(database)
    present = ledger.check_presences(database)
    assert city.one("select count(*) from alerts join reports using (report_id) where reports.history") == 0
    assert not re.search("decoder_bug|frame_set_aside", city.stack.log("worker") + city.stack.log("edge"))
    documents = ask_open311(city.stack, city.token, shared, now)
    sender.client.close()
    with capsys.disabled():
        print(
            f"\n  {len(real)} real frames and {len(ours)} samples in {watch.seconds:.1f} s: {rows:,} readings, {present} devices present;",
            end=" ",
        )
        print(
            ", ".join(f"{form} {n['passed']} of {n['sent']}" for form, n in sorted(sender.samples.items())),
            f"open311 {documents} of {documents}",
        )
    watch.within(WITHIN_S, "every wire")
    check_page(sender.samples, documents)


def send_hj212(sender: Sender, frames: Sequence[Good]) -> None:
    """The same packets from a station with an IPv4 and one with an IPv6 address: twice answered, once stored."""
    answers = [sender.known["hj212"][good.key]["expected"]["answer"] for good in frames]
    wanted = [answer for answer in answers if answer]
    for host in ("127.0.0.1", "::1"):
        heard = b""
        with socket.create_connection((host, sender.city.stack.instance.ports.hj212), timeout=PATIENCE_S) as wire:
            for good in frames:
                wire.sendall(good.payload)
            while heard.count(b"\n") < len(wanted):
                heard += wire.recv(65_536)
        assert [hj212_of(line.strip()).fields["CN"] for line in heard.splitlines()] == wanted
        for good in frames:
            sender.by_wire("hj212", sender.expected(good))
        sender.settle()
    for good in frames:
        sender.note(good, passed=True)


def send_sl651(sender: Sender, frames: Sequence[Good]) -> None:
    """Whole frames over TCP, the broken ones too over UDP. Of the pictures the parts go once over each wire: again they are answered otherwise."""
    port = sender.city.stack.instance.ports.sl651
    entries = [(good, sender.known["sl651"][good.key]["expected"]) for good in frames]
    whole = [(good, expected) for good, expected in entries if "rejected" not in expected]
    alone = [(good, expected) for good, expected in whole if good.payload[13:14] != b"\x16"]
    for host, feed, sent in (("127.0.0.1", "sl651", whole), ("::1", "sl651", alone), ("::1", "sl651-udp", entries)):
        wanted = [bytes.fromhex(answer) for _, expected in sent for answer in expected.get("answers", [])]
        heard = (
            datagrams(host, port, sent, len(wanted)) if feed.endswith("udp") else stream(host, port, sent, [len(each) for each in wanted])
        )
        assert [gist(answer) for answer in heard] == [gist(answer) for answer in wanted]
        for good, _ in sent:
            sender.by_wire(feed, sender.expected(good))
        sender.settle()
    for good, expected in entries:
        sender.note(good, "rejected" not in expected)


def stream(host: str, port: int, sent: Sequence[tuple[Good, Any]], lengths: Sequence[int]) -> list[bytes]:
    """All frames over one TCP connection; the answers cut as they should be long, and nothing behind them."""
    heard = b""
    with socket.create_connection((host, port), timeout=PATIENCE_S) as wire:
        for good, _ in sent:
            wire.sendall(good.payload)
        while len(heard) < sum(lengths) and (chunk := wire.recv(65_536)):
            heard += chunk
    assert len(heard) == sum(lengths)
    ends = [sum(lengths[: n + 1]) for n in range(len(lengths))]
    return [heard[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def datagrams(host: str, port: int, sent: Sequence[tuple[Good, Any]], answers: int) -> list[bytes]:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as wire:
        wire.settimeout(PATIENCE_S)
        wire.connect((host, port))
        for good, _ in sent:
            wire.send(good.payload)
        return [wire.recv(4096) for _ in range(answers)]


def gist(answer: bytes) -> tuple[Any, ...]:
    """An SL 651 answer without the centre's time."""
    frame = sl651_of(answer)
    return len(answer), answer[:10], frame.down, frame.end, frame.body[:2]


def send_posted(sender: Sender, frames: Sequence[Good]) -> None:
    for good in frames:
        if good.key:
            expected = sender.expected(good)
            sender.ledger.add(good.feed, expected)
            status, _ = sender.post(good, expected)
            assert status == 200, good.file
            sender.note(good, passed=True)
        elif good.feed in TABLES:
            send_table(sender, good)
        else:  # source code, tables of standards: nothing that any format reads
            feed = {"hotline-csv": "hotline"}.get(good.feed, good.feed)
            expected = {"rejected": ["unsupported"]}
            sender.ledger.add(feed, expected)
            assert sender.post(good, expected)[0] == 415, good.file
            sender.note(good, passed=False)


def send_table(sender: Sender, good: Good) -> None:
    """A table of tickets: each line a report under its own number."""
    rows = list(csv.DictReader(good.payload.decode("utf-8-sig").splitlines(keepends=True)))
    keys = {row[TABLES[good.feed]] for row in rows}
    assert len(keys) == len(rows)
    status, body = sender.post(good, {"reports": rows})
    assert (status, body["accepted"]) == (200, len(rows)), good.file
    query = "select count(*) from reports where source = %s and external_id = any(%s) and history"
    assert sender.city.one(query, good.feed, sorted(keys)) == len(rows)
    sender.note(good, passed=True)


def send_published(sender: Sender, frames: Sequence[Good]) -> None:
    """One feed after the other, so that which value of a moment came first is known; a ThingsBoard gateway needs no turn of its own."""
    with publisher(sender.city.stack.services.mosquitto.url) as broker:
        for feed in dict.fromkeys(good.feed for good in frames):
            for good in (good for good in frames if good.feed == feed):
                expected = sender.expected(good)
                broker.publish(good.topic, good.payload)
                sender.by_wire(feed, expected)
                sender.note(good, any(expected.get(name) for name in ("readings", "reports", "presences", "places")))
            sender.settle()


def send_ours(sender: Sender, frames: Sequence[Good], now: datetime) -> None:
    """The pages' own samples, so that formats without a file of others are heard too; HJ 212 and SL 651 as posted bodies."""
    read = Reader(load(Path(sender.city.stack.environment["YIPING_CONFIG"])), now)
    with publisher(sender.city.stack.services.mosquitto.url) as broker:
        for good in sorted(frames, key=lambda good: good.form != FIRST):
            expected = read(good)
            announces = good.topic.startswith("homeassistant/")  # what others will bring
            told = any(expected.get(name) for name in ("readings", "reports", "presences", "rejected"))
            assert told or announces or good.file == "sl651.md#part1"
            if good.topic:
                broker.publish(good.topic, good.payload)
                sender.by_wire(good.feed, expected, ours=True)
                if good.form == FIRST:
                    sender.settle()
            else:
                sender.ledger.add(good.feed, expected, ours=True)
                assert sender.post(good, expected)[0] in (200, 201), good.file


def check_page(samples: dict[str, Counter[str]], documents: int) -> None:
    """The figures of docs/protocols/index.md are those just counted."""
    rows = {
        cells[1].strip(" `"): cells
        for line in (PAGES / "index.md").read_text(encoding="utf-8").splitlines()
        if (cells := line.split("|"))[2:]
    }
    told = {form: f"{counted['passed']} of {counted['sent']}" for form, counted in samples.items()} | {
        "open311": f"{documents} of {documents}"
    }
    shown = {re.sub(r"^\[`?([\w-]+)`?\].*", r"\1", name): cells[-2].strip() for name, cells in rows.items()}
    assert {form: shown[form].partition(":")[0].partition(",")[0] for form in told} == told
