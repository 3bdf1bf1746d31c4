"""Enciphered regions of HJ 212-2025 (6.4.2): what stands between `CP=&&` and the last `&&`, in SM4.

Decides whether a region looks enciphered and which of a feed's keys opens it. Never keeps or prints a key.
ECB without padding: each whole 16 bytes are a block, what is left over stays plain; checksum and length are those of the
plain packet, so the checksum tells the right key.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.hj212_check import checksum

BLOCK = 16
KEYS_TRIED = 16  # of the feed for one packet: more belong to stations by name
ANY_STATION = ""
BRACED = b"{0x"

_BRACES = re.compile(rb"\{((?:0[xX][0-9A-Fa-f]{2},?)+)\}")
_TEXT = bytes([9, 10, 13, *range(0x20, 0x7F)])
_WORD = re.compile(r"[^\s,]+")
_HEX_KEY = re.compile(r"[0-9A-Fa-f]{32}")
_MN = re.compile(rb"(?:^|;)MN=([^;]{1,64});")

Keys = Mapping[str, tuple[bytes, ...]]


@lru_cache(maxsize=64)
def keys_of(secret: str) -> Keys:
    """The keys a secret holds, by station: words between blanks or commas, each a key or `MN:key`.

    A key is 32 hexadecimal digits or 16 characters. While keys change (every 90 days, 6.4.3) the old and the new one
    may stand beside each other. Raises `ValueError` for anything else, without repeating it.
    """
    found: dict[str, tuple[bytes, ...]] = {}
    for place, word in enumerate(_WORD.findall(secret), 1):
        station, colon, text = word.rpartition(":")
        key = bytes.fromhex(text) if _HEX_KEY.fullmatch(text) else text.encode()
        if len(key) != BLOCK or (colon and not station):
            raise ValueError(f"word {place} is no SM4 key: 32 hexadecimal digits or 16 characters, or a station's MN, a colon and the key")
        found[station] = (*found.get(station, ()), key)
    return found


def unbraced(data: bytes) -> bytes:
    """Cipher bytes as the standard prints them (`{0xE4,0x3E,…}`) as the bytes they are; other data as they came."""
    if b"&&" + BRACED not in data:
        return data
    return _BRACES.sub(lambda found: bytes.fromhex(found[1].decode().lower().replace("0x", "").replace(",", "")), data, count=1)


def looks_enciphered(data: bytes) -> bool:
    """Whether the region of a data segment is no text. Said of a packet only when its checksum does not fit as it stands."""
    start = data.find(b"CP=&&") + 5
    whole = (len(data) - 2 - start) // BLOCK * BLOCK
    if start < 5 or whole < BLOCK:
        return False
    blocks = data[start : start + whole]
    return 4 * len(blocks.translate(None, _TEXT)) > whole  # of cipher bytes three in five are no text


def deciphered(data: bytes, key: bytes) -> bytes:
    """A data segment with its region opened by one 16-byte key: right or wrong, the checksum tells."""
    start = data.find(b"CP=&&") + 5
    end = start + (len(data) - 2 - start) // BLOCK * BLOCK
    opener = Cipher(SM4(key), modes.ECB()).decryptor()  # noqa: S305 the standard's mode
    return data[:start] + opener.update(data[start:end]) + opener.finalize() + data[end:]


def opened(data: bytes, sent: int, secret: str | None) -> bytes:
    """The plain data segment whose checksum is `sent`. Raises `DecodeError`: unsupported without a key, checksum when none fits."""
    if not secret:
        raise DecodeError("enciphered (SM4, HJ 212-2025), and this feed has no key", Reason.UNSUPPORTED)
    try:
        keys = keys_of(secret)
    except ValueError as error:
        raise DecodeError(f"enciphered, and the feed's key cannot be used: {error}", Reason.UNSUPPORTED) from error
    named = _MN.search(data)
    station = named[1].decode("utf-8", "replace") if named else ANY_STATION
    candidates = (*(keys.get(station, ()) if station else ()), *keys.get(ANY_STATION, ()))[:KEYS_TRIED]
    for key in candidates:
        plain = deciphered(data, key)
        if checksum(plain) == sent:
            return plain
    raise DecodeError(f"enciphered or damaged: none of {len(candidates)} SM4 keys fits the checksum {sent:04X}", Reason.CHECKSUM)
