"""A voice note is what begins as the sound containers of phones do; films, pictures and whatever is too long are refused."""

import pytest

from core.errors import DecodeError
from core.model import Reason
from ingest.voices import MAX_BYTES, is_voice, read_voice

WEBM = b"\x1a\x45\xdf\xa3" + b"\x9fB\x86\x81\x01webm" + b"A_OPUS" + bytes(80)
OGG = b"OggS" + b"\0\x02" + b"OpusHead" + bytes(80)
MP4 = b"\0\0\0\x1cftypM4A " + bytes(60) + b"hdlr" + bytes(8) + b"soun" + bytes(20)


@pytest.mark.parametrize(("body", "kind"), [(WEBM, "audio/webm"), (OGG, "audio/ogg"), (MP4, "audio/mp4")])
def test_the_kind_is_told_by_the_bytes(body: bytes, kind: str) -> None:
    assert is_voice(body)
    voice = read_voice(body)
    assert (voice.kind, voice.content, len(voice.sha256)) == (kind, body, 32)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xd8\xff" + bytes(100), b"<html>" + bytes(100), WEBM[:20], WEBM + b"V_VP8", MP4 + b"hdlr" + bytes(8) + b"vide", b"OggS"],
)
def test_what_is_no_voice_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError) as refused:
        read_voice(body)
    assert refused.value.reason is Reason.UNDECODABLE


def test_a_long_one_is_too_large() -> None:
    with pytest.raises(DecodeError) as refused:
        read_voice(WEBM + bytes(MAX_BYTES))
    assert refused.value.reason is Reason.TOO_LARGE
