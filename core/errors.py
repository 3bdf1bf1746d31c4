"""The exception tree.

YipingError
├── ConfigError        all problems of a configuration at once
├── DecodeError        caught in `ingest`, becomes `Rejected`
├── IllegalAct         the life cycle's table does not allow it: 409
├── StaleWrite         compare-and-set lost: 412
├── NotAllowed         the role or the scope forbids it: 403
├── NotFound           404
├── Invalid            a request that says something impossible: 422
├── FeedLost           a wire broke; reconnect with back-off
├── StoreUnavailable   the database is away: no acknowledgement, 503, try again
└── BatchRefused       the database will not hold this batch: halve it until the guilty frame stands alone
"""

from dataclasses import dataclass

from core.model import Reason


class YipingError(Exception):
    """The base of every error of ours."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a configuration: where, what, and how to mend it."""

    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" + (f" — {self.hint}" if self.hint else "")


class ConfigError(YipingError):
    """A configuration cannot be used; `problems` lists all that is wrong."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        lines = [f"{source}: {len(problems)} problem(s)", *(f"  {problem}" for problem in problems)]
        super().__init__("\n".join(lines))


class DecodeError(YipingError):
    """Bytes that do not say what their format promises."""

    def __init__(self, detail: str, reason: Reason = Reason.UNDECODABLE) -> None:
        super().__init__(detail)
        self.reason = reason


class IllegalAct(YipingError):
    """An act that the present stage does not know."""

    def __init__(self, act: str, stage: str, allowed: tuple[str, ...], detail: str = "") -> None:
        self.act, self.stage, self.allowed = act, stage, allowed
        super().__init__(detail or f"'{act}' is not possible in stage '{stage}'; allowed: {', '.join(allowed) or 'none'}")


class StaleWrite(YipingError):
    """Somebody else wrote in between; `etag` is the present version."""

    def __init__(self, etag: str) -> None:
        self.etag = etag
        super().__init__(f"changed in the meantime; the present version is {etag}")


class NotAllowed(YipingError):
    """The role or the area forbids it."""


class NotFound(YipingError):
    """No such thing, or not in the reader's scope."""


class Invalid(YipingError):
    """A request that cannot be meant."""


class FeedLost(YipingError):
    """A feed's wire broke."""


class StoreUnavailable(YipingError):
    """The database cannot be reached; nothing was stored that was not committed."""


class BatchRefused(YipingError):
    """The database answered, and will not hold this batch: a fault of the data or of ours, not of the moment."""


class KeysStand(YipingError):
    """Some readings of a batch are already stored: to be told apart one by one, in a second try."""
