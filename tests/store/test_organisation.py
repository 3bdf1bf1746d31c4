"""The tree of units, who is on shift in it, and patrols, on a real database: one worker for a duty grid and shift, whatever happens at once."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest

from core.errors import IllegalAct, Invalid, NotAllowed
from core.organisation import PostEntry, UnitEntry
from dispatch.patrol import Fix
from store import patrol_plans, patrols, roster_acts, rosters, units
from store.acts import Act
from tests.desk import NORTH, Desk

TODAY = date(2026, 11, 21)
COMMAND = UnitEntry("CMD", "区指挥中心", "command", 2, "320404", name_en="Command centre", posts=(PostEntry("派遣员", "dispatcher", 2),))
STREET = UnitEntry("N", "北街道", "street", 3, NORTH, "CMD", "North street", (PostEntry("网格员", "grid_worker", 4),))


def admin(desk: Desk) -> Act:
    return Act("save", desk.scope("admin", "admin"), desk.now)


def replace_note(act: Act, note: str) -> Act:
    return replace(act, act="substitute", note=note)


def build(desk: Desk, *entries: UnitEntry) -> None:
    with desk.store.connection() as connection:
        for entry in entries:
            units.save_unit(connection, entry, admin(desk), desk.config.organisation)


def test_the_tree_counts_people_posts_and_open_cases_with_all_below(desk: Desk) -> None:
    build(desk, COMMAND, STREET)
    with desk.store.connection() as connection:
        units.place_person(connection, desk.people["worker1"], "N", "网格员", admin(desk))
        units.place_person(connection, desk.people["dispatcher"], "CMD", "派遣员", admin(desk))
        connection.execute(
            "insert into cases (case_number, title, class_code, severity, stage, area, opened_at, updated_at, lead_unit, overdue_at) "
            "select n::text, 't', '0101', 4, 'dispatched', %s, %s, %s, unit_id, case when n = 1 then %s end "
            "from units, generate_series(1, 3) n where code = 'N'",
            [f"{NORTH}001", desk.now, desk.now, desk.now],
        )
        tree = {unit["code"]: unit for unit in units.list_tree(connection, desk.scope("boss", "leader"))}
        elsewhere = {unit["code"]: unit for unit in units.list_tree(connection, desk.scope("boss", "leader", "320404002"))}
    assert [(unit["code"], unit["depth"], unit["people"], unit["open"]) for unit in tree.values()] == [("CMD", 0, 1, 0), ("N", 1, 1, 3)]
    assert tree["CMD"]["below"] == {"people": 2, "in_field": 1, "at_desk": 0, "open": 3, "overdue": 1}
    assert (tree["N"]["posts"][0]["held"], tree["N"]["posts"][0]["seats"]) == (1, 4)
    assert elsewhere["N"]["open"] == 0


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (replace(STREET, parent="N"), "itself or below"), (replace(COMMAND, parent="N"), "itself or below"),
        (replace(COMMAND, level=1), "a command stands on level 2"), (replace(STREET, level=9), "none of 1 to 4"),
        (replace(STREET, level=1), "above that of its parent"), (replace(STREET, area="320404009"), "no area has the code"),
        (replace(STREET, kind="circus"), "none of supervision"), (replace(STREET, parent="?"), "no unit has the code"),
    ],
)  # fmt: skip
def test_what_does_not_fit_into_the_tree_is_refused_and_changes_nothing(desk: Desk, entry: UnitEntry, words: str) -> None:
    build(desk, COMMAND, STREET)
    with pytest.raises(Invalid, match=words), desk.store.connection() as connection:
        units.save_unit(connection, entry, admin(desk), desk.config.organisation)
    with desk.store.connection() as connection:
        assert units.standing(connection).units == {"CMD": COMMAND, "N": STREET}


def test_a_unit_ends_only_when_nothing_hangs_on_it_and_a_held_post_stays(desk: Desk) -> None:
    build(desk, COMMAND, STREET)
    with desk.store.connection() as connection:
        units.place_person(connection, desk.people["worker1"], "N", "网格员", admin(desk))
    for code, words in (("CMD", "1 units"), ("N", "1 people")):
        with pytest.raises(IllegalAct, match=words), desk.store.connection() as connection:
            units.end_unit(connection, code, admin(desk))
    with pytest.raises(IllegalAct, match="somebody holds the post '网格员'"), desk.store.connection() as connection:
        units.save_unit(connection, replace(STREET, posts=()), admin(desk), desk.config.organisation)
    with pytest.raises(Invalid, match="for the role 'grid_worker', not 'duty'"), desk.store.connection() as connection:
        units.place_person(connection, desk.people["duty1"], "N", "网格员", admin(desk))
    with desk.store.connection() as connection:
        units.place_person(connection, desk.people["worker1"], None, None, admin(desk))
        units.end_unit(connection, "N", admin(desk))
    with pytest.raises(NotAllowed), desk.store.connection() as connection:
        units.save_unit(connection, STREET, Act("save", desk.scope("duty1", "duty"), desk.now), desk.config.organisation)


def rotate(
    desk: Desk, *people: str, pattern: tuple[str, ...] = ("day",), since: date = TODAY, replace: bool = False, **more: Any
) -> list[int]:
    wish = roster_acts.Rotation("g1", people, pattern, since, **more)
    with desk.store.connection() as connection:
        return roster_acts.assign(connection, wish, admin(desk), desk.config.organisation, "Asia/Shanghai", replace=replace)


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
