"""Planned works and events (施工与活动) as people write them, whether somebody is at work, and what it has to do with what happens near.

Pure. A work that is near is a hint for whoever judges; nothing here, and nobody who asks here, silences anything.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.errors import Invalid
from core.works_config import WorkKindConfig
from dispatch.told_rows import Refusal, Verdict, refused, told_kind, told_position, told_text
from geodata.datums import DATUMS
from geodata.drawn_shape import read_shape
from geodata.metric import Shape
from geodata.tables import read_table

EDITORS = frozenset({"duty", "dispatcher", "supervisor", "admin"})
STATES = ("planned", "under_way", "over", "withdrawn")
# Longest text of each, in letters.
TEXTS: Mapping[str, int] = {"code": 60, "title": 200, "kind": 60, "address": 300, "operator": 120, "unit": 60, "note": 1000}
FIELDS = frozenset({*TEXTS, "shape", "lon", "lat", "datum", "radius_m", "starts_at", "ends_at", "hours"})
# Ours: what a column may be called besides; the first is the template's.
CHINESE: Mapping[str, tuple[str, ...]] = {
    "code": ("编号", "许可证号", "项目编号", "活动编号", "许可编号"), "title": ("名称", "项目名称", "工程名称", "活动名称", "标题"),
    "kind": ("类型", "类别", "施工类型", "活动类型"), "starts_at": ("开始时间", "开工日期", "开工时间", "开始日期"),
    "ends_at": ("结束时间", "完工日期", "竣工日期", "结束日期"), "hours": ("每日时段", "作业时段", "施工时段"),
    "lon": ("经度",), "lat": ("纬度",), "shape": ("范围", "坐标串", "位置坐标", "wkt", "几何"), "radius_m": ("半径", "影响半径"),
    "datum": ("坐标系",), "address": ("地址", "地点", "位置", "施工地点", "活动地点"), "unit": ("主管单位", "主管部门", "审批单位"),
    "operator": ("施工单位", "主办单位", "实施单位"), "note": ("影响说明", "备注", "影响", "说明"),
}  # fmt: skip
_TEMPLATE = ("code", "title", "kind", "starts_at", "ends_at", "hours", "lon", "lat", "shape", "radius_m", "datum", "address", "unit",
             "operator", "note")  # fmt: skip
TEMPLATE = tuple(CHINESE[name][0] for name in _TEMPLATE)  # the headings of a file to fill in
HEADINGS = {name: name for name in FIELDS} | {word: name for name, words in CHINESE.items() for word in words}
_WIDEST_M: Final = 5000.0
_LONGEST: Final = timedelta(days=3660)
_HOURS: Final = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(?:次日)?\s*(\d{1,2})[:：](\d{2})\s*$")
_DAY: Final = re.compile(r"^(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?$")

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Work:
    """One work or event as it was told; what was left out is not there. `told` are texts by field, "" takes one away, as `hours` () do."""

    told: Mapping[str, str] = field(default_factory=dict)
    shape: Shape | None = None
    radius_m: float | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hours: Hours | tuple[()] | None = None
    row: int = 0

    @property
    def code(self) -> str:
        return self.told.get("code", "")


def read_work(
    fields: Mapping[str, Any], kinds: Mapping[str, WorkKindConfig], zone: ZoneInfo, row: int = 0, datum: str = "cgcs2000"
) -> Work:
    """A work from its fields; times without an offset are the city's. Raises `Refusal` naming the field and what it may say."""
    if unknown := sorted(fields.keys() - FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(FIELDS))}")
    told = {name: told_text(name, fields[name], most) for name, most in TEXTS.items() if fields.get(name) is not None}
    if told.get("kind"):
        told["kind"] = told_kind(told["kind"], kinds)
    starts_at, ends_at = (_moment(name, fields.get(name), zone) for name in ("starts_at", "ends_at"))
    if starts_at and ends_at:
        demand_span(starts_at, ends_at)
    return Work(told, _shape(fields, datum), _radius(fields.get("radius_m")), starts_at, ends_at, _hours(fields.get("hours")), row)


def demand_span(starts_at: datetime, ends_at: datetime) -> None:
    """Raises `Refusal` for an end before its start, or a span nobody means."""
    if not starts_at < ends_at <= starts_at + _LONGEST:
        raise Refusal("span", "ends_at: later than starts_at, by ten years at most")


def _moment(name: str, value: object, zone: ZoneInfo) -> datetime | None:
    """A moment, or a day: the begin of its first, the end of its last. Raises `Refusal`."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, datetime):
            found = value
        elif isinstance(value, date):
            found = _of_day(name, value)
        elif day := _DAY.match(word := str(value).strip()):
            found = _of_day(name, date(*(int(part) for part in day.groups())))
        else:
            found = datetime.fromisoformat(word.replace("/", "-"))
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        if not 2000 <= found.year <= 2199:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise Refusal("moment", f"{name}: '{value}' is no time; write 2026-11-21 08:00", field=name, word=str(value)[:40]) from error
    return found


def _of_day(name: str, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=name == "ends_at"), time())


def _hours(value: object) -> Hours | tuple[()] | None:
    """`22:00-06:00` as two times of day; "" takes them away, None leaves them. Raises `Refusal`."""
    if value is None:
        return None
    word = str(value).strip()
    if not word:
        return ()
    found = _HOURS.match(word)
    try:
        if found is None:
            raise ValueError
        first, last = (time(int(found[at]) % 24, int(found[at + 1])) for at in (1, 3))
        if first == last or int(found[1]) > 23 or int(found[3]) > 24:
            raise ValueError
    except ValueError:
        raise Refusal("hours", f"hours: '{word}' is no span of a day; write 22:00-06:00", word=word[:40]) from None
    return first, last


def _radius(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        metres = float(str(value))
    except ValueError:
        metres = -1.0
    if not 0 <= metres <= _WIDEST_M:
        raise Refusal("radius", f"radius_m: metres, at most {_WIDEST_M:,.0f}", most=int(_WIDEST_M))
    return metres


def _shape(fields: Mapping[str, Any], datum: str) -> Shape | None:
    """The shape that was drawn, else the point of lon and lat."""
    named = str(fields.get("datum") or datum).lower()
    if named not in DATUMS:
        raise Refusal("datum", f"datum: '{named}' is none of {', '.join(DATUMS)}", word=named, there=", ".join(DATUMS))
    try:
        if fields.get("shape") not in (None, ""):
            return read_shape(fields["shape"], named)
        place = told_position(fields, named)
        return read_shape({"type": "Point", "coordinates": (place.lon, place.lat)}, named) if place else None
    except Refusal:
        raise
    except Invalid as error:
        raise Refusal("shape", str(error)) from error


def read_works(
    path: Path, kinds: Mapping[str, WorkKindConfig], zone: ZoneInfo, datum: str = "cgcs2000", most: int = 20_000
) -> tuple[list[Work], list[Verdict]]:
    """The rows of a CSV, an Excel sheet or GeoJSON points, and which cannot be taken; a row is known by its code.

    Raises `Invalid` if the file cannot be read or has more than `most`.
    """
    taken: dict[str, Work] = {}
    refusals = []
    for number, cells in read_table(path, HEADINGS, "code", "title", most=most).rows:
        try:
            work = read_work({name: value for name, value in cells.items() if value not in (None, "")}, kinds, zone, number, datum)
            if not work.code:
                raise Refusal("missing", "code is missing: by it the next file knows the same work", field="code")
            if earlier := taken.get(work.code):
                raise Refusal("twice", f"'{work.code}' stands in row {earlier.row} already", row=earlier.row)
            taken[work.code] = work
        except Invalid as error:
            refusals.append(refused(error, str(cells.get("code", "")), str(cells.get("title", "")), number))
    return list(taken.values()), refusals


def state_of(starts_at: datetime, ends_at: datetime, withdrawn_at: datetime | None, now: datetime) -> str:
    """`planned`, `under_way`, `over`; `withdrawn` whatever the time."""
    if withdrawn_at is not None:
        return "withdrawn"
    return "planned" if now < starts_at else "under_way" if now < ends_at else "over"


def at_work(row: Mapping[str, Any], moment: datetime, zone: ZoneInfo) -> bool:
    """Whether somebody is at work there at a moment: within its span and, where it has any, its daily hours."""
    if row["withdrawn_at"] is not None or not row["starts_at"] <= moment < row["ends_at"]:
        return False
    first, last = row["daily_from"], row["daily_until"]
    if first is None:
        return True
    clock = moment.astimezone(zone).time()
    return bool(first <= clock < last if first < last else clock >= first or clock < last)


def relation(row: Mapping[str, Any], since: datetime, until: datetime, linger: timedelta, zone: ZoneInfo) -> str | None:
    """What a work has to do with something that lasts from `since` to `until`: `during` its hours, `beside` (in its span, outside its
    hours), `after` (ended not longer before than `linger`), None."""
    if row["withdrawn_at"] is not None or row["starts_at"] > until or row["ends_at"] + linger <= since:
        return None
    if row["ends_at"] <= since:
        return "after"
    begin, end = max(since, row["starts_at"]), min(until, row["ends_at"] - timedelta(microseconds=1))
    return "during" if any(at_work(row, moment, zone) for moment in _asked(begin, end, row, zone)) else "beside"


def _asked(begin: datetime, end: datetime, row: Mapping[str, Any], zone: ZoneInfo) -> Iterable[datetime]:
    """Moments that decide whether a span holds any of the daily hours: its ends, and the first beginning of the hours after its begin."""
    yield begin
    yield end
    if row["daily_from"] is not None:
        local = begin.astimezone(zone)
        opens = [datetime.combine(local.date() + timedelta(days=days), row["daily_from"], zone) for days in (0, 1)]
        yield from (moment for moment in opens if begin <= moment <= end)


def may_explain(kind: WorkKindConfig | None, class_code: str | None) -> bool:
    """Whether something of a class may come from a work of a kind."""
    return kind is not None and class_code is not None and class_code in kind.classes
