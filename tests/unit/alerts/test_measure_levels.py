"""Values against levels of the device's own, with the examples of public flood reports."""

from datetime import date
from math import inf
from typing import Any

from alerts.measure_levels import limits_of, passed_by
from core.device_levels import DeviceLevel, holding
from core.rule_measures import NamedLevelRule

WORDS: dict[str, Any] = {"label": "规则", "label_en": "rule", "owner": "o", "reason": "r", "metric": "water_level"}
RIVER = [{"named": "设防水位", "severity": 4, "above": 0, "clear": -0.1}, {"named": "警戒水位", "severity": 3, "above": 0, "clear": -0.1},
         {"named": "保证水位", "severity": 2, "above": 0}, {"named": "历史最高水位", "severity": 1, "above": 0}]  # fmt: skip
SUSONG = {"设防水位": 17.8, "警戒水位": 19.8, "保证水位": 22.42}  # 长江(宿松)


def rule(levels: list[dict[str, Any]], **told: Any) -> NamedLevelRule:
    return NamedLevelRule.model_validate({"kind": "named_level", "levels": levels, **WORDS, **told})


def passed(of: NamedLevelRule, value: float, own: dict[str, float]) -> int:
    return max((n for n, one in enumerate(limits_of(of, own)) if one.is_beyond(value)), default=-1)


def test_susong_on_the_28th_of_july_2020_was_above_warning_by_1_40_m() -> None:
    river = rule(RIVER)
    assert passed(river, 21.2, SUSONG) == 1
    assert passed_by(river, 1, 21.2, SUSONG) == ("超警戒", 1.4)


def test_diaoyutai_was_below_its_flood_limit_by_0_19_m_and_rang_nothing() -> None:
    reservoir = rule([{"named": "汛限水位", "severity": 3, "above": 0}, {"named": "防洪高水位", "severity": 1, "above": 0}])
    own = holding((DeviceLevel("water_level", "汛限水位", 91.0, ("04-15", "07-15")),), "water_level", date(2020, 7, 1))
    assert passed(reservoir, 90.81, own) == -1
    assert passed_by(reservoir, 0, 90.81, own) == ("超汛限", -0.19)


def test_a_level_that_is_reached_is_passed_and_is_calm_only_beneath_its_clearing_point() -> None:
    limit = limits_of(rule(RIVER), SUSONG)[1]
    assert [limit.is_beyond(z) for z in (19.79, 19.8)] == [False, True]
    assert [limit.is_calm(z) for z in (19.75, 19.7, 19.69)] == [False, False, True]


def test_of_a_level_that_a_device_lacks_the_next_graver_one_it_has_stands_for_it() -> None:
    limits = limits_of(rule(RIVER), {"警戒水位": 4.3})
    assert [one.limit for one in limits] == [4.3, 4.3, inf, inf]
    assert limits_of(rule(RIVER), {"汛限水位": 4.0}) == ()
    assert passed_by(rule(RIVER), 2, 4.4, {"警戒水位": 4.3}) is None


def test_a_rule_may_ring_before_a_level_is_reached() -> None:
    near = rule([{"named": "警戒水位", "severity": 4, "above": -0.3}, {"named": "警戒水位", "severity": 3, "above": 0}])
    assert passed(near, 19.6, SUSONG) == 0
    assert passed_by(near, 0, 19.6, SUSONG) == ("超警戒", -0.2)


def test_a_detectors_low_levels_are_passed_downwards() -> None:
    oxygen = rule([{"named": "L", "severity": 3, "below": 0, "clear": 0.5}, {"named": "LL", "severity": 1, "below": 0}], hold="30s")
    own = {"L": 19.5, "LL": 18.0}
    assert [passed(oxygen, value, own) for value in (20.9, 19.5, 18.1, 18.0)] == [-1, 0, 0, 1]
    limits = limits_of(oxygen, own)
    assert [limits[0].is_calm(value) for value in (19.9, 20.1)] == [False, True]
    assert limits[0].hold is not None
    assert limits[0].hold.total_seconds() == 30
    assert passed_by(oxygen, 1, 17.5, own) == ("低于LL", 0.5)
