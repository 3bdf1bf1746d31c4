"""What the centre sends back to a station of SL 651-2014, in the station's own encoding (tables 17, 19, 21, 23).

Decides the bytes of a confirmation, never whether one is due: `sl651` does.
"""

from datetime import datetime

from ingest.decode.sl651_frame import STX, SYN, Packet, checksum

_START = b"\x7e\x7e"


def answer(packet: Packet, end: int, serial: int, at: datetime, number: int = 0) -> bytes:
    """A frame that ends in `end` (EOT, ESC, ACK, NAK): the same addresses, password and function, the serial of what it answers.

    `at` is the centre's local time: stations set their clocks by it. `number`: of the part asked for, or the last one.
    """
    stamp = f"{at:%y%m%d%H%M%S}"
    if packet.text:
        parts = f"{packet.total:03X}{number:03X}" if packet.several else ""
        body = f"{parts}{serial:04X}{stamp}"
        head = f"{packet.station}{packet.centre:02X}{packet.password}{packet.function:02X}8{len(body):03X}"
        frame = b"\x01%s%c%s%c" % (head.encode(), SYN if packet.several else STX, body.encode(), end)
        return frame + b"%04X" % checksum(frame)
    content = (packet.total << 12 | number).to_bytes(3, "big") if packet.several else b""
    content += serial.to_bytes(2, "big") + bytes.fromhex(stamp)
    frame = b"".join((
        _START, bytes.fromhex(packet.station), bytes((packet.centre,)), bytes.fromhex(packet.password), bytes((packet.function,)),
        (0x8000 | len(content)).to_bytes(2, "big"), bytes((SYN if packet.several else STX,)), content, bytes((end,)),
    ))  # fmt: skip
    return frame + checksum(frame).to_bytes(2, "big")
