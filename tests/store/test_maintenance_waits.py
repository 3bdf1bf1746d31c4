"""Silence that nobody is sent for yet: behind a gateway that is down, in our own absence, while it is shelved."""

from tests.yard import LIMIT, MINUTE, RINGS, Yard
from tests.yard import yard as yard


def test_behind_a_gateway_that_is_down_only_the_gateway_gets_a_case(yard: Yard) -> None:
    yard.quiet = {"box", "a", "b"}
    yard.live(3 * RINGS + 2 * LIMIT)
    assert yard.cases() == ["box"]


def test_who_rang_before_its_gateway_went_down_waits_until_that_is_back_and_has_its_patience(yard: Yard) -> None:
    yard.quiet = {"a"}
    yard.live(RINGS + LIMIT - 10)
    yard.quiet = {"box", "a", "b"}
    yard.live(RINGS + LIMIT + 3)
    assert yard.cases() == ["box"]
    yard.quiet = {"a"}
    yard.live(2)
    assert yard.cases() == ["box"]
    yard.live(RINGS)
    assert yard.cases() == ["box", "a"]


def test_who_falls_silent_behind_a_gateway_is_waited_for_on_its_own_feed_whoever_else_is_deaf(yard: Yard) -> None:
    with yard.store.connection() as connection:
        connection.execute("insert into listening (feed, since, until) values ('other', %s, %s)", [yard.now - MINUTE, yard.now])
    yard.quiet = {"box", "a", "b"}
    yard.live(3 * RINGS)
    yard.quiet = {"a"}
    yard.live(2 * RINGS)
    assert yard.rows("select subject from alerts where stage = 'unack'") == [{"subject": "a"}]


def test_our_own_absence_sends_nobody_and_counts_for_nothing(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + 10)
    yard.away(5 * LIMIT)
    yard.tend()
    assert yard.cases() == [], "the alert stands for hours, ten minutes of it were listened to"
    yard.live(LIMIT - 14)
    assert yard.cases() == []
    yard.live(8)
    assert yard.cases() == ["c"]


def test_who_comes_back_while_we_were_away_is_not_waited_for(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT - 4)
    yard.away(LIMIT)
    yard.quiet = set()
    yard.live(LIMIT)
    assert yard.cases() == []


def test_who_is_shelved_is_left_alone_until_that_is_over(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + 5)
    with yard.store.connection() as connection:
        connection.execute("update alerts set hold = 'out_of_service' where subject = 'c'")
    yard.live(2 * LIMIT)
    assert yard.cases() == []
    with yard.store.connection() as connection:
        connection.execute("update alerts set hold = 'none' where subject = 'c'")
    yard.live(2)
    assert yard.cases() == ["c"]
