"""What may be done with a report, as one table. Placing and classifying leave its stage; a merged one follows its incident."""

from collections.abc import Mapping

from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "open": {"confirm": "confirmed", "dismiss": "dismissed", "merge": "merged", "place": "open", "classify": "open"},
    "confirmed": {"dismiss": "dismissed", "merge": "merged", "place": "confirmed", "classify": "confirmed"},
    "dismissed": {},
    "merged": {},
}
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = {
    "confirm": _DESK,
    "dismiss": frozenset({"duty", "supervisor"}),
    "merge": _DESK,
    "place": _DESK,
    "classify": _DESK,
}
NEEDS_NOTE = frozenset({"dismiss"})
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance, allowed_acts = _LIFE.open, _LIFE.advance, _LIFE.allowed_acts
