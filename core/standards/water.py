"""Class of a water section by GB 3838-2002: the worst of its indicators decides (single-factor evaluation).

Decides the class I … V or worse, and which indicators keep a section from its target; never averages, and never counts
what was not measured as good.
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
WORST_TARGET = 5  # nobody sets itself 劣V as a target
_NUMERALS = {
    word: number
    for number, words in enumerate(("1 I Ⅰ 一", "2 II Ⅱ 二", "3 III Ⅲ 三", "4 IV Ⅳ 四", "5 V Ⅴ 五"), 1)
    for word in words.split()
}
_WITHOUT_FACTOR = ("ph", "do")
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


def read_class(word: object) -> int:
    """A target class as people write it (`III`, `Ⅲ类`, `3`, `三类`) as its number 1 … 5. Raises `ValueError`; 劣V is no target."""
    text = str(word).strip().upper().removesuffix("类").removesuffix("水").removeprefix("CLASS").strip()
    if text not in _NUMERALS:
        raise ValueError(f"'{word}' is none of the classes {', '.join(CLASSES[:WORST_TARGET])} of GB 3838-2002")
    return _NUMERALS[text]


def beyond_target(values: Mapping[str, float | None], target: int, body: Body = "river") -> dict[str, float | None]:
    """The indicators whose class is worse than the target's, each with how many times it exceeds the target's limit.

    Worst first; oxygen and pH have no such factor (环办〔2011〕22号).
    """
    given = {name: value for name, value in values.items() if value is not None and not (name == "tn" and body == "river")}
    worse = {name: value for name, value in given.items() if indicator_class(name, value, body) > target}
    factors = {name: None if name in _WITHOUT_FACTOR else value / _limits(name, body)[target - 1] - 1 for name, value in worse.items()}
    return dict(sorted(factors.items(), key=lambda one: -1.0 if one[1] is None else -one[1]))


def _limits(indicator: str, body: Body) -> tuple[float, ...]:
    if indicator == "tp":
        return _PHOSPHORUS[body]
    if indicator == "tn" and body == "lake":
        return _NITROGEN_OF_LAKES
    return _MOST[indicator]
