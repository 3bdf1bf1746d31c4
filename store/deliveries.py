"""Messages that go to people one by one: given over from the outbox, a row a person, then claimed, marked and receipted like parcels.

The outbox keeps its one row a step and target; it is sent when anybody was told and failed when nobody could be. Who may be told stays as
it was when the message was given over; in somebody's quiet hours it waits for their end, unless it is grave or they are on shift.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.notify_config import NotifyConfig
from dispatch.notify import WINDOW, Message, Outcome, Parcel, Person, back_off, find_people, is_over, pack
from dispatch.quiet import quiet_until
from store import not_told
from store.outbox import AT_ONCE, LEASE, NOBODY_FOR, POSTPONED, Claimed, ids_of, read_people
from store.timescale import Connection, queries, sql

_ANY_HOUR = ("emergency_", "plan_step")  # an emergency waits for nobody's morning


def hand_over(connection: Connection, channel: str, config: NotifyConfig, zone: ZoneInfo, now: datetime) -> int:
    """Give each person of what waits a row of their own; returns how many. What is meant for nobody waits for somebody to come."""
    rows = list(queries.deliveries_waiting(connection, channel=channel, now=now, most=AT_ONCE))
    if not rows:
        return 0
    people = read_people(connection, now)
    found = {row["outbox_id"]: find_people(row["target"], row["payload"].get("area") or "", people) for row in rows}
    if nobodys := [outbox_id for outbox_id, persons in found.items() if not persons]:
        queries.outbox_nobody(connection, ids=nobodys, until=now + NOBODY_FOR)
    hours = _quiet_hours(connection, {person.account_id for persons in found.values() for person in persons})
    of = {row["outbox_id"]: row for row in rows}
    given = [
        (outbox_id, person.account_id, of[outbox_id]["severity"], until or now, until is not None)
        for outbox_id, persons in found.items()
        for person in persons
        for until in [_held_until(person, of[outbox_id], hours, config, zone, now)]
    ]
    if given:
        outbox_ids, account_ids, severity, due_ats, helds = (list(column) for column in zip(*given, strict=True))
        queries.deliveries_hand_over(
            connection, channel=channel, outbox_ids=outbox_ids, account_ids=account_ids, severities=severity, due_ats=due_ats, helds=helds
        )
        queries.deliveries_handed(connection, ids=sorted(set(outbox_ids)), now=now)
    return len(given)


def _quiet_hours(connection: Connection, accounts: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    return {row["account_id"]: row for row in queries.contacts_quiet(connection, accounts=sorted(accounts))}


def _held_until(
    person: Person, message: Mapping[str, Any], hours: Mapping[int, Mapping[str, Any]], config: NotifyConfig, zone: ZoneInfo, now: datetime
) -> datetime | None:
    """When the quiet hours of somebody end that keep this from being told now."""
    if message["severity"] <= config.passes or person.on_shift or message["template"].startswith(_ANY_HOUR):
        return None
    own = hours.get(person.account_id)
    if own is not None and own["quiet_from"] is not None:
        return quiet_until(now, zone, own["quiet_from"], own["quiet_to"])
    return quiet_until(now, zone, config.quiet.starts, config.quiet.ends) if config.quiet else None


def claim(connection: Connection, channel: str, config: NotifyConfig, now: datetime) -> Claimed:
    """What leaves now, the gravest first; ours until the lease ends. Who was told enough in this minute waits for the summary."""
    rows = list(queries.deliveries_claim(connection, channel=channel, now=now, most=AT_ONCE))
    if not rows:
        return Claimed([], {})
    lately = queries.deliveries_sent_lately(connection, channel=channel, since=now - WINDOW)
    sent = {tuple(row["recipients"]): row["parcels"] for row in lately}
    messages = [Message(**{**row, "recipients": tuple(row["recipients"])}) for row in rows]
    parcels, later = pack(messages, sent, config.rate_of(channel))
    with connection.cursor() as cursor:
        leases = [{"ids": ids_of(parcel), "until": now + LEASE, "bundle": parcel.bundle} for parcel in parcels]
        cursor.executemany(sql("deliveries_lease"), leases)
    if later:
        queries.deliveries_postpone(connection, ids=[message.outbox_id for message in later], until=now + POSTPONED)
    return Claimed(parcels, {person.account_id: person for person in read_people(connection, now)})


def settle(connection: Connection, parcel: Parcel, outcome: Outcome, channel: str, config: NotifyConfig, now: datetime) -> None:
    """Mark what became of a parcel to one person. Who cannot be told here is told by the channel's fallback, if it has one."""
    ids = ids_of(parcel)
    if outcome.sent:
        queries.deliveries_sent(connection, ids=ids, now=now, reference=outcome.reference)
    else:
        attempts = 1 + max(message.attempts for message in parcel.messages)
        over = is_over(parcel, outcome, config.attempts)
        due_at = now + back_off(attempts)
        queries.deliveries_not_sent(
            connection, ids=ids, due_at=due_at, failed_at=now if over else None, error=outcome.error[:500],
            refused=int(outcome.is_refusal),
        )  # fmt: skip
        if not over:
            return
        pass_on(connection, ids, channel, config, now)
    concluded = [row["outbox_id"] for row in queries.deliveries_conclude(connection, ids=ids)]
    known = config.channels.get(channel)
    if known is None or not known.fallback:  # else they are being told by that
        not_told.tell(connection, concluded, config, now)


def pass_on(connection: Connection, ids: Sequence[int], channel: str, config: NotifyConfig, now: datetime) -> None:
    """What could not be told by a channel goes to its fallback."""
    known = config.channels.get(channel)
    if known is not None and known.fallback:
        queries.deliveries_pass_on(connection, ids=list(ids), channel=known.fallback, now=now)


def release(connection: Connection, parcels: Sequence[Parcel]) -> None:
    """Give back what was claimed and not tried."""
    if parcels:
        queries.deliveries_release(connection, ids=ids_of(*parcels))
