"""Water class by GB 3838-2002."""

import pytest

from core.standards.water import indicator_class, water_class


def test_the_worst_indicator_decides_and_is_named() -> None:
    found = water_class({"do": 6.2, "codmn": 3.0, "nh3n": 1.6, "tp": 0.08})
    assert found is not None
    assert (found.name, found.by, found.of) == ("V", ("nh3n",), {"do": 2, "codmn": 2, "nh3n": 5, "tp": 2})


def test_a_limit_reached_is_still_within_its_class() -> None:
    assert [indicator_class("nh3n", value) for value in (0.15, 0.5, 1.0, 1.5, 2.0, 2.01)] == [1, 2, 3, 4, 5, 6]
    assert [indicator_class("do", value) for value in (7.5, 6, 5, 3, 2, 1.9)] == [1, 2, 3, 4, 5, 6]


def test_lakes_have_limits_of_their_own_and_rivers_no_total_nitrogen() -> None:
    assert (indicator_class("tp", 0.1), indicator_class("tp", 0.1, "lake")) == (2, 4)
    assert water_class({"tn": 9.0}) is None
    lake = water_class({"tn": 9.0}, "lake")
    assert lake is not None
    assert lake.name == "劣V"
    with pytest.raises(KeyError):
        indicator_class("tn", 1.0, "river")


def test_oxygen_near_saturation_is_class_one() -> None:
    assert indicator_class("do", 6.8, saturation=92) == 1


def test_nothing_measured_is_no_class_rather_than_a_good_one() -> None:
    assert water_class({}) is None
    assert water_class({"do": None, "ph": None}) is None


def test_acid_water_fits_no_class() -> None:
    found = water_class({"ph": 5.9, "do": 8.0})
    assert found is not None
    assert (found.name, found.by) == ("劣V", ("ph",))
