"""The life of an incident, alerts and reports about the same thing, as one table; beside it the acts of the desk that leave the stage.

`handle` and `release` are the machine's: its first case was opened, its last open case was voided. So is the `close`
that follows the closing of its last case. `merge` follows when a person joins it into another: while a case is open, never.
"""

from collections.abc import Mapping

from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "open": {
        "acknowledge": "open",
        "confirm": "confirmed",
        "handle": "handling",
        "close": "closed",
        "dismiss": "dismissed",
        "merge": "closed",
    },
    "confirmed": {"acknowledge": "confirmed", "handle": "handling", "close": "closed", "dismiss": "dismissed", "merge": "closed"},
    "handling": {"acknowledge": "handling", "release": "confirmed", "close": "closed"},
    "closed": {},
    "dismissed": {},
}
# Whose it is, what is part of it and what is said of it: the stage stays.
_WORK, _WORD = ("take", "assign", "escalate", "join", "split", "retitle"), ("comment",)
SIDE: Mapping[str, Mapping[str, str]] = {
    stage: dict.fromkeys((*_WORK, *_WORD) if acts else _WORD, stage) for stage, acts in TABLE.items()
}  # fmt: skip
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = {
    "acknowledge": _DESK,
    "confirm": _DESK,
    "close": frozenset({"duty", "supervisor"}),
    "dismiss": frozenset({"duty", "supervisor"}),
    "take": _DESK,
    "assign": _DESK,
    "escalate": _DESK,
    "comment": _DESK,
    "join": _DESK,
    "split": _DESK,
    "retitle": _DESK,
}
NEEDS_NOTE = frozenset({"dismiss", "escalate", "comment"})
_LIFE, _SIDE = LifeCycle(TABLE, ROLES), LifeCycle(SIDE, ROLES)
OPEN, advance = _LIFE.open, _LIFE.advance


def allowed_acts(stage: str, role: str) -> tuple[str, ...]:
    """What a role may do now: the buttons of a screen. Of an ended incident one can only speak."""
    return _LIFE.allowed_acts(stage, role) + _SIDE.allowed_acts(stage, role)
