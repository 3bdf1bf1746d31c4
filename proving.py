"""Proves the path: sends a reading of a reserved device through the real wire and waits where it must come out. Composition; rings nothing.

wire → pipeline and rule → projector and live stream → outbox and a target that marks its arrival; then it is cleared. „Screen“ means: a
reader of the live stream over HTTP had the delta in its hands, as a browser would; that a browser painted it is not proven.
"""

from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import structlog

from compose import Parts
from core.errors import FeedLost
from ingest.proof_wires import Reader, send_http, send_mqtt
from store import live_rows, probes

_log = structlog.get_logger("proof")
_LOOK_EVERY_S = 0.2
_READER_S = 3.0


class Prover:
    """One proof at a time. Its first turn only registers the device: the others may be starting, too."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._token = parts, ""
        self._url = parts.settings.url
        self._by_mqtt = bool(parts.settings.mqtt_url)

    def prove(self, now: datetime) -> None:
        """Go once all the way; what came of it stands in the table. Raises `StoreUnavailable`."""
        if not self._by_mqtt and not self._url:
            return  # no wire is known: the alarm that nothing is proven says so
        with self._parts.store.connection() as connection:
            is_first = not self._token
            if not probes.is_registered(connection, self._token, now):  # also after another led in between
                self._token = probes.register(connection, self._parts.config, now)
        if is_first:
            return
        with self._parts.store.connection() as connection:
            after = live_rows.read_position(connection)["sequence"]
            number = probes.begin(connection, "mqtt" if self._by_mqtt else "http", now)
        proof = _Proof(self._parts, number, now)
        reader = Reader(self._url, self._token, after, proof.on_screen) if self._url else None
        if reader:
            reader.listens.wait(_READER_S)
        try:
            leg = self._go(proof, listens=reader is not None)
        finally:
            if reader:
                reader.close()
        self._send(0, proof.at(), quietly=True)
        with self._parts.store.connection() as connection:
            probes.settle(connection, number, leg, proof.at())
        if leg:
            _log.warning("path_broken", leg=leg, probe=number)

    def _go(self, proof: "_Proof", *, listens: bool) -> str | None:
        """The leg at which it got stuck; None: it went through."""
        if not self._send(proof.number, proof.at()):
            return "wire"
        proof.sent()
        within = self._parts.config.probe.within.total_seconds()
        while True:
            state = proof.look()
            missing = _missing(state, listens)
            if missing is None or (proof.at() - proof.began).total_seconds() > within:
                return missing
            sleep(_LOOK_EVERY_S)

    def _send(self, value: float, at: datetime, quietly: bool = False) -> bool:
        try:
            if self._by_mqtt:
                send_mqtt(self._parts.settings.mqtt_url, self._parts.config.area.code, value, at)
            else:
                send_http(self._url, self._token, value, at)
        except FeedLost as lost:
            if not quietly:
                _log.warning("proof_not_sent", why=str(lost))
            return False
        return True


class _Proof:
    """A proof on its way."""

    def __init__(self, parts: Parts, number: int, now: datetime) -> None:
        self._store, self.number, self.began, self._started = parts.store, number, now, monotonic()
        self._screen_at: datetime | None = None

    def at(self) -> datetime:
        """Now, by the clock that began it."""
        return self.began + timedelta(seconds=monotonic() - self._started)

    def on_screen(self, value: float) -> None:
        if value == self.number and self._screen_at is None:
            self._screen_at = self.at()

    def sent(self) -> None:
        with self._store.connection() as connection:
            probes.note(connection, self.number, sent_at=self.at())

    def look(self) -> dict[str, Any]:
        with self._store.connection() as connection:
            if self._screen_at:
                probes.note(connection, self.number, screen_at=self._screen_at)
            return probes.read_state(connection, self.number)


def _missing(state: dict[str, Any], listens: bool) -> str | None:
    """The first leg that is not done."""
    if state["raised_at"] is None:
        return "rule"
    if listens and state["screen_at"] is None:
        return "screen"
    return "notification" if state["arrived_at"] is None else None
