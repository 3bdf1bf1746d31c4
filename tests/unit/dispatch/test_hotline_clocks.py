"""The three clocks of a ticket: when each runs out, what ends it, how it is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.hotline_config import HotlineConfig
from dispatch.hotline_clocks import clocks_of

CONFIG, AT = HotlineConfig(), datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def after(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


def ticket(**more: Any) -> dict[str, Any]:
    moments = dict.fromkeys(("accepted_at", "dispatched_at", "replied_at", "closed_at"))
    return {"stage": "new", "opened_at": AT, "due_at": after(24), "severity": 4, **moments, **more}


def lights(now: datetime, **more: Any) -> list[str]:
    return [one["light"] for one in clocks_of(ticket(**more), CONFIG, now)]


@pytest.mark.parametrize(("hours", "expected"), [
    (1.0, ["well", "well", "well"]), (1.6, ["near", "near", "well"]), (2.1, ["late", "late", "well"]),
    (20.5, ["late", "late", "near"]), (25.0, ["late", "late", "late"]),
])  # fmt: skip
def test_a_clock_that_runs_is_well_then_near_then_late(hours: float, expected: list[str]) -> None:
    assert lights(after(hours)) == expected


def test_who_is_sent_on_was_accepted_and_who_is_answered_both() -> None:
    assert lights(after(30), dispatched_at=after(1)) == ["done", "done", "late"]
    assert lights(after(30), replied_at=after(3)) == ["was_late", "was_late", "done"]


def test_an_urgent_one_is_sent_on_sooner() -> None:
    assert lights(after(1.2), severity=2) == ["well", "late", "well"]
    assert lights(after(1.2), severity=None) == ["well", "well", "well"]


def test_what_nobody_promised_or_waits_for_has_no_light() -> None:
    assert lights(after(30), due_at=None, accepted_at=after(1), dispatched_at=after(1)) == ["done", "done", "none"]
    assert lights(after(30), stage="merged", accepted_at=after(1)) == ["done", "none", "none"]
