"""Permit limits as people write them: one line or one object each, and what cannot be meant is refused by name."""

from datetime import date

import pytest

from core.errors import Invalid
from core.standards.permit import PermitLimit
from geodata.device_limits import read_limits, read_target


def test_a_cell_and_a_list_of_objects_say_the_same() -> None:
    wanted = (
        PermitLimit("cod", "day", 40.0, unit="mg/L", permit="91320404MA1XXXX001P", since=date(2025, 1, 1)),
        PermitLimit("ph", "hour", 9.0, 6.0),
    )
    assert read_limits("ph 6~9； cod 日均 40 mg/L 91320404MA1XXXX001P 2025-01-01～") == wanted
    objects = [{"metric": "ph", "most": 9, "least": 6.0}, {"metric": "cod", "average": "日", "most": 40, "unit": "mg/L",
                "permit": "91320404MA1XXXX001P", "from": "2025-01-01"}]  # fmt: skip
    assert read_limits(objects) == wanted
    assert read_limits(None) is None
    assert read_limits([]) == read_limits("") == ()


@pytest.mark.parametrize(
    "wrong", ["cod", "cod 小时", "cod x mg/L", "cod 50 mg/L mg/L", "cod 9~6", "cod 50 2025-02-30~", "cod 50 2026-01-01~2025-01-01"]
)
def test_a_line_that_cannot_be_meant_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid, match="limits"):
        read_limits(wrong)


@pytest.mark.parametrize("wrong", [{}, 7, [7], [{"metric": "cod"}], [{"metric": "", "most": 1}], [{"metric": "cod", "most": True}],
                                   [{"metric": "cod", "most": float("inf")}], [{"metric": "cod", "most": 1, "average": "year"}],
                                   [{"metric": "cod", "most": 1, "x": 1}], [{"metric": "cod", "most": 1, "unit": 3}]])  # fmt: skip
def test_an_object_that_cannot_be_meant_is_refused(wrong: object) -> None:
    with pytest.raises(Invalid, match="limits"):
        read_limits(wrong)


def test_a_target_is_a_number_and_none_takes_it_away() -> None:
    assert [read_target(word) for word in ("Ⅲ类", "IV", 2, "", None)] == [3, 4, 2, 0, 0]
    with pytest.raises(Invalid, match="GB 3838"):
        read_target("劣V")
