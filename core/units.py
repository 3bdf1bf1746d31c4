"""Units of measure as wires and registries spell them, and how a value of one becomes a value of another.

Pure arithmetic over a table of linear units. Never guesses: two units that measure different things have no conversion
(ppm and µg/m³ would need the gas, its pressure and its temperature).
"""

import math
from functools import lru_cache
from typing import NamedTuple

# kind: {unit: (factor, offset) into the kind's own unit}. Mass per volume counts air and water together: 1 mg/L = 1 g/m³.
_UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "mass per volume": {
        "ng/m3": (1e-9, 0), "ug/m3": (1e-6, 0), "mg/m3": (1e-3, 0), "g/m3": (1, 0), "kg/m3": (1e3, 0),
        "ng/l": (1e-6, 0), "ug/l": (1e-3, 0), "mg/l": (1, 0), "g/l": (1e3, 0),
    },
    "temperature": {"c": (1, 0), "k": (1, -273.15), "f": (5 / 9, -160 / 9)},
    "pressure": {
        "pa": (1, 0), "hpa": (100, 0), "kpa": (1e3, 0), "mpa": (1e6, 0), "mbar": (100, 0), "bar": (1e5, 0), "mmhg": (133.322387415, 0),
    },
    "length": {"mm": (1e-3, 0), "cm": (1e-2, 0), "dm": (0.1, 0), "m": (1, 0), "km": (1e3, 0)},
    "speed": {"m/s": (1, 0), "km/h": (1 / 3.6, 0), "kn": (1852 / 3600, 0), "cm/s": (1e-2, 0)},
    "flow": {"m3/s": (1, 0), "l/s": (1e-3, 0), "m3/h": (1 / 3600, 0), "m3/d": (1 / 86400, 0), "l/min": (1e-3 / 60, 0)},
    "volume": {"m3": (1, 0), "l": (1e-3, 0), "ml": (1e-6, 0)},
    "mass": {"mg": (1e-6, 0), "g": (1e-3, 0), "kg": (1, 0), "t": (1e3, 0)},
    "conductivity": {"us/cm": (1e-4, 0), "ms/cm": (0.1, 0), "ms/m": (1e-3, 0), "s/m": (1, 0)},
    "time": {"s": (1, 0), "min": (60, 0), "h": (3600, 0), "d": (86400, 0)},
    "share": {"%": (1e-2, 0), "‰": (1e-3, 0), "ppm": (1e-6, 0), "ppb": (1e-9, 0)},
    "sound level": {"db": (1, 0), "db(a)": (1, 0)},
    "angle": {"°": (1, 0), "rad": (57.29577951308232, 0)},
    "voltage": {"mv": (1e-3, 0), "v": (1, 0), "kv": (1e3, 0)},
    "current": {"ma": (1e-3, 0), "a": (1, 0)},
    "power": {"w": (1, 0), "kw": (1e3, 0), "mw": (1e6, 0)},
    "energy": {"wh": (1, 0), "kwh": (1e3, 0), "mwh": (1e6, 0)},
}  # fmt: skip
# mW is not MW: where only the size of a letter tells a thousandth from a million, the thousandth is left out.
_AMBIGUOUS = ("mW", "mPa", "mWh", "mC", "MS/m", "MS/cm", "MV", "MA", "Mm", "Mg", "MG", "ML")
# Other spellings, without their case.
_SAME = {
    "℃": "c", "°c": "c", "摄氏度": "c", "degc": "c", "cel": "c", "℉": "f", "°f": "f", "degf": "f",
    "degree": "°", "degrees": "°", "deg": "°", "dba": "db(a)", "pct": "%", "percent": "%",
    "kmh": "km/h", "kph": "km/h", "kt": "kn", "kts": "kn", "mps": "m/s", "mg/nm3": "mg/m3", "千帕": "kpa", "米/秒": "m/s", "米": "m",
    "毫克/立方米": "mg/m3", "微克/立方米": "ug/m3", "纳克/立方米": "ng/m3", "毫克/升": "mg/l", "微克/升": "ug/l",
}  # fmt: skip


class Conversion(NamedTuple):
    """wanted = given × factor + offset."""

    factor: float
    offset: float

    def __call__(self, value: float) -> float:
        return value * self.factor + self.offset


UNCHANGED = Conversion(1.0, 0.0)


def spelled(unit: str) -> str:
    """One spelling of a unit: `µg/m³`, `ug/m3`, `μg/m^3` and `ug/m**3` are the same."""
    text = unit.strip().replace(" ", "")
    if text in _AMBIGUOUS:
        return text
    text = text.lower()
    for given, meant in (("µ", "u"), ("μ", "u"), ("³", "3"), ("²", "2"), ("**", ""), ("^", ""), ("·", "")):
        text = text.replace(given, meant)
    return _SAME.get(text, text)


@lru_cache(maxsize=1024)
def conversion(given: str, wanted: str) -> Conversion | None:
    """How values in `given` become values in `wanted`; unchanged where either is empty or both are the same.

    None: one of them is unknown, or they measure different things. Linear in the SI sense; the temperature scales have an offset.
    """
    first, second = spelled(given), spelled(wanted)
    if not first or not second or first == second:
        return UNCHANGED
    for units in _UNITS.values():
        if first in units and second in units:
            (factor, offset), (other, shift) = units[first], units[second]
            return Conversion(_plain(factor / other), (offset - shift) / other)
    return None


def _plain(factor: float) -> float:
    """1e-9 / 1e-6 is 0.001 and not 0.0010000000000000002: what a decimal shift meant, it says."""
    short = float(f"{factor:.12g}")
    return short if math.isclose(short, factor, rel_tol=1e-15) else factor
