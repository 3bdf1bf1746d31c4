"""Publishes recorded messages to a broker: QoS 1, counted when the broker confirmed them. Used by replay only."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from core.errors import FeedLost

CONFIRM_S = 30.0


class Publisher:
    """A connected client; `publish` returns once the broker has the message."""

    def __init__(self, client: mqtt.Client) -> None:
        self._client = client

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Raises `FeedLost` when the broker does not confirm in time."""
        message = self._client.publish(topic, payload, qos=1, retain=retain)
        try:
            message.wait_for_publish(CONFIRM_S)
        except (RuntimeError, ValueError) as error:
            raise FeedLost(f"the broker does not take messages: {error}") from error
        if not message.is_published():
            raise FeedLost(f"the broker did not confirm within {CONFIRM_S:.0f} s")


@contextmanager
def publisher(url: str) -> Iterator[Publisher]:
    """A connection to mqtt://user:password@host:port (mqtts for TLS). Raises `FeedLost` when there is none."""
    parts = urlsplit(url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set()
    try:
        client.connect(parts.hostname or "127.0.0.1", parts.port or (8883 if parts.scheme == "mqtts" else 1883))
    except OSError as error:
        raise FeedLost(f"no broker at {parts.hostname}:{parts.port}: {error}") from error
    client.loop_start()
    try:
        yield Publisher(client)
    finally:
        client.disconnect()
        client.loop_stop()
