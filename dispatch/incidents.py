"""The life of an incident, alerts and reports about the same thing, as one table.

`handle` and `release` are the machine's: its first case was opened, its last open case was voided. So is the `close`
that follows the closing of its last case.
"""

from collections.abc import Mapping

from core.errors import IllegalAct

TABLE: Mapping[str, Mapping[str, str]] = {
    "open": {"acknowledge": "open", "confirm": "confirmed", "handle": "handling", "close": "closed", "dismiss": "dismissed"},
    "confirmed": {"acknowledge": "confirmed", "handle": "handling", "close": "closed", "dismiss": "dismissed"},
    "handling": {"acknowledge": "handling", "release": "confirmed", "close": "closed"},
    "closed": {},
    "dismissed": {},
}
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = {
    "acknowledge": _DESK,
    "confirm": _DESK,
    "close": frozenset({"duty", "supervisor"}),
    "dismiss": frozenset({"duty", "supervisor"}),
}
NEEDS_NOTE = frozenset({"dismiss"})
OPEN = frozenset(stage for stage, acts in TABLE.items() if acts)


def advance(stage: str, act: str) -> str:
    """The stage that an act leads to. Raises `IllegalAct`."""
    try:
        return TABLE[stage][act]
    except KeyError:
        raise IllegalAct(act, stage, tuple(TABLE.get(stage, ()))) from None


def allowed_acts(stage: str, role: str) -> tuple[str, ...]:
    """What a role may do with an incident in a stage."""
    return tuple(act for act in TABLE[stage] if role in ROLES.get(act, ()))
