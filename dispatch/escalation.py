"""Who is to be told now because nobody answered: from a policy, a clock that began once, and what was told already. Pure.

Suppression keeps the telling back and never moves the clock: of what fell due meanwhile only the last step reached is told when it
ends. Sends nothing, and knows nobody by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.escalation_config import EscalationPolicy

Told = tuple[int, int, str]  # step, round, target


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a policy at its moment; `round` 0 is the first time, the others repeat it."""

    step: int
    round: int
    at: datetime
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to tell now, until when everything unsaid is passed over for good, and when to look again (None: nothing lies ahead)."""

    tell: tuple[Step, ...] = ()
    passed_to: datetime | None = None
    look_at: datetime | None = None


def choose(
    policies: Mapping[str, EscalationPolicy], severity: int, class_code: str | None, domain: str | None, area: str
) -> tuple[str, EscalationPolicy] | None:
    """The first policy that fits."""
    for name, policy in policies.items():
        if (
            (not policy.severities or severity in policy.severities)
            and (not policy.classes or class_code in policy.classes)
            and (not policy.domains or domain in policy.domains)
            and (not policy.areas or any(area.startswith(code) for code in policy.areas))
        ):
            return name, policy
    return None


def schedule(policy: EscalationPolicy, since: datetime) -> list[Step]:
    """Every step and round in the order of their moments."""
    steps = [
        Step(number, turn, since + step.after + turn * (step.every or timedelta(0)), step.targets)
        for number, step in enumerate(policy.steps)
        for turn in range(step.repeat + 1)
    ]
    return sorted(steps, key=lambda step: (step.at, step.step, step.round))


def judge(
    policy: EscalationPolicy,
    since: datetime,
    told: frozenset[Told],
    *,
    held: bool,
    was_held: bool,
    passed_to: datetime | None,
    now: datetime,
) -> Judgement:
    """What of a policy is due while nobody has answered.

    `held`: people are not to be told now; `was_held`: until now they were not. `passed_to`: what fell due until then was settled once,
    told or not, and is never told.
    """
    plan = schedule(policy, since)
    if held:
        return Judgement(passed_to=passed_to)  # the end of the hold wakes it
    ahead = min((step.at for step in plan if step.at > now), default=None)
    reached = {number: max(turn for other, turn, _ in told if other == number) for number, _, _ in told}
    due = [
        step for step in plan
        if step.at <= now and (passed_to is None or step.at > passed_to)
        and step.round >= reached.get(step.step, 0) and not is_told(step, told)
    ]  # fmt: skip
    if was_held:
        return Judgement(tuple(due[-1:]), now, ahead)
    return Judgement(tuple(_last_rounds(due)), passed_to, ahead)


def next_step(policy: EscalationPolicy, since: datetime, told: frozenset[Told], passed_to: datetime | None) -> Step | None:
    """What a person brings forward: the first step behind all that was told or passed over; None when all were."""
    behind = {(step, turn) for step, turn, _ in told}
    plan = [step for step in schedule(policy, since) if passed_to is None or step.at > passed_to]
    reached = max((k for k, step in enumerate(plan) if (step.step, step.round) in behind), default=-1)
    rest = [step for step in plan[reached + 1 :] if not is_told(step, told)]
    # Escalating is for somebody else than the one who was told already: rounds of the same step come last.
    fresh = [step for step in rest if step.step not in {number for number, _ in behind}]
    return next(iter(fresh or rest), None)


def term(policy: EscalationPolicy, since: datetime, standing: datetime | None) -> datetime | None:
    """Until when somebody is to respond; a graver policy may bring it nearer, nothing moves it away."""
    wanted = since + policy.respond_within if policy.respond_within else None
    known = [at for at in (wanted, standing) if at is not None]
    return min(known, default=None)


def is_told(step: Step, told: frozenset[Told]) -> bool:
    """Whether everybody of a step was told."""
    return all((step.step, step.round, target) in told for target in step.targets)


def _last_rounds(due: list[Step]) -> list[Step]:
    """Of the rounds of one step that fell due together, the last: after an absence nobody is told the same thing ten times."""
    last = {step.step: step for step in due}
    return [step for step in due if last[step.step] is step]
