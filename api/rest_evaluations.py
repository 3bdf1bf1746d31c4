"""Frozen period reports over HTTP: issued, listed, read, compared, drilled into, exported."""

from collections.abc import Mapping
from typing import Any

from api import evaluation_sheets as sheets
from api import rest_indicators as live
from api.call import AREA, PAGE, Answer, Call, Param, page, read_id_cursor, read_params
from core.errors import Invalid, NotAllowed
from core.evaluation_config import IndicatorConfig
from core.row_sets import SETS, RowSet
from dispatch import indicators
from store import evaluations
from store import indicators as counted
from store.acts import Act
from store.indicators import Behind

ISSUERS = frozenset({"leader", "supervisor", "dispatcher", "admin"})
LIST_PARAMS = (Param("subject", "cases or hotline"), Param("period", "day, week, month, quarter, year or span"), AREA, *PAGE)
REPORT_PARAMS = (Param("with", "id of another report of the same subject: figures of both, and their difference", "integer"),)
ROWS_PARAMS = (
    Param("indicator", "its code"), live.PART, Param("by", "dimension"),
    Param("key", f"one key of it; {counted.NOBODY}: rows that have none"),
    Param("span", f"{', '.join(evaluations.SPANS)}: whose rows, the report's own period's unless given"), *PAGE,
)  # fmt: skip
_FIELDS = {"subject", "period", "at", "from", "to", "area", "why"}


def list_evaluations(call: Call) -> Answer:
    wanted = read_params(LIST_PARAMS, call.query)
    after, limit = read_id_cursor(wanted.get("next")) or 2**31 - 1, wanted.get("limit", 100)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    rows = evaluations.list_evaluations(
        call.connection, call.scope, area=wanted.get("area", ""), subject=wanted.get("subject"), kind=wanted.get("period"),
        after=after, limit=limit,
    )  # fmt: skip
    return page("evaluations", rows, limit, "id")


def post_evaluation(call: Call) -> Answer:
    """Freeze a period. Issued again it needs `why`, and becomes the next version."""
    if call.scope.role not in ISSUERS and "admin" not in call.identity.scopes:
        raise NotAllowed(f"reports are issued by {', '.join(sorted(ISSUERS))}")
    fields = call.fields()
    unknown = sorted(fields.keys() - _FIELDS)
    if unknown:
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    if any(not isinstance(value, str) for value in fields.values()):
        raise Invalid("all fields are texts")
    subject = fields.get("subject", "cases")
    if subject not in SETS:
        raise Invalid(f"subject: {' or '.join(SETS)}")
    named = {name: str(value) for name, value in fields.items() if name in {"period", "at", "from", "to"}}
    period = live.read_period(call, read_params(live.INDICATORS_PARAMS, named), subject)
    area = fields.get("area") or (call.scope.areas[0] if len(call.scope.areas) == 1 else call.config.area.code)
    wanted = evaluations.Issue(
        subject, area, period, live.compared_with(call.config, subject, period), call.config.evaluation.of(subject),
        live.class_labels(call.config), str(fields.get("why", "")).strip(),
    )  # fmt: skip
    evaluation_id = evaluations.issue(call.connection, wanted, Act("issue", call.scope, call.now, wanted.why, address=call.address))
    report = evaluations.get_evaluation(call.connection, call.scope, evaluation_id)
    return Answer(report, 201, {"Location": f"/api/v1/evaluations/{evaluation_id}"})


def get_evaluation(call: Call) -> Answer:
    """As it was frozen; `with` another one the differences of all figures both have."""
    other = read_params(REPORT_PARAMS, call.query).get("with")
    report = _report(call)
    if other is None:
        return Answer(report)
    against = evaluations.get_evaluation(call.connection, call.scope, other)
    if against["subject"] != report["subject"]:
        raise Invalid("with: a report of the same subject")
    return Answer({**report, "with": against, "differences": differences(report, against)})


def differences(report: Mapping[str, Any], against: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Figures that differ in value, numerator or denominator, or whose formula changed; in the order of the report."""
    other = {(by, row["key"]): row["figures"] for by, rows in against["figures"].items() for row in rows}
    ids, other_ids = ({one["code"]: one["formula_id"] for one in each["formulas"]} for each in (report, against))
    found = []
    for by, rows in report["figures"].items():
        for row in rows:
            for code, figure in row["figures"].items():
                was = other.get((by, row["key"]), {}).get(code)
                same_formula = ids[code] == other_ids.get(code)
                if was != figure or not same_formula:
                    found.append({"by": by, "key": row["key"], "name": row["name"], "indicator": code, "figure": figure, "with": was,
                                  "same_formula": same_formula})  # fmt: skip
    return found


def get_rows(call: Call) -> Answer:
    """The rows of a frozen figure, whatever became of them since."""
    wanted = read_params(ROWS_PARAMS, call.query)
    report = _report(call)
    part, key, after, limit = live.read_behind(wanted)
    by, code, span = wanted.get("by", "total"), wanted.get("indicator", ""), wanted.get("span", evaluations.SPANS[0])
    if span not in evaluations.SPANS:
        raise Invalid(f"span: one of {', '.join(evaluations.SPANS)}")
    if by not in counted.DIMENSIONS[report["subject"]]:
        raise Invalid(f"by: one of {', '.join(counted.DIMENSIONS[report['subject']])}")
    formulas = _formulas(report)
    formula = live.find_formula(formulas, code, part)
    of = indicators.rows_of(formula, part)
    rows = evaluations.list_rows(call.connection, report, Behind(of, by, key, after, limit), span) if of else []
    tallies = None if after else evaluations.tallies(call.connection, report, by, key, span)
    return Answer(live.rows_body(code, formula, part, of, rows, tallies, formulas, limit))


def _report(call: Call) -> dict[str, Any]:
    return evaluations.get_evaluation(call.connection, call.scope, call.number("id"))


def _formulas(report: Mapping[str, Any]) -> dict[str, IndicatorConfig]:
    """The formulas of a report as it froze them."""
    known = IndicatorConfig.model_fields
    return {
        told["code"]: IndicatorConfig.model_validate({name: value for name, value in told.items() if name in known})
        for told in report["formulas"]
    }


def get_sheet(call: Call) -> Answer:
    report = _report(call)
    everything = Behind([(RowSet(0, 0), 1.0)], limit=call.config.evaluation.rows_in_sheet)
    rows = evaluations.list_rows(call.connection, report, everything)
    book = sheets.workbook(sheets.of_report(report), _formulas(report), rows, call.config)
    return sheets.attached(book, f"{_name(report)}.xlsx", sheets.XLSX)


def get_csv(call: Call) -> Answer:
    report = _report(call)
    return sheets.attached(sheets.csv_text(sheets.of_report(report)), f"{_name(report)}.csv", sheets.CSV)


def _name(report: Mapping[str, Any]) -> str:
    return f"{report['subject']}-{report['area']}-{report['label']}-v{report['version']}"
