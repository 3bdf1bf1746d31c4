"""The rules in force, out of the revisions that are kept. Read again when the highest revision moved; decides nothing about a rule.

As long as nothing was ever kept the file's rules hold, as they stand in the configuration. A revision that this version of the
software cannot read is set aside: the newest one before it that can be read goes on in its place, and the health says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from alerts.rules import Rules, arrange, arrange_config
from core.config import Config
from core.errors import ConfigError
from core.rule_config import Rule
from core.rule_words import read_rule
from store.timescale import Connection, queries

_log = structlog.get_logger(__name__)
_BACK_AT_MOST = 100  # revisions of one rule looked at for one that can be read


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds: `config` has the rules in force in place of the file's. `revision`: the highest there is; None: none was ever kept.

    `set_aside`: rules whose words cannot be read, and why. `ended`: rules that were withdrawn or are switched off, and who said so.
    """

    config: Config
    rules: Rules
    revision: int | None = None
    set_aside: Mapping[str, str] = field(default_factory=dict)
    ended: Mapping[str, str] = field(default_factory=dict)


class Rulebook:
    """What a process knows of the rules; any of its threads may ask. A picture is replaced as a whole, never changed."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.known = InForce(config, arrange_config(config))

    def open(self, connection: Connection) -> InForce:
        """The rules in force now: one question, and the revisions only when they moved."""
        return self.at(connection, queries.rulebook_highest(connection)["revision"])

    def read_set_aside(self, connection: Connection) -> Mapping[str, str]:
        """Rules whose newest words this software cannot read, and why."""
        return self.open(connection).set_aside

    def at(self, connection: Connection, highest: int | None) -> InForce:
        """The rules in force when the highest revision is already known."""
        known = self.known
        if highest is not None and highest != known.revision:
            self.known = known = _read(connection, self._config)
            _log.info("rules_read", revision=known.revision, rules=len(known.config.rules), set_aside=len(known.set_aside))
        return known


def _read(connection: Connection, config: Config) -> InForce:
    rules: dict[str, Rule] = {}
    revisions: dict[str, int] = {}
    set_aside: dict[str, str] = {}
    ended: dict[str, str] = {}
    rows = list(queries.rulebook_current(connection))
    for row in rows:
        if row["body"] is None:
            ended[row["rule"]] = _told("withdrawn", row)
            continue
        found = _readable(connection, row, set_aside)
        if found is not None:
            rules[row["rule"]], revisions[row["rule"]] = found
            if not found[0].enabled:
                ended[row["rule"]] = _told("switched off", row)
    places = {name: place for place, name in enumerate(config.rules)}
    rules = {name: rules[name] for name in sorted(rules, key=lambda name: (places.get(name, len(places)), name))}
    arranged = arrange(rules, config.classes, config.area.zone, config.flapping, revisions)
    return InForce(config.model_copy(update={"rules": rules}), arranged, max(row["revision"] for row in rows), set_aside, ended)


def _readable(connection: Connection, row: Mapping[str, Any], set_aside: dict[str, str]) -> tuple[Rule, int] | None:
    """The rule and the revision whose words it has."""
    name = row["rule"]
    try:
        return read_rule(name, row["body"]), row["revision"]
    except ConfigError as error:
        set_aside[name] = "; ".join(str(problem) for problem in error.problems)
    for older in queries.rulebook_of_rule(connection, rule=name, before=row["revision"], limit=_BACK_AT_MOST):
        try:
            found = read_rule(name, older["body"]), older["revision"]
        except ConfigError:
            continue
        _log.error("rule_set_aside", rule=name, revision=row["revision"], instead=found[1], why=set_aside[name])
        return found
    _log.error("rule_set_aside", rule=name, revision=row["revision"], instead=None, why=set_aside[name])
    return None


def _told(how: str, row: Mapping[str, Any]) -> str:
    why = f": {row['why']}" if row["why"] else ""
    return f"its rule was {how} ({row['by']}{why})"
