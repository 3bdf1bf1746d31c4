"""Suppression is a function of what stands: no order of arrival changes it, and whoever is inhibited has a parent that people are told of."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.matching import Candidate
from alerts.suppress import Grounds, Key, Parent, Verdict, ask, compile_inhibition, judge, order_silences
from core.suppress_config import InhibitionConfig, Matcher
from tests.unit.alerts.test_suppress import alert, silence

RULES = ("a", "b", "c")
words = st.fixed_dictionaries(
    {"rules": st.lists(st.sampled_from(RULES), max_size=2, unique=True)}, optional={"severity_at_most": st.integers(1, 5)}
)
inhibitions = st.lists(st.tuples(words, words, st.sampled_from([("cell",), ("area",), ("street",), ("cell", "area")])), max_size=4)
alerts = st.lists(
    st.fixed_dictionaries({
        "rule": st.sampled_from(RULES), "severity": st.integers(1, 5), "stage": st.sampled_from(["unack", "acked", "rtn_unack"]),
        "hold": st.sampled_from(["none", "none", "suppressed", "shelved", "out_of_service"]), "cell_id": st.sampled_from([1, 2, None]),
        "area": st.sampled_from(["320404", "320404001", "320404001001", "320404002001"]), "device_id": st.sampled_from([None, 1, 2, 3]),
        "drill": st.booleans(), "simulated": st.booleans(),
    }),
    max_size=8,
)  # fmt: skip
silences = st.lists(st.tuples(st.integers(1, 9), words), max_size=3)


def grounds_of(found: Any, quiet: Any) -> Grounds:
    rules = [
        InhibitionConfig(name=f"i{k}", source=Matcher(**source), target=Matcher(**target), same=same, reason="x")
        for k, (source, target, same) in enumerate(found)
    ]
    return Grounds(
        order_silences(silence(k, minutes, **of) for k, (minutes, of) in enumerate(quiet)), tuple(map(compile_inhibition, rules))
    )


def judged(candidates: list[Candidate], grounds: Grounds, known: dict[Key, list[Parent]] | None = None) -> list[Verdict]:
    return judge(ask(candidates, grounds), grounds, known or {})


@given(alerts, inhibitions, silences, st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_who_is_held_by_what(rows: list[Any], found: Any, quiet: Any, chance: Any) -> None:
    candidates, grounds = [alert(k, **row) for k, row in enumerate(rows)], grounds_of(found, quiet)
    shuffled = chance.sample(candidates, len(candidates))
    assert {v.candidate.alert_id: v for v in judged(candidates, grounds)} == {v.candidate.alert_id: v for v in judged(shuffled, grounds)}


@given(alerts, inhibitions, silences)
def test_whoever_is_inhibited_has_a_parent_that_rings_and_that_nobody_holds(rows: list[Any], found: Any, quiet: Any) -> None:
    verdicts = {v.candidate.alert_id: v for v in judged([alert(k, **row) for k, row in enumerate(rows)], grounds_of(found, quiet))}
    for verdict in verdicts.values():
        if verdict.hold and verdict.hold.ref.startswith("alert:"):
            parent = verdicts[int(verdict.hold.ref.removeprefix("alert:"))]
            assert parent.hold is None
            assert parent.candidate.stage in ("unack", "acked")
            assert parent.candidate.hold in ("none", "suppressed")
            assert parent.candidate.drill == verdict.candidate.drill


@given(alerts, inhibitions, silences, st.integers(1, 4))
def test_judged_in_portions_again_and_again_it_comes_to_rest_where_all_at_once_would(
    rows: list[Any], found: Any, quiet: Any, most: int
) -> None:
    """As the leader does it: three rounds suffice, one for each layer."""
    candidates, grounds = [alert(k, **row) for k, row in enumerate(rows)], grounds_of(found, quiet)
    standing: dict[int, Verdict] = {}
    for _ in range(3):
        for start in range(0, len(candidates), most):
            known: dict[Key, list[Parent]] = {}
            for verdict in standing.values():
                one = verdict.candidate
                for key in verdict.sources:
                    known.setdefault(key, []).append(
                        Parent(one.alert_id, one.severity, one.device_id, one.drill, one.simulated, verdict.itself)
                    )
            portion = judged(candidates[start : start + most], grounds, known)
            standing |= {verdict.candidate.alert_id: verdict for verdict in portion}
    assert standing == {verdict.candidate.alert_id: verdict for verdict in judged(candidates, grounds)}


@given(alerts)
def test_without_any_ground_nobody_is_held(rows: list[Any]) -> None:
    assert all(
        verdict.hold is None and not verdict.sources for verdict in judged([alert(k, **row) for k, row in enumerate(rows)], Grounds())
    )
