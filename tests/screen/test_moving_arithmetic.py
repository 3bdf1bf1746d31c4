"""What the layers of warnings, heat and movers work out for themselves, run by Node: ends, grounds, colours, ages; and that a drill says so."""

import base64
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.in_node import modules

ASSETS = Path(__file__).resolve().parents[2] / "assets"
run = modules({"W": "map-warnings.js", "H": "map-heat-field.js", "M": "map-movers.js", "K": "map-works.js", "T": "text.js"})
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 9], [0, 3], [0, 0]]]}


def test_a_warning_goes_when_its_end_has_passed_and_stays_without_one() -> None:
    rows = [{"id": 1, "ends_at": "2026-11-21T12:00:00Z"}, {"id": 2, "ends_at": "2026-11-21T13:00:00Z"}, {"id": 3, "ends_at": None}]
    assert run("say(W.inForce(rows, Date.parse('2026-11-21T12:00:00Z')).map((row) => row.id))", rows=rows) == [2, 3]


def test_warnings_of_one_area_share_its_ground_and_its_words_stand_at_the_north() -> None:
    rows = [
        {"id": 1, "area": "32", "geometry": None},
        {"id": 2, "area": "32", "geometry": SQUARE},
        {"id": 3, "area": "32"},
        {"id": 4, "area": "99"},
    ]
    told = run(
        "say([W.byGround(rows, areas).map((one) => [one.told, one.rows.map((row) => row.id)]), W.topOf(areas['32'])])",
        rows=rows,
        areas={"32": SQUARE},
    )
    assert told == [[[False, [1, 3]], [True, [2]]], [4, 9]]  # 99: an area without an outline is on no map


def test_the_address_says_what_the_heat_counts_and_nonsense_is_the_usual() -> None:
    words = ["", "cases,7d", "alerts", "sins,9y", "cases,1h"]
    assert run("say(words.map(H.readHeat))", words=words) == [
        ["complaints", "24h"], ["cases", "7d"], ["alerts", "24h"], ["complaints", "24h"], ["cases", "1h"],
    ]  # fmt: skip


def test_works_of_a_replay_are_as_their_span_says_and_nobody_knows_their_hours() -> None:
    row = {"starts_at": "2026-11-22T08:00:00+08:00", "ends_at": "2026-11-22T18:00:00+08:00", "state": "over", "at_work": False}
    moments = [1_795_305_599_999, 1_795_305_600_000, 1_795_341_599_999, 1_795_341_600_000]
    told = run("say(moments.map((moment) => K.factsAt(row, moment)).map((one) => [one.state, one.at_work]))", row=row, moments=moments)
    assert told == [["planned", None], ["under_way", None], ["under_way", None], ["over", None]]


@pytest.mark.parametrize(("path", "asked"), [("/map/heat?heat=cases", True), ("/works?from=1", False)])
def test_a_layer_that_names_its_own_span_is_not_asked_for_a_moment(path: str, asked: bool) -> None:  # `/works` knows no `at`
    script = """globalThis.document = {}; Object.assign(globalThis, { location: { search: "?area=32", pathname: "/" }, addEventListener: () => {} });
      const { Asked } = await import(home + "/map-asked.js"); const heard = [];
      const district = { live: { asOf: "x", now: () => 0 } };
      await new Asked({ district, ask: async (path) => heard.push(path), path: () => path, spans: !asked, pace_s: 9, take() {}, fail() {} }).first;
      say(heard)"""
    assert run(script, path=path, asked=asked, home=ASSETS.as_uri()) == [
        f"{path}&area=32" + ("&at=1970-01-01T00%3A00%3A00.000Z" if asked else "")
    ]


@pytest.mark.parametrize(("theme", "brighter"), [("night", True), ("day", False)])
def test_more_is_told_by_lightness_too_and_nothing_is_clear(theme: str, brighter: bool) -> None:
    colours = run("say(Array.from({ length: 256 }, (_, value) => H.colourOf(value, H.RAMPS[theme])))", theme=theme)
    assert colours[0] == [0, 0, 0, 0]
    seen = [colour for colour in colours if colour[3]]
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b, _ in seen]
    rises = [after - before for before, after in pairwise(light)]
    assert all(step >= -1 if brighter else step <= 1 for step in rises)
    assert [colour[3] for colour in seen] == sorted(colour[3] for colour in seen)


def test_the_field_comes_through_as_pixels() -> None:
    packed = base64.b64encode(bytes([0, 255, 128])).decode()
    pixels = run("say([...H.pixelsOf(packed, ['#000000', '#ffffff'])])", packed=packed)
    assert (len(pixels), pixels[:4], pixels[4:7]) == (12, [0, 0, 0, 0], [255, 255, 255])


def test_a_place_is_stale_when_it_is_older_than_the_server_says() -> None:
    script = "const now = Date.parse('2026-11-21T12:02:00Z'); say([119, 121].map((s) => M.isStale({ at: '2026-11-21T12:00:00Z' }, now, s)))"
    assert run(script) == [True, False]


def test_works_at_a_point_with_a_radius_lie_on_a_circle() -> None:
    point = {"type": "Point", "coordinates": [119.9, 31.78]}
    told = run(
        "say([K.groundOf({ geometry, properties: { radius_m: 100 } })?.length, K.groundOf({ geometry, properties: { radius_m: 0 } })])",
        geometry=point,
    )
    assert told == [97, None]


def test_the_title_of_a_drill_begins_with_it() -> None:
    assert run("say([T.titled({ title: 'a' }), T.titled({ title: 'a', drill: true }), T.titled({ drill: true }, 'b')])") == [
        "a",
        "row.drill",
        "row.drill",
    ]


def test_english_stays_english_when_two_ask_for_the_same_texts_at_once() -> None:
    script = """
    globalThis.fetch = (url) => new Promise((come) => { // Chinese comes late
      const en = String(url).includes("en.json");
      setTimeout(() => come({ ok: true, json: async () => ({ key: en ? "word" : "词" }) }), en ? 1 : 20);
    });
    await Promise.all([T.loadText("en", "x"), T.loadText("en", "x").then(() => told.push(T.t("key")))]);
    say([...told, T.t("key")]);
    """
    assert run(script, told=[]) == ["word", "word"]


# Where a name is drawn of what cannot be a drill, or beside a mark that its caller draws.
NO_DRILLS = {
    "admin-roster", "admin-routing-trial", "admin-screens", "admin-standards", "admin-substitutions", "admin-unit", "me",  # people, units, rules
    "analysis-exceedances", "analysis-trends", "analysis-words", "cockpit-figure", "cockpit-indicator", "cockpit-ranks", "cockpit-since", "cockpit",
    "theme", "analysis-spots",  # figures and their rows: no drill is among them
    "camera-wall-map", "screen-cast", "incident-emergency", "incident-resources",  # the head above them says it
    "dispatch-tabs", "duty-queue", "duty-record",  # looks for words, orders, or names what is already open
    "titles",  # puts words into the reader's language; who draws them says it
    "field-report", "field-store", "ledger-file", "map-works", "works-near", "works-ledger",  # none of theirs is played
}  # fmt: skip
DRAWS = re.compile(r"\b(?:row|noun|one|item|like|alert|hit|other|device)\.(?:title|name)\b")
SAYS = re.compile(r"titled|drill|marksOf")


def test_no_script_draws_the_name_of_something_without_saying_that_it_is_a_drill() -> None:
    silent = {file.stem for file in ASSETS.glob("*.js") if DRAWS.search(text := file.read_text("utf-8")) and not SAYS.search(text)}
    assert silent <= NO_DRILLS, f"say whether it is a drill: {sorted(silent - NO_DRILLS)}"
