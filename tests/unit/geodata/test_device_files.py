"""Device lists: rows taken, rows refused with their line, positions with their datum."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.errors import Invalid
from core.model import Position
from geodata.device_files import read_devices, template

HEAD = "device,name,domain,area,lon,lat,datum,interval_s,metrics\n"


def test_good_lines_are_taken_and_bad_ones_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    lines = ["a,甲,water,320404,119.9,31.8,gcj02,60,water_level;rain", ",乙,water,,,,,,", "c,丙,air,,,,,,", "a,丁,urban,,,,,,"]
    lines += ["e,,urban,,,,,,", "f,,urban,,x,1,,,", "g,,urban,,1,,,,", "h,,urban,,,,,minus,", "i,,urban,,,,,,{"]
    path.write_text("\ufeff" + HEAD + "\n".join(lines), encoding="utf-8")
    rows, findings = read_devices(path)
    assert [(row.device, row.position, row.area) for row in rows] == [("a", Position(119.9, 31.8, "gcj02"), "320404"), ("e", None, None)]
    assert [row.told for row in rows] == [
        {"device": "a", "name": "甲", "domain": "water", "interval_s": 60.0},
        {"device": "e", "domain": "urban"},
    ]
    assert rows[0].metrics == {"water_level": {}, "rain": {}}
    assert [(f.feature, f.reason) for f in findings] == [
        (number, "duplicate" if number == 5 else "value") for number in (3, 4, 5, 7, 8, 9, 10)
    ]


def test_chinese_headings_and_words_mean_what_the_fields_mean(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    head = "设备编号*,设备名称,业务领域,经度（°）,纬度,坐标系,上报周期,权属单位,网络区域,安装日期,检定日期,固件版本,监测指标,序号"
    path.write_text(
        f"{head}\na,甲,水务,119.9,31.8,百度,5分钟,水务局,互联网,2025年6月30日,2026/3/1,2.4,w01018-rtd>cod mg/L 0～200；ph,1\n",
        encoding="gb18030",
    )
    [row], [finding] = read_devices(path)
    assert (row.position, finding.verdict, "序号" in finding.detail) == (Position(119.9, 31.8, "bd09"), "warning", True)
    assert row.told == {
        "device": "a", "name": "甲", "domain": "water", "interval_s": 300.0, "owner": "水务局", "network_zone": "互联网", "firmware": "2.4",
        "installed_on": date(2025, 6, 30), "calibrated_on": date(2026, 3, 1),
    }  # fmt: skip
    assert row.metrics == {"w01018-rtd": {"name": "cod", "unit": "mg/L", "min": 0.0, "max": 200.0}, "ph": {}}


def test_a_sheet_is_read_below_its_title_with_its_rows_numbers(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    rows = (
        ("设备台账",),
        ("设备编号", "领域", "上报间隔", "安装日期", "经度", "纬度"),
        (32040417, "城管", 60.0, datetime(2025, 6, 30), 119.9, 31.8),  # noqa: DTZ001
        (),
        ("b", "天", 60),
    )
    for cells in rows:
        book.active.append(cells)
    book.save(tmp_path / "d.xlsx")
    [row], [finding] = read_devices(tmp_path / "d.xlsx", "wgs84")
    assert (row.number, row.position) == (3, Position(119.9, 31.8, "wgs84"))
    assert row.told == {"device": "32040417", "domain": "urban", "interval_s": 60.0, "installed_on": date(2025, 6, 30)}
    assert (finding.feature, finding.code, finding.verdict) == (5, "b", "refused")


def test_the_template_can_be_filled_in_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(template(), encoding="utf-8")
    rows, findings = read_devices(tmp_path / "t.csv")
    assert findings == []
    assert [len(row.told) for row in rows][:2] == [12, 8]
    assert rows[0].metrics == {"a34004-rtd": {"name": "pm25", "unit": "mg/m3", "min": 0.0, "max": 5.0}, "noise": {"unit": "dB(A)"}}
    assert (rows[1].told["interval_s"], rows[1].told["gateway"], rows[1].area) == (300.0, "GW-03", "320404001001")


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


def test_a_list_of_cameras_is_known_by_its_national_numbers(tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    head = "国标编码,设备名称,设备类型,经度,纬度,监视方位,视场角(°),可视距离(m),视频流地址\n"
    lines = ["32040400001320000017,甲,枪机,119.9,31.8,东南,60,80米,rtsp://u:secret@10.0.0.1/1", "32040400001310000018,乙,球机,,,正北,,,"]
    lines += [
        "3204040000118000001,丙,球机,,,,,,",
        "32040400001320000019,丁,枪机,,,上,,,",
        "32040400001320000020,戊,枪机,,,,,,ftp://secret/1",
    ]
    path.write_text(head + "\n".join(lines), encoding="utf-8")
    rows, findings = read_devices(path)
    assert rows[0].told == {
        "device": "32040400001320000017", "gb_id": "32040400001320000017", "name": "甲", "kind": "枪机", "bearing": 135.0, "angle": 60.0,
        "reach_m": 80.0, "stream_url": "rtsp://u:secret@10.0.0.1/1",
    }  # fmt: skip
    assert rows[1].told == {
        "device": "32040400001310000018", "gb_id": "32040400001310000018", "name": "乙", "kind": "球机", "bearing": 0.0,
    }  # fmt: skip
    assert [(finding.feature, finding.detail.partition(":")[0]) for finding in findings] == [
        (4, "gb_id"),
        (5, "bearing '上' is no number and no direction like 东南"),
        (6, "stream_url"),
    ]
    assert not any("secret" in finding.detail for finding in findings)


def test_a_number_that_a_sheet_has_rounded_is_refused_and_a_geojson_camera_is_read(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for cells in (("设备编号", "国标编码"), ("CAM-1", 3.20404000013200e19), ("CAM-2", "32040400001320000017")):
        book.active.append(cells)
    book.save(tmp_path / "c.xlsx")
    [row], [finding] = read_devices(tmp_path / "c.xlsx")
    assert (row.device, row.told["gb_id"], finding.code) == ("CAM-2", "32040400001320000017", "CAM-1")
    assert "15 digits" in finding.detail
    point = {"type": "Point", "coordinates": [119.9, 31.8]}
    feature = {"type": "Feature", "geometry": point, "properties": {"gb_id": "32040400001320000017", "bearing": 90, "reach_m": 120}}
    (tmp_path / "c.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    [row], [] = read_devices(tmp_path / "c.geojson")
    assert (row.device, row.position, row.told["bearing"]) == ("32040400001320000017", Position(119.9, 31.8), 90.0)
