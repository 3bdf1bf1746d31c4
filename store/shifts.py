"""Who is on shift, and what becomes of what they hold when they go: nobody's acknowledgement outlives the shift silently.

A shift begins by itself with the first act of somebody at the desk. When it ends and no successor took over (`store.handovers`), what was
acknowledged in it is open work again and what was owned is nobody's, each with its reason in the audit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import NotAllowed, NotFound
from core.model import EVERYWHERE, Scope
from dispatch import shifts as lifecycle
from store import audit
from store.acts import Act, demand_fresh, demand_note, demand_saved, logged
from store.sweep_faults import sweep_each
from store.timescale import Connection, queries

_AT_ONCE = 500
_NO_OFFER: Mapping[str, Any] = {"handover_id": None, "to_id": None}


def be_on(connection: Connection, scope: Scope, now: datetime) -> None:
    """Begin a shift unless one is on; nothing for tokens and those who do not work at the desk."""
    if scope.account_id is None or scope.role not in lifecycle.DESK:
        return
    area = scope.areas[0]
    row = queries.shifts_begin(connection, account_id=scope.account_id, name=scope.name, role=scope.role, area=area, now=now)
    if row is not None:
        audit.append(connection, Act("begin", scope, now), "shift", row["shift_id"], area, stages=(None, "on"))


def begin(connection: Connection, scope: Scope, now: datetime) -> None:
    """Begin a shift, or go on with the one that is on. Raises `NotAllowed` for whoever does not work at the desk."""
    if scope.account_id is None or scope.role not in lifecycle.DESK:
        raise NotAllowed("shifts are of people at the desk")
    be_on(connection, scope, now)


def of(connection: Connection, scope: Scope) -> dict[str, Any] | None:
    """The row of the shift somebody is on; None: nobody's, or of none."""
    row: dict[str, Any] | None = queries.shifts_of(connection, account_id=scope.account_id) if scope.account_id is not None else None
    return row


def read_current(connection: Connection, scope: Scope, shift_for: timedelta) -> dict[str, Any]:
    """`{shift, holds, handover, offers}` of the reader: what is on, what is held, the last offer made, those that wait for him.

    Of an offer the `items` in the reader's areas, and how many lie `beyond` them.
    """
    row = of(connection, scope)
    offered = [] if scope.account_id is None else list(queries.handovers_offered_to(connection, account_id=scope.account_id))
    offers = [_in_sight(one, scope) for one in offered]
    if row is None:
        return {"shift": None, "holds": [], "handover": None, "offers": offers}
    handover = queries.handovers_of_shift(connection, shift_id=row["shift_id"])
    successor = handover["to_id"] if handover and handover["outcome"] is None else None
    acts = lifecycle.allowed_to(row["stage"], scope.role, scope.account_id, row["account_id"], successor)
    shown = {name: row[name] for name in ("stage", "began_at", "version")}
    shift = {"id": row["shift_id"], **shown, "ends_at": row["began_at"] + shift_for, "acts": list(acts)}
    return {"shift": shift, "holds": list_held(connection, row), "handover": handover, "offers": offers}


def _in_sight(offer: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """What was signed for lies with the hash; of it a successor reads what he may see, and `beyond` is how many things more it has."""
    items = [item for item in offer["items"] if scope.sees(item["area"])]
    return {**offer, "items": items, "beyond": len(offer["items"]) - len(items)}


def list_held(connection: Connection, shift: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What somebody leaves behind: `{noun, id, title, severity, stage, hold, area, version, acked, owned, drill}`."""
    return list(queries.handovers_items(connection, account_id=shift["account_id"], since=shift["began_at"]))


def lock_shift(connection: Connection, shift_id: int) -> dict[str, Any]:
    """The shift with the offer that stands (`handover_id`, `to_id` …, None without one), ours until the commit. Raises `NotFound`."""
    row = queries.shifts_lock(connection, shift_id=shift_id)
    if row is None:
        raise NotFound(f"no shift {shift_id}")
    return {**row, **(queries.handovers_standing(connection, shift_id=shift_id) or _NO_OFFER)}


def end(connection: Connection, shift_id: int, act: Act) -> None:
    """End one's own shift without a successor, or take an offer back (`withdraw`).

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed`.
    """
    row = lock_shift(connection, shift_id)
    demand_fresh(row, act)
    lifecycle.demand_person(act.act, act.scope.role, act.scope.account_id, row["account_id"], row["to_id"])
    move(connection, row, act)


def move(connection: Connection, row: Mapping[str, Any], act: Act, detail: Mapping[str, Any] | None = None) -> None:
    """Advance a locked shift, and decide the offer that stands with it. Raises `IllegalAct`, `StaleWrite`, `Invalid` without a note."""
    stage = lifecycle.advance(row["stage"], act.act)
    demand_note(act, lifecycle.NEEDS_NOTE)
    demand_saved(
        queries.shifts_move(connection, shift_id=row["shift_id"], version=row["version"], stage=stage, act=act.act, now=act.now), row
    )
    if row["handover_id"] is not None and act.act in lifecycle.OUTCOME:
        outcome = lifecycle.OUTCOME[act.act]
        queries.handovers_decide(connection, handover_id=row["handover_id"], outcome=outcome, now=act.now, why=act.note or None)
    area = row["area"] if act.scope.sees(row["area"]) else act.scope.areas[0]  # a successor of a street cannot write in the district's
    audit.append(connection, act, "shift", row["shift_id"], area, stages=(row["stage"], stage), detail=detail)


def sweep(connection: Connection, shift_for: timedelta, now: datetime) -> int:
    """End shifts that lasted too long or whose account was disabled, and let lapse what was held in them; returns how many things moved."""
    overrun = list(queries.shifts_overrun(connection, before=now - shift_for))
    disabled = {str(row["shift_id"]): row["disabled"] for row in overrun}

    def end(shift: str) -> None:
        why = "the account was disabled" if disabled[shift] else "the longest time of a shift is over"
        move(connection, lock_shift(connection, int(shift)), Act("overrun", EVERYWHERE, now, note=why))

    ended = sweep_each(connection, "shifts", [(str(row["shift_id"]), row["version"]) for row in overrun], end, now)
    return ended + _settle_all(connection, now)


def _settle_all(connection: Connection, now: datetime) -> int:
    moved: list[int] = []
    left = {str(row["shift_id"]): row for row in list(queries.shifts_unsettled(connection))}
    sweep_each(connection, "shifts", [(shift, 0) for shift in left], lambda shift: moved.append(_settle(connection, left[shift], now)), now)
    return sum(moved)


def _settle(connection: Connection, shift: Mapping[str, Any], now: datetime) -> int:
    """Whatever stands in the name of somebody who went home stands so no longer, a portion at a time. Who is back keeps what he owns."""
    of = {"account_id": shift["account_id"], "ended_at": shift["ended_at"]}
    held = queries.shifts_held(connection, **of)
    owned = 0 if shift["back"] else held["alerts"] + held["incidents"]
    if not held["acked"] and not owned:
        queries.shifts_settled(connection, shift_id=shift["shift_id"], now=now)
        return 0
    _tell(connection, shift, held, now)
    why = f"the shift of {shift['name']} ended ({shift['ended_how']})"
    moved = _lapse(connection, list(queries.shifts_lapsing(connection, **of, limit=_AT_ONCE)), Act("lapse", EVERYWHERE, now, note=why))
    if owned:
        act = Act("disown", EVERYWHERE, now, note=why)
        alerts = list(queries.shifts_owned_alerts(connection, account_id=shift["account_id"], limit=_AT_ONCE))
        incidents = list(queries.shifts_owned_incidents(connection, account_id=shift["account_id"], limit=_AT_ONCE))
        moved += _disown(connection, "alert", alerts, act) + _disown(connection, "incident", incidents, act)
    return moved


def _lapse(connection: Connection, rows: list[dict[str, Any]], act: Act) -> int:
    ids = [row["alert_id"] for row in rows]
    with logged(connection, "alert", ids, act.now):
        queries.shifts_lapse(connection, ids=ids, now=act.now)
    for row in rows:
        audit.append(connection, act, "alert", row["alert_id"], row["area"], stages=("acked", "unack"))
    return len(rows)


def _disown(connection: Connection, noun: str, rows: Iterable[Mapping[str, Any]], act: Act) -> int:
    areas = {row[f"{noun}_id"]: row["area"] for row in rows}
    disown = queries.shifts_disown_alerts if noun == "alert" else queries.shifts_disown_incidents
    with logged(connection, noun, list(areas), act.now):
        disown(connection, ids=list(areas), now=act.now)
    for noun_id, area in areas.items():
        audit.append(connection, act, noun, noun_id, area)
    return len(areas)


def _tell(connection: Connection, shift: Mapping[str, Any], held: Mapping[str, Any], now: datetime) -> None:
    """The supervisors hear once a shift how much of its work nobody took."""
    target = "role:supervisor"
    queries.outbox_add(
        connection, now=now, dedupe_key=f"shift_lapsed/{shift['shift_id']}/{target}", target=target, template="shift_lapsed",
        severity=held["severity"] or 4,
        payload=Jsonb({"title": shift["name"], "area": shift["area"], "how": shift["ended_how"], "acked": held["acked"],
                       "owned": held["alerts"] + held["incidents"]}),
    )  # fmt: skip
