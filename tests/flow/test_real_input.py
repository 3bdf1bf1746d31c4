"""Real data of other people, through the real wires, counted exactly. History rings no bell."""

import csv
import json
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from ingest.replay import read
from ingest.replay_wires import Wires
from ingest.replay_wires import replay as send_all
from store.accounts import create_token
from store.timescale import Store
from tests import web
from tests.patience import PATIENCE_S, until
from tests.stack import Stack

PRSA = "timeseries/PRSA_Data_Dongsi_20130301-20170228.csv"
PRSA_METRICS = 12  # eleven numbers and the wind's direction as text


class City:
    """A running city and questions to its database."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        url = stack.environment["YIPING_DATABASE_URL"]
        store = Store(url)
        with store.connection() as connection:
            self.token = create_token(connection, "test", ["feed"], ["320404"], datetime.now(UTC))
        store.close()
        self.database = psycopg.connect(url, autocommit=True, row_factory=dict_row)

    def one(self, query: str, *values: Any) -> Any:
        row = self.database.execute(query, values).fetchone()
        assert row
        return next(iter(row.values()))

    def post(self, path: str, body: bytes, kind: str = "text/csv") -> dict[str, Any]:
        answer = web.post(
            f"{self.stack.url}/api/v1{path}",
            content=body,
            timeout=120,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": kind},
        )
        assert answer.status_code == 200, answer.text[:500]
        result: dict[str, Any] = answer.json()
        return result

    def wires(self) -> Wires:
        return Wires(self.stack.url, self.token, self.stack.services.mosquitto.feed_url, f"127.0.0.1:{self.stack.instance.ports.hj212}")


@pytest.fixture
def city(stack: Stack, shared: Path) -> Iterator[City]:
    stack.start("worker", "edge")
    until(lambda: _answers(stack), what="the edge")
    until(lambda: "slot_taken" in stack.log("worker"), what="the worker")
    found = City(stack)
    yield found
    found.database.close()


def _answers(stack: Stack) -> bool:
    try:
        return web.get(f"{stack.url}/healthz", timeout=20).status_code == 200
    except httpx.HTTPError:
        return False


def test_four_years_of_air_are_all_there_and_ring_no_bell(city: City, shared: Path) -> None:
    count = send_all(read(shared / PRSA, "prsa"), city.wires())
    with (shared / PRSA).open(encoding="utf-8") as file:
        hours = list(csv.DictReader(file))
    missing = sum(row[name] == "NA" for row in hours for name in row)
    assert len(hours) == 35_064
    assert count.accepted == 35_064 * PRSA_METRICS
    assert city.one("select count(*) from readings") == 35_064 * PRSA_METRICS
    assert city.one("select count(distinct observed_at) from readings") == 35_064
    assert city.one("select count(*) from readings where quality = 2 and value is null and text is null") == missing
    zeros = sum(float(row["RAIN"]) == 0 for row in hours if row["RAIN"] != "NA")
    assert city.one("select count(*) from readings join metrics using (metric_id) where metric = 'rain' and value = 0") == zeros
    assert city.one("select min(observed_at) from readings") == datetime(2013, 2, 28, 16, 0, tzinfo=UTC)
    assert (
        city.one("select (select count(*) from alerts) + (select count(*) from device_states) + (select count(*) from device_watch)") == 0
    )


def test_every_good_hj212_frame_is_stored_and_answered_as_it_asks(city: City, shared: Path) -> None:
    frames = [json.loads(line)["frame"] for line in (shared / "hj212/frames_good.jsonl").read_text().splitlines()]
    asked, answered = 0, 0
    for frame in frames:
        flag, number = re.search(r"Flag=(\d+)", frame), re.search(r"QN=(\d+)", frame)
        wants = bool(flag and int(flag[1]) & 1)
        asked += wants
        with socket.create_connection(("127.0.0.1", city.stack.instance.ports.hj212), timeout=PATIENCE_S) as station:
            station.sendall(frame.encode() + b"\r\n")
            station.settimeout(PATIENCE_S if wants else 0.5)
            try:
                answer = station.recv(4096).decode()
            except TimeoutError:
                answer = ""
        assert bool(answer) == wants, frame
        if answer:
            answered += 1
            assert re.search(r"ST=91;CN=90(11|13|14)", answer), answer
            assert not number or f"QN={number[1]}" in answer
    until(lambda: city.one("select accepted from feed_health where feed = 'hj212'") == city.one("select count(*) from readings"))
    assert len(frames) == 16
    assert asked == answered > 0
    assert city.one("select count(*) from rejected where reason in ('undecodable', 'checksum')") == 0
    assert city.one("select count(*) from alerts") == 0


def test_frigates_event_and_review_become_video_reports(city: City, shared: Path) -> None:
    for name in ("01_frigate_events.json", "07_frigate_reviews.json"):
        send_all(read(shared / "video/frigate" / name, "frigate"), city.wires())
    until(lambda: city.one("select count(*) from reports") == 2, what="two reports")
    rows = city.database.execute("select external_id, channel, confidence, history from reports order by external_id").fetchall()
    assert [row["external_id"] for row in rows] == ["1607123955.475377-mxklsc", "1718987129.308396-fqk5ka"]
    assert all(row["channel"] == "video" and row["history"] for row in rows)
    assert city.one("select count(*) from alerts") == 0


def test_san_franciscos_lying_offsets_are_corrected_and_zero_zero_waits_in_the_tray(city: City, shared: Path) -> None:
    body = (shared / "citizen/sf311_10k.csv").read_bytes()
    first = city.post("/feeds/hotline-csv", body)
    assert (first["accepted"], first["duplicates"], len(first["rejected"])) == (10_000, 0, 0)
    again = city.post("/feeds/hotline-csv", body)
    assert (again["accepted"], again["duplicates"]) == (0, 10_000)
    assert city.one("select count(*) from reports") == 10_000
    assert city.one("select count(*) from reports where placement = 'zero'") == 4_264
    assert city.one("select observed_at from reports where external_id = '6078653'") == datetime(2016, 7, 13, 22, 11, 7, tzinfo=UTC)
    assert city.one("select count(*) from reports where not history") == 0


def test_new_yorks_noisy_night_is_counted(city: City, shared: Path) -> None:
    taken = city.post("/feeds/hotline-csv", next((shared / "citizen").glob("nyc311_2022*.csv")).read_bytes())
    assert (taken["accepted"], len(taken["rejected"])) == (924, 0)
    assert city.one("select observed_at from reports where external_id = '54049402'") == datetime(2022, 5, 1, 4, 0, 3, tzinfo=UTC)
