"""The platform rings for itself when the path is broken: by failures in a row or by age, once, and ends by the next proof."""

from datetime import datetime, timedelta
from typing import Any

from alerts.proof import Proofs, judge
from core.changes import AlertAgain, AlertRaised, AlertReturned
from core.facts import OpenAlert
from core.rule_config import ProofRule

RULE = ProofRule(kind="no_proof", severity=2, label="自检失败", label_en="Path broken", owner="数据局", reason="", failures=3)
MINUTE = timedelta(minutes=1)


def changes(now: datetime, last: float | None, failed: int, stage: str | None = None, since: float = 10) -> list[Any]:
    """`last` and `since` in minutes ago."""
    proofs = Proofs(None if last is None else now - last * MINUTE, failed, "rule", now - since * MINUTE)
    alert = OpenAlert(7, "path-broken", "platform/path", None, stage, 1.0, True, now) if stage else None
    return judge("path-broken", RULE, proofs, alert, now, "320404")


def test_three_failures_in_a_row_ring_and_name_the_leg(now: datetime) -> None:
    assert changes(now, 1, 2) == []
    [raised] = changes(now, 3, 3)
    assert isinstance(raised, AlertRaised)
    assert (raised.title, raised.value, raised.subject) == ("自检失败 rule", 3.0, "platform/path")


def test_a_proof_that_is_too_old_rings_though_none_failed(now: datetime) -> None:
    assert changes(now, 4.9, 0) == []
    assert isinstance(changes(now, 5, 0)[0], AlertRaised)
    assert isinstance(changes(now, None, 0)[0], AlertRaised)


def test_who_only_just_began_to_prove_is_given_time(now: datetime) -> None:
    assert changes(now, 60, 0, since=1) == changes(now, None, 1, since=1) == []


def test_it_rings_once_and_ends_with_the_next_proof_and_may_come_again(now: datetime) -> None:
    assert changes(now, 6, 4, "unack") == []
    assert isinstance(changes(now, 0, 0, "unack")[0], AlertReturned)
    assert changes(now, 0, 0, "rtn_unack") == []
    assert isinstance(changes(now, 6, 3, "rtn_unack")[0], AlertAgain)
