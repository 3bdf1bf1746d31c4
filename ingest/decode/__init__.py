"""Frames → what they say. Decides which decoder reads which feed; never raises and never loses a frame without a word.

A decoder is a pure function (`source.Decoder`); what it raises becomes a `Rejected`, so that its neighbours go on.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

import structlog

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.formats import FORMATS, FurtherKeys
from ingest.decode.source import MOST_TOLD, Decoder, Memory, Source, refuse

_log = structlog.get_logger(__name__)


def decode(frames: Sequence[Frame], memory: Memory, config: Config) -> Decoded:
    """Everything a batch of frames says, in their order.

    `memory` holds what earlier frames left for the keys of `wire_keys`; what is to be kept now is in the result's
    `memory`. The frames there carry the name of the feed that was found for them, whatever they were posted under: all
    that follows (windows, revisions, what is withheld of refused bytes) goes by it. Never raises.
    """
    out = Decoded(frames=list(frames))
    known: dict[str, tuple[Decoder, Source] | None] = {}
    limit = config.ingest.max_payload
    for index, frame in enumerate(out.frames):
        name = frame.feed
        if name not in known:
            known[name] = _reader_of(name, config)
        reader = known[name]
        if reader is None:
            stranger = Source(name, FeedConfig(kind="http", format=""), config, _zone(config.area.timezone))
            refuse(out, (index, frame), stranger, Reason.UNSUPPORTED, f"no feed or format '{name}'")
            continue
        decoder, source = reader
        asked, frame = frame, _named(out, index, source)
        if len(frame.payload) > limit:
            size, frame = len(frame.payload), _bared(out, index, source)
            refuse(out, (index, frame), source, Reason.TOO_LARGE, f"{size} bytes, {limit} allowed")
            continue
        presences, out.hints = len(out.presences), {}  # what one sender tells of a place is not another's word
        problem: DecodeError | None = None
        try:
            if choose := FORMATS[source.feed.format].choose:
                source = choose(asked, source)
                frame = _named(out, index, source)
            decoder(index, frame, source, memory, out)
        except DecodeError as refusal:
            problem = refusal
        except Exception as bug:  # the last wall: a decoder's fault must not stop the city's feeds
            _log.exception("decoder_bug", feed=name, format=source.feed.format, topic=frame.topic[:200])
            problem = DecodeError(f"decoder error: {type(bug).__name__}")
        _conclude(out, index, source, problem)
        out.hinted += [(index, hint) for hint in out.hints.values()]
        if len(out.presences) > presences:
            out.presences[presences:] = [replace(one, frame=index) for one in out.presences[presences:]]
    return out


def _conclude(out: Decoded, index: int, source: Source, problem: DecodeError | None) -> None:
    """Once a frame was read: the word about it as a whole, and how many refused parts are not told one by one."""
    frame = _bared(out, index, source)
    if problem:
        refuse(out, (index, frame), source, problem.reason, str(problem))
    if (more := len(out.refused.get(index, ())) - MOST_TOLD) > 0:
        detail = f"{more} more parts of this frame were refused, and are not kept one by one"
        refuse(out, (index, frame), source, Reason.TOO_LARGE, detail)


def _bared(out: Decoded, index: int, source: Source) -> Frame:
    """The frame as it may be kept: whatever refuses it from here on has no face, name or plate to keep."""
    frame = out.frames[index]
    if bare := FORMATS[source.feed.format].bare:
        frame = out.frames[index] = replace(frame, payload=bare(frame.payload, source))
    return frame


def _named(out: Decoded, index: int, source: Source) -> Frame:
    frame = out.frames[index]
    if frame.feed != source.name:
        frame = out.frames[index] = replace(frame, feed=source.name)
    return frame


def portions(form: str, payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A body as one or several with at most `most` rows each, and the place of each one's first row; never raises."""
    known = FORMATS.get(form)
    if known is None or known.portions is None:
        return [(0, payload)]
    try:
        return known.portions(payload, most)
    except DecodeError:
        return [(0, payload)]  # refused, with its reason, when it is decoded


def wire_keys(frames: Sequence[Frame], config: Config) -> set[tuple[str, str]]:
    """The (feed, peer) memories that decoding these frames wants; empty for formats without memory."""
    keys: set[tuple[str, str]] = set()
    wanting = {name: source for name in {frame.feed for frame in frames} if (source := source_of(name, config))}
    for frame in frames:
        source = wanting.get(frame.feed)
        form = FORMATS.get(source.feed.format) if source else None
        if source and form and form.wire_keys:
            keys |= {(source.name, peer) for peer in form.wire_keys(frame)}
    return keys


def further_keys(frames: Sequence[Frame], memory: Memory, config: Config) -> set[tuple[str, str]]:
    """The memories that those of `wire_keys` name, for formats whose one memory points to others; for most there are none."""
    keys: set[tuple[str, str]] = set()
    known = {name: source_of(name, config) for name in {frame.feed for frame in frames}}
    wanting = {name: (source, more) for name, source in known.items() if source and (more := _further(source))}
    for frame in frames if wanting else ():
        if found := wanting.get(frame.feed):
            source, more = found
            keys |= {(source.name, peer) for peer in more(frame, partial(_recalled, memory, source.name))}
    return keys - memory.keys()


def _further(source: Source) -> FurtherKeys | None:
    known = FORMATS.get(source.feed.format)
    return known.further_keys if known else None


def _recalled(memory: Memory, feed: str, peer: str) -> bytes | None:
    return memory.get((feed, peer))


def source_of(name: str, config: Config) -> Source | None:
    """The feed of that name; for HTTP also `http-{format}` or a bare format: the first feed configured with it, else defaults."""
    feed = config.feeds.get(name)
    if feed is None:
        form = name.removeprefix("http-")
        if form not in FORMATS:
            return None
        name, feed = next(
            ((found, each) for found, each in config.feeds.items() if each.format == form), (name, FeedConfig(kind="http", format=form))
        )
    return Source(name, feed, config, _zone(feed.timezone or config.area.timezone))


def _reader_of(name: str, config: Config) -> tuple[Decoder, Source] | None:
    source = source_of(name, config)
    known = FORMATS.get(source.feed.format) if source else None
    return (known.decode, source) if known and source else None


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


__all__ = ["FORMATS", "MOST_TOLD", "decode", "further_keys", "portions", "source_of", "wire_keys"]
