"""Whoever takes several alerts takes them in one order, so that no two wait for each other."""

import threading

from core.changes import AlertReturned
from store.save import save
from tests.desk import Desk
from tests.patience import until


def test_a_worker_takes_its_alerts_in_the_order_of_officers_whatever_the_order_of_its_changes(desk: Desk) -> None:
    first, second = (desk.alert(title=title) for title in "ab")

    def work() -> None:
        with desk.store.connection() as connection:
            save(connection, [AlertReturned(second, desk.now, 0.0), AlertReturned(first, desk.now, 0.0)], desk.now)

    worker = threading.Thread(target=work)
    with desk.store.connection() as officer:
        officer.execute("select from alerts where alert_id = %s for update", [first])
        worker.start()
        until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="the worker waits")
        officer.execute("select from alerts where alert_id = %s for update nowait", [second])
    worker.join()
    assert [row["stage"] for row in desk.rows("select stage from alerts order by alert_id")] == ["rtn_unack", "rtn_unack"]
