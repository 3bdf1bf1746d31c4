"""The folder of pictures and its table agree: no row points to nothing, no file lies about for ever, nothing is cleared in another city's folder."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.config import Config
from core.model import Picture
from store import media_sweep
from store.media import path_of
from store.media_sweep import MARK, Swept
from tests.album import HOUR, KEEP, LIVING, OVER, Album
from tests.album import album as album
from tests.desk import open_desk, picture
from tests.store.test_pictures import Camera


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
