"""Refused JSON as it may be kept: its keys, and the values of those that can be no face, name, plate or picture.

Decides by the bytes alone, so that JSON that breaks off or never was any loses its values too. Knows no format.
"""

import re

LOOKED_AT = 65_536  # bytes: as many as are kept of what is refused
SHOWN = 80
_WORDS = re.compile(rb'("(?:[^"\\]|\\.)*+(?:"|\Z))(\s{0,8}:)?|[0-9.eE+-]+')
_KEY = re.compile(rb'"[A-Za-z0-9_]{1,40}"')


def without_values(raw: bytes, open_keys: frozenset[bytes]) -> bytes:
    """JSON with every text and number emptied but the short ones right behind `open_keys`; of anything else nothing."""
    if raw.lstrip()[:1] not in (b"{", b"[") or b"\x00" in raw:
        return b""
    open_value = False

    def kept(found: re.Match[bytes]) -> bytes:
        nonlocal open_value
        text, key = found[1], found[2]
        if key:
            open_value = text[1:-1] in open_keys
            return found[0] if _KEY.fullmatch(text) else b'"":'
        was, open_value = open_value, False
        return found[0] if was and len(found[0]) <= SHOWN else b'""'

    return _WORDS.sub(kept, raw[:LOOKED_AT])
