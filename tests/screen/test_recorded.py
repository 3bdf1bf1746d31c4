"""The recording's own arithmetic, run by Node: the moment moves with the play, nothing is shown before its time, and holes are not bridged."""

import json
import random
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.recording import join, told_of
from tests.present import node

HERE = (Path(__file__).resolve().parents[2] / "assets").as_uri()
STREETS = ["320404001", "320404002", "320404003"]
LIFE = ("unack", "acked", "acked", "rtn_unack", "normal")
T0 = 1_795_320_000_000  # ms: 2026-11-22T04:00:00Z

# A recording of two spans with a hole of ten minutes: the figure `devices` counts the seconds since the beginning.
WORLD = f"""import {{ Recorded, nearest, spanOf, stepOf }} from "{HERE}/recorded.js";
const T0 = {T0}, iso = (ms) => new Date(ms).toISOString(), asked = [];
const spans = [[T0, T0 + 600_000], [T0 + 1_200_000, T0 + 1_800_000]];
const part = (at) => ({{ a: {{ figures: {{ devices: Math.round((at - T0) / 1000) }} }} }});
let [broken, slow] = [null, null]; // an answer's status instead of an answer; what it waits for
const ask = async (path) => {{
  asked.push(path);
  await slow;
  if (broken) throw Object.assign(new Error(), {{ status: broken }});
  const query = new URLSearchParams(path.split("?")[1]);
  if (path === "/replay") return {{ at: iso(T0), kept_s: 1, spans: spans.map((span) => span.map(iso)), still: [[iso(T0 + 300_000), iso(T0 + 360_000)]] }};
  const at = Date.parse(query.get("at") ?? query.get("until"));
  if (path.startsWith("/replay/moment")) return {{ at: iso(at), sequence: (at - T0) / 1000, delta: null,
    snapshot: {{ sequence: 1, at: iso(at), live: {{ projector_at: iso(at) }}, area: {{ timezone: "Asia/Shanghai" }}, streets: part(at), trend: {{}} }} }};
  const [step, after] = [parseInt(query.get("step")), Number(query.get("after"))], deltas = [];
  for (let s = after + 1; T0 + s * 1000 <= at; s += 1) if (s % step === 0) deltas.push({{ sequence: s, at: iso(T0 + s * 1000), streets: part(T0 + s * 1000) }});
  return {{ deltas, until: query.get("until") }};
}};
let clock = 0;
const real = setInterval; globalThis.setInterval = () => 0;
const recorded = new Recorded("wall", ask, () => clock);
await recorded.look();
const shown = () => recorded.state.streets.get("a")?.devices ?? null;
const run = async (ms) => {{ for (let gone = 0; gone < ms; gone += 250) {{ clock += 250; recorded.tick(); await new Promise((go) => setImmediate(go)); }} }};
const told = (value) => process.stdout.write(JSON.stringify(value));
"""


def run(script: str) -> Any:
    done = subprocess.run(
        [node(), "--input-type=module", "-"], input=WORLD + script, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_moment_moves_with_the_play_and_shows_what_was_told_until_then() -> None:
    found = run("""await recorded.seek(T0 + 10_000); const at = [shown()];
        recorded.play(1); await run(1000); at.push(shown() <= 11); await run(9000); at.push((recorded.at - T0) / 1000, shown());
        recorded.play(60); await run(4000); at.push((recorded.at - T0) / 1000, recorded.at - T0 - shown() * 1000 < 16_000);
        recorded.pause(); const stood = recorded.at; await run(1000); at.push(recorded.at === stood); told(at);""")
    assert found[0] == 10
    assert found[1]
    assert 18 <= found[2] <= 20, "the first request takes one picture"
    assert found[2] - 1 <= found[3] <= found[2]
    assert 220 <= found[4] <= 260
    assert found[5:] == [True, True]


def test_nothing_is_shown_before_its_time() -> None:
    assert run("""let early = 0; recorded.on("delta", (state) => { if (Date.parse(state.at) > recorded.at) early += 1; });
        await recorded.seek(T0); recorded.play(10); await run(20_000); told([early, recorded.at > T0 + 100_000]);""") == [0, True]


def test_a_moment_of_a_hole_leaves_the_picture_and_says_so() -> None:
    assert run("""const holes = []; recorded.on("hole", (at) => holes.push((at - T0) / 1000));
        await recorded.seek(T0 + 60_000); const went = await recorded.seek(T0 + 900_000); told([went, holes, shown()]);""") == [
        False,
        [900],
        60,
    ]


def test_the_play_jumps_over_a_hole_and_ends_at_the_edge() -> None:
    found = run("""await recorded.seek(T0 + 590_000); recorded.play(10); await run(3000); const after = (recorded.at - T0) / 1000;
        recorded.play(600); await run(6000); told([after, (recorded.at - T0) / 1000, recorded.playing, shown()]);""")
    assert 1200 <= found[0] < 1220
    assert found[1:] == [1800, False, 1800]


def test_only_the_last_of_many_jumps_is_shown() -> None:
    assert run("""const jumps = [5, 90, 42].map((s) => recorded.seek(T0 + s * 1000)); told([await Promise.all(jumps), shown()]);""") == [
        [False, False, True],
        42,
    ]


def test_another_speed_waits_for_the_moment_that_is_on_its_way() -> None:
    assert run("""await recorded.seek(T0 + 10_000); recorded.play(1); await run(500);
        let come; slow = new Promise((go) => (come = go));
        const jump = recorded.seek(T0 + 300_000); recorded.play(60); const early = [recorded.at - T0, shown()];
        slow = null; come(); told([early, await jump, shown(), recorded.speed]);""") == [[300_000, 10], True, 300, 60]


def test_another_speed_in_a_pause_lays_nothing_that_was_joined_for_the_old_one() -> None:
    found = run("""await recorded.seek(T0); recorded.play(60); await run(500); recorded.pause(); const from = asked.length;
        recorded.pace(1); recorded.play(); await run(3000);
        told([asked.slice(from).every((path) => path.includes("step=1s")), asked.length > from, (recorded.at - T0) / 1000 - shown()]);""")
    assert found[:2] == [True, True]
    assert 0 <= found[2] < 2


@pytest.mark.parametrize(("status", "topic"), [(502, "away"), (403, "away"), (404, "hole")])
def test_only_what_was_not_recorded_is_a_hole(status: int, topic: str) -> None:
    assert run(f"""const heard = []; for (const topic of ["hole", "away"]) recorded.on(topic, () => heard.push(topic));
        await recorded.seek(T0 + 60_000); recorded.play(1); broken = {status};
        await recorded.seek(T0 + 90_000); told([heard, recorded.playing, recorded.failed, shown()]);""") == [
        [topic], topic == "hole", topic == "away", 60]  # fmt: skip


def test_what_did_not_come_is_fetched_when_the_play_goes_on() -> None:
    found = run("""await recorded.seek(T0 + 60_000); recorded.play(1); broken = 502; await run(500); const stood = [recorded.playing, recorded.failed];
        broken = null; recorded.play(); await run(9000); told([stood, recorded.failed, recorded.at > T0 + 65_000]);""")
    assert found == [[False, True], False, True]


def test_the_present_is_the_servers() -> None:
    assert run("const ahead = recorded.present() - T0; told([ahead >= 0, ahead < 60_000]);") == [True, True]


def test_figures_are_as_old_as_they_were() -> None:
    found = run("""await recorded.seek(T0 + 250_000); const young = recorded.age(); await recorded.seek(T0 + 340_000);
        told([young, recorded.stalled, recorded.age(), nearest(recorded.spans, T0 + 900_001) - T0, spanOf(recorded.spans, T0 + 900_000), stepOf(600)]);""")
    assert found[0] <= 1
    assert found[1:] == [True, 40, 1_200_000, None, 150]


def deltas_of(seed: int) -> list[dict[str, Any]]:
    """What a projector may tell in ten seconds: figures, cells and rows that come, change, move between streets and end."""
    dice, told, lives = random.Random(seed), [], dict[int, list[Any]]()
    for sequence in range(1, 41):
        parts: dict[str, dict[str, Any]] = {}
        for street in dice.sample(STREETS, dice.randint(0, 3)):
            part: dict[str, Any] = {}
            if dice.random() < 0.5:
                part["figures"] = {"devices": dice.randint(0, 99), "alerts": {"2": dice.randint(0, 9)}}
            if dice.random() < 0.5:
                cells = dice.sample(range(STREETS.index(street) * 10, STREETS.index(street) * 10 + 10), dice.randint(1, 5))
                part["cells"] = {dice.choice(("air", "risk")): [cells, [dice.randint(-1, 5) for _ in cells]]}
            if part:
                parts[street] = part
        for key in dice.sample(range(12), 2):
            step, at = lives.setdefault(key, [0, dice.choice(STREETS)])
            if step < len(LIFE):
                row = {"id": key, "severity": 2, "stage": LIFE[step], "version": step, "raised_at": "2026-11-22T04:00:05Z", "street": at}
                parts.setdefault(at, {}).setdefault("alerts", []).append(row)
                lives[key][0] += 1
        told.append({"sequence": sequence, "at": f"2026-11-22T04:00:{10 + sequence / 4:06.3f}+00:00", "streets": parts})
    return told


def test_a_joined_delta_leads_where_its_deltas_lead_one_by_one() -> None:
    runs = []
    for seed in range(12):
        deltas = deltas_of(seed)
        rows = [
            {"sequence": one["sequence"], "area": street, "created_at": datetime.fromisoformat(one["at"]), "payload": json.dumps(part)}
            for one in deltas for street, part in one["streets"].items()
        ]  # fmt: skip
        runs.append({"deltas": deltas, "joined": json.loads(msgspec.json.encode(join(told_of(rows))))})
    found = run(
        f"const runs = {json.dumps(runs)};"
        """const S = await import(HERE + "state.js");
        const plain = (state) => JSON.stringify([state.sequence, [...state.streets].sort(), [...state.alerts].sort((a, b) => a[0] - b[0]),
          [...state.trend.today], [...state.cells].sort().map(([name, one]) => [name, [...one.classes].sort((a, b) => a[0] - b[0]),
          [...one.counts].map(([street, n]) => [street, [...n]]).sort()])]);
        const begin = () => S.takeSnapshot({ sequence: 0, at: "2026-11-22T04:00:00Z", streets: {}, trend: { bucket_s: 900 } });
        told(runs.map(({ deltas, joined }) => {
          const [slow, fast] = [begin(), begin()];
          for (const delta of deltas) S.applyDelta(slow, delta);
          S.applyDelta(fast, joined); slow.sequence = fast.sequence;
          return [plain(slow) === plain(fast), slow.alerts.size, [...slow.trend.today.values()][0] ?? 0];
        }));""".replace("HERE", json.dumps(HERE + "/"))
    )
    assert [same for same, _, _ in found] == [True] * len(runs)
    assert len({size for _, size, _ in found}) > 1
    assert all(signals > 0 for _, _, signals in found)
