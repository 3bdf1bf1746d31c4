"""The three clocks of a hotline ticket: to be accepted, to be sent on, to be answered. They run day and night. Pure.

The first two count from the call by this city's configuration; the third is the moment the platform promised the caller.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.hotline_config import HotlineConfig

CLOCKS = ("accept", "dispatch", "reply")
# Which of a ticket's moments end a clock: whoever is answered was also taken, whoever is sent on was accepted.
_ENDS = {
    "accept": ("accepted_at", "dispatched_at", "replied_at", "closed_at"),
    "dispatch": ("dispatched_at", "replied_at", "closed_at"),
    "reply": ("replied_at", "closed_at"),
}
_STOPPED = frozenset({"returned", "merged", "cancelled"})  # nobody waits for these any more
_URGENT = 2  # severity: as grave as this or graver
_NEAR = 4  # the last fourth of a term


def due_of(ticket: Mapping[str, Any], clock: str, config: HotlineConfig) -> datetime | None:
    """When a clock of a ticket runs out; None where nothing was promised."""
    if clock == "reply":
        due_at: datetime | None = ticket["due_at"]
        return due_at
    hours = config.clocks
    span = hours.accept if clock == "accept" else hours.urgent if (ticket["severity"] or 5) <= _URGENT else hours.dispatch
    opened_at: datetime = ticket["opened_at"]
    return opened_at + span


def clocks_of(ticket: Mapping[str, Any], config: HotlineConfig, now: datetime) -> list[dict[str, Any]]:
    """`{clock, due_at, done_at, light}` of each: `well`, `near`, `late` while it runs; `done`, `was_late`, or `none` after it."""
    return [_clock(ticket, clock, config, now) for clock in CLOCKS]


def _clock(ticket: Mapping[str, Any], clock: str, config: HotlineConfig, now: datetime) -> dict[str, Any]:
    due_at = due_of(ticket, clock, config)
    done_at = min((at for name in _ENDS[clock] if (at := ticket[name]) is not None), default=None)
    return {"clock": clock, "due_at": due_at, "done_at": done_at, "light": _light(ticket, clock, due_at, done_at, config, now)}


def _light(
    ticket: Mapping[str, Any], clock: str, due_at: datetime | None, done_at: datetime | None, config: HotlineConfig, now: datetime
) -> str:
    if due_at is None:
        return "none"
    if done_at is not None:
        return "was_late" if done_at > due_at else "done"
    if ticket["stage"] in _STOPPED:
        return "none"
    if now > due_at:
        return "late"
    warned = config.warn_before if clock == "reply" else (due_at - ticket["opened_at"]) / _NEAR
    return "near" if now > due_at - warned else "well"
