"""Two people: never the same one twice, and never one whose role may not do the act itself."""

import pytest

from core.duty_config import TwoPersonConfig
from core.errors import IllegalAct, NotAllowed
from dispatch.approvals import ROLES, TABLE, advance, allowed_to, demand_person


def test_whoever_asked_can_only_take_it_back() -> None:
    assert allowed_to("pending", "duty", True, 1, 1) == ("withdraw",)
    assert allowed_to("pending", "duty", True, 2, 1) == ("approve", "refuse")
    with pytest.raises(NotAllowed, match="for themselves"):
        demand_person("approve", "duty", True, 1, 1)


@pytest.mark.parametrize(
    ("role", "may_act", "account"), [("duty", False, 2), ("leader", True, 2), ("duty", True, None), ("wall", True, None)]
)
def test_who_may_not_do_it_may_not_agree_to_it(role: str, may_act: bool, account: int | None) -> None:
    assert allowed_to("pending", role, may_act, account, 1) == ()
    with pytest.raises(NotAllowed):
        demand_person("approve", role, may_act, account, 1)


def test_what_is_decided_stays_decided() -> None:
    for stage in set(TABLE) - {"pending"}:
        assert allowed_to(stage, "supervisor", True, 2, 1) == ()
        with pytest.raises(IllegalAct):
            advance(stage, "approve")
    assert "lapse" not in ROLES


@pytest.mark.parametrize(("act", "severity", "verdict", "asks"), [
    ("judge", 1, "false_alarm", True), ("judge", 2, "test", True), ("judge", 1, "real", False), ("judge", 3, "test", False),
    ("dismiss", 2, None, True), ("close", 1, None, True), ("acknowledge", 1, None, False), ("shelve", 1, None, False),
])  # fmt: skip
def test_the_city_says_which_acts_take_two(act: str, severity: int, verdict: str | None, asks: bool) -> None:
    two = TwoPersonConfig(severities=(1, 2), acts=("dismiss", "close", "judge"))
    assert two.asks(act, severity, verdict) == asks
    assert not TwoPersonConfig().asks(act, severity, verdict)
