"""The browser's own arithmetic, run by Node: deltas applied twice, late, or to the wrong sums would make the wall lie."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.present import node

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Any]

ALERT = {"id": 7, "stage": "unack", "severity": 2, "version": 1, "raised_at": "2026-11-21T04:05:00Z"}
PART = {
    "figures": {"devices": 10, "online": 9, "alerts": {"2": 1}, "response_s": [600, 2], "vitals": {"pm25": [70, 2, 30, 40, 100]}},
    "cells": {"risk": [[1, 2, 3], [0, 5, -1]]},
    "alerts": [ALERT],
    "cases": [],
}
SNAPSHOT = {
    "sequence": 4,
    "at": "2026-11-21T04:00:00Z",
    "streets": {"320404001": PART, "320404002": {"figures": {"devices": 5, "online": 5, "vitals": {"pm25": [20, 1, 20, 20, 160]}}}},
    "trend": {"bucket_s": 900, "today": [[1763697600, 2]], "yesterday": []},
}


HERE = (ROOT / "assets").as_uri()
# One Node for all: a line in is a script and its constants, a line out is what it printed, or why it failed.
DRIVER = f"""import * as S from "{HERE}/state.js"; import {{ Events }} from "{HERE}/stream.js"; import {{ createInterface }} from "node:readline";
const Async = (async () => {{}}).constructor;
for await (const line of createInterface({{ input: process.stdin }})) {{
  const {{ script, values }} = JSON.parse(line), told = [];
  const names = Object.keys(values), screen = {{ ...console, log: (text) => told.push(text) }};
  try {{ await new Async("S", "Events", "console", ...names, script)(S, Events, screen, ...Object.values(values)); }}
  catch (error) {{ told.push(JSON.stringify({{ failed: error.stack }})); }}
  process.stdout.write(told.join("") + "\\n");
}}"""


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """What a script prints as JSON; the names of `values` are constants in it, `S` and `Events` our modules."""
    driver = subprocess.Popen(
        [node(), "--input-type=module", "-e", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert driver.stdin is not None
    assert driver.stdout is not None
    to, back = driver.stdin, driver.stdout

    def ask(script: str, **values: Any) -> Any:
        to.write(json.dumps({"script": script, "values": values}) + "\n")
        to.flush()
        told = json.loads(back.readline())
        assert not (isinstance(told, dict) and "failed" in told), told
        return told

    with driver:
        yield ask
        to.close()


def run_alone(script: str, **values: Any) -> Any:
    """What a module script prints as JSON, in a Node of its own whose timers run twenty times faster than they say."""
    given = "".join(f"const {name}={json.dumps(value)};" for name, value in values.items())
    hurry = """for (const name of ["setTimeout", "setInterval"]) {
        const real = globalThis[name]; globalThis[name] = (act, ms, ...rest) => real(act, ms / 20, ...rest); }"""
    done = subprocess.run(
        [node(), "--input-type=module", "-"], input=given + hurry + script, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_figures_are_sums_over_streets_and_what_nobody_tells_is_null(run: Run) -> None:
    total = run("console.log(JSON.stringify(S.sums(S.takeSnapshot(snapshot))))", snapshot=SNAPSHOT)
    assert (total["devices"], total["online"], total["alerts"]["2"], total["cases_open"]) == (15, 14, 1, None)
    assert total["response"] == [600, 2]


def test_a_mean_is_weighted_by_its_devices_and_as_old_as_its_newest_reading(run: Run) -> None:
    script = "const v=S.sums(S.takeSnapshot(snapshot)).vitals.pm25; console.log(JSON.stringify([S.foldVital(v,'mean'),S.foldVital(v,'max'),v.newest]))"
    assert run(script, snapshot=SNAPSHOT) == [30, 40, 160]


def test_a_delta_applied_twice_changes_nothing_the_second_time(run: Run) -> None:
    delta = {"sequence": 5, "at": "2026-11-21T04:06:00Z", "streets": {"320404001": {**PART, "cells": {"risk": [[1], [3]]}}}}
    script = """const s=S.takeSnapshot(snapshot); const show=()=>JSON.stringify([S.sums(s),[...S.classCounts(s,'risk')],[...s.alerts.keys()],[...s.trend.today]]);
    S.applyDelta(s,delta); const once=show(); const again=S.applyDelta(s,delta); console.log(JSON.stringify([once===show(), again.cells.get('risk')]))"""
    assert run(script, snapshot=SNAPSHOT, delta=delta) == [True, []]


def test_cells_per_class_tie_to_the_number_of_cells(run: Run) -> None:
    delta = {"sequence": 5, "at": "x", "streets": {"320404001": {"cells": {"risk": [[1, 3, 9], [5, 2, 9]]}}}}
    script = "const s=S.takeSnapshot(snapshot); S.applyDelta(s,delta); console.log(JSON.stringify([...S.classCounts(s,'risk')]))"
    counts = run(script, snapshot=SNAPSHOT, delta=delta)
    assert counts == [0, 0, 0, 1, 0, 0, 3]
    assert sum(counts) == 4


def test_an_alert_back_to_normal_leaves_the_list_and_an_older_version_never_returns(run: Run) -> None:
    steps = [{**ALERT, "version": 3, "stage": "acked"}, {**ALERT, "version": 2}, {**ALERT, "version": 4, "stage": "normal"}]
    script = """const s=S.takeSnapshot(snapshot); const seen=[];
    steps.forEach((a,i)=>{S.applyDelta(s,{sequence:5+i,at:'x',streets:{'320404001':{alerts:[a]}}}); seen.push(s.alerts.get(7)?.stage ?? null)}); console.log(JSON.stringify(seen))"""
    assert run(script, snapshot=SNAPSHOT, steps=steps) == ["acked", "acked", None]


def test_a_new_alert_counts_once_among_todays_signals(run: Run) -> None:
    new = {**ALERT, "id": 8, "raised_at": "2026-11-21T04:01:00Z"}
    script = """const s=S.takeSnapshot(snapshot); for (const n of [5,6]) S.applyDelta(s,{sequence:n,at:'x',streets:{'320404001':{alerts:[alert]}}});
    console.log(JSON.stringify([...s.trend.today.values()].reduce((a,b)=>a+b,0)))"""
    assert run(script, snapshot=SNAPSHOT, alert=new) == 3


def test_a_drill_counts_among_no_signals_and_no_work_and_marks_the_whole_picture(run: Run) -> None:
    alert = {**ALERT, "id": 8, "raised_at": "2026-11-21T04:01:00Z", "drill": True}
    case = {"number": "C2", "severity": 1, "stage": "handling", "drill": True, "overdue": True}
    drills = {"alerts": [alert], "cases": [case]}
    script = """const s=S.takeSnapshot(snapshot); const before=[s.drill, JSON.stringify(S.workOf(s))];
    S.applyDelta(s,{sequence:5,at:'x',streets:{'320404001':drills}});
    console.log(JSON.stringify([before[0], s.drill, before[1]===JSON.stringify(S.workOf(s)), [...s.trend.today.values()].reduce((a,b)=>a+b,0), s.alerts.size]))"""
    assert run(script, snapshot=SNAPSHOT, drills=drills) == [False, True, True, 2, 2]


def test_what_is_held_waits_for_nobody_and_a_domain_counts_its_own(run: Run) -> None:
    rows = [
        {**ALERT, "id": 8, "hold": "shelved"},
        {**ALERT, "id": 9, "stage": "acked", "severity": 5},
        {**ALERT, "id": 10, "domain": "water"},
    ]
    cases = [
        {"number": "C1", "severity": 1, "stage": "on_site", "overdue": True, "domain": "water"},
        {"number": "C2", "severity": 1, "stage": "finished"},
    ]
    script = """const s=S.takeSnapshot(snapshot); S.applyDelta(s,{sequence:5,at:'x',streets:{'320404001':{alerts:rows,cases}}});
    console.log(JSON.stringify([S.workOf(s), S.workOf(s, (row)=>row.domain==='water')]))"""
    city, water = run(script, snapshot=SNAPSHOT, rows=rows, cases=cases)
    assert (city["alerts"], city["unack"]) == ({"1": 0, "2": 3, "3": 0, "4": 0, "5": 1}, 2)
    assert (city["cases"], city["overdue"], city["steps"]) == (2, 1, {"accept": 0, "dispatch": 0, "handle": 1, "check": 1})
    assert (water["alerts"]["2"], water["unack"], water["cases"], water["overdue"]) == (1, 1, 1, 1)


def test_a_picture_is_as_old_as_the_projectors_last_sign_of_life_and_no_beat_makes_it_younger(run: Run) -> None:
    script = """const s=S.takeSnapshot({...snapshot, live:{mode:'push',projector_at:'2026-11-21T04:00:00Z'}}); const told=[S.toldAt(s)];
    S.applyDelta(s,{sequence:5,at:'2026-11-21T04:00:07Z',streets:{}}); told.push(S.toldAt(s));
    for (const projector_at of ['2026-11-21T04:00:05Z', null, '2026-11-21T04:00:09Z']) { S.takeStatus(s,{live:'push',store:'ok',projector_at}); told.push(S.toldAt(s)); }
    console.log(JSON.stringify([...told.map((at)=>(at-told[0])/1000), S.toldAt(S.emptyState())]))"""
    assert run(script, snapshot=SNAPSHOT) == [0, 7, 7, 7, 9, None]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21T04:04:59Z", False),
        ("2026-11-21T04:05:01Z", True),  # five minutes old
        ("2026-11-21T15:59:59Z", None),
        ("2026-11-21T16:00:03Z", True),  # the city's midnight
    ],
)
def test_a_picture_is_fetched_anew_after_five_minutes_and_at_the_citys_midnight(run: Run, now: str, due: bool | None) -> None:
    at = "2026-11-21T15:59:30Z" if now > "2026-11-21T15" else SNAPSHOT["at"]
    script = "const s=S.takeSnapshot({...snapshot, at, area:{timezone:'Asia/Shanghai'}}); console.log(JSON.stringify(S.isOutdated(s, Date.parse(now))))"
    assert run(script, snapshot=SNAPSHOT, at=at, now=now) is bool(due)


def test_an_old_picture_is_replaced_within_the_stream_and_no_delta_told_meanwhile_is_lost() -> None:
    """The page's own reader over a wire made here: the new picture is older than a delta that overtook it."""
    script = """globalThis.window = {}; globalThis.addEventListener = () => {};
    const wait = (ms) => new Promise((done) => setTimeout(done, ms)), real = performance.now.bind(performance);
    let say, asked = 0, jump = 0;
    performance.now = () => real() + jump;
    const present = () => new Date(Date.now() + jump);
    const picture = (weather) => ({ ...snapshot, at: present().toISOString(), weather, area: { timezone: 'Asia/Shanghai' } });
    const stream = () => new ReadableStream({ start(wire) {
      setInterval(() => wire.enqueue(new TextEncoder().encode(': beat\\n\\n')), 2000);
      say = (event, data) => wire.enqueue(new TextEncoder().encode(`id: ${data.sequence}\\nevent: ${event}\\ndata: ${JSON.stringify(data)}\\n\\n`));
      say('snapshot', picture(null)); } });
    globalThis.fetch = async (path) => {
      const headers = { Date: present().toUTCString(), 'Content-Type': 'text/event-stream' };
      if (path.includes('/stream')) return new Response(stream(), { headers });
      asked += 1;
      say('delta', { sequence: 5, at: present().toISOString(), streets: { '320404001': { alerts: [{ ...alert, id: 8 }] } } });
      await wait(200);
      return new Response(JSON.stringify(picture({ pm25: 31 })), { headers });
    };
    const { Live } = await import(here + '/live.js');
    const live = new Live('wall');
    while (live.state.sequence < 0) await wait(50);
    await wait(1200);
    const early = asked;
    jump = 301_000;
    say('status', { live: 'push', store: 'ok' });
    while (live.state.weather === null) await wait(50);
    console.log(JSON.stringify([early, asked, live.state.sequence, live.state.weather, [...live.state.alerts.keys()], live.link]));
    process.exit(0);"""
    told = run_alone(script, snapshot=SNAPSHOT, alert=ALERT, here=HERE)
    assert told == [0, 1, 5, {"pm25": 31}, [7, 8], "live"]


@pytest.mark.parametrize(("slow", "since"), [(False, 4), (True, -1)])
def test_a_first_picture_is_shown_before_the_worker_speaks_and_no_delta_beside_it_is_lost(slow: bool, since: int) -> None:
    """A worker is told the number of the picture, so that it brings none; where the picture is slow it brings its own, which may be older."""
    script = """globalThis.window = {}; globalThis.addEventListener = () => {};
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    const picture = { ...snapshot, at: new Date().toISOString(), area: { timezone: 'Asia/Shanghai' } };
    const asked = [], port = { postMessage: (it) => asked.push([it.say, it.since]) }, seen = [];
    globalThis.SharedWorker = class { port = port; };
    globalThis.fetch = async () => {
      while (slow && !asked.length) await wait(10);
      return new Response(JSON.stringify(picture), { headers: { Date: new Date().toUTCString() } });
    };
    const real = setTimeout;
    if (!slow) globalThis.setTimeout = (act, ms, ...rest) => (ms < 500 ? real(act, ms, ...rest) : 0); // the page's patience has no end
    const { Live } = await import(here + '/live.js');
    const live = new Live('wall'), say = (kind, data) => port.onmessage({ data: { kind, data } });
    while (live.state.sequence < 0 || !asked.length) await wait(10);
    seen.push(asked, [live.state.sequence, live.link]);
    say('delta', { sequence: 5, at: picture.at, streets: { '320404001': { alerts: [{ ...alert, id: 8 }] } } });
    seen.push([live.state.sequence]);
    if (slow) say('snapshot', picture);
    seen.push([live.state.sequence, ...live.state.alerts.keys()]);
    console.log(JSON.stringify(seen));
    process.exit(0);"""
    told = run_alone(script, snapshot=SNAPSHOT, alert=ALERT, here=HERE, slow=slow)
    assert told == [[["join", since]], [4, "connecting"], [5], [5, 7, 8]]


def test_a_page_without_a_picture_asks_again_while_its_line_lives() -> None:
    """The database was away when the tab came, so that nobody had a picture for it; the deltas that come later are no picture."""
    script = """globalThis.window = {}; globalThis.addEventListener = () => {};
    const wait = (ms) => new Promise((done) => setTimeout(done, ms)), real = performance.now.bind(performance);
    let jump = 0;
    performance.now = () => real() + jump;
    const asked = [], port = { postMessage: (it) => it.say === 'here' || asked.push(it.say) };
    globalThis.SharedWorker = class { port = port; };
    globalThis.fetch = async () => new Response('{}', { status: 503 });
    const { Live } = await import(here + '/live.js');
    const live = new Live('wall'), say = (message) => port.onmessage({ data: message });
    while (!asked.length) await wait(10);
    say({ kind: 'link', link: 'live' });
    const early = { sequence: 9, at: new Date().toISOString(), streets: { '320404001': { alerts: [{ ...alert, id: 8 }] } } };
    say({ kind: 'delta', data: early });
    await wait(1100);
    const before = [...asked];
    jump = 21_000;
    while (asked.length === before.length) await wait(50);
    say({ kind: 'snapshot', data: { ...snapshot, sequence: 8, at: early.at } });
    console.log(JSON.stringify([before, asked, live.state.sequence, [...live.state.alerts.keys()]]));
    process.exit(0);"""
    told = run_alone(script, snapshot=SNAPSHOT, alert=ALERT, here=HERE)
    assert told == [["join"], ["join", "resync"], 9, [7, 8]]


def test_a_gap_is_asked_about_again_until_a_picture_closes_it_although_no_other_delta_comes() -> None:
    """A quiet city: what came right after the page joined, or an answer that was lost, must not be hidden until something else happens."""
    script = """globalThis.window = {}; globalThis.addEventListener = () => {};
    const wait = (ms) => new Promise((done) => setTimeout(done, ms)), real = performance.now.bind(performance);
    let jump = 0;
    performance.now = () => real() + jump;
    const picture = { ...snapshot, at: new Date().toISOString(), area: { timezone: 'Asia/Shanghai' } };
    const asked = [], port = { postMessage: (it) => asked.push(it.say) }, seen = [];
    globalThis.SharedWorker = class { port = port; };
    globalThis.fetch = async () => new Response(JSON.stringify(picture), { headers: { Date: new Date().toUTCString() } });
    const { Live } = await import(here + '/live.js');
    const live = new Live('wall'), say = (kind, data) => port.onmessage({ data: { kind, data } });
    while (live.state.sequence < 0 || !asked.length) await wait(10);
    say('delta', { sequence: 6, at: picture.at, streets: { '320404001': { alerts: [{ ...alert, id: 8 }] } } });
    for (const passed of [0, 3_100, 3_100]) {
      jump += passed;
      await wait(1100);
      seen.push(asked.filter((one) => one === 'resync').length);
    }
    say('snapshot', { ...picture, sequence: 5 });
    jump += 3_100;
    await wait(1100);
    console.log(JSON.stringify([seen, asked.filter((one) => one === 'resync').length, live.state.sequence, [...live.state.alerts.keys()]]));
    process.exit(0);"""
    told = run_alone(script, snapshot=SNAPSHOT, alert=ALERT, here=HERE)
    assert told == [[0, 1, 2], 2, 6, [7, 8]]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_events_are_read_whole_however_the_wire_cuts_them(run: Run, size: int) -> None:
    text = ': beat\n\nid: 9\nevent: delta\ndata: {"a":\ndata: 1}\n\nevent: status\r\ndata: x\r\n\r\n'
    script = "const out=[]; const e=new Events((x)=>out.push(x)); for(let i=0;i<text.length;i+=size) e.feed(text.slice(i,i+size)); console.log(JSON.stringify(out))"
    events = run(script, text=text, size=size)
    assert events == [
        {"event": "beat"},
        {"event": "delta", "id": "9", "data": '{"a":\n1}'},
        {"event": "status", "id": "", "data": "x"},
    ]


def test_a_delta_says_which_notices_came_and_keeps_none(run: Run) -> None:
    delta = {"sequence": 5, "at": "2026-11-21T04:01:00Z", "streets": {"320404009": {"notices": [{"id": 1}]}}}
    script = "const s=S.takeSnapshot(snapshot); const c=S.applyDelta(s,delta); console.log(JSON.stringify([c.notices,s.streets.has('320404009'),'notices' in s]))"
    assert run(script, snapshot=SNAPSHOT, delta=delta) == [[{"id": 1}], False, False]
