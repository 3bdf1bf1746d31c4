"""The calls about orders, hazards, enterprises, the duty log and the morning report: a part of the table in `api.routes`."""

from api import rest_duty_log, rest_enterprises, rest_hazards, rest_ledgers, rest_orders, sent_rows
from api.call import Route
from api.papers import PAPER_PARAMS
from api.shapes import ACT, ACTED, BYTES, FLAG, PLACE, PUT, TEXT, TIME, object_of

_ORDER = object_of(("case", "text"), case=TEXT, text=TEXT, due_at=TIME)
_HAZARD = object_of(
    ("title",), title=TEXT, text=TEXT, level={"enum": ["general", "major"]}, address=TEXT, area=TEXT, enterprise=TEXT, unit=TEXT,
    until=TIME, measures=TEXT, drill=FLAG, **PLACE,
)  # fmt: skip
_HAZARD_ACT = object_of(
    ("act",), act=TEXT, note=TEXT, unit=TEXT, until=TIME, measures=TEXT, level={"enum": ["general", "major"]}
)  # fmt: skip
_ENTERPRISE = object_of(
    (), code=TEXT, name=TEXT, kind=TEXT, area=TEXT, address=TEXT, risk={"type": ["string", "integer"]}, why=TEXT, unit=TEXT,
    contact=TEXT, phone=TEXT, note=TEXT, **PLACE,
)  # fmt: skip
_ENTERPRISE_ACT = object_of(("act", "note"), act=TEXT, note=TEXT, risk={"type": ["string", "integer", "null"]})
_LOG_ENTRY = object_of((), text=TEXT, at=TIME, origin=TEXT, left_out=FLAG, why=TEXT, drill=FLAG)
_AMENDMENT = object_of(("act", "text", "note"), act=TEXT, text=TEXT, note=TEXT)

LEDGERS: tuple[Route, ...] = (
    Route("GET", "/orders", "read", "Expedite orders (督办) with their cases", rest_orders.list_orders, rest_orders.ORDER_PARAMS),
    Route("POST", "/orders", "act", "Issue an order on a case; the case counts it", rest_orders.post_order, body=_ORDER,
          answers=((201, "the order"),)),
    Route("GET", "/orders/{id}", "read", "One order with its acts", rest_orders.get_order),
    Route("POST", "/orders/{id}/acts", "act", "`feedback`, `return`, `close`, `withdraw`", rest_orders.act_on_order, body=ACT,
          answers=ACTED),
    Route("GET", "/hazards", "read", "The ledger of hazards (隐患)", rest_hazards.list_hazards, rest_hazards.HAZARD_PARAMS),
    Route("POST", "/hazards", "act", "Write a hazard down; with a `unit` it is assigned at once", rest_hazards.post_hazard, body=_HAZARD,
          answers=((201, "the hazard"),)),
    Route("GET", "/hazards/{id}", "read", "One hazard with acts, pictures and audit", rest_hazards.get_hazard),
    Route("POST", "/hazards/{id}/acts", "act", "`assign`, `rectify`, `verify`, `return`, `close`, `void`", rest_hazards.act_on_hazard,
          body=_HAZARD_ACT, answers=ACTED),
    Route("POST", "/hazards/{id}/photos", "act", "A picture of a hazard", rest_hazards.post_photo, rest_hazards.PHOTO_PARAMS, BYTES,
          "image/jpeg", ((201, "media_id"),)),
    Route("GET", "/enterprises", "read", "Enterprises and sites with their risk; as GeoJSON: points for a map",
          rest_enterprises.list_enterprises, rest_enterprises.ENTERPRISE_PARAMS),
    Route("POST", "/enterprises", "act", "A CSV or Excel file of enterprises: what it would change row by row; with `apply` it is taken",
          rest_enterprises.post_file, sent_rows.FILE_PARAMS, BYTES, "application/octet-stream"),
    Route("GET", "/enterprises/{code}", "read", "One enterprise with the history of its risk", rest_enterprises.get_enterprise),
    Route("PUT", "/enterprises/{code}", "act", "Write an enterprise down or change it", rest_enterprises.put_enterprise, body=_ENTERPRISE,
          answers=PUT),
    Route("POST", "/enterprises/{code}/acts", "act", "`set_risk`, `end`, `reopen`, each with a reason", rest_enterprises.act_on_enterprise,
          body=_ENTERPRISE_ACT, answers=ACTED),
    Route("GET", "/enterprises/{code}/contact", "act", "Whom to call, in full; audited at every look", rest_enterprises.get_contact),
    Route("GET", "/duty-log", "read", "The duty log (值班日志) with amendments and signatures", rest_duty_log.list_entries,
          rest_duty_log.LOG_PARAMS),
    Route("POST", "/duty-log", "act", "Write a line, of one's own or from a proposal", rest_duty_log.post_entry, body=_LOG_ENTRY,
          answers=((201, "the entry"),)),
    Route("GET", "/duty-log/proposals", "read", "What happened in my shift and stands in no entry yet", rest_duty_log.list_proposals),
    Route("GET", "/duty-log/signatures", "read", "Who signed for which entries, and whether they are still the same",
          rest_duty_log.list_signatures, rest_duty_log.SIGNATURE_PARAMS),
    Route("POST", "/duty-log/{id}/acts", "act", "`amend`: what it said stays", rest_duty_log.act_on_entry, body=_AMENDMENT,
          answers=ACTED),
    Route("GET", "/morning-report", "read", "Morning reports (早报), the newest first", rest_duty_log.list_reports,
          rest_duty_log.MORNING_PARAMS),
    Route("POST", "/morning-report", "act", "Make one of the last 24 hours", rest_duty_log.post_report, answers=((201, "the report"),)),
    Route("GET", "/morning-report/{id}", "read", "One report with its facts and papers", rest_duty_log.get_report),
    Route("GET", "/morning-report/{id}/{file}", "read", "`paper.html`, a page that prints, or `paper.pdf`", rest_duty_log.get_paper,
          PAPER_PARAMS),
    Route("GET", "/ledgers/{file}", "read", "A ledger as .csv or .xlsx: orders, hazards, enterprises, works, duty-log, morning-report",
          rest_ledgers.get_export, rest_ledgers.EXPORT_PARAMS),
    Route("GET", "/codes", "read", "Code tables: public emergencies, kinds of enterprises, levels of hazards", rest_enterprises.get_codes),
)  # fmt: skip
