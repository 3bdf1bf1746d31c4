"""Acts that leave a case's stage as it is: 督办 and 催办, requests and the words on them, support units, kinship, class, level.

The row is locked and the act allowed before. An agreed suspension is the one that moves the case: it says so in the columns it returns.
"""

from collections.abc import Callable, Mapping
from typing import Any

from core.errors import IllegalAct, Invalid, NotAllowed
from dispatch import cases as lifecycle
from store import adjustments
from store.cases_changes import Doing, ask_supports, find_unit, name_collector
from store.cases_reader import units_of
from store.timescale import Connection, prefixes, queries

LEVELS = range(1, 10)


def changes_beside(doing: Doing) -> dict[str, Any]:
    """The columns an act beside the stage changes. Raises `Invalid`, `IllegalAct`, `NotAllowed`."""
    return _BESIDE[doing.act.act](doing)


def _count(column: str) -> Callable[[Doing], dict[str, Any]]:
    def count(doing: Doing) -> dict[str, Any]:
        return {column: doing.row[column] + 1}

    return count


def _nothing(doing: Doing) -> dict[str, Any]:
    return {}


def _ask(doing: Doing) -> dict[str, Any]:
    doing.told.update(adjustments.ask(doing.connection, doing.row, doing.act, doing.config.cases))
    return {}


def _decide(doing: Doing) -> dict[str, Any]:
    """The second word moves the deadline, or stops the clock; the new deadline is written by `store.clocks`."""
    doing.told.update(adjustments.decide(doing.connection, doing.row, doing.act, doing.actor))
    if doing.told["stage"] != "agreed":
        return {}
    if doing.told["kind"] == "extension":
        return {"extensions": doing.row["extensions"] + 1}
    until = {"suspended_at": doing.act.now.isoformat(), "suspended_until": doing.told["until_at"]}
    return {"stage": "suspended", "kept_stage": doing.row["stage"], "suspensions": doing.row["suspensions"] + 1, **until}


def _help(doing: Doing) -> dict[str, Any]:
    """A unit that is named is asked for its part; without one the desk is called."""
    if wanted := doing.act.extra.get("unit"):
        ask_supports(doing, [find_unit(doing.connection, wanted)])
    return {}


def _end_support(doing: Doing) -> dict[str, Any]:
    """The own unit's part; the desk ends that of the unit it names."""
    row, act = doing.row, doing.act
    supports = list(queries.cases_supports(doing.connection, case_number=row["case_number"]))
    asked = {one["unit"] for one in supports if one["stage"] == "asked"}
    if wanted := act.extra.get("unit"):
        asked &= {find_unit(doing.connection, wanted)}
    if doing.actor.role in lifecycle.HANDLING:
        asked &= units_of(doing.connection, act.scope.account_id)
    if not asked:
        raise IllegalAct(act.act, row["stage"], (), "no part of yours is asked for")
    if len(asked) > 1:
        raise Invalid("several units are asked: name the unit")
    stage, unit_id = {"support_done": "done", "support_refuse": "refused"}[act.act], asked.pop()
    queries.cases_support_end(
        doing.connection, case_number=row["case_number"], unit_id=unit_id, stage=stage, note=act.note, now=act.now,
        by_id=act.scope.account_id,
    )  # fmt: skip
    doing.told["unit"] = unit_id
    return {}


def _link(doing: Doing) -> dict[str, Any]:
    """One level deep: a part has no parts, so no case can come to stand above itself."""
    parent, number = doing.act.extra.get("parent"), doing.row["case_number"]
    if not isinstance(parent, str) or parent == number:
        raise Invalid("'link_parent' needs the number of another case as parent")
    found = queries.cases_lock(doing.connection, case_number=parent, areas=prefixes(doing.act.scope))
    if found is None:
        raise Invalid(f"no case {parent}")
    if found["stage"] not in lifecycle.OPEN:
        raise IllegalAct("link_parent", doing.row["stage"], (), f"case {parent} has ended")
    if found["parent_number"] or queries.cases_has_child(doing.connection, case_number=number):
        raise IllegalAct("link_parent", doing.row["stage"], (), "a child case has no children of its own")
    doing.told["parent"] = parent
    return {"parent_number": parent}


def _unlink(doing: Doing) -> dict[str, Any]:
    if doing.row["parent_number"] is None:
        raise IllegalAct("unlink_parent", doing.row["stage"], (), "it has no parent")
    doing.told["parent"] = doing.row["parent_number"]
    return {"parent_number": None}


def _classify(doing: Doing) -> dict[str, Any]:
    """Another class or condition has other limits: its clock follows."""
    extra = doing.act.extra
    code, condition = extra.get("class_code", doing.row["class_code"]), extra.get("condition_no")
    if not isinstance(code, str) or (condition is not None and (not isinstance(condition, int) or not 0 < condition < 1000)):
        raise Invalid("'classify' takes a class_code and the number of its condition")
    doing.told.update({"class_code": code, "condition_no": condition, "from": doing.row["class_code"]})
    return {"class_code": code, "condition_no": condition}


def _transfer(doing: Doing) -> dict[str, Any]:
    """Between levels of management, or to another part of the area: one global number through all of them."""
    extra, row = doing.act.extra, doing.row
    level, area = extra.get("level", row["level"]), extra.get("area", row["area"])
    if not isinstance(level, int) or isinstance(level, bool) or level not in LEVELS or not isinstance(area, str):
        raise Invalid("'transfer' takes a level from 1 to 9 or an area")
    if (level, area) == (row["level"], row["area"]):
        raise Invalid("it is there already")
    if not doing.act.scope.sees(area):
        raise NotAllowed(f"{area} is outside your area")
    if area != row["area"] and not queries.cases_area_known(doing.connection, area=area):
        raise Invalid(f"no area has the code '{area}'")
    queries.cases_transfer_beside(doing.connection, case_number=row["case_number"], area=area)
    doing.told.update({"level": level, "area": area, "from": {"level": row["level"], "area": row["area"]}})
    moved = {} if area.startswith(row["area"]) else {"cell_id": None, "duty_grid": None}
    return {"level": level, "area": area, "global_number": row["global_number"] or row["case_number"], **moved}


_BESIDE: Mapping[str, Callable[[Doing], dict[str, Any]]] = {
    "expedite": _count("expedites"), "remind": _count("reminds"), "comment": _nothing, "ask_help": _help,
    "ask_extension": _ask, "ask_suspension": _ask, "agree": _decide, "refuse": _decide, "withdraw": _decide,
    "support_done": _end_support, "support_refuse": _end_support, "link_parent": _link, "unlink_parent": _unlink,
    "classify": _classify, "transfer": _transfer, "name_collector": name_collector,
}  # fmt: skip


def lock_both(connection: Connection, number: str, parent: object, areas: list[str]) -> None:
    """Two who link crosswise meet at the first of the two cases, not in each other's way."""
    if isinstance(parent, str):
        list(queries.cases_lock_all(connection, numbers=[number, parent], areas=areas))
