"""Permits and targets: a limit is kept at the limit itself, and what is exceeded is told in multiples of it."""

from datetime import date

import pytest

from core.standards import water
from core.standards.permit import PermitLimit, Verdict, exceedance, judge


def test_a_mean_of_half_as_much_again_exceeds_its_limit_half_a_time() -> None:
    assert exceedance(75.0, 50.0) == 0.5
    assert judge(75.0, 50.0) == Verdict(False, 0.5)
    assert judge(50.0, 50.0) == Verdict(True, 0.0), "the limit itself is kept"
    assert judge(25.0, 50.0) == Verdict(True, -0.5), "half of it is left"
    with pytest.raises(ValueError, match="multiple"):
        exceedance(1.0, 0.0)


def test_a_range_and_a_lower_limit_have_no_factor() -> None:
    assert [judge(ph, 9.0, 6.0) for ph in (5.9, 6.0, 9.0, 9.1)] == [
        Verdict(False, None), Verdict(True, None), Verdict(True, None), Verdict(False, None),
    ]  # fmt: skip
    assert judge(1.0, None, 2.0) == Verdict(False, None)
    assert judge(0.5, 0.0) == Verdict(False, None), "nothing at all is allowed: no multiple of nothing"


def test_a_permit_holds_from_its_first_to_its_last_day() -> None:
    limit = PermitLimit("cod", "hour", 50.0, since=date(2025, 1, 1), until=date(2029, 12, 31))
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2029, 12, 31), date(2030, 1, 1))
    assert [limit.holds(day) for day in days] == [False, True, True, False]
    assert PermitLimit("cod", "hour", 50.0).holds(date(1990, 1, 1))


def test_a_target_is_read_as_people_write_it_and_worse_than_v_is_none() -> None:
    assert [water.read_class(word) for word in ("III", "Ⅲ", "Ⅲ类", "3", 3, "三类", " iv ", "V类")] == [3, 3, 3, 3, 3, 3, 4, 5]
    for word in ("劣V", "6", "", "VI", None):
        with pytest.raises(ValueError, match="none of the classes"):
            water.read_class(word)


def test_only_what_is_worse_than_the_target_keeps_a_section_from_it_worst_first() -> None:
    values = {"nh3n": 1.5, "tp": 0.5, "do": 4.0, "codmn": 6.0, "tn": 9.0, "ph": 7.0}
    assert water.beyond_target(values, 3) == {"tp": pytest.approx(1.5), "nh3n": pytest.approx(0.5), "do": None}
    assert water.beyond_target(values, 5) == {"tp": pytest.approx(0.25)}
    assert "tn" in water.beyond_target({"tn": 3.0}, 3, "lake")
    assert water.beyond_target({"nh3n": None}, 1) == {}
