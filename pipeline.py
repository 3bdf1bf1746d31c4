"""The one page everybody reads first: what happens to a batch of frames, from the wire to the commit.

worker.py runs it for MQTT and TCP, edge.py for HTTP. An acknowledgement or an answer leaves only after `process`
returned; when it raises `StoreUnavailable` the same frames are to be offered again, which is harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from alerts.evaluate import evaluate
from alerts.rules import Rules
from core.config import Config
from core.errors import BatchRefused, KeysStand, StoreUnavailable
from core.model import Answer, Decoded, Frame, Reason, Rejected, Taken
from ingest.admit import admit
from ingest.decode import decode, further_keys, wire_keys
from store.registry import Locate, Registry
from store.rulebook import Rulebook
from store.timescale import Store
from store.transaction import batch

_log = structlog.get_logger(__name__)


class Hint(Protocol):
    """Tells the projector which devices moved; at most 50 ms, never raises."""

    def hint(self, device_ids: Sequence[int]) -> None: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What a batch needs. `registry` is a cache: one per thread, never shared."""

    config: Config
    store: Store
    registry: Registry
    locate: Locate
    rulebook: Rulebook
    live: Hint
    media: Path | None = None  # the folder of pictures

    @property
    def rules(self) -> Rules:
        """The rules in force when this process last asked, which every batch does."""
        return self.rulebook.known.rules

    def for_thread(self) -> "Deps":
        """The same, with a cache of its own."""
        return replace(self, registry=Registry(self.config, self.locate))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What leaves after the commit: answers to peers, and what became of each frame, in their order.

    `frames` carry the names of the feeds that were found for them: what is counted is counted under these.
    """

    answers: list[Answer]
    taken: list[Taken]
    frames: list[Frame] = field(default_factory=list)


def process(frames: Sequence[Frame], now: datetime, deps: Deps) -> Outcome:
    """Decode, store, evaluate and commit a batch; an empty one is a tick, in which only what fell due is looked at.

    Raises `StoreUnavailable` when the database is away. A frame the database cannot hold is set aside with its
    bytes as rejected, and its neighbours are stored.
    """
    try:
        try:
            return _process(frames, now, deps, careful=False)
        except KeysStand:
            return _process(frames, now, deps, careful=True)
    except BatchRefused as refusal:
        if len(frames) <= 1:
            return _judge(frames, refusal, now, deps)
        middle = len(frames) // 2
        first, second = process(frames[:middle], now, deps), process(frames[middle:], now, deps)
        return Outcome(first.answers + second.answers, first.taken + second.taken, first.frames + second.frames)


def _process(frames: Sequence[Frame], now: datetime, deps: Deps, careful: bool) -> Outcome:
    with batch(deps.store, deps.registry, deps.locate, deps.config, deps.rulebook, careful, deps.media) as tx:
        memory = tx.wire_memory(list(wire_keys(frames, deps.config)))
        memory |= tx.wire_memory(list(further_keys(frames, memory, deps.config)))  # what that names
        decoded = decode(frames, memory, deps.config)
        devices, metrics, astray = tx.identify(decoded, now)  # adopts or leaves out the unknown
        valid = admit(decoded, devices, metrics, deps.config, now, astray)  # pure: what may be stored, and why not
        moved = tx.record(decoded, valid, devices, now) | tx.due()  # exactly once; plus what fell due
        changes = evaluate(tx.rules, tx.facts(moved, bool(tx.rules.reports)), now)  # pure
        tx.save(changes, now)  # alerts, waits, watches, change log: one commit
    deps.live.hint(tx.moved_devices)  # the truth is already stored
    return Outcome(decoded.answers, tx.taken, decoded.frames)


def _judge(frames: Sequence[Frame], refusal: BatchRefused, now: datetime, deps: Deps) -> Outcome:
    """A single frame is guilty only if the same pipeline works without it; a fault of ours lets every frame wait."""
    if frames:
        try:
            _process([], now, deps, careful=True)
        except BatchRefused as ours:
            raise StoreUnavailable(f"the pipeline fails without any input: {ours}") from ours
    return _set_aside(frames, str(refusal), now, deps)


def _set_aside(frames: Sequence[Frame], why: str, now: datetime, deps: Deps) -> Outcome:
    """A single frame that breaks its transaction: kept as rejected, so that it cannot stop the others for ever."""
    if not frames:
        raise BatchRefused(why)
    frame = decode(frames[:1], {}, deps.config).frames[0]  # under the name of its feed: by it its bytes are withheld
    _log.error("frame_set_aside", feed=frame.feed, topic=frame.topic[:200], why=why)
    refused = Rejected(frame.feed, Reason.UNDECODABLE, f"could not be stored: {why}"[:1000], frame.payload, frame.received_at)
    decoded = Decoded(frames=[frame], rejected=[(0, refused)])
    with batch(deps.store, deps.registry, deps.locate, deps.config) as tx:
        tx.record(decoded, admit(decoded, {}, {}, deps.config, now), {}, now)
    return Outcome([], tx.taken, [frame])
