"""Patrols on a real database: walked by who is on shift, told once when they are missed, made by a plan once a day."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from core.errors import IllegalAct, Invalid, NotAllowed
from dispatch.patrol import Fix
from store import patrol_plans, patrols, roster_acts
from store.acts import Act
from tests.desk import NORTH, Desk
from tests.rota import admin, replace_note, rotate

IN_CELL = Fix(datetime(2026, 11, 21, 4, 10, tzinfo=UTC), 119.905, 31.785, 8.0)


def task(desk: Desk, **more: Any) -> int:
    wish = {"since": desk.now, "until": desk.now + timedelta(hours=2), **more}
    with desk.store.connection() as connection:
        return patrols.add_patrol(
            connection, patrols.Task("g1", "早巡", **wish), Act("add", desk.scope("dispatcher", "dispatcher"), desk.now)
        )


def check_in(desk: Desk, patrol_id: int, *fixes: Fix, login: str = "worker1", role: str = "grid_worker") -> dict[str, int]:
    act = Act("check_in", desk.scope(login, role, NORTH), desk.now)
    with desk.store.connection() as connection:
        return patrols.check_in(connection, patrol_id, fixes, act, desk.config.organisation.patrol)


def patrol(desk: Desk, patrol_id: int, role: str = "dispatcher") -> dict[str, Any]:
    with desk.store.connection() as connection:
        return patrols.get_patrol(connection, desk.scope("dispatcher", role), patrol_id)


def test_a_patrol_begins_with_its_first_position_and_ends_when_enough_is_visited(desk: Desk) -> None:
    patrol_id = task(desk, points=(("桥头", 119.9085, 31.785),), cells=(1,), share=1)
    desk.now += timedelta(minutes=30)
    assert check_in(desk, patrol_id, replace(IN_CELL, lon=119.8)) == {"outside": 1}
    assert patrol(desk, patrol_id)["stage"] == "planned", "a position that cannot be believed begins nothing"
    assert check_in(desk, patrol_id, replace(IN_CELL, at=IN_CELL.at + timedelta(minutes=1))) == {"good": 1}
    seen = patrol(desk, patrol_id)
    assert (seen["stage"], [stop["visited"] for stop in seen["stops"]], seen["worker"]) == ("under_way", [True, False], "worker1")
    assert check_in(desk, patrol_id, replace(IN_CELL, at=IN_CELL.at + timedelta(minutes=15), lon=119.9085)) == {"good": 1}
    assert check_in(desk, patrol_id, replace(IN_CELL, at=IN_CELL.at + timedelta(minutes=15), lon=119.9085)) == {}, "sent again, taken once"
    seen = patrol(desk, patrol_id)
    assert (seen["stage"], [one["verdict"] for one in seen["track"]], seen["acts"]) == ("done", ["outside", "good", "good"], [])
    assert patrol(desk, patrol_id, "leader")["track"] == [], "where somebody was is not for everybody"


def test_a_patrol_is_walked_by_its_worker_or_who_is_on_shift_in_his_place(desk: Desk) -> None:
    patrol_id = task(desk, worker=desk.people["worker2"])
    desk.now += timedelta(minutes=30)
    assert check_in(desk, patrol_id, IN_CELL) == {"good": 1}, "worker1 is the grid's standing worker"
    other = task(desk, worker=desk.people["worker1"], until=desk.now + timedelta(hours=1))
    with pytest.raises(NotAllowed, match="somebody else's"):
        check_in(desk, other, IN_CELL, login="worker2")
    with pytest.raises(NotAllowed, match="by a person who works"):
        check_in(desk, other, IN_CELL, login="duty1", role="duty")


def test_a_phone_is_shown_the_patrols_of_the_grids_its_owner_serves_and_of_whom_he_stands_in_for(desk: Desk) -> None:
    free, given = task(desk), task(desk, worker=desk.people["worker1"])

    def mine(login: str) -> list[int]:
        asked = patrols.Asked(mine=desk.people[login])
        with desk.store.connection() as connection:
            return [row["id"] for row in patrols.list_patrols(connection, desk.scope(login, "grid_worker", NORTH), asked)]

    assert (mine("worker1"), mine("worker2")) == ([free, given], [])
    rotate(desk, "worker2")
    assert mine("worker2") == [free]
    wish = roster_acts.Substitution("worker1", "worker2", desk.now, desk.now + timedelta(hours=1))
    with desk.store.connection() as connection:
        roster_acts.substitute(connection, wish, replace_note(admin(desk), "病假"))
    assert mine("worker2") == [free, given]


def test_what_was_missed_is_told_once_and_redeemed_by_positions_that_come_late(desk: Desk) -> None:
    patrol_id = task(desk, worker=desk.people["worker1"])
    desk.now += timedelta(hours=3)
    for _ in range(2):
        with desk.store.connection() as connection:
            patrols.sweep(connection, desk.now)
    assert patrol(desk, patrol_id)["stage"] == "missed"
    told = desk.rows("select target, template, payload from outbox order by target")
    assert [row["target"] for row in told] == [f"account:{desk.people['worker1']}", "role:dispatcher"]
    assert (told[0]["template"], told[0]["payload"]["visited"], told[0]["payload"]["stops"]) == ("patrol_missed", 0, 1)
    assert check_in(desk, patrol_id, IN_CELL) == {"good": 1}
    assert patrol(desk, patrol_id)["stage"] == "done"
    desk.now += timedelta(days=2)
    with pytest.raises(IllegalAct):
        check_in(desk, patrol_id, replace(IN_CELL, at=desk.now))


def test_only_who_directs_cancels_and_says_why(desk: Desk) -> None:
    patrol_id = task(desk)
    act = Act("cancel", desk.scope("dispatcher", "dispatcher"), desk.now)
    with pytest.raises(Invalid, match="needs a note"), desk.store.connection() as connection:
        patrols.cancel(connection, patrol_id, act)
    with pytest.raises(NotAllowed), desk.store.connection() as connection:
        patrols.cancel(connection, patrol_id, Act("cancel", desk.scope("worker1", "grid_worker"), desk.now, "雨"))
    with desk.store.connection() as connection:
        patrols.cancel(connection, patrol_id, replace(act, note="暴雨"))
    with pytest.raises(IllegalAct):
        check_in(desk, patrol_id, IN_CELL)


def test_a_plan_gives_one_patrol_a_day_however_often_it_is_asked_for(desk: Desk) -> None:
    plan = patrol_plans.Plan("g1", "晚巡", time(19), time(21), weekdays=(6, 7))
    with desk.store.connection() as connection:
        patrol_plans.add_plan(connection, plan, admin(desk), "Asia/Shanghai")
    for days in (0, 0, 1, 2, 3, 7):
        with desk.store.connection() as connection:
            patrol_plans.make_due(connection, desk.config.organisation.patrol, desk.now + timedelta(days=days))
    made = desk.rows("select since, until from patrols order by since")
    assert [row["since"].day for row in made] == [21, 22, 28, 29]
    assert made[0]["until"] - made[0]["since"] == timedelta(hours=2)
