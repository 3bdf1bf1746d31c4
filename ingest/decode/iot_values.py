"""What the IoT wires share: bounded documents, names, times, trees of values, and the way from there to readings.

Decides how many values one frame may bring and how names are written. Never decides what a format means: its own
module yields what was said and what is bad, lazily, and `gather` takes it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from core.errors import DecodeError
from core.model import Decoded, DeviceHint, Frame, Presence, Quality, Reading, Reason, Report
from ingest.decode.source import EPOCH, NAME_LIMIT, Source, clean, clean_tree, json_of, name_of, number_of, position_of, refuse, time_of

MOST = 4000  # values of one frame: what 50 ms can take
REPORT_COUNTS = 4  # as many values a report is, in time
MOST_BAD = 500
MOST_PARTS = 50_000  # commas and brackets of a document: ten for each value
TEXT_LIMIT = 500
RAW_OF_PART = 2000

SWITCHES = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0}  # words of relays and contacts that are truth values
_LEARNT = ("position", "gateway", "name", "product", "model", "firmware")
_SPACE = re.compile(r"\s+")
_json = msgspec.json.Decoder()


class Said(NamedTuple):
    """A value as the wire wrote it. `observed_at` None: no time came with it."""

    device: str
    metric: str
    value: object
    observed_at: datetime | None
    quality: Quality | None = None


class Bad(NamedTuple):
    """A part that cannot be used, with its bytes, while its neighbours go on."""

    problem: DecodeError
    raw: bytes = b""
    device: str | None = None


Told = Said | Bad | Presence | DeviceHint | Report


def gather(told: Iterable[Told], at: tuple[int, Frame], source: Source, out: Decoded, gateway: str | None = None) -> None:
    """All that one frame says, at most `MOST` things together: what comes after is one named refusal.

    Bad parts are kept one by one up to `MOST_BAD`, then counted. Raises `DecodeError` when it says nothing at all.
    """
    taken = bad = 0
    for each in told:
        if taken >= MOST:
            refuse(out, at, source, Reason.TOO_LARGE, f"more than {MOST} values in one frame: the rest was not read")
            break
        taken += 1
        if isinstance(each, Said):
            try:
                _take(each, at[0], source, out, gateway)
                continue
            except DecodeError as problem:
                each = Bad(problem, raw_of({each.metric[:NAME_LIMIT]: each.value}), each.device)
        if isinstance(each, Bad):
            bad += 1
            if bad <= MOST_BAD:
                refuse(out, at, source, each.problem.reason, str(each.problem), each.raw, None, each.device)
        else:
            taken += REPORT_COUNTS - 1 if isinstance(each, Report) else 0
            _put(each, at[0], source, out, gateway)
    if bad > MOST_BAD:
        refuse(out, at, source, Reason.TOO_LARGE, f"{bad - MOST_BAD} more parts of this frame were refused, and not kept one by one")
    if not taken:
        raise DecodeError("it says nothing: no values")


def _take(said: Said, index: int, source: Source, out: Decoded, gateway: str | None) -> None:
    device, value, quality = said.device, said.value, said.quality
    metric = metric_of(said.metric)
    text = None
    if isinstance(value, str):
        text, number = clean(value[:TEXT_LIMIT]), None
    else:
        number = number_of(value)
        if number is None and quality is None:
            quality = Quality.MISSING
    if quality is None:
        quality = Quality.GOOD if said.observed_at is not None else Quality.NO_TIME
    out.readings.append((index, Reading(device, metric, number, said.observed_at, quality, text)))
    if device not in out.hints:
        out.hints[device] = DeviceHint(device, source.feed.domain, None, None, gateway)


def _put(each: Presence | DeviceHint | Report, index: int, source: Source, out: Decoded, gateway: str | None) -> None:
    if isinstance(each, DeviceHint):
        _learn(each, out)
    elif isinstance(each, Presence):
        out.presences.append(replace(each, frame=index))
        out.hints.setdefault(each.device, DeviceHint(each.device, source.feed.domain, None, None, gateway))
    else:
        out.reports.append((index, each))


def _learn(hint: DeviceHint, out: Decoded) -> None:
    """Where a device is, what it is and what it speaks through; what was said of it before stays where this says nothing."""
    known = out.hints.get(hint.device)
    if known:
        hint = replace(hint, **{name: getattr(hint, name) or getattr(known, name) for name in _LEARNT})
    out.hints[hint.device] = hint


def place(source: Source, device: str, lon: object, lat: object, gateway: str | None = None) -> Iterator[DeviceHint | Bad]:
    """Where a device says it is, in degrees; nothing when it says nothing."""
    try:
        position = position_of(lon, lat, None, source)
    except DecodeError as problem:
        yield Bad(problem, raw_of([lon, lat]), device)
        position = None
    if position or gateway:
        yield DeviceHint(device, source.feed.domain, None, position, gateway)


def tree_of(payload: bytes) -> Any:
    """JSON of bounded size. Raises `DecodeError` (too_large) before reading what would take too long."""
    if sum(map(payload.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise DecodeError(f"more than {MOST_PARTS} parts in one document", Reason.TOO_LARGE)
    try:
        tree = _json.decode(payload)
        return clean_tree(tree) if b"\\u0000" in payload else tree
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return json_of(payload)


def object_of(payload: bytes) -> dict[str, Any]:
    """A JSON object. Raises `DecodeError`."""
    tree = tree_of(payload)
    if not isinstance(tree, dict):
        raise DecodeError(f"an object belongs here, not {type(tree).__name__}")
    return tree


def raw_of(part: object) -> bytes:
    """A refused part as the bytes to keep of it; what is nested too deep to be written again keeps none."""
    try:
        return msgspec.json.encode(part)[:RAW_OF_PART]
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return b""


def told(frame: Frame, speak: Callable[[str, Any], Iterator[Told]]) -> Iterator[Told]:
    """What `speak(topic, body)` says of every message of a frame; a bad message among several costs only itself.

    Over MQTT a frame is one message; over HTTP the body names the topic: `{"topic": …, "payload": …}`, or a list of such.
    A body that is no JSON is given as its text (`online`). Raises `DecodeError`.
    """
    if frame.topic and not frame.topic.startswith("/"):
        yield from speak(frame.topic, _body(frame.payload))
        return
    tree = tree_of(frame.payload)
    many = tree if isinstance(tree, list) else [tree]
    for each in many[:MOST]:
        try:
            if not isinstance(each, dict) or not isinstance(each.get("topic"), str) or "payload" not in each:
                raise DecodeError("over HTTP a body is {topic, payload} or a list of such", Reason.UNSUPPORTED)
            yield from speak(each["topic"], each["payload"])
        except DecodeError as problem:
            if len(many) == 1:
                raise
            yield Bad(problem, raw_of(each))
    if len(many) > MOST:
        yield Bad(DecodeError(f"more than {MOST} messages in one body: the rest was not read", Reason.TOO_LARGE))


def _body(payload: bytes) -> Any:
    head = payload[:1]
    if len(payload) <= NAME_LIMIT and head.isalpha() and payload not in (b"true", b"false", b"null"):
        return payload.decode("utf-8", "replace").strip()
    return tree_of(payload)


def device_of(value: object, what: str = "device") -> str:
    """An identity as the wire has it: only spaces become `-`. Raises `DecodeError`."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 1 << 63 else None
    if isinstance(value, str) and len(value) > 4 * NAME_LIMIT:
        raise DecodeError(f"{what} '{clean(value[:40])}…' is too long")
    return _device(value, what) if isinstance(value, str) else name_of(value, what)


@lru_cache(maxsize=1 << 16)
def _device(value: str, what: str) -> str:
    return _SPACE.sub("-", name_of(value, what))


def metric_of(name: str) -> str:
    """A quantity's name: lower case, spaces become `-`. Raises `DecodeError` when empty, too long or unprintable."""
    if len(name) > NAME_LIMIT:
        raise DecodeError(f"metric '{clean(name[:40])}…' is too long")
    return _metric(name)


@lru_cache(maxsize=1 << 16)
def _metric(name: str) -> str:
    return name_of(_SPACE.sub("-", name.strip()).lower(), "metric")


def leaves(tree: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """(name, value) of every leaf: steps joined by `-`, places in lists counted from 1. Never recursive, names bounded.

    A subtree whose name is already too long is given as it is, to be refused.
    """
    waiting = [(name, tree)]
    while waiting:
        name, part = waiting.pop()
        if len(name) > NAME_LIMIT or not isinstance(part, dict | list):
            yield name, part
            continue
        steps = part.items() if isinstance(part, dict) else zip(map(str, range(1, len(part) + 1)), part, strict=True)
        below = [(f"{name}-{step}" if name else str(step), each) for step, each in steps]
        waiting += reversed(below)


def moment(stamp: object, source: Source) -> datetime | None:
    """A stamp of a wire in UTC: RFC 3339, or epoch milliseconds; of a period `from/to` its end. Empty is None.

    Without an offset (or where the feed lies about it) it is local time of the feed. Raises `DecodeError`.
    """
    if stamp is None or stamp == "":
        return None
    if not isinstance(stamp, str | int | float):
        raise DecodeError(f"{type(stamp).__name__} where a time belongs")
    if isinstance(stamp, str):
        if len(stamp) > 100:
            raise DecodeError(f"'{clean(stamp[:40])}…' is no time")
        stamp = stamp.rpartition("/")[2].strip()
        if source.feed.lies_about_offset:
            stamp = _without_offset(stamp)
    return time_of(stamp, source.zone)


def _without_offset(stamp: str) -> str:
    return re.sub(r"(?:[zZ]|[+-]\d{2}:?\d{2})$", "", stamp) if "T" in stamp or " " in stamp else stamp


def seconds(stamp: object) -> datetime:
    """Epoch seconds → UTC. Raises `DecodeError`."""
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        raise DecodeError(f"{type(stamp).__name__} where epoch seconds belong")
    try:
        return EPOCH + timedelta(seconds=stamp)
    except (OverflowError, ValueError) as error:
        raise DecodeError(f"{str(stamp)[:40]} is no time") from error


def spoken(value: object) -> object:
    """The words of relays and contacts as truth values; anything else as it is."""
    return SWITCHES.get(value.lower(), value) if isinstance(value, str) and len(value) <= 5 else value


def part_of(tree: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object inside an object; an empty one when it is not there or something else."""
    value = tree.get(key)
    return value if isinstance(value, dict) else {}
