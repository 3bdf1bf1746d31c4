"""The two ends of the proof of the path: a reading onto the real wire, and a reader of the live stream as a screen is one.

Decides nothing: whoever proves says what is sent, and what it means that it came back.
"""

import json
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Any

import httpx

from core.errors import FeedLost
from core.probe_config import DEVICE, METRIC
from ingest.mqtt_publish import publisher

_ANSWER_S = 10.0
_BEATS_S = 8.0  # the stream beats every 2 s: a line that says nothing for so long is dead


def send_mqtt(url: str, area: str, value: float, at: datetime) -> None:
    """Publish through the broker, QoS 1. Raises `FeedLost` when it does not confirm."""
    body = json.dumps({"ts": at.isoformat(), "values": {METRIC: value}}).encode()
    with publisher(url) as wire:
        wire.publish(f"city/{area}/urban/{DEVICE}/telemetry", body)


def send_http(url: str, token: str, value: float, at: datetime) -> None:
    """Post to the edge; it answers after the commit. Raises `FeedLost` when it does not take it."""
    reading = {"device": DEVICE, "metric": METRIC, "value": value, "observed_at": at.isoformat()}
    try:
        answer = httpx.post(
            f"{url}/api/v1/readings",
            json={"readings": [reading]},
            headers={"Authorization": f"Bearer {token}"},
            timeout=_ANSWER_S,
            trust_env=False,
        )
        accepted = answer.status_code == 200 and answer.json()["accepted"] == 1
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise FeedLost(f"the edge does not answer: {type(error).__name__}") from error
    if not accepted:
        raise FeedLost(f"the edge answered {answer.status_code}")


class Reader:
    """Reads the live stream from a number on, in a thread of its own: a screen that comes back and asks what it missed. Close it."""

    def __init__(self, url: str, token: str, after: int, found: Callable[[float], None]) -> None:
        self.listens = Event()
        self._over = Event()
        arguments = (f"{url}/api/v1/stream?screen=wall&after={after}", token, found)
        self._thread = Thread(target=self._read, args=arguments, name="proof-reader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """It ends with the next line, at the latest with the next beat."""
        self._over.set()

    def _read(self, url: str, token: str, found: Callable[[float], None]) -> None:
        try:
            with httpx.stream("GET", url, headers={"Authorization": f"Bearer {token}"}, timeout=_BEATS_S, trust_env=False) as answer:
                if answer.status_code != 200:
                    return
                self.listens.set()
                for line in answer.iter_lines():
                    if self._over.is_set():
                        return
                    if line.startswith("data: ") and '"probes"' in line:
                        for value in probes_of(json.loads(line[6:])):
                            found(value)
        except (httpx.HTTPError, ValueError):
            return  # the proof fails at this leg, and says so


def probes_of(delta: dict[str, Any]) -> list[float]:
    """The values of the probes that ring in a delta."""
    parts = delta.get("streets", {}).values()
    return [probe["value"] for part in parts for probe in part.get("probes", ()) if probe.get("value") is not None]
