"""Silences told with relative seconds through a real database: what is silenced is never lost, and what ends is told again."""

from datetime import timedelta

from store import rejudge, save
from tests.desk import NORTH
from tests.quiet_town import Town


def test_what_rings_under_a_silence_is_held_in_the_same_transaction_and_no_screen_sees_it_ring(town: Town) -> None:
    silence = town.silence(rules=["waterlogging"])
    [held] = town.at(5).ring("a/water_depth")
    [told] = town.ring("b/gas", rule="gas")
    assert town.holds(held, told) == [f"silence:{silence}", "none"]
    shapes = [row["after"] for row in town.rows("select after from change_log where noun = 'alert' and key = %s", str(held))]
    assert [(shape["hold"], shape["hold_why"], shape["hold_by"]) for shape in shapes] == [("suppressed", "检修", "supervisor")]


def test_a_silence_holds_what_was_open_and_at_its_end_every_screen_is_told_again(town: Town) -> None:
    [alert] = town.ring("a/water_depth")
    version = town.one("select version from alerts")
    silence = town.at(10).silence(60, rules=["waterlogging"])
    town.at(11).lead()
    assert town.holds(alert) == [f"silence:{silence}"]
    town.at(69).lead()
    assert town.holds(alert) == [f"silence:{silence}"]
    town.at(70).lead()
    assert town.holds(alert) == ["none"]
    told = [row["after"]["hold"] for row in town.rows("select after from change_log where noun = 'alert' order by change_id")]
    assert told == ["none", "suppressed", "none"]
    assert town.one("select version from alerts") == version, "no officer's act comes too late because of a silence"


def test_after_a_silence_nothing_is_held(town: Town) -> None:
    town.silence(60, rules=["waterlogging"])
    [alert] = town.at(60).ring("a/water_depth")
    assert town.holds(alert) == ["none"]


def test_a_window_planned_ahead_holds_nothing_before_and_everything_it_means_while_it_lasts(town: Town) -> None:
    window = town.silence(100, begins=50, kind="maintenance", rules=["waterlogging"])
    [early] = town.at(10).ring("a/water_depth")
    town.at(49).lead()
    [late] = town.ring("b/water_depth")
    assert town.holds(early, late) == ["none", "none"]
    [within] = town.at(50).ring("c/water_depth")
    assert town.holds(within) == [f"silence:{window}"], "by the time, whether the leader has looked or not"
    town.at(51).lead()
    assert town.holds(early, late, within) == [f"silence:{window}"] * 3
    town.at(150).lead()
    assert town.holds(early, late, within) == ["none"] * 3


def test_a_silence_ended_early_tells_again_at_once(town: Town) -> None:
    silence = town.silence(rules=["waterlogging"])
    [alert] = town.ring("a/water_depth")
    town.at(20).end(silence)
    [after] = town.ring("b/water_depth")
    assert town.holds(alert, after) == [f"silence:{silence}", "none"]
    town.at(21).lead()
    assert town.holds(alert, after) == ["none", "none"]


def test_a_window_that_is_called_off_before_it_begins_holds_nothing(town: Town) -> None:
    window = town.silence(100, begins=50, kind="maintenance", rules=["waterlogging"])
    [alert] = town.ring("a/water_depth")
    town.at(20).end(window)
    for seconds in (21, 60, 200):
        town.at(seconds).lead()
        assert town.holds(alert) == ["none"]
    assert [(row["begun_at"], row["over_at"] is None) for row in town.rows("select * from silences")] == [(None, False)]


def test_of_two_silences_the_longer_holds_and_when_it_is_ended_the_other_one_does(town: Town) -> None:
    short, long = town.silence(60, rules=["waterlogging"]), town.silence(600, areas=[NORTH])
    [alert] = town.ring("a/water_depth")
    assert town.holds(alert) == [f"silence:{long}"]
    town.at(10).end(long)
    town.at(11).lead()
    assert town.holds(alert) == [f"silence:{short}"]
    town.at(60).lead()
    assert town.holds(alert) == ["none"]


def test_a_silence_of_mild_alerts_lets_go_of_what_became_grave(town: Town) -> None:
    silence = town.silence(rules=["waterlogging"], severity_at_least=3)
    [alert] = town.ring("a/water_depth")
    assert town.holds(alert) == [f"silence:{silence}"]
    with town.store.connection() as connection:
        connection.execute("update alerts set severity = 1")
    town.at(5).lead()
    assert town.holds(alert) == ["none"]


def test_under_a_silence_an_alert_returns_rings_again_and_ends_as_ever(town: Town) -> None:
    silence = town.silence(600, rules=["waterlogging"])
    first, second = town.ring("a/water_depth", "b/water_depth")
    town.at(10).back(first, second)
    town.at(20).again(first)
    town.at(30).act(second, "acknowledge")
    town.at(31).lead()
    stages = {row["alert_id"]: row["stage"] for row in town.rows("select * from alerts")}
    assert (stages[first], stages[second]) == ("unack", "normal")
    assert town.holds(first) == [f"silence:{silence}"]
    town.at(40).back(first)
    town.at(600).lead()
    assert [(row["stage"], row["hold"]) for row in town.rows("select * from alerts where alert_id = %s", first)] == [("rtn_unack", "none")]


def test_what_a_person_shelved_stays_shelved_through_a_silence_and_is_silenced_when_it_is_let_go(town: Town) -> None:
    [alert] = town.ring("a/water_depth")
    town.act(alert, "shelve", until=town.now + timedelta(seconds=100))
    silence = town.at(10).silence(200, rules=["waterlogging"])
    town.at(11).lead()
    assert town.holds(alert) == ["shelved"]
    town.at(100).lead()
    assert town.holds(alert) == [f"silence:{silence}"]
    told = [row["after"]["hold"] for row in town.rows("select after from change_log where noun = 'alert' order by change_id")]
    assert told == ["none", "shelved", "suppressed"], "in between nobody was told for a moment"


def test_a_shelving_longer_than_the_silence_is_not_undone_by_its_end(town: Town) -> None:
    [alert] = town.ring("a/water_depth")
    town.silence(50, rules=["waterlogging"])
    town.at(10).act(alert, "shelve", until=town.begins + timedelta(seconds=300))
    for seconds in (11, 50, 60):
        town.at(seconds).lead()
        assert town.holds(alert) == ["shelved"]
    town.at(300).lead()
    assert town.holds(alert) == ["none"]


def test_what_is_out_of_service_is_restored_into_the_silence_that_holds_now(town: Town) -> None:
    silence = town.silence(500, rules=["waterlogging"])
    [alert] = town.ring("a/water_depth")
    town.at(10).act(alert, "remove")
    town.at(11).lead()
    assert town.holds(alert) == ["out_of_service"]
    town.at(20).act(alert, "restore")
    assert town.holds(alert) == [f"silence:{silence}"]


def test_a_deadline_runs_on_while_an_alert_is_held(town: Town) -> None:
    silence = town.silence(600, rules=["waterlogging"])
    [alert] = town.ring("a/water_depth")
    due = town.begins + timedelta(seconds=120)
    town.rows("update alerts set respond_by = %s returning 1", due)
    before = town.rows("select respond_by, overdue_at from alerts")
    for seconds in (5, 60):
        town.at(seconds).lead()
    town.at(61).end(silence)
    town.at(62).lead()
    assert town.holds(alert) == ["none"]
    assert town.rows("select respond_by, overdue_at from alerts") == before == [{"respond_by": due, "overdue_at": None}]


def test_a_leader_that_dies_between_begin_and_portion_is_followed_by_one_that_goes_on(town: Town) -> None:
    alerts = town.ring(*(f"d{number}/water_depth" for number in range(7)))
    town.lead()
    silence = town.silence(60, rules=["waterlogging"])
    with town.store.connection() as connection:
        rejudge.prepare(connection, (), town.now)
        assert rejudge.judge_next(connection, town.now, most=3)
    assert town.holds(*alerts).count("none") == 4
    town.at(5).lead()  # another process: all it knows stands in the tables
    assert town.holds(*alerts) == [f"silence:{silence}"] * 7
    town.at(60)
    with town.store.connection() as connection:
        rejudge.prepare(connection, (), town.now)
    town.at(61).lead()
    assert town.holds(*alerts) == ["none"] * 7


def test_an_alert_raised_by_a_worker_that_did_not_yet_see_the_silence_is_held_once_both_are_there(town: Town) -> None:
    with town.store.connection() as worker:
        [alert] = save.save(worker, [town.raised("a/water_depth")], town.now)
        silence = town.silence(rules=["waterlogging"])
        town.lead()  # the leader has been through, and the worker has not committed
    town.at(1).lead()
    assert town.holds(alert) == [f"silence:{silence}"]


def test_what_an_officer_holds_waits_for_the_next_turn_and_nobody_waits_for_him(town: Town) -> None:
    first, second = town.ring("a/water_depth", "b/water_depth")
    town.lead()
    silence = town.silence(rules=["waterlogging"])
    with town.store.connection() as officer:
        officer.execute("select 1 from alerts where alert_id = %s for update", [first])
        town.lead()
        assert town.holds(first, second) == ["none", f"silence:{silence}"]
    town.lead()
    assert town.holds(first) == [f"silence:{silence}"]


def test_the_proof_of_the_path_is_never_silenced(town: Town) -> None:
    town.silence(areas=["320404"])
    alerts = town.ring("probe/probe", probe=True)
    town.lead()
    assert town.holds(*alerts) == ["none"]


def test_a_maintenance_window_of_a_gateway_means_what_speaks_through_it(town: Town) -> None:
    box, a, b = town.device("box"), town.device("a", "box", kind="水位计"), town.device("b-7", kind="水位计")
    window = town.silence(kind="maintenance", gateways=["box"])
    other = town.silence(3000, devices=["b-*"], kinds=["水位计"])
    alerts = [alert for device in (box, a, b) for alert in town.ring(f"{device}/water_depth", device_id=device)]
    assert town.holds(*alerts) == [f"silence:{window}", f"silence:{window}", f"silence:{other}"]
