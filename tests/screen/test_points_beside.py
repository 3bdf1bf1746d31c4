"""Workers of the layers of points that do not come or do not live, run by Node: the page hears of it, tries again with longer and longer pauses, and forgets nothing."""

from itertools import pairwise

from tests.in_node import modules

run = modules({"B": "map-points-beside.js"})

# Workers that do as they are told: what was sent to each, when each was begun, and what the page heard. Time passes by hand.
WORLD = """
let now = 0; const due = [], made = [], heard = [], lost = [];
const pass = (ms) => { const end = now + ms; for (;;) { due.sort((a, b) => a.at - b.at); if (!(due[0]?.at <= end)) break; const one = due.shift(); now = one.at; one.act(); } now = end; };
class Fake extends EventTarget {
  sent = []; ended = false; at = now;
  constructor() { super(); made.push(this); }
  postMessage(message) { this.sent.push(message); }
  terminate() { this.ended = true; }
  says(data) { this.dispatchEvent(Object.assign(new Event("message"), { data })); }
  fails(message) { this.dispatchEvent(Object.assign(new Event("error"), message && { message })); }
}
console.warn = () => {};
const stopped = new Set(); globalThis.clearTimeout = (one) => stopped.add(one);
const after = (act, ms) => { const one = { at: now + ms, act: () => stopped.has(one) || act() }; due.push(one); return one; };
const beside = new B.Beside({ begin: () => new Fake(), hear: (data) => heard.push(data), lost: (fails) => lost.push(fails), steady: () => now, after });
"""


def test_one_whose_file_does_not_come_is_begun_again_and_again_at_a_bounded_pace() -> None:
    script = "for (let n = 0; n < 7; n += 1) { made.at(-1).fails(); while (made.at(-1).ended) pass(500); } say([made.map((one) => one.at), lost, made.at(-1).ended]);"
    began, lost, ended = run(WORLD + script)
    assert [later - earlier for earlier, later in pairwise(began)] == [2_000, 5_000, 15_000, 30_000, 30_000, 30_000, 30_000]
    assert (lost, ended) == ([1, 2, 3, 4, 5, 6, 7], False)


def test_one_that_never_speaks_is_given_up_and_one_that_spoke_is_left_alone() -> None:
    assert run(WORLD + "pass(25_000); const first = [made.length, [...lost]]; made[1].says({ here: true }); pass(600_000); say([first, made.length, lost, heard]);") == [
        [2, [1]], 2, [1], [{"here": True}]]  # fmt: skip


def test_a_new_one_is_told_what_the_last_was_and_a_question_nobody_can_answer_is_answered_null() -> None:
    script = """beside.tell("show", 1); beside.tell("alerts", [7]); beside.tell("show", 2); const open = beside.ask("tile", 3);
      made[0].fails("broke"); const none = beside.ask("tile", 4); pass(2_000); const answered = beside.ask("what", 5);
      made[1].says({ id: made[1].sent.at(-1).id, answer: "six" }); made[0].says({ told: "too late" });
      say([await open, await none, await answered, made[1].sent, heard]);"""
    assert run(WORLD + script) == [
        None, None, "six",
        [{"act": "show", "given": 2}, {"act": "alerts", "given": [7]}, {"act": "what", "id": 2, "given": 5}],
        [],
    ]  # fmt: skip


def test_one_that_lived_long_begins_the_pauses_anew_and_a_closed_one_stays_closed() -> None:
    script = """made[0].fails(); pass(2_000); made[1].fails(); pass(5_000); made[2].says({ here: true }); pass(61_000); made[2].fails("broke"); pass(2_000);
      made[3].fails(); beside.close(); pass(600_000); say([lost, made.map((one) => one.ended)]);"""
    assert run(WORLD + script) == [[1, 2, 1, 2], [True] * 4]
