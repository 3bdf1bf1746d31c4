"""Delivery: takes what waits in the outbox to the door of its channel, and marks what became of it. Composition; decides nothing.

Notices on desks are put and marked in one transaction. What leaves the house is marked after it left: at least once, under one id.
Each channel has its own turn (`duties`), so that one that hangs delays no other.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol

import structlog

from core.config import Config
from core.notify_config import NotifyConfig
from core.settings import Settings
from core.text import load_texts
from dispatch.notify import SENT, Contact, Letter, Outcome, Parcel, Person, back_off, unforeseen, where
from dispatch.notify_doors import door_of, leaves
from dispatch.notify_push import make_keys
from dispatch.notify_webhook import Door
from dispatch.notify_words import say, write_body
from store import contacts, deliveries, outbox, push
from store.timescale import Connection, Store

TEXTS = Path(__file__).parent / "assets" / "i18n"
_A_TURN_S = 30.0  # well within the lease
_LONGEST_REST = timedelta(minutes=1)  # so soon after it is back everything leaves
_log = structlog.get_logger("notify")


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
        self._downs, self._rests_until = 0, datetime.min.replace(tzinfo=UTC)
        self._texts = load_texts(TEXTS)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def deliver(self, store: Store, now: datetime) -> int:
        """Send what waits until something does not get through: then the rest waits too. Returns how many parcels left."""
        if now < self._rests_until:
            return 0
        began = monotonic()
        door = self._door(store, now)
        with store.connection() as connection:
            if self._channel.is_personal:
                deliveries.hand_over(connection, self.name, self._config, self._zone, now)
            claimed = self._book.claim(connection, self.name, self._config, now)
            known = self._contacts(connection, claimed.parcels, now)
        try:
            for number, parcel in enumerate(claimed.parcels):
                outcome = self._try(parcel, claimed.people, now + timedelta(seconds=monotonic() - began), door, known)
                took = monotonic() - began
                self._rest(outcome, now)
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

    def _rest(self, outcome: Outcome, now: datetime) -> None:
        """While the other side is down its whole channel pauses, longer and longer: claiming all that waits only to give it back costs."""
        self._downs = self._downs + 1 if outcome.is_down else 0
        if self._downs:
            self._rests_until = now + min(back_off(self._downs), _LONGEST_REST)

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

    def _try(self, parcel: Parcel, people: Mapping[int, Person], now: datetime, door: Door, known: Mapping[int, Contact]) -> Outcome:
        """Send one, whatever happens: what raised here would stop everything behind it for ever."""
        try:
            return self._send(parcel, people, now, door, known)
        except Exception as error:
            _log.error("unforeseen", channel=self.name, id=parcel.id, error=type(error).__name__, at=where(error))
            door.rest()  # a conversation that broke off is not gone on with
            return unforeseen(error)

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
