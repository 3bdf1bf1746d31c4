"""The life of an alert after ISA-18.2, as one table: which act leads from which stage to which, and who may do it.

Beside the stage stands the hold (shelved, suppressed, out of service): it stops telling people, while the stage
beneath goes on moving. Nothing here reads or stores an alert.
"""

from collections.abc import Mapping
from enum import StrEnum

from core.errors import IllegalAct


class Stage(StrEnum):
    """`unack` and `acked` are active; `rtn_unack` is back to normal and nobody has seen it; `normal` ends the row."""

    UNACK = "unack"
    ACKED = "acked"
    RTN_UNACK = "rtn_unack"
    NORMAL = "normal"


class Hold(StrEnum):
    """Why nobody is told: `shelved` by a person for a while, `suppressed` by design, `out_of_service` for repair."""

    NONE = "none"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


# raise, return and clear are the machine's: the condition is there again, is gone, or can no longer be (its rule was
# withdrawn, its report dismissed or its case closed: no later reading will ever tell of its end).
TABLE: Mapping[str, Mapping[str, str]] = {
    "unack": {"acknowledge": "acked", "return": "rtn_unack", "clear": "normal"},
    "acked": {"return": "normal", "clear": "normal"},
    "rtn_unack": {"acknowledge": "normal", "raise": "unack", "clear": "normal"},
    "normal": {},
}
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
OPEN = frozenset(stage for stage, acts in TABLE.items() if acts)


def advance(stage: str, act: str) -> str:
    """The stage that an act leads to. Raises `IllegalAct`."""
    try:
        return TABLE[stage][act]
    except KeyError:
        raise IllegalAct(act, stage, tuple(TABLE.get(stage, ()))) from None


def advance_hold(hold: str, act: str) -> str:
    """The hold that an act leads to. Raises `IllegalAct`."""
    try:
        return HOLDS[hold][act]
    except KeyError:
        raise IllegalAct(act, hold, tuple(HOLDS.get(hold, ()))) from None


def allowed_acts(stage: str, role: str, hold: str = "none") -> tuple[str, ...]:
    """What a role may do now: the buttons of a screen. An ended alert allows nothing, not even a hold."""
    possible = [*TABLE[stage], *(HOLDS[hold] if TABLE[stage] else ())]
    return tuple(act for act in possible if role in ROLES.get(act, ()))
