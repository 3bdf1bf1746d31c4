"""The arithmetic of the map's tools, run by Node: an address read back, an area narrowed, a length told, a tile redrawn in its place."""

import math
from typing import Any

import pytest

from geodata.datums import wgs84_to_gcj02
from tests.in_node import modules

PAGE = """
const heard = [], wrote = [];
const page = { location: { pathname: "/wall", search: "?area=320404001&layers=devices%2Ccameras&x=", hash: "" },
  history: { state: null, replaceState: (_, __, to) => wrote.push(["replace", to]), pushState: (_, __, to) => wrote.push(["push", to]) },
  listeners: {}, addEventListener: (name, act) => (page.listeners[name] = act) };
const view = new V.View(page);
"""


run = modules({"V": "view.js", "A": "area.js", "G": "geodesy.js", "W": "map-warp.js"})


def test_a_view_is_its_address() -> None:
    told = run(
        PAGE
        + """
      view.on("area", (now, before) => heard.push([now, before, view.get("at")]));
      view.on("*", (names) => heard.push(names));
      view.set({ area: "320404002", at: "2026-11-22T03:00:00Z", layers: ["cameras"] });
      view.set({ area: "320404002" });
      const address = view.address();
      await new Promise((done) => setTimeout(done, 5));
      view.set({ area: null, at: "" }, { step: true });
      say({ heard, wrote, address, end: view.address(), list: view.list("layers"), none: view.list("other"), moment: view.moment(), all: view.sees("9") })"""
    )
    address = "/wall?area=320404002&layers=cameras&at=2026-11-22T03:00:00Z"
    assert told["address"] == address
    assert told["heard"][:2] == [["320404002", "320404001", "2026-11-22T03:00:00Z"], ["area", "layers", "at"]]
    assert told["wrote"] == [["replace", address], ["push", "/wall?layers=cameras"]]
    assert (told["end"], told["list"], told["none"], told["moment"], told["all"]) == ("/wall?layers=cameras", ["cameras"], None, None, True)


def test_going_back_is_heard_like_any_change() -> None:
    told = run(
        PAGE
        + """
      view.on("area", (now) => heard.push(now));
      page.location.search = "?area=320404009";
      page.listeners.popstate();
      say([heard, view.get("area"), view.sees("320404009001"), view.sees("320404001")])"""
    )
    assert told == [["320404009"], "320404009", True, False]


def test_a_listener_that_fails_keeps_the_word_from_nobody() -> None:
    told = run(
        PAGE
        + """
      console.error = () => heard.push("failed");
      view.on("area", () => { throw new Error("a panel"); });
      view.on("area", (now) => heard.push(now));
      view.on("*", (names) => heard.push(names));
      view.set({ area: "32" });
      await new Promise((done) => setTimeout(done, 5));
      say([heard, wrote.length])"""
    )
    assert told == [["failed", "32", ["area"]], 1]


STATE = """
const rows = (area, ...numbers) => numbers.map((n) => [n, { id: n, area, severity: 2, stage: n % 2 ? "unack" : "ack", hold: "none" }]);
const state = { sequence: 5, trend: { today: new Map([[0, 3]]), yesterday: new Map() }, incidents: new Map(), reports: new Map(), cases: new Map(),
  streets: new Map([["320404001", { devices: 7 }], ["320404002", { devices: 9 }]]),
  alerts: new Map([...rows("320404001001", 1, 2), ...rows("320404001002", 3), ...rows("320404002001", 5)]),
  cells: new Map([["risk", { classes: new Map([[1, 0], [2, 5], [3, -1]]), counts: new Map([["320404001", [0, 1, 0, 0, 0, 0, 1]], ["320404002", [1, 0, 0, 0, 0, 0, 0]]]) }]]) };
const areaOf = (id) => ({ 1: "320404001001", 2: "320404001002", 3: "320404002001" })[id];
const told = (part) => ({ streets: [...part.streets], alerts: [...part.alerts.keys()], today: part.trend.today.size,
  counts: [...part.cells.get("risk").counts].map(([code, row]) => [code, ...row]) });
"""  # fmt: skip


def test_a_street_is_its_own_figures_and_rows() -> None:
    told = run(STATE + 'say(told(A.narrow(state, "320404001", areaOf)))')
    assert told == {
        "streets": [["320404001", {"devices": 7}]],
        "alerts": [1, 2, 3],
        "today": 0,
        "counts": [["320404001", 0, 1, 0, 0, 0, 0, 1]],
    }


def test_of_a_community_only_what_its_rows_tell_is_known() -> None:
    told = run(STATE + 'say(told(A.narrow(state, "320404001001", areaOf)))')
    assert told["alerts"] == [1, 2]
    figures = {"alerts": {"1": 0, "2": 2, "3": 0, "4": 0, "5": 0}, "unack": 1, "cases_open": 0, "cases_overdue": 0}
    assert told["streets"] == [["320404001001", figures]]
    assert told["counts"] == [["320404001001", 0, 1, 0, 0, 0, 0, 0]]


def test_of_one_cell_its_own_rows_alone_are_told() -> None:
    cell = STATE + "for (const row of state.alerts.values()) row.cell_id = row.id % 2 ? 2 : 1;"
    told = run(cell + 'say(told(A.narrow(state, "320404001001", areaOf, 2)))')
    assert (told["alerts"], told["counts"]) == ([1, 3, 5], [["320404001001", 0, 0, 0, 0, 0, 0, 1]])


def test_cells_of_a_measure_nobody_looks_at_are_not_counted() -> None:
    script = """let walked = 0; state.cells.set("odour", { classes: { [Symbol.iterator]: () => ((walked += 1), [][Symbol.iterator]()) }, counts: new Map() });
      const part = A.narrow(state, "320404001001", areaOf); const before = walked; part.cells.get("odour").counts; part.cells.get("odour").counts;
      say([before, walked])"""
    assert run(STATE + script) == [0, 1]


def test_the_whole_is_left_as_it_is() -> None:
    assert run(STATE + 'say([A.narrow(state, "") === state, A.narrow(state, "320404") === state])') == [True, True]


AREAS = [{"properties": {"code": code, "name": code, "level": level}} for code, level in
         (("320404001001", "community"), ("320404", "district"), ("320404001", "street"), ("320404002", "street"))]  # fmt: skip


def test_areas_are_walked_from_the_city_down() -> None:
    script = "say(codes.map((code) => { const p = A.trail(areas, code).map((a) => a.properties.code); return [p, A.below(areas, p.at(-1)).map((a) => a.properties.code)]; }))"
    assert run(script, areas=AREAS, codes=["", "320404001", "320404001001", "999"]) == [
        [["320404"], ["320404001", "320404002"]],
        [["320404", "320404001"], ["320404001001"]],
        [["320404", "320404001", "320404001001"], []],
        [["320404"], ["320404001", "320404002"]],  # of an area nobody knows: the widest
    ]


def test_lengths_and_surfaces_are_those_of_the_ground() -> None:
    square = [[119.9, 31.78], [119.91, 31.78], [119.91, 31.79], [119.9, 31.79]]
    north = 6_371_008.8 * math.radians(0.01)
    told = run("say([G.length(s.slice(1, 3)), G.length(s.slice(0, 2)), G.area(s), G.area([...s].reverse()), "
               "Math.max(...G.circle(s[0], 500).map((c) => Math.abs(G.distance(s[0], c) - 500))), G.metresText(1234), G.squareText(20000)])", s=square)  # fmt: skip
    assert told[0] == pytest.approx(north, rel=1e-9)
    assert told[1] == pytest.approx(north * math.cos(math.radians(31.78)), rel=1e-6)
    assert told[2] == told[3] == pytest.approx(north * north * math.cos(math.radians(31.785)), rel=1e-4)
    assert told[4] < 1e-6
    assert told[5:] == ["1.23 km", "2.00 ha"]


PLACES = [(119.95, 31.78), (113.3, 23.1), (87.6, 43.8), (2.3, 48.9), (104.99, 35.01)]


def test_the_browser_shifts_as_the_door_does() -> None:
    told = run("say(places.map(([x, y]) => W.toGcj02(x, y)))", places=PLACES)
    for (lon, lat), there in zip(PLACES, told, strict=True):
        assert there == pytest.approx(wgs84_to_gcj02(lon, lat), abs=1e-10)


def mercator(lon: float, lat: float, z: int) -> tuple[float, float]:
    side = 256 * 2**z
    return (lon + 180) / 360 * side, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side


GROUNDS = [(z, datum, matrix) for z in (9, 12, 15, 18)
           for datum, matrix in (("gcj02", "mercator"), ("cgcs2000", "degrees"), ("gcj02", "degrees"))]  # fmt: skip


@pytest.fixture(scope="module")
def plans() -> dict[tuple[int, str, str], Any]:
    """What Node plans for the tile under one place, in each map."""
    asked = []
    for z, datum, matrix in GROUNDS:
        x, y = (int(part // 256) for part in mercator(119.95, 31.78, z))
        asked.append([z, x, y, {"datum": datum, "matrix": matrix, "tile_px": 256}])
    return dict(zip(GROUNDS, run("say(asked.map((one) => W.planOf(...one)))", asked=asked), strict=True))


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_block_shows_the_ground_it_lies_on(ground: tuple[int, str, str], plans: dict[tuple[int, str, str], Any]) -> None:
    """The middle of each block, in their map's px, is where the same place is drawn: to a twentieth of a pixel."""
    z, datum, matrix = ground
    x, y = (int(part // 256) for part in mercator(119.95, 31.78, z))
    plan = plans[ground]
    assert len(plan["tiles"]) == plan["size"][0] * plan["size"][1] <= 9
    worst = 0.0
    for sx, sy, sw, sh, dx, dy, dw, dh in plan["blocks"]:
        u, v = (x * 256 + dx + dw / 2) / 256 / 2**z, (y * 256 + dy + dh / 2) / 256 / 2**z
        lon, lat = u * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * v))))
        there = wgs84_to_gcj02(lon, lat) if datum == "gcj02" else (lon, lat)
        side = 256 * 2**z
        px, py = mercator(there[0], there[1], z) if matrix == "mercator" else ((there[0] + 180) / 360 * side, (90 - there[1]) / 360 * side)
        worst = max(worst, math.hypot(plan["from"][0] * 256 + sx + sw / 2 - px, plan["from"][1] * 256 + sy + sh / 2 - py))
        assert 0 <= sx < sx + sw <= plan["size"][0] * 256 + 1e-6
        assert 0 <= sy < sy + sh <= plan["size"][1] * 256 + 1e-6
    assert worst < 0.05
