"""The checksums of HJ 212: the standard's own (appendix A of 2005, 2017 and 2025) and Modbus, which firmware sends by mistake.

Decides which of them fits; never what follows from it.
"""

from collections.abc import Iterator

from core.errors import DecodeError
from core.model import Reason

_INITIAL = 0xFF  # of the register FFFF only the high half counts: each byte pushes the low half out
_WORD = 64


def _table() -> Iterator[int]:
    for value in range(256):
        register = value
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
        yield register


_TABLE = tuple(_table())


def _powers() -> Iterator[bytes]:
    """The step `high half → high half` applied 1 … 8 times to every value; the eighth is the identity."""
    power = bytes(range(256))
    for _ in range(8):
        power = bytes(_TABLE[value] >> 8 for value in power)
        yield power


_STEP = tuple(_powers())


def checksum(data: bytes) -> int:
    """The CRC of HJ 212 appendix A. Not Modbus: each byte meets the *high* byte of the register.

    So the register is a linear map of eight bits per byte, and eight steps of it are the identity (both tested against
    the plain loop of the standard): bytes eight places apart fold together, and eight look-ups remain. 1–2 µs a packet.
    """
    if not data:
        return 0xFFFF
    size = len(data) - 1
    if not size:
        return _TABLE[_INITIAL ^ data[0]]
    folded = int.from_bytes(data[:-1], "big") ^ (_INITIAL << 8 * (size - 1))
    bits = 8 * size
    while bits > _WORD:
        half = -(-bits // (2 * _WORD)) * _WORD
        folded = (folded >> half) ^ (folded & ((1 << half) - 1))
        bits = half
    high = 0
    for step in _STEP:
        high ^= step[folded & 0xFF]
        folded >>= 8
    return _TABLE[high ^ data[-1]]


def checksum_modbus(data: bytes) -> int:
    """CRC-16/Modbus: computed only to say that it would fit."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register


def fits_modbus(data: bytes, sent: int) -> bool:
    """Whether `sent` is the CRC-16/Modbus of `data`, in either byte order (devices send the low byte first)."""
    modbus = checksum_modbus(data)
    return sent in (modbus, (modbus & 0xFF) << 8 | modbus >> 8)


def mismatch(data: bytes, sent: int) -> DecodeError:
    """What to say of a checksum that does not fit `data`, and whether Modbus would."""
    also = " (the CRC-16/Modbus of the same data: firmware error)" if fits_modbus(data, sent) else ""
    return DecodeError(f"checksum {sent:04X}{also}, {checksum(data):04X} expected", Reason.CHECKSUM)
