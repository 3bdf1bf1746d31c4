"""What each act writes to a case besides its stage: moments, counters, whose it is. The row is locked and the act allowed before.

Clocks, audit, change log and messages are `store.cases`'; acts that leave the stage are `store.cases_beside`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.config import Config
from core.errors import IllegalAct, Invalid, NotAllowed
from core.model import Scope
from dispatch import cases as lifecycle
from dispatch import routing as routing_rules
from dispatch.case_persons import COLLECTOR, Actor
from store import adjustments, routing
from store.acts import Act
from store.cases_reader import handled_by
from store.timescale import Connection, queries


@dataclass(frozen=True, slots=True)
class Doing:
    """One act on one case: `row` as it is, `after` the stage it leads to; `told` is what the audit will say more."""

    connection: Connection
    row: Mapping[str, Any]
    act: Act
    actor: Actor
    after: str
    config: Config
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def beside(self) -> bool:
        """Whether the act leaves the stage as it is."""
        return self.act.act in lifecycle.SIDE[self.row["stage"]]


def changes_of(doing: Doing) -> dict[str, Any]:
    """The columns an act changes. Raises `Invalid`, `IllegalAct`, `NotAllowed` for what its words ask and cannot be."""
    columns = _MOVES[doing.act.act](doing) if doing.act.act in _MOVES else {}
    if doing.after not in lifecycle.OPEN:
        _demand_no_open_part(doing)
        columns["closed_at"] = doing.act.now
    if doing.row["collector_id"] is not None and doing.after not in lifecycle.CHECKING:
        columns["collector_id"] = None
    if doing.after not in lifecycle.KEPT:
        adjustments.lapse(doing.connection, doing.row, doing.act.now)
    return columns


def _first(doing: Doing, name: str) -> dict[str, Any]:
    """A moment that counts the first time only."""
    return {} if doing.row[name] is not None else {name: doing.act.now}


def _register(doing: Doing) -> dict[str, Any]:
    return _first(doing, "registered_at")


def _dispatch(doing: Doing) -> dict[str, Any]:
    """To the unit and worker that are named, else to those that are proposed; inside its unit a handler names only the worker."""
    connection, row, wanted = doing.connection, doing.row, doing.act.extra
    inside = doing.actor.role == "handler"
    if inside and (wanted.get("unit") or wanted.get("supports") or not wanted.get("worker")):
        raise NotAllowed("inside the unit the task is handed to a worker of it, and to nobody else")
    proposal = routing.propose(connection, row, doing.act.now)
    named = bool(wanted.get("unit") or wanted.get("worker"))
    unit = row["lead_unit"] if inside else find_unit(connection, wanted["unit"]) if wanted.get("unit") else None
    worker, of_unit = _worker(doing, wanted.get("worker"), unit)
    if not named:
        unit, worker = proposal.lead_unit, proposal.worker
    supports = [find_unit(connection, one) for one in _list("supports", wanted.get("supports"))]
    supports = supports if named or supports else list(proposal.support_units)
    lead = unit if unit is not None else of_unit
    ask_supports(doing, [one for one in supports if one != lead])
    routed_by = proposal.rule if not named or (proposal.rule and lead == proposal.lead_unit) else None
    columns = {"lead_unit": lead, "handler_id": worker, "routed_by": routed_by, **_first(doing, "dispatched_at")}
    doing.told.update({"handler_id": worker, **({"unit": lead} if lead is not None else {}), **({"rule": routed_by} if routed_by else {})})
    routing.record(connection, {**row, **columns}, proposal, doing.act)
    return columns


def _worker(doing: Doing, wanted: object, unit: int | None) -> tuple[int | None, int | None]:
    """The account that is named and its unit. Raises `Invalid` for a name that cannot handle there, or not for that unit."""
    if not wanted:
        return None, None
    found = _account(doing.connection, wanted)
    worker = routing_rules.choose_worker(wanted, found, None, doing.row["area"])
    units = {row["unit_id"] for row in queries.cases_units_of(doing.connection, account_id=worker)}
    if unit is not None and unit not in units:
        raise Invalid(f"'{wanted}' is not of the unit that leads the case")
    return worker, found["unit_id"] if found else None


def _account(connection: Connection, wanted: object) -> dict[str, Any] | None:
    """The active account of a login or number."""
    number = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 < wanted < 2**31 else None
    found: dict[str, Any] | None = queries.cases_account(connection, account_id=number, login=str(wanted))
    return found


def find_unit(connection: Connection, wanted: object) -> int:
    """The number of a unit by its code or number. Raises `Invalid` for none that is there."""
    number = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 < wanted < 2**31 else None
    row = queries.cases_unit(connection, unit_id=number, code=wanted if isinstance(wanted, str) else None)
    if row is None:
        raise Invalid(f"no unit is called '{wanted}'")
    return int(row["unit_id"])


def ask_supports(doing: Doing, units: list[int]) -> None:
    """Units beside the lead get their part."""
    for unit_id in dict.fromkeys(units):
        queries.cases_support_ask(
            doing.connection, case_number=doing.row["case_number"], unit_id=unit_id, area=doing.row["area"], now=doing.act.now
        )
    if units:
        doing.told["supports"] = list(dict.fromkeys(units))


def _list(name: str, value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > 20:
        raise Invalid(f"{name}: a list of at most 20")
    return value


def _take(doing: Doing) -> dict[str, Any]:
    return {"handler_id": doing.act.scope.account_id, **_first(doing, "taken_at")}


def _arrive(doing: Doing) -> dict[str, Any]:
    return _first(doing, "arrived_at")


def _finish(doing: Doing) -> dict[str, Any]:
    return {"handled_by": doing.act.scope.account_id, "finished_at": doing.act.now}


def _send_back(doing: Doing) -> dict[str, Any]:
    """The next dispatch proposes anew: whoever sent it back is left out, and the rule that chose them answers for it."""
    routing.sent_back(doing.connection, doing.row["case_number"], doing.act)
    doing.told.update({name: doing.row[name] for name in ("lead_unit", "routed_by") if doing.row[name] is not None})
    return {"handler_id": None, "lead_unit": None, "routed_by": None, "send_backs": doing.row["send_backs"] + 1}


def _feedback(doing: Doing) -> dict[str, Any]:
    """The unit's word is the last: first its support units have done their parts."""
    _demand_no_asked_part(doing)
    return {"fed_back_at": doing.act.now}


def _asked_parts(doing: Doing) -> list[dict[str, Any]]:
    return [row for row in queries.cases_supports(doing.connection, case_number=doing.row["case_number"]) if row["stage"] == "asked"]


def _demand_no_asked_part(doing: Doing) -> None:
    """Raises `IllegalAct`: the desk may end the part of a unit that never answers, and says why."""
    if waiting := [row["name"] for row in _asked_parts(doing)]:
        raise IllegalAct(doing.act.act, doing.row["stage"], (), f"support units have not ended their part: {', '.join(waiting)}")


def _force_close(doing: Doing) -> dict[str, Any]:
    """Whatever was not done; the audit names the units that never answered."""
    if waiting := [row["unit"] for row in _asked_parts(doing)]:
        doing.told["unanswered"] = waiting
    return {}


def _check(doing: Doing) -> dict[str, Any]:
    """What is checked before anybody said it was finished is finished at that moment; parts of other units come first here too."""
    _demand_no_asked_part(doing)
    return {"checked_at": doing.act.now, "checked_by": doing.act.scope.account_id, **_first(doing, "finished_at")}


def name_collector(doing: Doing) -> dict[str, Any]:
    """A task for a collector: for one who is named, and then for nobody else, else for any of the area."""
    collector = _collector(doing, doing.act.extra.get("collector"))
    doing.told["collector"] = collector
    return {"collector_id": collector}


def _collector(doing: Doing, wanted: object) -> int | None:
    """The account that is named. Raises `Invalid` for one who is no collector of the area, or who did some of the work."""
    if not wanted:
        return None
    found = _account(doing.connection, wanted)
    if found is None or found["role"] != COLLECTOR or not Scope(COLLECTOR, tuple(found["areas"])).sees(doing.row["area"]):
        raise Invalid(f"'{wanted}' is no collector of this area")
    if handled_by(doing.connection, Scope(COLLECTOR, (), found["account_id"]), [doing.row["case_number"]]):
        raise Invalid(f"'{wanted}' handled it and cannot check it")
    return int(found["account_id"])


def _rework(doing: Doing) -> dict[str, Any]:
    return {**_NOT_DONE, "reworks": doing.row["reworks"] + 1}


def _demand_no_open_part(doing: Doing) -> None:
    """A case that was divided ends after its parts, whichever way. Raises `IllegalAct`."""
    stage, ended = doing.row["stage"], sorted(lifecycle.ENDED)
    if child := queries.cases_open_child(doing.connection, case_number=doing.row["case_number"], ended=ended):
        onward = tuple(act for act, after in lifecycle.TABLE[stage].items() if after in lifecycle.OPEN)
        raise IllegalAct(doing.act.act, stage, onward, f"its child case {child['case_number'] or 'in another area'} is still open")


def _reopen(doing: Doing) -> dict[str, Any]:
    """Its life begins anew at registration, with nobody's name on it; that it was late is counted and stays with that round's clock."""
    fresh = {"closed_at": None, "overdue_at": None, "handler_id": None, "lead_unit": None, "routed_by": None}
    fresh |= {"late_rounds": doing.row["late_rounds"] + (doing.row["overdue_at"] is not None)}
    return {**_NOT_DONE, **fresh, "reopens": doing.row["reopens"] + 1}


def _resume(doing: Doing) -> dict[str, Any]:
    return {"suspended_at": None, "suspended_until": None, "kept_stage": None}


_NOT_DONE = {"finished_at": None, "fed_back_at": None, "checked_at": None, "checked_by": None}
_MOVES: Mapping[str, Callable[[Doing], dict[str, Any]]] = {
    "register": _register, "dispatch": _dispatch, "take": _take, "arrive": _arrive, "finish": _finish, "send_back": _send_back,
    "feedback": _feedback, "check": _check, "pre_check": name_collector, "post_check": name_collector, "rework": _rework,
    "reopen": _reopen, "resume": _resume, "force_close": _force_close,
}  # fmt: skip
