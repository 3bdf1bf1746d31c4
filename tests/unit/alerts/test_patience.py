"""When a patience is over: only what somebody listened to counts, and no break forgives more than its own length."""

from datetime import UTC, datetime, timedelta

from alerts.patience import grace_after_absence, patience, patience_ends
from alerts.rules import arrange_config
from core.config import Config
from core.facts import DueDevice, KnownDevice, Listening

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DEVICE = KnownDevice(7, "d", "d", "water", "320404", None, None, None, 5 * MINUTE)
WAIT, GRACE = 20 * MINUTE, 4 * MINUTE


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
