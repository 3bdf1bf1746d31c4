"""Who may do what with an expedite order."""

import pytest

from core.errors import IllegalAct, NotAllowed
from dispatch import orders


@pytest.mark.parametrize(("stage", "role", "theirs", "acts"), [
    ("issued", "handler", True, ("feedback",)), ("issued", "handler", False, ()), ("issued", "dispatcher", False, ("feedback",)),
    ("issued", "leader", False, ("withdraw",)), ("fed_back", "supervisor", False, ("close", "return", "withdraw")),
    ("fed_back", "grid_worker", True, ()), ("closed", "leader", True, ()), ("issued", "duty", True, ()),
])  # fmt: skip
def test_each_side_does_its_own_part(stage: str, role: str, theirs: bool, acts: tuple[str, ...]) -> None:
    assert orders.allowed_to(stage, role, 1, theirs) == acts


def test_a_token_answers_for_nothing() -> None:
    assert orders.allowed_to("issued", "handler", None, True) == ()
    with pytest.raises(NotAllowed, match="token"):
        orders.demand_person("feedback", "handler", None, True)
    with pytest.raises(NotAllowed, match="person"):
        orders.demand_issuer("leader", None)


def test_only_who_supervises_issues() -> None:
    orders.demand_issuer("supervisor", 1)
    for role in ("duty", "dispatcher", "handler", "admin"):
        with pytest.raises(NotAllowed):
            orders.demand_issuer(role, 1)


def test_an_order_without_an_answer_is_not_closed() -> None:
    with pytest.raises(IllegalAct) as refused:
        orders.advance("issued", "close")
    assert refused.value.allowed == ("feedback", "withdraw")
