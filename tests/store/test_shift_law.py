"""The law of shifts, whatever people do in whatever order: an acknowledgement is somebody's who is here, or nobody's; none goes silently."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import Scope
from store import alerts, handovers, shifts
from store.acts import Act
from store.sweep import sweep
from store.timescale import Connection
from tests.desk import Desk, later

OFFICERS, ALERTS = ("duty1", "duty2", "supervisor"), 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["acknowledge", "take", "judge"]), st.sampled_from(OFFICERS), st.integers(0, ALERTS - 1)),
        st.tuples(st.sampled_from(["offer", "accept", "decline", "end"]), st.sampled_from(OFFICERS), st.sampled_from(OFFICERS)),
        st.tuples(st.just("wait"), st.sampled_from([1, 7, 13]), st.none()),
    ),
    max_size=14,
)


def do(connection: Connection, desk: Desk, ids: list[int], step: tuple[str, Any, Any]) -> None:
    name, who, what = step
    scope = Scope("supervisor" if who == "supervisor" else "duty", ("320404",), desk.people[who], who)
    act = Act(name, scope, desk.now, note="why", extra={"verdict": "false_alarm"})
    if name in ("acknowledge", "take", "judge"):
        shifts.be_on(connection, scope, desk.now)
        alerts.act_on_alert(connection, ids[what], act)
    elif name == "offer":
        handovers.offer(connection, act, desk.people[what])
    else:
        shift = connection.execute(
            "select shift_id from shifts where account_id = %s order by shift_id desc", [desk.people[what]]
        ).fetchone()
        answer = shifts.end if name == "end" else handovers.answer
        answer(connection, shift["shift_id"] if shift else 0, act)


def check(desk: Desk) -> None:
    orphans = desk.rows(
        "select alert_id from alerts a where stage = 'acked' and (acked_id is null or not exists "
        "(select from shifts s where s.account_id = a.acked_id and s.stage <> 'ended' and s.began_at <= a.acked_at)) and not exists "
        "(select from audit u where u.noun = 'alert' and u.key = a.alert_id::text and u.act = 'take_over' and u.account_id = a.acked_id)"
    )
    assert orphans == [], "somebody who went home still holds it"
    assert (
        desk.rows(
            "select 1 from alerts a where owner_id is not null and not exists (select from shifts s where s.account_id = a.owner_id and s.stage <> 'ended')"
        )
        == []
    )
    silent = desk.rows(
        "select key from change_log c where noun = 'alert' and before->>'stage' = 'acked' and after->>'stage' = 'unack' and not exists "
        "(select from audit u where u.noun = 'alert' and u.key = c.key and u.act = 'lapse' and u.at = c.processed_at and u.note <> '')"
    )
    assert silent == [], "what went back was told with its reason"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS)
def test_after_each_second_whoever_acknowledged_something_is_here(desk: Desk, steps: list[tuple[str, Any, Any]]) -> None:
    with desk.store.connection() as connection:
        for table in ("handovers", "shifts", "comments", "change_log", "audit", "alerts"):
            connection.execute(f"delete from {table}")
    ids = [desk.alert(title=str(n)) for n in range(ALERTS)]
    for step in steps:
        if step[0] == "wait":
            later(desk, hours=step[1])
        else:
            try:
                with desk.store.connection() as connection:
                    do(connection, desk, ids, step)
            except (IllegalAct, Invalid, NotAllowed, NotFound):
                continue
        desk.now += timedelta(seconds=1)
        with desk.store.connection() as connection:
            sweep(connection, desk.now, desk.config)
        check(desk)
