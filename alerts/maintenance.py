"""When a device has been silent for so long that somebody must go there. Pure.

Laws kept here: counted is only time in which somebody listened, nobody is sent to a device while the gateway before it is
down, and whoever may just be coming back has its patience first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.patience import grace_after_absence, patience
from alerts.rules import Rules
from core.config import NoDataRule
from core.facts import Listening

# Who listens says so every few seconds; when the last word is older nobody does.
_LATEST_WORD = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Silence:
    """A device that rings for its silence. `silent_at`: when it last spoke or was said to leave; `deaf`: for how long nobody listened.

    `heard`: when its feed was listened to; `gateway_down`: the gateway before it rings too, and nothing comes through;
    `gateway_back_at`: when the gateway last came back.
    """

    alert_id: int
    rule: str
    raised_at: datetime
    device_id: int
    device: str
    name: str
    kind: str | None
    owner: str | None
    domain: str
    area: str
    interval: timedelta
    silent_at: datetime
    deaf: timedelta = timedelta(0)
    heard: Listening | None = None
    gateway_down: bool = False
    gateway_back_at: datetime | None = None
    cell_code: str | None = None
    tags: tuple[str, ...] = ()


def limit_of(rule: NoDataRule, kind: str | None) -> timedelta | None:
    """How long the alert of a device of this kind lasts until a case is opened; None: for ever."""
    return rule.case_after_of.get(kind or "", rule.case_after)


def limits(rule: NoDataRule) -> list[tuple[str | None, timedelta]]:
    """Each kind of device that has a limit of its own, and that of all others (None); empty: the rule opens no case at all."""
    others = [(None, rule.case_after)] if rule.case_after is not None else []
    return [*others, *sorted(rule.case_after_of.items())]


def is_due(silence: Silence, rule: NoDataRule, rules: Rules, now: datetime) -> bool:
    """Whether its alert has lasted its limit, as far as anybody can know."""
    limit, heard = limit_of(rule, silence.kind), silence.heard
    if limit is None or silence.gateway_down or heard is None or now - heard.until > _LATEST_WORD:
        return False
    wait = patience(rules, silence, silence.interval)
    if silence.gateway_back_at is not None and now - silence.gateway_back_at < wait:
        return False
    # An alert that came again keeps the time it was first raised: then it rings since this silence outlasted its patience.
    began = silence.raised_at if silence.raised_at >= silence.silent_at else silence.silent_at + wait
    if heard.since > began and now - heard.since < grace_after_absence(rules, silence, silence.interval):
        return False
    return now - began - silence.deaf >= limit
