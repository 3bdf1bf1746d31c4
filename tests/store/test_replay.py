"""The recording on a real database: a moment shown again equals what was shown then, a hole is said to be one, and what is old goes."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.recorder import AWAY, FRAME_EVERY, TAKE_EVERY, record
from api.replaying import compose_moment, figures_at, read_moment, read_spans, read_steps
from core.config import Config
from core.errors import NotFound
from core.model import Scope
from store import live_rows, replay
from tests.told_city import City, raise_alert

SECOND = timedelta(seconds=1)
DUTY = Scope("duty", ("320404",), 1, "d")
NORTH = Scope("duty", ("320404001",), 2, "n")


@pytest.fixture
def city(database_url: str, config: Config) -> Iterator[City]:
    city = City(database_url, config)
    city.tick()
    yield city
    city.store.close()


def run(city: City, span: timedelta, every: timedelta = 10 * SECOND) -> None:
    """The city lives on, and is recorded as the leader does."""
    until = city.now + span
    while city.now < until:
        city.now += every
        city.projector.tick(city.now)
        record(city.store, city.config, city.now)


def shown(city: City, at: datetime, scope: Scope = DUTY) -> dict[str, Any]:
    """A moment as a browser lays it together."""
    with city.store.connection() as c:
        told = json.loads(compose_moment(read_moment(c, at, scope, city.config), scope, "replay", city.config))
    parts = told["snapshot"]["streets"]
    for street, part in (told["delta"] or {"streets": {}})["streets"].items():
        for name, rows in part.items():
            if name == "figures":
                parts[street]["figures"] = rows
            elif name == "cells":
                for measure, (ids, classes) in rows.items():
                    cells = dict(zip(*parts[street]["cells"].get(measure, ((), ())), strict=True)) | dict(zip(ids, classes, strict=True))
                    parts[street]["cells"][measure] = [list(cells), list(cells.values())]
            else:
                parts.setdefault("rows", {}).setdefault(name, []).extend(rows)
    return dict(told)


def figures(parts: dict[str, Any]) -> dict[str, Any]:
    return {street: part["figures"] for street, part in parts.items() if street != "rows"}


def cells(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        street: {name: dict(zip(*found, strict=True)) for name, found in part["cells"].items()}
        for street, part in parts.items() if street != "rows"
    }  # fmt: skip


def test_a_moment_shown_again_equals_what_was_shown_then(city: City) -> None:
    was: dict[datetime, dict[str, Any]] = {}
    for turn in range(36):
        city.read(1 + turn % 15, "pm25", 5.0 * turn)
        if turn % 7 == 0:
            with city.store.connection() as c:
                raise_alert(c, city.now, 1 + turn % 15, 2, f"t{turn}/")
        run(city, 20 * SECOND)
        was[city.now] = city.snapshot()
    for at, then in was.items():
        parts = shown(city, at)["snapshot"]["streets"]
        assert figures(parts) == figures(then), at
        assert cells(parts) == cells(then), at
    assert len({json.dumps(figures(then)) for then in was.values()}) > 10, "otherwise this proves little"


def test_a_step_leads_from_one_moment_to_the_next(city: City) -> None:
    run(city, 2 * TAKE_EVERY)
    start = shown(city, city.now)
    since = city.now
    for turn in range(20):
        city.read(1, "pm25", 10.0 * turn)
        run(city, 10 * SECOND)
    with city.store.connection() as c:
        steps, reach = read_steps(c, start["sequence"], city.now, 30 * SECOND, DUTY, city.config)
    assert reach == city.now
    assert steps[-1]["sequence"] == shown(city, city.now)["sequence"]
    assert 4 <= len(steps) <= (city.now - since) / (30 * SECOND) + 1


def test_who_sees_one_street_is_shown_one_street(city: City) -> None:
    city.read(5, "pm25", 80)
    with city.store.connection() as c:
        raise_alert(c, city.now, 1)
        raise_alert(c, city.now, 12)
    run(city, 3 * TAKE_EVERY)
    told = shown(city, city.now, NORTH)
    assert set(told["snapshot"]["streets"]) - {"rows"} == {"320404001"}
    rows = told["snapshot"]["streets"]["320404001"]["alerts"] + told["snapshot"]["streets"].get("rows", {}).get("alerts", [])
    assert {row["street"] for row in rows} == {"320404001"}
    with city.store.connection() as c:
        assert figures_at(read_moment(c, city.now, NORTH, city.config), NORTH, city.config)["alerts"] == {"1": 1, "2": 0, "3": 0, "4": 0}
        assert figures_at(read_moment(c, city.now, DUTY, city.config), DUTY, city.config)["alerts"]["1"] == 2


def test_the_newest_moment_can_be_shown_before_it_stands_in_a_take(city: City) -> None:
    run(city, TAKE_EVERY + 5 * SECOND)
    city.read(1, "pm25", 200)
    city.tick(15)
    with city.store.connection() as c:
        edge = read_spans(c)[-1].until
    assert city.now - edge < SECOND
    assert cells(shown(city, edge)["snapshot"]["streets"]) == cells(city.snapshot())


def test_what_nobody_recorded_is_a_hole_and_no_moment_of_it_is_shown(city: City) -> None:
    run(city, 3 * TAKE_EVERY)
    ended = city.now
    city.now += AWAY + 5 * TAKE_EVERY
    opened = city.now
    run(city, 2 * TAKE_EVERY)
    with city.store.connection() as c:
        first, second = read_spans(c)
        assert first.until <= ended
        assert second.since > opened
        with pytest.raises(NotFound):
            read_moment(c, ended + AWAY, DUTY, city.config)
        with pytest.raises(NotFound):
            read_moment(c, first.since - SECOND, DUTY, city.config)
        assert read_moment(c, second.since, DUTY, city.config).delta is None


def test_what_was_told_just_before_a_crash_is_recorded(city: City) -> None:
    run(city, 2 * TAKE_EVERY)
    city.read(1, "pm25", 150)
    city.tick(15)
    crashed, then = city.now, cells(city.snapshot())
    city.now += AWAY + 4 * TAKE_EVERY
    record(city.store, city.config, city.now)
    with city.store.connection() as c:
        told_at = live_rows.read_deltas(c, 0)[-1]["created_at"]
    assert told_at <= crashed
    assert cells(shown(city, told_at)["snapshot"]["streets"]) == then


def test_figures_that_stood_still_are_said_to_have_stood_still(city: City) -> None:
    run(city, 2 * TAKE_EVERY)
    stood = city.now
    for _ in range(9):
        city.now += 10 * SECOND
        record(city.store, city.config, city.now)
    with city.store.connection() as c:
        still = replay.read_still(c)
    assert [span.since for span in still] == [stood]
    assert still[0].until >= stood + 40 * SECOND


def test_recording_twice_at_once_keeps_once(city: City) -> None:
    run(city, TAKE_EVERY - 10 * SECOND)
    city.now += 20 * SECOND
    city.projector.tick(city.now)
    assert [record(city.store, city.config, city.now) for _ in range(3)] == ["take", "wait", "wait"]


def test_what_is_old_goes_and_the_rest_can_still_be_shown(city: City) -> None:
    run(city, 2 * FRAME_EVERY + 2 * TAKE_EVERY, 20 * SECOND)
    before = city.now - FRAME_EVERY - TAKE_EVERY / 2
    with city.store.connection() as c:
        assert replay.forget(c, before) > 0
        spans = read_spans(c)
        assert len(spans) == 1
        assert before - TAKE_EVERY <= spans[0].since <= before
        assert read_moment(c, spans[0].since + SECOND, DUTY, city.config).picture.at <= spans[0].since + SECOND
        size = replay.read_size(c)
    assert size["bytes"] > 0
    assert size["frames"] <= 3


def test_everybody_means_everybody(city: City) -> None:
    run(city, TAKE_EVERY + 10 * SECOND)
    everywhere = Scope("duty", ("",), 1, "all")
    assert set(shown(city, city.now, everywhere)["snapshot"]["streets"]) - {"rows"} == {"", "320404001", "320404002", "320404003"}
