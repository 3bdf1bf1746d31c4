"""Input that means harm over a running city's real ports: each is refused by name or bounded, and real stations go on being answered.

What the worker and the edge need more of memory meanwhile is read from /proc and printed.
"""

import asyncio
import gzip
import re
import resource
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest
import yaml

from deploy.local.services import Services
from ingest.decode.hj212_packet import checksum
from tests import web, wires
from tests.bombs import MB, XML_BOMBS, archive, bomb_png
from tests.flow.test_real_input import City, _answers
from tests.memory import Memory
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.stack import Stack
from tests.unit.ingest.sl651_frames import hex_frame

IDLE = 10_000
SLOW = 200
BODY_WITHIN_S = 4.0  # as this city is configured
USUAL_S = 1.0  # for a reading to be stored and answered, at the latest
WITHIN_S = 45.0
SAID = bytes.fromhex("00A1261121115803F1F1006230731048F0F02611211155201900012526190032043923000034820219FF0021")
XML_FORMATS = ("cap", "hikvision", "onvif", "gb28181")


@pytest.fixture
def city(services: Services, database_url: str, web_database_url: str, tmp_path: Path) -> Iterator[City]:
    """A worker and an edge with every feed on."""
    config = tmp_path / "config.yaml"
    told = wires.every_feed()
    told["ingest"] |= {"body_within": f"{BODY_WITHIN_S:.0f}s"}
    config.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    stack = Stack(services, database_url, web_database_url, tmp_path, config)
    try:
        stack.start("worker", "edge")
        until(lambda: _answers(stack), what="the edge")
        until(lambda: "slot_taken" in stack.log("worker"), what="the worker")
        found = City(stack)
        yield found
        found.database.close()
    finally:
        stack.stop()


@contextmanager
def bounded(city: City, capsys: pytest.CaptureFixture[str], what: str, worker_mb: float = 20, edge_mb: float = 60) -> Iterator[None]:
    """What happens within may cost so much memory at its peak; printed."""
    memory, watch = Memory(city.stack), Stopwatch()
    yield
    grown = memory.grown()
    with capsys.disabled():
        print(f"\n  {what}: {watch.seconds:.1f} s, peak of worker {grown['worker']:+.1f} MB, of edge {grown['edge']:+.1f} MB", end="")
    assert grown["worker"] <= worker_mb
    assert grown["edge"] <= edge_mb


def post(city: City, feed: str, body: bytes, **headers: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {city.token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return web.post(f"{city.stack.url}/api/v1/feeds/{feed}", content=body, headers=headers, timeout=PATIENCE_S)


def packet(number: int) -> bytes:
    data = (
        f"QN=202611211200{number:05};ST=22;CN=2011;PW=1;MN=real{number};Flag=5;CP=&&DataTime=20261121120000;a34004-Rtd={number}&&".encode()
    )
    return b"##%04d%s%04X\r\n" % (len(data), data, checksum(data))


def answered(city: City, number: int) -> None:
    """A real station is answered while others do harm."""
    watch = Stopwatch()
    with socket.create_connection(("127.0.0.1", city.stack.instance.ports.hj212), timeout=PATIENCE_S) as station:
        station.sendall(packet(number))
        assert b"CN=9014" in station.recv(4096)
    watch.within(5.0, "the answer to a real station")


@pytest.mark.timeout(180)
def test_hostile_input_is_refused_or_bounded_and_costs_nobody_else(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    whole = Stopwatch()
    post(city, "cap", b"<a/>")  # what is loaded with the first of its kind is not counted
    post(city, "hotline-sheet", archive(1, 1))
    answered(city, 0)
    with bounded(city, capsys, "bombs of XML"):
        bombs_of_xml(city)
    with bounded(city, capsys, "bombs of archives"):
        bombs_of_archives(city)
    with bounded(city, capsys, "bombs of pictures"):
        bombs_of_pictures(city)
    with bounded(city, capsys, "100 MB bodies"):
        endless_bodies(city)
    answered(city, 1)
    with bounded(city, capsys, f"{SLOW} slow bodies and stations that never finish"):
        ended, longest = slow_senders(city)
    with capsys.disabled():
        print(
            f"\n  {ended} slow bodies were ended at {BODY_WITHIN_S:.0f} s; a good one took at most {longest * 1000:.0f} ms meanwhile",
            end="",
        )
    with bounded(city, capsys, f"{IDLE:,} idle stations", worker_mb=120):
        opened = asyncio.run(idle_stations(city))
    with capsys.disabled():
        print(f"\n  {opened:,} idle connections stood; all in {whole.seconds:.1f} s")
    assert city.one("select count(*) from readings where device_id in (select device_id from devices where device like 'real%%')") == 5
    assert not re.search("decoder_bug|frame_set_aside|Traceback", city.stack.log("worker") + city.stack.log("edge"))
    whole.within(WITHIN_S, "all hostile input")


def bombs_of_xml(city: City) -> None:
    for form in XML_FORMATS:
        for name, body in XML_BOMBS.items():
            answer = post(city, form, body)
            assert answer.status_code in (400, 413), (form, name, answer.text[:200])
            assert "root:" not in answer.text
    detail = city.one("select string_agg(detail, ' ') from rejected where feed = 'cap'")
    assert "refused XML" in detail


def bombs_of_archives(city: City) -> None:
    for body in (archive(1, 200 * MB), archive(40, 5 * MB)):
        answer = post(city, "hotline-sheet", body)
        assert (answer.status_code, answer.json()["rejected"][0]["reason"]) == (413, "too_large")
    packed = gzip.compress(bytes(300 * MB), 6)
    answer = post(city, "cap", packed, Content_Encoding="gzip")
    assert answer.status_code == 413
    nested = gzip.compress(gzip.compress(bytes(50 * MB)))
    assert post(city, "cap", nested, Content_Encoding="gzip").status_code == 400


def bombs_of_pictures(city: City) -> None:
    """A picture that claims thousands of millions of points is refused by its head; the event it came with is stored."""
    alert = wires.sample("hikvision", "alert").encode()
    bomb = bomb_png()
    body = b"--b\r\nContent-Type: application/xml\r\n\r\n" + alert + b"\r\n--b\r\nContent-Type: image/png\r\n\r\n" + bomb + b"\r\n--b--"
    answer = post(city, "hikvision", body)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [refused["reason"] for refused in answer.json()["rejected"]] == ["too_large"]
    many = alert + b"\r\n--b\r\nContent-Type: application/xml\r\n\r\n"
    answer = post(city, "hikvision", b"--b\r\n\r\n" + many * 3000 + b"\r\n--b--")
    assert answer.status_code in (200, 413)
    head = SAID[:15] + bytes.fromhex("F3F3")
    parts = [(head if not start else b"") + bomb[start : start + 900] for start in range(0, len(bomb), 900)]
    with socket.create_connection(("::1", city.stack.instance.ports.sl651), timeout=PATIENCE_S) as station:
        for number, part in enumerate(parts, 1):
            station.sendall(hex_frame(0x36, part, end=0x03 if number == len(parts) else 0x17, part=(len(parts), number)))
        assert station.recv(4096)
        station.sendall(hex_frame(0x36, head + bomb[:100], part=(0xFFF, 1)))  # 4,095 parts, of which no more come
    until(
        lambda: city.one("select count(*) from rejected where feed = 'sl651' and reason = 'too_large'") >= 1,
        what="the station's picture is refused",
    )
    sl651 = "select coalesce(sum(octet_length(memory)), 0) from wire_memory where feed = 'sl651'"
    assert city.one(sl651) < 4 * MB


def endless_bodies(city: City) -> None:
    """The connection ends with a 413 long before the last byte was sent, whether the length was declared or not."""
    block, address = bytes(MB), (city.stack.instance.host, city.stack.instance.ports.public)
    for declared in (True, False):
        length = f"Content-Length: {100 * MB}" if declared else "Transfer-Encoding: chunked"
        head = f"POST /api/v1/feeds/cap HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {city.token}\r\n{length}\r\n\r\n"
        answer, sent = b"", 0
        with socket.create_connection(address, timeout=PATIENCE_S) as wire:
            wire.sendall(head.encode())
            wire.settimeout(0.05)
            with suppress(OSError):  # it was hung up on
                while sent < 100 and not answer:
                    with suppress(TimeoutError):
                        answer = wire.recv(4096)
                        break
                    wire.settimeout(PATIENCE_S)
                    wire.sendall(block if declared else b"%x\r\n" % MB + block + b"\r\n")
                    sent += 1
                    wire.settimeout(0.05)
        assert answer.startswith(b"HTTP/1.1 413 "), answer[:100]
        assert sent < 20, f"{sent} MB were taken"


def slow_senders(city: City) -> tuple[int, float]:
    """Bodies and packets that come byte by byte: good ones are answered as ever, and a body that does not come is ended with a 408.

    Half of them to the edge itself, half to what it hands on to the web process. Tells how many were ended, and the longest good one.
    """
    address, ports = (city.stack.instance.host, city.stack.instance.ports.public), city.stack.instance.ports
    heads = [
        f"POST /api/v1/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {city.token}\r\nContent-Length: 1000\r\n\r\n".encode()
        for path in ("feeds/cap", "cases")
    ]
    with ExitStack() as stack:
        begun = Stopwatch()
        slow = [stack.enter_context(socket.create_connection(address, timeout=PATIENCE_S)) for _ in range(SLOW)]
        stations = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
            for port in (ports.hj212, ports.sl651)
            for _ in range(20)
        ]
        for number, wire in enumerate(slow):
            wire.sendall(heads[number % 2])
        for wire in stations:
            wire.sendall(packet(9)[:60])
        longest = 0.0
        for round_ in range(3):
            for wire in slow:
                dribble(wire)
            for wire in stations:
                wire.sendall(b"##9999" * 5000)  # the beginning of ever new packets
            answered(city, 2)
            longest = max(longest, good_reading(city, round_))
        begun.within(BODY_WITHIN_S, "all this, before the first slow body is ended")
        answers = [b"".join(iter(partial(wire.recv, 4096), b"")) for wire in slow]  # to the end of the connection
        assert all(answer.startswith(b"HTTP/1.1 408 ") and b"connection: close" in answer.lower() for answer in answers), answers[:2]
        assert begun.seconds >= BODY_WITHIN_S
        begun.within(BODY_WITHIN_S + 2, "the end of the slow bodies")
        until(lambda: city.one("select count(*) from rejected where feed = 'hj212'") > 0, what="rubbish is refused piece by piece")
    return len(answers), longest


def dribble(wire: socket.socket) -> None:
    """One byte more, unless the body was ended already: on a crowded machine that is early, and the law of the time says whether too early."""
    if not select.select([wire], [], [], 0)[0]:
        with suppress(OSError):
            wire.sendall(b"<")


def good_reading(city: City, number: int) -> float:
    """The seconds until a good reading is stored and answered."""
    reading = {"device": "good", "metric": "pm25", "value": 30, "observed_at": f"2026-11-21T12:00:{number:02}+08:00"}
    watch = Stopwatch()
    answer = web.post(
        f"{city.stack.url}/api/v1/readings",
        json={"readings": [reading]},
        headers={"Authorization": f"Bearer {city.token}"},
        timeout=PATIENCE_S,
    )
    took = watch.seconds
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1), answer.text
    watch.within(USUAL_S, "a good reading among slow senders", took)
    return took


async def idle_stations(city: City) -> int:
    """As many connections as may be open, silent; a real station is answered among them."""
    most = min(IDLE, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 1000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    port, open_ones = city.stack.instance.ports.hj212, list[asyncio.StreamWriter]()

    async def join(number: int) -> None:
        # 127.0.0.0/8 is all ours: no address runs out of ports.
        _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.0.{2 + number % 4}", 0))
        open_ones.append(writer)

    try:
        for start in range(0, most, 500):
            await asyncio.gather(*(join(number) for number in range(start, min(most, start + 500))))
        await asyncio.to_thread(answered, city, 3)
        await asyncio.to_thread(answered, city, 4)
        worker = len(list(Path(f"/proc/{city.stack.pid('worker')}/fd").iterdir()))
        assert worker >= most
        return len(open_ones)
    finally:
        for writer in open_ones:
            writer.transport.abort()
