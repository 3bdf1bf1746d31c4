"""What a reader asks of a list: filters, a page's size and where the last page ended. Makes no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.model import Scope
from store.timescale import prefixes

MOST = 1000
_LAST = 2**62
_EVER = datetime(1, 1, 2, tzinfo=UTC)
_NEVER = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """`wanted` maps a filter's name to what it must be; `after` is the id of the last row seen (ids fall)."""

    wanted: Mapping[str, Any] = field(default_factory=dict)
    area: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None
    limit: int = 100

    def columns(self, scope: Scope, *names: str) -> dict[str, Any]:
        """The parameters of a list query: the scope's patterns, the common ones, and the filters it knows."""
        return {
            "areas": prefixes(scope),
            "area": f"{self.area}%",
            "since": self.since or _EVER,
            "until": self.until or _NEVER,
            "after": _LAST if self.after is None else self.after,
            "limit": min(self.limit, MOST),
            **{name: self.wanted.get(name) for name in names},
        }
