"""Who is on shift, on a real database: one worker for a duty grid and shift, whatever happens at once."""

import threading
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from core.errors import IllegalAct, Invalid
from store import roster_acts, rosters
from tests.desk import Desk
from tests.rota import TODAY, admin, replace_note, rotate


def on(desk: Desk, hours: float = 0, where: int | str = 1) -> tuple[str | None, str | None]:
    """Who is on shift so many hours after Saturday noon, and by what."""
    with desk.store.connection() as connection:
        found = rosters.on_shift(connection, where, desk.now + timedelta(hours=hours))
    return (found["login"], found["via"]) if found else (None, None)


def test_who_is_on_shift_is_told_by_the_roster_the_stand_in_and_else_the_grids_own_worker(desk: Desk) -> None:
    assert (on(desk), on(desk, where="g2"), on(desk, where="nowhere")) == (("worker1", "standing"), (None, None), (None, None))
    rotate(desk, "worker2", "worker1", pattern=("night", ""))
    assert [on(desk, hours) for hours in (0, 9, 19, 21, 33)] == [
        ("worker1", "standing"), ("worker2", "roster"), ("worker2", "roster"), ("worker1", "standing"), ("worker1", "roster"),
    ]  # fmt: skip
    wish = roster_acts.Substitution("worker2", "worker1", desk.now + timedelta(hours=9), desk.now + timedelta(hours=11))
    with desk.store.connection() as connection:
        number = roster_acts.substitute(connection, wish, replace_note(admin(desk), "病假"))
    assert [on(desk, hours)[0] for hours in (8.5, 9, 10.9, 11)] == ["worker2", "worker1", "worker1", "worker2"]
    with desk.store.connection() as connection:
        roster_acts.end_substitution(connection, number, admin(desk))
    assert on(desk, 10) == ("worker2", "roster")
    desk.rows("update accounts set disabled_at = now() where login = 'worker2' returning 1")
    assert on(desk, 10) == ("worker1", "standing"), "whoever was disabled is nobody"


def test_a_second_worker_for_a_shift_is_refused_by_name_or_ends_the_first_when_asked(desk: Desk) -> None:
    [first] = rotate(desk, "worker1", since=TODAY - timedelta(days=10))
    with pytest.raises(IllegalAct, match=rf"served by worker1 since 2026-11-11 \(roster {first}\); 'replace' ends it"):
        rotate(desk, "worker2")
    rotate(desk, "worker2", replace=True, until=TODAY + timedelta(days=2))
    assert [on(desk, hours)[0] for hours in (-24, 0, 24, 48)] == ["worker1", "worker2", "worker2", "worker1"]
    held = desk.rows("select since, until, cycle from rosters order by since")
    assert [(row["since"].day, row["until"] and row["until"].day) for row in held] == [(11, 21), (21, 23), (23, None)]
    assert len(desk.rows("select 1 from audit where noun = 'roster' and act = 'end'")) == 1


def test_two_who_assign_one_shift_at_the_same_moment_end_with_one_worker(desk: Desk) -> None:
    start = threading.Barrier(2)
    told: list[str] = []

    def go(login: str) -> None:
        start.wait()
        try:
            told.append(f"{len(rotate(desk, login))}")
        except IllegalAct as error:
            told.append(error.stage)

    threads = [threading.Thread(target=go, args=(login,)) for login in ("worker1", "worker2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["1", "taken"]
    assert len(desk.rows("select 1 from rosters")) == 1


def test_the_database_itself_holds_two_in_the_same_shift_or_hours_for_impossible(desk: Desk) -> None:
    rotate(desk, "worker1")
    row = "insert into rosters (duty_grid, area, shift, starts, ends, zone, since, anchor, cycle, made_by, made_at) values"
    for shift, starts, ends in (("day", "08:00", "20:00"), ("late", "19:00", "23:00"), ("night", "22:00", "08:30")):
        with pytest.raises(psycopg.errors.ExclusionViolation), desk.store.connection() as connection:
            connection.execute(
                f"{row} ('g1', 'x', %s, %s, %s, 'UTC', '2026-12-01', '2026-12-01', array[1], 'x', now())", [shift, starts, ends]
            )
    desk.rows(f"{row} ('g1', 'x', 'night', '20:00', '08:00', 'UTC', '2026-12-01', '2026-12-01', array[1], 'x', now()) returning 1")


@pytest.mark.parametrize(
    ("people", "more", "words"),
    [
        (("nobody",), {}, "nobody has the account 'nobody'"), (("duty1",), {}, "no duty grid is for that role"),
        (("worker1",), {"pattern": ("dusk",)}, "no shift is called dusk; there are day, night"),
        (("worker1",), {"until": date(2026, 11, 21)}, "after 'from'"), (("worker1", "worker1"), {"pattern": ("day", "")}, "twice"),
    ],
)  # fmt: skip
def test_a_roster_that_cannot_be_meant_is_refused(desk: Desk, people: tuple[str, ...], more: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        rotate(desk, *people, **more)
    assert desk.rows("select 1 from rosters") == []


def test_a_week_shows_its_turns_and_names_its_gaps_in_a_handful_of_queries(desk: Desk) -> None:
    rotate(desk, "worker1", "worker2", pattern=("day", "day", "night", "night"))
    asked = rosters.Asked(TODAY, 7, desk.config.area.zone)
    with desk.store.connection() as connection:
        week = rosters.list_week(connection, desk.scope("admin", "admin"), asked, desk.now)
    one, other = week
    assert [(turn["day"].day, turn["shift"], turn["title"]) for turn in one["turns"][:5]] == [
        (21, "day", "worker1"), (21, "night", "worker2"), (22, "day", "worker1"), (22, "night", "worker2"), (23, "day", "worker2"),
    ]  # fmt: skip
    assert [(flaw["kind"], flaw["begins"], flaw["ends"]) for flaw in one["flaws"]] == [
        ("gap", desk.now - timedelta(hours=12), desk.now - timedelta(hours=4)),
    ]  # fmt: skip
    assert (other["rostered"], len(other["flaws"]), other["flaws"][0]["ends"] - other["flaws"][0]["begins"]) == (
        False,
        1,
        timedelta(days=7),
    )
    assert (one["standing"]["title"], other["standing"]) == ("worker1", None)
