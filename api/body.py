"""Bodies of requests: unpacked within bounds, and cut off when they do not come.

Decides how long a body may take. A sender who dribbles holds a connection until then and nothing else: no thread, no writer.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from api.problems import TooLarge, TooSlow
from core.config import IngestConfig
from core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Pace:
    """A body has `within_s` seconds, and each `rate` bytes that come give one back: never more than it began with.

    So one that came fast and stops is given up as soon as one that never began.
    """

    within_s: float = IngestConfig().body_within.total_seconds()
    rate: int = IngestConfig().body_rate

    @classmethod
    def of(cls, ingest: IngestConfig) -> "Pace":
        return cls(ingest.body_within.total_seconds(), ingest.body_rate)


PACE = Pace()


async def chunks(request: Request, pace: Pace = PACE) -> AsyncIterator[bytes]:
    """The body as it comes. Raises `TooSlow` for one that keeps us waiting, `Invalid` when its sender leaves."""
    loop, came = asyncio.get_running_loop(), 0
    until = loop.time() + pace.within_s
    pieces = request.stream().__aiter__()
    while True:
        try:
            async with asyncio.timeout_at(until):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise TooSlow(f"{came} bytes, and the rest does not come: {pace.rate} a second are the least") from error
        except ClientDisconnect as error:
            raise Invalid("the client left before its body was whole") from error
        came += len(piece)
        handed = loop.time()
        yield piece
        until = min(until + len(piece) / pace.rate, handed + pace.within_s) + loop.time() - handed  # our own time is not the sender's


class Unpacker:
    """Unpacks gzip or zlib up to `room` bytes. Several members one after the other are one body (RFC 1952, 2.2)."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._member = _member()

    @property
    def whole(self) -> bool:
        """Whether the last member came to its end; beyond the room nobody looks any more: the pipeline refuses it anyway."""
        return self._room <= 0 or self._member.eof

    def take(self, chunk: bytes) -> bytes:
        """What the next bytes unpack to. Raises `zlib.error`."""
        out = bytearray()
        rest = chunk
        while rest and self._room > 0:
            if self._member.eof:
                rest = rest.lstrip(b"\0")  # padding between and after members, as gzip itself allows
                if not rest:
                    break
                self._member = _member()
            piece = self._member.decompress(rest, self._room)
            self._room -= len(piece)
            out += piece
            rest = self._member.unused_data
        return bytes(out)


def _member() -> "zlib._Decompress":
    return zlib.decompressobj(zlib.MAX_WBITS | 32)


async def read_body(request: Request, most: int, pace: Pace = PACE) -> bytes:
    """The body, unpacked when it came compressed; one byte more than `most` is kept so that the pipeline refuses and keeps it.

    Raises `TooLarge` for what does not stop there, `TooSlow` for what does not come, `Invalid` for a compression that is broken
    or breaks off.
    """
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "deflate"):
        raise Invalid(f"Content-Encoding '{packing[:40]}' is not known here: gzip, deflate, identity")
    unpacker = None if packing == "identity" else Unpacker(most + 1)
    body = bytearray()
    came = 0
    try:
        async for chunk in chunks(request, pace):
            came += len(chunk)
            body += unpacker.take(chunk) if unpacker else chunk
            if came > 2 * most:
                raise TooLarge(f"more than {most} bytes")
        if unpacker and not unpacker.whole:
            raise Invalid(f"the body breaks off: its {packing} has no end")
    except zlib.error as error:
        raise Invalid(f"the body is not {packing}: {error}") from error
    return bytes(body[: most + 1])
