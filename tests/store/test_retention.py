"""What is kept no longer, and what never goes."""

from datetime import datetime, timedelta
from typing import Any

from core.config import RetentionConfig
from store import escalations, retention, storms
from store.timescale import queries
from tests.desk import NORTH, Desk

KEPT = RetentionConfig(audit=timedelta(days=365))
STEP = {"noun": "alert", "call": 1, "policy": "p", "step": 0, "round": 0, "target": "probe/all", "why": "due"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def forget(desk: Desk, now: datetime) -> dict[str, int]:
    with desk.store.connection() as connection:
        return {name: rows for name, rows in retention.forget_desk(connection, KEPT, now).items() if rows}


def left(desk: Desk, table: str) -> int:
    return int(desk.rows(f"select count(*) as n from {table}")[0]["n"])


def test_alerts_of_proofs_go_after_a_week_with_their_clocks_and_steps_and_no_others_do(desk: Desk) -> None:
    over: dict[str, Any] = {"stage": "normal", "ended_at": desk.now}
    proof, _, still = desk.alert(title="a", probe=True), desk.alert(title="b", **over), desk.alert(title="c", probe=True)
    desk.rows("update alerts set stage = 'normal', ended_at = %s where alert_id = %s returning 1", desk.now, proof)
    for key in (proof, still):
        desk.insert("escalation_steps", {**STEP, "id": key, "due_at": desk.now, "told_at": desk.now}, "id")
    assert forget(desk, desk.now + 7 * DAY - HOUR) == {}
    assert forget(desk, desk.now + 7 * DAY + HOUR) == {"probe_alerts": 1}
    assert (left(desk, "alerts"), left(desk, "escalations"), left(desk, "escalation_steps")) == (2, 1, 1)


def test_what_is_over_goes_with_the_audit_of_it_and_what_stands_stays(desk: Desk) -> None:
    began, ended, me = desk.now, desk.now + HOUR, desk.people["duty1"]
    for over in (True, False):
        columns: dict[str, Any] = {"stage": "normal", "ended_at": ended} if over else {}
        alert = desk.alert(title=str(over), **columns)
        desk.insert("escalation_steps", {**STEP, "id": alert, "due_at": began, "told_at": began}, "id")
        of = {"area": NORTH, "began_at": began, "ended_at": ended if over else None, "arrivals": 1, "capacity": 1}
        storm = desk.insert("storms", of, "storm_id")
        desk.insert("storm_steps", {"storm_id": storm, "street": NORTH, "class_code": "", "step": 1, "at": began}, "step")
        silence = {"kind": "silence", "matcher": "{}", "areas": [NORTH], "since": began, "until": ended, "by": "x", "why": "x",
                   "created_at": began}  # fmt: skip
        desk.insert("silences", {**silence, "over_at": ended if over else None}, "silence_id")
        asked = {"noun": "alert", "noun_id": alert, "area": NORTH, "title": "x", "severity": 1, "act": "remove", "seen": 1, "asked_id": me,
                 "asked_by": "x", "asked_role": "duty", "asked_at": began, "expires_at": ended}  # fmt: skip
        desk.insert("approvals", {**asked, "stage": "refused" if over else "pending", "decided_at": ended if over else None}, "approval_id")
        shift = {"account_id": me, "name": "x", "role": "duty", "area": NORTH, "began_at": began, "stage": "ended" if over else "offered"}
        key = desk.insert("shifts", {**shift, "ended_at": ended if over else None, "settled_at": ended if over else None}, "shift_id")
        handed = {"shift_id": key, "to_id": me, "to_name": "x", "note": "x", "items": "[]", "items_hash": "x", "offered_at": began}
        desk.insert("handovers", handed, "handover_id")
        comment = {"noun": "alert", "noun_id": alert if not over else 10**9, "area": NORTH, "at": began, "author": "x", "text": "x"}
        desk.insert("comments", comment, "comment_id")
    assert forget(desk, began + 365 * DAY - HOUR) == {}
    tables = ("escalation_steps", "storm_steps", "silences", "approvals", "handovers", "shifts", "comments")
    assert forget(desk, ended + 365 * DAY + HOUR) == dict.fromkeys(tables, 1)
    assert {table: left(desk, table) for table in tables} == dict.fromkeys(tables, 1)
    assert forget(desk, ended + 999 * DAY) == {}


def test_the_clock_of_an_incident_that_was_dismissed_today_is_not_forgotten_today(desk: Desk) -> None:
    columns = {"title": "i", "severity": 1, "stage": "open", "area": NORTH, "opened_at": desk.now, "updated_at": desk.now}
    desk.insert("incidents", columns, "incident_id")
    desk.rows("update incidents set stage = 'dismissed', closed_at = null returning 1")
    desk.rows("update escalations set look_at = null returning 1")
    with desk.store.connection() as connection:
        assert escalations.forget(connection, desk.now - HOUR) == 0
        assert escalations.forget(connection, desk.now + HOUR) == 1


def test_the_load_of_a_day_counts_what_has_been_ringing_on_and_off_for_weeks(desk: Desk) -> None:
    weeks_ago, since = desk.now - 20 * DAY, desk.now - DAY
    desk.alert(title="old", raised_at=weeks_ago, observed_at=weeks_ago, rings=[weeks_ago, desk.now - 2 * HOUR, desk.now - HOUR])
    desk.alert(title="over", raised_at=weeks_ago, observed_at=weeks_ago, rings=[weeks_ago])
    scope = desk.scope("duty1", "duty")
    with desk.store.connection() as connection:
        rows = list(queries.storms_rings(connection, since=since, until=desk.now, areas=["320404%"]))
        load = storms.read_load(connection, scope, desk.config, since, desk.now, 1)
    assert [row["at"] for row in rows] == [desk.now - 2 * HOUR, desk.now - HOUR]
    assert load["from"] == since.isoformat()
