"""What cases do without anybody acting: one that cannot be moved holds up no other, and deadlines follow a changed work calendar."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.work_config import Limit, TimeUnit
from dispatch.standards import EVENT, Standard
from store import clocks, standards, work_days
from store.acts import logged
from store.case_sweep import end_suspensions
from store.clock_calendar import follow_calendar
from store.clock_sweep import sweep
from store.timescale import queries
from tests.desk import NORTH, Desk, later

STUCK, FREE = "3204042026112100001", "3204042026112100002"
MONDAY = date(2026, 11, 23)


def open_case(desk: Desk, number: str, **columns: Any) -> datetime:
    values = {
        "case_number": number, "title": "占道经营", "class_code": "0401", "severity": 3, "stage": "handling", "area": f"{NORTH}001",
        "opened_at": desk.now, "updated_at": desk.now, **columns,
    }  # fmt: skip
    desk.insert("cases", values, "case_number")
    with desk.store.connection() as connection:
        return clocks.open_clocks(connection, number, "0401", None, desk.now, desk.config)


def end(desk: Desk) -> int:
    with desk.store.connection() as connection:
        return end_suspensions(connection, desk.now, desk.config)


def follow(desk: Desk, at_once: int = 500) -> bool:
    with desk.store.connection() as connection:
        return follow_calendar(connection, desk.config, desk.now, at_once)


def set_limit(desk: Desk, limit: Limit) -> None:
    one = Standard(EVENT, "0401", "街面秩序", "占道经营", "占用道路", "清理", limit, str(limit))
    with desk.store.connection() as connection:
        standards.save(connection, EVENT, [one], "test", desk.now)


def close_on(desk: Desk, *days: date) -> None:
    with desk.store.connection() as connection:
        work_days.save(connection, [(day, False, "市里放假") for day in days])


def due(desk: Desk, number: str = FREE) -> dict[str, Any]:
    return desk.rows("select due_at, overdue_at, version from cases where case_number = %s", number)[0]


def test_a_case_that_cannot_be_resumed_is_told_of_once_for_each_state_and_holds_up_no_other(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (STUCK, FREE):
        open_case(desk, number, kept_stage="handling", suspended_until=desk.now)
        move(desk, "suspended", number)
    with desk.store.connection() as connection:
        connection.execute("create function stand() returns trigger language plpgsql as 'begin raise exception ''it stands''; end'")
        connection.execute(
            f"create trigger stand before update on cases for each row when (new.case_number = '{STUCK}') execute function stand()"
        )
    assert end(desk) == 1
    assert [end(desk) for _ in range(3)] == [0, 0, 0]
    tried = []
    for _ in range(60):
        later(desk, seconds=10)
        end(desk)
        tried.append(desk.rows("select tries from sweep_faults")[0]["tries"])
    assert tried[-1] == 6  # after 10, 20, 40, 80, 160 and 320 s
    assert capsys.readouterr().out.count("sweep_row_failed") == 1
    stages = {row["case_number"]: row["stage"] for row in desk.rows("select case_number, stage from cases")}
    assert stages == {STUCK: "suspended", FREE: "handling"}
    with desk.store.connection() as connection:
        connection.execute("drop trigger stand on cases")
        connection.execute("update cases set version = version + 1 where case_number = %s", [STUCK])
    assert (end(desk), desk.rows("select 1 from sweep_faults")) == (1, [])  # it is another now: tried at once
    assert capsys.readouterr().out.count("sweep_row_mended") == 1


def test_a_day_that_is_taken_off_moves_the_deadlines_of_running_clocks_and_the_audit_says_from_when_to_when(desk: Desk) -> None:
    set_limit(desk, Limit(1, TimeUnit.WORK_DAYS))
    first = open_case(desk, FREE)
    assert (follow(desk), due(desk)["version"]) == (False, 1)
    close_on(desk, MONDAY)
    follow(desk)
    moved = due(desk)
    assert (moved["due_at"] - first, moved["version"]) == (timedelta(days=1), 2)
    assert desk.rows("select act, detail from audit where noun = 'case'") == [
        {"act": "retime", "detail": {"clock": "total", "from": first.isoformat(), "to": moved["due_at"].isoformat()}}
    ]
    assert [row["key"] for row in desk.rows("select key from change_log where noun = 'case'")] == [FREE]
    assert (follow(desk), due(desk)["version"]) == (False, 2)  # once
    close_on(desk, date(2026, 12, 31))  # the table of the year without that day
    follow(desk)
    assert due(desk)["due_at"] == first


def test_what_was_worked_before_a_pause_is_counted_by_the_new_calendar_too(desk: Desk) -> None:
    set_limit(desk, Limit(2, TimeUnit.WORK_DAYS))
    open_case(desk, FREE)
    desk.now = datetime.fromisoformat("2026-11-24T09:00:00+08:00")
    move(desk, "suspended")
    close_on(desk, MONDAY)
    follow(desk)
    desk.now = datetime.fromisoformat("2026-11-25T09:00:00+08:00")
    assert move(desk, "handling") == datetime.fromisoformat("2026-11-26T17:30:00+08:00")  # of Monday's day nothing is used


def test_a_mark_whose_moment_is_now_to_come_is_taken_off_and_what_runs_round_the_clock_stays(desk: Desk) -> None:
    open_case(desk, STUCK)
    set_limit(desk, Limit(1, TimeUnit.WORK_DAYS))
    desk.now = open_case(desk, FREE)
    with desk.store.connection() as connection:
        sweep(connection, desk.now)
    assert due(desk)["overdue_at"] == desk.now
    before = due(desk, STUCK)
    close_on(desk, MONDAY)
    follow(desk)
    assert (due(desk)["overdue_at"], due(desk, STUCK)) == (None, before)
    assert desk.rows("select detail->>'no_longer_overdue' as off from audit where act = 'retime'") == [{"off": "true"}]


def test_of_many_clocks_those_come_first_that_are_due_first(desk: Desk) -> None:
    set_limit(desk, Limit(1, TimeUnit.WORK_DAYS))
    open_case(desk, STUCK)
    set_limit(desk, Limit(2, TimeUnit.WORK_DAYS))
    later(desk, seconds=-1)
    open_case(desk, FREE)
    close_on(desk, MONDAY)
    assert follow(desk, at_once=1)
    assert [row["key"] for row in desk.rows("select key from audit where act = 'retime'")] == [STUCK]
    while follow(desk, at_once=1):
        pass
    assert [row["key"] for row in desk.rows("select key from audit where act = 'retime' order by audit_id")] == [STUCK, FREE]


def move(desk: Desk, stage: str, number: str = FREE) -> datetime | None:
    """What an act does: it saves the stage, then the clocks follow."""
    with desk.store.connection() as connection:
        row = connection.execute("select * from cases where case_number = %s for update", [number]).fetchone()
        assert row is not None
        with logged(connection, "case", [number], desk.now):
            connection.execute("update cases set stage = %s where case_number = %s", [stage, number])
            return clocks.follow(connection, row, row["stage"], stage, desk.config, desk.now)


def test_a_clock_that_a_process_of_the_release_before_paused_keeps_what_it_used(desk: Desk) -> None:
    set_limit(desk, Limit(2, TimeUnit.WORK_DAYS))
    open_case(desk, FREE)
    old = "update case_clocks set consumed = '1 hour', running_since = null, paused_at = %s where clock = 'total' returning 1"
    desk.rows("update case_clocks set calendar = '', ran = '{}' returning 1")
    desk.rows(old, later(desk, days=2))
    follow(desk)
    assert desk.rows("select consumed, ran from case_clocks where clock = 'total'") == [{"consumed": timedelta(hours=1), "ran": None}]


def test_what_is_done_before_the_calendar_has_been_followed_counts_by_the_new_one_and_tells_no_false_overdue(desk: Desk) -> None:
    set_limit(desk, Limit(1, TimeUnit.WORK_DAYS))
    first = open_case(desk, FREE)
    close_on(desk, MONDAY)
    desk.now = datetime.fromisoformat("2026-11-24T09:00:00+08:00")
    move(desk, "suspended")
    assert due(desk)["overdue_at"] is None
    assert desk.rows("select act from audit where noun = 'case' order by audit_id") == [{"act": "retime"}]
    assert (due(desk)["due_at"] - first, follow(desk)) == (timedelta(days=1), False)


def test_what_waits_after_a_failure_stands_in_nobodys_way(desk: Desk) -> None:
    asked = {"area": f"{NORTH}001", "kind": "extension", "stage": "asked", "until_at": desk.now + timedelta(days=9), "reason": "r"}
    approval = {"noun": "alert", "area": f"{NORTH}001", "act": "shelve", "severity": 1, "title": "t", "seen": 1, "asked_role": "duty"}
    times, keys = {"asked_at": desk.now, "expires_at": desk.now}, []
    for noun, number in enumerate((STUCK, FREE)):
        open_case(desk, number)
        desk.insert("case_adjustments", {**asked, "case_number": number, "asked_at": desk.now}, "adjustment_id")
        who = {"asked_id": desk.people["duty1"], "asked_by": "duty1", "noun_id": noun}
        keys.append(desk.insert("approvals", {**approval, **times, **who}, "approval_id"))
    later(desk, days=30)
    for part, key, version in (("requests", STUCK, 1), ("approvals", str(keys[0]), 0)):
        fault = {"part": part, "key": key, "version": version, "why": "x", "since": desk.now, "again_at": desk.now + timedelta(hours=1)}
        desk.insert("sweep_faults", fault, "key")
    with desk.store.connection() as connection:
        assert [row["case_number"] for row in queries.adjustments_late(connection, now=desk.now, limit=1)] == [FREE]
        assert [row["id"] for row in queries.approvals_expired(connection, now=desk.now, limit=1)] == [keys[1]]
