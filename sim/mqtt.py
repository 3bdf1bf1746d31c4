"""The simulated gateways' MQTT connections: a few dozen, each with its own client id, reconnecting by themselves.

Decides nothing about what is said. QoS 1; single devices leave a last will `offline` on their status topic.
"""

import socket
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

# What a gateway keeps while the broker is away; a real one has little memory too.
_KEPT = 400
_RECONNECT_WITHIN = (1, 10)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect, from an mqtt:// or mqtts:// address."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool


def broker_of(url: str) -> Broker:
    parts = urlsplit(url)
    tls = parts.scheme == "mqtts"
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Broker(parts.hostname or "127.0.0.1", parts.port or (8883 if tls else 1883), username, password, tls)


class Fleet:
    """Connections by name. Holds sockets and threads: close it."""

    def __init__(self, url: str, instance: str) -> None:
        self._broker = broker_of(url)
        self._instance = instance
        self._clients: dict[str, paho.Client] = {}
        self.sent = 0
        self.lost = 0

    def open(self, name: str, status_topic: str | None = None) -> None:
        """Connect `name` in the background; with a status topic it says `online` whenever it is connected."""
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"sim-{self._instance}-{name}", protocol=paho.MQTTv311)
        if self._broker.username:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls:
            client.tls_set()
        client.max_queued_messages_set(_KEPT)
        client.max_inflight_messages_set(100)
        client.reconnect_delay_set(*_RECONNECT_WITHIN)
        if status_topic:
            client.will_set(status_topic, b"offline", qos=1, retain=True)
            client.on_connect = lambda c, *_: c.publish(status_topic, b"online", qos=1, retain=True)
        client.connect_async(self._broker.host, self._broker.port, keepalive=30)
        client.loop_start()
        self._clients[name] = client

    def publish(self, name: str, topic: str, payload: bytes) -> None:
        """Send at QoS 1; while the broker is away some are kept, the rest is lost and counted."""
        if self._clients[name].publish(topic, payload, qos=1).rc == paho.MQTT_ERR_QUEUE_SIZE:
            self.lost += 1
        else:
            self.sent += 1

    def cut(self, name: str) -> None:
        """The cable is pulled: the broker sends the last will, the client comes back by itself."""
        sock = self._clients[name].socket()
        if isinstance(sock, socket.socket):
            sock.shutdown(socket.SHUT_RDWR)

    def connected(self) -> int:
        return sum(client.is_connected() for client in self._clients.values())

    def close(self) -> None:
        for client in self._clients.values():
            client.disconnect()
        for client in self._clients.values():
            client.loop_stop()
