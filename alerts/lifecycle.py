"""The life of an alert after ISA-18.2, as one table: which act leads from which stage to which, and who may do it.

Beside the stage stands the hold (shelved, suppressed, out of service): it stops telling people, while the stage
beneath goes on moving. Nothing here reads or stores an alert.
"""

from collections.abc import Mapping

from core.life_cycle import LifeCycle

# `unack` and `acked` are active; `rtn_unack` is back to normal and nobody has seen it; `normal` ends the row.
# raise, return and clear are the machine's: the condition is there again, is gone, or can no longer be (its rule was
# withdrawn, its report dismissed or its case closed: no later reading will ever tell of its end).
TABLE: Mapping[str, Mapping[str, str]] = {
    "unack": {"acknowledge": "acked", "return": "rtn_unack", "clear": "normal"},
    "acked": {"return": "normal", "clear": "normal"},
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
ROLES: Mapping[str, frozenset[str]] = {
    "acknowledge": frozenset({"duty", "dispatcher", "supervisor"}),
    "shelve": frozenset({"duty", "supervisor"}),
    "unshelve": frozenset({"duty", "supervisor"}),
    "remove": frozenset({"supervisor"}),
    "restore": frozenset({"supervisor"}),
}
NEEDS_NOTE = frozenset({"shelve", "remove"})
_STAGES, _HOLDS = LifeCycle(TABLE, ROLES), LifeCycle(HOLDS, ROLES)
OPEN, advance, advance_hold = _STAGES.open, _STAGES.advance, _HOLDS.advance


def allowed_acts(stage: str, role: str, hold: str = "none") -> tuple[str, ...]:
    """What a role may do now: the buttons of a screen. An ended alert allows nothing, not even a hold."""
    return _STAGES.allowed_acts(stage, role) + (_HOLDS.allowed_acts(hold, role) if stage in OPEN else ())
