"""Cases for devices that were silent too long, opened through the ordinary way of a case, and told when the device is back.

The leader asks; `alerts.maintenance` decides. One absence has one case, and a device has one open at a time.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.maintenance import Silence, is_due, limit_of, limits
from alerts.rules import Rules
from core.config import Config, NoDataRule
from core.facts import Listening
from core.model import EVERYWHERE
from dispatch import cases as lifecycle
from store import alerts, audit
from store.acts import Act
from store.openings import Opening, open_case
from store.timescale import Connection, queries

ENDED = sorted(set(lifecycle.TABLE) - lifecycle.OPEN)
_PAGE = 2000  # silent devices looked at in one query
_ENOUGH = 200  # cases due: more than are opened in one turn
_FIRST = datetime.min.replace(tzinfo=UTC), 0  # before every silence
_RINGING = ("unack", "acked")


def read_due(connection: Connection, rules: Rules, now: datetime) -> list[Silence]:
    """Devices whose alert has lasted its limit and whose absence has no case yet, the longest silent first.

    However many are looked at in vain before them: those behind a gateway that is down may be thousands.
    """
    of = dict(rules.no_data)
    known = [(name, kind, now - limit) for name, rule in rules.no_data for kind, limit in limits(rule)]
    names, kinds, befores = ([each[place] for each in known] for place in range(3))
    asked = {"rules": names, "kinds": kinds, "befores": befores, "silence_rules": sorted(of), "now": now, "limit": _PAGE}
    due: list[Silence] = []
    after: tuple[datetime, int] | None = _FIRST if known else None
    while after and len(due) < _ENOUGH:
        rows = list(queries.maintenance_silences(connection, **asked, after_at=after[0], after_id=after[1]))
        due += [silence for silence in map(_silence, rows) if is_due(silence, of[silence.rule], rules, now)]
        after = (rows[-1]["silent_at"], rows[-1]["alert_id"]) if len(rows) == _PAGE else None
    return due


def _silence(row: Mapping[str, Any]) -> Silence:
    told = {**row, "tags": tuple(row["tags"])}
    since, until = told.pop("since"), told.pop("until")
    interval = timedelta(seconds=told.pop("interval_s"))
    return Silence(**told, interval=interval, heard=Listening("", since, until) if since else None)


def open_for(connection: Connection, silence: Silence, rule: NoDataRule, config: Config, now: datetime) -> str | None:
    """The number of its case; None when it came back or somebody else saw to it meanwhile.

    What a person has opened for the alert is its case, and so is one of an earlier absence that is still open,
    whoever opened it: nobody is sent twice.
    """
    alert = alerts.lock_alert(connection, EVERYWHERE, silence.alert_id)
    if alert["stage"] not in _RINGING or queries.maintenance_present(connection, device_id=silence.device_id):
        return None
    since = silence.silent_at.astimezone(config.area.zone)
    act = Act("open", EVERYWHERE, now, note=f"{rule.label} > {_told(limit_of(rule, silence.kind))} ({since:%Y-%m-%d %H:%M} …)")
    rules = sorted(name for name, each in config.rules.items() if isinstance(each, NoDataRule))
    known = queries.maintenance_case(
        connection, alert_id=silence.alert_id, since=silence.silent_at, device_id=silence.device_id, ended=ENDED, silence_rules=rules
    )
    if known:
        number = str(known["case_number"])
        detail = {"device": silence.device, "alert_id": silence.alert_id, "silent_at": silence.silent_at.isoformat()}
        audit.append(connection, act.named("silent_again"), "case", number, known["area"], detail=detail)
    else:
        text = "\n".join(part for part in (f"{silence.name} {silence.device}", silence.owner, rule.runbook) if part)
        number = open_case(connection, Opening(alert_id=silence.alert_id, class_code=rule.class_code, text=text), act, config)
    queries.maintenance_add(connection, device_id=silence.device_id, case_number=number, silent_at=silence.silent_at, now=now)
    return number


def tell_back(connection: Connection, now: datetime) -> int:
    """Write into the history of each case that its device speaks again; the case goes on. Returns how many."""
    rows = list(queries.maintenance_back(connection, now=now))
    for row in sorted(rows, key=lambda row: (row["case_number"], row["device"])):
        detail = {"device": row["device"], "silent_at": row["silent_at"].isoformat()}
        act = Act("device_back", EVERYWHERE, now, note=_told(now - row["silent_at"]))
        audit.append(connection, act, "case", row["case_number"], row["area"], detail=detail)
    return len(rows)


def _told(span: timedelta | None) -> str:
    """A time as a configuration writes it, to the minute: 1d 2h, 30m."""
    minutes = round(span.total_seconds() / 60) if span else 0
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0m"
