"""Silences and maintenance windows as people make, read and end them. Whom they hold decides `alerts.suppress`, and the leader when.

Nobody silences outside of what he may see: where a silence holds is named area by area, and never more than its author's own.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.duty_config import TwoPersonConfig
from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import Scope
from core.suppress_config import Matcher, SilencesConfig
from store import audit, change_log
from store.acts import Act, demand_fresh, demand_note, demand_saved
from store.lists import Filter
from store.suppress import columns, like
from store.timescale import Connection, prefixes, queries

ROLES: Mapping[str, frozenset[str]] = {"silence": frozenset({"duty", "supervisor"}), "maintenance": frozenset({"supervisor", "admin"})}
_ALONE = TwoPersonConfig()
STATES = ("planned", "active", "over")


@dataclass(frozen=True, slots=True)
class Wish:
    """A silence that somebody wants. `since` None: from now on."""

    kind: str
    matcher: Matcher
    until: datetime
    since: datetime | None = None


def list_silences(connection: Connection, scope: Scope, wanted: Filter, now: datetime) -> list[dict[str, Any]]:
    """Newest first: those that hold somewhere in the scope, also such as reach beyond it."""
    of = wanted.columns(scope, "state", "silence_id")
    rows = queries.silences_list(
        connection, scope=of["areas"], area=wanted.area, now=now, state=of["state"], silence_id=of["silence_id"], after=of["after"],
        limit=of["limit"],
    )  # fmt: skip
    return [_with_acts(row["shape"], scope) for row in rows]


def get_silence(connection: Connection, scope: Scope, silence_id: int, now: datetime) -> dict[str, Any]:
    """One silence with what the reader may do to it. Raises `NotFound`."""
    found = list_silences(connection, scope, Filter({"silence_id": silence_id}), now)
    if not found:
        raise NotFound(f"no silence {silence_id}")
    return {**found[0], "audit": audit.of_noun(connection, "silence", silence_id)}


def _with_acts(shape: dict[str, Any], scope: Scope) -> dict[str, Any]:
    may = shape["state"] != "over" and scope.role in ROLES[shape["kind"]] and all(scope.sees(area) for area in shape["areas"])
    return {**shape, "acts": ["end"] if may else []}


def add_silence(
    connection: Connection, wish: Wish, act: Act, limits: SilencesConfig, two: TwoPersonConfig = _ALONE
) -> int:  # fmt: skip
    """Begin or plan a silence; its id. `act.note` says why. Raises as `demand_wish` does, and `Invalid` without a reason."""
    areas = demand_wish(connection, wish, act, limits, two)
    if not act.note.strip():
        raise Invalid("'why' is missing: a silence says why")
    silence_id: int = queries.silences_add(
        connection, kind=wish.kind, matcher=Jsonb(_written(wish.matcher)), areas=areas, since=wish.since or act.now, until=wish.until,
        by=act.by, by_id=act.scope.account_id, why=act.note.strip(), now=act.now,
    )  # fmt: skip
    _log(connection, silence_id, {}, act.now)
    detail = {"kind": wish.kind, "matcher": _written(wish.matcher), "areas": areas, "until": wish.until.isoformat()}
    audit.append(connection, act, "silence", silence_id, areas[0], stages=(None, "silenced"), detail=detail)
    return silence_id


def _written(matcher: Matcher) -> dict[str, Any]:
    return matcher.model_dump(mode="json", exclude_defaults=True)


def demand_wish(connection: Connection, wish: Wish, act: Act, limits: SilencesConfig, two: TwoPersonConfig) -> list[str]:
    """Where the silence is to hold. Raises `NotAllowed` for the role or the area, `Invalid` for times and what is not there."""
    scope = act.scope
    if wish.kind not in ROLES:
        raise Invalid(f"kind: one of {', '.join(ROLES)}")
    if scope.role not in ROLES[wish.kind]:
        raise NotAllowed(f"a '{wish.kind}' is not for the role '{scope.role}'")
    if wish.matcher.says_nothing:
        raise Invalid("the matcher names nobody: name a rule, an area, a cell, a class, a domain, a kind, a device or a severity")
    if wish.matcher.means_everything and scope.role != "supervisor":
        raise NotAllowed("to silence whatever rings in an area is for a supervisor: name a rule, a class, a device …")
    if scope.role != "supervisor":
        _demand_mild(wish.matcher, two)
    _demand_times(wish, act.now, limits)
    areas = list(wish.matcher.areas or scope.areas)
    for area in areas:
        if not scope.sees(area):
            raise NotAllowed(f"the area {area} is not yours")
    unknown = [row["code"] for row in queries.silences_unknown_cells(connection, cells=list(wish.matcher.cells), bounds=prefixes(scope))]
    if unknown:
        raise Invalid(f"cells: no cell {', '.join(unknown[:10])} in your areas")
    return areas


def _demand_mild(matcher: Matcher, two: TwoPersonConfig) -> None:
    """What two people shelve nobody silences alone. Raises `Invalid` with how to go on."""
    if grave := two.grave_of(matcher.severity_at_least, matcher.severity_at_most):
        raise Invalid(
            f"severity_at_least: it may hold alerts of severity {', '.join(map(str, grave))}, which take two people: set it to "
            f"{max(two.severities) + 1}, or ask a supervisor to make it" if max(two.severities) < 5
            else "alerts of every severity take two people: ask a supervisor to make it"
        )  # fmt: skip


def _demand_times(wish: Wish, now: datetime, limits: SilencesConfig) -> None:
    since = wish.since or now
    most = limits.silence_at_most if wish.kind == "silence" else limits.maintenance_at_most
    if not since < wish.until or wish.until <= now:
        raise Invalid("'until' must be after 'from' and in the future")
    if since < now - timedelta(minutes=1) or since > now + limits.ahead_at_most:
        raise Invalid(f"'from' must be now or within the next {limits.ahead_at_most.days} days")
    if wish.until - since > most:
        raise Invalid(f"a {wish.kind} lasts at most {most}: 'until' no later than {(since + most).isoformat()}")


def preview(connection: Connection, wish: Wish, act: Act, limits: SilencesConfig, two: TwoPersonConfig) -> dict[str, Any]:
    """How many open alerts it would hold and how many of the last 24 hours it would have held. Changes nothing; raises as `demand_wish`."""
    areas, matcher = demand_wish(connection, wish, act, limits, two), wish.matcher
    rows = [dict(row) for row in queries.silences_preview(
        connection, bounds=prefixes(act.scope), areas=like(areas), day=act.now - timedelta(days=1), cells=list(matcher.cells) or None,
        kinds=list(matcher.kinds) or None, devices=[_pattern(name) for name in matcher.devices] or None,
        gateways=list(matcher.gateways) or None, tags=list(matcher.tags) or None, **columns(matcher),
    )]  # fmt: skip
    return {"open": sum(row["open"] for row in rows), "last_24h": sum(row["day"] for row in rows), "rules": rows}


def _pattern(name: str) -> str:
    """A device's name with `*` as LIKE has it."""
    return name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")


def end_silence(connection: Connection, silence_id: int, act: Act) -> None:
    """End it before its time; what it holds is judged anew by the leader. `act.note` says why.

    Raises `NotFound`, `NotAllowed` for the role and for one that reaches beyond the scope, `StaleWrite`, `IllegalAct`, `Invalid`.
    """
    row = queries.silences_lock(connection, silence_id=silence_id) if _is_seen(connection, silence_id, act) else None
    if row is None:
        raise NotFound(f"no silence {silence_id}")
    if act.act != "end":
        raise IllegalAct(act.act, "silenced", ("end",))
    if act.scope.role not in ROLES[row["kind"]]:
        raise NotAllowed(f"a '{row['kind']}' is not for the role '{act.scope.role}'")
    demand_fresh(row, act)
    if row["ended_at"] is not None or row["over_at"] is not None or row["until"] <= act.now:
        raise IllegalAct("end", "over", ())
    demand_note(act, frozenset({"end"}))
    with told(connection, silence_id, act.now):
        demand_saved(
            queries.silences_end(connection, silence_id=silence_id, version=row["version"], now=act.now, by=act.by, why=act.note), row
        )
    audit.append(connection, act, "silence", silence_id, row["areas"][0], stages=("silenced", "over"))


def _is_seen(connection: Connection, silence_id: int, act: Act) -> bool:
    """Raises `NotAllowed` for one that holds also where the scope does not reach: its author's word stands there."""
    found = change_log.read(connection, "silence", [silence_id])
    areas = found[silence_id]["areas"] if found else []
    if not any(act.scope.sees(area) or any(area == mine[: len(area)] for mine in act.scope.areas) for area in areas):
        return False
    if not all(act.scope.sees(area) for area in areas):
        raise NotAllowed("it holds in other areas, too: who may see them all may end it")
    return True


@contextmanager
def told(connection: Connection, silence_id: int, now: datetime) -> Iterator[None]:
    """What a silence looked like before and after the block goes into the change log."""
    before = change_log.read(connection, "silence", [silence_id])
    yield
    _log(connection, silence_id, before, now)


def _log(connection: Connection, silence_id: int, before: change_log.Rows, now: datetime) -> None:
    """A row for each area: who reads the log of one area only is told, too."""
    [(_, shape)] = change_log.read(connection, "silence", [silence_id]).items()
    if before.get(silence_id) == shape:
        return
    for area in shape["areas"]:
        change_log.append(connection, "silence", before, {silence_id: {**shape, "area": area}}, now)
