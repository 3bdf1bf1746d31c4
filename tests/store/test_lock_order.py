"""Whoever takes several alerts, or a case and its incident, takes them in one order, so that no two wait for each other."""

import threading

from core.changes import AlertReturned
from store.acts import Act
from store.openings import Opening, open_case
from store.save import save
from tests.desk import NORTH, Desk
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


def test_who_opens_a_child_takes_its_parent_before_the_incident_as_every_act_on_a_case_does(desk: Desk) -> None:
    columns = {"title": "积水", "class_code": "0502", "severity": 3, "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now}
    incident_id = desk.insert("incidents", {**columns, "domain": "water", "stage": "handling"}, "incident_id")
    desk.insert("cases", {**columns, "case_number": "1", "stage": "registered", "incident_id": incident_id}, "case_number")
    opening = Opening(incident_id=incident_id, words={"parent_number": "1"})

    def work() -> None:
        with desk.store.connection() as connection:
            open_case(connection, opening, Act("open", desk.scope("duty1", "duty"), desk.now), desk.config)

    opener = threading.Thread(target=work)
    with desk.store.connection() as handler:
        handler.execute("select from cases where case_number = '1' for update")
        opener.start()
        until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="who opens the child waits")
        handler.execute("select from incidents where incident_id = %s for update nowait", [incident_id])
    opener.join()
    assert [row["n"] for row in desk.rows("select count(*) as n from cases where parent_number = '1'")] == [1]
