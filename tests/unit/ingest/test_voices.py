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


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def mp4(brand: bytes, *boxes: bytes, also: bytes = b"") -> bytes:
    return box(b"ftyp", brand + bytes(4) + brand + also) + b"".join(boxes) + box(b"mdat", bytes(64))


TRACK = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"soun" + bytes(13))))
PICTURE = box(b"meta", bytes(4) + box(b"hdlr", bytes(8) + b"pict" + bytes(13))) + box(b"Exif", b"GPSLatitude 31.785")


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif", b"qt  ", b"crx "])
def test_a_photo_in_the_same_container_is_no_voice_whatever_else_it_says(brand: bytes) -> None:
    assert not is_voice(mp4(brand, PICTURE))
    with pytest.raises(DecodeError):
        read_voice(mp4(brand, PICTURE))
    with pytest.raises(DecodeError):
        read_voice(mp4(brand, box(b"moov", TRACK)))
    with pytest.raises(DecodeError):
        read_voice(mp4(b"isom", box(b"moov", TRACK), also=brand))


@pytest.mark.parametrize("boxes", [(), (PICTURE,), (box(b"moov", TRACK), PICTURE), (b"\0\0\0\3oops",)])
def test_what_holds_no_track_of_sound_or_one_of_pictures_is_no_voice(boxes: tuple[bytes, ...]) -> None:
    with pytest.raises(DecodeError):
        read_voice(mp4(b"isom", *boxes))


@pytest.mark.parametrize("brand", [b"M4A ", b"isom", b"mp42", b"iso5"])
def test_where_it_was_recorded_is_blanked_and_every_other_byte_stays_in_its_place(brand: bytes) -> None:
    place = box(b"udta", box(b"\xa9xyz", b"+31.785+119.905/")) + box(b"meta", b"com.apple.location +31.785")
    parts = (box(b"moov", place + TRACK + box(b"trak", place)), place, box(b"uuid", b"xmp +31.785"))
    told, kept = mp4(brand, *parts, box(b"moov", TRACK)), read_voice(mp4(brand, *parts, box(b"moov", TRACK))).content
    assert b"31.785" in told
    assert b"31.785" not in kept
    assert (len(kept), kept.count(b"soun"), kept[-72:]) == (len(told), told.count(b"soun"), told[-72:])
