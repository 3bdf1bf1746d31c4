"""Pictures live as long as configured and as what they belong to is open; no row points to nothing, and no file lies about for ever."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.config import Config
from core.model import Picture
from store import media_sweep
from store.media import keep_photo, path_of
from store.media_sweep import MARK, Swept
from tests.desk import NORTH, Desk, open_desk, picture
from tests.store.test_pictures import Camera

KEEP, DAY, HOUR = timedelta(days=180), timedelta(days=1), timedelta(hours=1)


class Album:
    """A folder of pictures and the table beside it. Time travels, and the files' times with it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder

    def add(self, row: bool = True, file: bool = True, **columns: Any) -> str:
        """A picture that came now."""
        media_id = keep_photo(self.folder, picture())
        path = path_of(self.folder, media_id)
        self.date(path)
        if not file:
            path.unlink()
        if row:
            values = {
                "media_id": media_id, "sha256": b"0", "kind": "image/jpeg", "bytes": 1, "area": f"{NORTH}001", "created_at": self.desk.now, **columns,
            }  # fmt: skip
            self.desk.insert("media", values, "media_id")
        return media_id

    def date(self, path: Path) -> None:
        os.utime(path, (self.desk.now.timestamp(),) * 2)

    def case(self, **columns: Any) -> str:
        number = f"3204042026112100{self.desk.rows('select count(*) as n from cases')[0]['n']:03}"
        values = {
            "case_number": number, "title": "t", "class_code": "0502", "severity": 3, "stage": "handling", "area": f"{NORTH}001",
            "opened_at": self.desk.now, "updated_at": self.desk.now, **columns,
        }  # fmt: skip
        return str(self.desk.insert("cases", values, "case_number"))

    def incident(self, **columns: Any) -> int:
        values = {
            "title": "i",
            "severity": 3,
            "stage": "open",
            "area": f"{NORTH}001",
            "opened_at": self.desk.now,
            "updated_at": self.desk.now,
            **columns,
        }
        return int(self.desk.insert("incidents", values, "incident_id"))

    def device(self) -> int:
        return int(self.desk.insert("devices", {"device": "st", "name": "st", "domain": "water", "area": f"{NORTH}001"}, "device_id"))

    def set(self, statement: str, *values: Any) -> None:
        with self.desk.store.connection() as connection:
            connection.execute(statement, values)

    def sweep(self, after: timedelta = timedelta(0)) -> Swept:
        self.desk.now += after
        return media_sweep.sweep(self.desk.store, self.folder, KEEP, self.desk.now)

    def fate(self, media_id: str) -> tuple[str | None, bool]:
        """Why it ended, and whether its file is there."""
        [row] = self.desk.rows("select ended_why from media where media_id = %s", media_id)
        return row["ended_why"], path_of(self.folder, media_id).exists()


LIVING, OVER = (None, True), ("expired", False)


@pytest.fixture
def album(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Album]:
    with open_desk(config, database_url, web_database_url, now, tmp_path / "media") as desk:
        yield Album(desk, tmp_path / "media")


def test_a_picture_ends_when_its_time_is_over_and_its_row_says_so(album: Album) -> None:
    one = album.add(device_id=album.device())
    assert (album.sweep(KEEP - HOUR), album.fate(one)) == (Swept(), LIVING)
    assert (album.sweep(2 * HOUR), album.fate(one)) == (Swept(ended=1), OVER)
    assert album.desk.rows("select ended_at from media") == [{"ended_at": album.desk.now}]
    assert not album.sweep(DAY)


def test_a_case_keeps_its_pictures_while_it_is_open_and_as_long_again_once_it_is_closed(album: Album) -> None:
    case = album.case()
    one = album.add(case_number=case)
    album.sweep(2 * KEEP)
    assert album.fate(one) == LIVING
    album.set("update cases set stage = 'closed', closed_at = %s", album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(one) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(one) == OVER


def test_a_report_that_nobody_decided_keeps_its_pictures_and_one_that_was_keeps_them_as_long_again(album: Album) -> None:
    report = album.desk.report()
    one = album.add(report_id=report)
    album.sweep(2 * KEEP)
    assert album.fate(one) == LIVING
    answer = album.desk.sign_in(album.desk.app(), "duty1").post(f"/reports/{report}/acts", {"act": "dismiss", "note": "误报"})
    assert answer.status_code == 200, answer.text
    album.sweep(KEEP - HOUR)
    assert album.fate(one) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(one) == OVER


@pytest.mark.parametrize("what", ["incident", "case_of_report", "case_of_incident", "alert"])
def test_whatever_a_report_led_to_keeps_its_pictures(album: Album, what: str) -> None:
    incident = album.incident(**({} if what == "incident" else {"stage": "closed", "closed_at": album.desk.now}))
    joined: dict[str, Any] = {"incident_id": incident} if what in ("incident", "case_of_incident") else {}
    report = album.desk.report(stage="confirmed", **joined)
    if what.startswith("case"):
        album.case(**({"report_id": report} if what == "case_of_report" else {"incident_id": incident}))
    if what == "alert":
        album.desk.alert(report_id=report)
    one = album.add(report_id=report)
    album.sweep(2 * KEEP)
    assert album.fate(one) == LIVING
    for statement in (
        "update incidents set stage = 'closed', closed_at = %s", "update cases set stage = 'closed', closed_at = %s",
        "update alerts set stage = 'normal', ended_at = %s",
    ):  # fmt: skip
        album.set(statement, album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(one) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(one) == OVER


def test_what_ended_by_itself_or_was_history_ends_in_its_time(album: Album) -> None:
    ended = album.add(report_id=album.desk.report(title="a", ended_at=album.desk.now + DAY))
    history = album.add(report_id=album.desk.report(title="b", history=True))
    album.sweep(KEEP + HOUR)
    assert [album.fate(ended), album.fate(history)] == [LIVING, OVER]
    album.sweep(DAY)
    assert album.fate(ended) == OVER


def test_a_stations_picture_of_an_alerts_time_belongs_to_that_alert(album: Album) -> None:
    device = album.device()
    before = album.add(device_id=device, taken_at=album.desk.now - HOUR)
    album.desk.alert(device_id=device)
    during = album.add(device_id=device, taken_at=album.desk.now + HOUR)
    album.sweep(2 * KEEP)
    assert [album.fate(before), album.fate(during)] == [OVER, LIVING]
    album.set("update alerts set stage = 'normal', ended_at = %s", album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(during) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(during) == OVER


@pytest.mark.parametrize("what", ["incident", "case_of_alert", "case_of_incident"])
def test_a_stations_picture_stays_while_what_its_alert_led_to_is_open(album: Album, what: str) -> None:
    began, device = album.desk.now, album.device()
    incident = album.incident(**({} if what == "incident" else {"stage": "closed", "closed_at": began}))
    joined: dict[str, Any] = {} if what == "case_of_alert" else {"incident_id": incident}
    alert = album.desk.alert(device_id=device, stage="normal", ended_at=began + 2 * HOUR, **joined)
    if what.startswith("case"):
        album.case(**({"alert_id": alert} if what == "case_of_alert" else {"incident_id": incident}))
    during, later = (album.add(device_id=device, taken_at=began + n * HOUR) for n in (1, 3))
    album.sweep(2 * KEEP)
    assert [album.fate(during), album.fate(later)] == [LIVING, OVER]
    for statement in ("update incidents set stage = 'closed', closed_at = %s", "update cases set stage = 'closed', closed_at = %s"):
        album.set(statement, album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(during) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(during) == OVER


def test_a_file_that_its_database_never_heard_of_is_worth_a_whole_retention(album: Album) -> None:
    """Yesterday's dump over the city, or a second database on the same folder: what came since lies there without a row."""
    restored = [album.add(row=False) for _ in range(3)]
    assert (album.sweep(KEEP - HOUR), [path_of(album.folder, one).exists() for one in restored]) == (Swept(), [True] * 3)
    assert album.sweep(2 * HOUR) == Swept(cleared=3)


def test_a_file_without_a_row_goes_when_its_retention_is_over(album: Album) -> None:
    album.sweep()
    loose, kept = album.add(row=False), album.add(device_id=album.device())
    part = path_of(album.folder, loose).with_suffix(".0a1b2c3d.part")
    foreign = path_of(album.folder, loose).with_name("readme.txt")
    for path in (part, foreign):
        path.write_bytes(b"half")
        album.date(path)
    assert (album.sweep(timedelta(minutes=59)), path_of(album.folder, loose).exists(), part.exists()) == (Swept(), True, True)
    assert (album.sweep(timedelta(minutes=2)), path_of(album.folder, loose).exists(), part.exists()) == (Swept(), True, False)
    album.set("update media set created_at = %s", album.desk.now)
    assert album.sweep(KEEP - HOUR) == Swept(cleared=1)
    assert [path_of(album.folder, loose).exists(), foreign.exists(), album.fate(kept)] == [False, True, LIVING]


def test_a_row_without_a_file_says_that_it_was_lost_and_stands_again_when_the_file_is_back(album: Album) -> None:
    one = album.add(device_id=album.device())
    path = path_of(album.folder, one)
    content = path.read_bytes()
    path.unlink()
    assert (album.sweep(HOUR), album.sweep(HOUR)) == (Swept(), Swept(lost=1))
    assert album.fate(one) == ("lost", False)
    path.write_bytes(content)
    album.date(path)
    assert (album.sweep(2 * HOUR), album.fate(one)) == (Swept(found=1), LIVING)
    assert album.desk.rows("select ended_at from media") == [{"ended_at": None}]


def test_a_sweep_that_dies_between_row_and_file_leaves_no_row_that_points_to_nothing(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    one = album.add(device_id=album.device())
    album.desk.now += KEEP + HOUR

    def fail(*_: object, **__: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as fault:
        fault.setattr(Path, "unlink", fail)
        with pytest.raises(OSError, match="power"):
            album.sweep()
    assert album.fate(one) == ("expired", True)
    assert (album.sweep(), album.fate(one)) == (Swept(cleared=1), OVER)


def test_what_was_put_aside_by_a_sweep_that_died_is_looked_at_again(album: Album) -> None:
    album.sweep()
    one, loose = album.add(device_id=album.device()), album.add(row=False)
    for media_id in (one, loose):
        path = path_of(album.folder, media_id)
        path.rename(path.with_suffix(".gone"))
    album.sweep(timedelta(minutes=30))
    assert album.fate(one) == LIVING
    album.set("update media set created_at = %s", album.desk.now)
    album.sweep(KEEP)
    assert [album.fate(one), path_of(album.folder, loose).exists()] == [LIVING, False]
    assert [path.name for path in album.folder.rglob("*.gone")] == []


def test_nothing_is_cleared_in_another_citys_folder_or_without_one(album: Album) -> None:
    assert not album.sweep()
    loose = album.add(row=False)
    old = album.add(device_id=album.device())
    album.sweep()
    mark = (album.folder / MARK).read_text()
    (album.folder / MARK).write_text("another")
    assert not album.sweep(2 * KEEP)
    assert path_of(album.folder, loose).exists()
    assert album.fate(old) == LIVING
    (album.folder / MARK).write_text(mark)
    assert album.sweep() == Swept(ended=1, cleared=1)
    album.set("delete from media_folder")
    late = album.add(row=False)
    assert not album.sweep(2 * KEEP)  # marked by somebody, and not by us
    assert path_of(album.folder, late).exists()


def test_more_than_a_portion_ends_in_one_sweep(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_sweep, "_AT_ONCE", 3)
    device = album.device()
    for _ in range(7):
        album.add(device_id=device)
    loose = [album.add(row=False) for _ in range(4)]
    assert album.sweep(KEEP + HOUR) == Swept(ended=7, cleared=4)
    assert [path_of(album.folder, one).exists() for one in loose] == [False] * 4


def test_screens_are_told_that_there_was_a_picture_and_when_it_ended(album: Album) -> None:
    report = album.desk.report(stage="dismissed")
    case = album.case(closed_at=album.desk.now, stage="closed")
    of_report, of_case = album.add(report_id=report), album.add(case_number=case)
    app = album.desk.app()
    album.sweep(KEEP + HOUR)
    ended = album.desk.now
    duty = album.desk.sign_in(app, "duty1")
    shape = duty.get(f"/reports/{report}").json
    assert shape["media"] == []
    [shown] = shape["pictures"]
    assert (shown["media_id"], shown["url"], shown["ended_why"], datetime.fromisoformat(shown["ended_at"])) == (
        of_report,
        None,
        "expired",
        ended,
    )
    [shown] = duty.get(f"/cases/{case}").json["media"]
    assert (shown["media_id"], shown["ended_why"], datetime.fromisoformat(shown["ended_at"])) == (of_case, "expired", ended)
    gone = duty.get(f"/media/{of_case}")
    assert (gone.status_code, gone.json["type"], gone.json["why"]) == (410, "urn:yiping:problem:gone", "expired")
    assert f"{ended.astimezone(album.desk.config.area.zone):%Y-%m-%d}" in gone.json["detail"]
    north = album.desk.with_token(app, "read", area="320404002")
    assert north.get(f"/media/{of_case}").status_code == 404


def test_a_lost_picture_that_comes_again_is_written_again(
    config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path
) -> None:
    with open_desk(config, database_url, web_database_url, now, tmp_path) as desk:
        camera, album = Camera(desk, tmp_path), Album(desk, tmp_path)
        shot = Picture(picture(), now, "1")
        camera.send(shot, reports=(camera.report("1"),))
        [media_id] = [row["media_id"] for row in desk.rows("select media_id from media")]
        path_of(tmp_path, media_id).unlink()
        album.sweep(2 * HOUR)
        assert album.fate(media_id) == ("lost", False)
        camera.send(shot, reports=(camera.report("1"),))
        album.date(path_of(tmp_path, media_id))
        album.sweep(2 * HOUR)
        assert album.fate(media_id) == LIVING
