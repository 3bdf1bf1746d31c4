"""Every word that was ever a rule: keeps the file's, an admin's over it, and who said what and why. One writer at a time.

The highest revision of a name holds. While an admin's stands the file's words wait: they are compared, not kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import Invalid, NotFound, StaleWrite
from core.rule_config import Rule
from core.rule_words import Words, words_of
from store import audit
from store.acts import Act
from store.timescale import Connection, queries

_KEY = 0x59_50_52  # 'YPR': revisions are committed in the order of their numbers, so that the highest one seen says that all are
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest revision of a rule; `words` None: withdrawn. `file`: what the file says, `file_kept`: what it said when last kept."""

    rule: str
    words: Words | None
    revision: int | None
    origin: str
    at: datetime | None
    by: str
    why: str
    file: Words | None
    file_kept: Words | None

    @property
    def holds(self) -> Words | None:
        """The words in force: the file's, as long as nothing was ever kept; None: withdrawn."""
        return self.file if self.revision is None else self.words

    @property
    def is_over_file(self) -> bool:
        """Whether an admin's words stand over others of the file."""
        return self.origin == "admin" and self.file != self.words and (self.file is not None or self.file_kept is not None)

    @property
    def is_torn(self) -> bool:
        """Whether the file changed, too, since an admin's words stand over it."""
        return self.is_over_file and self.file != self.file_kept


def keep_file(connection: Connection, config: Config, now: datetime, source: str = "config.yaml") -> int:
    """Keep the file's rules where their words changed and nobody's stand over them; returns how many. Twice is once."""
    queries.rulebook_lock(connection, key=_KEY)
    kept = 0
    for one in list_kept(connection, config):
        if one.origin != "admin" and one.words != one.file:
            _add(connection, one.rule, one.file, "file", now, source, "" if one.revision is None else "the file changed")
            kept += 1
    return kept


def list_kept(connection: Connection, config: Config) -> list[Kept]:
    """All rules by name, as they are kept or, where nothing is yet, as the file has them."""
    current = {row["rule"]: row for row in queries.rulebook_current(connection)}
    of_file = {row["rule"]: row["body"] for row in queries.rulebook_file_words(connection)}
    file = {name: words_of(rule) for name, rule in config.rules.items()}
    return [_kept(name, current.get(name), file.get(name), of_file.get(name)) for name in sorted({*current, *file})]


def _kept(name: str, row: Mapping[str, Any] | None, file: Words | None, file_kept: Words | None) -> Kept:
    if row is None:
        return Kept(name, None, None, "file", None, "", "", file, None)
    return Kept(name, row["body"], row["revision"], row["origin"], row["at"], row["by"], row["why"], file, file_kept)


def get_kept(connection: Connection, config: Config, name: str) -> Kept:
    """One rule. Raises `NotFound` for a name that never was one."""
    found = next((one for one in list_kept(connection, config) if one.rule == name), None)
    if found is None:
        raise NotFound(f"no rule is called '{name}'")
    return found


def find_version(connection: Connection, config: Config, name: str) -> int | None:
    """The revision that whoever changes a rule must have seen, 0 of one that only the file has; None: there is no such rule yet."""
    seen = _newest(connection, name).get("revision")
    return int(seen) if seen is not None else 0 if name in config.rules else None


def get_file_rule(config: Config, name: str) -> Rule:
    """The rule of the file. Raises `Invalid` where it has none."""
    if name not in config.rules:
        raise Invalid(f"the file has no rule '{name}' to go back to; withdraw it instead")
    return config.rules[name]


def history(connection: Connection, name: str, before: int | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Revisions of a rule, newest first: words, origin, when, by whom and why."""
    return list(queries.rulebook_of_rule(connection, rule=name, before=before or 2**62, limit=min(limit, _MOST)))


def revise(connection: Connection, config: Config, name: str, words: Words, act: Act) -> int:
    """An admin's words stand from now on; returns their revision. The same words again are no new revision.

    Raises `StaleWrite` when somebody revised it since, `Invalid` without a reason.
    """
    return _write(connection, config, name, words, "admin", act)


def withdraw(connection: Connection, config: Config, name: str, act: Act) -> int:
    """It rings no more; the leader ends what it has open. Raises `NotFound`, `StaleWrite`, `Invalid` without a reason."""
    get_kept(connection, config, name)
    return _write(connection, config, name, None, "admin", act)


def back_to_file(connection: Connection, config: Config, name: str, act: Act) -> int:
    """The file's words hold again, and follow the file. Raises `StaleWrite`, `Invalid` without a reason or such words."""
    return _write(connection, config, name, words_of(get_file_rule(config, name)), "file", act)


def _write(connection: Connection, config: Config, name: str, words: Words | None, origin: str, act: Act) -> int:
    if not act.note.strip():
        raise Invalid("why: say why, for those who read the history")
    queries.rulebook_lock(connection, key=_KEY)
    seen = _newest(connection, name)
    if act.expect is not None and act.expect != seen.get("revision", 0):
        raise StaleWrite(str(seen.get("revision", 0)))
    keep_file(connection, config, act.now)  # what an admin's words stand over is kept first
    row = _newest(connection, name)
    if row and row["body"] == words and row["origin"] == origin:
        return int(row["revision"])
    revision = _add(connection, name, words, origin, act.now, act.by, act.note)
    audit.append(connection, act, "rule", name, config.area.code, detail={"revision": revision, "origin": origin})
    return revision


def _newest(connection: Connection, name: str) -> dict[str, Any]:
    return next(iter(history(connection, name, limit=1)), {})


def _add(connection: Connection, name: str, words: Words | None, origin: str, at: datetime, by: str, why: str) -> int:
    body = None if words is None else Jsonb(dict(words))
    return int(queries.rulebook_add(connection, rule=name, body=body, origin=origin, at=at, by=by, why=why))


def count_rung(connection: Connection, since: datetime) -> dict[str, dict[str, int]]:
    """By rule what rang since, is open, was judged by people and was a false alarm; in the areas the connection sees."""
    return {row["rule"]: dict(row) for row in queries.rulebook_rung(connection, since=since)}


def torn(kept: Sequence[Kept]) -> list[Kept]:
    """Rules whose file changed while an admin's words stand over it."""
    return [one for one in kept if one.is_torn]
