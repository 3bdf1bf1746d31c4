"""Pictures: position and time are read, nothing the camera wrote stays, bombs and strangers are refused, names lead nowhere."""

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from api.photos import read_photo
from api.problems import TooLarge
from core.errors import Invalid, NotFound
from ingest.photos import AT_ONCE
from store.media import keep_photo, path_of

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


def claims(width: int, height: int) -> bytes:
    """A PNG of one bit a point: a few kilobytes that unpack to as many points as they say."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(bytes(height * (1 + (width + 7) // 8)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert read_photo(claims(100, 90), ZONE).jpeg
    with pytest.raises(TooLarge):
        read_photo(claims(10_000, 9_000), ZONE)
    jpeg = bytearray(picture((8, 8)))
    struct.pack_into(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5, 5_001, 5_000)  # the frame's header lies
    with pytest.raises(TooLarge):
        read_photo(bytes(jpeg), ZONE)


def test_a_turned_picture_stands_upright_after_it_was_shrunk() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    assert Image.open(io.BytesIO(read_photo(picture((3200, 1600), exif), ZONE).jpeg)).size == (800, 1600)


def test_two_pictures_are_unpacked_at_a_time() -> None:
    body = picture((40, 40))
    with ThreadPoolExecutor(1) as threads, AT_ONCE:
        read_photo(body, ZONE)
        with AT_ONCE:
            third = threads.submit(read_photo, body, ZONE)
            with pytest.raises(TimeoutError):
                third.result(0.03)
        third.result()


def test_half_a_picture_is_refused() -> None:
    whole = picture((400, 400))
    with pytest.raises(Invalid):
        read_photo(whole[: len(whole) // 2], ZONE)


def test_a_kept_picture_is_found_again_and_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    media_id = keep_photo(tmp_path, read_photo(picture(), ZONE).jpeg)
    assert path_of(tmp_path, media_id).is_file()
    for name in ("../../etc/passwd", "a" * 23, "../" * 8, "%2e%2e" * 4):
        with pytest.raises(NotFound):
            path_of(tmp_path, name)
