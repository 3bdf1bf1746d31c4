"""The lists of theme pages: their rows, the worst first, and what the whole list comes to. Every read takes the reader's scope.

What a theme shows says `core.theme_config`; a list that is planned has no rows and is never asked for here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.model import Scope
from core.theme_config import ThemeListConfig
from store.timescale import Connection, prefixes, queries


@dataclass(frozen=True, slots=True)
class Listed:
    """`n` of the whole list, the worst severity in it, how many are quiet: silent devices, risks nobody judged, what is overdue."""

    rows: list[dict[str, Any]]
    n: int = 0
    worst: int | None = None
    quiet: int = 0


def list_rows(
    connection: Connection,
    scope: Scope,
    one: ThemeListConfig,
    places: Sequence[str],
    metrics: Sequence[str],
    *,
    limit: int = 100,
    offset: int = 0,
) -> Listed:
    """A page of a list. `places`: beginnings of area codes, none: everywhere; `metrics`: those of devices, tags of water already turned."""
    find = getattr(queries, f"themes_{one.of}")
    rows = list(
        find(
            connection, areas=prefixes(scope), places=[f"{code}%" for code in places] or ["%"], metrics=list(metrics) or None,
            kinds=list(one.kinds) or None, risks=list(one.risks) or None, domains=list(one.domains) or None, tags=list(one.tags) or None,
            classes=[f"{code}%" for code in one.classes] or None, major=one.major, limit=limit, offset=offset,
        )
    )  # fmt: skip
    if not rows:
        return Listed([])
    told = ("n", "worst", "quiet")
    return Listed([{name: value for name, value in row.items() if name not in told} for row in rows], *(rows[0][name] for name in told))
