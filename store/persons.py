"""Who called: in a table of their own, so that a report keeps only a number. Nothing of them goes into the change log or the audit.

A later message may say more of the same caller; what it leaves out stays.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from core.model import EVERYWHERE
from store import audit
from store.acts import Act
from store.timescale import Connection, queries

FIELDS = ("name", "phone", "address")

Caller = Mapping[str, str]
_Key = TypeVar("_Key")


def add(connection: Connection, callers: Mapping[_Key, Caller], now: datetime) -> dict[_Key, int]:
    """The numbers of those who gave a name or a telephone."""
    callers = {key: caller for key, caller in callers.items() if caller.get("name") or caller.get("phone")}
    if not callers:
        return {}
    names, phones, addresses = ([caller.get(word, "") for caller in callers.values()] for word in FIELDS)
    rows = queries.report_persons(connection, names=names, phones=phones, addresses=addresses, now=now)
    # Numbers are given in the order of the insert's rows; which one comes back first is nobody's promise.
    return dict(zip(callers, sorted(row["person_id"] for row in rows), strict=True))


def merged(stored: Caller | None, told: Caller) -> dict[str, str]:
    """What is known of a caller after another message; `{}`: nothing that was not known."""
    before = {word: (stored or {}).get(word, "") for word in FIELDS}
    after = {word: told.get(word) or before[word] for word in FIELDS}
    return after if after != before else {}


def revise(connection: Connection, row: Mapping[str, Any], caller: Caller, now: datetime) -> int | None:
    """Bring the caller of a stored report up to date; returns the person's number. That it was done stands in the audit, not what."""
    person_id: int | None = row["person_id"]
    if person_id is None:
        person_id = add(connection, {"": caller}, now).get("")
    else:
        queries.report_person_revise(connection, person_id=person_id, **{word: caller.get(word, "") for word in FIELDS})
    audit.append(connection, Act("revise_caller", EVERYWHERE, now), "report", row["report_id"], row["area"])
    return person_id
