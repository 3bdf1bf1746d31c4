"""Delivery: takes what waits in the outbox to the door of its channel, and marks what became of it. Composition; decides nothing.

Notices on desks are put and marked in one transaction. What leaves the house is marked after it left: at least once, under one id.
Each channel has its own turn (`duties`), so that one that hangs delays no other.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import msgspec

from core.config import Config
from core.notify_config import ChannelConfig, NotifyConfig
from core.settings import Settings, notify_variable
from dispatch.notify import SENT, Message, Outcome, Parcel, Person
from dispatch.notify_webhook import Door, Log, Unset, Webhook
from panels.text import Text, load_texts
from store import outbox
from store.timescale import Connection, Store

TEXTS = Path(__file__).parent / "assets" / "i18n"
_A_TURN_S = 30.0  # well within the lease


class Put(Protocol):
    """Delivers inside the house, in the transaction that marks it sent."""

    def __call__(self, connection: Connection, parcel: Parcel, now: datetime) -> None: ...


def deliver_inside(store: Store, channel: str, put: Put, config: NotifyConfig, now: datetime) -> int:
    """Everything that waits on a channel of the house; returns how many parcels were put."""
    with store.connection() as connection:
        parcels = outbox.claim(connection, channel, config, now).parcels
        for parcel in parcels:
            put(connection, parcel, now)
            outbox.settle(connection, parcel, SENT, config, now)
    return len(parcels)


class Outgoing:
    """One channel that leaves the house, with its door. Holds connections: close it."""

    def __init__(self, name: str, config: Config, settings: Settings) -> None:
        self.name, self._config = name, config.notify
        self._channel = config.notify.channels[name]
        self._door, self._leaves = _door(name, self._channel, settings)
        self._texts = load_texts(TEXTS)

    def close(self) -> None:
        self._door.close()

    def deliver(self, store: Store, now: datetime) -> int:
        """Send what waits until something does not get through: then the rest waits too. Returns how many parcels left."""
        began = monotonic()
        with store.connection() as connection:
            claimed = outbox.claim(connection, self.name, self._config, now)
        for number, parcel in enumerate(claimed.parcels):
            outcome = self._send(parcel, claimed.people, now + timedelta(seconds=monotonic() - began))
            took = monotonic() - began
            with store.connection() as connection:
                outbox.settle(connection, parcel, outcome, self._config, now + timedelta(seconds=took))
                if outcome.is_down or took > _A_TURN_S:
                    outbox.release(connection, claimed.parcels[number + 1 :])
                    return number + outcome.sent
        return len(claimed.parcels)

    def _send(self, parcel: Parcel, people: Mapping[int, Person], now: datetime) -> Outcome:
        first = parcel.first
        if self._leaves and first.mark and not getattr(self._channel, first.mark):
            return Outcome(False, f"withheld: {first.mark}", again=False)
        return self._door.send(parcel, write_body(parcel, people, self._texts, now), now)


def _door(name: str, channel: ChannelConfig, settings: Settings) -> tuple[Door, bool]:
    """The door, and whether anything leaves the host by it."""
    if settings.notify_stub or channel.kind == "log":
        return Log(name), False
    url = settings.notify_urls.get(notify_variable("url", name), "")
    if not url:
        return Unset(notify_variable("url", name)), True
    return Webhook(url, settings.notify_secrets.get(notify_variable("secret", name), ""), channel.timeout.total_seconds()), True


def write_body(parcel: Parcel, people: Mapping[int, Person], texts: Mapping[str, Text], now: datetime) -> bytes:
    """What a gateway gets (docs/escalation.md). People are named by account and title: their numbers are the gateway's."""
    first = parcel.first
    body = {
        "id": parcel.id, "at": now.isoformat(), "severity": first.severity, "count": len(parcel.messages),
        "drill": first.mark == "drill", "simulated": first.mark == "simulated",
        "text": word(parcel, texts["zh"]), "text_en": word(parcel, texts["en"]),
        "recipients": [{"account": people[key].login, "title": people[key].title} for key in first.recipients if key in people],
        "messages": [_line(message) for message in parcel.messages],
    }  # fmt: skip
    return msgspec.json.encode(body)


def _line(message: Message) -> dict[str, Any]:
    created_at = message.created_at.isoformat()
    known = {"message": message.dedupe_key, "template": message.template, "severity": message.severity, "created_at": created_at}
    return {**message.payload, **known}


def word(parcel: Parcel, text: Text) -> str:
    """One sentence in one language: what happened, and of a summary how much."""
    first = parcel.first
    key = f"notify.{first.template}"
    known = {name: first.payload.get(name) or 0 for name in ("acked", "owned", "signals")}
    known |= {"title": first.payload.get("title", ""), "severity": text(f"severity.{first.severity}"), "by": first.payload.get("by") or ""}
    sentence = text(key if key in text.texts else "notify.other", **known)
    if len(parcel.messages) > 1:
        sentence = text("notify.summary", n=len(parcel.messages), first=sentence)
    return (text(f"notify.mark.{first.mark}") if first.mark else "") + sentence
