"""Any CSV or JSON whose fields the feed's configuration names (`columns`, `time_format`, `factors`): a reading per value.

Decides which field is what, by that mapping alone. Never guesses: a feed without a mapping is told so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import DecodeError
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, moment, place, raw_of, seconds
from ingest.decode.mapped_rows import Row, rows_of
from ingest.decode.source import Memory, Source, clean, number_of, quality_of

OURS = {"rows", "device", "observed_at", "metric", "value", "quality", "lon", "lat"}  # keys of `columns`; any other is a quantity
NOTHING = {"", "na", "n/a", "nan", "null", "none", "-", "--"}
EPOCHS = {"s": 1, "ms": 1000}  # of `time_format`: parts of an epoch second


@dataclass(frozen=True, slots=True)
class Plan:
    """A feed's mapping, made once for a frame. `quantities` are (metric, field)."""

    columns: Mapping[str, str]
    quantities: tuple[tuple[str, str], ...]
    factors: Mapping[str, float]
    texts: frozenset[str]
    source: Source


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every row of a body. Raises `DecodeError`, as unsupported when the feed has no mapping."""
    plan = _plan(source)
    gather(_told(rows_of(frame, plan.columns.get("rows", "")), plan), (index, frame), source, out)


def _plan(source: Source) -> Plan:
    columns = source.feed.columns
    quantities = tuple((key, field) for key, field in columns.items() if key not in OURS)
    if "device" not in columns or not (quantities or {"metric", "value"} <= columns.keys()):
        problem = f"feed {source.name}: 'columns' names no device, or neither metric and value nor a quantity's field"
        raise DecodeError(problem, Reason.UNSUPPORTED)
    texts = frozenset(name for name, metric in source.config.metrics.items() if metric.kind == "text")
    factors: Mapping[str, float] = source.feed.factors
    return Plan(columns, quantities, factors, texts, source)


def _told(rows: Iterator[Row | Bad], plan: Plan) -> Iterator[Told]:
    for row in rows:
        if isinstance(row, Bad):
            yield row
            continue
        try:
            yield from _row(row, plan)
        except DecodeError as problem:
            yield Bad(problem, row.raw)


def _row(row: Row, plan: Plan) -> Iterator[Told]:
    """All that one row says; without device or with a time that is none it says nothing. Raises `DecodeError`."""
    columns = plan.columns
    device = device_of(row.get(columns["device"]))
    at = _time(row.get(columns["observed_at"]), plan.source) if "observed_at" in columns else None
    word = row.get(columns["quality"]) if "quality" in columns else None
    quality = quality_of(word.strip()) if isinstance(word, str) and word.strip() else None
    if "lon" in columns and "lat" in columns:
        try:
            lon, lat = (_number(row.get(columns[key])) for key in ("lon", "lat"))
            yield from place(plan.source, device, lon, lat)
        except DecodeError as problem:
            yield Bad(problem, row.raw, device)
    if {"metric", "value"} <= columns.keys():
        yield _value(device, str(row.get(columns["metric"]) or ""), row.get(columns["value"]), at, quality, plan)
    for metric, field in plan.quantities:
        if row.has(field):
            yield _value(device, metric, row.get(field), at, quality, plan)


def _value(device: str, metric: str, value: object, at: datetime | None, quality: Quality | None, plan: Plan) -> Said | Bad:
    if metric in plan.texts and isinstance(value, str):
        return Said(device, metric, value.strip() or None, at, quality)
    try:
        number = _number(value)
    except DecodeError as problem:
        return Bad(problem, raw_of({metric[:160]: value}), device)
    factor = plan.factors.get(metric)
    if number is not None and factor is not None:
        number = float(f"{number * factor:.12g}")  # 700 · 0.001 is 0.7
    return Said(device, metric, number, at, quality)


def _number(value: object) -> float | None:
    """A number, also one written as text with a decimal point; the usual words for nothing are nothing. Raises `DecodeError`."""
    if not isinstance(value, str):
        return number_of(value)
    text = value.strip()
    if text.lower() in NOTHING:
        return None
    try:
        return number_of(float(text if "_" not in text else "?"))
    except ValueError as error:
        raise DecodeError(f"'{clean(text[:60])}' is no number", Reason.TYPE) from error


def _time(stamp: object, source: Source) -> datetime | None:
    """By `time_format`: a pattern, `s` or `ms` of the epoch; else RFC 3339 or epoch milliseconds. Raises `DecodeError`."""
    form = source.feed.time_format
    if stamp is None or stamp == "" or form is None:
        return moment(stamp, source)
    if form in EPOCHS:
        number = _number(stamp)
        return None if number is None else seconds(number / EPOCHS[form])
    if not isinstance(stamp, str | int) or len(str(stamp)[:200]) > 100:
        raise DecodeError(f"{type(stamp).__name__} where a time as {form} belongs")
    try:
        at = datetime.strptime(str(stamp).strip(), form)  # noqa: DTZ007 the zone follows
        if at.tzinfo is None or source.feed.lies_about_offset:
            at = at.replace(tzinfo=source.zone, fold=0)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"'{clean(str(stamp)[:40])}' is no time as {form}") from error
