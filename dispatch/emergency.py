"""The lives of an emergency and of its tasks, as tables: who declares and ends, and how a team says where it is. Stores nothing."""

from collections.abc import Collection, Mapping

from core.errors import Invalid, NotAllowed
from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "responding": {"set_level": "responding", "activate": "responding", "task": "responding", "note": "responding", "end": "ended"},
    "ended": {},
}
_COMMAND = frozenset({"duty", "supervisor", "dispatcher", "leader"})
ROLES: Mapping[str, frozenset[str]] = {
    "declare": _COMMAND,
    "set_level": _COMMAND,
    "activate": _COMMAND,
    "task": _COMMAND,
    "note": _COMMAND,
    "end": frozenset({"supervisor", "leader"}),
}
NEEDS_NOTE = frozenset({"declare", "set_level", "end", "note"})

# 下达 签收 出动 到达 完成; a team may say no with a reason, the command may call back.
TASKS: Mapping[str, Mapping[str, str]] = {
    "issued": {"accept": "accepted", "set_out": "on_way", "arrive": "arrived", "refuse": "refused", "cancel": "cancelled"},
    "accepted": {"set_out": "on_way", "arrive": "arrived", "finish": "done", "refuse": "refused", "cancel": "cancelled"},
    "on_way": {"arrive": "arrived", "refuse": "refused", "cancel": "cancelled"},
    "arrived": {"report": "arrived", "finish": "done", "cancel": "cancelled"},
    "done": {},
    "refused": {},
    "cancelled": {},
}
# A team without a phone of ours reports by voice: whoever commands writes it down for them, and the log says who.
_TEAM = _COMMAND | {"handler", "grid_worker"}
TASK_ROLES: Mapping[str, frozenset[str]] = {
    "accept": _TEAM, "set_out": _TEAM, "arrive": _TEAM, "report": _TEAM, "finish": _TEAM, "refuse": _TEAM, "cancel": _COMMAND,
}  # fmt: skip
TASK_NEEDS_NOTE = frozenset({"refuse", "cancel", "report", "finish"})
LIFE, TASK_LIFE = LifeCycle(TABLE, ROLES), LifeCycle(TASKS, TASK_ROLES)


def speaks_for(role: str, units: Collection[int], unit_id: int | None) -> bool:
    """Whether a reader of these units may answer a task of that one: the command for everybody, a team for its own alone."""
    return role in _COMMAND or (unit_id is not None and unit_id in units)


def demand(roles: Mapping[str, frozenset[str]], needing: frozenset[str], act: str, role: str, note: str) -> None:
    """Raises `NotAllowed` for the role, `Invalid` without the words an act needs."""
    if act in roles and role not in roles[act]:
        raise NotAllowed(f"'{act}' is not for the role '{role}'")
    if act in needing and not note.strip():
        raise Invalid(f"'{act}' needs a note")
