"""A shift is its own officer's until the successor it names signs; the signature covers all that was handed over."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from core.errors import IllegalAct, NotAllowed
from dispatch.shifts import OUTCOME, ROLES, SIGNED, TABLE, advance, allowed_to, demand_person, hash_list

ME, SUCCESSOR, OTHER = 1, 2, 3
ITEMS: list[dict[str, Any]] = [{"noun": "alert", "id": "7", "severity": 1}, {"noun": "incident", "id": "3", "severity": 2}]


def test_each_side_has_its_own_acts() -> None:
    assert allowed_to("on", "duty", ME, ME, None) == ("offer", "end")
    assert allowed_to("offered", "duty", ME, ME, SUCCESSOR) == ("withdraw", "end")
    assert allowed_to("offered", "duty", SUCCESSOR, ME, SUCCESSOR) == ("accept", "decline")
    assert allowed_to("offered", "duty", OTHER, ME, SUCCESSOR) == ()
    assert all(allowed_to("ended", "duty", who, ME, SUCCESSOR) == () for who in (ME, SUCCESSOR, None))


@pytest.mark.parametrize(("act", "role", "account"), [
    ("accept", "duty", ME), ("accept", "duty", None), ("end", "duty", SUCCESSOR), ("withdraw", "duty", OTHER), ("accept", "leader", SUCCESSOR),
    ("overrun", "supervisor", ME),
])  # fmt: skip
def test_nobody_does_what_is_the_other_ones(act: str, role: str, account: int | None) -> None:
    with pytest.raises(NotAllowed):
        demand_person(act, role, account, ME, SUCCESSOR)


def test_whatever_ends_an_offer_says_how() -> None:
    assert set(OUTCOME) == set(TABLE["offered"])
    assert set(ROLES) >= SIGNED
    with pytest.raises(IllegalAct):
        advance("offered", "offer")


def test_the_signature_changes_with_everything_that_was_signed_and_with_nothing_else() -> None:
    at = datetime(2026, 11, 21, 8, tzinfo=UTC)
    signed = hash_list(ME, SUCCESSOR, "两处积水", ITEMS, at)
    assert signed == hash_list(
        ME, SUCCESSOR, "两处积水", [dict(reversed(item.items())) for item in ITEMS], at.astimezone(timezone(timedelta(hours=8)))
    )
    others = {
        hash_list(OTHER, SUCCESSOR, "两处积水", ITEMS, at), hash_list(ME, OTHER, "两处积水", ITEMS, at), hash_list(ME, SUCCESSOR, "", ITEMS, at),
        hash_list(ME, SUCCESSOR, "两处积水", ITEMS[:1], at), hash_list(ME, SUCCESSOR, "两处积水", ITEMS, at + timedelta(seconds=1)),
        hash_list(ME, SUCCESSOR, "两处积水", ITEMS[::-1], at),
    }  # fmt: skip
    assert signed not in others
    assert len(others) == 6
