"""Where a reader of the recording stands and how the browser's Back leads there, run by Node: with a history as a browser keeps it, and our own address and recording."""

from typing import Any

from tests.in_node import modules

T0 = 1_795_320_000_000  # ms: 2026-11-22T04:00:00Z
modules_run = modules({"V": "view.js", "R": "recorded.js", "W": "replay-way.js"})

# A browser's history of one page, and a recording of ten hours before T0 + 0 in which every moment can be shown. Time passes by hand.
WORLD = """
let now = 0; performance.now = () => now; const due = []; globalThis.setTimeout = (act) => due.push(act); globalThis.setInterval = () => 0;
const entries = [start]; let here = 0;
const page = Object.assign(new EventTarget(), { location: { pathname: "/replay", get search() { return entries[here]; } },
  history: { state: null, replaceState: (_, __, path) => (entries[here] = path.slice(7)), pushState: (_, __, path) => { entries.splice(here + 1, 99, path.slice(7)); here += 1; } } });
const back = () => { here -= 1; page.dispatchEvent(new Event("popstate")); };
const iso = (ms) => new Date(ms).toISOString();
const ask = async (path) => path === "/replay" ? { at: iso(T0), spans: [[iso(T0 - 36_000_000), iso(T0)]], still: [], kept_s: 1 }
  : path.includes("moment") ? { sequence: 1, delta: null, snapshot: { sequence: 1, at: iso(T0), live: {}, area: { timezone: "UTC" }, streets: {}, trend: {} } } : { deltas: [], until: iso(T0) };
const view = new V.View(page), recorded = new R.Recorded("replay", ask, () => now);
await recorded.look();
const way = new W.Way({ view, page, recorded, windows: { "1h": 3_600, "6h": 21_600, "24h": 86_400 }, speeds: [1, 10, 60], steady: () => now });
const at = (minutes) => T0 - 18_000_000 + minutes * 60_000; // minutes of the middle of the recording
const shown = () => [(recorded.at - at(0)) / 60_000, way.name, (way.to - at(0)) / 60_000, recorded.speed, recorded.playing];
const settle = () => due.splice(0).forEach((act) => act());
const rest = () => { now += 5_000; settle(); };
const play = async (ms, speed) => { recorded.play(speed); for (let gone = 0; gone < ms; gone += 250) { now += 250; recorded.tick(); settle(); await new Promise((go) => setImmediate(go)); } };
const opened = async (minutes) => { way.open(view.moment() ?? at(minutes)); await way.seek(view.moment() ?? at(minutes)); rest(); };
"""


def run(script: str, start: str = "") -> Any:
    return modules_run(WORLD + script, start=start, T0=T0)


def test_back_restores_moment_strip_and_speed_of_each_rest_of_the_hand() -> None:
    found = run("""await opened(0); const seen = [shown()];
      way.window("6h"); seen.push(shown()); rest(); way.pace(60); seen.push(shown()); rest(); await way.go(at(200)); seen.push(shown());
      const led = [shown()]; for (let n = 0; n < 3; n += 1) { back(); led.push(shown()); } say([seen, led, entries.length]);""")
    seen, led, entries = found
    assert seen == [[0, "1h", 42, 1, False], [0, "6h", 252, 1, False], [0, "6h", 252, 60, False], [200, "6h", 252, 60, False]]
    assert led == seen[::-1]
    assert entries == 4


def test_a_hand_that_does_not_rest_makes_one_step() -> None:
    assert run("""await opened(0); for (let n = 1; n <= 200; n += 1) { now += 30; await way.go(at(n / 10)); }
      const many = [entries.length, shown()[0]]; back(); say([many, shown()[0], entries.length]);""") == [[2, 20], 0, 2]


def test_back_while_it_plays_pauses_where_the_hand_was_before() -> None:
    found = run("""await opened(0); await way.go(at(10)); rest(); await play(15_000, 1); const [played] = shown();
      await way.go(at(40)); const before = recorded.playing; rest(); back(); const first = shown();
      recorded.play(); back(); say([before, played, first, shown()]);""")
    assert found[0], "a jump plays on"
    assert 10.1 < found[1] < 10.3
    assert abs(found[2][0] - found[1]) < 0.02, "the address tells seconds"
    assert found[2][1:] == ["1h", 42, 1, False]
    assert found[3] == [0, "1h", 42, 1, False]


def test_back_from_something_else_pauses_too() -> None:
    assert run("""await opened(0); await play(1_000, 1); view.set({ area: "32" }, { step: true }); const on = recorded.playing; back(); say([on, recorded.playing, view.get("area")]);""") == [
        True, False, ""]  # fmt: skip


def test_the_play_makes_no_steps_and_takes_the_strip_along() -> None:
    found = run("""await opened(0); await play(100_000, 60); recorded.pause(); way.write(); settle();
      say([entries.length, shown()[1], shown()[2] > 42, Math.abs(view.moment() - recorded.at) < 1000, Date.parse(view.get("to")) === way.to]);""")
    assert found == [1, "1h", True, True, True]


def test_a_link_shows_the_strip_and_the_speed_of_who_sent_it() -> None:
    sent = run(
        'await opened(0); way.window("24h"); rest(); way.pace(10); rest(); await way.go(at(-120)); rest(); say([entries[here], shown()])'
    )
    assert run("await opened(7); say([entries[here], shown()])", start=sent[0]) == sent


def test_words_nobody_can_follow_are_as_if_they_were_not_there() -> None:
    assert run("await opened(0); say(shown())", start="?at=2026-11-21T23:00:00Z&to=never&window=era&speed=7") == [0, "1h", 42, 1, False]
    assert run("await opened(0); say(shown())", start="?at=2026-11-21T23:00:00Z&to=2026-11-21T10:00:00Z") == [0, "1h", 42, 1, False]
