"""Reports and readings as our own HTTP API takes them (contract §3); MQTT's `city/{area}/report/{channel}` uses the same body.

Decides what each field means and which are needed. Each element stands alone: a bad one is refused with its place.
"""

import re
from typing import Any

import msgspec

from core.errors import DecodeError
from core.model import Channel, Decoded, DeviceHint, Frame, Quality, Reading, Reason, Report
from ingest.decode.source import (
    NAME_LIMIT,
    Memory,
    Source,
    clean,
    json_bytes,
    json_of,
    name_of,
    number_of,
    position_of,
    quality_of,
    refuse,
    storable,
    time_of,
)  # fmt: skip

_CLASS_CODE = re.compile(r"\d{4}")
_MEDIA_LIMIT = 50
_MOST_READINGS = 100_000  # that do not fit: no honest body has as many, for each takes 60 bytes


class ReadingBody(msgspec.Struct, gc=False):
    """One element of `POST /readings`."""

    device: str
    metric: str
    value: bool | float | str | None
    observed_at: str | float | None = None
    quality: str | None = None


class ReadingsBody(msgspec.Struct, gc=False):
    readings: list[ReadingBody]


_readings = msgspec.json.Decoder(ReadingsBody | list[ReadingBody])


def decode_readings(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """`POST /readings`: an object with `readings`, or the bare list. Raises `DecodeError` for neither."""
    try:
        body = _readings.decode(frame.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _readings_piecewise(index, frame, source, out)
        return
    for item, element in enumerate(body.readings if isinstance(body, ReadingsBody) else body):
        try:
            _take_reading(index, element, source, out)
        except DecodeError as problem:
            raw = msgspec.json.encode(element)
            refuse(out, (index, frame), source, problem.reason, str(problem), raw, item, clean(element.device[:NAME_LIMIT]))


def _readings_piecewise(index: int, frame: Frame, source: Source, out: Decoded) -> None:
    whole = json_of(frame.payload)
    elements = whole.get("readings") if isinstance(whole, dict) else whole
    if not isinstance(elements, list):
        raise DecodeError("an object with the list 'readings' belongs here")
    if len(elements) > _MOST_READINGS:
        raise DecodeError(f"{len(elements)} elements, {_MOST_READINGS} allowed", Reason.TOO_LARGE)
    for item, element in enumerate(elements):
        try:
            if not isinstance(element, dict) or "value" not in element:
                raise DecodeError("a reading has device, metric, value and observed_at")
            value, stamp, word = element["value"], element.get("observed_at"), element.get("quality")
            if not isinstance(stamp, str | int | float | None):
                raise DecodeError("'observed_at' is no time")
            checked = value if isinstance(value, str) else number_of(value)
            device, metric = name_of(element.get("device"), "device"), name_of(element.get("metric"), "metric")
            _take_reading(index, ReadingBody(device, metric, checked, stamp, word if isinstance(word, str | None) else "?"), source, out)
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), json_bytes(element), item)


def _take_reading(index: int, element: ReadingBody, source: Source, out: Decoded) -> None:
    device, metric = name_of(element.device, "device"), name_of(element.metric, "metric")
    observed_at = time_of(element.observed_at, source.zone)
    value, text = element.value, None
    quality = Quality.GOOD if element.quality is None else quality_of(element.quality)
    if quality is Quality.GOOD and observed_at is None:
        quality = Quality.NO_TIME
    if isinstance(value, str):
        text, value = clean(value), None
    elif value is None:
        quality = Quality.MISSING if quality in (Quality.GOOD, Quality.NO_TIME) else quality
    else:
        value = float(value)
    out.readings.append((index, Reading(device, metric, value, observed_at, quality, text)))
    if device not in out.hints:
        out.hints[device] = DeviceHint(device, source.feed.domain)


def decode_report_body(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """`POST /reports`: one report or a list."""
    decode_reports(index, frame, source, out)


def decode_reports(index: int, frame: Frame, source: Source, out: Decoded, channel: Channel | None = None, area: str | None = None) -> None:
    """One report or a list; `channel` and `area` are what an MQTT topic says. Raises `DecodeError` for no JSON."""
    whole = json_of(frame.payload)
    elements = whole["reports"] if isinstance(whole, dict) and isinstance(whole.get("reports"), list) else whole
    most = source.config.ingest.max_reports
    if isinstance(elements, list) and len(elements) > most:
        raise DecodeError(f"{len(elements)} reports in one body, {most} allowed: send them in several", Reason.TOO_LARGE)
    for item, element in enumerate(elements if isinstance(elements, list) else [elements]):
        try:
            out.reports.append((index, _report_of(element, source, channel, area)))
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), json_bytes(element), item)


def _report_of(body: Any, source: Source, channel: Channel | None, area: str | None) -> Report:
    if not isinstance(body, dict):
        raise DecodeError("a report is an object")
    stamp = body.get("observed_at")
    observed_at = time_of(stamp if isinstance(stamp, str | int | float | None) else "?", source.zone)
    if observed_at is None:
        raise DecodeError("observed_at is missing")
    extra = body.get("extra") or {}
    extra = storable(extra) if isinstance(extra, dict) else {"extra": storable(extra)}
    class_code = _text(body, "class_code")
    if class_code and not _CLASS_CODE.fullmatch(class_code):
        class_code, extra = None, {**extra, "class": class_code}
    try:
        position = position_of(body.get("lon"), body.get("lat"), body.get("datum"), source)
    except DecodeError as problem:  # what was said to have happened outweighs a place that cannot be
        position, extra = None, {**extra, "position_refused": str(problem)}
    return Report(
        source=name_of(body.get("source"), "source"),
        external_id=name_of(_text(body, "external_id"), "external_id"),
        channel=channel or _channel(body.get("channel")),
        title=_title(body.get("title")),
        observed_at=observed_at,
        class_code=class_code,
        text=_text(body, "text"),
        position=position,
        cell_code=_text(body, "cell_code"),
        area=_area(body.get("area"), source) or area,
        address=_text(body, "address"),
        confidence=_confidence(body.get("confidence")),
        media=_media(body.get("media")),
        extra=extra,
        caller=_caller(body.get("caller")),
        ended=body.get("ended") is True,
        severity=_severity(body.get("severity")),
    )


def _title(value: object) -> str:
    """One line, cut to what a list can show; the whole belongs into `text`."""
    if isinstance(value, str) and (line := " ".join(value.split())[:NAME_LIMIT]):
        return line
    raise DecodeError("title is missing")


def _text(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool | list | dict | float):
        raise DecodeError(f"{key} is no text", Reason.TYPE)
    return str(value)


def _channel(word: object) -> Channel:
    try:
        return Channel(str(word))
    except ValueError as error:
        raise DecodeError(f"channel '{str(word)[:40]}' is none of {', '.join(Channel)}") from error


def _area(code: object, source: Source) -> str | None:
    if code is None:
        return None
    city = source.config.area.code
    if not isinstance(code, str) or not code.isdigit() or not (code.startswith(city) or city.startswith(code)):
        raise DecodeError(f"area {str(code)[:40]} is not within {city}", Reason.AREA)
    return code


def _confidence(value: object) -> float | None:
    number = number_of(value)
    if number is not None and not 0 <= number <= 1:
        raise DecodeError(f"confidence {number:g} is not between 0 and 1", Reason.RANGE)
    return number


def _severity(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
        raise DecodeError("severity is a number from 1 to 5", Reason.RANGE)
    return value


def _media(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(url, str) for url in value):
        raise DecodeError("media is a list of addresses", Reason.TYPE)
    return tuple(value[:_MEDIA_LIMIT])


def _caller(value: object) -> dict[str, str]:
    """Name and telephone of who called: stored apart from the report."""
    if not isinstance(value, dict):
        return {}
    return {key: str(value[key]) for key in ("name", "phone", "address") if value.get(key)}
