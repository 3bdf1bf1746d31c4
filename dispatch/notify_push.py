"""Web Push: encrypts for each browser (RFC 8291), signs as this installation (VAPID, RFC 8292), posts to its push service (RFC 8030).

Decides what a phone is told and which subscriptions are over (404, 410; not because a service is busy or away). Keys are made here and
kept by the store.
"""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from core.errors import Invalid
from core.notify_config import ChannelConfig
from core.request_config import AnswerConfig
from dispatch.http_out import Poster, stays_home
from dispatch.http_request import Request
from dispatch.notify import Letter, Outcome, Subscription, no_address
from dispatch.notify_robots import cut

_OVER = ("answered 404", "answered 410")
_TTL = {1: timedelta(hours=24), 2: timedelta(hours=24)}  # how long the service keeps it for a phone that is away
_TTL_ELSE = timedelta(hours=12)
_TOO_OLD = timedelta(hours=24)  # as long as the service itself would have kept the gravest
_PASSED_ON = {1: timedelta(minutes=2), 2: timedelta(minutes=2), 3: timedelta(minutes=10)}  # where another way is left, it is taken soon
_PASSED_ON_ELSE = timedelta(minutes=30)
_SIGNED_FOR = timedelta(hours=12)  # at most a day (RFC 8292, 2)
_TEXT_BYTES = 2_400  # a service takes 4,096 in all
_KEY_BYTES, _AUTH_BYTES = 65, 16


@dataclass(frozen=True, slots=True)
class Keys:
    """Of this installation: PEM of the half that signs, and the other as browsers take it (base64url of the point)."""

    private_pem: str
    public: str


def make_keys() -> Keys:
    """A new pair on P-256. Made once: who subscribed did so to this key."""
    signer = Vapid02()
    signer.generate_keys()
    point = signer.public_key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return Keys(signer.private_pem().decode(), _encode(point))


def read_subscription(endpoint: Any, keys: Any, services: Sequence[str]) -> Subscription:
    """What a browser handed over. Raises `Invalid`: an address elsewhere would have this host post wherever it is told."""
    if not isinstance(endpoint, str) or not isinstance(keys, dict) or len(endpoint) > 2_000:
        raise Invalid("a subscription has 'endpoint' and 'keys' with 'p256dh' and 'auth', as the browser gives them")
    where = urlsplit(endpoint)
    host = where.hostname or ""
    known = any(host == service or host.endswith(f".{service}") for service in services)
    if not known or where.username or (where.scheme != "https" and not stays_home(endpoint)):
        raise Invalid(f"'{host[:100]}' is no push service known here (notify.channels.*.services)")
    try:
        point, secret = _decode(str(keys.get("p256dh", ""))), _decode(str(keys.get("auth", "")))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Invalid("'keys' hold no point on P-256") from error
    if len(point) != _KEY_BYTES or len(secret) != _AUTH_BYTES:
        raise Invalid(f"'p256dh' has {_KEY_BYTES} bytes and 'auth' {_AUTH_BYTES}")
    return Subscription(endpoint, _encode(point), _encode(secret))


class Push:
    """Holds connections: close it."""

    def __init__(self, channel: ChannelConfig, keys: Keys, turn_s: float = 30.0) -> None:
        self._channel, self._turn_s = channel, turn_s
        self._signer = Vapid02.from_pem(keys.private_pem.encode())
        self._poster = Poster(channel.timeout.total_seconds())

    def close(self) -> None:
        self._poster.close()

    def rest(self) -> None:
        """Nothing to put away."""

    def send(self, letter: Letter, now: datetime) -> Outcome:
        """To every browser of its one person, as far as a turn lasts: told when one of them took it. Never raises for what others do."""
        person, began = letter.to[0], monotonic()
        outcomes: dict[str, Outcome] = {}
        for one in person.subscriptions:
            outcomes[one.endpoint] = self._post(letter, one, person.language, now)
            if monotonic() - began >= self._turn_s:  # well within the lease of who sends
                break
        gone = tuple(endpoint for endpoint, outcome in outcomes.items() if outcome.error in _OVER)
        told = next((outcome for outcome in outcomes.values() if outcome.sent), None)
        if told is not None:
            return Outcome(True, reference=told.reference, gone=gone)
        failed = [outcome for endpoint, outcome in outcomes.items() if endpoint not in gone]
        if not failed and len(outcomes) < len(person.subscriptions):
            return Outcome(False, "its turn was over", passing=True, gone=gone)
        if not failed:
            return replace(no_address("no browser takes push"), gone=gone)
        away = next((outcome for outcome in failed if outcome.is_down), None)  # no answer, 429, 5xx: services are many, others are tried
        if away is not None:
            return Outcome(False, away.error, again=now - letter.parcel.first.created_at < self._patience(letter), passing=True, gone=gone)
        return Outcome(False, failed[0].error, again=any(outcome.again for outcome in failed), gone=gone)

    def _patience(self, letter: Letter) -> timedelta:
        """How long a service that is away is waited for."""
        return _PASSED_ON.get(letter.parcel.first.severity, _PASSED_ON_ELSE) if self._channel.fallback else _TOO_OLD

    def _post(self, letter: Letter, to: Subscription, language: str, now: datetime) -> Outcome:
        where = urlsplit(to.endpoint)
        claims = {"sub": self._channel.contact, "aud": f"{where.scheme}://{where.netloc}", "exp": int((now + _SIGNED_FOR).timestamp())}
        severity = letter.parcel.first.severity
        headers = {
            **self._signer.sign(claims), "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
            "TTL": str(int(_TTL.get(severity, _TTL_ELSE).total_seconds())), "Urgency": "high" if severity <= 3 else "normal",
            # The same topic replaces what still waits at the service: a repetition is one notification.
            "Topic": _encode(hashlib.sha256(letter.id.encode()).digest())[:32],
        }  # fmt: skip
        headers.pop("Crypto-Key", None)
        body = encrypt(write_note(letter, language), to)
        return self._poster.ask(Request("POST", to.endpoint, body, headers), AnswerConfig())


def write_note(letter: Letter, language: str) -> bytes:
    """What the phone gets: a text, whom it is about, and the id that a repetition shares (its `tag`)."""
    first = letter.parcel.first
    number, noun = first.payload.get("number"), first.payload.get("noun")
    note = {
        "id": letter.id, "text": cut(letter.text(language), _TEXT_BYTES), "severity": first.severity, "template": first.template,
        "count": len(letter.parcel.messages), "noun": noun or ("case" if number else None), "key": number or first.payload.get("id"),
        "created_at": first.created_at.isoformat(), "drill": first.mark == "drill", "simulated": first.mark == "simulated",
    }  # fmt: skip
    return json.dumps(note, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def encrypt(content: bytes, to: Subscription) -> bytes:
    """For one browser alone: a key pair and a salt of its own each time."""
    sealed: bytes = http_ece.encrypt(
        content, salt=os.urandom(16), private_key=ec.generate_private_key(ec.SECP256R1()), dh=_decode(to.p256dh),
        auth_secret=_decode(to.auth), version="aes128gcm",
    )  # fmt: skip
    return sealed


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    """base64url, with or without its padding. Raises `ValueError`."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
