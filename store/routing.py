"""Who a case is proposed to, and what became of it: reads the rules, the component, the roster and past send-backs.

`dispatch.routing` decides. Every dispatch is written down with what proposed it, so that mis-dispatches can be counted by rule.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.config import ClassConfig
from core.routing_config import RoutingTimes
from dispatch.routing import HANDLES, Around, Proposal, RoutingRule, Spot, Unit, Worker, find_proposal
from dispatch.routing_words import reason_of
from store import rosters
from store.acts import Act
from store.timescale import Connection, queries

_ANYWHERE = "Asia/Shanghai"  # while no rule names a zone it matters to none


def propose(connection: Connection, row: Mapping[str, Any], now: datetime) -> Proposal:
    """Who a case is to go to. `row`: case_number (None: not yet a case), class_code, condition_no, area, cell_id, component_code."""
    return _propose(connection, row, now)[0]


def show(connection: Connection, row: Mapping[str, Any], now: datetime, classes: Mapping[str, ClassConfig] | None = None) -> dict[str, Any]:
    """The proposal as screens read it, with its reason in both languages; `classes`: what the city calls them."""
    proposal, spot = _propose(connection, row, now)
    said = {one["code"]: one["name"] for one in queries.routing_area_names(connection, area=spot.area)}
    said |= {code[:2]: one.group for code, one in (classes or {}).items()} | {code: one.label for code, one in (classes or {}).items()}
    english = said | {code: one.label_en for code, one in (classes or {}).items()}
    return {
        "basis": proposal.basis,
        "rule": proposal.rule,
        "rule_label": proposal.by.label if proposal.by else None,
        "lead_unit": _shape(proposal.lead),
        "support_units": [_shape(unit) for unit in proposal.supports],
        "worker": {"account": proposal.person.account_id, "title": proposal.person.name} if proposal.person else None,
        "automatic": proposal.automatic,
        "sent_back": [_shape(unit) for unit in proposal.sent_back],
        "reason": reason_of(proposal, spot, said),
        "reason_en": reason_of(proposal, spot, english, "en"),
    }


def _shape(unit: Unit | None) -> dict[str, Any] | None:
    return {"unit": unit.unit_id, "name": unit.name, "name_en": unit.name_en} if unit else None


def _propose(connection: Connection, row: Mapping[str, Any], now: datetime) -> tuple[Proposal, Spot]:
    number = row.get("case_number") or row.get("number")
    if number is not None and "component_code" not in row:
        row = queries.routing_case(connection, case_number=number) or row
    found = list(queries.routing_fitting(connection, class_code=row["class_code"], area=row["area"], roles=sorted(HANDLES)))
    zone = ZoneInfo(found[0]["zone"] if found else _ANYWHERE)
    spot = Spot(row["class_code"], row["area"], now.astimezone(zone))
    return find_proposal(spot, map(_rule, found), _around(connection, row, number, now)), spot


def _around(connection: Connection, row: Mapping[str, Any], number: str | None, now: datetime) -> Around:
    code = row.get("component_code")
    owner = queries.routing_owner(connection, code=code) if code else None
    standard = queries.routing_standard(connection, class_code=row["class_code"], component=code, condition_no=row.get("condition_no"))
    back = list(queries.routing_sent_back(connection, case_number=number)) if number else []
    accounts = {one[name] for one in back for name in ("sent_back_by", "worker_id") if one[name] is not None}
    units = {one["unit_id"]: _unit(one) for one in back if one["unit_id"] is not None}
    return Around(
        _unit(owner) if owner else None, _unit(standard) if standard else None, _on_shift(connection, row, now), tuple(units.values()),
        frozenset(accounts),
    )  # fmt: skip


def _on_shift(connection: Connection, row: Mapping[str, Any], now: datetime) -> Worker | None:
    """Whoever is on shift in the duty grid of the case's cell."""
    if row.get("cell_id") is None:
        return None
    found = rosters.on_shift(connection, int(row["cell_id"]), now)
    who = {"account_id": found["account_id"], "area": row["area"], "roles": sorted(HANDLES)} if found else None
    person = queries.routing_worker(connection, **who) if who else None
    return Worker(person["account_id"], person["title"], _unit(person) if person["unit_id"] else None) if person else None


def _rule(row: Mapping[str, Any]) -> RoutingRule:
    lead = Unit(row["lead_id"], row["lead_name"], row["lead_name_en"]) if row["lead_id"] else None
    of_worker = Unit(row["worker_unit"], row["worker_unit_name"], row["worker_unit_name_en"]) if row["worker_unit"] else None
    worker = Worker(row["worker_id"], row["worker_title"], of_worker) if row["worker_id"] else None
    supports = tuple(Unit(**one) for one in row["supports"])
    times = tuple(RoutingTimes.model_validate(one) for one in row["times"])
    return RoutingRule(
        row["rule"], row["label"], row["label_en"], tuple(row["classes"]), tuple(row["areas"]), times, lead, supports, worker,
        row["on_shift"], row["automatic"],
    )  # fmt: skip


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(row["unit_id"], row["name"], row["name_en"])


def record(connection: Connection, row: Mapping[str, Any], proposal: Proposal, act: Act) -> None:
    """A case was given out, or handed on in its unit. `row` is the case as saved (`case_number`, `area`, `lead_unit`, `handler_id`).

    A rule answers for it only where the dispatcher followed it: another unit, or another worker of none, is the person's choice.
    """
    of_case = {"case_number": row["case_number"], "lead_unit": row.get("lead_unit"), "worker_id": row["handler_id"]}
    if queries.routing_hand_on(connection, **of_case):
        return
    same_unit = row.get("lead_unit") == proposal.lead_unit
    followed = same_unit and (proposal.lead_unit is not None or row["handler_id"] == proposal.worker)
    queries.routing_add_route(
        connection, area=row["area"], now=act.now, by_id=act.scope.account_id, basis=proposal.basis if followed else "person",
        rule=proposal.rule if followed else None, **of_case,
    )  # fmt: skip


def sent_back(connection: Connection, number: str, act: Act) -> None:
    """Whoever had the case sent it back: the next proposal leaves them out, and the rule that chose them is counted as wrong."""
    queries.routing_send_back(connection, case_number=number, now=act.now, by_id=act.scope.account_id, why=act.note)
