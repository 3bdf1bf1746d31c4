"""Every call of the API in one table: it registers, authorises and documents. A route that is not here does not exist."""

from collections.abc import Mapping
from typing import Any

from alerts.lifecycle import VERDICTS
from api import (
    rest_alerts,
    rest_backtest,
    rest_brief,
    rest_cameras,
    rest_cases,
    rest_city,
    rest_components,
    rest_contacts,
    rest_desk,
    rest_devices,
    rest_duty_log,
    rest_emergency,
    rest_enterprises,
    rest_evaluations,
    rest_hazards,
    rest_hotline,
    rest_incidents,
    rest_indicators,
    rest_known,
    rest_ledgers,
    rest_media,
    rest_metrics,
    rest_notices,
    rest_orders,
    rest_places,
    rest_push,
    rest_quality,
    rest_resources,
    rest_routing,
    rest_rules,
    rest_session,
    rest_shifts,
    rest_silences,
    rest_standards,
    rest_storm,
)
from api.call import Param, Route
from api.papers import PAPER_PARAMS
from api.routes_organisation import ORGANISATION
from geodata.datums import DATUMS

PUBLIC = "public"
ANYBODY = ""  # signed in, whatever the scope

_TEXT: Mapping[str, Any] = {"type": "string"}
_NUMBER: Mapping[str, Any] = {"type": "number"}
_INTEGER: Mapping[str, Any] = {"type": "integer"}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
_IDS: Mapping[str, Any] = {"type": "array", "items": {"type": "integer"}}
_TIME: Mapping[str, Any] = {"type": "string", "format": "date-time"}
_DATE: Mapping[str, Any] = {"type": "string", "format": "date"}
_FLAG: Mapping[str, Any] = {"type": "boolean"}


def _object(required: tuple[str, ...] = (), **fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "required": list(required), "properties": fields} if required else {"type": "object", "properties": fields}


_PLACE = {"lon": _NUMBER, "lat": _NUMBER, "datum": {"enum": list(DATUMS)}, "cell_code": _TEXT}
_ACT = _object(
    ("act",), act=_TEXT, note=_TEXT, until=_TIME, class_code=_TEXT, incident_id=_INTEGER, worker=_TEXT, place_id=_INTEGER,
    account={"type": ["integer", "null"]}, verdict={"enum": list(VERDICTS)}, alerts=_IDS, reports=_IDS, incidents=_IDS, title=_TEXT,
    accuracy_m=_NUMBER, done_at=_TIME, **_PLACE,
)  # fmt: skip
_EMERGENCY = _object(
    ("act",), act=_TEXT, note=_TEXT, type=_TEXT, level={"type": "integer", "minimum": 1, "maximum": 4}, plan=_TEXT, commander=_TEXT
)
_TASK = _object(("title",), title=_TEXT, text=_TEXT, resource_id=_INTEGER, unit_id=_INTEGER, due_at=_TIME, also=_FLAG)
_RESOURCE = _object(
    ("kind", "name", "area"), kind=_TEXT, name=_TEXT, name_en=_TEXT, area=_TEXT, tags=_TEXTS, unit=_TEXT, lon=_NUMBER, lat=_NUMBER,
    datum={"enum": list(DATUMS)}, address=_TEXT, quantity=_NUMBER, measure=_TEXT, note=_TEXT, person=_TEXT, phone=_TEXT, out=_FLAG,
)  # fmt: skip
_METRIC = _object(unit=_TEXT, min=_NUMBER, max=_NUMBER, name=_TEXT, kind={"enum": ["number", "text"]})
_LIMIT = _object(
    ("metric",), metric=_TEXT, average={"enum": ["hour", "day"]}, most=_NUMBER, least=_NUMBER, unit=_TEXT, permit=_TEXT, to=_DATE,
    **{"from": _DATE},
)  # fmt: skip
_LEVEL = _object(
    ("metric", "level", "value"), metric=_TEXT, level=_TEXT, value=_NUMBER, season={"type": ["string", "null"]}, source=_TEXT, to=_DATE,
    **{"from": _DATE},
)  # fmt: skip
_DEVICE = _object(
    ("device", "domain"), device=_TEXT, name=_TEXT, domain={"enum": ["emergency", "urban", "environment", "water"]}, area=_TEXT, **_PLACE,
    interval_s=_NUMBER, kind=_TEXT, product=_TEXT, model=_TEXT, firmware=_TEXT, owner=_TEXT, network_zone=_TEXT, gateway=_TEXT,
    installed_on=_DATE, calibrated_on=_DATE, gb_id={"type": "string", "pattern": r"^\d{20}$"}, bearing=_NUMBER, angle=_NUMBER,
    reach_m=_NUMBER, stream_url={"type": "string", "writeOnly": True},
    limits={"type": "array", "items": _LIMIT}, target_class={"enum": ["I", "II", "III", "IV", "V", None]},
    levels={"type": "array", "items": _LEVEL},
    simulated=_FLAG, drill=_FLAG, metrics={"type": "object", "additionalProperties": _METRIC},
)  # fmt: skip
_BULK = _object(
    ("ids", "act"), ids={"type": "array", "items": _INTEGER}, versions={"type": "object", "additionalProperties": _INTEGER}, act=_TEXT,
    note=_TEXT, until=_TIME, account=_INTEGER, verdict={"enum": list(VERDICTS)},
)  # fmt: skip
_REVISIT = _object(
    ("ticket_no", "revisit_at"), ticket_no=_TEXT, external_id=_TEXT, revisit_at=_TIME, unit=_TEXT, channel=_TEXT, valid=_FLAG,
    contacted=_FLAG, solved=_FLAG, satisfaction={"enum": ["satisfied", "basically_satisfied", "dissatisfied", None]},
)  # fmt: skip
_REVISITS = _object((), source=_TEXT, revisits={"type": "array", "items": _REVISIT})
_CONTACTS = _object(
    phone=_TEXT, mail=_TEXT, robots={"type": "object"}, language={"enum": ["zh", "en"]}, quiet_from={"type": ["string", "null"]},
    quiet_to={"type": ["string", "null"]},
)  # fmt: skip
_VIEW = _object(("name", "filters"), name=_TEXT, filters={"type": "object"}, order=_INTEGER, role={"type": ["string", "null"]})
_HANDOVER = _object(("to", "password"), to=_INTEGER, note=_TEXT, password=_TEXT)
_SHIFT_ACT = _object(("act",), act=_TEXT, note=_TEXT, password=_TEXT)
_CALLER = _object((), name=_TEXT, phone=_TEXT, address=_TEXT)
_CASE_WORDS: Mapping[str, Any] = {
    "note": _TEXT, "until": _TIME, "class_code": _TEXT, "condition_no": _INTEGER, "worker": _TEXT, "unit": _TEXT, "supports": _TEXTS,
    "collector": _TEXT, "kind": {"enum": ["extension", "suspension"]}, "parent": _TEXT, "level": _INTEGER, "area": _TEXT,
}  # fmt: skip
_CASE_ACT = _object(("act",), act=_TEXT, accuracy_m=_NUMBER, done_at=_TIME, **_CASE_WORDS, **_PLACE)
_CASE_BULK = _object(
    ("numbers", "act"), numbers=_TEXTS, versions={"type": "object", "additionalProperties": _INTEGER}, act=_TEXT, **_CASE_WORDS
)
_CASE = _object(
    (), alert_id=_INTEGER, report_id=_INTEGER, incident_id=_INTEGER, class_code=_TEXT, title=_TEXT, text=_TEXT, note=_TEXT, address=_TEXT,
    area=_TEXT, worker=_TEXT, unit=_TEXT, supports=_TEXTS, dispatch={"type": "boolean"}, drill={"type": "boolean"}, source=_TEXT,
    condition_no=_INTEGER, component_code=_TEXT, urgent=_FLAG, level=_INTEGER, global_number=_TEXT, parent=_TEXT, caller=_CALLER, **_PLACE,
)  # fmt: skip
_MATCHER = _object(
    (), rules=_TEXTS, areas=_TEXTS, cells=_TEXTS, classes=_TEXTS, domains=_TEXTS, kinds=_TEXTS, devices=_TEXTS, gateways=_TEXTS,
    tags=_TEXTS, severity_at_most=_INTEGER, severity_at_least=_INTEGER,
)  # fmt: skip
_SILENCE = _object(
    ("matcher", "until", "why"), kind={"enum": ["silence", "maintenance"]}, matcher=_MATCHER, until=_TIME, why=_TEXT, dry_run=_FLAG,
    **{"from": _TIME},
)  # fmt: skip
_READING = _object(
    ("device", "metric", "value"), device=_TEXT, metric=_TEXT, value={"type": ["number", "null"]}, observed_at=_TIME, quality=_TEXT
)
_REPORT = _object(
    ("source", "external_id", "channel", "title", "observed_at"), source=_TEXT, external_id=_TEXT, channel=_TEXT, class_code=_TEXT,
    title=_TEXT, text=_TEXT, address=_TEXT, observed_at=_TIME, confidence=_NUMBER, media=_TEXTS,
    extra={"type": "object"}, **_PLACE,
)  # fmt: skip
_ACTED = (
    (200, "the thing as it is now, with its ETag"),
    (409, "the stage does not know this act"),
    (412, "somebody was faster: `present` shows it"),
)
_RULE = _object(("why",), body={"oneOf": [{"type": "object"}, _TEXT]}, back_to_file=_FLAG, why=_TEXT)
_BACKTEST = _object((), to=_TIME, body={"oneOf": [{"type": "object"}, _TEXT]}, **{"from": _TIME})
_REVISED = (
    (200, "the rule as it stands, with its revision as ETag"),
    (412, "somebody was faster: read it again"),
    (422, "`problems` tells each with path and line"),
)
_JOIN = _object((), source=_TEXT, title=_TEXT, text=_TEXT, address=_TEXT, note=_TEXT, caller=_CALLER, **_PLACE)
_ROUTING = _object(
    ("label",), rule=_TEXT, label=_TEXT, label_en=_TEXT, classes=_TEXTS, areas=_TEXTS, lead_unit=_TEXT, support_units=_TEXTS, worker=_TEXT,
    on_shift=_FLAG, automatic=_FLAG, enabled=_FLAG, why=_TEXT,
    when={"type": "array", "items": _object((), days=_TEXTS, hours=_TEXT)},
)  # fmt: skip
_ISSUE = _object((), subject={"enum": ["cases", "hotline"]}, period=_TEXT, at=_TEXT, to=_TIME, area=_TEXT, why=_TEXT, **{"from": _TIME})
_ORDER = _object(("case", "text"), case=_TEXT, text=_TEXT, due_at=_TIME)
_HAZARD = _object(
    ("title",), title=_TEXT, text=_TEXT, level={"enum": ["general", "major"]}, address=_TEXT, area=_TEXT, enterprise=_TEXT, unit=_TEXT,
    until=_TIME, measures=_TEXT, drill=_FLAG, **_PLACE,
)  # fmt: skip
_HAZARD_ACT = _object(
    ("act",), act=_TEXT, note=_TEXT, unit=_TEXT, until=_TIME, measures=_TEXT, level={"enum": ["general", "major"]}
)  # fmt: skip
_ENTERPRISE = _object(
    (), code=_TEXT, name=_TEXT, kind=_TEXT, area=_TEXT, address=_TEXT, risk={"type": ["string", "integer"]}, why=_TEXT, unit=_TEXT,
    contact=_TEXT, phone=_TEXT, note=_TEXT, **_PLACE,
)  # fmt: skip
_ENTERPRISE_ACT = _object(("act", "note"), act=_TEXT, note=_TEXT, risk={"type": ["string", "integer", "null"]})
_LOG_ENTRY = _object((), text=_TEXT, at=_TIME, origin=_TEXT, left_out=_FLAG, why=_TEXT, drill=_FLAG)
_AMENDMENT = _object(("act", "text", "note"), act=_TEXT, text=_TEXT, note=_TEXT)
_SCREEN = (Param("screen", "wall, duty, cockpit, field"),)
_READINGS = _object(("readings",), readings={"type": "array", "items": _READING})
_DEVICES: Mapping[str, Any] = {"type": "array", "items": _DEVICE}
_BYTES: Mapping[str, Any] = {"type": "string", "format": "binary"}
_RAW = "application/octet-stream"
_PUT = ((200, "changed"), (201, "new"))
_ONCE = ((201, "new"), (200, "known"))
_OPENED = ((201, "the case"),)

ROUTES: tuple[Route, ...] = (
    Route("POST", "/readings", "feed", "Take readings; answered after the commit", body=_READINGS),
    Route("GET", "/readings", "read", "Readings of a device, raw or folded", rest_devices.list_readings, rest_devices.READING_PARAMS),
    Route("GET", "/metrics", "read", "The catalogue of metrics with units, ranges and tags of water", rest_metrics.list_metrics,
          rest_metrics.METRIC_PARAMS),
    Route("POST", "/reports", "feed", "Take one report or a list, once per source and external_id", body=_REPORT, answers=_ONCE),
    Route("POST", "/feeds/{format}", "feed", "Take the raw bytes of a foreign format", body=_BYTES, body_type=_RAW),
    Route("GET", "/snapshot", "screen", "All that a screen shows", params=_SCREEN),
    Route("GET", "/stream", "screen", "What changes, as Server-Sent Events", params=_SCREEN),
    Route("PUT", "/devices/{device}", "admin", "Register or change a device", rest_devices.put_device, body=_DEVICE, answers=_PUT),
    Route("POST", "/devices", "admin", "Register a list of devices, all or none", rest_devices.post_devices, body=_DEVICES),
    Route("GET", "/devices", "read", "Devices", rest_devices.list_devices, rest_devices.DEVICE_PARAMS),
    Route("GET", "/devices/summary", "read", "How many devices are offline, by owner and by kind", rest_devices.summarise_devices,
          rest_devices.SUMMARY_PARAMS),
    Route("GET", "/devices/{device}", "read", "One device with its latest values", rest_devices.get_device),
    Route("GET", "/cameras", "read", "Cameras and how long each was online", rest_cameras.list_cameras, rest_cameras.CAMERA_PARAMS),
    Route("GET", "/cameras/summary", "read", "How many cameras are online, and for how much of a day and a week",
          rest_cameras.summarise_cameras, rest_cameras.SUMMARY_PARAMS),
    Route("GET", "/cameras/coverage", "read", "How many cells cameras reach, and those that none does", rest_cameras.cover_cells,
          rest_cameras.COVERAGE_PARAMS),
    Route("GET", "/cameras/{device}/stream", "act", "Where a camera's picture is fetched; audited at every look", rest_cameras.get_stream),
    Route("GET", "/rejected", "read", "Refused input with reason and raw bytes", rest_devices.list_rejected, rest_devices.REJECTED_PARAMS),
    Route("GET", "/alerts", "read", "Alerts", rest_alerts.list_alerts, rest_alerts.ALERT_PARAMS),
    Route("GET", "/alerts/{id}", "read", "One alert with its acts", rest_alerts.get_alert),
    Route("POST", "/alerts/{id}/acts", "act", "Act on an alert", rest_alerts.act_on_alert, body=_ACT, answers=_ACTED),
    Route("GET", "/silences", "read", "Silences and maintenance windows", rest_silences.list_silences, rest_silences.SILENCE_PARAMS),
    Route("POST", "/silences", "act", "Silence alerts for a while; `dry_run`: only tell how many", rest_silences.post_silence,
          body=_SILENCE, answers=((201, "the silence"), (200, "how many alerts it would hold"))),
    Route("GET", "/silences/{id}", "read", "One silence with its acts", rest_silences.get_silence),
    Route("POST", "/silences/{id}/acts", "act", "`end` a silence before its time", rest_silences.act_on_silence, body=_ACT,
          answers=_ACTED),
    Route("POST", "/alerts/acts", "act", "One act on at most 500 alerts, a transaction each", rest_desk.act_on_alerts, body=_BULK),
    Route("GET", "/reports", "read", "Reports", rest_alerts.list_reports, rest_alerts.REPORT_PARAMS),
    Route("GET", "/reports/verdicts", "read", "How often video candidates were dismissed", rest_alerts.count_verdicts,
          rest_alerts.VERDICT_PARAMS),
    Route("GET", "/reports/{id}", "read", "One report with acts, pictures and what it may repeat", rest_alerts.get_report),
    Route("GET", "/reports/{id}/caller", "act", "Who called; audited at every look", rest_alerts.get_caller),
    Route("POST", "/reports/{id}/acts", "act", "Act on a report", rest_alerts.act_on_report, body=_ACT, answers=_ACTED),
    Route("GET", "/incidents", "read", "Incidents", rest_alerts.list_incidents, rest_alerts.INCIDENT_PARAMS),
    Route("GET", "/plans", "read", "The library of plans, with the types of public emergencies", rest_emergency.list_plans),
    Route("GET", "/emergencies", "read", "Incidents that are emergencies", rest_emergency.list_emergencies,
          rest_emergency.EMERGENCY_PARAMS),
    Route("GET", "/incidents/{id}/emergency", "read", "What was declared on an incident, or could be: plan, tasks, log, briefs",
          rest_emergency.get_emergency),
    Route("POST", "/incidents/{id}/emergency", "act", "Declare, set_level, activate a plan, note, end", rest_emergency.act_on_emergency,
          body=_EMERGENCY, answers=_ACTED),
    Route("POST", "/incidents/{id}/tasks", "act", "Give a task to a team or unit", rest_emergency.give_task, body=_TASK,
          answers=((201, "the task"),)),
    Route("POST", "/tasks/{id}/acts", "act", "What a team says of its task, or the command of it", rest_emergency.act_on_task, body=_ACT,
          answers=_ACTED),
    Route("POST", "/incidents/{id}/briefs", "act", "Write a situation brief from what is stored", rest_brief.write,
          answers=((201, "the brief with its facts"),)),
    Route("GET", "/briefs/{id}", "read", "A brief with the facts it was written from", rest_brief.get),
    Route("GET", "/briefs/{id}/{file}", "read", "`paper.html` or `paper.pdf`", rest_brief.get_paper, PAPER_PARAMS),
    Route("GET", "/resources", "read", "Teams, equipment, materials, shelters, hospitals, experts, contacts, hazards; near a place",
          rest_resources.list_resources, rest_resources.RESOURCE_PARAMS),
    Route("PUT", "/resources/{code}", "act or admin", "Keep a resource by hand", rest_resources.put_resource, body=_RESOURCE,
          answers=((201, "new"), (200, "changed"))),
    Route("GET", "/resources/{code}/contact", "act", "Whom to call; audited at every look", rest_resources.get_contact),
    Route("GET", "/incidents/{id}", "read", "One incident with its acts", rest_alerts.get_incident),
    Route("POST", "/incidents/{id}/acts", "act", "Act on an incident", rest_alerts.act_on_incident, body=_ACT, answers=_ACTED),
    Route("GET", "/incidents/{id}/similar", "read", "Past incidents like this one, and how they ended", rest_incidents.get_similar),
    Route("GET", "/incidents/{id}/nearby", "read", "Devices near an incident, and cameras that see it", rest_incidents.get_nearby,
          rest_incidents.NEARBY_PARAMS),
    Route("POST", "/incidents/{id}/reports", "act", "Another caller for an incident in hand, instead of a second case",
          rest_known.post_report, body=_JOIN, answers=((201, "report_id, incident_id and the case's number"),)),
    Route("GET", "/cases", "read", "Cases", rest_cases.list_cases, rest_cases.CASE_PARAMS),
    Route("POST", "/cases", "act", "Open a case, from something or by hand", rest_cases.open_case, body=_CASE, answers=_OPENED),
    Route("GET", "/cases/known", "read", "What is in hand already near a spot or under an address", rest_known.list_known,
          rest_known.KNOWN_PARAMS),
    Route("POST", "/cases/acts", "act", "One act on at most 200 cases, a transaction each", rest_cases.act_on_cases, body=_CASE_BULK),
    Route("GET", "/cases/adjustments", "read", "Cases with a request for time or a suspension that waits for a word",
          rest_known.list_adjustments, rest_known.ADJUSTMENT_PARAMS),
    Route("GET", "/cases/{number}", "read", "One case with acts, clocks, units, requests, audit, media and time left", rest_cases.get_case),
    Route("POST", "/cases/{number}/acts", "act", "Move a case, or act beside its stage", rest_cases.act_on_case, body=_CASE_ACT,
          answers=_ACTED),
    Route("POST", "/media", "act", "A picture or voice note for a case or a report", rest_media.post_media, rest_media.MEDIA_PARAMS,
          _BYTES, "image/jpeg", ((201, "media_id"),)),
    Route("GET", "/media", "read", "The latest pictures of a report or a device", rest_media.list_media, rest_media.MEDIA_LIST_PARAMS),
    Route("GET", "/media/{media_id}", "read", "A picture", rest_media.get_media),
    Route("GET", "/queue", "read", "Work items, what needs attention next on top", rest_desk.get_queue, rest_desk.QUEUE_PARAMS),
    Route("GET", "/queue/counts", "read", "How many work items, by kind and severity", rest_desk.count_queue, rest_desk.COUNT_PARAMS),
    Route("GET", "/approvals", "read", "Acts that wait for a second person", rest_desk.list_approvals, rest_desk.APPROVAL_PARAMS),
    Route("POST", "/approvals/{id}/acts", "act", "Approve, refuse or withdraw", rest_desk.act_on_approval, body=_ACT),
    Route("GET", "/notices", "read", "What I was told on my desk", rest_notices.list_notices, rest_notices.NOTICE_PARAMS),
    Route("POST", "/notices/acts", "act", "`see` notices of mine", rest_notices.act_on_notices,
          body=_object(("act", "ids"), act=_TEXT, ids=_IDS)),
    Route("GET", "/hotline/tickets", "read", "Tickets of the hotline with their own stage, clock and answer", rest_hotline.list_tickets,
          rest_hotline.TICKET_PARAMS),
    Route("GET", "/hotline/tickets/{id}", "read", "One ticket with its acts and what the platform was told", rest_hotline.get_ticket),
    Route("POST", "/hotline/tickets/{id}/acts", "act", "accept, answer, reply, return, merge, close", rest_hotline.act_on_ticket,
          body=_object(("act",), act=_TEXT, note=_TEXT, into={"oneOf": [_TEXT, _INTEGER]}), answers=_ACTED),
    Route("GET", "/hotline/revisits", "read", "What revisits found", rest_hotline.list_revisits, rest_hotline.REVISIT_PARAMS),
    Route("POST", "/hotline/revisits", "feed", "Take revisits of the platform, each once", rest_hotline.post_revisits, body=_REVISITS),
    Route("GET", "/told", "read", "Who was told of an alert, incident or case, when it arrived and was read", rest_contacts.get_told,
          rest_contacts.TOLD_PARAMS),
    Route("GET", "/push", ANYBODY, "The key for Web Push, and my browsers", rest_push.get_push),
    Route("POST", "/push", ANYBODY, "Subscribe or unsubscribe this browser; say that a notification was opened", rest_push.post_push,
          body=_object(act=_TEXT, endpoint=_TEXT, keys={"type": "object"}, id=_TEXT), answers=((201, "subscribed"), (200, "done"))),
    Route("GET", "/people/me/contacts", ANYBODY, "How I am reached, masked, and my quiet hours", rest_contacts.get_my_contacts),
    Route("PUT", "/people/me/contacts", ANYBODY, "Change how I am reached", rest_contacts.put_my_contacts, body=_CONTACTS),
    Route("GET", "/people/{account}/contacts", "admin", "How somebody is reached, masked", rest_contacts.get_contacts),
    Route("PUT", "/people/{account}/contacts", "admin", "Change how somebody is reached", rest_contacts.put_contacts, body=_CONTACTS),
    Route("POST", "/notify/{channel}/receipts", PUBLIC, "A gateway tells, signed, that a message arrived or was read",
          rest_contacts.post_receipts, body=_object(receipts={"type": "array", "items": {"type": "object"}})),
    Route("GET", "/people", "read", "Whom work can be given to, and who is on shift", rest_desk.list_people, rest_desk.PEOPLE_PARAMS),
    Route("GET", "/views", "read", "My saved views, and those shared with my role", rest_desk.list_views),
    Route("POST", "/views", "act", "Save a view of mine", rest_desk.post_view, body=_VIEW, answers=((201, "the view"),)),
    Route("DELETE", "/views/{id}", "act", "Forget a view of mine", rest_desk.delete_view),
    Route("GET", "/shifts/current", "read", "My shift, what I hold, and what is offered to me", rest_shifts.get_current),
    Route("POST", "/shifts", "act", "Begin a shift", rest_shifts.post_shift, answers=((201, "as GET /shifts/current"),)),
    Route("POST", "/shifts/handover", "act", "Offer my shift to a successor, signed", rest_shifts.post_handover, body=_HANDOVER,
          answers=((201, "as GET /shifts/current"), (429, "locked")), secret=True),
    Route("POST", "/shifts/{id}/acts", "act", "Accept (signed) or decline; end or withdraw my own", rest_shifts.act_on_shift,
          body=_SHIFT_ACT, answers=(*_ACTED, (429, "locked")), secret=True),
    Route("GET", "/orders", "read", "Expedite orders (督办) with their cases", rest_orders.list_orders, rest_orders.ORDER_PARAMS),
    Route("POST", "/orders", "act", "Issue an order on a case; the case counts it", rest_orders.post_order, body=_ORDER,
          answers=((201, "the order"),)),
    Route("GET", "/orders/{id}", "read", "One order with its acts", rest_orders.get_order),
    Route("POST", "/orders/{id}/acts", "act", "`feedback`, `return`, `close`, `withdraw`", rest_orders.act_on_order, body=_ACT,
          answers=_ACTED),
    Route("GET", "/hazards", "read", "The ledger of hazards (隐患)", rest_hazards.list_hazards, rest_hazards.HAZARD_PARAMS),
    Route("POST", "/hazards", "act", "Write a hazard down; with a `unit` it is assigned at once", rest_hazards.post_hazard, body=_HAZARD,
          answers=((201, "the hazard"),)),
    Route("GET", "/hazards/{id}", "read", "One hazard with acts, pictures and audit", rest_hazards.get_hazard),
    Route("POST", "/hazards/{id}/acts", "act", "`assign`, `rectify`, `verify`, `return`, `close`, `void`", rest_hazards.act_on_hazard,
          body=_HAZARD_ACT, answers=_ACTED),
    Route("POST", "/hazards/{id}/photos", "act", "A picture of a hazard", rest_hazards.post_photo, rest_hazards.PHOTO_PARAMS, _BYTES,
          "image/jpeg", ((201, "media_id"),)),
    Route("GET", "/enterprises", "read", "Enterprises and sites with their risk; as GeoJSON: points for a map",
          rest_enterprises.list_enterprises, rest_enterprises.ENTERPRISE_PARAMS),
    Route("GET", "/enterprises/{code}", "read", "One enterprise with the history of its risk", rest_enterprises.get_enterprise),
    Route("PUT", "/enterprises/{code}", "act", "Write an enterprise down or change it", rest_enterprises.put_enterprise, body=_ENTERPRISE,
          answers=_PUT),
    Route("POST", "/enterprises/{code}/acts", "act", "`set_risk`, `end`, `reopen`, each with a reason", rest_enterprises.act_on_enterprise,
          body=_ENTERPRISE_ACT, answers=_ACTED),
    Route("GET", "/enterprises/{code}/contact", "act", "Whom to call, in full; audited at every look", rest_enterprises.get_contact),
    Route("GET", "/duty-log", "read", "The duty log (值班日志) with amendments and signatures", rest_duty_log.list_entries,
          rest_duty_log.LOG_PARAMS),
    Route("POST", "/duty-log", "act", "Write a line, of one's own or from a proposal", rest_duty_log.post_entry, body=_LOG_ENTRY,
          answers=((201, "the entry"),)),
    Route("GET", "/duty-log/proposals", "read", "What happened in my shift and stands in no entry yet", rest_duty_log.list_proposals),
    Route("GET", "/duty-log/signatures", "read", "Who signed for which entries, and whether they are still the same",
          rest_duty_log.list_signatures, rest_duty_log.SIGNATURE_PARAMS),
    Route("POST", "/duty-log/{id}/acts", "act", "`amend`: what it said stays", rest_duty_log.act_on_entry, body=_AMENDMENT,
          answers=_ACTED),
    Route("GET", "/morning-report", "read", "Morning reports (早报), the newest first", rest_duty_log.list_reports,
          rest_duty_log.MORNING_PARAMS),
    Route("POST", "/morning-report", "act", "Make one of the last 24 hours", rest_duty_log.post_report, answers=((201, "the report"),)),
    Route("GET", "/morning-report/{id}", "read", "One report with its facts and papers", rest_duty_log.get_report),
    Route("GET", "/morning-report/{id}/{file}", "read", "`paper.html`, a page that prints, or `paper.pdf`", rest_duty_log.get_paper,
          PAPER_PARAMS),
    Route("GET", "/ledgers/{file}", "read", "A ledger as a file: orders, hazards, enterprises, duty-log, morning-report, as .csv or .xlsx",
          rest_ledgers.get_export, rest_ledgers.EXPORT_PARAMS),
    Route("GET", "/codes", "read", "Code tables: public emergencies, kinds of enterprises, levels of hazards", rest_enterprises.get_codes),
    Route("GET", "/cells", "screen", "Grid cells without outlines", rest_city.list_cells, rest_city.CELL_PARAMS),
    Route("GET", "/cells/{cell_id}", "screen", "A cell and what is in it", rest_city.get_cell),
    Route("GET", "/areas", "read", "Areas", rest_city.list_areas),
    Route("GET", "/layers", "screen", "Map layers", rest_city.list_layers),
    Route("GET", "/layers/{name}", "screen", "A layer as GeoJSON, with ETag", rest_city.get_layer),
    Route("GET", "/gazetteer/matches", "read", "What an address may mean", rest_places.list_matches, rest_places.MATCH_PARAMS),
    Route("GET", "/gazetteer/taught", "read", "Addresses that people placed", rest_places.list_taught, rest_places.TAUGHT_PARAMS),
    Route("POST", "/gazetteer/taught/{id}/acts", "act", "`forget` what was taught", rest_places.act_on_taught, body=_ACT),
    Route("GET", "/rules", "read", "Rules in force, and how often each rang", rest_rules.list_rules, rest_rules.RULE_PARAMS),
    Route("GET", "/rules/{rule}", "read", "One rule with its words", rest_rules.get_rule),
    Route("GET", "/rules/{rule}/history", "read", "Who changed a rule, when, why and what", rest_rules.get_history,
          rest_rules.HISTORY_PARAMS),
    Route("PUT", "/rules/{rule}", "admin", "Change or add a rule, or go back to the file's", rest_rules.put_rule, rest_rules.PUT_PARAMS,
          body=_RULE, answers=_REVISED),
    Route("POST", "/rules/{rule}/backtest", "admin", "Play a rule, or changed words, over what is stored", rest_backtest.post_backtest,
          body=_BACKTEST),
    Route("DELETE", "/rules/{rule}", "admin", "Withdraw a rule", rest_rules.delete_rule, body=_object(("why",), why=_TEXT),
          answers=_REVISED),
    Route("GET", "/components", "read", "City components near a spot, and whose they are", rest_components.list_components,
          rest_components.COMPONENT_PARAMS),
    Route("GET", "/components/{code}", "read", "One city component", rest_components.get_component),
    Route("GET", "/routing", "read", "Routing rules, and how many of their cases came back", rest_routing.list_routing,
          rest_routing.ROUTING_PARAMS),
    Route("POST", "/routing", "admin", "A new routing rule", rest_routing.post_routing, body=_ROUTING, answers=((201, "the rule"),)),
    Route("GET", "/routing/proposal", "read", "Who a case of a class at a place would go to now, and why", rest_routing.get_proposal,
          rest_routing.PROPOSAL_PARAMS),
    Route("GET", "/routing/{rule}", "read", "One routing rule with its history", rest_routing.get_routing),
    Route("PUT", "/routing/{rule}", "admin", "Change a routing rule, or bring it back", rest_routing.put_routing, body=_ROUTING),
    Route("DELETE", "/routing/{rule}", "admin", "Withdraw a routing rule", rest_routing.delete_routing, body=_object(("why",), why=_TEXT)),
    Route("GET", "/classes", "read", "Event classes and their deadlines", rest_city.list_classes),
    Route("GET", "/standards", "read", "Class standards: conditions, limits, units", rest_standards.list_standards,
          rest_standards.STANDARDS_PARAMS),
    Route("GET", "/work-time", "read", "Office hours and days off", rest_standards.get_work_time),
    Route("GET", "/indicators", "read", "Rates of a day with numerator and denominator", rest_indicators.list_indicators,
          rest_indicators.TODAY_PARAMS),
    Route("GET", "/indicators/{subject}", "read", "Indicators of cases or hotline by a dimension, compared, with the way to their rows",
          rest_indicators.get_indicators, rest_indicators.INDICATORS_PARAMS),
    Route("GET", "/indicators/{subject}.xlsx", "read", "The same as a workbook: figures, formulas, rows", rest_indicators.get_sheet,
          rest_indicators.INDICATORS_PARAMS),
    Route("GET", "/indicators/{subject}.csv", "read", "The same as CSV", rest_indicators.get_csv, rest_indicators.INDICATORS_PARAMS),
    Route("GET", "/indicators/{subject}/{code}/rows", "read", "The rows a figure was computed from", rest_indicators.get_rows,
          rest_indicators.ROWS_PARAMS),
    Route("GET", "/evaluations", "read", "Frozen period reports", rest_evaluations.list_evaluations, rest_evaluations.LIST_PARAMS),
    Route("POST", "/evaluations", "act", "Freeze the report of a period; again, with `why`: its next version",
          rest_evaluations.post_evaluation, body=_ISSUE, answers=((201, "the report"), (409, "there is one: say why"))),
    Route("GET", "/evaluations/{id}", "read", "One report as it was frozen; `with` another: what differs", rest_evaluations.get_evaluation,
          rest_evaluations.REPORT_PARAMS),
    Route("GET", "/evaluations/{id}.xlsx", "read", "A report as a workbook", rest_evaluations.get_sheet),
    Route("GET", "/evaluations/{id}.csv", "read", "A report as CSV", rest_evaluations.get_csv),
    Route("GET", "/evaluations/{id}/rows", "read", "The rows a frozen figure was computed from", rest_evaluations.get_rows,
          rest_evaluations.ROWS_PARAMS),
    Route("GET", "/feeds", "screen", "How the feeds are", rest_city.list_feeds),
    Route("GET", "/probe", "screen", "The proof of the path: the last one, and each leg over an hour", rest_city.get_probe),
    Route("GET", "/quality", "read", "How good the data of feeds and devices are, hour by hour", rest_quality.get_quality,
          rest_quality.QUALITY_PARAMS),
    Route("GET", "/derived", "screen", "Figures that standards define, with inputs and version", rest_quality.list_derived,
          rest_quality.DERIVED_PARAMS),
    Route("GET", "/storm", "read", "Whether more arrives than the desk can take; open signals by street and class", rest_storm.get_storm),
    Route("GET", "/alerts/load", "read", "What the desk had to bear, in the figures of ISA-18.2", rest_storm.get_load,
          rest_storm.LOAD_PARAMS),
    Route("GET", "/audit", "read", "Who did what; for auditors", rest_city.list_audit, rest_city.AUDIT_PARAMS),
    Route("GET", "/me", ANYBODY, "Who I am and what I may do", rest_city.get_me),
    Route("POST", "/session", PUBLIC, "Sign in: sets the cookies", rest_session.post_session,
          body=_object(("login", "password"), login=_TEXT, password=_TEXT), answers=((201, "signed in"), (429, "locked"))),
    Route("DELETE", "/session", PUBLIC, "Sign out", rest_session.delete_session, answers=((204, "signed out"),)),
    *ORGANISATION,
)  # fmt: skip

SCREEN = Route(
    "GET", "/screen/{token}", PUBLIC, "Bind this browser to a wall's view", rest_session.enter_screen, answers=((303, "to the view"),)
)
