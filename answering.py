"""Answering: takes what the 12345 platform is to know to its door, ticket by ticket in order, and marks what became of it. Composition.

At least once under one id; a ticket whose exchange does not get through delays no other, unless the platform itself is away.
"""

from datetime import datetime, timedelta
from time import monotonic

import structlog

from core.config import Config
from core.notify_config import HOTLINE
from core.settings import Settings
from dispatch.hotline import fields_of
from dispatch.http_out import Poster, stays_home
from dispatch.http_request import of_moment, render
from dispatch.notify import NO_ADDRESS, SENT, Message, Outcome, Parcel, unforeseen, where
from store import outbox
from store.timescale import Store

_A_TURN_S = 30.0  # well within the lease
_UNSET_FOR = timedelta(days=1)
_log = structlog.get_logger("hotline")


class Answering:
    """The way to the platform. Holds connections: close it."""

    def __init__(self, config: Config, settings: Settings) -> None:
        self._config, self._settings = config, settings
        self._poster = Poster(config.hotline.timeout.total_seconds())

    def close(self) -> None:
        self._poster.close()

    def deliver(self, store: Store, now: datetime) -> int:
        """Tell what waits, of each ticket the first; returns how many exchanges were taken."""
        began = monotonic()
        with store.connection() as connection:
            parcels = outbox.claim_in_order(connection, HOTLINE, now)
        told = 0
        for number, parcel in enumerate(parcels):
            outcome = self._try(parcel.first, now + timedelta(seconds=monotonic() - began))
            took = monotonic() - began
            told += outcome.sent
            with store.connection() as connection:
                outbox.settle(connection, parcel, outcome, HOTLINE, self._config.notify, now + timedelta(seconds=took))
                if outcome.is_down or took > _A_TURN_S:
                    outbox.release(connection, parcels[number + 1 :])
                    break
        return told

    def _try(self, message: Message, now: datetime) -> Outcome:
        """Tell one, whatever happens: what raised here would stop every other ticket for ever."""
        try:
            return self._send(message, now)
        except Exception as error:
            _log.error("unforeseen", channel=HOTLINE, id=message.dedupe_key, error=type(error).__name__, at=where(error))
            return unforeseen(error)

    def _send(self, message: Message, now: datetime) -> Outcome:
        facts, url = message.payload, self._settings.hotline_url
        request = self._config.hotline.request_of(str(facts.get("kind")))
        if request is None:
            return Outcome(False, "no request in the configuration", again=False)
        if self._settings.notify_stub and not stays_home(url):  # a demo answers nobody but itself
            _log.info("would_send", channel=HOTLINE, id=Parcel((message,)).id)
            return SENT
        if not url:
            # For a day it waits for somebody who forgot to set it; the tickets say so, and can be told anew (`store.hotline_desk`).
            waits = now - message.created_at < _UNSET_FOR
            return Outcome(False, f"{NO_ADDRESS}: YIPING_HOTLINE_URL is not set", again=waits, is_down=waits)
        if message.mark == "drill" or (message.mark == "simulated" and not stays_home(url)):
            return Outcome(False, f"withheld: {message.mark}", again=False)
        words = of_moment(now, self._settings.hotline_key, self._settings.hotline_secret)
        values = {**facts, "fields": fields_of(facts, self._config.hotline), **words, "at": facts.get("at", ""), "id": message.dedupe_key}
        return self._poster.ask(render(request, url, values), request.answer)
