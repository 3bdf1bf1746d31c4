"""A city's own names from CSV and GeoJSON: every row taken or told why not."""

import json
from pathlib import Path

import pytest

from core.errors import Invalid
from geodata.datums import from_cgcs2000
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_files import read_places


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def test_rows_of_csv_are_taken_or_told_why_not(tmp_path: Path) -> None:
    text = (
        "name,kind,aliases,area,lon,lat,road,number\n"
        "金色新城,estate,金色新城小区;新城花园,320404001001,119.95,31.78,,\n"
        ",number,,,119.951,31.781,怀德中路,12号\n"
        "金色新城,estate,,320404001001,119.96,31.79,,\n"
        "无处,point,,,,,,\n"
        "远方,point,,,500,31,,\n"
        "怪物,dragon,,,119.95,31.78,,\n"
        "零点,point,,,0,0,,\n"
        "甲号,number,,,119.95,31.78,,3\n"
        "（）,point,,,119.95,31.78,,\n"
    )
    taken, findings = read_places(written(tmp_path, "a.csv", text))
    assert [(row, place.name, place.kind) for row, place in taken.items()] == [(2, "金色新城", "estate"), (3, "怀德中路12号", "number")]
    assert taken[2].aliases == ("金色新城小区", "新城花园")
    refused = {one.feature: one.reason for one in findings if one.verdict == "refused"}
    assert refused == {4: "duplicate", 5: "value", 6: "value", 7: "value", 8: "value", 9: "value", 10: "value"}
    assert {one.feature for one in findings if one.verdict == "warning"} == {3}


def test_a_chinese_spreadsheet_in_its_own_encoding_with_its_own_column_names_is_read(tmp_path: Path) -> None:
    taken, _ = read_places(written(tmp_path, "a.csv", "名称,类型,经度,纬度\n金色新城,小区,119.95,31.78\n", "gb18030"))
    assert [(place.name, place.kind) for place in taken.values()] == [("金色新城", "estate")]


def test_lines_become_roads_with_a_point_on_them_and_polygons_estates_with_a_point_inside(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"name": "怀德中路"},
            "geometry": {"type": "LineString", "coordinates": [[119.94, 31.78], [119.96, 31.78]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "延陵西路"},
            "geometry": {"type": "MultiLineString", "coordinates": [[[119.95, 31.77], [119.95, 31.79]]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "金色新城"},
            "geometry": {"type": "Polygon", "coordinates": [[[0, 1], [2, 1], [2, 2], [0, 2], [0, 1]]]},
        },
        {"type": "Feature", "properties": {"name": "坏的"}, "geometry": {"type": "Polygon", "coordinates": [1]}},
        {"type": "Feature", "properties": {"name": "没有"}, "geometry": None},
    ]
    taken, findings = read_places(written(tmp_path, "a.geojson", json.dumps({"type": "FeatureCollection", "features": features})))
    assert [place.kind for place in taken.values()] == ["road", "road", "estate"]
    assert (taken[1].lon, taken[1].lat) == (119.95, 31.78)
    assert 900 < taken[1].reach_m < 1000
    assert {one.feature for one in findings if one.verdict == "refused"} == {4, 5}
    crossing = Gazetteer(taken.values()).match("怀德中路与延陵西路路口")
    assert crossing is not None
    assert [crossing.lon, crossing.lat] == pytest.approx([119.95, 31.78])


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_datum_is_converted_at_the_door(tmp_path: Path, datum: str) -> None:
    lon, lat = from_cgcs2000(119.95, 31.78, datum)
    taken, _ = read_places(written(tmp_path, "a.csv", f"name,lon,lat,datum\n金色新城,{lon!r},{lat!r},{datum}\n"))
    assert [taken[2].lon, taken[2].lat] == pytest.approx([119.95, 31.78], abs=1e-6)


@pytest.mark.parametrize(("name", "text"), [("a.csv", "foo,bar\n1,2\n"), ("a.geojson", "{"), ("a.geojson", '{"features": 3}')])
def test_a_file_that_is_no_gazetteer_is_refused_as_a_whole(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(Invalid):
        read_places(written(tmp_path, name, text))
