"""However often listening breaks off, a silent device is told of once it was listened to for its patience and the grace, and never earlier."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.patience import patience_ends
from core.facts import DueDevice, KnownDevice, Listening

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DEVICE = KnownDevice(7, "d", "d", "water", "320404", None, None, None, 5 * MINUTE)
WAIT, GRACE = 20 * MINUTE, 4 * MINUTE

Stretches = st.lists(st.tuples(st.integers(1, 3600), st.integers(16, 7200)), min_size=1, max_size=30)


def ends(since: timedelta, deaf: timedelta) -> timedelta:
    """After its last word; listening goes on from `since` on."""
    heard = Listening("city", NOW + since, NOW + since + 9 * HOUR)
    return patience_ends(DueDevice(DEVICE, NOW, silent=False, offline=False, heard=heard, deaf=deaf), WAIT, GRACE, NOW) - NOW


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
