"""Leaders of the city's rules: what one remembers the next one reads, nothing is overlooked, and every rule has its turn."""

from datetime import timedelta

from store import change_log
from tests.city_leader import CLUSTER, LAT, LON, METRE, Leader, alert, report, rule, told
from tests.desk import NORTH, Desk, later


def test_only_rules_that_something_new_or_a_moment_concerns_are_asked(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER), noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=4))
    report(desk, 1)
    leader.round()
    never = desk.now + timedelta(days=9)
    leader.memory.again = dict.fromkeys(leader.memory.again, never)  # whoever is asked says anew when to look again
    later(desk, seconds=1)
    leader.round()
    assert leader.memory.again == {"flood": never, "noise": never}
    report(desk, 2)
    leader.round()
    assert leader.memory.again == {"flood": None, "noise": never}


def test_what_a_leader_remembers_is_what_the_next_one_reads(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER), noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=4))
    leader.round()
    first, second, third = report(desk, 1), alert(desk, 2), report(desk, 3, class_code="0301")
    leader.round()
    with desk.store.connection() as connection:
        connection.execute("update reports set class_code = '0502', lon = %s where report_id = %s", [LON + 50 * METRE, third])
        connection.execute("update alerts set hold = 'out_of_service' where alert_id = %s", [second])
        connection.execute("update reports set stage = 'dismissed' where report_id = %s", [first])
    for noun, key in (("report", first), ("alert", second), ("report", third)):
        told(desk, noun, key)
    report(desk, 4)
    leader.round()
    other = Leader(desk)
    other.rules = leader.rules
    other.round()
    rule_of = dict(leader.rules.city)
    for name in ("flood", "noise"):
        assert set(leader.memory.pool.of(rule_of[name])) == set(other.memory.pool.of(rule_of[name]))
    assert len(leader.memory.pool) == len(other.memory.pool) == 4


def test_what_was_written_before_and_committed_after_a_round_is_seen_by_the_next(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER))
    first, second, late = (desk.report(title=f"r{n}", lon=LON, lat=LAT, cell_id=1) for n in (1, 2, 3))
    leader.round()
    with desk.store.connection() as slow:
        change_log.append(slow, "report", {}, {late: {"area": f"{NORTH}001"}}, desk.now)
        slow.execute("update reports set class_code = '0502' where report_id = %s", [late])
        told(desk, "report", first)
        told(desk, "report", second)
        leader.round()
    assert leader.alert["value"] == 3.0


def test_a_storm_takes_several_rounds_and_every_rule_has_its_turn(desk: Desk) -> None:
    rules = {f"r{n}": rule("count", classes=["0502"], within="1h", at_least=1, severity=4) for n in range(5)}
    leader = Leader(desk, **rules)
    report(desk, 1)
    leader.round()
    [one] = leader.memory.pool.of(rules["r0"])  # type: ignore[arg-type]
    for number in range(9_000):
        leader.memory.pool.put(one._replace(number=number + 10, report_id=number + 10, counts=False))
    report(desk, 2)
    later(desk, seconds=1)
    left = []
    for _ in range(3):
        leader.round()
        left.append(len(leader.memory.owed))
    assert left == [3, 1, 0]


def test_a_new_revision_of_a_rule_holds_from_the_next_round(desk: Desk) -> None:
    leader = Leader(desk, noise=rule("count", classes=["0301"], within="4h", at_least=3, severity=4))
    report(desk, 1, class_code="0301")
    report(desk, 2, class_code="0301")
    assert leader.alerts() == []
    leader.rules = Leader(desk, noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=3)).rules
    assert leader.alert["severity"] == 3
