"""Whose fault a silence is: a gateway that is down inhibits what is behind it, one that lives excuses nobody, nobody waits for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.evaluate import evaluate
from alerts.rules import Rules, arrange_config
from core.changes import AlertRaised, Change, DeviceSilent, WatchSet
from core.config import Config
from core.facts import DueDevice, Facts, Gateway, KnownDevice, Listening, Moved

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HEARD = Listening("city", NOW - timedelta(days=1), NOW)
CHILD = KnownDevice(7, "child", "水位计", "water", "320404001001", None, None, None, timedelta(seconds=30))
BOX = KnownDevice(1, "box", "网关", "water", "320404001001", None, None, None, timedelta(minutes=5))
DUE = DueDevice(CHILD, NOW - 10 * MINUTE, silent=False, offline=False, heard=HEARD)
DOWN = Gateway(BOX, silent=True, heard_at=NOW - 10 * MINUTE)


@pytest.fixture(scope="module")
def rules(config: Config) -> Rules:
    return arrange_config(config)


def told(rules: Rules, due: DueDevice, *, gone: bool = False) -> list[Change]:
    moved = Moved(gone=[due]) if gone else Moved(due_devices=[due])
    return evaluate(rules, Facts(moved), NOW)


def rings(changes: list[Change]) -> bool:
    return any(isinstance(change, AlertRaised) for change in changes)


def watch(changes: list[Change]) -> WatchSet | None:
    return next((change for change in changes if isinstance(change, WatchSet)), None)


def test_behind_a_gateway_that_is_down_a_device_is_unknown_and_does_not_ring(rules: Rules) -> None:
    changes = told(rules, replace(DUE, gateway=DOWN))
    assert isinstance(changes[0], DeviceSilent)
    again = watch(changes)
    assert (rings(changes), again and again.inhibited, again and again.attention_at > NOW) == (False, True, True)


def test_a_gateway_through_which_others_speak_excuses_nobody(rules: Rules) -> None:
    for gateway in (replace(DOWN, heard_at=NOW), Gateway(BOX, silent=False, heard_at=NOW), None):
        changes = told(rules, replace(DUE, gateway=gateway))
        assert (rings(changes), watch(changes)) == (True, None)


def test_while_the_gateways_own_patience_runs_nobody_knows_which_of_the_two_it_is(rules: Rules) -> None:
    due = NOW + 7 * MINUTE
    changes = told(rules, replace(DUE, gateway=Gateway(BOX, silent=False, heard_at=NOW - 10 * MINUTE, attention_at=due)))
    again = watch(changes)
    assert not rings(changes)
    assert again is not None
    assert (again.inhibited, again.attention_at > due) == (True, True)
    unwatched = told(rules, replace(DUE, gateway=Gateway(BOX, silent=False, heard_at=NOW - 10 * MINUTE)))
    assert rings(unwatched), "a gateway that nobody looks at will never be found silent"


def test_when_the_gateway_is_back_a_device_has_one_patience_more_and_then_rings(rules: Rules) -> None:
    inhibited = replace(DUE, silent=True, inhibited=True, gateway=Gateway(BOX, silent=False, heard_at=NOW))
    first = told(rules, inhibited)
    again = watch(first)
    assert again is not None
    assert (rings(first), again.inhibited, again.attention_at) == (False, False, NOW + 10 * MINUTE) or again.attention_at > NOW
    second = told(rules, replace(inhibited, inhibited=False))
    assert (rings(second), watch(second)) == (True, None)
    assert any(isinstance(change, DeviceSilent) for change in second), "its watch ends with the alert"


def test_a_gateway_of_which_nobody_would_hear_inhibits_nobody(rules: Rules) -> None:
    unruled = replace(rules, no_data=tuple((name, rule.model_copy(update={"areas": ("320404001001",)})) for name, rule in rules.no_data))
    elsewhere = replace(DOWN, device=replace(BOX, area="320404"))
    assert rings(told(unruled, replace(DUE, gateway=elsewhere)))


def test_a_gateways_last_will_speaks_for_what_is_behind_it_and_not_after_something_came_through(rules: Rules) -> None:
    gone = replace(DUE, seen_at=NOW - timedelta(seconds=5), offline=True, heard=None)
    will = Gateway(BOX, silent=False, offline_at=NOW, heard_at=NOW - timedelta(seconds=2), attention_at=NOW + MINUTE)
    assert not rings(told(rules, replace(gone, gateway=will), gone=True))
    assert rings(told(rules, replace(gone, gateway=replace(will, offline_at=NOW - 10 * MINUTE)), gone=True))
    assert rings(told(rules, replace(gone, gateway=replace(will, offline_at=None)), gone=True)), (
        "what says itself that it leaves is believed"
    )


def test_of_a_chain_of_gateways_only_the_first_rings(rules: Rules) -> None:
    upper = replace(DOWN, device=replace(BOX, device="upper", device_id=2))
    assert not rings(
        told(
            rules,
            DueDevice(BOX, NOW - 60 * MINUTE, silent=False, offline=False, heard=HEARD, gateway=replace(upper, heard_at=NOW - 60 * MINUTE)),
        )
    )
    assert not rings(told(rules, replace(DUE, gateway=DOWN)))
