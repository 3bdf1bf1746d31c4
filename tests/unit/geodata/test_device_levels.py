"""Levels of devices as people write them: one line or one object each, and what cannot be meant is refused by name."""

from datetime import date

import pytest

from core.device_levels import DeviceLevel
from core.errors import Invalid
from geodata.device_levels import read_levels


def test_a_cell_and_a_list_of_objects_say_the_same() -> None:
    wanted = (
        DeviceLevel("water_level", "警戒水位", 19.8),
        DeviceLevel("water_level", "汛限水位", 91.0, ("04-15", "07-15"), "2026年 调度方案", date(2026, 1, 1)),
    )
    assert read_levels("water_level 汛限水位 91.0 04-15～07-15 2026-01-01~ 2026年 调度方案； water_level 警戒水位 19.8") == wanted
    objects = [{"metric": "water_level", "level": "警戒水位", "value": 19.8, "season": None},
               {"metric": "water_level", "level": "汛限水位", "value": 91, "season": "04-15~07-15", "from": "2026-01-01", "source": "2026年 调度方案"}]  # fmt: skip
    assert read_levels(objects) == wanted
    assert read_levels(None) is None
    assert read_levels([]) == read_levels("") == ()


@pytest.mark.parametrize(
    "wrong",
    ["gas", "gas H", "gas H x", "gas 25", "water_level 汛限水位 91 02-30~07-15", "gas H 25 2026-02-30~", "gas H 25 2026-02-01~2026-01-01"],
)
def test_a_line_that_cannot_be_meant_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid, match="levels"):
        read_levels(wrong)


@pytest.mark.parametrize("wrong", [{}, 7, [7], [{"metric": "gas", "level": "H"}], [{"metric": "", "level": "H", "value": 1}],
                                   [{"metric": "gas", "level": "H", "value": True}], [{"metric": "gas", "level": "H", "value": float("nan")}],
                                   [{"metric": "gas", "level": "H", "value": 1, "x": 1}], [{"metric": "gas", "level": "H", "value": 1, "season": "summer"}],
                                   [{"metric": "gas", "level": 3, "value": 1}]])  # fmt: skip
def test_an_object_that_cannot_be_meant_is_refused(wrong: object) -> None:
    with pytest.raises(Invalid, match="levels"):
        read_levels(wrong)
