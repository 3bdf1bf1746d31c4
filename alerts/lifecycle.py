"""The life of an alert after ISA-18.2, as tables: which act leads from which stage to which, and who may do it.

Beside the stage stand the hold (shelved, suppressed, out of service), which stops telling people while the stage beneath
goes on moving, and the acts of the desk, which move neither. Nothing here reads or stores an alert.
"""

from collections.abc import Mapping

from core.errors import Invalid
from core.life_cycle import LifeCycle

# `unack` and `acked` are active; `rtn_unack` is back to normal and nobody has seen it; `normal` ends the row.
# raise, return, clear, worsen and lapse are the machine's: the condition is there again, is gone, can no longer be (its rule
# was withdrawn, its report dismissed or its case closed: no later reading will ever tell of its end), became graver than what
# was acknowledged, or whoever acknowledged it has gone home.
TABLE: Mapping[str, Mapping[str, str]] = {
    "unack": {"acknowledge": "acked", "return": "rtn_unack", "clear": "normal", "worsen": "unack"},
    "acked": {"return": "normal", "clear": "normal", "worsen": "unack", "lapse": "unack"},
    "rtn_unack": {"acknowledge": "normal", "raise": "unack", "clear": "normal"},
    "normal": {},
}
# Why nobody is told: `shelved` by a person for a while, `suppressed` by design, `out_of_service` for repair.
HOLDS: Mapping[str, Mapping[str, str]] = {
    "none": {"shelve": "shelved", "suppress": "suppressed", "remove": "out_of_service"},
    "shelved": {"unshelve": "none", "remove": "out_of_service"},
    "suppressed": {"unsuppress": "none", "remove": "out_of_service"},
    "out_of_service": {"restore": "none"},
}
# Whose it is, what is said of it and what it was: the stage stays. What is over can still be spoken of and judged.
_WORK, _WORD = ("take", "assign", "escalate"), ("comment", "judge")
SIDE: Mapping[str, Mapping[str, str]] = {
    stage: dict.fromkeys((*_WORK, *_WORD) if acts else _WORD, stage) for stage, acts in TABLE.items()
}  # fmt: skip
VERDICTS = ("real", "false_alarm", "test")
NOT_REAL = frozenset({"false_alarm", "test"})
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = {
    "acknowledge": _DESK,
    "shelve": frozenset({"duty", "supervisor"}),
    "unshelve": frozenset({"duty", "supervisor"}),
    "remove": frozenset({"supervisor"}),
    "restore": frozenset({"supervisor"}),
    "take": _DESK,
    "assign": _DESK,
    "escalate": _DESK,
    "comment": _DESK,
    "judge": frozenset({"duty", "supervisor"}),
}
NEEDS_NOTE = frozenset({"shelve", "remove", "escalate", "comment"})
_STAGES, _HOLDS, _SIDE = LifeCycle(TABLE, ROLES), LifeCycle(HOLDS, ROLES), LifeCycle(SIDE, ROLES)
OPEN, advance, advance_hold = _STAGES.open, _STAGES.advance, _HOLDS.advance


def allowed_acts(stage: str, role: str, hold: str = "none") -> tuple[str, ...]:
    """What a role may do now: the buttons of a screen. An ended alert can only be spoken of and judged."""
    moves = _STAGES.allowed_acts(stage, role) + (_HOLDS.allowed_acts(hold, role) if stage in OPEN else ())
    return moves + _SIDE.allowed_acts(stage, role)


def demand_verdict(verdict: object, note: str) -> str:
    """The verdict, one of `VERDICTS`. Raises `Invalid` for another word, and for calling it nothing without saying why."""
    if verdict not in VERDICTS:
        raise Invalid(f"'judge' needs a verdict: {', '.join(VERDICTS)}")
    if verdict in NOT_REAL and not note.strip():
        raise Invalid(f"the verdict '{verdict}' needs a note")
    return str(verdict)


def act_of_verdict(stage: str, verdict: str, reported: bool) -> str | None:
    """What a verdict does beside being noted. What was nothing has been seen; what no reading will ever end, ends.

    While its condition lasts an alert stays, whatever people say of it: nothing is hidden.
    """
    if verdict not in NOT_REAL or stage not in OPEN:
        return None
    if reported:
        return "clear"
    return "acknowledge" if "acknowledge" in TABLE[stage] else None
