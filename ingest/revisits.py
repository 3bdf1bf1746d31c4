"""Revisits of a 12345 platform as named cells, in its words or ours: what each cell means. Reads no file and stores nothing.

A revisit without a ticket or a time is refused; a word that is neither yes nor no counts as not asked.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.plain import fault_of
from core.revisit import SATISFACTION as WORDS
from core.revisit import Revisit
from ingest.decode.hotline_fields import NO, SATISFACTION, YES
from ingest.decode.local_time import plain_time

# Our key: what lists call it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ticket_no": ("办件编号", "工单编号"), "external_id": ("回访编号",), "revisit_at": ("回访时间",), "unit": ("办理单位", "承办单位"),
    "channel": ("回访方式",), "valid": ("是否有效", "有效回访"), "contacted": ("是否联系", "是否响应"), "solved": ("是否解决",),
    "satisfaction": ("满意度", "是否满意"),
}  # fmt: skip
_LIMIT = 200
_VALID, _INVALID = {"有效"}, {"无效"}


class Revisits(NamedTuple):
    """Those that can be taken with their places, and why others cannot."""

    taken: list[tuple[int, Revisit]]
    refused: list[tuple[int, str]]


def read_revisits(rows: Iterable[Any], zone: ZoneInfo, now: datetime) -> Revisits:
    """Rows as objects, of JSON or of a list with headings. `zone`: of times without an offset."""
    found = Revisits([], [])
    for place, row in enumerate(rows):
        try:
            found.taken.append((place, _read(row, zone, now)))
        except ValueError as fault:
            found.refused.append((place, str(fault)))
    return found


def _read(row: Any, zone: ZoneInfo, now: datetime) -> Revisit:
    if not isinstance(row, Mapping):
        raise ValueError("a revisit is an object")
    if fault := fault_of(dict(row)):
        raise ValueError(fault)
    cells = {key: next((row[name] for name in (key, *names) if row.get(name) not in (None, "")), None) for key, names in COLUMNS.items()}
    texts = {key: str(cells[key] or "").strip()[:_LIMIT] for key in ("ticket_no", "external_id", "unit", "channel")}
    if not texts["ticket_no"]:
        raise ValueError("no ticket_no (办件编号)")
    word = str(cells["satisfaction"] or "").strip()
    valid = _flag(cells["valid"])
    return Revisit(
        **texts, revisit_at=_time(cells["revisit_at"], zone, now), valid=valid is not False, contacted=_flag(cells["contacted"]),
        solved=_flag(cells["solved"]), satisfaction=word if word in WORDS else SATISFACTION.get(word),
    )  # fmt: skip


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool | None):
        return value
    word = str(value).strip().lower()
    return True if word in YES | _VALID else False if word in NO | _INVALID else None


def _time(value: Any, zone: ZoneInfo, now: datetime) -> datetime:
    text = str(value or "").strip()
    try:
        at = plain_time(text) or datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"revisit_at (回访时间) '{text[:40]}' is no time") from None
    at = (at if at.tzinfo else at.replace(tzinfo=zone, fold=0)).astimezone(UTC)
    if at.year < 2000 or at > now + timedelta(days=1):
        raise ValueError(f"revisit_at (回访时间) '{text[:40]}' is no time of ours")
    return at
