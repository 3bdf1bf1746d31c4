"""The fields of a 12345 ticket, whatever brought it (JSON, CSV, a sheet): named cells → one report.

Decides what each field means: number, class by category, urgency, times, who called, how it ended. Reads no bytes; a field
that cannot be read costs only itself, and columns that no setting names never get here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.errors import DecodeError
from core.model import Channel, Position, Report
from ingest.decode.local_time import plain_time
from ingest.decode.source import NAME_LIMIT, Source, clean, position_of

# What a feed that names no columns is read by: the wording of real ticket lists (reference/hotline.yaml).
COLUMNS: Mapping[str, str] = {
    "external_id": "办件编号", "upper_no": "市级编号", "via": "办件来源", "appeal_type": "诉求类型", "title": "诉求主题",
    "text": "诉求内容",
    "category": "事项分类", "category1": "事项大类", "category2": "事项中类", "class": "事项小类", "urgent": "紧急程度",
    "observed_at": "来电时间", "accepted_at": "受理时间", "dispatched_at": "派发时间", "due_at": "承诺完成时间", "replied_at": "答复时间",
    "ended_at": "办结时间", "revisited_at": "回访时间", "unit": "办理单位", "section": "办理科室", "dispatcher": "派单员",
    "state": "办件状态", "warn": "预警状态", "result": "处理结果", "reached": "是否联系", "solved": "是否解决", "satisfaction": "满意度",
    "confidential": "是否保密", "address": "地址", "lon": "经度", "lat": "纬度",
    "caller_name": "诉求人", "caller_phone": "诉求人电话", "caller_address": "诉求人地址",
}  # fmt: skip
BEGINNINGS = ("observed_at", "accepted_at", "dispatched_at")  # the first that stands there is when it was said
TIMES = ("accepted_at", "dispatched_at", "due_at", "replied_at", "ended_at", "revisited_at")
FLAGS = ("reached", "solved", "confidential")
CATEGORIES = ("category1", "category2", "category3", "category4", "class")  # from the widest to the narrowest
CALLER = ("caller_name", "caller_phone", "caller_address")
READ = frozenset(("external_id", "title", "text", "address", "lon", "lat", "category", "observed_at", "satisfaction",
                  *TIMES, *FLAGS, *CATEGORIES, *CALLER))  # fmt: skip
TEXT_LIMIT = 20_000
RESULT_LIMIT = 2_000
SEPARATORS = re.compile(r"[/>＞\\|→]+|--+|—+")  # blanks around them are stripped afterwards: looked for here, they cost their square

CLOSED = frozenset(
    "办结 已办结 结案 已结案 归档 已归档 办理完成 关闭 已关闭 作废 已作废 撤销 已撤销 撤单 已撤单 已并单 不予受理 "
    "closed cancelled merged revisited".split()
)
URGENT = {"特急": 2, "特提": 2, "突发": 2, "紧急": 3, "加急": 3, "急": 3, "urgent": 3}  # 一般: the class knows better
YES, NO = frozenset("是 有 1 true yes y 已联系 已解决 保密".split()), frozenset("否 无 0 false no n 未联系 未解决 公开 不保密".split())
SATISFACTION = {"非常满意": "satisfied", "满意": "satisfied", "基本满意": "basically_satisfied", "一般": "basically_satisfied",
                "不满意": "dissatisfied", "非常不满意": "dissatisfied"}  # fmt: skip


def columns_of(source: Source) -> Mapping[str, str]:
    """Key → the feed's own name for it."""
    return source.feed.columns or COLUMNS


def report_of(cells: Mapping[str, str], source: Source, steps: Sequence[Mapping[str, Any]] = ()) -> Report:
    """One ticket. `steps` are the stages it went through, oldest first. Raises `DecodeError` without number or time."""
    number = cells.get("external_id", "")[:NAME_LIMIT]
    if not number:
        raise DecodeError(f"{columns_of(source).get('external_id', 'external_id')} is empty")
    observed_at = _observed_at(cells, source, steps)
    extra: dict[str, Any] = {key: value[: _limit(key)] for key, value in cells.items() if key not in READ and value}
    path = _path(cells)
    class_code = _class(cells, path, source, extra)
    if len(path) > 1:
        extra["category"] = path
    ended = _times(cells, source, extra) or _is_closed(cells, steps, extra)
    if "ended_at" in extra and datetime.fromisoformat(extra["ended_at"]) < observed_at:
        extra["ended_before_opened"] = True
    _judgement(cells, extra)
    if steps:
        extra["steps"] = list(steps)
    return Report(
        source=source.name,
        external_id=number,
        channel=Channel.HOTLINE,
        title=_title(cells, path, number),
        observed_at=observed_at,
        class_code=class_code,
        text=cells.get("text", "")[:TEXT_LIMIT] or None,
        position=_position(cells, source, extra),
        address=cells.get("address", "")[:500] or None,
        extra=extra,
        caller={key.removeprefix("caller_"): value for key in CALLER if (value := cells.get(key, "")[:NAME_LIMIT])},
        ended=ended,
        severity=URGENT.get(cells.get("urgent", "").lower()),
    )


def _limit(key: str) -> int:
    return RESULT_LIMIT if key == "result" else NAME_LIMIT


def _title(cells: Mapping[str, str], path: Sequence[str], number: str) -> str:
    """Its subject; a message that brings none is called by its category or the beginning of its text."""
    for words in (cells.get("title", ""), path[-1] if path else "", cells.get("text", "")[:60]):
        if line := " ".join(words.split())[:NAME_LIMIT]:
            return line
    return f"12345 工单 {number}"


def _observed_at(cells: Mapping[str, str], source: Source, steps: Sequence[Mapping[str, Any]]) -> datetime:
    for key in BEGINNINGS:
        if cells.get(key):
            return time_of_cell(cells[key], source)
    for step in steps:
        if "at" in step:
            return datetime.fromisoformat(step["at"])
    raise DecodeError(f"{columns_of(source).get('observed_at', 'observed_at')} is empty")


def time_of_cell(text: str, source: Source) -> datetime:
    """A cell's time in UTC: by `time_format`, else year first in the usual spellings, else ISO 8601.

    A feed that lies about its offset is read as local time of its zone, whatever it says. Raises `DecodeError`.
    """
    form = source.feed.time_format
    try:
        at = plain_time(text) if form is None or form.startswith("%Y") else None
        at = at or _formatted_time(text, form)
        if at.tzinfo is None or source.feed.lies_about_offset:
            at = at.replace(tzinfo=source.zone, fold=0)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"'{clean(text[:40])}' is no time as {form or 'ISO 8601'}") from error


def _formatted_time(text: str, form: str | None) -> datetime:
    if form is None:
        return datetime.fromisoformat(text)
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 the zone follows
    except ValueError:
        if (at := plain_time(text)) is None:  # a sheet's own dates do not know how the feed writes them
            raise
        return at


def _times(cells: Mapping[str, str], source: Source, extra: dict[str, Any]) -> bool:
    """Every time of its loop into `extra`; whether it was closed. An unreadable one does not cost the ticket."""
    for key in TIMES:
        if text := cells.get(key):
            try:
                extra[key] = time_of_cell(text, source).isoformat()
            except DecodeError as problem:
                extra[f"{key}_refused"] = str(problem)
    return "ended_at" in extra


def _is_closed(cells: Mapping[str, str], steps: Sequence[Mapping[str, Any]], extra: dict[str, Any]) -> bool:
    if cells.get("state", "").lower() in CLOSED:
        return True
    last = steps[-1] if steps else {}
    closed = last.get("step") in CLOSED or last.get("state") in CLOSED
    if closed and "at" in last:
        extra["ended_at"] = last["at"]
    return closed


def _judgement(cells: Mapping[str, str], extra: dict[str, Any]) -> None:
    """What the revisit found: reached, solved, satisfied (the three rates are made of these)."""
    for key in FLAGS:
        if word := cells.get(key, "").lower():
            extra[key] = True if word in YES else False if word in NO else word[:NAME_LIMIT]
    if word := cells.get("satisfaction", ""):
        extra["satisfaction"] = SATISFACTION.get(word, word[:NAME_LIMIT])


def _path(cells: Mapping[str, str]) -> list[str]:
    """The category from the widest to the narrowest: one column with the whole path, or a column a level."""
    words = [word.strip() for word in SEPARATORS.split(cells.get("category", "")[:500])] + [cells.get(key, "") for key in CATEGORIES]
    return list(dict.fromkeys(word[:NAME_LIMIT] for word in words if word))[:8]


def _class(cells: Mapping[str, str], path: Sequence[str], source: Source, extra: dict[str, Any]) -> str | None:
    """The city's class for the wording of this hotline: the narrowest word of the category that it knows, else the title."""
    for word in _narrowest_first(path, cells.get("title", "")):
        code = source.feed.classes.get(word) or (word if word in source.config.classes else None)
        if code:
            return code
    if path:
        extra["class"] = path[-1]
    return None


def _narrowest_first(path: Sequence[str], title: str) -> Iterator[str]:
    yield "/".join(path)
    yield from reversed(path)
    if not path:
        yield title


def _position(cells: Mapping[str, str], source: Source, extra: dict[str, Any]) -> Position | None:
    """0/0 is passed on as given: the store lists it as placement zero."""
    if not cells.get("lon") or not cells.get("lat"):
        return None
    try:
        return position_of(float(cells["lon"]), float(cells["lat"]), None, source)
    except (ValueError, DecodeError):
        extra["position_refused"] = f"{cells['lon'][:40]}, {cells['lat'][:40]}"
        return None
