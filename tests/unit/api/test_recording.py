"""Packing and joining: nothing is lost on the way, nothing personal is kept, and many deltas in one say what they said."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from api.recorder import AWAY, TAKE_EVERY, decide
from api.recording import in_steps, join, pack_picture, pack_reel, told_of, unpack_picture, unpack_reel, veil
from api.snapshot import Picture
from store.replay import Kept

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def row(sequence: int, area: str, part: dict[str, Any], after: float = 0) -> dict[str, Any]:
    return {"sequence": sequence, "area": area, "created_at": NOON + after * SECOND, "payload": json.dumps(part)}


def plain(joined: dict[str, Any] | None) -> Any:
    return json.loads(msgspec.json.encode(joined))


def test_a_picture_is_the_same_after_it_was_packed() -> None:
    picture = Picture(
        7, NOON, {"320404001": b'{"figures":{"devices":3}}', "": b"{}"}, [{"bucket": 1, "street": "", "n": 2}], {"pm25": 31.5}, [{"feed": "city"}],
        {"ok": True}, True, False,
    )  # fmt: skip
    assert unpack_picture(pack_picture(picture)) == picture


def test_notices_and_probes_are_not_kept() -> None:
    rows = [row(1, "a", {"figures": {"devices": 1}, "notices": [{"accounts": [3]}], "probes": [{"id": 1}]})]
    reel = unpack_reel(pack_reel(rows, [{"feed": "city"}], {"pm25": 3.0}))
    assert json.loads(bytes(reel.deltas[0].parts["a"])) == {"figures": {"devices": 1}}
    assert (reel.feeds, reel.weather) == ([{"feed": "city"}], {"pm25": 3.0})


def test_rows_bear_the_words_of_now_where_they_bore_words_and_nothing_else_is_touched() -> None:
    part = {
        "figures": {"devices": 1},
        "alerts": [{"id": 7, "title": "x", "stage": "unack"}, {"id": 8, "title": "y"}, {"id": 7, "gone": True}],
    }
    veils = {"alerts": {"7": {"title": "veiled", "text": None}}, "cases": {"A": {"title": "z", "text": None}}}
    alerts = [{"id": 7, "title": "veiled", "stage": "unack"}, {"id": 8, "title": "y"}, {"id": 7, "gone": True}]
    assert json.loads(veil(json.dumps(part).encode(), veils)) == {"figures": {"devices": 1}, "alerts": alerts}
    assert veil(b'{"figures":{}}', veils) == b'{"figures":{}}'


def test_a_joined_delta_has_the_last_figures_and_every_cell_that_moved() -> None:
    first = {"figures": {"devices": 1}, "cells": {"air": [[1, 2], [0, 1]]}}
    second = {"figures": {"devices": 2}, "cells": {"air": [[2, 3], [5, -1]]}}
    joined = plain(join(told_of([row(4, "a", first), row(5, "a", second, 0.3)])))
    assert (joined["sequence"], datetime.fromisoformat(joined["at"])) == (5, NOON + 0.3 * SECOND)
    assert joined["streets"]["a"] == {"figures": {"devices": 2}, "cells": {"air": [[1, 2, 3], [0, 5, -1]]}}


def test_a_row_that_moved_to_another_street_ends_where_it_is() -> None:
    here, gone, there = {"id": 7, "stage": "unack"}, {"id": 7, "stage": "normal", "gone": True}, {"id": 7, "stage": "acked"}
    rows = [row(1, "b", {"alerts": [here]}), row(2, "b", {"alerts": [gone]}), row(3, "a", {"alerts": [there]})]
    assert plain(join(told_of(rows)))["streets"] == {"": {"alerts": [here, there]}}


def test_of_a_row_told_often_the_first_and_the_last_words_stay() -> None:
    told = [row(n, "a", {"cases": [{"id": "x", "version": n}]}) for n in (1, 2, 3)]
    assert plain(join(told_of(told)))["streets"][""]["cases"] == [{"id": "x", "version": 1}, {"id": "x", "version": 3}]


def test_what_is_not_known_here_is_kept_as_it_was_told_last() -> None:
    rows = [row(1, "a", {"new": [1]}), row(2, "a", {"new": [2]})]
    assert plain(join(told_of(rows)))["streets"]["a"] == {"new": [2]}


def test_steps_join_what_lies_in_the_same_span_of_time() -> None:
    rows = [row(n, "a", {"figures": {"devices": n}}, 0.4 * n) for n in range(1, 11)]
    steps = [plain(step) for step in in_steps(told_of(rows), 2 * SECOND)]
    assert [step["sequence"] for step in steps] == [4, 9, 10]
    assert len(in_steps(told_of(rows), 0 * SECOND)) == 10
    assert join([]) is None


def kept(last: int = 10, ago: timedelta = TAKE_EVERY) -> Kept:
    return Kept(last, NOON - ago, NOON - ago)


def test_what_is_to_be_recorded_follows_from_what_is_kept() -> None:
    assert decide(None, 0, None, NOON) == "open"
    assert decide(kept(ago=SECOND), 12, 1, NOON) == "wait"
    assert decide(kept(), 12, 5, NOON) == "take"
    assert decide(kept(), 10, None, NOON) == "take", "a quiet minute is recorded, too: nothing was told"
    assert decide(kept(), 12, 12, NOON) == "open", "number 11 can no longer be read"
    assert decide(kept(), 12, None, NOON) == "open"
    assert decide(kept(), 3, 1, NOON) == "open", "another database, where the numbers began anew"
    assert decide(kept(ago=AWAY + SECOND), 12, 5, NOON) == "open", "nobody looked for so long"
