"""Pictures, from phones or in frames: what the camera wrote into them is read, then thrown away; only a fresh JPEG goes on.

Bytes are taken for pictures by decoding them, never by their name or type. Knows no table and no file.
"""

import hashlib
import io
import threading
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import isfinite
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DecodeError
from core.model import Reason

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 25_000_000  # twice a phone's usual picture; unpacked it is 75 to 100 MB, and a bomb of a few kilobytes claims billions
LONGEST_SIDE = 1600
_FORMATS = ("JPEG", "PNG", "WEBP")
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN_AT, _OFFSET = 36867, 36881
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
AT_ONCE = threading.BoundedSemaphore(2)  # pictures unpacked at a time: sixteen threads of them would need gigabytes


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as we keep it; position in degrees WGS-84 (equal to CGCS2000 here) where the camera knew it.

    `points`: how many it claimed to have before it was made smaller.
    """

    jpeg: bytes
    lon: float | None
    lat: float | None
    taken_at: datetime | None
    points: int = 0

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.jpeg).digest()


def read_photo(body: bytes, zone: tzinfo, most_points: int = MAX_PIXELS) -> Photo:
    """Decode, shrink to 1600 px, strip; waits while two others are at it.

    Raises `DecodeError`: `too_large` for more bytes or points than we take, `undecodable` for what is no JPEG, PNG or WebP.
    """
    if len(body) > MAX_BYTES:
        raise DecodeError(f"a picture may have {MAX_BYTES // 1024 // 1024} MB", Reason.TOO_LARGE)
    try:
        with AT_ONCE, Image.open(io.BytesIO(body), formats=_FORMATS) as image:
            points = image.width * image.height
            if points > most_points:  # told by the head: nothing was unpacked
                raise DecodeError(f"a picture of {points} points where {most_points} are taken", Reason.TOO_LARGE)
            exif = image.getexif()
            lon, lat = _position(exif.get_ifd(_GPS_IFD))
            taken_at = _time(exif.get_ifd(_EXIF_IFD), zone)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked at a fraction of its size; others as they are
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # before it is turned: a copy of the small one costs nothing
            kept = io.BytesIO()
            ImageOps.exif_transpose(image).convert("RGB").save(kept, "JPEG", quality=85)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DecodeError("the picture claims too many points", Reason.TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise DecodeError("these bytes are no JPEG, PNG or WebP picture") from error
    return Photo(kept.getvalue(), lon, lat, taken_at, points)


def _position(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    lat, lon = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "S"), _degrees(gps.get(_LON), gps.get(_LON_REF), "W")
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or lat == lon == 0:
        return None, None
    return lon, lat


def _degrees(parts: Any, reference: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not isfinite(value):
        return None
    return -value if reference == negative else value


def _time(exif: dict[int, Any], zone: tzinfo) -> datetime | None:
    """The camera's clock; where it names no offset it is the city's."""
    try:
        time = datetime.strptime(str(exif.get(_TAKEN_AT, "")).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone follows
        offset = str(exif.get(_OFFSET, "")).strip("\0 ")
        return datetime.fromisoformat(f"{time.isoformat()}{offset}") if offset else time.replace(tzinfo=zone)
    except ValueError:
        return None
