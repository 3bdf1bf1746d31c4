"""The arithmetic of the layers of points, run by Node: no point is lost in a cluster, a cluster is as grave as its gravest, a tile holds what lies in it."""

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.points import columns_told
from tests.in_node import modules

HERE = (Path(__file__).resolve().parents[2] / "assets").as_uri()
run = modules({"P": "map-points-columns.js", "C": "map-points-clusters.js", "T": "map-points-tile.js", "L": "map-layers.js"})


def city(count: int, seed: int = 3, signs: str = "") -> dict[str, Any]:
    """Points about a few squares, some of them on one another."""
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 6, (count, 1)) * [30_000, 22_000] + [119_900_000, 31_780_000] + rng.integers(0, 900, (count, 2)) // 90 * 90
    codes = [f"d{number}" for number in range(count)]
    return columns_told(places.astype(np.int32), codes, ["a"] * count, signs or "." * count, "v1")


LEVELS = """
const columns = new P.PointColumns(told);
columns.judge({ unknown: [], alerts: new Map(alerts) });
const clusters = new C.Clusters(columns);
const levels = []; for (let z = C.DEEPEST; z >= C.SHALLOWEST; z -= 1) levels.push([z, clusters.level(z)]);
"""


def test_every_point_is_in_one_cluster_of_every_zoom() -> None:
    told = run(
        LEVELS + "say(levels.map(([, l]) => [l.many, [...l.count].reduce((a, b) => a + b, 0), Math.max(...l.into) + 1]))",
        told=city(400),
        alerts=[],
    )
    assert all(total == 400 and many == highest for many, total, highest in told)
    assert [many for many, _, _ in told] == sorted((many for many, _, _ in told), reverse=True)
    assert told[-1][0] < 10 < told[1][0]


def test_a_cluster_is_as_grave_as_its_gravest_point() -> None:
    script = LEVELS + """say(levels.map(([z, l]) => [Math.max(...l.rank), [...l.rank].every((rank, at) =>
      rank === Math.max(...clusters.points(z, at, 1e9).map((one) => columns.rank[one])))]))"""  # fmt: skip
    assert run(script, told=city(120), alerts=[["d7", 2], ["d50", 4], ["elsewhere", 1]]) == [[4, True]] * 12


def test_what_becomes_grave_is_grave_in_clusters_made_before() -> None:
    script = (
        LEVELS
        + """const before = levels.map(([, l]) => Math.max(...l.rank));
      const moved = columns.judge({ unknown: [3], alerts: new Map([["d9", 1]]) }); clusters.judge();
      say([Math.max(...before), moved, levels.map(([, l]) => Math.max(...l.rank)), columns.tally(), columns.judge({})])"""
    )
    before, moved, after, tally, back = run(script, told=city(60, signs="d" * 2 + "." * 58), alerts=[["d0", 1]])
    assert (before, moved, set(after), back) == (0, True, {5}, True)  # a drill is never grave
    assert tally == {"count": 60, "unknown": 1, "worst": 1, "drills": 2, "flawed": 0}


def test_without_states_nothing_is_known_but_alerts() -> None:
    script = 'const c = new P.PointColumns(told); c.judge({ known: false, alerts: new Map([["d1", 3]]) }); say([[...c.rank], c.tally()])'
    assert run(script, told=city(3)) == [[1, 3, 1], {"count": 3, "unknown": 2, "worst": 3, "drills": 0, "flawed": 0}]


def test_what_a_census_found_wrong_is_no_severity() -> None:
    script = "const c = new P.PointColumns(told); c.judge({ unknown: [] }); say([[...c.rank], c.tally()])"
    assert run(script, told=city(3, signs=".!?")) == [[0, 2, 1], {"count": 3, "unknown": 1, "worst": None, "drills": 0, "flawed": 1}]


def test_a_cluster_opens_where_it_falls_apart_and_never_where_all_stand_on_one_pole() -> None:
    places = np.array([[119_900_000, 31_780_000]] * 3 + [[119_900_400, 31_780_000]], np.int32)
    told = columns_told(places, ["a", "b", "c", "d"], [""] * 4, "....", "v")
    script = (
        LEVELS
        + """const top = clusters.level(C.SHALLOWEST); const z = clusters.opensAt(C.SHALLOWEST, 0);
      const l = clusters.level(z); const pole = [...l.count].indexOf(3);
      say([top.many, z > 14, [...l.count].sort(), clusters.opensAt(C.DEEPEST, [...clusters.level(C.DEEPEST).count].indexOf(3)),
           clusters.points(z, pole, 9).map((at) => columns.codes[at])])"""
    )
    assert run(script, told=told, alerts=[]) == [1, True, [1, 3], None, ["a", "b", "c"]]


def test_a_click_on_fifty_thousand_points_is_one_pass_a_level() -> None:
    """Under a second on any machine; a pass a point took minutes."""
    spread = """const count = 50_000, at = (number, by) => (number < 0 ? 0 : 30_000_000 + ((number * by) % 90_000));
      const steps = (by) => Array.from({ length: count }, (_, number) => at(number, by) - at(number - 1, by));
      const told = { count, codes: Array.from({ length: count }, (_, number) => `d${number}`), lon: steps(7919), lat: steps(10_477), kinds: ["a"], kind: new Array(count).fill(0), signs: ".".repeat(count) };"""
    script = (
        spread
        + LEVELS
        + """const begun = performance.now(); const found = clusters.points(C.SHALLOWEST, 0, 3);
      say([clusters.level(C.SHALLOWEST).many, found.map((at) => columns.codes[at]), performance.now() - begun])"""
    )
    many, found, spent = run(script, alerts=[["d40000", 1], ["d9", 3]])
    assert (many, found[:2]) == (1, ["d40000", "d9"])
    assert spent < 1000


CARD = """
globalThis.matchMedia = () => ({ matches: true });
const { cardOf } = await import(home + "/map-points-card.js");
const district = { config: { reader: "duty", timezone: "Asia/Shanghai" }, live: { now: () => Date.parse("2026-11-22T08:00:00Z") } };
const card = async (name, live) => {
  const { lines, said, image, ways } = await cardOf({ name, live, district, ask: async () => rows[name] }, "c1");
  return { state: lines[0][1], updated: lines.at(-1)[1], said, image: image ?? null, ways: ways.length };
};
"""
PLACE = {"code": "c1", "name": "c", "lon": 119.9, "lat": 31.8, "drill": False}
ROWS = {
    "cameras": {**PLACE, "state": "ok", "since": None, "values": [], "may_watch": True, "has_stream": True,
                "picture": {"media_id": 5, "taken_at": "2026-11-22T07:59:00Z"}},
    "resources": {**PLACE, "kind": "team", "busy": True, "quantity": None, "tags": [], "unit": "u", "address": "a",
                  "updated_at": "2026-11-22T07:00:00Z"},
}  # fmt: skip


def test_a_card_in_a_replay_tells_nothing_of_now() -> None:
    script = (
        CARD
        + """say([await card("cameras", true), await card("cameras", false), await card("resources", true), await card("resources", false)])"""
    )
    camera, camera_then, resource, resource_then = run(script, rows=ROWS, home=HERE)
    assert (camera["image"], camera["state"], camera["ways"]) == ("/api/v1/media/5", "layer.state.online", 2)
    assert (camera_then["image"], camera_then["state"], camera_then["ways"]) == (None, None, 1)
    assert camera_then["said"] == ["layer.replayed_picture"]
    assert (resource["state"], resource["said"]) == ("layer.state.busy", [])
    assert (resource_then["state"], resource_then["updated"], resource_then["said"]) == (None, None, ["layer.replayed_ledger"])


def decode(data: list[int]) -> list[dict[str, int]]:
    """The features of a vector tile, read by the letter of its specification: {id, x, y, n, w, d, k}."""

    def fields(chunk: bytes) -> list[tuple[int, Any]]:
        found: list[tuple[int, Any]] = []
        at = 0

        def varint() -> int:
            nonlocal at
            value = shift = 0
            while True:
                byte = chunk[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value

        while at < len(chunk):
            number, wire = divmod(varint(), 8)
            if wire == 0:
                found.append((number, varint()))
            else:
                size = varint()
                found.append((number, chunk[at : at + size]))
                at += size
        return found

    def numbers(chunk: bytes) -> list[int]:
        return [value for _, value in fields(b"".join(bytes([8]) + part for part in _varints(chunk)))]

    if not data:
        return []
    [(_, layer)] = fields(bytes(data))
    parts = fields(layer)
    keys = [value.decode() for number, value in parts if number == 3]
    values = [fields(value)[0][1] for number, value in parts if number == 4]
    assert (dict(parts)[15], dict(parts)[5], dict(parts)[1]) == (2, 4096, b"points")
    found = []
    for number, value in parts:
        if number == 2:
            feature = dict(fields(value))
            tags, (command, x, y) = numbers(feature[2]), numbers(feature[4])
            assert (command, feature[3]) == (9, 1)
            told = {keys[key]: values[one] for key, one in zip(tags[::2], tags[1::2], strict=True)}
            found.append({"id": feature[1], "x": (x >> 1) ^ -(x & 1), "y": (y >> 1) ^ -(y & 1), **told})
    return found


def _varints(chunk: bytes) -> list[bytes]:
    found, start = [], 0
    for at, byte in enumerate(chunk):
        if byte < 128:
            found.append(chunk[start : at + 1])
            start = at + 1
    return found


def test_the_tiles_of_a_zoom_hold_every_point_once_with_what_it_is() -> None:
    script = (
        LEVELS
        + """const level = clusters.level(14); const tiles = [];
      const span = (values) => [Math.floor(Math.min(...values) * 2 ** 14), Math.floor(Math.max(...values) * 2 ** 14)];
      const [[x0, x1], [y0, y1]] = [span(level.x), span(level.y)];
      for (let x = x0 - 1; x <= x1; x += 1) for (let y = y0; y <= y1 + 1; y += 1) tiles.push([...T.pointTile(level, 14, columns, [14, x, y])]);
      say([tiles, [...level.count], [...level.rank]])"""
    )
    tiles, counts, ranks = run(script, told=city(300), alerts=[["d5", 1]])
    found = [feature for tile in tiles for feature in decode(tile)]
    assert sorted(one["id"] for one in found) == [14 * 2**20 + number for number in range(len(counts))]
    assert all((one["n"], one["w"]) == (counts[one["id"] % 2**20], ranks[one["id"] % 2**20]) for one in found)
    assert sum(one["n"] for one in found) == 300
    assert max(one["w"] for one in found) == 5
    assert {(one["w"], one["s"]) for one in found} == {(0, 0), (5, 5)}
    assert all(0 <= one[axis] < 4096 for one in found for axis in "xy")


def test_one_silent_point_does_not_make_a_cluster_unknown() -> None:
    script = """const columns = new P.PointColumns(told); columns.judge({ unknown });
      const level = new C.Clusters(columns).level(C.SHALLOWEST); const seen = [];
      for (const tile of [[6, 53, 25], [6, 53, 26]]) seen.push([...T.pointTile(level, 6, columns, tile)]); say([[...level.unknown], ...seen])"""
    for unknown, look in (([], 0), ([2], 6), ([0, 1, 2, 3], 1)):
        counted, *tiles = run(script, told=city(4), unknown=unknown)
        assert sum(counted) == len(unknown)
        assert [one["s"] for tile in tiles for one in decode(tile)] == [look]


@settings(max_examples=4, deadline=None)
@given(places=st.lists(st.tuples(st.integers(-179_000_000, 179_000_000), st.integers(-80_000_000, 80_000_000)), min_size=1, max_size=50))
def test_places_travel_as_steps_and_come_back(places: list[tuple[int, int]]) -> None:
    count = len(places)
    told = columns_told(np.array(places, np.int32), [str(n) for n in range(count)], ["k"] * count, "." * count, "v")
    x, y = run("const c = new P.PointColumns(told); say([[...c.x], [...c.y]])", told=told)
    lon, lat = np.array(places).T / 1e6
    assert np.allclose(x, lon / 360 + 0.5, atol=1e-12)
    assert np.allclose(y, 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi), atol=1e-12)


OFFERED = [{"name": "devices"}, {"name": "warnings", "usual": True}, {"name": "cameras"}]


def test_what_is_shown_is_what_the_address_says_and_the_usual_needs_no_word() -> None:
    source = (Path(HERE.removeprefix("file://")) / "map-layers.js").read_text(encoding="utf-8")
    pure = "".join(
        line.removeprefix("export ") + "\n"
        for line in source[source.index("export const shownOf") : source.index("/** What a `District")].splitlines()
    )
    script = (
        pure
        + """say([null, ["cameras", "nobody", "devices"], []].map((words) => { const shown = shownOf(offered, words); return [shown, wordOf(offered, shown)]; }))"""
    )
    assert run(script, offered=OFFERED) == [[["warnings"], None], [["devices", "cameras"], "devices,cameras"], [[], "-"]]
