"""Air quality index (AQI) and its sub-indices (IAQI) by HJ 633-2026, and by HJ 633-2012 for times before 2026-03-01.

Decides the index, the primary pollutants and the level. Never averages: it is given the hour's or the day's figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Literal

Period = Literal["hour", "day"]
IN_FORCE_2026 = date(2026, 3, 1)
_IAQI = (0, 50, 100, 150, 200, 300, 400, 500)

# Breakpoints in µg/m³, CO in mg/m³ (HJ 633-2026 table 1); shorter rows end where the standard gives no higher class.
_TABLE_2026: dict[str, tuple[int, ...]] = {
    "so2-24h": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "so2-1h": (0, 150, 500, 650, 800),
    "no2-24h": (0, 40, 80, 180, 280, 565, 750, 940),
    "no2-1h": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co-24h": (0, 2, 4, 14, 24, 36, 48, 60),
    "co-1h": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3-8h": (0, 100, 160, 215, 265, 800),
    "o3-1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "pm10-24h": (0, 50, 120, 250, 350, 420, 500, 600),
    "pm25-24h": (0, 35, 60, 115, 150, 250, 350, 500),
}
_TABLE_2012 = _TABLE_2026 | {"pm10-24h": (0, 50, 150, 250, 350, 420, 500, 600), "pm25-24h": (0, 35, 75, 115, 150, 250, 350, 500)}
# What 2012 does where a row ends: sulphur dioxide goes on in the day's table, ozone in the hour's.
_BEYOND_2012 = {"so2-1h": "so2-24h", "o3-8h": "o3-1h"}
# Hourly particles are read in the day's table; ozone of a day is the largest mean of 8 hours.
_ROWS: dict[Period, dict[str, str]] = {
    "hour": {"so2": "so2-1h", "no2": "no2-1h", "co": "co-1h", "o3": "o3-1h", "pm10": "pm10-24h", "pm25": "pm25-24h"},
    "day": {"so2": "so2-24h", "no2": "no2-24h", "co": "co-24h", "o3": "o3-8h", "pm10": "pm10-24h", "pm25": "pm25-24h"},
}
POLLUTANTS = ("so2", "no2", "co", "o3", "pm10", "pm25")


@dataclass(frozen=True, slots=True)
class AirIndex:
    """`aqi` is None where it must not be published; `iaqi` holds None for what was not measured; `level` is 1 (优) … 6 (严重污染)."""

    aqi: int | None
    level: int | None
    primary: tuple[str, ...]
    iaqi: Mapping[str, int | None]
    standard: str


def standard_on(day: date) -> str:
    """The standard in force on a day."""
    return "HJ 633-2026" if day >= IN_FORCE_2026 else "HJ 633-2012"


def sub_index(row: str, value: float, day: date) -> int:
    """IAQI of a concentration in a row of the table (`pm25-24h`), at most 500.

    Formula (1) of HJ 633: linear between breakpoints, rounded up; the concentration is first rounded by GB/T 8170 (half to
    even) to an integer, CO to one decimal. Raises `KeyError` for an unknown row, `ValueError` for a value below zero or no number.
    """
    edition_2026 = day >= IN_FORCE_2026
    table = _TABLE_2026 if edition_2026 else _TABLE_2012
    breakpoints = table[row]
    c = _rounded(value, row.startswith("co-"))
    if c > breakpoints[-1] and len(breakpoints) < len(_IAQI):
        if edition_2026:
            return _IAQI[len(breakpoints) - 1]
        breakpoints = table[_BEYOND_2012[row]]
    for k in range(1, len(breakpoints)):
        low, high = breakpoints[k - 1], breakpoints[k]
        if c <= high:
            index = Fraction(_IAQI[k] - _IAQI[k - 1], high - low) * (Fraction(c) - low) + _IAQI[k - 1]
            return -(-index.numerator // index.denominator)
    return _IAQI[-1]


def breakpoints(pollutant: str, period: Period, day: date) -> tuple[Sequence[int], Sequence[int]]:
    """Concentrations (µg/m³, CO mg/m³) and the indices they stand for, for drawing many places at once. Raises `KeyError`."""
    table = (_TABLE_2026 if day >= IN_FORCE_2026 else _TABLE_2012)[_ROWS[period][pollutant]]
    return table, _IAQI[: len(table)]


def air_index(values: Mapping[str, float | None], day: date, period: Period) -> AirIndex:
    """AQI of an hour or a day. `values`: pollutant → µg/m³ (CO mg/m³) or None; `o3` of a day is the largest 8-hour mean.

    With a pollutant missing the index is published only when the others already give more than 100 (HJ 633-2026);
    the primary pollutants are all those with the largest IAQI, when that is above 50.
    """
    rows = _ROWS[period]
    iaqi = {name: None if (value := values.get(name)) is None else sub_index(rows[name], value, day) for name in POLLUTANTS}
    known = [index for index in iaqi.values() if index is not None]
    highest = max(known, default=None)
    if highest is None or (len(known) < len(POLLUTANTS) and highest <= 100):
        return AirIndex(None, None, (), iaqi, standard_on(day))
    primary = tuple(name for name in POLLUTANTS if iaqi[name] == highest) if highest > 50 else ()
    return AirIndex(highest, level_of(highest), primary, iaqi, standard_on(day))


def level_of(aqi: int) -> int:
    """1 (优) … 6 (严重污染)."""
    return next((level for level, upper in enumerate((50, 100, 150, 200, 300), 1) if aqi <= upper), 6)


def _rounded(value: float, one_decimal: bool) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError(f"{value} is no concentration")
    return number.quantize(Decimal("0.1") if one_decimal else Decimal(1), ROUND_HALF_EVEN)


__all__ = ["POLLUTANTS", "AirIndex", "air_index", "breakpoints", "level_of", "standard_on", "sub_index"]
