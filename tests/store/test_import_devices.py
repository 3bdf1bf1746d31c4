"""`yiping import devices`: every row has its verdict, a file with a fault changes nothing, and a second import nothing either."""

import csv
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.rows import dict_row

from cli.import_ import import_
from core.config import Config
from store.registry import keep_catalogue
from store.timescale import Store

HEAD = "设备编号,设备名称,领域,经度,纬度,权属单位,校准日期,上报间隔,监测指标\n"


class Town:
    """A database with the catalogue, and the command line before it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def bring(self, text: str, *options: str, name: str = "d.csv") -> Result:
        (self.folder / name).write_text(text, encoding="utf-8")
        return CliRunner().invoke(import_, ["devices", str(self.folder / name), *options])

    def verdicts(self, text: str, *options: str) -> list[tuple[str, str, str]]:
        self.bring(text, "--report", str(self.folder / "report.csv"), *options)
        with (self.folder / "report.csv").open(encoding="utf-8-sig") as file:
            return [(row["row"], row["device"], row["verdict"]) for row in csv.DictReader(file)]

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def devices(self) -> list[str]:
        return [row["device"] for row in self.rows("select device from devices order by device")]


@pytest.fixture
def town(config: Config, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    store = Store(database_url)
    with store.connection() as connection:
        keep_catalogue(connection, config)
    store.close()
    return Town(database_url, tmp_path)


def test_every_row_is_told_created_changed_or_unchanged(town: Town) -> None:
    good = HEAD + "a,甲,水务,119.9,31.8,水务局,2026-03-01,60,water_depth\nb,乙,环境,,,环境局,,300,p>pm25 mg/m3 0~5\n"
    assert town.verdicts(good) == [
        ("2", "a", "created"),
        ("2", "a", "warning"),
        ("3", "b", "created"),
    ]  # no cells are drawn: a lies outside
    before = town.rows("select updated_at from devices order by device")
    assert [one for one in town.verdicts(good) if one[2] != "warning"] == [("2", "a", "unchanged"), ("3", "b", "unchanged")]
    assert town.rows("select updated_at from devices order by device") == before
    again = town.bring("设备编号,校准日期\na,2026-09-01\nb,\n")
    assert (again.exit_code, "1 changed, 1 unchanged, 0 refused · stored" in again.output, "calibrated_on" in again.output) == (
        0,
        True,
        True,
    )
    [a, b] = town.rows("select name, owner, calibrated_on::text, interval_s, lon from devices order by device")
    assert a == {"name": "甲", "owner": "水务局", "calibrated_on": "2026-09-01", "interval_s": 60, "lon": 119.9}
    assert (b["owner"], b["interval_s"]) == ("环境局", 300)


def test_a_file_with_a_fault_stores_nothing_and_names_every_faulty_row(town: Town) -> None:
    faulty = HEAD + "a,甲,水务,,,,,,\nb,乙,,,,,,,\nc,丙,天,,,,,,\nd,丁,环境,,,,,,pm25 ppm\n"
    run = town.bring(faulty)
    assert (run.exit_code, "nothing was stored" in run.output, "1 created, 0 changed, 0 unchanged, 3 refused" in run.output) == (
        1,
        True,
        True,
    )
    assert all(word in run.output for word in ("ppm", "µg/m³", "天", "domain"))
    assert town.devices() == []
    assert town.verdicts(faulty, "--partial") == [
        ("2", "a", "created"),
        ("3", "b", "refused"),
        ("4", "c", "refused"),
        ("5", "d", "refused"),
    ]
    assert town.devices() == ["a"]


def test_two_rows_that_tell_one_new_metric_in_units_that_do_not_fit_are_found_before_anything_is_stored(town: Town) -> None:
    run = town.bring(HEAD + "a,,环境,,,,,,smell mg/m3\nb,,环境,,,,,,smell ppm\n")
    assert (run.exit_code, "'ppm' cannot become 'mg/m3'" in run.output) == (1, True)
    assert (town.devices(), town.rows("select 1 from metrics where metric = 'smell'")) == ([], [])


def test_a_dry_run_tells_what_would_be_and_stores_nothing(town: Town) -> None:
    run = town.bring(HEAD + "a,甲,水务,,,,,,\n", "--dry-run")
    assert (run.exit_code, "1 created" in run.output, "dry run" in run.output, town.devices()) == (0, True, True, [])


def test_a_metric_named_again_keeps_what_the_file_does_not_say(town: Town) -> None:
    town.bring(HEAD + "a,甲,环境,,,,,,p>pm25 mg/m3 0~5;noise\n")
    town.bring("device,metrics\na,p mg/m3 ~8\n")
    query = "select metric, dm.unit, dm.min, dm.max, dm.name from device_metrics dm join metrics using (metric_id) order by metric"
    assert town.rows(query) == [
        {"metric": "noise", "unit": "", "min": None, "max": None, "name": None},
        {"metric": "p", "unit": "mg/m3", "min": 0, "max": 8, "name": "pm25"},
    ]


def test_an_adopted_device_is_confirmed_by_the_list_it_stands_on(town: Town) -> None:
    with psycopg.connect(town.url) as connection:
        connection.execute("insert into devices (device, name, domain, area, verified) values ('a', 'a', 'water', '320404', false)")
    assert town.verdicts("device\na\n") == [("2", "a", "changed")]
    assert town.rows("select verified from devices") == [{"verified": True}]


def test_the_template_is_taken_as_it_is(town: Town) -> None:
    run = CliRunner().invoke(import_, ["devices", "--template"])
    assert run.exit_code == 0
    verdicts = town.verdicts(run.stdout_bytes.decode("utf-8-sig"))
    assert [one[2] for one in verdicts][:3] == ["created", "warning", "created"]
    assert {one[2] for one in verdicts} == {"created", "warning"}
    assert CliRunner().invoke(import_, ["devices"]).exit_code == 2


def test_a_list_of_cameras_is_imported_with_its_streams_and_tells_none_of_them(town: Town) -> None:
    head = "国标编码,设备名称,设备类型,朝向,可视距离,视频流地址\n"
    good = head + "32040400001320000017,甲,枪机,东,80,rtsp://u:secret@10.0.0.1/1\n31010100001320000018,乙,球机,,,\n"
    report = town.folder / "report.csv"
    first = town.bring(good, "--report", str(report))
    assert (first.exit_code, "2 created, 0 changed, 0 unchanged" in first.output, "another city" in first.output) == (0, True, True)
    cameras = "select device, gb_id, domain, bearing, reach_m, camera from devices order by device desc"
    assert [tuple(row.values()) for row in town.rows(cameras)] == [
        ("32040400001320000017", "32040400001320000017", "urban", 90, 80, True),
        ("31010100001320000018", "31010100001320000018", "urban", None, None, True),
    ]
    assert town.rows("select url from camera_streams") == [{"url": "rtsp://u:secret@10.0.0.1/1"}]
    again = town.bring(good)
    assert "0 changed, 2 unchanged" in again.output
    moved = town.bring(head + "32040400001320000017,,,,,rtsp://u:secret@10.0.0.9/1\n", "--report", str(report))
    assert ("1 changed" in moved.output, "stream_url" in moved.output) == (True, True)
    assert not any("secret" in text for text in (first.output, again.output, moved.output, report.read_text(encoding="utf-8-sig")))
    twice = town.bring("设备编号,国标编码,设备类型\nCAM-1,32040400001320000017,枪机\n")
    assert (twice.exit_code, "already means the device" in twice.output) == (1, True)


def test_levels_of_a_gauge_come_with_a_file_and_bringing_them_again_changes_nothing(town: Town) -> None:
    file = "设备编号,领域,特征水位\nr,水务,water_level 警戒水位 4.30; water_level 汛限水位 4.10 05-01~09-30 2026年调度方案\n"
    assert [one[2] for one in town.verdicts(file)] == ["created"]
    assert [one[2] for one in town.verdicts(file)] == ["unchanged"]
    assert town.rows("select level, value, season_to from device_levels order by value") == [
        {"level": "汛限水位", "value": 4.1, "season_to": "09-30"}, {"level": "警戒水位", "value": 4.3, "season_to": None},
    ]  # fmt: skip
    assert [one[2] for one in town.verdicts(file.replace("4.30", "4.35"))] == ["changed"]
