"""Voice notes of phones: bytes are taken for one by how they begin, never by their name or type. Knows no table and no file.

Nothing in them is turned into another format: who listens gets the bytes that were sent, as the kind they are; only what phones write of
place and owner beside the sound (MP4: `udta`, `meta`, `uuid`) is blanked, at its place and length.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import DecodeError
from core.model import Reason

MAX_BYTES = 4 * 1024 * 1024  # five minutes of speech at 96 kbit/s
_LEAST = 64  # an empty container
_WEBM, _OGG, _MP4 = b"\x1a\x45\xdf\xa3", b"OggS", b"ftyp"
# How WebM and MP4 name a track of pictures: a voice note is no film.
_PICTURES = (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG")
_SOUND, _PICTURED = b"soun", {b"vide", b"pict", b"auxv"}
_HANDLER = re.compile(b"hdlr.{8}(.{4})", re.DOTALL)
# MP4 holds photos too (HEIC, AVIF): only the brands that sound comes in, and none of theirs beside them.
_BRANDS = {b"M4A ", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"3gp4", b"3gp5", b"3gp6"}
_PHOTOS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"qt  "}
_WITHIN, _BESIDE = {b"moov", b"trak", b"moof", b"traf"}, {b"udta", b"meta", b"uuid"}


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice note as it came; `kind` is its media type."""

    content: bytes
    kind: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


def is_voice(body: bytes) -> bool:
    """Whether the bytes begin as one of the sound containers that phones record."""
    return body.startswith((_WEBM, _OGG)) or (body[4:8] == _MP4 and body[8:12] in _BRANDS)


def read_voice(body: bytes) -> Voice:
    """The note and its kind. Raises `DecodeError`: `too_large`, or `undecodable` for what is no WebM, Ogg or MP4 sound."""
    if len(body) > MAX_BYTES:
        raise DecodeError(f"a voice note may have {MAX_BYTES // 1024 // 1024} MB", Reason.TOO_LARGE)
    if len(body) < _LEAST or not is_voice(body):
        raise DecodeError("these bytes are no sound of WebM, Ogg or MP4")
    if any(mark in body for mark in _PICTURES):
        raise DecodeError("a film is no voice note")
    if body[4:8] == _MP4:
        return Voice(_sound_alone(body), "audio/mp4")
    return Voice(body, "audio/webm" if body.startswith(_WEBM) else "audio/ogg")


def _sound_alone(body: bytes) -> bytes:
    """An MP4 that holds sound and nothing to look at, with what stands beside the sound blanked. Raises `DecodeError`."""
    most = min(int.from_bytes(body[:4]), len(body))
    brands = {body[at : at + 4] for at in range(16, most, 4)}
    handlers = set(_HANDLER.findall(body))
    if brands & _PHOTOS or handlers & _PICTURED or _SOUND not in handlers:
        raise DecodeError("a photo or a film is no voice note")
    kept = bytearray(body)
    for start, end in _beside(body, 0, len(body)):
        kept[start - 4 : end] = b"free" + bytes(end - start)  # as long as before: others are found by where they stand
    return bytes(kept)


def _beside(body: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the contents of boxes lie that are no sound. Raises `DecodeError` for a box that is shorter than its head."""
    while at + 8 <= end:
        size, kind, head = int.from_bytes(body[at : at + 4]), body[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(body[at + 8 : at + 16]), 16
        if size and size < head:
            raise DecodeError("these bytes are no sound of MP4")
        last = min(at + size, end) if size else end  # 0: to the end
        if kind in _BESIDE:
            yield at + 8, last
        elif kind in _WITHIN:
            yield from _beside(body, at + head, last)
        at = last
