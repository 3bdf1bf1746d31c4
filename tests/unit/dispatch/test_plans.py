"""Plans: which fit, what they give at a level, and who is nearest and free."""

from datetime import timedelta

from core.emergency_config import PlanConfig, PlanStep
from dispatch.plans import Candidate, Task, assign, choose, level_of, propose, tasks_of


def plan(*classes: str, severity_at_most: int = 2, steps: int = 1) -> PlanConfig:
    made = tuple(PlanStep(title=f"s{n}", from_level=max(1, 4 - n), within=timedelta(minutes=30)) for n in range(steps))
    return PlanConfig(label="p", type="natural", classes=classes, severity_at_most=severity_at_most, steps=made)


def task(kind: str = "team", tag: str | None = None) -> Task:
    return Task(0, "t", "", kind, tag, timedelta(minutes=1))


def test_the_narrowest_plan_comes_first_and_a_mild_one_proposes_nothing() -> None:
    plans = {"wide": plan("0501", "0502"), "narrow": plan("0502"), "other": plan("0504")}
    assert [one.plan for one in propose(plans, "0502", 2)] == ["narrow", "wide"]
    assert propose(plans, "0502", 3) == []
    assert propose(plans, None, 1) == []


def test_a_graver_level_has_every_task_of_the_milder_ones() -> None:
    given = plan("0502", steps=4)
    counts = [len(tasks_of(given, level)) for level in (4, 3, 2, 1)]
    assert counts == [1, 2, 3, 4]
    assert all(set(tasks_of(given, level + 1)) <= set(tasks_of(given, level)) for level in (1, 2, 3))


def test_a_severity_asks_for_its_level_and_a_notice_for_the_mildest() -> None:
    assert [level_of(severity) for severity in (1, 2, 3, 4, 5)] == [1, 2, 3, 4, 4]


def test_who_is_free_goes_before_who_is_nearer_and_a_place_unknown_comes_last() -> None:
    near = Candidate(1, "team", ("排涝",), 119.9, 31.7, busy=True)
    far = Candidate(2, "team", ("排涝",), 119.95, 31.7)
    lost = Candidate(3, "team", ("排涝",), None, None)
    other = Candidate(4, "team", ("消防",), 119.9, 31.7)
    assert choose(task(tag="排涝"), [near, far, lost, other], 119.9, 31.7, frozenset()) == 2
    assert choose(task(tag="排涝"), [near, lost], 119.9, 31.7, frozenset()) == 3
    assert choose(task(tag="排涝"), [near], 119.9, 31.7, frozenset()) == 1
    assert choose(task(tag="医疗"), [near, far], 119.9, 31.7, frozenset()) is None


def test_two_tasks_go_to_two_teams_while_there_are_two() -> None:
    teams = [Candidate(number, "team", (), 119.9 + number / 1000, 31.7) for number in (1, 2)]
    assert [who for _, who in assign([task(), task(), task()], teams, 119.9, 31.7)] == [1, 2, 1]
