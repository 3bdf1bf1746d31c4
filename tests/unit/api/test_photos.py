"""Pictures: position and time are read, nothing the camera wrote stays, bombs and strangers are refused, names lead nowhere."""

import io
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from api.photos import keep_photo, path_of, read_photo
from api.problems import TooLarge
from core.errors import Invalid, NotFound

ZONE = ZoneInfo("Asia/Shanghai")


def picture(size: tuple[int, int] = (40, 30), exif: Image.Exif | None = None, kind: str = "JPEG") -> bytes:
    body = io.BytesIO()
    Image.new("RGB", size).save(body, kind, **({"exif": exif} if exif else {}))
    return body.getvalue()


def with_position() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    gps = exif.get_ifd(0x8825)
    gps.update(
        {1: "N", 2: (IFDRational(31), IFDRational(46), IFDRational(30)), 3: "E", 4: (IFDRational(119), IFDRational(54), IFDRational(0))}
    )
    exif.get_ifd(0x8769)[36867] = "2026:11:21 12:00:00"
    return exif


def test_position_and_time_are_read_and_nothing_of_the_camera_stays() -> None:
    photo = read_photo(picture(exif=with_position()), ZONE)
    assert [photo.lon, photo.lat] == pytest.approx([119.9, 31.775])
    assert photo.taken_at is not None
    assert photo.taken_at.astimezone(UTC) == datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    kept = Image.open(io.BytesIO(photo.jpeg))
    assert not dict(kept.getexif())
    assert b"Maker" not in photo.jpeg


def test_big_ones_shrink_and_keep_their_shape() -> None:
    assert Image.open(io.BytesIO(read_photo(picture((3200, 1600)), ZONE).jpeg)).size == (1600, 800)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge):
        read_photo(picture((10_000, 9_000), kind="PNG"), ZONE)
    with pytest.raises(TooLarge):
        read_photo(picture((5_001, 5_000)), ZONE)


def test_a_turned_picture_stands_upright_after_it_was_shrunk() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    assert Image.open(io.BytesIO(read_photo(picture((3200, 1600), exif), ZONE).jpeg)).size == (800, 1600)


def test_a_large_jpeg_is_never_unpacked_whole() -> None:
    body = picture((5_000, 5_000))
    code = (
        "import resource, sys\nfrom zoneinfo import ZoneInfo\nfrom api.photos import read_photo\nbody = sys.stdin.buffer.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nread_photo(body, ZoneInfo('Asia/Shanghai'))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    grown_kb = int(subprocess.run([sys.executable, "-c", code], input=body, capture_output=True, check=True).stdout)
    assert grown_kb < 60_000  # whole it is 75 MB, and twice that while it is turned


def test_two_pictures_are_unpacked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    body, present, most, lock = picture((400, 400)), 0, 0, threading.Lock()
    wanted = Image.Image.thumbnail

    def thumbnail(image: Image.Image, size: tuple[float, float]) -> None:
        nonlocal present, most
        with lock:
            present += 1
            most = max(most, present)
        time.sleep(0.01)
        wanted(image, size)
        with lock:
            present -= 1

    monkeypatch.setattr(Image.Image, "thumbnail", thumbnail)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: read_photo(body, ZONE), range(8)))
    assert most == 2


@settings(deadline=None)  # the first picture of a process loads its decoders
@given(st.binary(max_size=200))
def test_any_bytes_that_are_no_picture_are_refused_in_our_words(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_photo(body, ZONE)


def test_half_a_picture_is_refused() -> None:
    whole = picture((400, 400))
    with pytest.raises(Invalid):
        read_photo(whole[: len(whole) // 2], ZONE)


def test_a_kept_picture_is_found_again_and_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    media_id = keep_photo(tmp_path, read_photo(picture(), ZONE))
    assert path_of(tmp_path, media_id).is_file()
    for name in ("../../etc/passwd", "a" * 23, "../" * 8, "%2e%2e" * 4):
        with pytest.raises(NotFound):
            path_of(tmp_path, name)
