"""Class of a water section by GB 3838-2002: the worst of its indicators decides (single-factor evaluation).

Decides the class I … V or worse; never averages, and never counts what was not measured as good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Body = Literal["river", "lake"]
CLASSES = ("I", "II", "III", "IV", "V", "劣V")
_MOST: dict[str, tuple[float, ...]] = {  # mg/L, at most, for classes I … V (table 1)
    "codmn": (2, 4, 6, 10, 15),
    "cod": (15, 15, 20, 30, 40),
    "bod5": (3, 3, 4, 6, 10),
    "nh3n": (0.15, 0.5, 1.0, 1.5, 2.0),
}
_PHOSPHORUS: dict[Body, tuple[float, ...]] = {"river": (0.02, 0.1, 0.2, 0.3, 0.4), "lake": (0.01, 0.025, 0.05, 0.1, 0.2)}
_NITROGEN_OF_LAKES = (0.2, 0.5, 1.0, 1.5, 2.0)
_OXYGEN_AT_LEAST = (7.5, 6, 5, 3, 2)  # class I also with 90 % saturation
_PH = (6.0, 9.0)
INDICATORS = ("ph", "do", "codmn", "cod", "bod5", "nh3n", "tp", "tn")


@dataclass(frozen=True, slots=True)
class WaterClass:
    """`number` 1 … 5, 6 for worse than V; `by` the indicators that decided it; `of` the class number of each indicator given."""

    number: int
    by: tuple[str, ...]
    of: Mapping[str, int]

    @property
    def name(self) -> str:
        return CLASSES[self.number - 1]


def indicator_class(indicator: str, value: float, body: Body = "river", saturation: float | None = None) -> int:
    """1 … 6 for one indicator (mg/L; pH without unit; `saturation` of oxygen in %).

    pH outside 6 … 9 fits no class. Raises `KeyError` for an indicator that does not take part in this kind of water body,
    `ValueError` for a negative value.
    """
    if value < 0:
        raise ValueError(f"{indicator} {value} is below zero")
    if indicator == "ph":
        return 1 if _PH[0] <= value <= _PH[1] else 6
    if indicator == "do":
        if saturation is not None and saturation >= 90:
            return 1
        return next((k for k, least in enumerate(_OXYGEN_AT_LEAST, 1) if value >= least), 6)
    return next((k for k, most in enumerate(_limits(indicator, body), 1) if value <= most), 6)


def water_class(values: Mapping[str, float | None], body: Body = "river", saturation: float | None = None) -> WaterClass | None:
    """The class of a section from its indicators, None when none was measured. Total nitrogen counts in lakes only."""
    given = {name: value for name, value in values.items() if value is not None and not (name == "tn" and body == "river")}
    if not given:
        return None
    of = {name: indicator_class(name, value, body, saturation) for name, value in given.items()}
    worst = max(of.values())
    return WaterClass(worst, tuple(name for name, number in of.items() if number == worst) if worst > 1 else (), of)


def _limits(indicator: str, body: Body) -> tuple[float, ...]:
    if indicator == "tp":
        return _PHOSPHORUS[body]
    if indicator == "tn" and body == "lake":
        return _NITROGEN_OF_LAKES
    return _MOST[indicator]
