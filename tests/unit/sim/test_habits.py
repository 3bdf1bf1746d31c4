"""Simulated staff take up most things soon, leave some for people, and never decide what the tables forbid."""

from typing import Any

from dispatch import cases as lifecycle
from sim import habits
from sim.habits import Step


def _alert(number: int, **changes: Any) -> dict[str, Any]:
    shape = {"id": number, "stage": "unack", "hold": "none", "severity": 3, "class_code": "0503", "cell_id": 7}
    return {**shape, **changes}


def test_most_alerts_are_taken_up_within_minutes_and_some_are_left() -> None:
    taken = [habits.desk_alert(_alert(n), 12 * 60, 0.8, 1.0) is not None for n in range(400)]
    assert 0.7 < sum(taken) / len(taken) < 0.9
    assert all(habits.desk_alert(_alert(n), 80 * 60, 0.8, 1.0) for n in range(400))


def test_nothing_is_taken_up_the_moment_it_comes() -> None:
    assert not any(habits.desk_alert(_alert(n, severity=1), 20, 1.0, 1.0) for n in range(400))


def test_what_is_on_hold_or_acknowledged_is_left_alone() -> None:
    assert habits.desk_alert(_alert(1, hold="shelved"), 1e6, 1.0, 1.0) is None
    assert habits.desk_alert(_alert(1, stage="acked"), 1e6, 1.0, 1.0) is None


def test_an_alert_that_returned_is_only_acknowledged() -> None:
    steps = [habits.desk_alert(_alert(n, stage="rtn_unack"), 1e6, 1.0, 1.0) for n in range(50)]
    assert {step.act for step in steps if step} == {"acknowledge"}


def test_enquiries_and_doubtful_pictures_are_dismissed_with_a_note() -> None:
    report = {"id": 1, "stage": "open", "class_code": "0699", "title": "咨询医保报销流程", "confidence": None, "cell_id": 3}
    step = habits.desk_report(report, 1e6, 1.0, 1.0)
    assert step is not None
    assert (step.act, bool(step.note)) == ("dismiss", True)
    doubtful = habits.desk_report({**report, "title": "视频识别", "confidence": 0.4}, 1e6, 1.0, 1.0)
    assert doubtful is not None
    assert doubtful.act == "dismiss"


def test_every_step_of_a_case_is_one_its_stage_allows() -> None:
    for stage, acts in lifecycle.TABLE.items():
        for n in range(60):
            case = {"number": f"{n:019d}", "stage": stage}
            for step in (habits.worker_case(case, 1e6, 1.0), habits.desk_case(case, 1e6, 1.0)):
                assert step is None or step.act in acts


def test_speed_shortens_patience() -> None:
    assert habits.desk_alert(_alert(1), 60, 1.0, 1.0) is None
    assert habits.desk_alert(_alert(1), 60, 1.0, 20.0) is not None


def test_what_has_a_case_of_its_class_in_its_community_gets_no_second_one() -> None:
    alert = {"incident_id": 7, "class_code": "0502", "area": "320404001001"}
    wanted = Step("alert", "3", "open", "值班员核实后派遣")
    assert habits.at_hand(wanted, alert, {(7, "0502", "320404001002"), (8, "0502", "320404001001")}) == wanted
    assert habits.at_hand(wanted, {**alert, "incident_id": None}, {(None, "0502", "320404001001")}) == wanted
    assert habits.at_hand(wanted, alert, {(7, "0502", "320404001001")}).act == "acknowledge"
    assert habits.at_hand(Step("report", "4", "open"), alert, {(7, "0502", "320404001001")}).act == "confirm"
