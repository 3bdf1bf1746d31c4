"""Delivery: takes what waits in the outbox to the door of its channel, and marks what became of it. Composition; decides nothing.

Notices on desks are put and marked in one transaction. What leaves the house is marked after it left: at least once, under one id.
Each channel has its own turn (`duties`), so that one that hangs delays no other.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol

from core.config import Config
from core.notify_config import NotifyConfig
from core.settings import Settings
from core.text import load_texts
from dispatch.notify import SENT, Contact, Letter, Outcome, Parcel, Person
from dispatch.notify_doors import door_of, leaves
from dispatch.notify_push import make_keys
from dispatch.notify_webhook import Door
from dispatch.notify_words import say, write_body
from store import contacts, deliveries, outbox, push
from store.timescale import Connection, Store

TEXTS = Path(__file__).parent / "assets" / "i18n"
_A_TURN_S = 30.0  # well within the lease


class Put(Protocol):
    """Delivers inside the house, in the transaction that marks it sent."""

    def __call__(self, connection: Connection, parcel: Parcel, now: datetime) -> None: ...


def deliver_inside(store: Store, channel: str, put: Put, config: NotifyConfig, now: datetime) -> int:
    """Everything that waits on a channel of the house; returns how many parcels were put. Copies for phones are put with them."""
    with store.connection() as connection:
        parcels = outbox.claim(connection, channel, config, now).parcels
        for parcel in parcels:
            put(connection, parcel, now)
            outbox.settle(connection, parcel, SENT, channel, config, now)
        outbox.copy(connection, parcels, config, now)
    return len(parcels)


class Outgoing:
    """One channel that leaves the house, with its door. Holds connections: close it."""

    def __init__(self, name: str, config: Config, settings: Settings) -> None:
        self.name, self._config, self._zone = name, config.notify, config.area.zone
        self._channel, self._settings = config.notify.channels[name], settings
        self._leaves = leaves(self._channel, settings)
        self._book = deliveries if self._channel.is_personal else outbox
        self._opened: Door | None = None
        self._texts = load_texts(TEXTS)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def deliver(self, store: Store, now: datetime) -> int:
        """Send what waits until something does not get through: then the rest waits too. Returns how many parcels left."""
        began = monotonic()
        door = self._door(store, now)
        with store.connection() as connection:
            if self._channel.is_personal:
                deliveries.hand_over(connection, self.name, self._config, self._zone, now)
            claimed = self._book.claim(connection, self.name, self._config, now)
            known = self._contacts(connection, claimed.parcels, now)
        try:
            for number, parcel in enumerate(claimed.parcels):
                outcome = self._send(parcel, claimed.people, now + timedelta(seconds=monotonic() - began), door, known)
                took = monotonic() - began
                with store.connection() as connection:
                    self._book.settle(connection, parcel, outcome, self.name, self._config, now + timedelta(seconds=took))
                    if outcome.gone:
                        push.end(connection, outcome.gone, now)
                    if outcome.is_down or took > _A_TURN_S:
                        self._book.release(connection, claimed.parcels[number + 1 :])
                        return number + outcome.sent
        finally:
            door.rest()
        return len(claimed.parcels)

    def _door(self, store: Store, now: datetime) -> Door:
        """Opened at the first turn: the keys of push stand in the database."""
        if self._opened is None:
            keys = push.keys(store, make_keys, now) if self._channel.kind == "push" else None
            self._opened = door_of(self.name, self._channel, self._settings, keys)
        return self._opened

    def _contacts(self, connection: Connection, parcels: list[Parcel], now: datetime) -> dict[int, Contact]:
        """Read only where something is about to be sent to them."""
        needs = self._leaves and (self._channel.is_personal or self._channel.mention)
        accounts = {key for parcel in parcels for key in parcel.first.recipients} if needs else set()
        return contacts.to_send(connection, accounts, self.name, now)

    def _send(
        self, parcel: Parcel, people: Mapping[int, Person], now: datetime, door: Door, known: Mapping[int, Contact] | None = None
    ) -> Outcome:
        first = parcel.first
        if self._leaves and first.mark and not getattr(self._channel, first.mark):
            return Outcome(False, f"withheld: {first.mark}", again=False)
        to = tuple(known[key] for key in first.recipients if key in known) if known else ()
        if self._leaves and self._channel.is_personal and not to:
            return Outcome(False, "the account is disabled", again=False)
        words = {language: say(parcel, text) for language, text in self._texts.items()}
        return door.send(Letter(parcel, write_body(parcel, people, words, now), words, to), now)
