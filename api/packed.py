"""Answers that many readers share: bytes plain and compressed, kept by what a reader may see, made anew only when their source changed.

Thrown away, they come back. Decides nothing of what is in them.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_LOOK_AGAIN_AFTER = timedelta(seconds=5)
_KEPT = 48


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
    body: Packed
    stamp: str
    looked_at: datetime


class Shelf:
    """The last answers by their keys, shared by the threads of a process; at most a few dozen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()

    def of(self, key: tuple[str, ...], now: datetime, stamp: Callable[[], str], make: Callable[[], bytes]) -> Packed:
        """The answer for a key. `stamp` is asked every five seconds at most; only when it says something new the answer is made anew."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and timedelta(0) <= now - kept.looked_at < _LOOK_AGAIN_AFTER:
                return kept.body
            said = stamp()
            body = kept.body if kept is not None and kept.stamp == said else pack(make())
            self._kept[key] = _Kept(body, said, now)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return body
