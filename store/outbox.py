"""The outbox as those who deliver see it: claimed in portions under a lease, marked after sending. At least once, under one id.

Who dies between sending and marking leaves the lease behind; when it ends, the same parcel is sent again under the same id.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from core.notify_config import NotifyConfig
from dispatch.notify import WINDOW, Message, Outcome, Parcel, Person, Recipients, back_off, find_people, is_over, pack
from store import contacts, not_told
from store.timescale import Connection, queries, sql

AT_ONCE = 2_000
LEASE = timedelta(minutes=2)
POSTPONED = timedelta(seconds=10)
NOBODY_FOR = timedelta(minutes=1)  # somebody may come on shift
_HEALTH_OF = timedelta(hours=1)


class Claimed(NamedTuple):
    """Parcels of one claim, and the people they name."""

    parcels: list[Parcel]
    people: dict[int, Person]


def claim(connection: Connection, channel: str, config: NotifyConfig, now: datetime) -> Claimed:
    """What leaves through a channel now, the gravest first; ours until the lease ends. The rest of a storm waits for its summary.

    What is meant for nobody now waits for somebody to come, as long as it takes: that is no attempt.
    """
    rows = list(queries.outbox_claim(connection, channel=channel, now=now, most=AT_ONCE))
    if not rows:
        return Claimed([], {})
    people = read_people(connection, now)
    sent = {tuple(row["recipients"]): row["parcels"] for row in queries.outbox_sent_lately(connection, channel=channel, since=now - WINDOW)}
    messages = [_message(row, people) for row in rows]
    nobodys = [message.outbox_id for message in messages if message.to_nobody]
    if nobodys:
        queries.outbox_nobody(connection, ids=nobodys, until=now + NOBODY_FOR)
    parcels, later = pack([message for message in messages if not message.to_nobody], sent, config.rate_of(channel))
    leases = [
        {"ids": ids_of(parcel), "until": now + LEASE, "recipients": list(parcel.first.recipients), "bundle": parcel.bundle}
        for parcel in parcels
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql("outbox_lease"), leases)
    if later:
        queries.outbox_postpone(connection, ids=[message.outbox_id for message in later], until=now + POSTPONED)
    return Claimed(parcels, {person.account_id: person for person in people})


def claim_in_order(connection: Connection, channel: str, now: datetime) -> list[Parcel]:
    """Of each target of a channel the first message that waits, alone; ours until the lease ends."""
    rows = list(queries.hotline_claim(connection, channel=channel, now=now, most=AT_ONCE))
    parcels = [Parcel((Message(**row),)) for row in rows]
    leases = [{"ids": ids_of(parcel), "until": now + LEASE, "recipients": [], "bundle": None} for parcel in parcels]
    with connection.cursor() as cursor:
        cursor.executemany(sql("outbox_lease"), leases)
    return parcels


def ids_of(*parcels: Parcel) -> list[int]:
    """The rows of some parcels."""
    return [message.outbox_id for parcel in parcels for message in parcel.messages]


def _message(row: dict[str, Any], people: Sequence[Person]) -> Message:
    """A summary that was begun keeps its people; others are found anew at every try: the shift may have changed."""
    if row["bundle"] is not None:
        return Message(**{**row, "recipients": tuple(row["recipients"])})
    found = find_people(row["target"], row["payload"].get("area") or "", people)
    return Message(**{**row, "recipients": tuple(person.account_id for person in found)})


def read_people(connection: Connection, now: datetime) -> list[Person]:
    """Everybody who has an account, and who of them is on shift: at a desk or by a roster."""
    return [Person(**{**row, "areas": tuple(row["areas"])}) for row in queries.outbox_people(connection, now=now)]


def settle(connection: Connection, parcel: Parcel, outcome: Outcome, channel: str, config: NotifyConfig, now: datetime) -> None:
    """Mark what became of a parcel: sent; to be tried again, later and later; or given up."""
    ids = ids_of(parcel)
    if outcome.sent:
        queries.outbox_sent(connection, ids=ids, now=now)
        return
    attempts = 1 + max(message.attempts for message in parcel.messages)
    over = is_over(parcel, outcome, config.attempts)
    due_at = now + back_off(attempts)
    queries.outbox_not_sent(
        connection, ids=ids, due_at=due_at, failed_at=now if over else None, error=outcome.error[:500],
        refused=int(outcome.is_refusal),
    )  # fmt: skip
    if over:
        not_told.tell(connection, ids, config, now)


def copy(connection: Connection, parcels: Sequence[Parcel], config: NotifyConfig, now: datetime) -> None:
    """Messages put on desks that are also told elsewhere (`notify.copies`): to each of their people whom that channel can reach."""
    for rule in config.copies:
        wanted: dict[Recipients, list[int]] = defaultdict(list)
        for parcel in parcels:
            for message in parcel.messages:
                if rule.covers(message.template, message.severity):
                    wanted[parcel.first.recipients].append(message.outbox_id)
        for channel in rule.channels if wanted else ():
            kind = config.channels[channel].kind
            for recipients, ids in wanted.items():
                if accounts := contacts.reachable(connection, recipients, kind):
                    queries.outbox_copy(connection, ids=ids, accounts=accounts, channel=channel, now=now)


def release(connection: Connection, parcels: Sequence[Parcel]) -> None:
    """Give back what was claimed and not tried."""
    if parcels:
        queries.outbox_release(connection, ids=ids_of(*parcels))


def read_health(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """Per channel that was used: {channel, waiting, oldest_at, sent and failed in the last hour, sent_at, error of what waits}."""
    return list(queries.outbox_health(connection, since=now - _HEALTH_OF))


def forget(connection: Connection, before: datetime, handed_back: datetime) -> int:
    """Drop what was sent or given up before, and the notices of then; what went to the hotline's platform stays as long as the audit
    (`handed_back`). Returns how many rows."""
    dropped = int(queries.outbox_forget(connection, before=before, handed_back=handed_back))
    return dropped + int(queries.notices_forget(connection, before=before))
