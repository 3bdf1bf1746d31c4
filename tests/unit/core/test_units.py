"""Laws of units: a value keeps its meaning, and nothing is guessed."""

import pytest

from core.units import UNCHANGED, conversion, spelled


@pytest.mark.parametrize(
    ("given", "wanted", "value", "becomes"),
    [
        ("ng/m³", "µg/m³", 35200.0, 35.2),
        ("mg/m3", "µg/m³", 0.058, 58.0),
        ("µg/m³", "mg/m³", 427.0, 0.427),
        ("mg/L", "µg/L", 0.05, 50.0),
        ("mg/L", "mg/m³", 1.0, 1000.0),
        ("kPa", "hPa", 101.3, 1013.0),
        ("℉", "℃", 212.0, 100.0),
        ("K", "℃", 293.15, 20.0),
        ("km/h", "m/s", 36.0, 10.0),
        ("L/s", "m³/h", 10.0, 36.0),
        ("µS/cm", "mS/m", 1425.0, 142.5),
        ("dB", "dB(A)", 66.2, 66.2),
    ],
)
def test_a_value_keeps_its_meaning(given: str, wanted: str, value: float, becomes: float) -> None:
    there, back = conversion(given, wanted), conversion(wanted, given)
    assert there is not None
    assert back is not None
    assert there(value) == pytest.approx(becomes, rel=1e-12)
    assert back(there(value)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("unit", ["µg/m³", "μg/m³", "ug/m3", "UG/M3", "ug/m^3", "µg / m³", "微克/立方米"])
def test_one_unit_has_many_spellings(unit: str) -> None:
    assert spelled(unit) == "ug/m3"
    assert conversion(unit, "ug/m3") == UNCHANGED


def test_decimal_shifts_are_exact() -> None:
    assert conversion("ng/m3", "µg/m³") == (0.001, 0.0)
    assert conversion("mg/m3", "µg/m³") == (1000.0, 0.0)


@pytest.mark.parametrize(("given", "wanted"), [("", "µg/m³"), ("µg/m³", ""), ("furlong", "furlong")])
def test_what_nobody_declared_stays_as_it_came(given: str, wanted: str) -> None:
    assert conversion(given, wanted) == UNCHANGED


@pytest.mark.parametrize(("given", "wanted"), [("ppm", "µg/m³"), ("m", "m/s"), ("furlong", "m"), ("mW", "MW"), ("mPa", "Pa")])
def test_what_measures_something_else_is_never_converted(given: str, wanted: str) -> None:
    assert conversion(given, wanted) is None
