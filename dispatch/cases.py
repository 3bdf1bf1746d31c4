"""The closed loop of a case as one table: stages, acts, who may do each, what evidence it takes, which stages it leaves out.

Supervision cannot handle and handling cannot close (监管分离); who checks is never who handled. Rules about persons stand
in `dispatch.case_persons`, 延期 and 挂账 in `dispatch.adjustments`. Nothing here reads or stores a case.
"""

from collections.abc import Mapping

from core.errors import IllegalAct, Invalid, NotAllowed
from dispatch.orders import ISSUERS

# 上报 受理 立案 派遣 处置 到场 反馈 核查 结案: what no case leaves out unless somebody says why.
PATH = ("reported", "accepted", "registered", "dispatched", "handling", "on_site", "finished", "checked", "closed")
ENDED = ("closed", "force_closed", "voided", "declined")
# Where a suspended case goes on: `resume` leads back to the stage it stood in (`cases.kept_stage`).
KEPT = ("dispatched", "handling", "on_site")

TABLE: Mapping[str, Mapping[str, str]] = {
    "reported": {"accept": "accepted", "pre_check": "pre_checking", "register": "registered", "decline": "declined", "void": "voided"},
    "pre_checking": {"pass_pre_check": "accepted", "fail_pre_check": "reported", "decline": "declined", "void": "voided"},
    "accepted": {"register": "registered", "pre_check": "pre_checking", "decline": "declined", "void": "voided"},
    "registered": {"dispatch": "dispatched", "void": "voided", "force_close": "force_closed"},
    "dispatched": {
        "take": "handling", "send_back": "registered", "dispatch": "dispatched", "suspend": "suspended", "force_close": "force_closed",
    },
    "handling": {
        "arrive": "on_site", "send_back": "registered", "dispatch": "dispatched", "check": "checked", "suspend": "suspended",
        "force_close": "force_closed",
    },
    "on_site": {
        "finish": "finished", "send_back": "registered", "dispatch": "dispatched", "check": "checked", "suspend": "suspended",
        "force_close": "force_closed",
    },
    "finished": {
        "feedback": "fed_back", "check": "checked", "post_check": "checking", "rework": "dispatched", "force_close": "force_closed",
    },
    "fed_back": {"check": "checked", "post_check": "checking", "rework": "dispatched", "force_close": "force_closed"},
    "checking": {"check": "checked", "rework": "dispatched", "force_close": "force_closed"},
    "checked": {"close": "closed", "rework": "dispatched"},
    "suspended": {"resume": "handling", "force_close": "force_closed"},
    "closed": {"reopen": "registered"},
    "force_closed": {"reopen": "registered"},
    "voided": {},
    "declined": {},
}  # fmt: skip
OPEN = frozenset(TABLE) - set(ENDED)

# Somebody is to look on the spot: one who is named (`cases.collector_id`), else any of the area.
CHECKING = ("pre_checking", "checking")
_UNDECIDED = ("reported", "pre_checking", "accepted")
_IN_WORK = ("dispatched", "handling", "on_site")
_AFTER_WORK = ("finished", "fed_back", "checking", "checked")
# Acts that leave the stage as it is, and where each is possible.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "comment": tuple(TABLE),
    "remind": (*_IN_WORK, "finished", "fed_back", "checking"),
    "name_collector": CHECKING,
    "expedite": tuple(stage for stage in TABLE if stage in OPEN),
    "ask_help": _IN_WORK,
    "ask_extension": _IN_WORK,
    "ask_suspension": _IN_WORK,
    "agree": (*_IN_WORK, "suspended"),  # what was asked for in time stays answerable while the clock stands
    "refuse": (*_IN_WORK, "suspended"),
    "withdraw": (*_IN_WORK, "suspended"),
    "support_done": (*_IN_WORK, "finished", "suspended"),
    "support_refuse": (*_IN_WORK, "finished", "suspended"),
    "classify": _UNDECIDED,
    "transfer": (*_UNDECIDED, "registered"),
    "link_parent": (*_UNDECIDED, "registered", *_IN_WORK, *_AFTER_WORK, "suspended"),
    "unlink_parent": (*_UNDECIDED, "registered", *_IN_WORK, *_AFTER_WORK, "suspended"),
}
SIDE: Mapping[str, Mapping[str, str]] = {
    stage: {act: stage for act, stages in _BESIDE.items() if stage in stages} for stage in TABLE
}  # fmt: skip

HANDLING = frozenset({"handler", "grid_worker"})
SUPERVISION = frozenset({"duty", "supervisor"})
DESK = SUPERVISION | {"dispatcher"}
_DISPATCHING = frozenset({"duty", "dispatcher"})
_WATCHING = SUPERVISION | {"grid_worker"}  # a grid worker may look at the work of a colleague: the person rule keeps him from his own

ROLES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("accept", "pre_check", "register", "decline", "void", "post_check", "rework", "close", "classify"), SUPERVISION),
    **dict.fromkeys(("force_close", "reopen"), frozenset({"supervisor"})),
    **dict.fromkeys(("pass_pre_check", "fail_pre_check", "check"), _WATCHING),
    **dict.fromkeys(("dispatch", "resume"), _DISPATCHING),
    **dict.fromkeys(("take", "arrive", "finish", "send_back", "feedback", "ask_help", "ask_extension", "ask_suspension"), HANDLING),
    **dict.fromkeys(("support_done", "support_refuse"), HANDLING | _DISPATCHING),  # the desk, for a unit that never answers
    **dict.fromkeys(("agree", "refuse"), DESK | {"handler"}),  # the unit, then the dispatcher
    **dict.fromkeys(("transfer", "link_parent", "unlink_parent", "remind", "name_collector"), DESK),
    "withdraw": HANDLING,
    "comment": DESK | HANDLING,
    "expedite": ISSUERS,  # 督办 is an order of its own
    "suspend": frozenset(),  # the machine's: it follows from the second `agree`
}
# Where a role is another one than elsewhere: inside its unit a handler hands the task on; only a supervisor
# leaves stages out; the collector who was sent to look says no as well as yes.
ROLES_IN: Mapping[tuple[str, str], frozenset[str]] = {
    ("dispatched", "dispatch"): _DISPATCHING | {"handler"},
    ("handling", "check"): frozenset({"supervisor"}),
    ("on_site", "check"): frozenset({"supervisor"}),
    ("checking", "rework"): _WATCHING,
}

HANDLING_ACTS = frozenset({"take", "arrive", "finish", "send_back"})
# Whoever did one of these in a role of `HANDLING` has handled the case for good: a rework, or another who finishes it, does not undo it.
# The desk that ends the part of a unit which never answers has not.
WORK_ACTS = frozenset({"take", "arrive", "finish", "support_done", "feedback"})
NEEDS_NOTE = frozenset({
    "send_back", "rework", "void", "decline", "fail_pre_check", "force_close", "reopen", "feedback", "ask_help", "ask_extension",
    "ask_suspension", "refuse", "support_refuse", "transfer", "comment", "expedite",
})  # fmt: skip
NEEDS_PHOTO = frozenset({"finish"})

# Stages beside the path stand between two of it; a suspended case stands where it was kept.
_PLACES: Mapping[str, float] = {stage: n for n, stage in enumerate(PATH)} | {"pre_checking": 0.5, "fed_back": 6.3, "checking": 6.6}
_CLOSING = {"force_closed": "closed"}
# A stage beside the path, and the one of the path that a screen shows it at.
BESIDE_PATH: Mapping[str, str] = {"pre_checking": "reported", "fed_back": "finished", "checking": "finished", "suspended": "dispatched"}


def advance(stage: str, act: str, kept: str | None = None) -> str:
    """The stage an act leads to, the same one for an act beside it; `kept` is where `resume` goes on. Raises `IllegalAct`."""
    if act in SIDE.get(stage, ()):
        return stage
    try:
        after = TABLE[stage][act]
    except KeyError:
        raise IllegalAct(act, stage, tuple(TABLE.get(stage, ()))) from None
    return kept if act == "resume" and kept else after


def roles_of(stage: str, act: str) -> frozenset[str]:
    """Who may do an act in a stage."""
    return ROLES_IN.get((stage, act), ROLES.get(act, frozenset()))


def allowed_acts(stage: str, role: str) -> tuple[str, ...]:
    """What a role may move a case by: the buttons of a screen."""
    return tuple(act for act in TABLE[stage] if role in roles_of(stage, act))


def allowed_side_acts(stage: str, role: str) -> tuple[str, ...]:
    """What a role may do beside the stage."""
    return tuple(act for act in SIDE[stage] if role in roles_of(stage, act))


def skipped(stage: str, after: str, kept: str | None = None, feedback: bool = False) -> tuple[str, ...]:
    """The stages of the path that a move from `stage` to `after` leaves out; voiding and declining leave none out, they end it.

    `feedback`: the unit's word is of this case's path.
    """
    first, last = _PLACES.get(kept or stage if stage == "suspended" else stage), _PLACES.get(_CLOSING.get(after, after))
    if first is None or last is None:
        return ()
    path = sorted((*PATH, "fed_back"), key=_PLACES.__getitem__) if feedback else PATH
    return tuple(one for one in path if first < _PLACES[one] < last)


def skips_of(stage: str) -> list[str]:
    """The moves that leave out stages: what a screen asks a reason for."""
    return [act for act, after in TABLE[stage].items() if skipped(stage, after)]


def waits_for(stage: str, role: str) -> bool:
    """Whether a case in this stage waits for somebody of the role: he can move it on along its path, leaving nothing out."""
    onward = (act for act, after in TABLE[stage].items() if _PLACES.get(after, -1) > _PLACES.get(stage, 99) and not skipped(stage, after))
    return any(role in roles_of(stage, act) for act in onward)


def demand_role(act: str, stage: str, role: str) -> None:
    """Raises `NotAllowed` when the table knows the act but not for this role."""
    if role not in roles_of(stage, act):
        raise NotAllowed(f"'{act}' is not for the role '{role}'; allowed now: {', '.join(allowed_acts(stage, role)) or 'none'}")


def needs_note(act: str, stage: str, after: str, kept: str | None = None) -> bool:
    """Whether an act must say why: some always, and whatever leaves out a stage."""
    return act in NEEDS_NOTE or bool(skipped(stage, after, kept))


def demand_evidence(act: str, note: str, photos_after: int, left_out: tuple[str, ...] = ()) -> None:
    """Raises `Invalid` when an act lacks what it takes: a note, a photo of the result, a reason for the stages `left_out`."""
    if (act in NEEDS_NOTE or left_out) and not note.strip():
        why = f": it leaves out {', '.join(left_out)}" if left_out else ""
        raise Invalid(f"'{act}' needs a note{why}")
    if act in NEEDS_PHOTO and photos_after < 1:
        raise Invalid(f"'{act}' needs a photo of the result (role=after), newer than the last dispatch or rework")
