from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.indicator_config import ScoreRule
from dispatch.vital_score import Sign, by_domain, changed, fold, of_inputs, weigh

RULE = ScoreRule()
PM25 = Sign("pm25_mean", "vital", "environment", 2, 35, 75, 35)
RATE = Sign("in_time", "indicator", "urban", 1, 90, 75, 90, numerator=9, denominator=10)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def test_a_sign_has_100_points_at_good_60_at_bad_and_the_same_line_goes_on_below() -> None:
    told = {value: replace(PM25, value=value).points for value in (10, 35, 55, 75, 95, 135, 500)}
    assert told == {10: 100, 35: 100, 55: 80, 75: 60, 95: 40, 135: 0, 500: 0}
    assert [replace(RATE, value=value).points for value in (95, 90, 82.5, 75, 0)] == [100, 100, 80, 60, 0]


def test_a_sign_is_called_as_the_vital_signs_of_every_screen_are() -> None:
    assert [replace(PM25, value=value).light for value in (35, 35.1, 74.9, 75, None)] == ["good", "fair", "fair", "bad", "unknown"]
    assert [replace(RATE, value=value).light for value in (90, 89.9, 75.1, 75)] == ["good", "fair", "fair", "bad"]


def test_the_score_is_the_mean_of_the_points_by_their_weights() -> None:
    told = weigh([replace(PM25, value=55), RATE], RULE)
    assert (told.value, told.light, told.completeness) == (86.7, "good", 1.0)


def test_a_sign_that_is_bad_keeps_the_light_from_green_whatever_the_others_say() -> None:
    told = weigh([replace(PM25, value=75, weight=1), replace(RATE, weight=9)], RULE)
    assert (told.value, told.light) == (96.0, "fair")


def test_what_is_unknown_is_neither_good_nor_bad_and_too_much_of_it_leaves_the_score_unknown() -> None:
    assert weigh([PM25, replace(RATE, value=None)], RULE).completeness == 0.6667
    assert weigh([PM25, replace(RATE, value=None)], RULE).value == 100
    lost = weigh([replace(PM25, value=None), RATE], RULE)
    assert (lost.value, lost.light, lost.completeness) == (None, "unknown", 0.3333)
    assert weigh([], RULE).light == "unknown"


def test_each_domain_is_scored_by_its_own_signs() -> None:
    told = by_domain([replace(PM25, value=75), RATE], RULE)
    assert {name: one.value for name, one in told.items()} == {"environment": 60, "urban": 100}


@given(st.lists(st.tuples(st.none() | NUMBERS, NUMBERS, NUMBERS, st.floats(0.1, 100)), max_size=8))
def test_a_stored_score_can_be_worked_out_again_from_its_inputs_alone(rows: list[tuple[float | None, float, float, float]]) -> None:
    signs = [Sign(f"s{n}", "vital", "urban", weight, good, bad, value) for n, (value, good, bad, weight) in enumerate(rows) if good != bad]
    told = weigh(signs, RULE)
    again = of_inputs(told.shape()["signs"], RULE.model_dump(mode="json"))
    assert (again.value, again.light, again.completeness) == (told.value, told.light, told.completeness)
    assert told.value is None or 0 <= told.value <= 100


def test_a_vital_sign_is_folded_as_the_screens_fold_it() -> None:
    nobody: list[float | None] = [0, 0, None, None, None]
    told: list[list[float | None]] = [[100.0, 2, 40.0, 60.0, 7], [30.0, 1, 30.0, 30.0, 9], nobody]
    assert [fold(told, how)[0] for how in ("sum", "mean", "min", "max")] == [130, 43.3333, 30, 60]
    assert fold(told, "mean")[1:] == (3, 9)
    assert fold([nobody], "max") == (None, 0, None)


def test_only_signs_whose_light_is_another_one_have_changed() -> None:
    before, after = ([replace(PM25, value=value).shape(), RATE.shape()] for value in (35, 80))
    assert changed(before, after) == [{"sign": "pm25_mean", "kind": "vital", "from": "good", "to": "bad", "was": 35, "value": 80}]
    assert changed(before, before) == []
