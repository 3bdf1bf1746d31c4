"""Notices inside the house: on the desks of their people exactly once, a storm as one, and in the stream."""

import threading

from core.escalation_config import SCREEN
from delivery import deliver_inside
from store import notices
from tests.desk import NORTH, Desk
from tests.webhook import write


def put(desk: Desk) -> int:
    return deliver_inside(desk.store, SCREEN, notices.put, desk.config.notify, desk.now)


def test_a_notice_is_on_the_desks_of_its_people_exactly_once_and_in_the_stream(desk: Desk) -> None:
    write(desk, 1, "role:duty")
    write(desk, 2, f"account:{desk.people['worker1']}")
    assert [put(desk), put(desk)] == [2, 0]
    with desk.store.connection() as connection:
        duty, worker = desk.scope("duty1", "duty"), desk.scope("worker1", "grid_worker")
        mine = notices.list_notices(connection, duty, unseen=True, after=None, limit=10)
        assert [(one["title"], one["seen"]) for one in mine] == [("烟感报警 1", False)]
        assert [one["title"] for one in notices.list_notices(connection, worker, unseen=False, after=None, limit=10)] == ["烟感报警 2"]
        assert [notices.see(connection, duty, [mine[0]["id"]]), notices.see(connection, duty, [mine[0]["id"]])] == [1, 0]
        assert notices.list_notices(connection, duty, unseen=True, after=None, limit=10) == []
    logged = desk.rows("select area, after from change_log where noun = 'notice' order by change_id")
    assert [(row["area"], row["after"]["count"]) for row in logged] == [(f"{NORTH}001", 1)] * 2


def test_a_storm_on_a_desk_is_one_notice_with_every_item(desk: Desk) -> None:
    for n in range(40):
        write(desk, n, "role:duty", severity=3)
    assert put(desk) == 10
    [row] = desk.rows("select template, jsonb_array_length(items) as n from notices where template = 'summary'")
    assert row["n"] == 31


def test_two_who_deliver_at_once_put_nothing_twice(desk: Desk) -> None:
    for n in range(30):
        write(desk, n, "role:duty", severity=1)
    threads = [threading.Thread(target=put, args=(desk,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [item["id"] for row in desk.rows("select items from notices") for item in row["items"]]
    assert sorted(told) == list(range(30))
