"""What comes to a map with its first content: warnings of the weather and what the tools draw. No platform runs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bench.cities import City
from bench.points import city
from bench.wall import served
from tests.browser import Visitor, Windows
from tests.patience import until

WARNINGS = "/api/v1/map/warnings"
SQUARE = [[119.88, 31.78], [119.92, 31.78], [119.92, 31.82], [119.88, 31.82], [119.88, 31.78]]
RAIN = {"id": 7, "title": "暴雨橙色预警", "severity": 2, "drill": False, "area": "320404", "ground": "told", "version": 1, "ends_at": None,
        "geometry": {"type": "MultiPolygon", "coordinates": [[SQUARE]]}}  # fmt: skip
CHIP = "document.querySelector('[data-chip=\"warnings\"] .layer-count')?.dataset.value"
LINES = "bench.map.queryRenderedFeatures({ layers: ['warnings-line'] }).map((one) => one.properties.id)"
AGAIN = "bench.district.layers.change(bench.state, { alerts: [], cases: [], reports: [{ row: { channel: 'weather' } }] })"


@pytest.fixture(scope="module")
def made() -> City:
    return city({"devices": 10}, cells=400)


@pytest.fixture
def map_page(made: City, windows: Windows) -> Iterator[Visitor]:
    tell(made, [])
    with served(made) as address:
        visitor = windows.open(address, 1120, 980)
        visitor.go("/?layers=warnings")
        visitor.wait("Boolean(window.bench?.ready)")
        yield visitor


def tell(made: City, warnings: list[dict[str, Any]]) -> None:
    made.answers[WARNINGS] = made.gzip(json.dumps({"at": "2026-11-22T00:00:00Z", "warnings": warnings, "areas": {}}).encode())


def sources(visitor: Visitor) -> set[str]:
    return {str(name) for name in visitor.page.evaluate("Object.keys(bench.map.getStyle().sources)")}


def test_a_warning_brings_its_ground_and_its_end_takes_it(made: City, map_page: Visitor) -> None:
    map_page.wait(f"{CHIP} === '0'")
    assert not [name for name in sources(map_page) if name.startswith("warnings")]
    tell(made, [RAIN])
    map_page.page.evaluate(AGAIN)
    map_page.wait(f"{CHIP} === '1'")
    assert until(lambda: set(map_page.page.evaluate(LINES)) == {7}, what="the warning's outline")
    tell(made, [])
    map_page.page.evaluate(AGAIN)
    map_page.wait(f"{CHIP} === '0'")
    until(lambda: map_page.page.evaluate(LINES) == [], what="no warning's outline")
    assert map_page.unforgiven("api/v1/layers/", "favicon") == []  # a made city has neither roads nor water


def test_what_tools_draw_lies_above_all_from_its_first_shape(map_page: Visitor) -> None:
    assert "tools" not in sources(map_page)
    top, seen = map_page.page.evaluate("""async (square) => {
        const { Shapes, feature } = await import("/assets/map-shapes.js");
        const shapes = new Shapes({ map: bench.map, rem: 1 });
        shapes.set("ruler", []);
        if (bench.map.getSource("tools")) return ["a source for nothing", []];
        shapes.set("ruler", [feature("LineString", square), feature("Point", square[0], { label: "3.2 km" })]);
        await new Promise((resolve) => bench.map.once("idle", resolve));
        const seen = bench.map.queryRenderedFeatures({ layers: ["tools-line", "tools-points"] }).map((one) => one.geometry.type.replace("Multi", ""));
        shapes.set("ruler", []);
        await new Promise((resolve) => bench.map.once("idle", resolve));
        if (bench.map.queryRenderedFeatures({ layers: ["tools-line", "tools-points"] }).length) return ["what was put away", []];
        return [bench.map.getStyle().layers.at(-1).id, [...new Set(seen)].sort()];
    }""", SQUARE)  # fmt: skip
    assert (top, seen) == ("tools-text", ["LineString", "Point"])
