"""What fits into a box of a wall, measured in a browser. No platform runs."""

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


def test_a_text_that_is_a_fraction_of_a_pixel_too_wide_is_told_too_wide(windows: Windows) -> None:
    city = regular(100)
    city.page = '<!doctype html><html lang="zh-CN"><body></body></html>'
    with served(city) as address:
        visitor = windows.open(address, 800, 600)
        visitor.go("/")
        told = {less: visitor.page.evaluate(MEASURED, less) for less in (-0.5, 0, 0.1, 0.4, 20)}
    assert {less: spills for less, (spills, _) in told.items()} == {-0.5: False, 0: False, 0.1: True, 0.4: True, 20: True}
    assert not told[0.1][1], "whole pixels do not tell it"
