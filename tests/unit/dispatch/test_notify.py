"""Who a target is, and how a storm of messages becomes few without losing one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.notify import Message, Person, back_off, find_people, pack

CITY, STREET, COMMUNITY = "320404", "320404001", "320404001002"
PEOPLE = [
    Person(1, "wang", "王", "duty", (CITY,), on_shift=True), Person(2, "li", "李", "duty", (CITY,)), Person(3, "zhao", "赵", "duty", ("320404002",), on_shift=True),
    Person(4, "boss", "主任", "supervisor", (CITY,)), Person(5, "north", "北街", "supervisor", (STREET,)), Person(6, "worker", "网格员", "grid_worker", (STREET,)),
]  # fmt: skip
AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def logins(target: str, area: str = COMMUNITY, people: list[Person] = PEOPLE) -> list[str]:
    return [person.login for person in find_people(target, area, people)]


def message(number: int, severity: int = 3, recipients: tuple[int, ...] = (1,), **more: Any) -> Message:
    return Message(
        number, f"k{number}", "role:duty", "alert_escalated", severity, more.pop("payload", {}), AT, recipients=recipients, **more
    )


def test_a_role_is_who_of_it_is_on_shift_and_may_see_the_place() -> None:
    assert logins("role:duty") == ["wang"]
    assert logins("sms/role:duty", "320404002") == ["wang", "zhao"]


def test_a_role_of_whom_nobody_is_on_shift_is_all_of_it_and_a_roster_is_nobody() -> None:
    assert logins("role:supervisor") == ["boss", "north"]
    assert logins("roster:supervisor") == []
    assert logins("roster:duty") == ["wang"]


def test_at_a_place_means_the_nearest_to_it() -> None:
    assert logins(f"role:supervisor@{COMMUNITY}") == ["north"]
    assert logins("role:supervisor@320404002001", "") == ["boss"]
    assert logins("role:supervisor@999999", "") == []


def test_an_account_is_named_by_its_login_or_number_and_an_area_means_who_handles_there() -> None:
    assert logins("account:li") == logins("account:2") == ["li"]
    assert logins(f"area:{COMMUNITY}") == ["worker"]
    called_two = Person(9, "2", "二", "duty", (CITY,))
    assert logins("account:2", people=[*PEOPLE, called_two]) == ["li"]  # digits are a number, whatever somebody is called
    assert logins("bot/all") == []


def test_few_messages_leave_one_by_one_gravest_first() -> None:
    parcels, later = pack([message(1, 4), message(2, 1), message(3, 2)], {}, 10)
    assert ([parcel.id for parcel in parcels], later) == (["k2", "k3", "k1"], [])


def test_more_than_a_minute_takes_become_one_summary_that_names_all() -> None:
    parcels, later = pack([message(n) for n in range(1, 41)], {}, 10)
    assert [len(parcel.messages) for parcel in parcels] == [1] * 9 + [31]
    assert parcels[-1].id == "bundle/10"
    assert not later


def test_when_the_minute_is_full_they_wait_unless_one_is_of_the_gravest() -> None:
    assert pack([message(1), message(2)], {(1,): 10}, 10) == ([], [message(1), message(2)])
    parcels, later = pack([message(1), message(2, 1)], {(1,): 10}, 10)
    assert ([len(parcel.messages) for parcel in parcels], later) == ([2], [])


def test_a_summary_that_was_begun_keeps_its_id_and_its_messages() -> None:
    parcels, _ = pack([message(1, bundle=1), message(2, bundle=1), message(3)], {(1,): 10}, 10)
    assert [(parcel.id, len(parcel.messages)) for parcel in parcels] == [("bundle/1", 2)]


def test_what_waited_through_a_night_comes_as_one_whatever_else_there_is() -> None:
    parcels, later = pack([message(n, held=n < 6) for n in range(1, 9)], {}, 10)
    assert ([[one.outbox_id for one in parcel.messages] for parcel in parcels], later) == ([[1, 2, 3, 4, 5], [6], [7], [8]], [])
    parcels, later = pack([message(n, held=n < 6) for n in range(1, 9)], {(1,): 10}, 10)
    assert (parcels, len(later)) == ([], 8)


def test_what_may_have_left_alone_stays_alone_however_often_it_is_tried_and_in_whichever_crowd() -> None:
    waiting = [message(n, attempts=int(n == 3)) for n in range(1, 41)]
    parcels, later = pack(waiting, {}, 10)
    assert [parcel.id for parcel in parcels if 3 in {one.outbox_id for one in parcel.messages}] == ["k3"]
    assert (len(parcels), later) == (10, [])
    tried = [message(n, attempts=1) for n in range(1, 8)]
    parcels, later = pack(tried, {}, 5)
    assert ([parcel.id for parcel in parcels], len(later)) == (["k1", "k2", "k3", "k4", "k5"], 2)


def test_a_drill_is_never_in_a_summary_with_the_real() -> None:
    drills = [message(n, payload={"drill": True}) for n in range(20, 40)]
    parcels, _ = pack([message(n) for n in range(1, 20)] + drills, {}, 10)
    assert all(len({one.mark for one in parcel.messages}) == 1 for parcel in parcels)


def test_trying_again_comes_later_and_later_up_to_ten_minutes() -> None:
    waits = [back_off(n) for n in range(1, 30)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=2), timedelta(minutes=10))
