"""What no part of the software takes is refused with its path, whoever sent it."""

import json
from typing import Any

import pytest

from core.plain import fault_of, fault_of_text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"why": "\ud800"}, "why: has half of a letter"), ({"a": [1, {"b": float("inf")}]}, "a.1.b: is no finite number"),
        ({"\ud800": 1}, "a name has half"), (json.loads("1e999"), "is no finite number"), ("a\x1b[2J", "control character, U+001B"),
        ("gate\u202egnp", "turns the direction"), (["x", "\x00"], "1: has a control character"),
    ],
)  # fmt: skip
def test_what_nobody_takes_is_told_with_its_path(value: Any, said: str) -> None:
    assert said in (fault_of(value) or "")


@pytest.mark.parametrize("value", ["第一行\n第二行\t末", {"a": [1, 2.5, None, True, "é"]}, "👍🏽", ""])
def test_what_people_write_is_taken(value: Any) -> None:
    assert fault_of(value) is None


def test_a_title_is_one_line_and_a_note_may_have_several() -> None:
    assert fault_of_text("a\nb") is None
    assert "one line" in (fault_of_text("a\nb", one_line=True) or "")


def test_depth_is_bounded_and_costs_no_stack() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert "deep" in (fault_of(deep) or "")
