"""How people are reached, and when they are not to be. Telephone, mail and robots' ids stand in `persons`; others read them masked.

Unmasked they are read in one place, to send, and that is audited; so is every change, by the names of what changed, never by value.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid, NotFound
from core.model import EVERYWHERE
from dispatch.notify import Contact, Subscription
from dispatch.notify_smtp import is_address
from store import audit
from store.acts import Act
from store.timescale import Connection, queries

ROBOTS = ("wecom", "dingtalk", "feishu")
FIELDS = ("phone", "mail", "robots", "language", "quiet_from", "quiet_to")
_PHONE = re.compile(r"\+?\d[\d-]{4,19}")
_MAIL = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>]{1,190}\.[^\s@,;<>.]{2,}")
_ROBOT_ID = re.compile(r"[\w.@-]{1,100}")
_EVERYBODY = frozenset({"all", "everyone", "所有人"})  # to a robot these are no person but the whole group


def masked_phone(phone: str) -> str:
    """138****0001: enough to know it again."""
    return phone[:3] + "*" * max(len(phone) - 7, 4) + phone[-4:] if len(phone) > 7 else "*" * len(phone)


def masked_mail(mail: str) -> str:
    """w***@example.cn."""
    name, _, host = mail.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


def read(connection: Connection, account_id: int) -> dict[str, Any]:
    """One's contacts, masked, and what one wishes. Raises `NotFound`."""
    row = _row(connection, account_id)
    return {
        "account": row["account_id"], "login": row["login"], "title": row["title"],
        "phone": masked_phone(row["phone"]), "mail": masked_mail(row["mail"]),
        "robots": {name: masked_phone(str(value)) for name, value in row["robots"].items()}, "language": row["language"],
        "quiet_from": _clock(row["quiet_from"]), "quiet_to": _clock(row["quiet_to"]), "browsers": row["browsers"],
    }  # fmt: skip


def save(connection: Connection, account_id: int, wanted: Mapping[str, Any], act: Act) -> None:
    """Change what is named, of `robots` each by itself; an empty text or null forgets it. Raises `NotFound`, `Invalid`."""
    row = _row(connection, account_id)
    if unknown := sorted(wanted.keys() - set(FIELDS)):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(FIELDS)}")
    if told := wanted.keys() & {"phone", "mail", "robots"}:
        values = {"phone": row["phone"], "mail": row["mail"], "robots": dict(row["robots"])}
        values |= {name: _READ[name](wanted[name]) for name in told}
        values["robots"] = _joined(row["robots"], wanted["robots"], values["robots"]) if "robots" in told else values["robots"]
        person_id = row["person_id"]
        if person_id is None:
            person_id = queries.contacts_person(connection, now=act.now)["person_id"]
            queries.contacts_own(connection, account_id=account_id, person_id=person_id)
        queries.contacts_save(connection, person_id=person_id, **{**values, "robots": Jsonb(values["robots"])})
    if wanted.keys() & {"language", "quiet_from", "quiet_to"}:
        _save_telling(connection, row, wanted, act.now)
    audit.append(connection, act, "account", row["login"], act.scope.areas[0], detail={"fields": sorted(wanted)})


def _save_telling(connection: Connection, row: Mapping[str, Any], wanted: Mapping[str, Any], now: datetime) -> None:
    language = wanted.get("language", row["language"])
    if language not in ("zh", "en"):
        raise Invalid("language: zh or en")
    hours = {name: _read_clock(name, wanted[name]) if name in wanted else row[name] for name in ("quiet_from", "quiet_to")}
    if (hours["quiet_from"] is None) != (hours["quiet_to"] is None):
        raise Invalid("quiet_from and quiet_to belong together: both a time (22:00), or both null")
    queries.contacts_telling(connection, account_id=row["account_id"], language=language, now=now, **hours)


def try_out(connection: Connection, account_id: int, channel: str, act: Act) -> bool:
    """A message to oneself by one way, once a minute; whether it was put."""
    put = queries.contacts_try(
        connection, now=act.now, dedupe_key=f"contact_test/{account_id}/{channel}/{act.now:%Y%m%d%H%M}",
        target=f"{channel}/account:{account_id}",
        payload=Jsonb({"noun": "account", "id": account_id, "title": act.by, "area": act.scope.areas[0]}),
    )  # fmt: skip
    if put:
        audit.append(connection, act, "account", account_id, act.scope.areas[0], detail={"channel": channel})
    return bool(put)


def to_send(connection: Connection, accounts: Iterable[int], channel: str, now: datetime) -> dict[int, Contact]:
    """The addresses themselves, for a channel that is about to send to them; who was looked up stands in the audit."""
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    audit.append(connection, Act("read_contacts", EVERYWHERE, now), "channel", channel, detail={"accounts": wanted})
    return {row["account_id"]: _contact(row) for row in queries.contacts_to_send(connection, accounts=wanted)}


def reachable(connection: Connection, accounts: Iterable[int], kind: str) -> list[int]:
    """Whom of some a kind of channel can reach."""
    return sorted(row["account_id"] for row in queries.contacts_reachable(connection, accounts=sorted(set(accounts)), kind=kind))


def _contact(row: Mapping[str, Any]) -> Contact:
    return Contact(**{**row, "subscriptions": tuple(Subscription(**one) for one in row["subscriptions"])})


def _row(connection: Connection, account_id: int) -> dict[str, Any]:
    row: dict[str, Any] | None = queries.contacts_account(connection, account_id=account_id)
    if row is None:
        raise NotFound(f"no account {account_id}")
    return row


def _read_phone(value: Any) -> str:
    phone = re.sub(r"\s", "", value or "") if isinstance(value, str | None) else "?"
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid("phone: a telephone number, 13800000000 or +86-519-85550000")
    return phone


def _read_mail(value: Any) -> str:
    mail = (value or "").strip() if isinstance(value, str | None) else "?"
    if mail and not (_MAIL.fullmatch(mail) and is_address(mail)):
        raise Invalid("mail: an address, wang@example.cn")
    return mail


def _read_robots(value: Any) -> dict[str, str]:
    if not isinstance(value, dict | None) or set(value or {}) - set(ROBOTS):
        raise Invalid(f"robots: an object with {', '.join(ROBOTS)}")
    ids = {name: one.strip() for name, one in (value or {}).items() if isinstance(one, str) and one.strip()}
    if any(not _ROBOT_ID.fullmatch(one) for one in ids.values()):
        raise Invalid("robots: the ids of a person there have letters, digits, '.', '_', '-' and '@'")
    if any(one.strip("@").casefold() in _EVERYBODY for one in ids.values()):
        raise Invalid("robots: an id of one person, not of everybody")
    return ids


def _joined(known: Mapping[str, str], wanted: Mapping[str, Any] | None, read_: Mapping[str, str]) -> dict[str, str]:
    """Ids that are not named stay: whoever changes one has the others masked only."""
    return {**{name: one for name, one in known.items() if wanted is not None and name not in wanted}, **read_}


_READ = {"phone": _read_phone, "mail": _read_mail, "robots": _read_robots}


def _read_clock(name: str, value: Any) -> time | None:
    if value in (None, ""):
        return None
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        raise Invalid(f"{name}: a time of the day, 22:00") from None


def _clock(value: time | None) -> str | None:
    return f"{value:%H:%M}" if value is not None else None
