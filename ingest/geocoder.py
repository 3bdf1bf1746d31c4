"""The door to a city's own geocoder: one GET an address, answers of a few kilobytes, and a rest when it fails again and again.

Decides no placing. Never on the path of a report being stored: only the jobs ask.
"""

import json
from datetime import datetime
from typing import Any

import httpx
import structlog

from core.place_config import GeocoderConfig
from geodata.geocoder import Geocoded, question, read_answer

_MOST_BYTES = 256 * 1024

_log = structlog.get_logger("geocoder")


class Geocoder:
    """Asks a geocoder, and leaves it alone for `rest` after `failures` in a row. Holds a connection: close it."""

    def __init__(self, config: GeocoderConfig, key: str = "") -> None:
        self._config, self._key = config, key
        self._client = httpx.Client(timeout=config.timeout.total_seconds(), follow_redirects=False, trust_env=False)
        self._failed = 0
        self._rests_until: datetime | None = None

    def close(self) -> None:
        self._client.close()

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone now. After the rest one question decides: fails it too, the rest begins anew."""
        return self._rests_until is not None and now < self._rests_until

    def ask(self, address: str, now: datetime) -> Geocoded | None:
        """What it says of an address; None: no answer to rely on, ask again later. Never raises for what the other side does."""
        if not self._config.url or self.rests(now):
            return None
        try:
            answer = read_answer(self._config, address, self._get(question(self._config, address, self._key)))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, RecursionError) as error:
            self._fail(type(error).__name__, now)
            return None
        self._failed, self._rests_until = 0, None
        return answer

    def _get(self, url: str) -> Any:
        """The JSON body. Raises `httpx.HTTPError`, `ValueError` for what is too long or no JSON."""
        with self._client.stream("GET", url, headers={"Accept": "application/json"}) as response:
            response.raise_for_status()
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ValueError("the answer is too long")
        return json.loads(body)

    def _fail(self, why: str, now: datetime) -> None:
        """The reason is logged by its kind only: its words may hold the URL, and with it the key."""
        self._failed += 1
        if self._failed >= self._config.failures:
            self._rests_until = now + self._config.rest
            _log.warning("geocoder_rests", why=why, until=self._rests_until.isoformat())
