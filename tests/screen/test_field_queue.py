"""The phone's queue, run by Node: kept before sent, in order, exactly once, nothing lost by a refusal."""

import json
import subprocess
from typing import Any

import pytest

from tests.in_node import ASSETS
from tests.present import node

# A phone: `disk` outlives it, `answers` are what the server says next (a number: refused so; "lost": done, but the answer is lost).
PHONE = f"""
import {{ makeOutgoing }} from "{ASSETS}/field-outgoing.js";
const disk = [], done = [], seen = new Map(), shown = []; let n = 0, key = 0, answers = [], full = false, poison = {{}};
const box = {{
  change: async ({{ put, drop }}) => {{
    if (full === "all" ? put.length : full && put.some(one => !one.n && (one.blob || full !== "photos"))) throw new Error("QuotaExceededError");
    for (const gone of drop) disk.splice(disk.findIndex(one => one.n === gone), 1);
    for (const one of put) {{ const at = disk.findIndex(old => old.n === one.n); one.n ||= ++n; if (at < 0) disk.push(structuredClone(one)); else disk[at] = structuredClone(one); }}
  }},
  all: async () => structuredClone(disk).sort((a, b) => a.n - b.n),
}};
async function send(message) {{
  const answer = poison[message.number] || (answers.length ? answers.shift() : "ok");
  if (typeof answer === "number") throw Object.assign(new Error("no"), {{ status: answer, body: {{ type: "urn:yiping:problem:x", last: {{ actor: "gw02", act: "take", at: "2026-11-22T02:00:00Z" }} }} }});
  if (!seen.has(message.key)) {{ seen.set(message.key, true); done.push([message.path, message.body?.act || message.body?.title || "blob"]); }}
  if (answer === "lost") throw Object.assign(new Error("offline"), {{ status: 0 }});
  return {{ data: {{ number: message.path === "/cases" ? "3204042026112200007" : undefined, media_id: message.blob ? `m${{done.length}}` : undefined }} }};
}}
const open = (given = box) => makeOutgoing({{ box: given, send, look: async () => ({{ stage: "handling", handler: "gw02", handler_id: 2, audit: [] }}), show: state => shown.push(state), settled: async () => null, newKey: () => `k${{++key}}`, locks: null }});
const act = (name, more = {{}}) => ({{ path: "/cases/320404202611220000/acts", number: "320404202611220000", moves: true, body: {{ act: name }}, ...more }});
const photo = (more = {{}}) => ({{ path: "/media?case=320404202611220000&role=after&lon=1.5", number: "320404202611220000", blob: new Blob(["x"], {{ type: "image/jpeg" }}), ...more }});
const rest = () => new Promise(go => setTimeout(go, 5));
"""


def run(script: str, **values: Any) -> Any:
    """What a script prints as JSON."""
    constants = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
    told = subprocess.run(
        [node(), "--input-type=module", "-e", f"{PHONE}{constants}{script};process.exit(0)"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_what_was_done_is_on_the_phone_before_it_is_sent_and_goes_in_order_once() -> None:
    """The network is away, the phone dies, an answer is lost: each thing is done once, and in its order."""
    told = run("""
      answers = [0, 0, 0]; let phone = open(); await phone.start();
      await phone.add(act("take")); await phone.add(act("arrive")); await phone.add(photo()); await rest();
      const kept = disk.length, waits = shown.at(-1);
      phone = open(); answers = ["ok", "lost", "ok"]; await phone.start(); await rest();
      phone.wake(); await rest(); await rest();
      console.log(JSON.stringify({ kept, waits, done, left: disk.length, count: phone.count() }))""")
    assert (told["kept"], told["waits"]["count"], told["waits"]["trouble"]) == (3, 3, "offline")
    assert [name for _, name in told["done"]] == ["take", "arrive", "blob"]
    assert (told["left"], told["count"]) == (0, 0)


def test_a_photo_that_was_sent_stays_in_sight_until_the_task_read_anew_names_it() -> None:
    told = run("""
      const phone = open(), sight = () => phone.mediaOf("320404202611220000").map(one => one.role); await phone.start();
      await phone.add(photo()); await phone.add(photo()); await rest();
      const sent = [phone.count(), disk.length, sight()];
      phone.seen([{ media_id: "m1" }, { media_id: "of somebody else" }]);
      const read = sight();
      phone.seen([{ media_id: "m1" }, { media_id: "m2" }]);
      console.log(JSON.stringify({ sent, read, after: sight() }))""")
    assert told == {"sent": [0, 0, ["after", "after"]], "read": ["after"], "after": []}


@pytest.mark.parametrize("status", [0, 401, 429, 500, 503])
def test_an_obstacle_is_no_answer(status: int) -> None:
    """Signed out, busy, broken: it waits, and says why."""
    told = run("""
      answers = [status]; const phone = open(); await phone.start(); await phone.add(act("take")); await rest();
      console.log(JSON.stringify({ left: disk.map(one => one.state), trouble: shown.at(-1).trouble }))""", status=status)  # fmt: skip
    assert told["left"] == ["waiting"]
    assert told["trouble"] == {0: "offline", 401: "signed_out"}.get(status, "server")


def test_what_the_server_never_takes_holds_only_its_own_task_and_is_shown_after_five_tries() -> None:
    """A picture the server falls over, an answer that never comes: the other tasks go, in their order, and the worker reads of the one."""
    told = run("""
      poison = { 320404202611220000: 500 }; const phone = open(); await phone.start();
      await phone.add(act("take", { title: "hole" }), act("arrive"), act("take", { number: "999", path: "/cases/999/acts" }), act("arrive", { number: "999", path: "/cases/999/acts" })); await rest(); await rest();
      const first = done.splice(0), early = shown.at(-1).stuck;
      for (let n = 0; n < 4; n += 1) { phone.wake(); await rest(); await rest(); }
      const late = shown.at(-1); poison = {}; phone.wake(); await rest(); await rest();
      console.log(JSON.stringify({ first, early, late: [late.stuck, late.trouble, late.count], done: done.map(one => one[1]), after: shown.at(-1).stuck, left: disk.length }))""")
    assert told["first"] == [["/cases/999/acts", "take"], ["/cases/999/acts", "arrive"]]
    assert (told["early"], told["late"]) == (None, ["hole", "server", 2])
    assert (told["done"], told["after"], told["left"]) == (["take", "arrive"], None, 0)


def test_evidence_is_given_in_its_own_place_so_that_a_full_phone_can_too_and_a_second_tap_gives_nothing_twice() -> None:
    """Nothing is written anew: the phone that has no room for a photo has it already, and is empty after it."""
    told = run("""
      answers = [409]; const phone = open(); await phone.start(); await phone.add(act("take"), photo()); await rest(); await rest();
      full = true; const said = await Promise.all([phone.giveAsEvidence("320404202611220000", "words"), phone.giveAsEvidence("320404202611220000", "words")]); await rest(); await rest();
      console.log(JSON.stringify({ said, done: done.map(one => one[1]), made: n, left: disk.length }))""")
    assert told == {"said": [True, None], "done": ["comment", "blob"], "made": 2, "left": 0}


def test_what_a_refusing_disk_was_told_is_done_once_and_is_as_before_if_the_phone_dies() -> None:
    """Not even a few words find room: what is shown is done once; until then the disk holds the photo as it was."""
    told = run("""
      answers = [409, 0]; const phone = open(); await phone.start(); await phone.add(act("take"), photo()); await rest(); await rest();
      full = "all"; const safe = await phone.giveAsEvidence("320404202611220000", "words"); await rest();
      const said = shown.at(-1).full, kept = disk.map(one => one.state);
      phone.wake(); await rest(); await rest();
      console.log(JSON.stringify({ safe, said, kept, done: done.map(one => one[1]), left: disk.length, after: shown.at(-1).full }))""")
    assert told == {"safe": False, "said": True, "kept": ["refused", "held"], "done": ["comment", "blob"], "left": 0, "after": False}


def test_a_photo_without_room_is_told_until_it_has_some_and_keeps_its_place() -> None:
    """A small act that still finds room does not make the photo before it safe; when room is there the photo goes first."""
    told = run("""
      answers = [0, 0, 0]; let phone = open(); await phone.start(); full = "photos";
      const safe = [await phone.add(act("arrive")), await phone.add(photo()), await phone.add(act("finish"))], still = shown.at(-1).full, kept = disk.length;
      full = false; await phone.add(act("take", { number: "999" })); const after = shown.at(-1).full; answers = [];
      phone = open(); await phone.start(); await rest(); await rest();
      console.log(JSON.stringify({ safe, still, kept, after, done: done.map(one => one[1]), left: disk.length }))""")
    assert told == {
        "safe": [True, False, True], "still": True, "kept": 2, "after": False, "done": ["arrive", "blob", "finish", "take"], "left": 0,
    }  # fmt: skip


def test_photos_of_a_report_that_waits_wait_with_it_as_they_lie_in_the_phone() -> None:
    """A full phone need not write a photo twice: the draft's own waits for the report, whatever becomes of it."""
    told = run("""
      const path = "/media?case={number}&role=before", report = { path: "/cases", number: "new-1", moves: true, body: { title: "hole" } };
      let phone = open(); await phone.start();
      await phone.change({ put: [phone.made(photo({ number: "new-1", path, state: "draft" }))] }); await rest();
      const draft = phone.count(); full = true; answers = [0];
      const safe = await phone.change({ put: [phone.made(report)] }), count = phone.count(); phone.wake(); await rest();
      full = false; answers = [422]; phone.wake(); await rest(); await rest();
      const aside = phone.asideCount(); await phone.retry("new-1"); await rest(); await rest();
      console.log(JSON.stringify({ draft, safe, count, aside, done, left: disk.length }))""")
    assert (told["draft"], told["safe"], told["count"], told["aside"]) == (0, False, 2, 2)
    assert [path for path, _ in told["done"]] == ["/cases", "/media?case=3204042026112200007&role=before"]
    assert told["left"] == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("new Response('<html>', { headers: { 'Content-Type': 'text/html' } })", [0, "offline"]),
        ("new Response(null, { status: 204 })", [0, "offline"]),
        ("new Response('{\"numb', { headers: { 'Content-Type': 'application/json' } })", [0, "offline"]),
        ("new Response('{\"title\": \"no\"}', { status: 409, headers: { 'Content-Type': 'application/problem+json' } })", [409, "no"]),
        ("new Response('<html>', { status: 502, headers: { 'Content-Type': 'text/html' } })", [502, "502"]),
        ("null", [0, "late"]),
        ("new Response('{\"number\": \"7\"}', { headers: { 'Content-Type': 'application/json' } })", [{"number": "7"}, "error"]),
    ],
)
def test_only_an_answer_of_ours_is_an_answer(answer: str, told: list[Any]) -> None:
    """The page of a captive portal is no network: what was to be sent is not sent. A write follows no redirect."""
    found = run(f"""
      globalThis.document = {{ cookie: "" }}; let way = "";
      globalThis.fetch = async (address, options) => {{ way = options.redirect; const answer = {answer}; if (!answer) throw new DOMException("late", "TimeoutError"); return answer; }};
      const {{ call }} = await import("{ASSETS}/duty-call.js");
      console.log(JSON.stringify(await call("POST", "/cases", {{ body: {{}} }}).then(({{ data }}) => [data, way], problem => [problem.status, problem.message])))""")
    assert found == told


@pytest.mark.parametrize("status", [403, 404, 409, 412, 422])
def test_a_refused_step_is_set_aside_with_what_followed_from_it_and_nothing_else(status: int) -> None:
    told = run("""
      answers = [status]; const phone = open(); await phone.start();
      await phone.add(act("take"), act("arrive"), photo(), act("take", { number: "999", path: "/cases/999/acts" })); await rest(); await rest();
      console.log(JSON.stringify({ states: disk.map(one => [one.number, one.state]), done, why: disk[0].problem, aside: phone.asideCount() }))""", status=status)  # fmt: skip
    assert [state for _, state in told["states"]] == ["refused", "held", "held"]
    assert told["done"] == [["/cases/999/acts", "take"]]
    assert (told["why"]["status"], told["why"]["handler"], told["why"]["last"]["actor"], told["aside"]) == (status, "gw02", "gw02", 3)


def test_a_refused_photo_holds_nothing_back() -> None:
    told = run("""
      answers = ["ok", 422]; const phone = open(); await phone.start();
      await phone.add(act("take"), photo(), act("arrive")); await rest(); await rest();
      console.log(JSON.stringify({ states: disk.map(one => one.state), done: done.map(one => one[1]) }))""")
    assert told == {"states": ["refused"], "done": ["take", "arrive"]}


def test_what_was_refused_can_be_given_as_evidence_or_tried_again_or_thrown_away() -> None:
    told = run("""
      const begin = async () => { answers = [409]; const phone = open(); await phone.start(); await phone.add(act("take"), photo()); await rest(); await rest(); return phone; };
      let phone = await begin(); await phone.giveAsEvidence("320404202611220000", "words"); await rest(); await rest();
      const given = done.splice(0), left = disk.length;
      phone = await begin(); await phone.retry("320404202611220000"); await rest(); await rest();
      const again = done.splice(0);
      phone = await begin(); await phone.forget("320404202611220000");
      console.log(JSON.stringify({ given, left, again, thrown: disk.length }))""")
    assert told["given"] == [
        ["/cases/320404202611220000/acts", "comment"],
        ["/media?case=320404202611220000&role=evidence&lon=1.5", "blob"],
    ]
    assert [name for _, name in told["again"]] == ["take", "blob"]
    assert (told["left"], told["thrown"]) == (0, 0)


def test_photos_of_a_new_report_learn_its_number_even_if_the_phone_dies_in_between() -> None:
    told = run("""
      answers = ["ok", 0]; let phone = open(); await phone.start();
      const path = "/media?case={number}&role=before";
      await phone.add({ path: "/cases", number: "new-1", moves: true, body: { title: "hole" } }, photo({ number: "new-1", path })); await rest(); await rest();
      const between = disk.map(one => one.path);
      phone = open(); await phone.start(); await rest(); await rest();
      console.log(JSON.stringify({ between, done, left: disk.length }))""")
    assert told["between"] == ["/media?case=3204042026112200007&role=before"]
    assert [path for path, _ in told["done"]] == ["/cases", "/media?case=3204042026112200007&role=before"]
    assert told["left"] == 0


def test_a_full_phone_keeps_it_in_memory_says_so_and_sends_it() -> None:
    told = run("""
      full = true; answers = [0]; const phone = open(); await phone.start();
      const safe = await phone.add(act("take")), said = shown.at(-1).full; await rest();
      full = false; phone.wake(); await rest(); await rest();
      console.log(JSON.stringify({ safe, said, done: done.map(one => one[1]), left: phone.count() }))""")
    assert told == {"safe": False, "said": True, "done": ["take"], "left": 0}


def test_a_phone_that_keeps_nothing_still_sends() -> None:
    told = run("""
      const phone = open(null); await phone.start(); const safe = await phone.add(act("take")); await rest();
      console.log(JSON.stringify({ safe, kept: shown.at(-1).kept, done: done.length }))""")
    assert told == {"safe": False, "kept": False, "done": 1}
