"""Chinese weather warnings as JSON → one report a warning; what is released (解除) or replaced ends.

Decides what ends what: the warning it names, else the open one of the same place and kind, remembered per feed. That a warning
is missing in a list ends nothing: silence never clears.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Position, Reason, Report
from ingest.decode import warnings_of
from ingest.decode.cap_area import area_of_codes
from ingest.decode.source import NAME_LIMIT, Memory, Source, clean, json_bytes, json_of, name_of, position_of, refuse
from ingest.decode.weather_shapes import Signal, signals_of
from ingest.decode.weather_signals import colour_of, kind_of, released, time_of_stamp

MEMORY = "open"  # one row of wire memory a feed: place and kind → the open warning
REMEMBERED = 500
WARNINGS_LIMIT = 1_000  # of one document
TEXT_LIMIT = 20_000
LEVELS = {1: "I", 2: "II", 3: "III", 4: "IV"}

_ISSUER = re.compile(r"[^，。,0-9\s]{0,30}?(?:气象台|气象局|气象站|发布中心)")


class Open(msgspec.Struct):
    """A warning that is in force, as far as we were told."""

    number: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning, its key (empty when nobody named its place or kind), and the numbers it names."""

    report: Report
    key: str
    over: bool
    references: tuple[str, ...]


_memory = msgspec.json.Decoder(dict[str, Open])


def wire_keys(frame: Frame) -> set[str]:
    """Whatever a frame brings may end what an earlier one opened."""
    return {MEMORY}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every warning of a document; an empty list says nothing. Raises `DecodeError` for a document of no known shape."""
    found = signals_of(json_of(frame.payload))
    if len(found) > WARNINGS_LIMIT:
        raise DecodeError(f"{len(found)} warnings in one document, {WARNINGS_LIMIT} allowed", Reason.TOO_LARGE)
    key = (source.name, MEMORY)
    before = _recall(out.memory.get(key) or memory.get(key))
    opened = dict(before)
    reports: list[Report] = []
    ended: warnings_of.Ended = set()
    refused = len(out.rejected)
    for item, (read, element) in enumerate(found):
        try:
            if not isinstance(element, dict):
                raise DecodeError("a warning is an object", Reason.TYPE)
            warnings_of.add(reports, _follow(_warned(read(element), source, frame), opened), ended)
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), json_bytes(element), item)
        if len(reports) > source.config.ingest.max_reports:
            del out.rejected[refused:]  # the whole document is, and nothing of it is remembered
            raise warnings_of.too_many(source)
    out.reports += [(index, report) for report in reports]
    if opened != before:
        out.memory[key] = msgspec.json.encode(dict(list(opened.items())[-REMEMBERED:]))


def _recall(kept: bytes | None) -> dict[str, Open]:
    try:
        return _memory.decode(kept) if kept else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


def _follow(this: Warned, opened: dict[str, Open]) -> Iterator[Report]:
    """The warning and what it ends; `opened` is brought up to date."""
    report, number = this.report, this.report.external_id
    known = opened.get(this.key) if this.key else None
    ends = dict.fromkeys(old for old in this.references if old != number)
    if known and known.number != number and known.published_at < report.observed_at and not (this.over and ends):
        ends[known.number] = None
    for old in ends:
        extra = {"ended_by": number, "ended_at": report.observed_at.isoformat(), **({"drill": True} if "drill" in report.extra else {})}
        yield replace(report, external_id=old, extra=extra, ended=True, position=None)
    if not (this.over and ends):  # a release that names nothing known is kept, as over
        yield report
    if known and (known.number in ends or known.number == number):
        del opened[this.key]
        known = None
    if this.key and not report.ended and (known is None or known.published_at < report.observed_at):
        opened[this.key] = Open(number, report.observed_at)


def _warned(said: Signal, source: Source, frame: Frame) -> Warned:
    """Raises `DecodeError` without a number, and for tests."""
    status = _word(said.status).lower()
    if status in ("test", "system", "draft"):
        raise DecodeError(f"status {status}: nothing is raised", Reason.UNSUPPORTED)
    title, text = " ".join(_word(said.title).split()), _word(said.text)
    kind, severity = kind_of(said.code, said.kind, title, text), colour_of(said.colour, said.code, title, text)
    issuer = next((found[0] for words in (title, text) if (found := _ISSUER.match(words))), "") or _word(said.issuer)
    observed_at, over = time_of_stamp(said.published, source.zone), released(said.state, said.code, title)
    extra: dict[str, Any] = {
        "type": kind, "type_code": _word(said.code)[:NAME_LIMIT], "level": LEVELS.get(severity or 0), "issuer": issuer[:NAME_LIMIT],
        "state": _word(said.state)[:NAME_LIMIT], "adcode": _word(said.area_code)[:NAME_LIMIT], "drill": status == "exercise",
        "no_time": observed_at is None, "onset_at": _beside(said.starts, source), "expires_at": _beside(said.ends, source),
    }  # fmt: skip
    expires_at = extra["expires_at"]
    report = Report(
        source=source.name,
        external_id=name_of(_word(said.number), "number"),
        channel=Channel.WEATHER,
        title=(title or f"{kind or '气象'}预警")[:NAME_LIMIT],
        observed_at=observed_at or frame.received_at,
        class_code=source.feed.classes.get(kind or "") or source.feed.classes.get(_word(said.code)),
        text=text or None,
        position=_position(said, source),
        area=area_of_codes([_word(said.area_code)], source.config.area.code),
        address=_word(said.area_name)[:500] or None,
        extra={key: value for key, value in extra.items() if value},
        ended=over or (expires_at is not None and datetime.fromisoformat(expires_at) <= frame.received_at),
        severity=severity,
    )
    key = f"{_word(said.place)[:100]}|{issuer[:60]}|{kind}" if kind and (said.place or issuer) else ""
    return Warned(report, key, over, tuple(word for one in said.references if 0 < len(word := _word(one)) <= NAME_LIMIT))


def _word(value: Any) -> str:
    return clean(str(value).strip()[:TEXT_LIMIT]) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _beside(stamp: Any, source: Source) -> str | None:
    """A time beside the matter; an unreadable one costs only itself."""
    try:
        at = time_of_stamp(stamp, source.zone)
    except DecodeError:
        return None
    return at.isoformat() if at else None


def _position(said: Signal, source: Source) -> Position | None:
    try:
        lon, lat = (float(one) if isinstance(one, str) and one.strip() else one for one in (said.lon, said.lat))
        return position_of(lon, lat, None, source)
    except (ValueError, DecodeError):
        return None
