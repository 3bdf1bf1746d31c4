"""Device lists: rows taken, rows refused with their line, positions with their datum."""

import json
from pathlib import Path

import pytest

from core.errors import Invalid
from core.model import Position
from geodata.device_files import read_devices

HEAD = "device,name,domain,area,lon,lat,datum,interval_s,metrics\n"


def test_good_lines_are_taken_and_bad_ones_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    lines = ["a,甲,water,320404,119.9,31.8,gcj02,60,water_level;rain", ",乙,water,,,,,,", "c,丙,air,,,,,,", "a,丁,urban,,,,,,"]
    lines += ["e,,urban,,,,,,", "f,,urban,,x,1,,,"]
    path.write_text("\ufeff" + HEAD + "\n".join(lines), encoding="utf-8")
    rows, findings = read_devices(path)
    assert [(row.device, row.name, row.position) for row in rows] == [("a", "甲", Position(119.9, 31.8, "gcj02")), ("e", "e", None)]
    assert rows[0].metrics == {"water_level": {}, "rain": {}}
    assert rows[0].interval_s == 60
    assert [(f.feature, f.reason) for f in findings] == [(3, "value"), (4, "value"), (5, "duplicate"), (7, "value")]


def test_geojson_points_carry_their_place(tmp_path: Path) -> None:
    path = tmp_path / "devices.geojson"
    properties = {"device": "a", "domain": "urban", "metrics": {"noise": {"unit": "dB(A)", "max": 150}}}
    path.write_text(json.dumps({"features": [{"geometry": {"type": "Point", "coordinates": [119.9, 31.8]}, "properties": properties}]}))
    rows, findings = read_devices(path, "bd09")
    assert not findings
    assert rows[0].position == Position(119.9, 31.8, "bd09")
    assert rows[0].metrics["noise"]["max"] == 150


@pytest.mark.parametrize(("name", "text"), [("a.csv", "x,y\n1,2\n"), ("a.geojson", "[]"), ("a.json", "{")])
def test_a_file_of_another_shape_is_refused_in_words(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(Invalid, match=r"cannot be read|no column"):
        read_devices(tmp_path / name)
