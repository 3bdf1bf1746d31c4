"""Casts: what stands on a screen for a while, sent by a person or taken by an incident, and how it is given back.

Which of them is shown decides `core.showing`. A grave incident takes each screen once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.errors import Invalid, NotAllowed, NotFound
from core.model import DOMAINS
from core.showing import Cast, Grave, taker
from core.view_address import lies_under, path_of, read_address, with_words
from core.wall_config import TakeoverConfig
from store import audit, scenes, screens
from store.acts import Act
from store.timescale import Connection, queries

CASTERS = frozenset({"duty", "supervisor", "leader", "admin"})
LONGEST = timedelta(hours=24)
FRESH = timedelta(minutes=30)  # an incident nothing was heard of for so long takes no screen that comes late
SYSTEM = "system"


def follow(connection: Connection, screen: Mapping[str, Any], now: datetime, config: TakeoverConfig) -> list[Cast]:
    """What stands on a screen now, after what is over was given back and what is grave has taken it."""
    queries.casts_end_over(connection, screen_id=screen["screen_id"], now=now)
    standing = _standing(connection, screen["screen_id"], now)
    if not (screen["taken"] and config.severities):
        return standing
    grave = taker(_graves(connection, screen, now, config), standing, now)
    if grave is None:
        return standing
    _add(
        connection, screen["screen_id"], now, kind="takeover", address=_incident_address(screen, grave.incident_id), title=grave.title,
        incident_id=grave.incident_id, severity=grave.severity, drill=grave.drill, by=SYSTEM, until=now + config.lasts,
    )  # fmt: skip
    return _standing(connection, screen["screen_id"], now)


def _standing(connection: Connection, screen_id: int, now: datetime) -> list[Cast]:
    return [
        Cast(row["cast_id"], row["kind"], row["address"], row["title"], row["cast_by"], row["cast_at"], row["until"], row["severity"],
             row["incident_id"], row["drill"])
        for row in queries.casts_of(connection, screen_id=screen_id, now=now)
    ]  # fmt: skip


def _graves(connection: Connection, screen: Mapping[str, Any], now: datetime, config: TakeoverConfig) -> list[Grave]:
    """Of the screen's areas, and of its domain where it is bound to one."""
    last = path_of(screen["view"]).rpartition("/")[2]
    rows = queries.casts_graves(
        connection, screen_id=screen["screen_id"], severities=list(config.severities), since=now - max(FRESH, config.lasts),
        areas=[f"{area}%" for area in screen["areas"]], domain=last if last in DOMAINS else None,
    )  # fmt: skip
    return [Grave(row["incident_id"], row["title"], row["severity"], row["opened_at"], row["drill"]) for row in rows]


def _incident_address(screen: Mapping[str, Any], incident_id: int) -> str:
    """The screen's own view with the incident over it: its layout and filters stay what its room is used to."""
    return with_words(screen["home"] or path_of(screen["view"]), incident=incident_id)


def _add(
    connection: Connection, screen_id: int, now: datetime, *, kind: str, address: str, title: str, by: str, until: datetime | None,
    scene_id: int | None = None, incident_id: int | None = None, severity: int | None = None, drill: bool = False,
    account_id: int | None = None,
) -> int | None:  # fmt: skip
    row = queries.casts_add(
        connection, screen_id=screen_id, kind=kind, address=address, title=title, scene_id=scene_id, incident_id=incident_id,
        severity=severity, drill=drill, by=by, account_id=account_id, now=now, until=until,
    )  # fmt: skip
    return None if row is None else int(row["cast_id"])


def list_casts(
    connection: Connection,
    now: datetime,
    *,
    screen_id: int | None = None,
    standing: bool = True,
    after: int | None = None,
    ids: Sequence[int] | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Newest first; `standing`: only what stands now; `ids`: only these."""
    wanted = None if ids is None else list(ids)
    return list(queries.casts_list(connection, now=now, screen_id=screen_id, open=standing, after=after or 2**62, ids=wanted, limit=limit))


def send(connection: Connection, screen_ids: Sequence[int], what: Mapping[str, Any], lasts: timedelta | None, act: Act) -> list[int]:
    """A scene, an incident or an address to some screens; the ids of the casts. `lasts` None: until it is given back.

    Raises `NotAllowed`, `NotFound`, `Invalid` for what a screen is not bound to.
    """
    if act.scope.role not in CASTERS:
        raise NotAllowed(f"screens are sent something by {', '.join(sorted(CASTERS))}")
    if lasts is not None and not timedelta() < lasts <= LONGEST:
        raise Invalid(f"for_s: at most {LONGEST.total_seconds():.0f} s")
    told = []
    for screen_id in screen_ids:
        screen = screens.lock_screen(connection, screen_id)
        words = _words(connection, screen, what, act)
        if not lies_under(words["address"], screen["view"]):
            raise Invalid(f"the screen '{screen['name']}' is bound to {screen['view']}")
        until = None if lasts is None else act.now + lasts
        cast_id = _add(connection, screen_id, act.now, by=act.by, account_id=act.scope.account_id, until=until, **words)
        assert cast_id is not None  # only an incident that took the screen by itself is told once
        audit.append(connection, act, "screen", screen_id, screen["areas"][0], detail={"cast": cast_id, "address": words["address"]})
        told.append(cast_id)
    return told


def _words(connection: Connection, screen: Mapping[str, Any], what: Mapping[str, Any], act: Act) -> dict[str, Any]:
    """What is sent, as columns of a cast."""
    if "scene_id" in what:
        scene = scenes.get_scene(connection, what["scene_id"])
        return {"kind": "scene", "address": scene["address"], "title": scene["name"], "scene_id": scene["scene_id"]}
    if "incident_id" in what:
        row = queries.casts_incident(connection, incident_id=what["incident_id"], areas=[f"{area}%" for area in screen["areas"]])
        if row is None or not act.scope.sees(row["area"]):
            raise NotFound(f"no incident {what['incident_id']} in the area of the screen '{screen['name']}'")
        address = _incident_address(screen, row["incident_id"])
        return {"kind": "incident", "address": address, **{name: row[name] for name in ("title", "incident_id", "severity", "drill")}}
    address = read_address(what.get("address"))
    return {"kind": "address", "address": address, "title": str(what.get("title") or address)[:200]}


def give_back(connection: Connection, cast_id: int, act: Act) -> None:
    """The screen shows what it did before. Raises `NotFound` for one that has ended, `NotAllowed`."""
    if act.scope.role not in CASTERS:
        raise NotAllowed(f"screens are given back by {', '.join(sorted(CASTERS))}")
    row = queries.casts_end(connection, cast_id=cast_id, now=act.now, by=act.by)
    if row is None:
        raise NotFound(f"no cast {cast_id} stands on a screen of yours")
    audit.append(connection, act, "screen", row["screen_id"], row["area"], detail={"cast": cast_id})
