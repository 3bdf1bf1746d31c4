"""Answers that many readers share: bytes plain and compressed, kept by what a reader may see, made anew only when their source changed.

Thrown away, they come back. Decides nothing of what is in them.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_LOOK_AGAIN_AFTER = timedelta(seconds=5)
_MOST_KEPT = 256
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer as bytes, plain and compressed, and what tells it from an older one."""

    plain: bytes
    packed: bytes
    etag: str


def pack(plain: bytes) -> Packed:
    return Packed(plain, gzip.compress(plain, 5, mtime=0), hashlib.sha256(plain).hexdigest()[:24])


@dataclass(slots=True)
class _Kept:
    """An answer, and the lock of those who ask for it: while one makes it only they wait, who want the same."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    body: Packed | None = None
    stamp: str = ""
    looked_at: datetime | None = None

    @property
    def bytes(self) -> int:
        return len(self.body.plain) + len(self.body.packed) if self.body else 0


class Shelf:
    """The last answers by their keys, shared by the threads of a process; the newest few hundred, or fewer large ones."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._lock = threading.Lock()  # of the shelf itself, never held while anybody looks or makes
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._most_bytes = most_bytes

    def of(self, key: tuple[str, ...], now: datetime, stamp: Callable[[], str], make: Callable[[], bytes]) -> Packed:
        """The answer for a key. `stamp` is asked every five seconds at most; only when it says something new the answer is made anew."""
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
        with kept.lock:
            if kept.body and kept.looked_at and timedelta(0) <= now - kept.looked_at < _LOOK_AGAIN_AFTER:
                return kept.body
            said = stamp()
            if kept.body is None or kept.stamp != said:
                kept.body, kept.stamp = pack(make()), said
            kept.looked_at = now
            body = kept.body
        self._let_go()
        return body

    def _let_go(self) -> None:
        """Of those asked for longest ago."""
        with self._lock:
            size = sum(kept.bytes for kept in self._kept.values())
            while len(self._kept) > 1 and (len(self._kept) > _MOST_KEPT or size > self._most_bytes):
                size -= self._kept.popitem(last=False)[1].bytes
