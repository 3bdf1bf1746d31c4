"""MQTT 3.1.1 packets as bytes, pre-encoded so that a load generator spends its time on sending. Pure; no socket.

From the OASIS standard 3.1.1. Only what a publisher at QoS 1 needs: CONNECT, PUBLISH, PUBACK, DISCONNECT.
"""

import struct
from dataclasses import dataclass

DISCONNECT = b"\xe0\x00"
_DUP = 0x08
_PUBLISH_QOS1 = 0x32
STAMP_DIGITS = 13  # epoch milliseconds, until the year 2286


@dataclass(frozen=True, slots=True)
class Template:
    """A PUBLISH with holes for packet id, stamp and value; all its messages have the same length."""

    head: bytes
    before: bytes
    between: bytes
    after: bytes

    def fill(self, packet_id: int, stamp_ms: int, value: bytes) -> bytes:
        """The whole packet; `value` has the width the template was made for."""
        return b"".join((self.head, packet_id.to_bytes(2), self.before, b"%d" % stamp_ms, self.between, value, self.after))


def _length(size: int) -> bytes:
    """Remaining length, 7 bits a byte (2.2.3)."""
    out = bytearray()
    while True:
        size, digit = divmod(size, 128)
        out.append(digit | 0x80 if size else digit)
        if not size:
            return bytes(out)


def _text(word: str) -> bytes:
    data = word.encode()
    return struct.pack("!H", len(data)) + data


def connect(client_id: str, username: str | None, password: str | None, keepalive_s: int = 60) -> bytes:
    """CONNECT that keeps its session (clean session 0), so that what was sent twice is known as such."""
    flags = (0x80 if username else 0) | (0x40 if password else 0)
    body = _text("MQTT") + b"\x04" + bytes([flags]) + struct.pack("!H", keepalive_s) + _text(client_id)
    body += _text(username) if username else b""
    body += _text(password) if password else b""
    return b"\x10" + _length(len(body)) + body


def template(topic: str, metric: str, width: int) -> Template:
    """A telemetry PUBLISH (QoS 1) of one metric whose value is `width` characters wide."""
    name = _text(topic)
    before, between, after = b'{"ts":', b',"values":{"%s":' % metric.encode(), b"}}"
    size = len(name) + 2 + len(before) + STAMP_DIGITS + len(between) + width + len(after)
    return Template(bytes([_PUBLISH_QOS1]) + _length(size) + name, before, between, after)


def again(packet: bytes) -> bytes:
    """The same PUBLISH marked as sent before."""
    return bytes([packet[0] | _DUP]) + packet[1:]


def packet_ids_of_pubacks(data: bytes) -> tuple[list[int], bytes]:
    """Packet ids of all whole PUBACKs in `data`, and the rest; other packets are skipped."""
    ids: list[int] = []
    at, size = 0, len(data)
    while size - at >= 2:
        length = data[at + 1]  # all the broker sends us is shorter than 128
        if size - at < 2 + length:
            break
        if data[at] == 0x40:
            ids.append((data[at + 2] << 8) | data[at + 3])
        at += 2 + length
    return ids, data[at:]
