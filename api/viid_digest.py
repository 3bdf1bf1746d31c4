"""HTTP Digest (RFC 2617, as GA/T 1400.4 asks for the registration): the challenge, and whether an answer to it proves a password.

Pure: which answers were used before the store remembers. MD5 is what the standard's clients know; who needs more puts TLS before it.
Never tells which part of an answer was wrong.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

REALM = "yiping"
NONCE_FOR = timedelta(minutes=5)
_LONGEST = 4096  # letters of an answer
# Tried only where a word begins, and no further than a name is long: else a long word without `=` is read once for each of its letters.
_FIELD = re.compile(r'(?<!\w)(\w{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_NEEDED = ("username", "realm", "nonce", "uri", "response", "nc", "cnonce")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a nonce is made for: the installation's `secret` and the address it was given to, so that nobody else can use it."""

    secret: bytes
    address: str
    now: datetime


def challenge(asked: Asked, salt: str, stale: bool = False) -> str:
    """The value of `WWW-Authenticate`; `salt` tells it from others of the same second, `stale`: the password was right, not the nonce."""
    word = ", stale=true" if stale else ""
    return f'Digest realm="{REALM}", qop="auth", algorithm=MD5, nonce="{_nonce(asked, int(asked.now.timestamp()), salt)}"{word}'


def read(authorization: str) -> dict[str, str]:
    """The fields of a Digest answer; empty for what is none."""
    kind, _, rest = authorization.partition(" ")
    if kind.lower() != "digest" or len(rest) > _LONGEST:
        return {}
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _FIELD.findall(rest)}


def is_fresh(fields: Mapping[str, str], asked: Asked) -> bool | None:
    """Whether its nonce is ours and still holds; None: it never was ours."""
    nonce = fields.get("nonce", "")
    stamp, _, rest = nonce.partition("-")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or not _same(nonce, _nonce(asked, int(stamp), rest.partition("-")[0])):
        return None
    return abs(asked.now - datetime.fromtimestamp(int(stamp), UTC)) <= NONCE_FOR


def proves(fields: Mapping[str, str], password: str, method: str, path: str) -> bool:
    """Whether the answer was made with this password for this request."""
    if any(not fields.get(name) for name in _NEEDED) or fields["realm"] != REALM or fields.get("qop") != "auth":
        return False
    if fields.get("algorithm", "MD5").upper() != "MD5" or fields["uri"].partition("?")[0] != path:
        return False
    if not re.fullmatch(r"[0-9a-fA-F]{1,8}", fields["nc"]):
        return False
    return _same(fields["response"].lower(), answer(fields, password, method))


def answer(fields: Mapping[str, str], password: str, method: str) -> str:
    """`response` of RFC 2617 3.2.2.1 for `qop=auth`."""
    who = _md5(f"{fields['username']}:{fields['realm']}:{password}")
    what = _md5(f"{method}:{fields['uri']}")
    return _md5(f"{who}:{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:auth:{what}")


def _nonce(asked: Asked, stamp: int, salt: str) -> str:
    proof = hmac.new(asked.secret, f"{stamp} {salt} {asked.address}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    return f"{stamp}-{salt}-{proof[:32]}"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
