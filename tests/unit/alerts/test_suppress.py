"""Of whom nobody is told: matchers, which of several reasons wins, what parent and child share."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.matching import Candidate, compile_matcher
from alerts.suppress import Grounds, Parent, Silence, ask, compile_inhibition, judge, order_silences
from core.suppress_config import InhibitionConfig, Matcher

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def alert(alert_id: int = 1, **fields: Any) -> Candidate:
    values: dict[str, Any] = {
        "rule": "waterlogging", "class_code": "0502", "domain": "water", "severity": 3, "stage": "unack", "hold": "none", "hold_ref": None,
        "area": "320404001001", "cell_id": 1, "cell_code": "32040400100101", "duty_grid": "g1", "device_id": alert_id,
        "device": f"d{alert_id}", "kind": "水位计", "tags": ("tunnel",), "gateway": "box", "incident_id": None, "drill": False,
        "simulated": False, **fields,
    }  # fmt: skip
    return Candidate(alert_id, **values)


def silence(silence_id: int, minutes: float, **matcher: Any) -> Silence:
    return Silence(silence_id, compile_matcher(Matcher(**matcher)), NOW + timedelta(minutes=minutes), "officer", "why")


def inhibition(name: str = "i", same: Sequence[str] = ("cell",), source: Any = None, target: Any = None) -> InhibitionConfig:
    words = {
        "name": name,
        "source": source or {"rules": ["parent"]},
        "target": target or {"rules": ["child"]},
        "same": same,
        "reason": name,
    }
    return InhibitionConfig.model_validate(words)


def holds(
    candidates: Sequence[Candidate], *inhibitions: InhibitionConfig, silences: Sequence[Silence] = (), known: Any = None
) -> dict[int, Any]:
    grounds = Grounds(order_silences(silences), tuple(map(compile_inhibition, inhibitions)))
    verdicts = judge(ask(candidates, grounds), grounds, known or {})
    return {one.candidate.alert_id: one.hold and one.hold.ref for one in verdicts}


@pytest.mark.parametrize(
    ("matcher", "fits"),
    [
        ({"rules": ["waterlogging", "x"]}, True), ({"rules": ["x"]}, False), ({"areas": ["320404001"]}, True), ({"areas": ["320404002"]}, False),
        ({"cells": ["32040400100101"]}, True), ({"cells": ["1"]}, False), ({"classes": ["0502"]}, True), ({"classes": ["0101"]}, False),
        ({"domains": ["water"]}, True), ({"domains": ["urban"]}, False), ({"kinds": ["水位计"]}, True), ({"kinds": ["摄像机"]}, False),
        ({"devices": ["d*"]}, True), ({"devices": ["*1"]}, True), ({"devices": ["d"]}, False), ({"devices": ["d.*"]}, False),
        ({"gateways": ["box"]}, True), ({"gateways": ["d1"]}, True), ({"gateways": ["d2"]}, False), ({"tags": ["a", "tunnel"]}, True),
        ({"tags": ["a"]}, False), ({"severity_at_most": 3}, True), ({"severity_at_most": 2}, False), ({"severity_at_least": 3}, True),
        ({"severity_at_least": 4}, False), ({"rules": ["waterlogging"], "domains": ["urban"]}, False), ({}, True),
    ],
)  # fmt: skip
def test_an_alert_is_meant_when_all_named_parts_fit(matcher: dict[str, Any], fits: bool) -> None:
    assert compile_matcher(Matcher(**matcher))(alert()) is fits


def test_where_a_silence_holds_bounds_whatever_its_matcher_names() -> None:
    fits = compile_matcher(Matcher(rules=("waterlogging",)), ["320404002"])
    assert [fits(alert()), fits(alert(area="320404002009"))] == [False, True]


@pytest.mark.parametrize("matcher", [{"areas": ["320404"]}, {"severity_at_most": 5}, {"devices": ["*", "**"]}, {}])
def test_a_place_and_a_severity_alone_mean_everything(matcher: dict[str, Any]) -> None:
    assert Matcher.model_validate(matcher).means_everything
    assert not Matcher.model_validate({**matcher, "classes": ["0502"]}).means_everything


def test_of_several_silences_the_one_that_lasts_longest_holds_and_of_equal_ones_the_oldest() -> None:
    assert holds([alert()], silences=[silence(1, 5), silence(3, 9), silence(2, 9), silence(4, 20, rules=["x"])]) == {1: "silence:2"}


def test_a_silence_goes_before_an_inhibition() -> None:
    both = [alert(1, rule="parent"), alert(2, rule="child")]
    assert holds(both, inhibition(), silences=[silence(7, 5, rules=["child"])]) == {1: None, 2: "silence:7"}


def test_of_several_parents_the_first_inhibition_then_the_gravest_then_the_oldest_holds() -> None:
    rows = [
        alert(2, rule="parent", severity=2),
        alert(3, rule="parent", severity=1),
        alert(4, rule="parent", severity=1),
        alert(9, rule="child"),
    ]
    assert holds(rows, inhibition())[9] == "alert:3"
    first = inhibition("first", source={"rules": ["other"]})
    assert holds([*rows, alert(8, rule="other", severity=5)], first, inhibition())[9] == "alert:8"


@pytest.mark.parametrize("fields", [{"stage": "rtn_unack"}, {"stage": "normal"}, {"hold": "shelved"}, {"hold": "out_of_service"}])
def test_whose_condition_is_over_or_whom_people_hold_inhibits_nobody(fields: dict[str, Any]) -> None:
    assert holds([alert(1, rule="parent", **fields), alert(2, rule="child")], inhibition())[2] is None


def test_a_silenced_parent_inhibits_nobody_for_then_nobody_would_hear_of_either() -> None:
    both = [alert(1, rule="parent"), alert(2, rule="child")]
    assert holds(both, inhibition(), silences=[silence(7, 5, rules=["parent"])]) == {1: "silence:7", 2: None}


@pytest.mark.parametrize(
    ("same", "parent", "child", "held"),
    [
        (["cell"], {}, {"cell_id": 2}, False), (["cell"], {"cell_id": None}, {"cell_id": None}, False),
        (["street"], {}, {"area": "320404001002"}, True), (["street"], {}, {"area": "320404002001"}, False),
        (["street"], {"area": "320404"}, {}, False), (["area"], {"area": "320404"}, {}, True), (["area"], {"area": "320404001"}, {}, True),
        (["area"], {}, {"area": "320404001"}, False), (["duty_grid"], {"cell_id": 5}, {}, True), (["duty_grid"], {"duty_grid": "g2"}, {}, False),
        (["gateway"], {"device": "box"}, {}, True), (["gateway"], {}, {}, False), (["device"], {"device_id": 2, "device": "d2"}, {}, True),
        (["incident"], {"incident_id": 4}, {"incident_id": 4}, True), (["incident"], {}, {}, False),
        (["cell", "incident"], {"incident_id": 4}, {"incident_id": 4}, True), (["cell", "incident"], {"incident_id": 4}, {"incident_id": 5}, False),
    ],
)  # fmt: skip
def test_parent_and_child_share_all_that_the_inhibition_names(same: list[str], parent: Any, child: Any, held: bool) -> None:
    both = [alert(1, rule="parent", **parent), alert(2, rule="child", **child)]
    assert (holds(both, inhibition(same=same))[2] == "alert:1") is held


def test_nobody_inhibits_itself_its_own_device_or_what_is_more_real_than_it() -> None:
    any_ = inhibition(source={"domains": ["water"]}, target={"domains": ["water"]})
    assert holds([alert(1)], any_) == {1: None}
    own = [alert(1, rule="parent", device_id=5), alert(2, rule="child", device_id=5)]
    assert holds(own, inhibition())[2] is None
    assert holds([alert(1, rule="parent", drill=True), alert(2, rule="child")], inhibition())[2] is None
    assert holds([alert(1, rule="parent", simulated=True), alert(2, rule="child")], inhibition())[2] is None
    assert holds([alert(1, rule="parent"), alert(2, rule="child", simulated=True)], inhibition())[2] == "alert:1"


def test_one_hop_only() -> None:
    chain = [
        inhibition("ab", source={"rules": ["a"]}, target={"rules": ["b"]}),
        inhibition("bc", source={"rules": ["b"]}, target={"rules": ["c"]}),
    ]
    assert holds([alert(1, rule="a"), alert(2, rule="b"), alert(3, rule="c")], *chain) == {1: None, 2: "alert:1", 3: None}


def test_who_stands_in_the_tables_counts_until_it_is_judged_anew_itself() -> None:
    key = ("i", "cell=1")
    stands = {key: [Parent(1, 2, 1, False, False)]}
    assert holds([alert(2, rule="child")], inhibition(), known=stands) == {2: "alert:1"}
    assert holds([alert(2, rule="child")], inhibition(), known={key: [Parent(1, 2, 1, False, False, itself=True)]}) == {2: None}
    assert holds([alert(1, rule="parent", stage="normal"), alert(2, rule="child")], inhibition(), known=stands)[2] is None


def test_an_inhibition_shares_something_and_says_why() -> None:
    wrongs: list[dict[str, Any]] = [{"same": []}, {"same": ["town"]}, {"name": "Über"}, {"reason": ""}]
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            InhibitionConfig.model_validate({**inhibition().model_dump(), **wrong})
