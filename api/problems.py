"""Errors as RFC 9457 problem details. Says what went wrong and what would be right; never a stack trace, never SQL."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound, StaleWrite, StoreUnavailable, YipingError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2


class NotSignedIn(YipingError):
    """No session and no token, or one that ended: 401."""


class TooLarge(YipingError):
    """More bytes than we take: 413."""


class TooSlow(YipingError):
    """A body that does not come: 408."""


class NoVersion(YipingError):
    """A write that must name the version it was made for and does not: 428. `etag` is the present one."""

    def __init__(self, etag: str) -> None:
        self.etag = etag
        super().__init__(f"say with If-Match which version you saw; the present one is {etag}")


class Gone(YipingError):
    """It was here, and its time is over: 410. `ended_at` is when; None: nobody knows."""

    def __init__(self, detail: str, ended_at: datetime | None = None, why: str = "lost") -> None:
        self.ended_at, self.why = ended_at, why
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer that is not what was asked for. `type` is the word machines switch on."""

    status: int
    type: str
    title: str
    detail: str
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, instance: str) -> dict[str, Any]:
        """The JSON object; `instance` is the path that was asked."""
        return {
            "type": f"urn:yiping:problem:{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.members,
        }


TITLES = {
    400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Method not allowed", 406: "Not acceptable",
    408: "Too slow", 413: "Too large", 415: "Unsupported media type", 500: "Our fault", 501: "Not here",
}  # fmt: skip


def problem_of(error: Exception) -> Problem:
    """The problem an error is told as; what we did not foresee becomes a 500 without its words."""
    detail = str(error)
    match error:
        case NotSignedIn():
            return Problem(401, "not_signed_in", "Not signed in", detail, headers={"WWW-Authenticate": 'Bearer realm="yiping"'})
        case NotAllowed():
            return Problem(403, "not_allowed", "Not allowed", detail)
        case NotFound():
            return Problem(404, "not_found", "Not found", detail)
        case Gone():
            return Problem(410, "gone", "Gone", detail, {"ended_at": error.ended_at, "why": error.why})
        case IllegalAct():
            members = {"act": error.act, "stage": error.stage, "allowed": list(error.allowed)}
            return Problem(409, "illegal_act", "The present stage does not know this act", detail, members)
        case StaleWrite():
            etag = make_etag(error.etag)
            return Problem(412, "stale", "Changed in the meantime", detail, {"etag": etag}, {"ETag": etag})
        case NoVersion():
            return Problem(428, "no_version", "Say which version you saw", detail, {"etag": error.etag}, {"ETag": error.etag})
        case TooLarge():
            return Problem(413, "too_large", "Too large", detail)
        case TooSlow():  # what may still come of the body belongs to no request: the connection ends
            return Problem(408, "too_slow", "Too slow", detail, headers={"Connection": "close"})
        case Invalid():
            return Problem(422, "invalid", "This cannot be meant", detail)
        case StoreUnavailable():
            away = "the database cannot be reached; nothing was stored that was not confirmed: try again"
            return Problem(503, "store_away", "The database is away", away, headers={"Retry-After": str(RETRY_AFTER_S)})
        case _:
            return Problem(500, "fault", "Our fault", "an unforeseen error; it was written to the log")


def problem_of_status(status: int, detail: str = "") -> Problem:
    """For what the web framework refuses before we see it."""
    title = TITLES.get(status, "Refused")
    return Problem(status, title.lower().replace(" ", "_"), title, detail or title)


def make_etag(version: object) -> str:
    """A strong entity tag of a version."""
    return f'"{version}"'


def demand_seen(header: str | None, version: str) -> None:
    """Raises `NoVersion` where an `If-Match` names no version, `StaleWrite` where it names another than the present one."""
    if header is None:
        raise NoVersion(make_etag(version))
    if header.strip().removeprefix("W/").strip('"') != version:
        raise StaleWrite(version)


def read_etag(header: str | None) -> int | None:
    """The version an `If-Match` names; None when it names none or any. Raises `StaleWrite` for one that was never ours."""
    if header is None or header.strip() == "*":
        return None
    word = header.strip().removeprefix("W/").strip('"')
    if not word.isdigit():
        raise StaleWrite("unknown: read the thing again")
    return int(word)
