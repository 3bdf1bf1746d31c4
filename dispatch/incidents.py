"""The life of an incident, alerts and reports about the same thing, as one table.

`handle` and `release` are the machine's: its first case was opened, its last open case was voided. So is the `close`
that follows the closing of its last case.
"""

from collections.abc import Mapping

from core.life_cycle import LifeCycle

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
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance, allowed_acts = _LIFE.open, _LIFE.advance, _LIFE.allowed_acts
