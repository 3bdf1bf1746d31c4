"""What people look for on the map is found by name and number, within their areas alone; a basemap of ours is served tile by tile."""

import gzip
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from flask import Flask
from shapely import LineString

from core.config import Config
from core.map_config import MapConfig
from geodata.pmtiles import Archive
from tests.desk import NORTH, SOUTH, Desk, Person
from tests.unit.geodata.test_pmtiles import archive

AT = {"lon": 119.905, "lat": 31.785}


def device(desk: Desk, name: str, title: str, area: str = NORTH, lat: float = 31.785, camera: bool = False, **columns: object) -> None:
    desk.insert("devices", {"device": name, "name": title, "domain": "water", "camera": camera, "area": f"{area}001", "lon": 119.905, "lat": lat,
                            "placement": "inside", **columns}, "device_id")  # fmt: skip


def case(desk: Desk, serial: int, title: str, area: str = NORTH, **columns: object) -> str:
    number = f"32040420261121{serial:05}"
    desk.insert("cases", {"case_number": number, "title": title, "class_code": "0502", "severity": 3, "stage": "handling", "area": f"{area}001",
                          **AT, "opened_at": desk.now, "updated_at": desk.now, **columns}, "case_number")  # fmt: skip
    return number


def hits(person: Person, words: str) -> list[tuple[str, str]]:
    answer = person.get(f"/map/search?q={words}")
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["id"]) for hit in answer.json["hits"]]


@pytest.fixture
def city(desk: Desk) -> Desk:
    device(desk, "lake-1", "北湖水位计")
    device(desk, "cam-7", "北湖摄像机", camera=True)
    device(desk, "lake-2", "南湖水位计", SOUTH, 31.705)
    return desk


def test_a_name_finds_devices_cameras_and_open_cases(city: Desk, app: Flask) -> None:
    number = case(city, 12, "北湖路积水")
    case(city, 13, "北湖路旧案", closed_at=city.now)
    assert hits(city.sign_in(app, "duty1"), "北湖") == [("case", number), ("device", "lake-1"), ("camera", "cam-7")]


def test_what_proves_the_path_or_lies_outside_the_city_is_not_found(city: Desk, app: Flask) -> None:
    device(city, "probe-1", "北湖探测", probe=True)
    device(city, "astray", "北湖失位", placement="zero")
    assert hits(city.sign_in(app, "duty1"), "北湖") == [("device", "lake-1"), ("camera", "cam-7")]


def test_a_number_finds_a_case_that_is_closed_too(city: Desk, app: Flask) -> None:
    number = case(city, 14, "旧案", closed_at=city.now)
    duty = city.sign_in(app, "duty1")
    assert hits(duty, number) == hits(duty, number[:17]) == [("case", number)]
    assert hits(duty, "00014") == []  # by its end only what is open


def test_an_incident_is_found_by_its_number_and_an_area_by_its_name(city: Desk, app: Flask) -> None:
    incident = city.insert("incidents", {"title": "湖水漫溢", "class_code": "0502", "severity": 2, "stage": "open", "area": f"{NORTH}001",
                                         **AT, "opened_at": city.now, "updated_at": city.now}, "incident_id")  # fmt: skip
    duty = city.sign_in(app, "duty1")
    assert ("incident", incident) in hits(duty, str(incident))
    assert hits(duty, "北街道")[0] == ("area", NORTH)


def test_nobody_finds_what_lies_in_another_area(city: Desk, app: Flask) -> None:
    case(city, 15, "南湖积水", SOUTH)
    assert hits(city.sign_in(app, "north"), "南") == []
    assert len(hits(city.sign_in(app, "duty1"), "南湖")) == 2


@pytest.mark.parametrize("query", ["", "q=", "q=%20", f"q={'x' * 81}", "q=x&limit=0", "q=x&nonsense=1"])
def test_a_question_that_cannot_be_meant_is_refused(desk: Desk, app: Flask, query: str) -> None:
    assert desk.sign_in(app, "duty1").get(f"/map/search?{query}").status_code == 422


def test_what_is_around_comes_nearest_first_and_counted(city: Desk, app: Flask) -> None:
    device(city, "near", "更近", lat=31.7851)
    case(city, 16, "积水")
    found = city.sign_in(app, "duty1").get("/map/around?lon=119.905&lat=31.7851&radius_m=100").json
    assert [row["device"] for row in found["devices"]["rows"]] == ["near", "lake-1"]
    assert found["devices"]["rows"][1]["distance_m"] == pytest.approx(11.1, abs=0.1)
    assert {kind: found[kind]["count"] for kind in ("devices", "cameras", "cases", "resources", "people")} == {
        "devices": 2, "cameras": 1, "cases": 1, "resources": 0, "people": 0,
    }  # fmt: skip


def walk(desk: Desk, minutes: float) -> None:
    with desk.store.connection() as connection:
        row = connection.execute(
            "insert into patrols (duty_grid, area, title, worker_id, since, until, stops, share, stage, made_by, made_at)"
            " values ('g1', %s, '巡查', %s, %s, %s, '[]', 1, 'under_way', 'duty1', %s) returning patrol_id",
            [f"{NORTH}001", desk.people["worker1"], desk.now - timedelta(hours=1), desk.now + timedelta(hours=1), desk.now],
        ).fetchone()
        assert row is not None
        for ago, lat in ((minutes + 5, 31.7), (minutes, 31.785)):
            at = desk.now - timedelta(minutes=ago)
            connection.execute(
                "insert into patrol_fixes (patrol_id, account_id, at, lon, lat, verdict, received_at) values (%s, %s, %s, 119.905, %s, 'good', %s)",
                [row["patrol_id"], desk.people["worker1"], at, lat, at],
            )


def test_people_are_where_they_were_last_and_not_where_they_were_long_ago(desk: Desk, app: Flask) -> None:
    walk(desk, 2)
    around = "/map/around?lon=119.905&lat=%s&radius_m=200"
    duty = desk.sign_in(app, "duty1")
    assert [row["name"] for row in duty.get(around % 31.785).json["people"]["rows"]] == ["worker1"]
    assert duty.get(around % 31.7).json["people"]["count"] == 0  # there before, and walked on
    desk.now += timedelta(minutes=40)
    assert desk.sign_in(app, "duty1").get(around % 31.785).json["people"]["count"] == 0


def test_where_people_are_is_for_those_who_keep_patrols(desk: Desk, app: Flask) -> None:
    walk(desk, 2)
    assert desk.sign_in(app, "boss").get("/map/around?lon=119.905&lat=31.785&radius_m=200").json["people"] is None


@pytest.fixture
def with_basemap(config: Config, desk: Desk, tmp_path: Path) -> Desk:
    file = archive(tmp_path / "base.pmtiles", {(5, 26, 12): gzip.compress(b"picture")})
    basemap = {"kind": "pmtiles", "label": "市图", "file": str(file), "content": "raster"}
    desk.config = config.model_copy(update={"map": MapConfig.model_validate({"basemaps": {"base": basemap}})})
    return desk


def test_a_tile_of_our_own_basemap_comes_once_and_is_not_sent_again(with_basemap: Desk) -> None:
    wall = with_basemap.with_token(with_basemap.app(), "screen", view="/wall")
    told = wall.get("/basemaps/base").json
    assert (told["content"], told["max_zoom"]) == ("raster", 5)
    first = wall.get("/basemaps/base/5/26/12")
    assert (first.status_code, gzip.decompress(first.data), first.mimetype) == (200, b"picture", "image/png")
    assert wall.get("/basemaps/base/5/26/12", If_None_Match=first.headers["ETag"]).status_code == 304
    assert wall.get("/basemaps/base/5/0/0").status_code == 204


def test_a_basemap_nobody_configured_or_a_tile_that_cannot_be_is_refused(with_basemap: Desk) -> None:
    wall = with_basemap.with_token(with_basemap.app(), "screen", view="/wall")
    assert wall.get("/basemaps/other").status_code == 404
    assert [wall.get(f"/basemaps/base/{tile}").status_code for tile in ("5/99/1", "x/1/1")] == [422, 422]


def test_a_newer_file_is_served_without_a_restart(with_basemap: Desk, tmp_path: Path) -> None:
    wall = with_basemap.with_token(with_basemap.app(), "screen", view="/wall")
    assert wall.get("/basemaps/base/5/26/12").status_code == 200
    archive(tmp_path / "new.pmtiles", {(5, 27, 12): b"elsewhere"}).replace(tmp_path / "base.pmtiles")
    assert wall.get("/basemaps/base/5/27/12").data == b"elsewhere"
    assert wall.get("/basemaps/base/5/26/12").status_code == 204


def test_a_file_that_went_away_or_holds_something_else_is_said(with_basemap: Desk, tmp_path: Path) -> None:
    wall = with_basemap.with_token(with_basemap.app(), "screen", view="/wall")
    archive(tmp_path / "base.pmtiles", {(5, 27, 12): b"x"}, kind=1)
    assert "content: raster" in wall.get("/basemaps/base").json["detail"]
    (tmp_path / "base.pmtiles").unlink()
    assert wall.get("/basemaps/base").status_code == 404


def test_what_gdal_writes_is_read(tmp_path: Path) -> None:
    """The archive that `docs/map.md` tells a city to make, by another hand than ours."""
    from pyogrio import raw  # a second to load: for this test alone

    line = shapely.to_wkb(LineString([(119.90, 31.78), (119.95, 31.80)]))
    raw.write(str(tmp_path / "roads.pmtiles"), np.array([line], dtype=object), [np.array(["东环路"], dtype=object)], ["name"],
              geometry_type="LineString", crs="EPSG:4326", driver="PMTiles", layer="roads", dataset_options={"MINZOOM": "6", "MAXZOOM": "9"})  # fmt: skip
    found = Archive(tmp_path / "roads.pmtiles")
    assert (found.header.content, found.header.min_zoom, found.header.max_zoom) == ("vector", 6, 9)
    tiles = [found.tile(z, x, y) for z, x, y in ((6, 53, 26), (9, 426, 208), (5, 26, 13), (9, 0, 0))]
    assert [tile is not None for tile in tiles] == [True, True, False, False]
    assert tiles[0] is not None
    assert "东环路".encode() in gzip.decompress(tiles[0].body)
    found.close()
