"""Simulated patrols: a stop at a time through the window, nothing before and after it, and the same walk again after a restart."""

from datetime import UTC, datetime
from typing import Any

from sim.walks import Walks

SINCE = datetime(2026, 11, 21, 1, tzinfo=UTC)
AT = SINCE.timestamp()


def patrol(visited: int = 0) -> dict[str, Any]:
    stops = [{"lon": 119.9 + n / 1000, "lat": 31.78, "visited": n < visited} for n in range(10)]
    return {"id": 7, "from": "2026-11-21T01:00:00Z", "until": "2026-11-21T03:00:00Z", "stops": stops}


def test_every_stop_is_reached_in_the_first_two_thirds_of_the_window_and_none_outside_of_it() -> None:
    walks = Walks()
    reached = [minute for minute in range(-10, 140) if walks.next_fixes(patrol(), AT + minute * 60)]
    assert len(reached) == 10
    assert 0 < reached[0] <= 2
    assert reached[-1] <= 80
    assert not walks.next_fixes(patrol(), AT + 100 * 60)


def test_after_a_restart_the_walk_goes_on_where_the_platform_saw_it_last() -> None:
    [fix] = Walks().next_fixes(patrol(visited=4), AT + 60 * 60)
    assert fix["lon"] == patrol()["stops"][4]["lon"]


def test_the_list_tells_whether_to_look_closer() -> None:
    walks, row = Walks(), {**patrol(), "stops": 10}
    assert [walks.is_due(row, AT + minutes * 60) for minutes in (-1, 1, 121)] == [False, True, False]
    walks.next_fixes(patrol(), AT + 60)
    assert not walks.is_due(row, AT + 61)
