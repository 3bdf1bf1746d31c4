"""Recorded, then replayed: a running city's own feeds come again in another database, the same but later."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
import yaml
from click.testing import CliRunner

from cli.replay import replay
from ingest.decode.hj212_check import checksum
from ingest.mqtt_publish import publisher
from store.accounts import create_token
from store.timescale import Store
from tests import web
from tests.conftest import ROOT, with_database
from tests.patience import PATIENCE_S, until
from tests.stack import Stack
from tests.unit.ingest.sl651_frames import hex_frame

if TYPE_CHECKING:
    from deploy.local.services import Services

READINGS = """select device, metric, value, quality, observed_at from readings join devices using (device_id) join metrics using (metric_id)
              order by device, metric, observed_at"""
STATIONS = ("0062307310", "0062307311")  # of SL 651: they observe in minutes
AGO = timedelta(days=1, hours=3)


class City:
    """A stack on a database of its own that records every feed."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack, self.records = stack, folder / "recordings"
        raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
        for feed in raw["feeds"].values():
            feed["record"] = True
        # The broker is shared by this process' tests: what others left there to be kept is none of this story.
        raw["feeds"]["city"]["topics"] = [topic for topic in raw["feeds"]["city"]["topics"] if not topic.endswith("/status")]
        self.config = folder / "config.yaml"
        self.config.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        self.stack.environment |= {"YIPING_CONFIG": str(self.config), "YIPING_RECORD_DIR": str(self.records)}
        self.url = stack.environment["YIPING_DATABASE_URL"]
        store = Store(self.url)
        with store.connection() as connection:
            self.token = create_token(connection, "test", ["feed"], ["320404"], datetime.now(UTC))
        store.close()
        stack.start("worker", "edge")
        until(lambda: _answers(stack), what="the edge")
        until(lambda: "slot_taken" in stack.log("worker"), what="the worker")

    def readings(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(READINGS).fetchall()

    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(line) for path in self.records.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]


def _answers(stack: Stack) -> bool:
    try:
        return web.get(f"{stack.url}/healthz", timeout=20).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def second(services: "Services", template: str, tmp_path: Path) -> Iterator[Stack]:
    """Another stack on another fresh database."""
    name = "t_replayed"
    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner yiping strategy file_copy")
        folder = tmp_path / "second"
        folder.mkdir()
        running = Stack(services, with_database(services.postgres.url, name), with_database(services.postgres.web_url, name), folder)
        yield running
        running.stop()
        connection.execute(f"drop database {name} with (force)")


def local(at: datetime, form: str) -> str:
    return (at + timedelta(hours=8)).strftime(form)


def hj212(at: datetime, number: float) -> bytes:
    stamp = local(at, "%Y%m%d%H%M%S")
    data = f"QN={stamp}123;ST=22;CN=2011;PW=1;MN=hj-1;Flag=5;CP=&&DataTime={stamp};a34004-Rtd={number},a34004-Flag=N&&".encode()
    return b"##%04d%s%04X\r\n" % (len(data), data, checksum(data))


def speak(city: City, at: datetime) -> None:
    """Three moments on five wires: MQTT in two spellings, HTTP, HJ 212 over TCP, SL 651 over TCP and UDP."""
    ports = city.stack.instance.ports
    with publisher(city.stack.services.mosquitto.feed_url) as broker:
        for step in range(3):
            now = at + timedelta(seconds=20 * step)
            values = {"pm25": 30 + step, "noise": 61.5}
            for device, stamp in (("m-1", int(now.timestamp() * 1000)), ("m-2", now.isoformat())):
                broker.publish(f"city/320404/environment/{device}/telemetry", json.dumps({"ts": stamp, "values": values}).encode())
            reading = {"device": "h-1", "metric": "co", "value": step, "observed_at": local(now, "%Y-%m-%dT%H:%M:%S+08:00")}
            answer = web.post(f"{city.stack.url}/api/v1/readings", json={"readings": [reading]}, timeout=PATIENCE_S,
                                headers={"Authorization": f"Bearer {city.token}"})  # fmt: skip
            assert answer.status_code == 200
            station(ports.hj212, hj212(now, 100.5 + step))
    sent, seen = local(at, "%y%m%d%H%M%S"), local(at, "%y%m%d%H%M")
    for address, kind in ((STATIONS[0], socket.SOCK_STREAM), (STATIONS[1], socket.SOCK_DGRAM)):
        station(ports.sl651, hex_frame(0x32, f"00A1{sent}F1F1{address}48F0F0{seen}392300003482", station=address), kind)


def station(port: int, packet: bytes, kind: int = socket.SOCK_STREAM) -> None:
    with socket.socket(socket.AF_INET, kind) as wire:
        wire.settimeout(PATIENCE_S)
        wire.connect(("127.0.0.1", port))
        wire.sendall(packet)
        assert wire.recv(4096)


def test_a_recorded_city_comes_again_the_same_but_later(stack: Stack, second: Stack, tmp_path: Path) -> None:
    # Of yesterday, in whole minutes.
    at = (datetime.now(UTC) - AGO).replace(second=0, microsecond=0)
    first = City(stack, tmp_path)
    speak(first, at)
    until(lambda: len(first.readings()) == 20, what="what was said")
    until(lambda: len(first.frames()) == 14, what="the recording")
    stack.stop()
    city = City(second, tmp_path / "second")
    assert city.readings() == []

    arguments = [*map(str, sorted(first.records.glob("*.jsonl"))), "--times", "shifted", "--config", str(first.config), "--access", "none",
                 "--url", second.url, "--token", city.token, "--mqtt", second.services.mosquitto.feed_url,
                 "--hj212", f"127.0.0.1:{second.instance.ports.hj212}", "--sl651", f"127.0.0.1:{second.instance.ports.sl651}"]  # fmt: skip
    before = datetime.now(UTC)
    result = CliRunner().invoke(replay, [*arguments, "--speed", "1"])
    assert result.exit_code == 0, result.output
    assert "sent 14, confirmed 14, accepted 3" in result.output
    assert "moved 19 stamps; 0 frames" in result.output
    until(lambda: len(city.readings()) == 20, what="what was replayed")

    said, again = first.readings(), city.readings()
    assert [row[:4] for row in again] == [row[:4] for row in said]
    received = min(datetime.fromisoformat(frame["at"]) for frame in first.frames())
    moved = {new[4] - old[4] for old, new in zip(said, again, strict=True) if new[0] not in STATIONS}
    assert len(moved) == 1
    assert timedelta(seconds=-1) <= moved.pop() - (before - received) <= timedelta(seconds=PATIENCE_S)
    by_minute = [new[4] - old[4] for old, new in zip(said, again, strict=True) if new[0] in STATIONS]
    assert all(step.total_seconds() % 60 == 0 for step in by_minute)
    assert all(row[4] <= datetime.now(UTC) for row in again)

    result = CliRunner().invoke(replay, arguments[: arguments.index("--times")] + arguments[arguments.index("--config") :])
    assert "sent 14, confirmed 14, accepted 3" in result.output, "the original times are other moments"
    until(lambda: set(city.readings()) == {*said, *again}, what="the originals beside the moved ones")
