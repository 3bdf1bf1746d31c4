"""What revisits of the hotline found, once each: the raw facts of the three rates. Decides no rate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core.hotline_config import HotlineConfig
from core.model import EVERYWHERE, Scope
from core.revisit import Revisit
from store import audit, hotline
from store.acts import Act
from store.lists import Filter
from store.timescale import Connection, prefixes, queries


class Taken(NamedTuple):
    """How many were new, told something else than before, said nothing new, and which lie outside the sender's area (their places)."""

    created: int = 0
    changed: int = 0
    known: int = 0
    outside: tuple[int, ...] = ()


def take(
    connection: Connection, scope: Scope, told: Sequence[Revisit], sources: Sequence[str], config: HotlineConfig, city: str, now: datetime
) -> Taken:
    """Keep revisits under their own number. A ticket nobody knows is kept by its number, for the whole city (`city`: its code)."""
    created = changed = known = 0
    outside = []
    for place, revisit in enumerate(told):
        ticket = queries.revisits_ticket(connection, ticket_no=revisit.ticket_no, sources=list(sources)) or {}
        area = ticket.get("area") or city
        if not scope.sees(area):
            outside.append(place)
            continue
        row = queries.revisits_add(
            connection, source=ticket.get("source") or sources[0], external_id=revisit.key[:200], ticket_no=revisit.ticket_no, area=area,
            ticket_id=ticket.get("ticket_id"), case_number=ticket.get("case_number"), unit=revisit.unit, unit_id=ticket.get("lead_unit"),
            channel=revisit.channel, revisit_at=revisit.revisit_at, valid=revisit.valid, contacted=revisit.contacted, solved=revisit.solved,
            satisfaction=revisit.satisfaction, now=now, drill=ticket.get("drill", False), simulated=ticket.get("simulated", False),
        )  # fmt: skip
        created, changed, known = created + bool(row and row["created"]), changed + bool(row and not row["created"]), known + (row is None)
        if row is not None and ticket:
            _follow(connection, scope, ticket, revisit, row["revisit_id"], config, now)
    return Taken(created, changed, known, tuple(outside))


def _follow(
    connection: Connection, scope: Scope, ticket: dict[str, Any], revisit: Revisit, revisit_id: int, config: HotlineConfig, now: datetime
) -> None:
    """The ticket was revisited; who is not content is looked at again by a person, never by a rule."""
    act = Act("revisit", EVERYWHERE, now)
    if hotline.lock(connection, scope, ticket_id=ticket["ticket_id"])["stage"] in {"closed", "replied"}:
        hotline.move(connection, ticket["ticket_id"], "revisited", config, act)
    audit.append(connection, act, "ticket", ticket["ticket_id"], ticket["area"], detail={"revisit": revisit_id})
    if revisit.is_bad:
        hotline.tell_dissatisfied(connection, scope, ticket["ticket_id"], revisit_id, now)


def list_revisits(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first; `ticket_id` narrows to one."""
    columns = wanted.columns(scope, "ticket_id")
    return list(queries.revisits_list(connection, **{**columns, "areas": prefixes(scope)}))
