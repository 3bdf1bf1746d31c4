"""A rule played over what was stored, over HTTP: the words in force, or changed ones before anybody keeps them.

Bounded in time: what a request cannot play it says plainly, with how far it got; `./yiping rules backtest` has no such bound.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from alerts.backtest_sums import compare, sum_up
from api.call import Answer, Call, read_time
from api.rest_rules import demand_admin, read_meant, refuse
from core.errors import Invalid
from core.rule_config import Rule
from core.rule_words import read_rule
from store import backtest, rule_revisions
from store.rulebook import Rulebook

MOST = timedelta(days=92)
_ENOUGH = timedelta(seconds=20)
_SHOWN = 2000  # rings in an answer


def post_backtest(call: Call) -> Answer:
    """How often and how long it would have rung, where and when, and beside it what rang and what people said of that."""
    demand_admin(call, "backtest")
    fields, name = call.fields(), call.path["rule"]
    since, until = (_time(fields, word, default) for word, default in (("from", call.now - timedelta(days=7)), ("to", call.now)))
    if since >= call.now:
        raise Invalid("'from' lies in the future: a backtest plays what is stored")
    until = min(until, call.now)
    if not since < until <= since + MOST:
        raise Invalid(f"'from' must be before 'to', and at most {MOST.days} days")
    rule = _rule(call, name, fields.get("body"))
    if isinstance(rule, Answer):
        return rule
    asked = backtest.Asked(name, rule, since, until, call.config, Rulebook(call.config).open(call.connection).rules)
    ends = call.deps.clock() + _ENOUGH
    played = backtest.play(call.connection, asked, call.now, lambda done, all_: call.deps.clock() < ends)
    return Answer(tell(call, asked, played))


def tell(call: Call, asked: backtest.Asked, played: backtest.Played) -> dict[str, Any]:
    """All times in seconds; rings the first two thousand."""
    until = played.until or asked.since
    alerts = backtest.read_alerts(call.connection, asked.name, asked.since, until)
    compared = compare(played.rings, alerts, until)
    return {
        "rule": asked.name, "from": asked.since, "to": asked.until, "until": until, "complete": until == asked.until,
        "devices": played.devices, "readings": played.counted.readings, "worsened": played.counted.worsened, "again": played.counted.again,
        "sums": asdict(sum_up(played.rings, asked.since, until, call.config.area.zone)),
        "compared": {**asdict(compared), "false_share": compared.false_share},
        "rings": [asdict(ring) for ring in played.rings[:_SHOWN]],
    }  # fmt: skip


def _rule(call: Call, name: str, body: object) -> Rule | Answer:
    if body is not None:
        meant = read_meant(call, name, body)
        return refuse(call, meant) if meant.rule is None else meant.rule
    kept = rule_revisions.get_kept(call.connection, call.config, name)
    if kept.holds is None:
        raise Invalid(f"'{name}' was withdrawn: give a body to play")
    return read_rule(name, kept.holds)


def _time(fields: dict[str, Any], name: str, default: datetime) -> datetime:
    return default if fields.get(name) is None else read_time(name, fields[name])
