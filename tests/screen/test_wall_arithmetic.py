"""What a wall decides in the browser, run by Node: its layout, its domain, its own figures and the word why one is unknown."""

import json
from typing import Any

import pytest

from core.config import Config
from projector.figures import DOMAIN_FIGURES
from tests.screen.test_browser_state import HERE, ROOT, run_alone

MODULES = {"S": "state", "D": "domain", "A": "area", "G": "wall-grid", "T": "wall-tiles"}
MODULES |= {"C": "wall-classes", "F": "wall-figures", "R": "wall-trend", "O": "wall-order"}
# Some of the modules also draw: what they ask of a browser when they load is answered for them.
IMPORTS = "globalThis.matchMedia = () => ({ matches: true });" + "".join(
    f'const {name} = await import("{HERE}/{file}.js");' for name, file in MODULES.items()
)
STREET = "320404001"
WATER = dict(zip(DOMAIN_FIGURES, [4, 3, 1, 0, 1, 0, 0, 2, 1, 5, 2, 6, 7, 8, 9, 10, 120.0, 2], strict=True))
FIGURES = {"devices": 10, "online": 9, "unack": 7, "alerts": {"1": 7}, "vitals": {"rain": [3, 2, 1, 2, 100, 3]}, "readings_minute": 40,
           "domains": {"water": list(WATER.values())}}  # fmt: skip
ROWS = {
    "alerts": [
        {"id": 1, "severity": 2, "stage": "unack", "domain": "water", "class_code": "0502", "area": STREET, "version": 1},
        {"id": 2, "severity": 2, "stage": "unack", "domain": "emergency", "class_code": "0501", "area": STREET, "version": 1},
        {"id": 3, "severity": 2, "stage": "unack", "domain": "water", "class_code": "0502", "drill": True, "area": STREET, "version": 1},
        {"id": 4, "severity": 2, "stage": "acked", "domain": "water", "class_code": "0502", "verdict": "test", "area": STREET, "version": 1},
        {"id": 5, "severity": 5, "stage": "unack", "domain": None, "subject": "platform/worker", "area": STREET, "version": 1},
    ],
    "cases": [{"number": "a", "stage": "handling", "class_code": "0502", "area": STREET, "version": 1}],
    "incidents": [{"id": 1, "stage": "open", "domain": "water", "area": STREET, "version": 1},
                  {"id": 2, "stage": "handling", "domain": "urban", "owner_id": 7, "area": STREET, "version": 1}],
    "reports": [
        {"id": 1, "stage": "open", "channel": "weather", "area": STREET, "version": 1, "ends_at": "2026-11-21T06:00:00Z"},
        {"id": 2, "stage": "confirmed", "channel": "weather", "area": STREET, "version": 1, "ends_at": "2026-11-21T03:00:00Z"},
        {"id": 3, "stage": "open", "channel": "weather", "area": STREET, "version": 1, "ended_at": "2026-11-21T03:00:00Z"},
        {"id": 4, "stage": "open", "channel": "hotline", "class_code": "0101", "area": STREET, "version": 1},
    ],
}  # fmt: skip
SNAPSHOT = {
    "sequence": 4, "at": "2026-11-21T04:00:00Z", "streets": {STREET: {"figures": FIGURES, **ROWS}},
    "trend": {"bucket_s": 900, "today": [[900, 5]], "yesterday": [[0, 4]], "domains": {"water": {"today": [[900, 2]], "yesterday": [[0, 1]]}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def told(config: Config) -> Any:
    """Everything asked of Node at once."""
    classes = {code: {"domain": one.domain} for code, one in config.classes.items()}
    layouts = {name: one.model_dump() for name, one in config.screens.layouts.items()}
    sizes = [(1920, 1080), (3840, 2160), (5760, 1080), (7680, 2160), (3840, 1080), (1366, 768), (1180, 820), (820, 1180), (1600, 900)]
    script = """
    const state = S.takeSnapshot(snapshot), mine = D.belongs("water", classes), part = D.ofDomain(state, "water", mine), total = S.sums(part);
    S.applyDelta(state, {sequence: 5, at: "2026-11-21T04:00:20Z", streets: {[street]: {alerts: [
      {id: 9, severity: 2, stage: "unack", domain: "water", raised_at: "2026-11-21T04:00:10Z", area: street, version: 1},
      {id: 10, severity: 2, stage: "unack", domain: "urban", raised_at: "2026-11-21T04:00:10Z", area: street, version: 1}]}}});
    const old = S.takeSnapshot({...snapshot, streets: {[street]: {figures: {...snapshot.streets[street].figures, domains: undefined}}}});
    const now = Date.parse(snapshot.at), count = (tile, of = part) => T.countTile({classes: [], channels: [], ...tile}, of);
    const full = S.takeSnapshot({...snapshot, streets: {[street]: {alerts: Array.from({length: 2000}, (_, id) => ({id, severity: 3, stage: "unack"}))}}});
    console.log(JSON.stringify({
      layouts: sizes.map(([width, height]) => G.chooseLayout(layouts, {width, height})),
      wanted: G.chooseLayout(layouts, {width: 1920, height: 1080}, "wide"), unknown: G.chooseLayout(layouts, {width: 1920, height: 1080}, "none"),
      none: G.chooseLayout({}, {width: 1, height: 1}), css: G.cssOf({columns: ["27rem", "1.5fr"], rows: ["1fr"], areas: ["kpis map"], gap: 1}),
      total: {...total, vitals: total.vitals}, rows: Object.fromEntries(["alerts", "cases", "incidents", "reports"].map((list) => [list, [...part[list].keys()]])),
      city: D.ofDomain(state, null, mine) === state, trend: [...D.ofDomain(state, "water", mine).trend.today],
      silent: S.sums(D.ofDomain(old, "water", mine)).unack, below: S.sums(A.narrow(part, street + "001")).devices,
      tiles: [count({count: "alerts", classes: ["0502"]}), count({count: "reports", channels: ["hotline"]}, state), count({count: "alerts"}, S.emptyState()), count({count: "alerts"}, full)],
      lists: T.countLists(part, now), classes: C.byClass(part),
      why: [["pumps", {tile: {count: null}}], ["rain_max", {vital: {of: 3}}], ["rain_max", {vital: {of: 0}}], ["in_time_rate", {total: {known: true}}],
            ["alerts_open", {total: {known: false}}], ["alerts_open", {known: true}]].map(([name, facts]) => T.whyUnknown(name, facts)),
    }));"""
    return run_alone(IMPORTS + script, snapshot=SNAPSHOT, classes=classes, layouts=layouts, sizes=sizes, street=STREET)


def test_a_screen_takes_the_layout_that_asks_for_most_of_what_it_has(told: Any) -> None:
    assert told["layouts"] == ["standard", "standard", "panorama", "wide", "wide", "desk", "tablet", "tablet", "standard"]
    assert (told["wanted"], told["unknown"], told["none"]) == ("wide", "standard", "")
    assert told["css"] == {"gridTemplateColumns": "27rem minmax(0, 1.5fr)", "gridTemplateRows": "minmax(0, 1fr)",
                           "gridTemplateAreas": '"kpis map"', "gap": "1rem"}  # fmt: skip


def test_a_wall_of_a_domain_shows_what_the_server_counted_of_it(told: Any) -> None:
    total = told["total"]
    names = (
        "devices",
        "online",
        "silent",
        "unack",
        "cases_open",
        "cases_overdue",
        "cases_today",
        "closed_in_time",
        "due_today",
        "reports_today",
    )
    assert {name: total[name] for name in names} == {name: WATER[name] for name in names}
    assert total["alerts"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 2}
    assert total["response"] == [120, 2]
    assert total["vitals"]["rain"]["of"] == 3
    assert told["city"], "the wall of the city narrows nothing"


def test_its_rows_are_its_own_and_what_concerns_all(told: Any) -> None:
    assert told["rows"] == {"alerts": [1, 3, 4, 5], "cases": ["a"], "incidents": [1], "reports": [1, 2, 3]}


def test_the_curve_of_a_domain_goes_on_between_snapshots_with_its_own_rows(told: Any) -> None:
    assert told["trend"] == [[900, 2], [1_795_233_600, 1]]


def test_what_a_server_did_not_count_is_unknown_and_never_nought(told: Any) -> None:
    assert told["silent"] is None
    assert told["below"] is None, "devices are kept by street"


def test_a_tile_counts_no_drills_and_no_tests_and_says_when_there_may_be_more(told: Any) -> None:
    assert told["tiles"] == [
        {"value": 1, "least": False}, {"value": 1, "least": False}, {"value": None, "least": False}, {"value": 2000, "least": True},
    ]  # fmt: skip


def test_a_warning_is_in_force_until_it_ends(told: Any) -> None:
    assert told["lists"] == {"incidents_open": 1, "incidents_unowned": 1, "reports_open": 2, "warnings_open": 1}


def test_classes_are_counted_from_the_same_rows(told: Any) -> None:
    assert told["classes"] == [{"code": "0502", "alerts": 1, "cases": 1}]


def test_an_unknown_figure_says_why(told: Any) -> None:
    assert told["why"] == ["tile.planned", "tile.silent", "tile.no_data", "tile.no_base", "tile.waiting", ""]


def test_where_less_is_worse_the_level_turns_round() -> None:
    script = """console.log(JSON.stringify([[null, 5, 2], [6, 5, 2], [3, 5, 2], [2, 5, 2], [30, 35, 75], [50, 35, 75], [75, 35, 75], [3, null, null]]
      .map(([value, good, bad]) => F.levelOf(value, {good, bad}))));"""
    assert run_alone(IMPORTS + script) == ["unknown", "good", "between", "bad", "good", "between", "bad", "good"]


def test_python_and_the_browser_send_a_domains_figures_in_one_order() -> None:
    text = (ROOT / "assets" / "domain.js").read_text(encoding="utf-8")
    named = json.loads("[" + text.split("const NAMES = [", 1)[1].split("]", 1)[0].rstrip().rstrip(",") + "]")
    assert named == list(DOMAIN_FIGURES)


def test_below_a_street_nothing_counted_by_street_is_nought_and_each_dash_says_so() -> None:
    script = """
    const state = S.takeSnapshot(snapshot), city = S.sums(state), part = A.narrow(state, street + "001"), below = S.sums(part);
    const why = (name, facts) => T.whyUnknown(name, { total: below, of: part.of, ...facts });
    console.log(JSON.stringify({
      told: ["response" in city.told, "response" in below.told], of: [state.of ?? null, A.narrow(state, street).of ?? null, part.of],
      why: [why("devices_online", {}), why("rain_max", { vital: { of: 0 } }), why("pumps", { tile: { count: null } }), why("signals_today", {}),
            T.whyUnknown("signals_today", { total: city, of: "area" }), why("alerts_open", { known: true })],
    }));"""
    with_times = {**SNAPSHOT, "streets": {STREET: {"figures": {**FIGURES, "response_s": [60, 1]}}, "320404002": {"figures": FIGURES}}}
    told = run_alone(IMPORTS + script, snapshot=with_times, street=STREET)
    assert told == {
        "told": [True, False], "of": [None, "area", "part"],
        "why": ["tile.by_street", "tile.by_street", "tile.planned", "tile.city_only", "tile.city_only", ""],
    }  # fmt: skip


def test_the_trend_leaves_the_hours_to_come_blank_and_tells_nought_only_where_a_day_was_told() -> None:
    script = """
    const plot = (today, yesterday) => R.plotOf({ today: new Map(today), yesterday: new Map(yesterday), bucket_s: 900 }, day, day + 3 * 900 + 60);
    const full = plot([[day, 3], [day + 1800, 7], [day + 2700, 2]], [[day - 86400, 1]]);
    console.log(JSON.stringify({
      full: { ...full, before: [full.before.length, full.before[0]] }, none: plot([], []), alone: plot([], [[day - 900, 4]]).done.length, first: plot([[day, 1]], []).before,
      steps: [0, 1, 4, 5, 9, 40, 41, 99, 1234].map(R.stepOf),
    }));"""
    told = run_alone(IMPORTS + script, day=1_795_190_400)
    assert told["full"] == {
        "before": [96, [0, 1]], "done": [[0, 3], [900 / 86400, 0], [1800 / 86400, 7]], "running": [2700 / 86400, 2], "ticks": [0, 2, 4, 6, 8],
    }  # fmt: skip
    assert told["none"] == {"before": [], "done": [], "running": None, "ticks": [0, 1]}
    assert (told["alone"], told["first"]) == (3, [])
    assert told["steps"] == [1, 1, 1, 2, 5, 10, 20, 50, 500]


def test_a_count_too_long_for_a_glance_is_written_short_and_no_measure_ever_is() -> None:
    script = """console.log(JSON.stringify([[99999], [100000], [496233], [4963233], [NaN], [123456.7, 1]]
      .map(([value, decimals]) => F.compact({ value, decimals }))));"""
    assert run_alone(IMPORTS + script) == [None, "10万", "49.6万", "496.3万", None, None]


def test_a_grave_alert_nobody_has_seen_stays_on_top_of_newer_mild_ones_and_a_drill_does_not() -> None:
    script = """
    const row = (id, severity, stage, more) => ({ id, severity, stage, raised_at: `2026-11-22T02:4${id}:00Z`, ...more });
    const rows = [row(0, 2, "unack"), row(1, 1, "unack"), row(2, 1, "acked"), row(3, 3, "unack"), row(4, 4, "unack"), row(5, 5, "unack"),
                  row(6, 1, "unack", { drill: true }), row(7, 5, "unack", { back: true }), row(8, 1, "unack", { hold: "shelved" })];
    console.log(JSON.stringify(rows.sort(O.alertOrder((a) => Boolean(a.back))).map(({ id }) => id)));"""
    assert run_alone(IMPORTS + script) == [1, 0, 8, 6, 4, 3, 2, 5, 7]
