"""Trends, rankings and hot spots over HTTP: what happened by any dimension, beside the same stretch before and a year earlier.

A running period is compared with as much of the other as is over of it. Every count tells where its rows are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, read_cursor, read_params, write_cursor
from api.rest_indicators import class_labels, compared_with, read_period
from core.errors import Invalid, NotFound
from dispatch import periods, repeats
from dispatch.periods import Period
from store import trends
from store.trends import Count, Question

_MOST = 500  # rows of one ranking
_PERIOD = (Param("period", f"{', '.join(periods.KINDS)}; month unless given"), Param("at", "a day in it; now unless given"), *SPAN)
_CHOICE = (AREA, Param("class", "class codes, or their beginnings", "list"), Param("unit", "id of a lead unit, of cases", "integer"))
_DIMENSIONS = sorted({by for found in trends.DIMENSIONS.values() for by in found} - {"bucket"})
TRENDS_PARAMS = (
    Param("by", f"{', '.join(_DIMENSIONS)}, or course: in the course of the period"), *_PERIOD, *_CHOICE,
    Param("limit", f"rows, at most {_MOST}, 100 unless given", "integer"),
)  # fmt: skip
ROWS_PARAMS = (
    Param("by", "as above"), Param("key", f"one key of it; {trends.NOBODY}: rows that have none"), *_PERIOD, *_CHOICE,
    Param("as_of", "the moment the count was made for", "time"), *PAGE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """As much of a period as is over: [since, until). `known`: whether we were there to count all of it."""

    period: Period
    since: datetime
    until: datetime
    known: bool

    @property
    def seconds(self) -> float:
        return max(0.0, (self.until - self.since).total_seconds())

    def shape(self) -> dict[str, Any]:
        return {"period": self.period.kind, "label": self.period.label, "first": self.period.first, "from": self.since, "to": self.until,
                "known": self.known}  # fmt: skip


def stretches(call: Call, period: Period, known_since: datetime | None, as_of: datetime) -> dict[str, Stretch]:
    """now, before (环比) and year_before (同比), each as long as what is over of the period."""
    over = min(period.until, max(as_of, period.since)) - period.since
    found = {"now": period, **compared_with(call.config, "cases", period)}
    return {
        name: Stretch(one, one.since, until := min(one.until, one.since + over),
                      known_since is not None and (known_since <= one.since or name == "now") and one.since < until)
        for name, one in found.items()
    }  # fmt: skip


def get_trends(call: Call) -> Answer:
    """Counts of a subject by one dimension, the greatest first, each compared and with the way to its rows."""
    wanted = read_params(TRENDS_PARAMS, call.query)
    limit = wanted.pop("limit", 100)
    if not 1 <= limit <= _MOST:
        raise Invalid(f"limit: 1 to {_MOST}")
    question, period = read_question(call, wanted, "class")
    known_since = trends.known_since(call.connection, call.scope, question.subject)
    spans = stretches(call, period, known_since, call.now)
    body: dict[str, Any] = {
        "subject": question.subject, "by": question.by, "as_of": call.now, **spans["now"].shape(), "ends": period.until,
        "elapsed": round(period.elapsed(call.now), 4), "compared": {name: one.shape() for name, one in spans.items() if name != "now"},
        "rows_at": {name: _link(question, one) for name, one in spans.items()}, "dimensions": _told_dimensions(question.subject),
    }  # fmt: skip
    body["total"] = _ranked(call, replace(question, by="total"), spans, None)[0]
    if question.by == "course":
        return Answer({**body, "rows": _course(call, question, spans, known_since)})
    places = trends.count_places(call.connection, call.scope, question.by, question.area)
    rows = _ranked(call, question, spans, places)
    return Answer({**body, "places": places, "rows": rows[:limit], "left_out": len(rows) - len(rows[:limit]), "keys": len(rows)})


def _told_dimensions(subject: str) -> list[str]:
    return [by for by in trends.DIMENSIONS[subject] if by not in ("bucket", "week_hour")]


def _ranked(call: Call, question: Question, spans: Mapping[str, Stretch], places: int | None) -> list[dict[str, Any]]:
    """A row a key, of every key that stands in any of the stretches; the total of nothing is a row, too."""
    found = {
        name: trends.tally(call.connection, call.scope, replace(question, since=one.since, until=one.until)) if one.known else None
        for name, one in spans.items()
    }
    now = found["now"] or {}
    keys = sorted(set().union(*(one or {} for one in found.values())) or ({""} if question.by == "total" else set()))
    told = {name: _verdicts(keys, now, found[name], spans["now"], spans[name]) for name in ("before", "year_before")}
    full = sum(one.n for one in now.values())
    packed = repeats.crowded([_n(now, key) for key in keys], places) if places else [None] * len(keys)
    called = trends.names(call.connection, question.by, keys)
    labels = class_labels(call.config)
    rows = []
    for place, key in enumerate(keys):
        one = now.get(key)
        rows.append({
            "key": key, **_called(call, question.by, key, called, labels), "n": _n(now, key) if spans["now"].known else None,
            "share": round(_n(now, key) / full, 4) if full else None, "days": one.days if one else 0, "tellers": one.tellers if one else 0,
            "last_at": one.last_at if one else None, "simulated": bool(one and one.simulated), "crowded": packed[place],
            **{name: {"n": None if found[name] is None else _n(found[name] or {}, key), "change": told[name][place].change,
                      "p": told[name][place].p} for name in told},
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-(row["n"] or 0), -(row["before"]["n"] or 0), row["key"]))


def _n(found: Mapping[str, Count], key: str) -> int:
    return found[key].n if key in found else 0


def _verdicts(
    keys: Sequence[str], now: Mapping[str, Count], then: Mapping[str, Count] | None, here: Stretch, there: Stretch
) -> list[repeats.Told]:
    pairs = [(_n(now, key), None if then is None else _n(then, key)) for key in keys]
    return repeats.compare(pairs, here.seconds / there.seconds if there.seconds else 1.0)


def _called(call: Call, by: str, key: str, called: Mapping[str, Any], labels: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """What a key is called; hours, weekdays and severities are words of the reader's page."""
    if by in ("class", "class_big") and key in labels:
        return {"name": labels[key][0], "name_en": labels[key][1]}
    if key in called:
        return {name: value for name, value in called[key].items() if name != "key"}
    rule = call.config.rules.get(key) if by == "origin" else None
    return {"name": rule.label if rule else "" if key == trends.NOBODY else key, "name_en": rule.label_en if rule else ""}


def _course(call: Call, question: Question, spans: Mapping[str, Stretch], known_since: datetime | None) -> list[dict[str, Any]]:
    """A row a bucket of time, oldest first, beside the bucket that lies as far into the other periods; what is to come is left out.

    Before anything was ever counted a bucket is unknown.
    """
    edges = {name: course_edges(spans["now"].period, one) for name, one in spans.items()}
    found = {
        name: trends.tally(call.connection, call.scope, replace(question, by="bucket", since=one.since, until=one.until, edges=edges[name]))
        if one.known else None for name, one in spans.items()
    }  # fmt: skip
    rows = []
    for place, since in enumerate(edges["now"]):
        until = edges["now"][place + 1] if place + 1 < len(edges["now"]) else spans["now"].until
        unknown = known_since is None or until <= known_since
        n = {name: None if one is None or place >= len(edges[name]) else _n(one, str(place + 1)) for name, one in found.items()}
        rows.append({"key": since.isoformat(), "from": since, "to": until, "n": None if unknown else n["now"],
                     "before": n["before"], "year_before": n["year_before"]})  # fmt: skip
    return rows


def course_edges(period: Period, stretch: Stretch) -> tuple[datetime, ...]:
    """Where each bucket of a stretch begins: hours of a day, days of a week or month, weeks of a quarter, months of a year."""
    length = period.until - period.since
    if length <= timedelta(days=2):
        step = timedelta(hours=1)
    elif length <= timedelta(days=62):
        step = timedelta(days=1)
    else:
        step = timedelta(weeks=1) if length <= timedelta(days=200) else timedelta(0)
    edges: list[datetime] = []
    at = stretch.since
    while at < stretch.until and len(edges) < _MOST:
        edges.append(at)
        at = at + step if step else _month_on(at)
    return tuple(edges) or (stretch.since,)


def _month_on(at: datetime) -> datetime:
    first = periods.shift_months(at.date().replace(day=1), 1)
    return at.replace(year=first.year, month=first.month, day=min(at.day, 28))


def _link(question: Question, stretch: Stretch) -> str:
    """Where the rows of a count are; the reader adds `key`."""
    query: dict[str, Any] = {"by": question.by if question.by != "course" else "total", "from": stretch.since.isoformat(),
                             "to": max(stretch.until, stretch.since + timedelta(seconds=1)).isoformat()}  # fmt: skip
    query |= {
        name: value for name, value in {"area": question.area, "class": ",".join(question.classes), "unit": question.unit}.items() if value
    }
    return f"/trends/{question.subject}/rows?{urlencode(query)}"


def list_rows(call: Call) -> Answer:
    """The rows behind one count, newest first, and with the first page how many there are."""
    wanted = read_params(ROWS_PARAMS, call.query)
    limit, key, place = wanted.pop("limit", 100), wanted.pop("key", None), read_cursor(wanted.pop("next", None), str, str)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    as_of = wanted.pop("as_of", call.now)
    question, period = read_question(call, wanted, "total")
    question = replace(question, since=period.since, until=min(period.until, max(as_of, period.since)))
    after = (datetime.fromisoformat(place[0]), place[1]) if place else None
    rows = trends.list_rows(call.connection, call.scope, question, key, after, limit)
    body: dict[str, Any] = {"subject": question.subject, "rows": rows}
    body["next"] = write_cursor(rows[-1]["at"].isoformat(), rows[-1]["id"]) if len(rows) >= limit else None
    if not place:
        counts = trends.tally(call.connection, call.scope, question)
        body["count"] = sum(one.n for one in counts.values()) if key is None else _n(counts, key)
    return Answer(body)


def read_question(call: Call, wanted: dict[str, Any], by: str) -> tuple[Question, Period]:
    """Subject, dimension, choice and period of a request; `by` where none is named. Raises `NotFound`, `Invalid`."""
    subject, by = call.path["subject"], wanted.pop("by", by)
    if subject not in trends.DIMENSIONS:
        raise NotFound(f"there are trends of {', '.join(trends.DIMENSIONS)}")
    known = {*trends.DIMENSIONS[subject], "total", "course"} - {"bucket"}
    if by not in known:
        raise Invalid(f"by: of {subject} one of {', '.join(sorted(known))}")
    period = read_period(call, wanted, "cases")
    zone = call.config.area.timezone
    area, classes, unit = wanted.get("area", ""), tuple(wanted.get("class", ())), wanted.get("unit")
    return Question(subject, by, period.since, period.until, zone, area, classes, unit), period
