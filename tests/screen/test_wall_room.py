"""What fits into a box of a wall, measured in a browser. No platform runs."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from bench.cities import regular
from bench.wall import served
from tests.browser import Windows

MEASURED = """async (less) => {
  const { spills } = await import("/assets/wall-room.js");
  const box = document.body.appendChild(document.createElement("p"));
  box.textContent = "278/279 台";
  box.style.cssText = "position: fixed; margin: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font: 14px sans-serif";
  const whole = box.getBoundingClientRect().width;
  box.style.width = `${whole - less}px`;
  return [spills(box), box.scrollWidth > box.clientWidth];
}"""

LINE = """async (width) => {
  const { setParts } = await import("/assets/dom.js");
  const where = document.body.appendChild(document.createElement("p"));
  where.style.cssText = `width: ${width}px; font: 14px sans-serif; white-space: nowrap`;
  setParts(where, [["", "荷花池街道"], ["", "36.7 %LEL"], ["", "限值 25"], ["rest", "凌家社区可燃气体探测器339"]]);
  const line = where.getBoundingClientRect();
  const shown = [...where.children].filter((part) => part.getBoundingClientRect().top < line.bottom - 1);
  return [shown.map((part) => part.textContent), shown.some((part) => part.className !== "rest" && part.scrollWidth > part.clientWidth), where.title];
}"""


@pytest.fixture
def page(windows: Windows) -> Iterator[Page]:
    city = regular(100)
    city.page = '<!doctype html><html lang="zh-CN"><link rel="stylesheet" href="/assets/wall.css"><body></body></html>'
    with served(city) as address:
        visitor = windows.open(address, 800, 600)
        visitor.go("/")
        yield visitor.page


def test_a_value_and_its_limit_stand_whole_or_not_at_all(page: Page) -> None:
    told: dict[int, Any] = {width: page.evaluate(LINE, width) for width in (110, 185, 260, 420)}
    parts = ["荷花池街道", "36.7 %LEL", "限值 25", "凌家社区可燃气体探测器339"]
    assert [shown for shown, _, _ in told.values()] == [parts[:1], parts[:2], parts[:3], parts]
    assert not any(cut for _, cut, _ in told.values()), "no number is begun that is not ended"
    assert {whole for _, _, whole in told.values()} == {" · ".join(parts)}


def test_a_text_that_is_a_fraction_of_a_pixel_too_wide_is_told_too_wide(page: Page) -> None:
    told = {less: page.evaluate(MEASURED, less) for less in (-0.5, 0, 0.1, 0.4, 20)}
    assert {less: spills for less, (spills, _) in told.items()} == {-0.5: False, 0: False, 0.1: True, 0.4: True, 20: True}
    assert not told[0.1][1], "whole pixels do not tell it"
