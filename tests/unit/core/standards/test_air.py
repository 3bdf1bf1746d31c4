"""AQI by HJ 633 of both editions."""

from datetime import date

import pytest

from core.standards.air import air_index, level_of, standard_on, sub_index

OLD, NEW = date(2026, 2, 28), date(2026, 3, 1)
# Row, concentration, IAQI of 2026, IAQI of 2012: figures of the reference collection (exact fractions, rounded up).
VECTORS = [
    ("pm25-24h", 35, 50, 50), ("pm25-24h", 36, 52, 52), ("pm25-24h", 60, 100, 82), ("pm25-24h", 61, 101, 83), ("pm25-24h", 75, 114, 100),
    ("pm25-24h", 115, 150, 150), ("pm10-24h", 120, 100, 85), ("pm10-24h", 150, 112, 100), ("o3-8h", 160, 100, 100), ("o3-8h", 161, 101, 101),
    ("o3-1h", 300, 150, 150), ("co-24h", 4, 100, 100), ("co-1h", 12.3, 105, 105), ("so2-24h", 60, 55, 55), ("no2-1h", 150, 75, 75),
    ("so2-1h", 800, 200, 200),
]  # fmt: skip
CLEAN = {"so2": 5.0, "no2": 20.0, "co": 0.4, "o3": 50.0, "pm10": 30.0, "pm25": 12.0}


@pytest.mark.parametrize(("row", "value", "new", "old"), VECTORS)
def test_the_sub_index_follows_the_edition_in_force(row: str, value: float, new: int, old: int) -> None:
    assert (sub_index(row, value, NEW), sub_index(row, value, OLD)) == (new, old)


def test_the_edition_changes_with_march_2026() -> None:
    assert (standard_on(OLD), standard_on(NEW)) == ("HJ 633-2012", "HJ 633-2026")


def test_where_a_row_ends_2026_caps_and_2012_goes_on_in_the_other_table() -> None:
    assert (sub_index("so2-1h", 900, NEW), sub_index("o3-8h", 900, NEW)) == (200, 300)
    assert (sub_index("so2-1h", 1600, OLD), sub_index("o3-8h", 1000, OLD)) == (300, 400)
    assert sub_index("pm25-24h", 5000, NEW) == 500


def test_concentrations_are_rounded_half_to_even_before_the_index() -> None:
    assert sub_index("pm25-24h", 35.5, NEW) == sub_index("pm25-24h", 36, NEW)
    assert sub_index("pm25-24h", 34.5, NEW) == sub_index("pm25-24h", 34, NEW)
    assert sub_index("co-1h", 12.34, NEW) == 105


def test_the_primary_pollutants_are_all_with_the_largest_index_above_fifty() -> None:
    dirty = air_index(CLEAN | {"pm25": 60.0, "pm10": 120.0}, NEW, "hour")
    assert (dirty.aqi, dirty.level, dirty.primary) == (100, 2, ("pm10", "pm25"))
    clean = air_index(CLEAN, NEW, "hour")
    assert (clean.aqi, clean.level, clean.primary) == (30, 1, ())


def test_a_missing_pollutant_withholds_the_index_unless_the_others_already_alarm() -> None:
    assert air_index(CLEAN | {"o3": None}, NEW, "day").aqi is None
    assert air_index(CLEAN | {"o3": None, "pm25": 200.0}, NEW, "day").aqi == 250
    nothing = air_index({}, NEW, "day")
    assert (nothing.aqi, nothing.iaqi["o3"]) == (None, None)


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_what_is_no_concentration_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no concentration"):
        sub_index("pm25-24h", value, NEW)


def test_levels_end_where_the_standard_says() -> None:
    assert [level_of(aqi) for aqi in (0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
