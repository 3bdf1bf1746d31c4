"""How long a device may be silent, and when that time is over for it: counted is only what somebody listened to. Pure.

Laws kept here: time in which nobody listened is no silence, and a break in listening forgives no more silence than its
own length. Rings nothing.
"""

from datetime import datetime, timedelta

from alerts.rules import Rules
from alerts.scope import Concerned, concerns
from core.config import NoDataRule
from core.facts import DueDevice

# Without a rule on silence a device is still shown as unknown after this many of its intervals.
_DEFAULT_SILENCE = NoDataRule(
    kind="no_data", severity=5, label="", label_en="", owner="", reason="", intervals=4, at_least=timedelta(minutes=2)
)


def silence_rules(rules: Rules, device: Concerned) -> list[tuple[str, NoDataRule]]:
    """The rules that ring for the silence of a device."""
    return [(name, rule) for name, rule in rules.no_data if concerns(rule, device)]


def patience(rules: Rules, device: Concerned, interval: timedelta) -> timedelta:
    """How long a device may be silent before it counts as unknown: the strictest rule on it."""
    return min(_limit(rule, interval) for rule in _rules_or_default(rules, device))


def grace_after_absence(rules: Rules, device: Concerned, interval: timedelta) -> timedelta:
    """How long whoever comes back listens before it says that a device is silent: twice `at_least`, one patience at most."""
    return min(patience(rules, device, interval), 2 * min(rule.at_least for rule in _rules_or_default(rules, device)))


def patience_ends(due: DueDevice, wait: timedelta, grace: timedelta, now: datetime) -> datetime:
    """When a device has been listened to for `wait` since it last spoke, if listening goes on; where nobody ever listened, `wait` from now.

    An absence lengthens the patience by its own length, and whoever comes back first listens for `grace`. That is not
    granted anew for ever: `wait` and `grace` together are enough, however often listening breaks off. Only of a device
    that is known to be silent (behind a gateway that was down) it is wanted whole: its patience may be over long ago.
    """
    if due.heard is None:
        return now + wait
    over = due.seen_at + wait + due.deaf
    if due.heard.since <= due.seen_at:
        return over
    return max(over, (due.heard.since if due.silent else min(due.heard.since, over)) + grace)


def _rules_or_default(rules: Rules, device: Concerned) -> list[NoDataRule]:
    return [rule for _, rule in silence_rules(rules, device)] or [_DEFAULT_SILENCE]


def _limit(rule: NoDataRule, interval: timedelta) -> timedelta:
    return max(rule.at_least, interval * rule.intervals)
