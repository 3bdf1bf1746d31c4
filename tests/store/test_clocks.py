"""The clocks of cases against a real database: begun, paused, extended, swept, with every figure told."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.errors import Invalid
from core.work_config import Limit, TimeUnit
from dispatch.standards import COMPONENT, EVENT, Standard
from store import clock_sweep, clocks, standards
from store.acts import logged
from store.timescale import Connection
from tests.desk import NORTH, Desk, later

_WHERE = {"lon": 119.905, "lat": 31.785}
NUMBER = "3204042026112100001"


def add_case(desk: Desk, number: str = NUMBER, **columns: Any) -> str:
    """A case as it stands before it has clocks."""
    values = {
        "case_number": number, "title": "占道经营", "class_code": "0401", "severity": 3, "stage": "reported", "area": f"{NORTH}001",
        "opened_at": desk.now, "updated_at": desk.now, **columns,
    }  # fmt: skip
    return str(desk.insert("cases", values, "case_number"))


def open_clocks(desk: Desk, **columns: Any) -> datetime:
    number = add_case(desk, **columns)  # `columns` may name another number
    with desk.store.connection() as connection:
        return clocks.open_clocks(connection, number, "0401", columns.get("condition_no"), desk.now, desk.config)


def move(desk: Desk, stage: str, number: str = NUMBER) -> datetime | None:
    """What an act does: it saves the stage, then the clocks follow."""
    with desk.store.connection() as connection:
        row = connection.execute("select * from cases where case_number = %s for update", [number]).fetchone()
        assert row is not None
        with logged(connection, "case", [number], desk.now):
            connection.execute("update cases set stage = %s where case_number = %s", [stage, number])
            return clocks.follow(connection, row, row["stage"], stage, desk.config, desk.now)


def whole(desk: Desk, number: str = NUMBER) -> dict[str, Any]:
    return told(desk, clocks.TOTAL, number)[-1]


def told(desk: Desk, name: str, number: str = NUMBER) -> list[dict[str, Any]]:
    with desk.store.connection() as connection:
        return [one for one in clocks.list_clocks(connection, number, desk.now, desk.config) if one["clock"] == name]


def sweep(desk: Desk) -> int:
    with desk.store.connection() as connection:
        return clock_sweep.sweep(connection, desk.now)


def save_standard(connection: Connection, desk: Desk, limit: Limit, **fields: Any) -> None:
    one = Standard(EVENT, "0401", "街面秩序", "占道经营", "占用道路", "清理", limit, str(limit), **fields)
    standards.save(connection, EVENT, [one], "test", desk.now)


def messages(desk: Desk, template: str) -> list[str]:
    return [row["target"] for row in desk.rows("select target from outbox where template = %s order by outbox_id", template)]


def test_without_standards_the_classs_deadline_of_the_configuration_holds_round_the_clock(desk: Desk) -> None:
    due = open_clocks(desk)
    assert due == desk.now + desk.config.classes["0401"].deadline
    assert desk.rows("select due_at, urgent, paused_at from cases") == [{"due_at": due, "urgent": False, "paused_at": None}]
    assert whole(desk)["basis"] == "class"


def test_the_standards_row_of_the_condition_gives_the_limit(desk: Desk) -> None:
    with desk.store.connection() as connection:
        save_standard(connection, desk, Limit(3, TimeUnit.WORK_DAYS))
    assert open_clocks(desk, condition_no=1) == datetime.fromisoformat("2026-11-25T17:30:00+08:00")  # from a Saturday noon
    figures = whole(desk)
    assert (figures["basis"], figures["amount"], figures["unit"], figures["allowed_s"]) == ("standard", 3, "work_days", 3 * 7 * 3600)


def test_an_urgent_limit_makes_the_case_urgent(desk: Desk) -> None:
    with desk.store.connection() as connection:
        save_standard(connection, desk, Limit(2, TimeUnit.URGENT_HOURS))
    assert open_clocks(desk) == desk.now + timedelta(hours=2)
    assert desk.rows("select urgent from cases") == [{"urgent": True}]


def test_a_class_nobody_knows_has_no_deadline(desk: Desk) -> None:
    add_case(desk, class_code="9999")
    with desk.store.connection() as connection, pytest.raises(Invalid, match="9999"):
        clocks.open_clocks(connection, NUMBER, "9999", None, desk.now, desk.config)


@pytest.mark.parametrize("aside", ["suspended", "checking", "pre_checking"])
def test_the_deadline_moves_by_what_the_case_stood_still(desk: Desk, aside: str) -> None:
    due = open_clocks(desk)
    later(desk, minutes=10)
    move(desk, "handling")
    later(desk, minutes=10)
    move(desk, aside)
    later(desk, hours=30)
    assert sweep(desk) == (1 if aside != "suspended" else 0)  # of the check's own clock; the whole stands
    assert (whole(desk)["state"], whole(desk)["consumed_s"], whole(desk)["paused_s"]) == ("paused", 1200, 30 * 3600)
    assert move(desk, "handling") == due + timedelta(hours=30)
    assert desk.rows("select due_at, overdue_at from cases") == [{"due_at": due + timedelta(hours=30), "overdue_at": None}]


def test_yellow_is_told_once_and_red_once_to_handler_unit_and_supervisors(desk: Desk) -> None:
    unit = desk.insert("units", {"code": "u1", "name": "环卫中心", "area": "320404"}, "unit_id")
    worker = desk.people["worker1"]
    due = open_clocks(desk, stage="handling", handler_id=worker, lead_unit=unit)
    given = due - desk.now
    desk.now += 0.8 * given - timedelta(seconds=1)
    assert sweep(desk) == 0
    later(desk, seconds=1)
    assert [sweep(desk), sweep(desk)] == [1, 0]
    assert messages(desk, "case_yellow") == [f"account:{worker}", f"unit:{unit}"]
    assert whole(desk)["light"] == "yellow"
    desk.now = due
    assert [sweep(desk), sweep(desk)] == [1, 0]
    assert messages(desk, "case_overdue") == [f"account:{worker}", f"unit:{unit}", f"role:supervisor@{NORTH}001"]
    assert desk.rows("select overdue_at, version from cases") == [{"overdue_at": due, "version": 2}]
    assert desk.rows("select act from audit where noun = 'case'") == [{"act": "overdue"}]
    assert len(messages(desk, "case_yellow")) == 2


def test_a_case_nobody_looked_at_turns_red_without_having_been_told_yellow(desk: Desk) -> None:
    desk.now = open_clocks(desk)
    assert [sweep(desk), sweep(desk)] == [1, 0]
    assert messages(desk, "case_yellow") == []
    assert messages(desk, "case_overdue") == [f"area:{NORTH}001", f"role:supervisor@{NORTH}001"]


def test_work_that_ends_late_is_overdue_although_no_sweep_saw_it(desk: Desk) -> None:
    due = open_clocks(desk, stage="handling")
    desk.now = due + timedelta(seconds=1)
    move(desk, "finished")
    assert desk.rows("select overdue_at from cases") == [{"overdue_at": desk.now}]
    assert len(messages(desk, "case_overdue")) == 2
    later(desk, hours=1)
    assert sweep(desk) == 0


def test_work_that_ends_in_time_stays_in_time_however_long_the_check_takes(desk: Desk) -> None:
    open_clocks(desk, stage="handling")
    move(desk, "finished")
    later(desk, days=30)
    assert sweep(desk) == 0
    move(desk, "closed")
    assert {one["state"] for one in told(desk, clocks.TOTAL)} == {"ended"}


def test_an_extension_moves_the_deadline_and_warns_of_the_new_one_afresh(desk: Desk) -> None:
    due = open_clocks(desk, stage="handling")
    given = due - desk.now
    desk.now += 0.8 * given
    assert sweep(desk) == 1
    until = due + 3 * given
    with desk.store.connection() as connection, logged(connection, "case", [NUMBER], desk.now):
        assert clocks.extend(connection, NUMBER, until, desk.now, desk.config) == until
    assert (sweep(desk), whole(desk)["light"], whole(desk)["extended_s"]) == (0, "green", 3 * given.total_seconds())
    desk.now += 3 * given
    assert (sweep(desk), len(messages(desk, "case_yellow"))) == (1, 2)
    with desk.store.connection() as connection, pytest.raises(Invalid):
        clocks.extend(connection, NUMBER, until, desk.now, desk.config)


def test_a_phase_with_a_limit_has_a_clock_of_its_own_that_tells_whose_turn_it_is(desk: Desk) -> None:
    open_clocks(desk, stage="handling")
    move(desk, "checking")
    later(desk, minutes=30)
    assert [sweep(desk), sweep(desk)] == [1, 0]
    assert messages(desk, "phase_overdue") == [f"role:supervisor@{NORTH}001"]
    assert desk.rows("select overdue_at from cases") == [{"overdue_at": None}]
    assert desk.rows("select detail from audit where act = 'phase_overdue'") == [{"detail": {"clock": "post_check"}}]
    move(desk, "dispatched")
    move(desk, "checking")
    assert [one["round"] for one in told(desk, "post_check")] == [1, 2]


def test_the_limits_of_the_standards_row_go_before_the_configurations(desk: Desk) -> None:
    with desk.store.connection() as connection:
        save_standard(connection, desk, Limit(3, TimeUnit.WORK_DAYS), stage_limits={"accept": Limit(0.25, TimeUnit.URGENT_HOURS)})
    open_clocks(desk)
    assert [(one["basis"], one["due_at"]) for one in told(desk, "accept")] == [("standard", desk.now + timedelta(minutes=15))]


def test_another_class_brings_another_limit_and_what_was_used_stays_used(desk: Desk) -> None:
    open_clocks(desk)
    later(desk, minutes=7)
    with desk.store.connection() as connection:
        due = clocks.open_clocks(connection, NUMBER, "0501", None, desk.now, desk.config)
    assert due == desk.now - timedelta(minutes=7) + desk.config.classes["0501"].deadline
    assert whole(desk)["consumed_s"] == 7 * 60


def test_a_case_that_is_opened_again_has_all_its_time_again(desk: Desk) -> None:
    first = open_clocks(desk)
    later(desk, minutes=1)
    move(desk, "closed")
    later(desk, days=1)
    assert move(desk, "registered") == first + timedelta(days=1, minutes=1)
    assert [(one["round"], one["state"]) for one in told(desk, clocks.TOTAL)] == [(1, "ended"), (2, "running")]


def test_the_citys_own_days_go_before_the_countrys(desk: Desk) -> None:
    monday = date(2026, 11, 23)
    with desk.store.connection() as connection:
        save_standard(connection, desk, Limit(1, TimeUnit.WORK_DAYS))
        connection.execute("insert into work_days (day, works) values (%s, false)", [monday])
    assert open_clocks(desk) == datetime.fromisoformat("2026-11-24T17:30:00+08:00")


def test_a_components_class_has_its_own_standard_although_an_event_has_the_same_code(desk: Desk) -> None:
    lamp_post = {"code": "3204040401000001", "class_code": "0401", "name": "路灯", "area": f"{NORTH}001", "imported_at": desk.now}
    desk.insert("components", lamp_post | _WHERE, "code")
    with desk.store.connection() as connection:
        save_standard(connection, desk, Limit(1, TimeUnit.URGENT_HOURS))
        lamp = Standard(COMPONENT, "0401", "公用设施", "路灯", "不亮", "修复", Limit(3, TimeUnit.URGENT_HOURS), "3紧急工作时")
        standards.save(connection, COMPONENT, [lamp], "test", desk.now)
    assert open_clocks(desk, component_code="3204040401000001") == desk.now + timedelta(hours=3)
    assert open_clocks(desk, number="3204042026112100002") == desk.now + timedelta(hours=1)


def test_a_class_that_was_dropped_stops_no_act_and_its_cases_keep_their_limits(desk: Desk) -> None:
    limit = Limit(3, TimeUnit.WORK_DAYS)
    one = Standard(EVENT, "7777", "街面秩序", "占道经营", "占用道路", "清理", limit, str(limit))
    add_case(desk, class_code="7777")
    with desk.store.connection() as connection:
        standards.save(connection, EVENT, [one], "test", desk.now)
        clocks.open_clocks(connection, NUMBER, "7777", None, desk.now, desk.config)
    with desk.store.connection() as connection:
        standards.save(connection, EVENT, [], "test", desk.now)
    for stage in ("handling", "suspended", "handling", "closed", "registered"):
        assert move(desk, stage) is not None
    assert (whole(desk)["round"], whole(desk)["basis"], whole(desk)["amount"]) == (2, "standard", 3)
    with desk.store.connection() as connection:
        connection.execute("delete from class_standards")
    for stage in ("closed", "registered"):
        assert move(desk, stage) is not None
    assert (whole(desk)["round"], whole(desk)["amount"], whole(desk)["unit"]) == (3, 3, "work_days")
    with desk.store.connection() as connection, pytest.raises(Invalid, match="7777"):
        clocks.open_clocks(connection, NUMBER, "7777", None, desk.now, desk.config)


def test_another_class_judges_afresh_what_is_overdue_and_what_is_urgent(desk: Desk) -> None:
    with desk.store.connection() as connection:
        save_standard(connection, desk, Limit(0.25, TimeUnit.URGENT_HOURS))
    open_clocks(desk)
    later(desk, minutes=16)
    assert sweep(desk) > 0
    assert desk.rows("select overdue_at is not null as overdue, urgent from cases") == [{"overdue": True, "urgent": True}]
    with desk.store.connection() as connection:
        clocks.open_clocks(connection, NUMBER, "0501", None, desk.now, desk.config)
    assert desk.rows("select overdue_at is not null as overdue, urgent from cases") == [{"overdue": False, "urgent": False}]
    assert (whole(desk)["warned_at"], whole(desk)["overdue_at"]) == (None, None)
    desk.now = datetime.fromisoformat(str(whole(desk)["due_at"]))
    assert sweep(desk) > 0
    assert desk.rows("select overdue_at is not null as overdue from cases") == [{"overdue": True}]
