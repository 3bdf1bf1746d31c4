"""The door to a gateway outside: one signed POST a parcel, with the id that a repetition shares. Decides no content and stores nothing.

Temporary is what may pass (no answer, 408, 429, 5xx); any other answer above 299 refuses for good.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

import httpx
import structlog

from dispatch.notify import SENT, Outcome, Parcel

_TEMPORARY = frozenset({408, 425, 429})
_log = structlog.get_logger("notify")


class Door(Protocol):
    """A way out of the house."""

    def send(self, parcel: Parcel, body: bytes, now: datetime) -> Outcome: ...
    def close(self) -> None: ...


def sign(secret: str, at: datetime, body: bytes) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a dot and the body, so that an old one cannot be sent again as new."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


class Webhook:
    """Posts to one gateway. Holds connections: close it."""

    def __init__(self, url: str, secret: str, timeout_s: float) -> None:
        self._url, self._secret = url, secret
        # No proxies of the environment and no redirects: what is told of the city goes where the city said.
        self._client = httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def send(self, parcel: Parcel, body: bytes, now: datetime) -> Outcome:
        """Never raises for what the other side does."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": quote(parcel.id, safe="/:@"), "User-Agent": "yiping"}
        if self._secret:
            headers["X-Yiping-Signature"] = sign(self._secret, now, body)
        try:
            status = self._client.post(self._url, content=body, headers=headers).status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(False, type(error).__name__, is_down=True)  # its words may hold the address, and with it a key
        if status < 300:
            return SENT
        passing = status >= 500 or status in _TEMPORARY
        return Outcome(False, f"answered {status}", again=passing, is_down=passing)


class Log:
    """Writes that it would have sent: for tests, demos, and a city that is being set up. Nothing leaves the host."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def close(self) -> None:
        """Holds nothing."""

    def send(self, parcel: Parcel, body: bytes, now: datetime) -> Outcome:
        _log.info("would_send", channel=self._channel, id=parcel.id, messages=len(parcel.messages), bytes=len(body))
        return SENT


class Unset:
    """A channel without an address: its messages wait and say why."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def close(self) -> None:
        """Holds nothing."""

    def send(self, parcel: Parcel, body: bytes, now: datetime) -> Outcome:
        return Outcome(False, f"{self._variable} is not set", is_down=True)
