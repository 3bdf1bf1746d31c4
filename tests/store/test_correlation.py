"""What the leader does with incidents while officers act on them, and what it looks at first."""

from datetime import timedelta

from alerts.correlate import Joining, correlate
from store import correlation
from tests.desk import NORTH, SOUTH, Desk, later

BEFORE = timedelta(hours=1)


def incident(desk: Desk) -> int:
    values = {"title": "积水", "class_code": "0502", "severity": 3, "stage": "open", "area": "320404001001", "lon": 119.9, "lat": 31.7,
              "opened_at": desk.now, "updated_at": desk.now}  # fmt: skip
    return int(desk.insert("incidents", values, "incident_id"))


def joinings(desk: Desk) -> list[Joining]:
    """What the leader decides from what it read."""
    with desk.store.connection() as connection:
        pending = correlation.read_pending(connection, desk.config, desk.now - BEFORE, desk.now)
        known = correlation.read_open(connection, desk.config, desk.now - BEFORE, desk.now)
    return correlate(pending, known, desk.config.incidents)


def test_an_incident_closed_since_it_was_read_takes_nothing_in_and_its_part_opens_another(desk: Desk) -> None:
    incident_id, report_id = incident(desk), desk.report(lon=119.9, lat=31.7, severity=3)
    decided = joinings(desk)
    assert [joining.incident_id for joining in decided] == [incident_id]
    with desk.store.connection() as connection:
        connection.execute("update incidents set stage = 'closed', version = version + 1 where incident_id = %s", [incident_id])
    with desk.store.connection() as connection:
        assert correlation.apply(connection, decided, desk.config, desk.now) == 0
    assert desk.rows("select incident_id from reports") == [{"incident_id": None}]
    with desk.store.connection() as connection:
        assert correlation.apply(connection, joinings(desk), desk.config, desk.now) == 1
    [row] = desk.rows("select incident_id from reports where report_id = %s", report_id)
    assert row["incident_id"] not in {None, incident_id}


def test_an_incident_that_an_officer_is_acting_on_is_met_again_in_the_next_round(desk: Desk) -> None:
    incident_id = incident(desk)
    desk.report(lon=119.9, lat=31.7, severity=3)
    decided = joinings(desk)
    with desk.store.connection() as officer, desk.store.connection() as leader:
        officer.execute("select 1 from incidents where incident_id = %s for update", [incident_id])
        assert correlation.apply(leader, decided, desk.config, desk.now) == 0
    with desk.store.connection() as connection:
        assert correlation.apply(connection, joinings(desk), desk.config, desk.now) == 1
    assert desk.rows("select incident_id from reports") == [{"incident_id": incident_id}]


def test_what_is_severe_comes_before_what_is_old_when_there_is_more_than_a_round_takes(desk: Desk) -> None:
    for number, severity in enumerate((5, 4, 1, 3)):
        desk.alert(title=str(number), severity=severity)
    # A report without a severity has that of its class: 0504 gas is 1, 0101 litter is 4; without a class it is 4.
    for number, (own, code) in enumerate(((None, None), (5, "0504"), (None, "0101"), (None, "0504"), (2, "0101"))):
        desk.report(title=str(number), severity=own, class_code=code)
    with desk.store.connection() as connection:
        pending = correlation.read_pending(connection, desk.config, desk.now - BEFORE, desk.now, most=2)
    assert [(part.kind, part.title, part.severity) for part in pending] == [
        ("alert", "2", 1), ("alert", "3", 3), ("report", "3", 1), ("report", "4", 2),
    ]  # fmt: skip


def test_minor_ones_that_stay_alone_never_stand_before_those_that_would_find_company(desk: Desk) -> None:
    for street, lat in ((NORTH, 31.7), (SOUTH, 31.8)):
        for number in range(12):
            desk.alert(street, title=f"{number}", severity=4, lon=119.0 + number / 10, lat=lat)
    pair = [desk.alert(SOUTH, title=f"p{number}", severity=4, lon=118.0, lat=31.8) for number in range(2)]
    for _ in range(40):
        later(desk, seconds=1)
        with desk.store.connection() as connection:
            pending = correlation.read_pending(connection, desk.config, desk.now - BEFORE, desk.now, most=4)
        if set(pair) <= {part.part_id for part in pending}:
            break
    assert {part.area[:9] for part in pending} == {SOUTH}
    assert set(pair) <= {part.part_id for part in pending}


def test_what_is_joined_goes_in_portions_and_a_whole_incident_in_one(desk: Desk) -> None:
    for number in range(7):
        desk.alert(title=f"{number}", severity=3, lon=119.0 + number // 3, lat=31.7)
    decided = joinings(desk)
    portions = list(correlation.portions(decided, 2))
    assert [[len(one.parts) for one in portion] for portion in portions] == [[3], [3], [1]]
    for portion in portions:
        with desk.store.connection() as connection:
            correlation.apply(connection, portion, desk.config, desk.now)
    assert len(desk.rows("select distinct incident_id from alerts")) == 3
    assert len(desk.rows("select 1 from change_log where noun = 'incident' and before is null")) == 3
    assert len(desk.rows("select 1 from change_log where noun = 'alert' and before ->> 'incident_id' is null")) == 7


def test_what_waits_for_its_parents_incident_takes_no_turn_of_those_that_need_none(desk: Desk) -> None:
    parent = desk.alert(rule="silent", subject="box", severity=5)
    children = [desk.alert(title=f"child{n}", severity=2, hold="suppressed", hold_ref=f"alert:{parent}") for n in range(3)]
    real = desk.alert(title="real", severity=2, lon=119.9, lat=31.7)

    def pending() -> list[int]:
        with desk.store.connection() as connection:
            return [part.part_id for part in correlation.read_pending(connection, desk.config, desk.now - BEFORE, desk.now, most=2)]

    assert real in pending()
    desk.rows("update alerts set incident_id = %s where alert_id = %s returning 1", incident(desk), parent)
    assert pending() == children[:2]


def test_what_an_officer_is_writing_is_not_stale_because_the_engine_joined_it_meanwhile(desk: Desk) -> None:
    alert_id, report_id = desk.alert(lon=119.9, lat=31.7), desk.report(lon=119.9, lat=31.7)
    seen = {name: desk.rows(f"select version from {name}s")[0]["version"] for name in ("alert", "report")}
    with desk.store.connection() as connection:
        assert correlation.apply(connection, joinings(desk), desk.config, desk.now) == 2
    officer = desk.sign_in(desk.app(), "duty1")
    done = [
        officer.post(f"/{noun}s/{number}/acts", {"act": act}, If_Match=f'"{seen[noun]}"').status_code
        for noun, number, act in (("alert", alert_id, "acknowledge"), ("report", report_id, "confirm"))
    ]
    assert done == [200, 200]
    assert [row["stage"] for row in desk.rows("select stage from alerts")] == ["acked"]
    assert [row["stage"] for row in desk.rows("select stage from reports")] == ["confirmed"]
