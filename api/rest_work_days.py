"""The city's working time over HTTP: office hours, a year's days with what each is and why, and the city's own corrections of it."""

import hashlib
from dataclasses import asdict
from datetime import date
from typing import Any

from api.call import Answer, Call, read_params
from api.problems import demand_seen, make_etag
from api.sent_table import APPLY_PARAM, FILE_PARAM, MOST_ROWS, WHY_PARAM, read_why, sent_table
from api.whole_city import demand_whole_city
from core.errors import Invalid
from dispatch import day_tables, work_calendar, work_year
from dispatch.day_tables import Day
from geodata.tables import read_table
from store import audit, work_days, work_years
from store.acts import Act

FILE_PARAMS = (FILE_PARAM, APPLY_PARAM, WHY_PARAM)
_AHEAD = 2  # years
_FIELDS = {"day", "works", "note"}
_LONGEST_NOTE, _LONGEST_WHY = 80, 2000


def get_work_time(call: Call) -> Answer:
    """Office hours, the city's own days, and the years from this one on of which only weekends are known."""
    own, work, year = work_days.own_days(call.connection), call.config.work, call.now.astimezone(call.config.area.zone).year
    return Answer({
        **work.model_dump(mode="json", include={"hours", "seasons", "holidays"}),
        "day_s": work.day_for.total_seconds(),
        "own_days": [{"day": day.isoformat(), "works": works} for day, works in own],
        "unknown_years": work_calendar.unknown_years(work.holidays, own, year, year + _AHEAD),
    })  # fmt: skip


def get_year(call: Call) -> Answer:
    """Every day of a year: whether it is worked, and by what; the city's own corrections are the ETag."""
    return _shown(call, _year(call))


def _shown(call: Call, year: int) -> Answer:
    own = work_years.of_year(call.connection, year)
    notes = {day: note for day, _, note in own}
    holidays, works = call.config.work.holidays, {day: works for day, works, _ in own}
    days = work_year.days_of(year, holidays, works)
    return Answer({
        "year": year,
        "known": not work_calendar.unknown_years(holidays, tuple(works.items()), year, year),
        "days": [{**asdict(one), "note": notes.get(one.day, "")} for one in days],
        "worked": sum(one.works for one in days),
        "own": len(own),
        "history": audit.of_noun(call.connection, "work_days", year)[::-1],
    }, headers={"ETag": make_etag(_version(own))})  # fmt: skip


def put_year(call: Call) -> Answer:
    """The city's own days of a year, all of them: `{days: [{day, works, note}], why}`, by whoever saw those that hold (`If-Match`)."""
    demand_whole_city(call)
    year, fields = _year(call), call.fields()
    days, why = fields.pop("days", None), fields.pop("why", None) or ""
    if fields or not isinstance(days, list) or len(days) > 366 or not isinstance(why, str) or len(why) > _LONGEST_WHY:
        raise Invalid("write {days: [{day, works, note}], why}")
    if not why.strip():
        raise Invalid("why: say why, for those who read the history")
    found = sorted(_day(one, year) for one in days)
    if len({day for day, _, _ in found}) != len(found):
        raise Invalid("days: one stands here twice")
    own = work_years.of_year(call.connection, year, lock=True)
    demand_seen(call.headers.get("If-Match"), _version(own))
    _save(call, year, own, found, why.strip())
    return _shown(call, year)


def post_table(call: Call) -> Answer:
    """A file of days off and make-up days: what it would change in the years it names (their days are the ETag), and with `apply`, by
    whoever saw those (`If-Match`) and says `why`, the change."""
    demand_whole_city(call)
    wanted = read_params(FILE_PARAMS, call.query)
    with sent_table(call, wanted.get("file")) as (path, source):
        table = read_table(path, day_tables.HEADINGS, *day_tables.KEYS, most=MOST_ROWS)
    found, faults = day_tables.read_days(table.rows)
    applied = bool(wanted.get("apply") and found)
    theirs = {year: sorted(one for one in found if one[0].year == year) for year in sorted({day.year for day, _, _ in found})}
    own = {year: work_years.of_year(call.connection, year, lock=applied) for year in theirs}
    seen = [day for days in own.values() for day in days]
    if applied:
        why = read_why(wanted)
        demand_seen(call.headers.get("If-Match"), _version(seen))
        for year, days in theirs.items():
            _save(call, year, own[year], days, why, source)
    body = {"rows": len(table.rows), "applied": applied, "years": {year: _differences(own[year], days) for year, days in theirs.items()}}
    return Answer({**body, "faults": [fault._asdict() for fault in faults]}, headers={"ETag": make_etag(_version(seen))})


def _save(call: Call, year: int, own: list[Day], days: list[Day], why: str, source: str = "") -> None:
    work_years.save(call.connection, year, days)
    act = Act("change", call.scope, call.now, why, address=call.address)
    detail = {**_differences(own, days), **({"file": source} if source else {})}
    audit.append(call.connection, act, "work_days", year, call.config.area.code, detail=detail)


def _differences(own: list[Day], days: list[Day]) -> dict[str, list[dict[str, Any]]]:
    """Which days were said, said otherwise or are said no more."""
    was, now = {one[0]: one for one in own}, {one[0]: one for one in days}
    return {
        "said": [{"day": day.isoformat(), "works": now[day][1], "note": now[day][2]} for day in sorted(now) if was.get(day) != now[day]],
        "unsaid": [{"day": day.isoformat(), "works": was[day][1]} for day in sorted(was.keys() - now.keys())],
    }


def _day(one: object, year: int) -> Day:
    if not isinstance(one, dict) or not one.keys() <= _FIELDS or not isinstance(one.get("works"), bool):
        raise Invalid("days: each as {day, works: true or false, note}")
    note = one.get("note") or ""
    if not isinstance(note, str) or len(note) > _LONGEST_NOTE:
        raise Invalid(f"note: a text of at most {_LONGEST_NOTE} letters")
    try:
        day = date.fromisoformat(str(one.get("day")))
    except ValueError:
        raise Invalid(f"day: '{one.get('day')}' is no day; write 2026-10-10") from None
    if day.year != year:
        raise Invalid(f"day: {day} is not of {year}")
    return day, one["works"], note.strip()


def _year(call: Call) -> int:
    year = call.number("year")
    if not work_calendar.FIRST <= year <= work_calendar.LAST:
        raise Invalid(f"year: from {work_calendar.FIRST} to {work_calendar.LAST}")
    return year


def _version(own: list[Day]) -> str:
    """The corrections themselves are their version: whoever saw the same ones may change them."""
    return hashlib.sha256(repr(own).encode()).hexdigest()[:16]
