"""The doors everything can leave by: a signed POST to a gateway, the log, and the one that is not set. Decides no content.

A gateway gets each parcel under the id that a repetition shares (`Idempotency-Key`).
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote

import structlog

from core.request_config import AnswerConfig
from dispatch.http_out import Poster
from dispatch.http_request import Request
from dispatch.notify import SENT, Letter, Outcome, no_address

_OLD = timedelta(minutes=5)
_log = structlog.get_logger("notify")


class Door(Protocol):
    """A way out of the house. `rest`: the batch is over, what was opened for it may close."""

    def send(self, letter: Letter, now: datetime) -> Outcome: ...
    def rest(self) -> None: ...
    def close(self) -> None: ...


def sign(secret: str, at: datetime, body: bytes) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a dot and the body, so that an old one cannot be sent again as new."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def is_signed(secret: str, signature: str, body: bytes, now: datetime) -> bool:
    """Whether a body that came in is signed by who knows the secret, at most five minutes ago. Without a secret nothing is."""
    seconds = signature.partition(",")[0].removeprefix("t=")
    if not secret or not seconds.isdecimal() or len(seconds) > 12:
        return False
    if abs(now.timestamp() - int(seconds)) > _OLD.total_seconds():
        return False
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"t={seconds},v1={digest}", signature)


class Webhook:
    """Posts to one gateway. Holds connections: close it."""

    def __init__(self, url: str, secret: str, timeout_s: float) -> None:
        self._url, self._secret = url, secret
        self._poster = Poster(timeout_s)

    def close(self) -> None:
        self._poster.close()

    def rest(self) -> None:
        """Nothing to put away."""

    def send(self, letter: Letter, now: datetime) -> Outcome:
        """Never raises for what the other side does."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": quote(letter.id, safe="/:@")}
        if self._secret:
            headers["X-Yiping-Signature"] = sign(self._secret, now, letter.body)
        return self._poster.ask(Request("POST", self._url, letter.body, headers), AnswerConfig())


class Log:
    """Writes that it would have sent: for tests, demos, and a city that is being set up. Nothing leaves the host."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def close(self) -> None:
        """Holds nothing."""

    def rest(self) -> None:
        """Holds nothing."""

    def send(self, letter: Letter, now: datetime) -> Outcome:
        _log.info("would_send", channel=self._channel, id=letter.id, messages=len(letter.parcel.messages), bytes=len(letter.body))
        return SENT


class Unset:
    """A channel without an address: its messages end here and say which variable is missing, so that another way is tried at once."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def close(self) -> None:
        """Holds nothing."""

    def rest(self) -> None:
        """Holds nothing."""

    def send(self, letter: Letter, now: datetime) -> Outcome:
        return no_address(f"{self._variable} is not set")
