"""Voice notes of phones: bytes are taken for one by how they begin, never by their name or type. Knows no table and no file.

Nothing in them is turned into another format: who listens gets the bytes that were sent, as the kind they are.
"""

import hashlib
from dataclasses import dataclass

from core.errors import DecodeError
from core.model import Reason

MAX_BYTES = 4 * 1024 * 1024  # five minutes of speech at 96 kbit/s
_LEAST = 64  # an empty container
_WEBM, _OGG, _MP4 = b"\x1a\x45\xdf\xa3", b"OggS", b"ftyp"
# How WebM and MP4 name a track of pictures: a voice note is no film.
_PICTURES = (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG", b"hdlr" + bytes(8) + b"vide")


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
    return body.startswith((_WEBM, _OGG)) or body[4:8] == _MP4


def read_voice(body: bytes) -> Voice:
    """The note and its kind. Raises `DecodeError`: `too_large`, or `undecodable` for what is no WebM, Ogg or MP4 sound."""
    if len(body) > MAX_BYTES:
        raise DecodeError(f"a voice note may have {MAX_BYTES // 1024 // 1024} MB", Reason.TOO_LARGE)
    if len(body) < _LEAST or not is_voice(body):
        raise DecodeError("these bytes are no sound of WebM, Ogg or MP4")
    if any(mark in body for mark in _PICTURES):
        raise DecodeError("a film is no voice note")
    return Voice(body, "audio/webm" if body.startswith(_WEBM) else "audio/ogg" if body.startswith(_OGG) else "audio/mp4")
