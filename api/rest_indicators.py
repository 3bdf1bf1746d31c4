"""Indicators over HTTP: numerator, denominator and formula of every figure, compared with two other periods, and the rows behind each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from api import evaluation_sheets as sheets
from api.call import AREA, PAGE, SPAN, Answer, Call, Param, read_cursor, read_params, write_cursor
from core.config import Config
from core.errors import Invalid, NotFound
from core.evaluation_config import IndicatorConfig
from core.row_sets import SETS, RowSet
from dispatch import indicators, periods
from dispatch.periods import Period
from store import evaluations
from store import indicators as counted
from store.indicators import Behind, Chosen

_MOST_PERIODS = 36
_CHOICE = (
    AREA, Param("unit", "id of a lead unit"), Param("worker", "id of who handled"), Param("class", "class code, or its beginning"),
    Param("source", "where it came from: collector, register, public, leader, video, transfer, hotline, sensor"),
)  # fmt: skip
_PERIOD = (
    Param("period", f"{', '.join(periods.KINDS)}; month unless given"),
    Param("at", "a day in it: 2026-11-21, 2026-11 or 2026; now unless given"), *SPAN,
)  # fmt: skip
_BY = Param("by", f"{', '.join(counted.DIMENSIONS['cases'])}, or period: one row a period, the last `count` of them")
INDICATORS_PARAMS = (
    _BY, *_PERIOD, Param("compare", "true: each figure with the period before and the same a year earlier", "boolean"),
    Param("count", f"periods, at most {_MOST_PERIODS}, 12 unless given", "integer"), *_CHOICE,
)  # fmt: skip
PART = Param("part", "numerator, denominator, undecided, decided (the denominator without those), deduction-1 … of a score, every")
ROWS_PARAMS = (
    PART, _BY, Param("key", f"one key of that dimension; {counted.NOBODY}: rows that have none"),
    Param("as_of", "the moment the figure was computed for: what is late by then is late", "time"), *_PERIOD, *_CHOICE, *PAGE,
)  # fmt: skip
TODAY_PARAMS = (AREA, *SPAN)
_TODAYS = ("archive_rate", "in_time_archive_rate", "in_time_dispose_rate", "register_rate", "rework_rate")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about figures: which rows, which period, by what, as of when. Has what `evaluations.table` tells with."""

    chosen: Chosen
    period: Period
    by: str
    as_of: datetime
    formulas: Mapping[str, IndicatorConfig]
    labels: Mapping[str, tuple[str, str]]
    link: Mapping[str, str]


def list_indicators(call: Call) -> Answer:
    """The rates of a day as `GET /indicators` always told them; the same formulas and rows as everywhere else."""
    wanted = read_params(TODAY_PARAMS, call.query)
    midnight = call.now.astimezone(call.config.area.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    period = periods.span(wanted.get("from", midnight), wanted.get("to", midnight + timedelta(days=1)), call.config.area.zone)
    formulas = call.config.evaluation.of("cases")
    found = counted.tally(call.connection, call.scope, Chosen("cases", wanted.get("area", "")), period, "total", call.now)
    figures = indicators.work_out(formulas, indicators.merge(found.values()))
    told = [
        {
            "indicator": code, "name": formulas[code].label, "formula": _in_one_line(formulas[code]),
            "formula_id": formulas[code].formula_id(code), "numerator": figures[code].numerator,
            "denominator": figures[code].denominator, "percent": figures[code].value,
        }
        for code in _TODAYS if code in formulas
    ]  # fmt: skip
    return Answer({"from": period.since, "to": period.until, "indicators": told})


def _in_one_line(formula: IndicatorConfig) -> str:
    return f"{' + '.join(one.rows for one in formula.numerator or ())} / {formula.denominator}"


def get_indicators(call: Call) -> Answer:
    """Figures of a period by one dimension, the total beside them, each with links to its rows."""
    wanted = read_params(INDICATORS_PARAMS, call.query)
    return Answer(tell(call, wanted))


def tell(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    """What `GET /indicators/{subject}` answers."""
    compare, count = wanted.pop("compare", False), wanted.pop("count", 12)
    asked = read_asked(call, wanted)
    body: dict[str, Any] = {
        "subject": asked.chosen.subject, "by": asked.by, "as_of": asked.as_of, **_span(asked.period),
        "elapsed": round(asked.period.elapsed(asked.as_of), 4),
        "formulas": [indicators.tell(code, one) for code, one in asked.formulas.items()],
    }  # fmt: skip
    if asked.by == "period":
        if not 1 <= count <= _MOST_PERIODS:
            raise Invalid(f"count: 1 to {_MOST_PERIODS}")
        body["rows"] = _course(call, asked, count)
        return body
    body |= _tables(call, asked, asked.period)
    for name, period in compared_with(call.config, asked.chosen.subject, asked.period).items() if compare else ():
        body[name] = {**_span(period), **_tables(call, asked, period)}
    return body


def _tables(call: Call, asked: Asked, period: Period) -> dict[str, Any]:
    found = counted.tally(call.connection, call.scope, asked.chosen, period, asked.by, asked.as_of)
    rows = evaluations.table(call.connection, asked.by, found, asked) if asked.by != "total" else []
    (total,) = evaluations.table(call.connection, "total", found, asked)
    for row in (*rows, total):
        key = {"by": asked.by, "key": row["key"]} if row is not total else {}
        row["rows"] = _link(asked, period, key)
    return {"rows": rows, "total": total}


def _course(call: Call, asked: Asked, count: int) -> list[dict[str, Any]]:
    """One row a period, oldest first."""
    rows, period = [], asked.period
    for _ in range(count):
        found = counted.tally(call.connection, call.scope, asked.chosen, period, "total", asked.as_of)
        (row,) = evaluations.table(call.connection, "total", found, asked)
        rows.append({**row, "key": period.label, "name": period.label, **_span(period), "rows": _link(asked, period, {})})
        period = periods.before(period, call.config.evaluation.periods(asked.chosen.subject), call.config.area.zone)
    return rows[::-1]


def _link(asked: Asked, period: Period, more: Mapping[str, str]) -> str:
    """Where the rows of a figure are; the reader adds the indicator's code in `{code}` and `part`."""
    query = {**asked.link, "from": period.since.isoformat(), "to": period.until.isoformat(), "as_of": asked.as_of.isoformat(), **more}
    return f"/indicators/{asked.chosen.subject}/{{code}}/rows?{urlencode(query)}"


def _span(period: Period) -> dict[str, Any]:
    return {"period": period.kind, "label": period.label, "first": period.first, "from": period.since, "to": period.until}


def compared_with(config: Config, subject: str, period: Period) -> dict[str, Period]:
    """环比 and 同比: the period before, and the same a year earlier."""
    own, zone = config.evaluation.periods(subject), config.area.zone
    return {"before": periods.before(period, own, zone), "year_before": periods.year_before(period, own, zone)}


def get_rows(call: Call) -> Answer:
    """The rows one figure was computed from: all of them, a page at a time, and how many there are."""
    wanted = read_params(ROWS_PARAMS, call.query)
    part, key, after, limit = read_behind(wanted)
    as_of = wanted.pop("as_of", call.now)
    asked = read_asked(call, wanted)
    formula = find_formula(asked.formulas, call.path["code"], part)
    rows = indicators.rows_of(formula, part)
    behind = Behind(rows, asked.by, key, after, limit)
    found = counted.list_rows(call.connection, call.scope, asked.chosen, asked.period, behind, as_of) if rows else []
    groups = counted.tally(call.connection, call.scope, asked.chosen, asked.period, asked.by, as_of) if not after else None
    tallies = None if groups is None else groups.get(key, []) if key is not None else indicators.merge(groups.values())
    return Answer(rows_body(call.path["code"], formula, part, rows, found, tallies, asked.formulas, limit))


def read_behind(wanted: dict[str, Any]) -> tuple[str, str | None, str, int]:
    """part, key, where the page before ended, limit. Raises `Invalid`."""
    part, limit = wanted.pop("part", "numerator"), wanted.pop("limit", 100)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    place = read_cursor(wanted.pop("next", None), str)
    return part, wanted.pop("key", None), str(place[0]) if place else "", limit


def rows_body(
    code: str, formula: IndicatorConfig, part: str, of: list[tuple[RowSet, float]], rows: list[dict[str, Any]],
    tallies: list[indicators.Tally] | None, formulas: Mapping[str, IndicatorConfig], limit: int,
) -> dict[str, Any]:  # fmt: skip
    """`count` rows in all, and the figure they make; both only with the first page."""
    body: dict[str, Any] = {"indicator": code, "part": part, "formula": indicators.tell(code, formula), "rows": rows}
    body["next"] = write_cursor(rows[-1]["id"]) if len(rows) >= limit else None
    if tallies is not None:
        body["count"] = sum(one.n for one in tallies if any(row_set.holds(one.sets) for row_set, _ in of))
        body["figure"] = indicators.work_out(formulas, tallies)[code].shape()
    return body


def find_formula(formulas: Mapping[str, IndicatorConfig], code: str, part: str) -> IndicatorConfig:
    """Raises `NotFound`, and `Invalid` for a part the figure has not."""
    if code not in formulas:
        raise NotFound(f"no indicator is called '{code}'; there are {', '.join(formulas)}")
    if part not in (known := indicators.parts_of(formulas[code])):
        raise Invalid(f"part: of {code} one of {', '.join(known)}")
    return formulas[code]


def read_asked(call: Call, wanted: dict[str, Any]) -> Asked:
    """Subject, period, dimension and choice of a request. Raises `NotFound`, `Invalid`."""
    subject = call.path["subject"]
    if subject not in SETS:
        raise NotFound(f"there are indicators of {' and '.join(SETS)}")
    by = wanted.pop("by", "total")
    if by not in (*counted.DIMENSIONS[subject], "period"):
        raise Invalid(f"by: one of {', '.join(counted.DIMENSIONS[subject])}, period")
    period = read_period(call, wanted, subject)
    names = {"area": "area", "unit": "unit", "worker": "worker", "class": "class_code", "source": "source"}
    link = {name: str(wanted[name]) for name in names if name in wanted}
    chosen = Chosen(subject, **{names[name]: value for name, value in link.items()})
    return Asked(chosen, period, by, call.now, call.config.evaluation.of(subject), class_labels(call.config), link)


def read_period(call: Call, wanted: dict[str, Any], subject: str) -> Period:
    """`period` and `at`, or `from` and `to`, or the present month. Raises `Invalid`."""
    zone, own = call.config.area.zone, call.config.evaluation.periods(subject)
    kind, at, since, until = (wanted.pop(name, None) for name in ("period", "at", "from", "to"))
    if since is not None or until is not None:
        if since is None or until is None or kind is not None or at is not None:
            raise Invalid("give both 'from' and 'to', or 'period' and 'at'")
        return periods.span(since, until, zone)
    if at is None:
        return periods.current(kind or "month", call.now, own, zone)
    return periods.period_of(kind or "month", read_day(at), own, zone)


def read_day(text: str) -> date:
    """2026-11-21, 2026-11 or 2026. Raises `Invalid`."""
    try:
        day = date.fromisoformat(f"{text}{'-01' * (2 - text.count('-'))}")
    except ValueError as error:
        raise Invalid(f"at: '{text}' is no day; write 2026-11-21, 2026-11 or 2026") from error
    if not 1990 <= day.year <= 2200:
        raise Invalid(f"at: '{text}' is no day of ours")
    return day


def class_labels(config: Config) -> dict[str, tuple[str, str]]:
    """What classes are called; the first two digits by the group of their first class."""
    labels = {code: (one.label, one.label_en) for code, one in config.classes.items()}
    for code, one in config.classes.items():
        labels.setdefault(code[:2], (one.group, one.group))
    return labels


def get_sheet(call: Call) -> Answer:
    """The same figures as a workbook: figures, formulas, rows."""
    body = tell(call, read_params(INDICATORS_PARAMS, call.query))
    wanted = read_params(INDICATORS_PARAMS, call.query)
    asked = read_asked(call, {name: value for name, value in wanted.items() if name not in ("compare", "count")})
    everything = Behind([(RowSet(0, 0), 1.0)], limit=call.config.evaluation.rows_in_sheet)
    rows = counted.list_rows(call.connection, call.scope, asked.chosen, asked.period, everything, asked.as_of)
    book = sheets.workbook(sheets.of_body(body), asked.formulas, rows, call.config)
    return sheets.attached(book, f"{asked.chosen.subject}-{body['label']}.xlsx", sheets.XLSX)


def get_csv(call: Call) -> Answer:
    """The same figures as comma-separated text."""
    body = tell(call, read_params(INDICATORS_PARAMS, call.query))
    return sheets.attached(sheets.csv_text(sheets.of_body(body)), f"{body['subject']}-{body['label']}.csv", sheets.CSV)
