"""Addresses become places: when a report is stored, by a person who teaches, by the duty that looks again, by a city's own geocoder."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from alerts.rules import arrange
from api.places import Places
from cli.import_places import places as import_places
from compose import CityMap
from core.config import Config
from core.errors import Invalid, NotAllowed, NotFound
from core.model import Frame, Placement, Scope, Taken
from core.place_config import GeocoderConfig
from geodata.gazetteer_places import PlaceEntry
from geodata.model import City
from ingest.geocoder import Geocoder
from pipeline import Deps, process
from placing import place_waiting
from store import gazetteer, reports
from store.acts import Act
from store.geography import save_city
from store.registry import Registry
from store.timescale import Store

DUTY = Scope("duty", ("320404",), 1, "值班员 01")


class Nobody:
    """Nobody listens to hints."""

    def hint(self, device_ids: Sequence[int]) -> None:
        self.last = device_ids


class Office:
    """A pipeline on a small city with a gazetteer, spoken to in reports."""

    def __init__(self, config: Config, url: str, village: City, now: datetime) -> None:
        self.store, self.now, self.config = Store(url), now, config
        with self.store.connection() as connection:
            save_city(connection, village, now)
            connection.execute("insert into accounts (login, password_hash, role, areas) values ('duty1', '', 'duty', '{320404}')")
        self.cells = [cell for cell in village.cells if cell.area.startswith("320404001")]
        self.elsewhere = next(cell for cell in village.cells if cell.area.startswith("320404002"))
        self.know(PlaceEntry("金色新城", "estate", self.cells[0].lon, self.cells[0].lat, self.cells[0].area, source="test"))
        self.city = CityMap(self.store, gazetteer.CityNames(self.store, config.places.prefixes))
        self.deps = Deps(config, self.store, Registry(config, self.city), self.city, arrange(config), Nobody())

    def know(self, *places: PlaceEntry) -> gazetteer.SavedPlaces:
        with self.store.connection() as connection:
            return gazetteer.save_places(connection, "test", places, self.now)

    def send(self, peer: str = "", **report: Any) -> Taken:
        body = {"source": "s", "external_id": "1", "channel": "hotline", "title": "井盖缺损", "observed_at": self.now.isoformat()} | report
        return process([Frame("http-reports", json.dumps(body).encode(), self.now, peer=peer)], self.now, self.deps).taken[0]

    def row(self, external_id: str = "1") -> dict[str, Any]:
        with self.store.connection() as connection:
            return dict(connection.execute("select * from reports where external_id = %s", [external_id]).fetchone() or {})

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))

    def place(self, report_id: int, scope: Scope = DUTY, **fields: Any) -> int | None:
        """A person's act, and what it taught, as the API does both."""
        places = Places()
        act = Act("place", scope, self.now, extra=fields)

        def locate(given: Any) -> dict[str, Any]:
            from core.model import Position

            located, lon, lat = places.locator(self.store, self.now).place(Position(given["lon"], given["lat"]))
            return {
                "area": located.area or "320404",
                "cell_id": located.cell_id,
                "lon": lon,
                "lat": lat,
                "placement": located.placement.value,
            }

        with self.store.connection() as connection:
            reports.act_on_report(connection, report_id, act, self.config.classes, locate)
            taught_id = gazetteer.learn(connection, act, report_id)
        self.city.names.refresh()
        return taught_id

    def wait(self, geocoder: Any = None, config: Config | None = None, now: datetime | None = None) -> int:
        """The jobs' duty."""
        self.city.names.refresh()
        config = config or self.config
        geocoder = geocoder or Geocoder(config.places.geocoder)
        return place_waiting(self.store, self.city, self.city.names.version, geocoder, config, now or self.now)


@pytest.fixture
def office(config: Config, database_url: str, village: tuple[City, Any], now: datetime) -> Iterator[Office]:
    made = Office(config, database_url, village[0], now)
    yield made
    made.store.close()


def test_a_report_with_a_known_address_and_no_position_is_placed_when_it_is_stored(office: Office) -> None:
    office.send(address="江苏省常州市金色新城3幢502室")
    row = office.row()
    assert (row["placement"], row["lon"], row["cell_id"] is not None) == ("inside", pytest.approx(office.cells[0].lon), True)
    assert row["area"] == office.cells[0].area
    assert row["extra"]["placed_by"] == "gazetteer"
    assert row["extra"]["place_confidence"] >= office.config.places.place_from
    assert row["extra"]["place_matched"] == "金色新城"


def test_a_position_of_its_own_is_worth_more_than_any_address(office: Office) -> None:
    office.send(address="金色新城", lon=office.elsewhere.lon, lat=office.elsewhere.lat)
    assert office.row()["area"] == office.elsewhere.area
    assert "placed_by" not in office.row()["extra"]


def test_an_address_that_is_not_sure_enough_waits_in_the_tray(office: Office) -> None:
    office.send(address="金色新城附近往东500米")
    assert office.row()["placement"] == "none"


def test_the_same_report_again_is_a_duplicate_and_stays_where_it_was_whatever_the_gazetteer_says_now(office: Office) -> None:
    office.send(address="金色新城")
    first = office.row()
    office.know(PlaceEntry("金色新城", "estate", office.cells[3].lon, office.cells[3].lat, office.cells[0].area, source="test"))
    office.city.names.refresh()
    assert office.send(address="金色新城").duplicates == 1
    assert office.row() == first


def test_a_match_outside_the_area_the_sender_speaks_for_places_nothing_and_refuses_nothing(office: Office) -> None:
    taken = office.send(peer="areas:320404002", address="金色新城")
    assert (taken.accepted, taken.rejected) == (1, ())
    assert (office.row()["placement"], office.row()["area"]) == ("none", "320404002")


def test_what_a_person_placed_is_found_by_the_same_address_next_time_and_forgotten_on_wish(office: Office, now: datetime) -> None:
    address, cell = "老槐树下面那个菜场后门", office.cells[5]
    office.send(address=address)
    assert office.row()["placement"] == "none"
    taught_id = office.place(office.row()["report_id"], lon=cell.lon, lat=cell.lat)
    assert taught_id is not None
    office.send(external_id="2", address="老槐树下面那个菜场后门 ")
    second = office.row("2")
    assert (second["placement"], second["lon"]) == ("inside", pytest.approx(cell.lon))
    match = office.city.find(address, "")
    assert match is not None
    assert (match.source, match.why) == ("taught", ("taught",))
    with office.store.connection() as connection:
        gazetteer.forget(connection, Act("forget", DUTY, now), taught_id)
        gazetteer.forget(connection, Act("forget", DUTY, now), taught_id)
    office.city.names.refresh()
    office.send(external_id="3", address=address)
    assert office.row("3")["placement"] == "none"
    audit = office.rows("select act, actor, role from audit where noun = 'taught' order by audit_id")
    assert audit == [{"act": act, "actor": "值班员 01", "role": "duty"} for act in ("teach", "forget")]


def test_a_suggestion_that_was_chosen_is_remembered_as_that_place(office: Office) -> None:
    office.send(address="金色新城附近往东500米")
    place = office.rows("select place_id, lon, lat from places")[0]
    office.place(office.row()["report_id"], lon=place["lon"], lat=place["lat"], place_id=place["place_id"])
    taught = office.rows("select place_id, name, said from taught_addresses")
    assert taught == [{"place_id": place["place_id"], "name": "金色新城", "said": "金色新城附近往东500米"}]


def test_teaching_the_same_address_again_replaces_what_was_taught(office: Office) -> None:
    office.send(address="老槐树下面")
    for cell in (office.cells[1], office.cells[2]):
        office.place(office.row()["report_id"], lon=cell.lon, lat=cell.lat)
    assert len(office.rows("select 1 from taught_addresses where forgotten_at is null")) == 1
    match = office.city.find("老槐树下面", "")
    assert match is not None
    assert match.lon == pytest.approx(office.cells[2].lon)


def test_only_people_teach_and_only_what_lies_inside(office: Office) -> None:
    office.send(address="老槐树下面")
    report_id = office.row()["report_id"]
    machine = Scope("duty", ("320404",), None, "token")
    assert office.place(report_id, machine, lon=office.cells[1].lon, lat=office.cells[1].lat) is None
    assert office.place(report_id, lon=100.0, lat=20.0) is None
    with pytest.raises(NotFound):
        office.place(report_id, lon=office.cells[1].lon, lat=office.cells[1].lat, place_id=999)
    with pytest.raises(Invalid):
        office.place(report_id, lon=office.cells[1].lon, lat=office.cells[1].lat, place_id="x")
    with office.store.connection() as connection, pytest.raises(NotAllowed):
        gazetteer.forget(connection, Act("forget", machine, office.now), 1)
    assert office.rows("select * from taught_addresses") == []


def test_an_import_replaces_its_own_places_and_what_stays_keeps_its_number(office: Office) -> None:
    number = office.rows("select place_id from places")[0]["place_id"]
    cell = office.cells[0]
    saved = office.know(
        PlaceEntry("金色新城", "estate", cell.lon, cell.lat, cell.area, ("新城花园",)),
        PlaceEntry("人民路", "road", cell.lon, cell.lat, line=(((119.9, 31.79), (119.91, 31.8)),)),
    )
    assert saved == gazetteer.SavedPlaces(1, 1, 0)
    assert office.rows("select place_id from places where name = '金色新城'") == [{"place_id": number}]
    assert office.know() == gazetteer.SavedPlaces(0, 0, 2)


def test_a_worse_neighbour_scope_cannot_see_or_forget_what_others_taught(office: Office, web_database_url: str) -> None:
    office.send(address="老槐树下面")
    taught_id = office.place(office.row()["report_id"], lon=office.cells[1].lon, lat=office.cells[1].lat)
    other = Scope("duty", ("320404002",), 2, "别处")
    web = Store(web_database_url)
    with web.scoped(other) as connection:
        assert gazetteer.list_taught(connection, other, report_id=None, after=None, limit=10) == []
        assert connection.execute("select count(*) as n from taught_addresses").fetchone() == {"n": 0}
        with pytest.raises(NotFound):
            gazetteer.forget(connection, Act("forget", other, office.now), taught_id or 0)
    with web.scoped(DUTY) as connection:
        assert [one["said"] for one in gazetteer.list_taught(connection, DUTY, report_id=None, after=None, limit=10)] == ["老槐树下面"]
    web.close()


def test_reports_that_wait_are_placed_when_the_gazetteer_learns_and_not_looked_at_before(office: Office) -> None:
    office.send(address="翠竹苑12幢")
    assert office.wait() == 0
    tried = office.rows("select tried_at, version from placing_tries")
    assert len(tried) == 1
    cell = office.cells[4]
    with office.store.connection() as connection:
        gazetteer.save_places(connection, "later", [PlaceEntry("翠竹苑", "estate", cell.lon, cell.lat, cell.area)], office.now)
    assert office.wait() == 1
    row = office.row()
    assert (row["placement"], row["area"], row["extra"]["placed_by"]) == ("inside", cell.area, "gazetteer")
    assert [one["act"] for one in office.rows("select act from audit where noun = 'report'")] == ["place"]
    assert office.rows("select after ->> 'placement' as p from change_log where noun = 'report' order by change_id desc limit 1") == [
        {"p": "inside"}
    ]
    assert office.wait() == 0


def test_what_a_person_placed_meanwhile_stays(office: Office) -> None:
    office.send(address="翠竹苑12幢")
    report = dict(office.row())
    office.place(report["report_id"], lon=office.cells[1].lon, lat=office.cells[1].lat)
    from store import waiting

    with office.store.connection() as connection:
        spot = {"area": "320404001", "cell_id": None, "lon": 1.0, "lat": 1.0}
        assert waiting.place_report(connection, report, spot, {}, office.now) is False
    assert office.row()["lon"] == pytest.approx(office.cells[1].lon)


# ── a city's own geocoder, a real server on a real port ────────────────────────────────────────────────────────────


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


def test_the_command_imports_a_file_and_writes_what_became_of_each_row(
    office: Office, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, report = tmp_path / "names.csv", tmp_path / "report.csv"
    file.write_text(f"name,kind,lon,lat\n翠竹苑,小区,{office.cells[0].lon},{office.cells[0].lat}\n坏行,小区,x,y\n", encoding="utf-8")
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    outcome = CliRunner().invoke(import_places, [str(file), "--report", str(report)])
    assert outcome.exit_code == 1, outcome.output
    assert "1 places taken, 1 refused · 1 new" in outcome.output
    lines = report.read_text("utf-8-sig").splitlines()
    assert lines[1].startswith("taken,2,翠竹苑,estate,320404001")
    assert lines[2].startswith("refused,3,坏行")
    assert office.rows("select source from places where name = '翠竹苑'") == [{"source": "names"}]
