"""What may be done with a report, as one table. Placing and classifying leave its stage; a merged one follows its incident."""

from collections.abc import Mapping

from core.errors import IllegalAct

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
OPEN = frozenset(stage for stage, acts in TABLE.items() if acts)


def advance(stage: str, act: str) -> str:
    """The stage that an act leads to. Raises `IllegalAct`."""
    try:
        return TABLE[stage][act]
    except KeyError:
        raise IllegalAct(act, stage, tuple(TABLE.get(stage, ()))) from None


def allowed_acts(stage: str, role: str) -> tuple[str, ...]:
    """What a role may do with a report in a stage."""
    return tuple(act for act in TABLE[stage] if role in ROLES[act])
