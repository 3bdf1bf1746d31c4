"""Addresses become places: when a report is stored, by a person who teaches, by the duty that looks again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.import_places import places as import_places
from core.config import Config
from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from geodata.gazetteer_places import PlaceEntry
from geodata.model import City
from store import gazetteer
from store.acts import Act
from store.timescale import Store
from tests.address_office import DUTY, Office


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
