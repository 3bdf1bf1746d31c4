"""The duty log (值班日志) and the morning report (早报) over HTTP."""

from dataclasses import replace
from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params, read_time
from api.papers import answer_paper, texts
from api.problems import read_etag
from api.rest_alerts import act_of, acted, shown
from core.errors import Invalid
from core.plain import fault_of_text
from store import duty_log, morning
from store.acts import Act

LOG_PARAMS = (AREA, Param("left_out", "true: also proposals that were left out", "boolean"), *SPAN, *PAGE)
SIGNATURE_PARAMS = (*SPAN, *PAGE)
MORNING_PARAMS = (AREA, *SPAN, *PAGE)
_LONGEST = 4000


def list_entries(call: Call) -> Answer:
    wanted = read_params(LOG_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = replace(read_filter(wanted), after=after)
    return page("entries", duty_log.list_entries(call.connection, call.scope, filter_), filter_.limit, "id")


def list_proposals(call: Call) -> Answer:
    return Answer({"proposals": duty_log.list_proposals(call.connection, call.scope, call.now)})


def list_signatures(call: Call) -> Answer:
    filter_ = read_filter(read_params(SIGNATURE_PARAMS, call.query))
    return Answer({"signatures": duty_log.list_signatures(call.connection, call.scope, filter_)})


def post_entry(call: Call) -> Answer:
    """A line of one's shift: `{text, at?, origin?, left_out?, why?, drill?}`."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - {"text", "at", "origin", "left_out", "why", "drill"}):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}")
    at = read_time("at", fields["at"]) if fields.get("at") else None
    origin = _text(fields, "origin", 100) or None
    entry = duty_log.Entry(
        _text(fields, "text"), at, origin, fields.get("left_out") is True, _text(fields, "why"), fields.get("drill") is True
    )
    entry_id = duty_log.write(call.connection, entry, Act("write", call.scope, call.now, address=call.address))
    return shown(_read(call, entry_id), 201)


def _read(call: Call, entry_id: int) -> dict[str, Any]:
    return duty_log.get_entry(call.connection, call.scope, entry_id)


def _text(fields: dict[str, Any], name: str, longest: int = _LONGEST) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > longest:
        raise Invalid(f"{name}: a text of at most {longest} letters")
    if fault := fault_of_text(value):
        raise Invalid(f"{name}: {fault}")
    return value


def act_on_entry(call: Call) -> Answer:
    """`amend` with the new `text` and a `note` that says why."""
    fields, entry_id = call.fields(), call.number("id")
    text = _text(fields, "text")
    fields.pop("text", None)
    act = act_of(call, fields, read_etag(call.headers.get("If-Match")))
    if act.act != "amend":
        raise Invalid("act: amend")
    return acted(call, lambda: duty_log.amend(call.connection, entry_id, text, act), lambda: _read(call, entry_id))


def list_reports(call: Call) -> Answer:
    wanted = read_params(MORNING_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = replace(read_filter(wanted), after=after)
    return page("reports", morning.list_reports(call.connection, call.scope, filter_), filter_.limit, "id")


def post_report(call: Call) -> Answer:
    """Make one of the last 24 hours, now."""
    act = Act("make", call.scope, call.now, address=call.address)
    report_id = morning.make(call.connection, act, call.config, texts())
    return Answer(_report(call, report_id), 201, {"Location": f"/api/v1/morning-report/{report_id}"})


def get_report(call: Call) -> Answer:
    return Answer(_report(call, call.number("id")))


def _report(call: Call, report_id: int) -> dict[str, Any]:
    return morning.get_report(call.connection, call.scope, report_id)


def get_paper(call: Call) -> Answer:
    """The report as a page that prints, or as PDF; both as they were written when it was made."""
    report = _report(call, call.number("id"))
    return answer_paper(call, report["papers"], report["made_at"], f"morning-{report['day']}-{report['id']}")
