"""Pictures from phones: what the camera wrote into them is read, then thrown away; only a fresh JPEG is kept.

Bytes are taken for pictures by decoding them, never by their name or type. Knows no table.
"""

import hashlib
import io
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import isfinite
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from api.problems import TooLarge
from core.errors import Invalid, NotFound

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
    """A picture as we keep it; position in degrees WGS-84 (equal to CGCS2000 here) where the camera knew it."""

    jpeg: bytes
    lon: float | None
    lat: float | None
    taken_at: datetime | None

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.jpeg).digest()


def read_photo(body: bytes, zone: tzinfo) -> Photo:
    """Decode, shrink to 1600 px, strip; waits while two others are at it.

    Raises `TooLarge`, or `Invalid` for what is no JPEG, PNG or WebP.
    """
    if len(body) > MAX_BYTES:
        raise TooLarge(f"a picture may have {MAX_BYTES // 1024 // 1024} MB")
    try:
        with AT_ONCE, Image.open(io.BytesIO(body), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooLarge(f"a picture may have {MAX_PIXELS // 1_000_000} million points")
            exif = image.getexif()
            lon, lat = _position(exif.get_ifd(_GPS_IFD))
            taken_at = _time(exif.get_ifd(_EXIF_IFD), zone)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked at a fraction of its size; others as they are
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # before it is turned: a copy of the small one costs nothing
            kept = io.BytesIO()
            ImageOps.exif_transpose(image).convert("RGB").save(kept, "JPEG", quality=85)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("the picture claims too many points") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid("the body is no JPEG, PNG or WebP picture") from error
    return Photo(kept.getvalue(), lon, lat, taken_at)


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


def keep_photo(folder: Path, photo: Photo) -> str:
    """Write it under a name nobody can guess; returns that name, the media_id."""
    media_id = secrets.token_urlsafe(18)
    path = path_of(folder, media_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(photo.jpeg)
    partial.replace(path)  # a reader never sees half a picture
    return media_id


def path_of(folder: Path, media_id: str) -> Path:
    """Where a picture lies. Raises `NotFound` for a name we never gave: no path leads out of the folder."""
    if len(media_id) != 24 or not media_id.replace("-", "").replace("_", "").isalnum():
        raise NotFound(f"no medium '{media_id}'")
    return folder / media_id[:2] / f"{media_id}.jpg"
