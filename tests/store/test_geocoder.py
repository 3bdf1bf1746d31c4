"""A city's own geocoder, a real server on a real port: asked once, left alone when it fails, waited for no longer than told."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.config import Config
from core.model import Placement
from core.place_config import GeocoderConfig
from geodata.model import City
from ingest.geocoder import Geocoder
from tests.address_office import Office


class Town(ThreadingHTTPServer):
    """Knows some addresses; may be told to fail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answerer)
        self.known: dict[str, Any] = {}
        self.asked: list[dict[str, list[str]]] = []
        self.fails: bytes | int | None = None


class Answerer(BaseHTTPRequestHandler):
    server: Town

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.server.asked.append(query)
        fails = self.server.fails
        body = fails if isinstance(fails, bytes) else json.dumps({"geocodes": self.server.known.get(query["a"][0], [])}).encode()
        self.send_response(fails if isinstance(fails, int) else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def office(config: Config, database_url: str, village: tuple[City, Any], now: datetime) -> Iterator[Office]:
    made = Office(config, database_url, village[0], now)
    yield made
    made.store.close()


@pytest.fixture
def town() -> Iterator[Town]:
    with Town() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def asking(config: Config, town: Town, **more: Any) -> Config:
    url = f"http://127.0.0.1:{town.server_port}/geo?a={{address}}&c={{city}}&k={{key}}"
    geocoder = GeocoderConfig(
        url=url,
        city="常州",
        lon="geocodes.0.location",
        lat="geocodes.0.location",
        confidence="geocodes.0.level",
        confidence_of=100,
        datum="cgcs2000",
        **more,
    )
    return config.model_copy(update={"places": config.places.model_copy(update={"geocoder": geocoder})})


def test_a_citys_own_geocoder_places_what_the_gazetteer_does_not_know_and_is_asked_once(office: Office, config: Config, town: Town) -> None:
    cell, wish = office.cells[7], asking(config, town)
    town.known["某某路 7&号"] = [{"location": f"{cell.lon},{cell.lat}", "level": 90}]
    for number in "123":
        office.send(external_id=number, address="某某路 7&号" if number != "3" else "没人知道的地方")
    geocoder = Geocoder(wish.places.geocoder, key="s&cret")
    assert office.wait(geocoder, wish) == 2
    assert office.row("1")["extra"] == {"placed_by": "geocoder", "place_confidence": 0.9, "place_matched": ""}
    assert office.row("3")["placement"] == "none"
    assert sorted(query["a"][0] for query in town.asked) == ["某某路 7&号", "没人知道的地方"]
    assert {query["k"][0] for query in town.asked} == {"s&cret"}
    office.know()  # the gazetteer changed: what waits is looked at again, from what the geocoder said before
    assert office.wait(geocoder, wish) == 0
    assert len(town.asked) == 2
    geocoder.close()


@pytest.mark.parametrize("fails", [500, b"<html>", b'{"geocodes": [{"location": "a,b"}]}', b"[" * 100_000, b" " * 300_000])
def test_a_geocoder_that_fails_is_left_alone_after_five_times_and_asked_again_later(
    office: Office, config: Config, town: Town, now: datetime, fails: bytes | int
) -> None:
    wish = asking(config, town, failures=3)
    geocoder, town.fails = Geocoder(wish.places.geocoder), fails
    for n in range(6):
        office.send(external_id=str(n), address=f"某某路{n}号")
    assert office.wait(geocoder, wish) == 0
    assert len(town.asked) == 3
    assert geocoder.rests(now)
    assert office.rows("select * from placing_tries") == []
    town.fails, cell = None, office.cells[2]
    town.known = {f"某某路{n}号": [{"location": f"{cell.lon},{cell.lat}", "level": 90}] for n in range(6)}
    assert office.wait(geocoder, wish, now + timedelta(seconds=59)) == 0
    assert office.wait(geocoder, wish, now + timedelta(seconds=61)) == 6
    geocoder.close()


def test_a_geocoder_that_says_nothing_is_waited_for_no_longer_than_its_timeout(config: Config, now: datetime) -> None:
    import socket

    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        wish = GeocoderConfig(
            url=f"http://127.0.0.1:{mute.getsockname()[1]}/?a={{address}}", timeout=timedelta(milliseconds=50), failures=1
        )
        geocoder = Geocoder(wish)
        assert geocoder.ask("某某路1号", now) is None
        assert geocoder.rests(now)
        geocoder.close()


def test_a_geocoder_s_place_outside_the_city_places_nothing(office: Office, config: Config, town: Town) -> None:
    wish = asking(config, town)
    town.known["某某路7号"] = [{"location": "100,20", "level": 99}]
    office.send(address="某某路7号")
    geocoder = Geocoder(wish.places.geocoder)
    assert office.wait(geocoder, wish) == 0
    assert office.row()["placement"] == Placement.NONE
    geocoder.close()
