"""When a patience is over: only what somebody listened to counts, and no break forgives more than its own length."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.patience import grace_after_absence, patience, patience_ends
from alerts.rules import arrange_config
from core.config import Config
from core.facts import DueDevice, KnownDevice, Listening

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DEVICE = KnownDevice(7, "d", "d", "water", "320404", None, None, None, 5 * MINUTE)
WAIT, GRACE = 20 * MINUTE, 4 * MINUTE

Stretches = st.lists(st.tuples(st.integers(1, 3600), st.integers(16, 7200)), min_size=1, max_size=30)


def ends(since: timedelta, deaf: timedelta, silent: bool = False) -> timedelta:
    """After its last word; listening goes on from `since` on."""
    heard = Listening("city", NOW + since, NOW + since + 9 * HOUR)
    return patience_ends(DueDevice(DEVICE, NOW, silent, offline=False, heard=heard, deaf=deaf), WAIT, GRACE, NOW) - NOW


def test_the_shipped_rule_gives_four_intervals_and_a_grace_of_four_minutes(config: Config) -> None:
    rules = arrange_config(config)
    assert (patience(rules, DEVICE, 5 * MINUTE), grace_after_absence(rules, DEVICE, 5 * MINUTE)) == (WAIT, GRACE)
    assert grace_after_absence(rules, DEVICE, 30 * SECOND) == patience(rules, DEVICE, 30 * SECOND) == 2 * MINUTE


def test_an_absence_lengthens_a_patience_by_its_own_length() -> None:
    assert ends(-HOUR, 0 * MINUTE) == WAIT
    assert ends(18 * MINUTE - 3 * MINUTE, 20 * SECOND) == WAIT + 20 * SECOND
    assert ends(HOUR, 59 * MINUTE) == HOUR + WAIT - MINUTE


def test_whoever_comes_back_gives_a_grace_but_not_for_ever() -> None:
    assert ends(HOUR, HOUR - WAIT + SECOND) == HOUR + GRACE
    assert ends(HOUR, HOUR - WAIT - MINUTE) == HOUR - MINUTE + GRACE
    assert ends(HOUR, 20 * SECOND) == WAIT + 20 * SECOND + GRACE
    assert ends(HOUR, 20 * SECOND, silent=True) == HOUR + GRACE


@given(Stretches)
def test_whatever_breaks_it_off_listening_for_patience_and_grace_is_enough_and_less_than_a_patience_never(
    stretches: list[tuple[int, int]],
) -> None:
    """The device speaks at the beginning and never again. Each stretch of listening is followed by a gap."""
    at, deaf, listened = 0 * SECOND, 0 * SECOND, 0 * SECOND
    for heard, away in stretches:
        over = ends(at, deaf)
        rings = over <= at + heard * SECOND
        listened += heard * SECOND
        assert rings or listened < WAIT + GRACE
        assert not rings or (listened >= WAIT and (at == 0 * SECOND or over >= min(at + GRACE, WAIT + GRACE + deaf)))
        if rings:
            return
        at += (heard + away) * SECOND
        deaf += away * SECOND
