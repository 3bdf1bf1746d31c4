"""More time for a case: extensions that two agree to, suspension in which no clock runs, and what lapses or goes on by itself."""

from datetime import datetime, timedelta

from store.sweep import sweep
from tests.desk import Desk, Person, later
from tests.two_units import act, in_hand, read, until
from tests.two_units import people as people

UNTIL = timedelta(hours=5)


def extend(desk: Desk, people: dict[str, Person], number: str, **span: float) -> str:
    wanted = until(desk, read(people, number), **span)
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["handler1"], number, "agree")
    act(people["dispatcher"], number, "agree")
    return wanted


def test_two_agree_to_more_time_and_the_deadline_moves_to_what_was_asked(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    before = read(people, number)
    wanted = until(desk, before, hours=5)
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["dispatcher"], number, "agree", 403)
    act(people["handler3"], number, "agree", 403)
    assert act(people["handler1"], number, "agree")["due_at"] == before["due_at"]
    act(people["handler2"], number, "agree", 403)
    granted = act(people["dispatcher"], number, "agree")
    assert datetime.fromisoformat(granted["due_at"]) == datetime.fromisoformat(wanted)
    assert (granted["extensions"], [one["stage"] for one in granted["adjustments"]]) == (1, ["agreed"])


def test_a_third_extension_and_one_after_the_deadline_are_refused(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    for _ in range(2):
        extend(desk, people, number, hours=5)
    refused = act(people["worker1"], number, "ask_extension", 409, until=until(desk, read(people, number), hours=1), note="还要")
    assert "no more than 2" in refused["detail"]
    late = in_hand(desk, people)
    due = datetime.fromisoformat(read(people, late)["due_at"])
    with desk.store.connection() as connection:
        connection.execute("update cases set due_at = %s where case_number = %s", [desk.now - timedelta(seconds=1), late])
    refused = act(people["worker1"], late, "ask_extension", 409, until=(due + UNTIL).isoformat(), note="晚了")
    assert "deadline" in refused["detail"]


def test_what_nobody_decides_before_the_deadline_lapses_and_so_does_what_waits_when_the_work_is_done(
    desk: Desk, people: dict[str, Person]
) -> None:
    waiting, done = in_hand(desk, people), in_hand(desk, people)
    for number in (waiting, done):
        act(people["worker1"], number, "ask_extension", until=until(desk, read(people, number), hours=5), note="材料未到")
    act(people["worker1"], done, "send_back", note="不属本网格")
    assert [one["stage"] for one in read(people, done)["adjustments"]] == ["lapsed"]
    with desk.store.connection() as connection:
        sweep(connection, datetime.fromisoformat(read(people, waiting)["due_at"]), desk.config)
    assert [one["stage"] for one in read(people, waiting)["adjustments"]] == ["lapsed"]


def test_a_request_is_taken_back_by_who_asked_and_refused_with_a_reason(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    wanted = until(desk, read(people, number), hours=5)
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["worker1"], number, "ask_extension", 409, until=wanted, note="再要一次")
    assert "withdraw" in read(people, number, "worker1")["side_acts"]
    act(people["worker1"], number, "withdraw")
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["handler1"], number, "refuse", 422)
    assert act(people["handler1"], number, "refuse", note="不必")["adjustments"][1]["decided_why"] == "不必"


def test_a_suspended_case_stands_still_goes_on_where_it_stood_and_is_not_suspended_twice(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    before = read(people, number)
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="等待施工许可")
    act(people["handler1"], number, "agree")
    held = act(people["dispatcher"], number, "agree")
    assert (held["stage"], held["remaining_s"], [line["act"] for line in held["audit"]][-2:]) == ("suspended", None, ["agree", "suspend"])
    with desk.store.connection() as connection:
        sweep(connection, desk.now + timedelta(days=10) - timedelta(seconds=1), desk.config)
    assert read(people, number)["stage"] == "suspended"
    with desk.store.connection() as connection:
        sweep(connection, desk.now + timedelta(days=10), desk.config)
    resumed = read(people, number)
    moved = datetime.fromisoformat(resumed["due_at"]) - datetime.fromisoformat(before["due_at"])
    assert (resumed["stage"], resumed["overdue"], moved) == ("handling", False, timedelta(days=10))
    refused = act(people["worker1"], number, "ask_suspension", 409, until=(desk.now + timedelta(days=20)).isoformat(), note="又等")
    assert "no more than 1" in refused["detail"]


def test_what_was_asked_in_time_is_answered_while_the_case_stands_still(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    before = read(people, number)
    act(people["worker1"], number, "ask_extension", until=until(desk, before, hours=5), note="材料未到")
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="汛期停工")
    act(people["handler1"], number, "agree", kind="suspension")
    act(people["dispatcher"], number, "agree", kind="suspension")
    later(desk, days=9)
    with desk.store.connection() as connection:
        sweep(connection, desk.now, desk.config)
    unit, dispatcher = (desk.sign_in(desk.app(), login) for login in ("handler1", "dispatcher"))  # their sessions are over
    assert act(unit, number, "agree")["stage"] == "suspended"
    assert act(dispatcher, number, "agree")["extensions"] == 1
    resumed = act(dispatcher, number, "resume")
    moved = datetime.fromisoformat(resumed["due_at"]) - datetime.fromisoformat(before["due_at"])
    assert (moved, resumed["overdue"]) == (timedelta(days=9, hours=5), False)


def test_the_dispatcher_resumes_before_the_time_is_over(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    act(people["worker1"], number, "arrive")
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="等待施工许可")
    act(people["handler1"], number, "agree")
    act(people["dispatcher"], number, "agree")
    act(people["worker1"], number, "finish", 409)
    assert act(people["dispatcher"], number, "resume")["stage"] == "on_site"


def suspend(desk: Desk, people: dict[str, Person]) -> str:
    """A case that stands still for ten days."""
    number = in_hand(desk, people)
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="等待施工许可")
    act(people["handler1"], number, "agree")
    act(people["dispatcher"], number, "agree")
    return number


def test_a_suspended_case_that_cannot_go_on_holds_up_no_other(desk: Desk, people: dict[str, Person]) -> None:
    stuck, other = suspend(desk, people), suspend(desk, people)
    with desk.store.connection() as connection:
        connection.execute("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$")
        connection.execute(
            f"create trigger stuck before update on cases for each row when (old.case_number = '{stuck}') execute function refuse()"
        )
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now + timedelta(days=10), desk.config) > 0
    assert [read(people, number)["stage"] for number in (stuck, other)] == ["suspended", "handling"]
