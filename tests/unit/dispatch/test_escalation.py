"""Which step is due: the clock begins once and never moves, what a hold kept back is told once at most, a policy is the first that fits."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from core.escalation_config import ROLES, EscalationPolicy, EscalationStep, channel_of
from dispatch.escalation import Judgement, Told, choose, judge, next_step, schedule, term
from store import accounts

MINUTE = timedelta(minutes=1)
POLICY = EscalationPolicy.model_validate(
    {"steps": [
        {"after": "0s", "targets": ["role:duty"]},
        {"after": "2m", "targets": ["role:supervisor@area", "role:duty"], "repeat": 2, "every": "3m"},
        {"after": "10m", "targets": ["role:leader"]},
    ]}
)  # fmt: skip


def at(now: datetime, minutes: float, told: frozenset[Told] = frozenset(), **facts: Any) -> Judgement:
    known: dict[str, Any] = {"held": False, "was_held": False, "passed_to": None, **facts}
    return judge(POLICY, now, told, now=now + minutes * MINUTE, **known)


def names(judged: Judgement) -> list[tuple[int, int]]:
    return [(step.step, step.round) for step in judged.tell]


def said(*pairs: tuple[int, int]) -> frozenset[Told]:
    return frozenset((step, turn, target) for step, turn in pairs for target in POLICY.steps[step].targets)


def test_steps_and_their_rounds_follow_the_clock(now: datetime) -> None:
    plan = [((step.at - now) / MINUTE, step.step, step.round) for step in schedule(POLICY, now)]
    assert plan == [(0, 0, 0), (2, 1, 0), (5, 1, 1), (8, 1, 2), (10, 2, 0)]


def test_each_is_told_at_its_moment_and_the_next_is_looked_at_at_its_own(now: datetime) -> None:
    told: frozenset[Told] = frozenset()
    for minutes, step, ahead in ((0, (0, 0), 2), (2, (1, 0), 5), (5, (1, 1), 8), (8, (1, 2), 10), (10, (2, 0), None)):
        judged = at(now, minutes, told)
        assert names(judged) == [step]
        assert judged.look_at == (now + ahead * MINUTE if ahead else None)
        told |= said(step)
        assert names(at(now, minutes + 0.5, told)) == []


def test_after_our_own_absence_each_step_is_told_once_with_its_last_round(now: datetime) -> None:
    assert names(at(now, 9)) == [(0, 0), (1, 2)]
    assert names(at(now, 60)) == [(0, 0), (1, 2), (2, 0)]
    assert names(at(now, 10, said((0, 0), (1, 2)))) == [(2, 0)]  # its earlier rounds are not made up for later


def test_what_fell_due_while_held_is_not_told_and_afterwards_only_the_last_step_reached_is(now: datetime) -> None:
    told = said((0, 0))
    assert names(at(now, 9, told, held=True)) == []
    released = at(now, 9, told, was_held=True)
    assert (names(released), released.passed_to, released.look_at) == ([(1, 2)], now + 9 * MINUTE, now + 10 * MINUTE)
    later = at(now, 9.5, told | said((1, 2)), passed_to=released.passed_to)
    assert names(later) == []  # what was passed over is passed over
    assert names(at(now, 10, told | said((1, 2)), passed_to=released.passed_to)) == [(2, 0)]


def test_a_hold_in_which_nothing_fell_due_changes_nothing(now: datetime) -> None:
    assert names(at(now, 1, said((0, 0)), was_held=True)) == []
    assert names(at(now, 2, said((0, 0)), passed_to=now + MINUTE)) == [(1, 0)]


def test_a_step_of_which_one_target_is_missing_is_due(now: datetime) -> None:
    half = said((0, 0)) | {(1, 0, "role:duty")}
    assert names(at(now, 2, half)) == [(1, 0)]


def test_by_hand_comes_the_next_step_and_repeats_last(now: datetime) -> None:
    def following(*pairs: tuple[int, int]) -> tuple[int, int] | None:
        step = next_step(POLICY, now, said(*pairs), None)
        return (step.step, step.round) if step else None

    assert following() == (0, 0)
    assert following((0, 0)) == (1, 0)
    assert following((0, 0), (1, 0)) == (2, 0)
    assert following((0, 0), (1, 0), (2, 0)) is None
    assert following((0, 0), (1, 0), (1, 1)) == (2, 0)


def test_the_first_policy_that_fits_holds() -> None:
    def policy(**scope: Any) -> EscalationPolicy:
        return EscalationPolicy.model_validate(scope)

    policies = {
        "gas": policy(severities=[1], classes=["0504"]), "north": policy(severities=[1, 2], areas=["320404001"]), "water": policy(domains=["water"]),
        "rest": policy(severities=[1]),
    }  # fmt: skip

    def chosen(severity: int, class_code: str | None, domain: str | None, area: str) -> str | None:
        found = choose(policies, severity, class_code, domain, area)
        return found[0] if found else None

    assert chosen(1, "0504", "emergency", "320404001001") == "gas"
    assert chosen(1, "0501", "emergency", "320404001001") == "north"
    assert chosen(3, None, "water", "320404001001") == "water"
    assert chosen(1, None, None, "320404002") == "rest"
    assert chosen(4, None, None, "320404002") is None


def test_the_term_comes_nearer_with_severity_and_never_moves_away(now: datetime) -> None:
    blue, red = (EscalationPolicy.model_validate({"respond_within": within}) for within in ("30m", "3m"))
    standing = term(blue, now, None)
    assert standing == now + 30 * MINUTE
    assert term(red, now + 10 * MINUTE, standing) == now + 13 * MINUTE
    assert term(red, now + 29 * MINUTE, standing) == standing
    assert term(EscalationPolicy(), now, standing) == standing


@pytest.mark.parametrize("wrong", ["duty", "role:king", "role:duty@street", "all", "SMS/role:duty", "role:duty@32"])
def test_what_is_no_target_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        EscalationStep.model_validate({"after": "0s", "targets": [wrong]})


def test_a_repeated_step_says_how_often() -> None:
    with pytest.raises(ValidationError, match="every"):
        EscalationStep.model_validate({"after": "0s", "targets": ["role:duty"], "repeat": 2})


def test_a_target_names_its_channel_or_means_the_desk() -> None:
    assert [channel_of(target) for target in ("role:duty", "sms/role:leader@area", "bot/all")] == ["screen", "sms", "bot"]


def test_roles_are_those_of_accounts_but_walls() -> None:
    assert {"wall", *ROLES} == set(accounts.ROLES)
