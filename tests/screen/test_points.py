"""Points on a map in a browser: drawn from the workers' tiles, counted on their chips, grave with their alerts, each with a card. No platform runs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bench.cities import City
from bench.points import city
from bench.wall import served
from tests.browser import Visitor, Windows
from tests.patience import until

POINTS = 600
CARD = {"code": "device-00007", "name": "北湖水位计", "kind": "水位计", "lon": 119.9, "lat": 31.8, "state": "silent", "since": "2026-11-22T00:00:00Z", "drill": True,
        "simulated": True, "owner": "", "values": [{"metric": "level", "label": "水位", "value": 3.2, "text": None, "unit": "m", "quality": "good",
                                                    "observed_at": "2026-11-22T00:00:00Z"}]}  # fmt: skip
DRAWN = """(() => { const found = new Map(bench.map.queryRenderedFeatures({ layers: ["points-devices"] }).map((one) => [one.id, one.properties]));
    return [...found.values()].reduce(([n, w], one) => [n + one.n, Math.max(w, one.w)], [0, 0]); })()"""


@pytest.fixture(scope="module")
def made() -> City:
    return city({"devices": POINTS, "components": 300}, cells=400)


@pytest.fixture(scope="module")
def address(made: City) -> Iterator[str]:
    made.answers["/api/v1/map/points/devices/device-00007"] = made.gzip(json.dumps(CARD).encode())
    with served(made) as url:
        yield url


def at(windows: Windows, address: str, words: str) -> Visitor:
    visitor = windows.open(address, 1120, 980)
    visitor.go(f"/?{words}")
    visitor.wait("Boolean(window.bench?.ready)")
    return visitor


def chip(visitor: Visitor, layer: str = "devices") -> str:
    return str(
        visitor.wait(
            f"""document.querySelector('[data-chip="{layer}"] [data-value]:not([data-value=""])') && document.querySelector('[data-chip="{layer}"]').innerText"""
        )
    )


def test_a_tile_that_was_asked_for_before_the_points_came_is_asked_for_again(windows: Windows, address: str) -> None:
    visitor = at(windows, address, "layers=-")
    visitor.page.evaluate(
        """async () => {
          const { gl } = bench.district;
          const before = new Promise((resolve) => { bench.release = () => (bench.released = true, resolve()); });
          const load = (tiles) => (asked) => (bench.released ? tiles(asked) : before.then(() => ({ data: new ArrayBuffer(0) })));
          bench.district.gl = { ...gl, addProtocol: (scheme, tiles) => gl.addProtocol(scheme, load(tiles)) };
          await bench.zoom(9.5);
          bench.show(["devices"]);
        }"""
    )
    assert "600" in chip(visitor)
    visitor.page.evaluate("bench.release()")
    assert until(
        lambda: _same(visitor.page.evaluate(DRAWN), [POINTS, 1]),
        seconds=10,
        what="all points drawn before their states are asked for again",
    )


def test_a_map_that_the_processor_draws_is_sharp_when_it_is_whole_and_follows_the_hand(windows: Windows, address: str) -> None:
    visitor = at(windows, address, "layers=-")
    visitor.wait("!document.querySelector('.panel-map').matches('.coarse') && document.querySelector('.panel-map').matches('.software')")
    assert visitor.page.evaluate("bench.map.getCanvas().width / bench.map.getCanvas().clientWidth") == 1
    visitor.page.evaluate(
        "bench.clicks = 0; bench.map.on('click', () => (bench.clicks += 1)); bench.from = bench.map.project([119.9, 31.8])"
    )
    mouse = visitor.page.mouse
    mouse.move(400, 400)
    mouse.down()
    for x in range(425, 625, 25):
        mouse.move(x, 400)
        visitor.page.wait_for_timeout(15)  # a drag as quick as a hand's, several frames long
    mouse.up()
    moved = "Math.round(bench.map.project([119.9, 31.8]).x - bench.from.x)"
    assert until(lambda: visitor.page.evaluate(moved) == 200, what="the map under the hand")
    assert visitor.page.evaluate("bench.clicks") == 0


def test_every_point_is_drawn_and_a_cluster_is_as_grave_as_its_gravest(windows: Windows, address: str) -> None:
    visitor = at(windows, address, "layers=devices")
    assert "600" in chip(visitor)
    assert f"未知 {POINTS // 50}" in chip(visitor)
    visitor.page.evaluate("bench.zoom(9.5)")
    assert until(lambda: _same(visitor.page.evaluate(DRAWN), [POINTS, 1]), what="all points drawn, some of them unknown")
    visitor.page.evaluate("bench.alarm(1)")
    assert until(lambda: _same(visitor.page.evaluate(DRAWN), [POINTS, 5]), what="a red alert on the map")
    assert visitor.unforgiven("api/v1/layers/", "favicon") == []  # a made city has neither roads nor water


def _same(found: Any, wanted: Any) -> bool:
    return bool(found == wanted)


def test_a_point_of_the_address_has_its_card_which_leaves_with_its_word(windows: Windows, address: str) -> None:
    visitor = at(windows, address, "layers=devices&point=devices:device-00007")
    visitor.wait("""document.querySelector('[data-slot="layer-card"] dl')""")
    card = visitor.page.inner_text('[data-slot="layer-card"]')
    assert all(word in card for word in ("演练", "北湖水位计", "失联", "水位", "3.20 m"))
    visitor.page.keyboard.press("Escape")
    visitor.wait("""document.querySelector('[data-slot="layer-card"]').hidden && !location.search.includes("point")""")
    assert visitor.unforgiven("api/v1/layers/", "favicon") == []  # a made city has neither roads nor water


def test_a_layer_comes_and_goes_with_its_word(windows: Windows, address: str, made: City) -> None:
    visitor = at(windows, address, "layers=-")
    assert visitor.page.locator("[data-chip]").count() == 0
    worker = "/assets/map-points-worker.js"
    made.answers[worker] = made.gzip(b"{}")  # what is no script
    visitor.page.evaluate("void bench.show(['components'])")
    assert visitor.wait("""/—.*重试中/s.test(document.querySelector('[data-chip="components"]').innerText)"""), "unknown is not none"
    del made.answers[worker]
    assert "300" in chip(visitor, "components"), "although its worker did not come at first"
    visitor.page.evaluate("bench.show([])")
    assert visitor.page.evaluate(
        "[document.querySelectorAll('[data-chip]').length, Boolean(bench.map.getSource('points-components'))]"
    ) == [0, False]
    assert visitor.unforgiven("api/v1/layers/", "favicon", "map-points-worker") == []  # a made city has neither roads nor water
