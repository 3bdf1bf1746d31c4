"""Laws of escalation: nobody is told twice or while held, no hold moves a moment, and whoever looks more often tells no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.escalation_config import EscalationPolicy
from dispatch.escalation import Told, judge, schedule

BEGAN = datetime(2026, 11, 21, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
steps = st.lists(
    st.fixed_dictionaries(
        {
            "after": st.integers(0, 600), "targets": st.lists(st.sampled_from(["role:duty", "role:leader", "bot/all"]), min_size=1, max_size=2, unique=True),
            "repeat": st.integers(0, 3), "every": st.integers(1, 300),
        }
    ),
    max_size=4,
)  # fmt: skip
holds = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 400)), max_size=3)


def moments(words: list[dict[str, object]], spans: list[tuple[int, int]]) -> list[int]:
    """Every second at which anything may change, and the one after it."""
    policy = EscalationPolicy.model_validate({"steps": words})
    found = {int((step.at - BEGAN).total_seconds()) for step in schedule(policy, BEGAN)}
    found |= {begins for begins, _ in spans} | {begins + lasts for begins, lasts in spans} | {0, 2000}
    return sorted(found | {second + 1 for second in found} | {second - 1 for second in found if second})


def is_held(second: int, spans: list[tuple[int, int]]) -> bool:
    return any(begins <= second < begins + lasts for begins, lasts in spans)


def play(policy: EscalationPolicy, spans: list[tuple[int, int]], looks: list[int]) -> list[tuple[int, Told]]:
    """What the sweep does: look when something is due or a hold ends, and remember what was told. In order, with the second of telling."""
    told: list[tuple[int, Told]] = []
    passed_to: datetime | None = None
    quiet = False
    for second in looks:
        held = is_held(second, spans)
        known = frozenset(one for _, one in told)
        judged = judge(policy, BEGAN, known, held=held, was_held=quiet, passed_to=passed_to, now=BEGAN + second * SECOND)
        assert not (held and judged.tell)
        told += [
            (second, (step.step, step.round, target))
            for step in judged.tell
            for target in step.targets
            if (step.step, step.round, target) not in known
        ]
        passed_to, quiet = judged.passed_to, held
    return told


@given(steps, holds)
def test_nobody_is_told_twice_nothing_while_held_and_what_fell_due_in_the_open_is_told_at_its_moment(
    words: list[dict[str, object]], spans: list[tuple[int, int]]
) -> None:
    policy = EscalationPolicy.model_validate({"steps": words})
    told = play(policy, spans, moments(words, spans))
    assert len({one for _, one in told}) == len(told)
    at = {one: second for second, one in told}
    due = {(step.step, step.round): int((step.at - BEGAN).total_seconds()) for step in schedule(policy, BEGAN)}
    for step in schedule(policy, BEGAN):
        moment = due[step.step, step.round]
        if not is_held(moment, spans) and not is_held(moment - 1, spans):
            others = [turn for (number, turn), when in due.items() if number == step.step and when == moment]
            if step.round == max(others):
                assert all(at[step.step, step.round, target] == moment for target in step.targets)
    for (number, turn, _), second in at.items():
        assert second >= due[number, turn]


@given(steps, st.sets(st.integers(0, 1999), max_size=30))
def test_who_looks_seldom_tells_nothing_that_who_looks_always_does_not_and_ends_with_the_same_last_word(
    words: list[dict[str, object]], looks: set[int]
) -> None:
    policy = EscalationPolicy.model_validate({"steps": words})
    always, seldom = (play(policy, [], looked) for looked in (moments(words, []), [*sorted(looks), 2001]))
    assert {one for _, one in seldom} <= {one for _, one in always}
    assert {number for _, (number, _, _) in seldom} == {number for _, (number, _, _) in always}


@given(steps, st.integers(0, 1500))
def test_a_hold_over_everything_ends_with_one_step(words: list[dict[str, object]], until: int) -> None:
    policy = EscalationPolicy.model_validate({"steps": words})
    told = play(policy, [(0, until + 1)], [*range(0, until + 1, 60), until + 1])
    assert len({(number, turn) for _, (number, turn, _) in told}) <= 1
