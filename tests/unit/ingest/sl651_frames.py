"""Frames of SL 651-2014 built by the letter of the standard, its checksum step by step as annex H.3.2 tells it."""

STATION, PASSWORD = "0062307310", "A1B2"


def crc(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    return register


def hex_frame(function: int, body: str | bytes, end: int = 0x03, part: tuple[int, int] | None = None, station: str = STATION) -> bytes:
    """A frame of a station in HEX/BCD; `part` is (total, number)."""
    content = bytes.fromhex(body) if isinstance(body, str) else body
    if part:
        content = (part[0] << 12 | part[1]).to_bytes(3, "big") + content
    head = b"\x7e\x7e\x01" + bytes.fromhex(station + PASSWORD) + bytes((function,)) + len(content).to_bytes(2, "big")
    frame = head + (b"\x16" if part else b"\x02") + content + bytes((end,))
    return frame + crc(frame).to_bytes(2, "big")


def ascii_frame(function: int, body: str, end: int = 0x03, part: tuple[int, int] | None = None) -> bytes:
    """The same in letters."""
    content = (f"{part[0]:03X}{part[1]:03X}" if part else "") + body
    head = f"\x0101{STATION}{PASSWORD}{function:02X}0{len(content):03X}" + ("\x16" if part else "\x02")
    frame = head.encode() + content.encode() + bytes((end,))
    return frame + b"%04X" % crc(frame)
