"""Every call of the API in one table: it registers, authorises and documents. A route that is not here does not exist."""

from collections.abc import Mapping
from typing import Any

from alerts.lifecycle import VERDICTS
from api import (
    rest_alerts,
    rest_backtest,
    rest_cameras,
    rest_cases,
    rest_city,
    rest_components,
    rest_desk,
    rest_devices,
    rest_dispatch,
    rest_evaluations,
    rest_incidents,
    rest_indicators,
    rest_known,
    rest_media,
    rest_metrics,
    rest_notices,
    rest_places,
    rest_quality,
    rest_routing,
    rest_rules,
    rest_session,
    rest_shifts,
    rest_silences,
    rest_standards,
    rest_storm,
    rest_work_days,
)
from api.call import Param, Route
from api.routes_analysis import ANALYSIS
from api.routes_cockpit import COCKPIT
from api.routes_emergency import EMERGENCIES
from api.routes_ledgers import LEDGERS
from api.routes_map import MAP
from api.routes_organisation import ORGANISATION
from api.routes_replay import REPLAY
from api.routes_screens import SCREENS
from api.routes_told import TOLD
from api.routes_works import WORKS
from api.shapes import ACT, ACTED, ANYBODY, BYTES, DATE, FLAG, IDS, INTEGER, NUMBER, PLACE, PUBLIC, PUT, TEXT, TEXTS, TIME, object_of

_METRIC = object_of(unit=TEXT, min=NUMBER, max=NUMBER, name=TEXT, kind={"enum": ["number", "text"]})
_LIMIT = object_of(
    ("metric",), metric=TEXT, average={"enum": ["hour", "day"]}, most=NUMBER, least=NUMBER, unit=TEXT, permit=TEXT, to=DATE,
    **{"from": DATE},
)  # fmt: skip
_LEVEL = object_of(
    ("metric", "level", "value"), metric=TEXT, level=TEXT, value=NUMBER, season={"type": ["string", "null"]}, source=TEXT, to=DATE,
    **{"from": DATE},
)  # fmt: skip
_DEVICE = object_of(
    ("device", "domain"), device=TEXT, name=TEXT, domain={"enum": ["emergency", "urban", "environment", "water"]}, area=TEXT, **PLACE,
    interval_s=NUMBER, kind=TEXT, product=TEXT, model=TEXT, firmware=TEXT, owner=TEXT, network_zone=TEXT, gateway=TEXT,
    installed_on=DATE, calibrated_on=DATE, gb_id={"type": "string", "pattern": r"^\d{20}$"}, bearing=NUMBER, angle=NUMBER,
    reach_m=NUMBER, stream_url={"type": "string", "writeOnly": True},
    limits={"type": "array", "items": _LIMIT}, target_class={"enum": ["I", "II", "III", "IV", "V", None]},
    levels={"type": "array", "items": _LEVEL},
    simulated=FLAG, drill=FLAG, metrics={"type": "object", "additionalProperties": _METRIC},
)  # fmt: skip
_BULK = object_of(
    ("ids", "act"), ids={"type": "array", "items": INTEGER}, versions={"type": "object", "additionalProperties": INTEGER}, act=TEXT,
    note=TEXT, until=TIME, account=INTEGER, verdict={"enum": list(VERDICTS)},
)  # fmt: skip
_VIEW = object_of(("name", "filters"), name=TEXT, filters={"type": "object"}, order=INTEGER, role={"type": ["string", "null"]})
_HANDOVER = object_of(("to", "password"), to=INTEGER, note=TEXT, password=TEXT)
_SHIFT_ACT = object_of(("act",), act=TEXT, note=TEXT, password=TEXT)
_CALLER = object_of((), name=TEXT, phone=TEXT, address=TEXT)
_CASE_WORDS: Mapping[str, Any] = {
    "note": TEXT, "until": TIME, "class_code": TEXT, "condition_no": INTEGER, "worker": TEXT, "unit": TEXT, "supports": TEXTS,
    "collector": TEXT, "kind": {"enum": ["extension", "suspension"]}, "parent": TEXT, "level": INTEGER, "area": TEXT,
}  # fmt: skip
_CASE_ACT = object_of(("act",), act=TEXT, accuracy_m=NUMBER, done_at=TIME, **_CASE_WORDS, **PLACE)
_CASE_BULK = object_of(
    ("numbers", "act"), numbers=TEXTS, versions={"type": "object", "additionalProperties": INTEGER}, act=TEXT, **_CASE_WORDS
)
_CASE = object_of(
    (), alert_id=INTEGER, report_id=INTEGER, incident_id=INTEGER, class_code=TEXT, title=TEXT, text=TEXT, note=TEXT, address=TEXT,
    area=TEXT, worker=TEXT, unit=TEXT, supports=TEXTS, dispatch={"type": "boolean"}, drill={"type": "boolean"}, source=TEXT,
    condition_no=INTEGER, component_code=TEXT, urgent=FLAG, level=INTEGER, global_number=TEXT, parent=TEXT, caller=_CALLER, **PLACE,
)  # fmt: skip
_MATCHER = object_of(
    (), rules=TEXTS, areas=TEXTS, cells=TEXTS, classes=TEXTS, domains=TEXTS, kinds=TEXTS, devices=TEXTS, gateways=TEXTS,
    tags=TEXTS, severity_at_most=INTEGER, severity_at_least=INTEGER,
)  # fmt: skip
_SILENCE = object_of(
    ("matcher", "until", "why"), kind={"enum": ["silence", "maintenance"]}, matcher=_MATCHER, until=TIME, why=TEXT, dry_run=FLAG,
    **{"from": TIME},
)  # fmt: skip
_READING = object_of(
    ("device", "metric", "value"), device=TEXT, metric=TEXT, value={"type": ["number", "null"]}, observed_at=TIME, quality=TEXT
)
_REPORT = object_of(
    ("source", "external_id", "channel", "title", "observed_at"), source=TEXT, external_id=TEXT, channel=TEXT, class_code=TEXT,
    title=TEXT, text=TEXT, address=TEXT, observed_at=TIME, confidence=NUMBER, media=TEXTS,
    extra={"type": "object"}, **PLACE,
)  # fmt: skip
_RULE = object_of(("why",), body={"oneOf": [{"type": "object"}, TEXT]}, back_to_file=FLAG, why=TEXT)
_BACKTEST = object_of((), to=TIME, body={"oneOf": [{"type": "object"}, TEXT]}, **{"from": TIME})
_REVISED = (
    (200, "the rule as it stands, with its revision as ETag"),
    (412, "somebody was faster: read it again"),
    (422, "`problems` tells each with path and line"),
)
_JOIN = object_of((), source=TEXT, title=TEXT, text=TEXT, address=TEXT, note=TEXT, caller=_CALLER, **PLACE)
_ROUTING = object_of(
    ("label",), rule=TEXT, label=TEXT, label_en=TEXT, classes=TEXTS, areas=TEXTS, lead_unit=TEXT, support_units=TEXTS, worker=TEXT,
    on_shift=FLAG, automatic=FLAG, enabled=FLAG, why=TEXT,
    when={"type": "array", "items": object_of((), days=TEXTS, hours=TEXT)},
)  # fmt: skip
_ISSUE = object_of((), subject={"enum": ["cases", "hotline"]}, period=TEXT, at=TEXT, to=TIME, area=TEXT, why=TEXT, **{"from": TIME})
_SCREEN = (Param("screen", "wall, duty, cockpit, field"),)
_READINGS = object_of(("readings",), readings={"type": "array", "items": _READING})
_DEVICES: Mapping[str, Any] = {"type": "array", "items": _DEVICE}
_RAW = "application/octet-stream"
_ONCE = ((201, "new"), (200, "known"))
_OPENED = ((201, "the case"),)

ROUTES: tuple[Route, ...] = (
    Route("POST", "/readings", "feed", "Take readings; answered after the commit", body=_READINGS),
    Route("GET", "/readings", "read", "Readings of a device, raw or folded", rest_devices.list_readings, rest_devices.READING_PARAMS),
    Route("GET", "/metrics", "read", "The catalogue of metrics with units, ranges and tags of water", rest_metrics.list_metrics,
          rest_metrics.METRIC_PARAMS),
    Route("POST", "/reports", "feed", "Take one report or a list, once per source and external_id", body=_REPORT, answers=_ONCE),
    Route("POST", "/feeds/{format}", "feed", "Take the raw bytes of a foreign format", body=BYTES, body_type=_RAW),
    Route("GET", "/snapshot", "screen", "All that a screen shows", params=_SCREEN),
    Route("GET", "/stream", "screen", "What changes, as Server-Sent Events", params=_SCREEN),
    Route("PUT", "/devices/{device}", "admin", "Register or change a device", rest_devices.put_device, body=_DEVICE, answers=PUT),
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
    Route("POST", "/alerts/{id}/acts", "act", "Act on an alert", rest_alerts.act_on_alert, body=ACT, answers=ACTED),
    Route("GET", "/silences", "read", "Silences and maintenance windows", rest_silences.list_silences, rest_silences.SILENCE_PARAMS),
    Route("POST", "/silences", "act", "Silence alerts for a while; `dry_run`: only tell how many", rest_silences.post_silence,
          body=_SILENCE, answers=((201, "the silence"), (200, "how many alerts it would hold"))),
    Route("GET", "/silences/{id}", "read", "One silence with its acts", rest_silences.get_silence),
    Route("POST", "/silences/{id}/acts", "act", "`end` a silence before its time", rest_silences.act_on_silence, body=ACT,
          answers=ACTED),
    Route("POST", "/alerts/acts", "act", "One act on at most 500 alerts, a transaction each", rest_desk.act_on_alerts, body=_BULK),
    Route("GET", "/reports", "read", "Reports", rest_alerts.list_reports, rest_alerts.REPORT_PARAMS),
    Route("GET", "/reports/verdicts", "read", "How often video candidates were dismissed", rest_alerts.count_verdicts,
          rest_alerts.VERDICT_PARAMS),
    Route("GET", "/reports/{id}", "read", "One report with acts, pictures and what it may repeat", rest_alerts.get_report),
    Route("GET", "/reports/{id}/caller", "act", "Who called; audited at every look", rest_alerts.get_caller),
    Route("POST", "/reports/{id}/acts", "act", "Act on a report", rest_alerts.act_on_report, body=ACT, answers=ACTED),
    Route("GET", "/incidents", "read", "Incidents", rest_alerts.list_incidents, rest_alerts.INCIDENT_PARAMS),
    Route("GET", "/incidents/{id}", "read", "One incident with its acts", rest_alerts.get_incident),
    Route("POST", "/incidents/{id}/acts", "act", "Act on an incident", rest_alerts.act_on_incident, body=ACT, answers=ACTED),
    Route("GET", "/incidents/{id}/similar", "read", "Past incidents like this one, and how they ended", rest_incidents.get_similar),
    Route("GET", "/incidents/{id}/nearby", "read", "Devices near an incident, and cameras that see it", rest_incidents.get_nearby,
          rest_incidents.NEARBY_PARAMS),
    Route("POST", "/incidents/{id}/reports", "act", "Another caller for an incident in hand, instead of a second case",
          rest_known.post_report, body=_JOIN, answers=((201, "report_id, incident_id and the case's number"),)),
    Route("GET", "/cases", "read", "Cases", rest_cases.list_cases, rest_cases.CASE_PARAMS),
    Route("POST", "/cases", "act", "Open a case, from something or by hand", rest_cases.open_case, body=_CASE, answers=_OPENED),
    Route("GET", "/cases/known", "read", "What is in hand already near a spot or under an address", rest_known.list_known,
          rest_known.KNOWN_PARAMS),
    Route("GET", "/cases/queue", "read", "The dispatch desk's queue of open cases by tab, the most urgent first", rest_dispatch.list_queue,
          rest_dispatch.QUEUE_PARAMS),
    Route("GET", "/cases/queue/counts", "read", "How many open cases each tab and each light holds", rest_dispatch.count_queue,
          rest_dispatch.COUNT_PARAMS),
    Route("GET", "/cases/{number}/candidates", "read", "Who could get a case: on shift, load, distance", rest_dispatch.list_candidates,
          rest_dispatch.CANDIDATE_PARAMS),
    Route("POST", "/cases/acts", "act", "One act on at most 200 cases, a transaction each", rest_cases.act_on_cases, body=_CASE_BULK),
    Route("GET", "/cases/adjustments", "read", "Cases with a request for time or a suspension that waits for a word",
          rest_known.list_adjustments, rest_known.ADJUSTMENT_PARAMS),
    Route("GET", "/cases/{number}", "read", "One case with acts, clocks, units, requests, audit, media and time left", rest_cases.get_case),
    Route("POST", "/cases/{number}/acts", "act", "Move a case, or act beside its stage", rest_cases.act_on_case, body=_CASE_ACT,
          answers=ACTED),
    Route("POST", "/media", "act", "A picture or voice note for a case or a report", rest_media.post_media, rest_media.MEDIA_PARAMS,
          BYTES, "image/jpeg", ((201, "media_id"),)),
    Route("GET", "/media", "read", "The latest pictures of a report or a device", rest_media.list_media, rest_media.MEDIA_LIST_PARAMS),
    Route("GET", "/media/{media_id}", "read", "A picture", rest_media.get_media),
    Route("GET", "/queue", "read", "Work items, what needs attention next on top", rest_desk.get_queue, rest_desk.QUEUE_PARAMS),
    Route("GET", "/queue/counts", "read", "How many work items, by kind and severity", rest_desk.count_queue, rest_desk.COUNT_PARAMS),
    Route("GET", "/approvals", "read", "Acts that wait for a second person", rest_desk.list_approvals, rest_desk.APPROVAL_PARAMS),
    Route("POST", "/approvals/{id}/acts", "act", "Approve, refuse or withdraw", rest_desk.act_on_approval, body=ACT),
    Route("GET", "/notices", "read", "What I was told on my desk", rest_notices.list_notices, rest_notices.NOTICE_PARAMS),
    Route("POST", "/notices/acts", "act", "`see` notices of mine", rest_notices.act_on_notices,
          body=object_of(("act", "ids"), act=TEXT, ids=IDS)),
    Route("GET", "/people", "read", "Whom work can be given to, and who is on shift", rest_desk.list_people, rest_desk.PEOPLE_PARAMS),
    Route("GET", "/views", "read", "My saved views, and those shared with my role", rest_desk.list_views),
    Route("POST", "/views", "act", "Save a view of mine", rest_desk.post_view, body=_VIEW, answers=((201, "the view"),)),
    Route("DELETE", "/views/{id}", "act", "Forget a view of mine", rest_desk.delete_view),
    Route("GET", "/shifts/current", "read", "My shift, what I hold, and what is offered to me", rest_shifts.get_current),
    Route("POST", "/shifts", "act", "Begin a shift", rest_shifts.post_shift, answers=((201, "as GET /shifts/current"),)),
    Route("POST", "/shifts/handover", "act", "Offer my shift to a successor, signed", rest_shifts.post_handover, body=_HANDOVER,
          answers=((201, "as GET /shifts/current"), (429, "locked")), secret=True),
    Route("POST", "/shifts/{id}/acts", "act", "Accept (signed) or decline; end or withdraw my own", rest_shifts.act_on_shift,
          body=_SHIFT_ACT, answers=(*ACTED, (429, "locked")), secret=True),
    Route("GET", "/cells", "screen", "Grid cells without outlines", rest_city.list_cells, rest_city.CELL_PARAMS),
    Route("GET", "/cells/{cell_id}", "screen", "A cell and what is in it", rest_city.get_cell),
    Route("GET", "/areas", "read", "Areas", rest_city.list_areas),
    Route("GET", "/layers", "screen", "Map layers", rest_city.list_layers),
    Route("GET", "/grid", "screen", "The cells as screens draw them, with ETag", rest_city.get_grid),
    Route("GET", "/layers/{name}", "screen", "A layer as GeoJSON, with ETag", rest_city.get_layer),
    Route("GET", "/gazetteer/matches", "read", "What an address may mean", rest_places.list_matches, rest_places.MATCH_PARAMS),
    Route("GET", "/gazetteer/taught", "read", "Addresses that people placed", rest_places.list_taught, rest_places.TAUGHT_PARAMS),
    Route("POST", "/gazetteer/taught/{id}/acts", "act", "`forget` what was taught", rest_places.act_on_taught, body=ACT),
    Route("GET", "/rules", "read", "Rules in force, and how often each rang", rest_rules.list_rules, rest_rules.RULE_PARAMS),
    Route("GET", "/rules/{rule}", "read", "One rule with its words", rest_rules.get_rule),
    Route("GET", "/rules/{rule}/history", "read", "Who changed a rule, when, why and what", rest_rules.get_history,
          rest_rules.HISTORY_PARAMS),
    Route("PUT", "/rules/{rule}", "admin", "Change or add a rule, or go back to the file's", rest_rules.put_rule, rest_rules.PUT_PARAMS,
          body=_RULE, answers=_REVISED),
    Route("POST", "/rules/{rule}/backtest", "admin", "Play a rule, or changed words, over what is stored", rest_backtest.post_backtest,
          body=_BACKTEST),
    Route("DELETE", "/rules/{rule}", "admin", "Withdraw a rule", rest_rules.delete_rule, body=object_of(("why",), why=TEXT),
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
    Route("POST", "/routing/{rule}/trial", "admin", "What the last cases would have been proposed with a rule; nothing is kept",
          rest_routing.post_trial, body=object_of((), words={"type": ["object", "null"]}, last=INTEGER)),
    Route("DELETE", "/routing/{rule}", "admin", "Withdraw a routing rule", rest_routing.delete_routing, body=object_of(("why",), why=TEXT)),
    Route("GET", "/classes", "read", "Event classes and their deadlines", rest_city.list_classes),
    Route("GET", "/standards", "read", "Class standards: conditions, limits, units", rest_standards.list_standards,
          rest_standards.STANDARDS_PARAMS),
    Route("POST", "/standards/table", "admin", "What a city's table would change, and with `apply` the change",
          rest_standards.post_standards, rest_standards.FILE_PARAMS, BYTES, _RAW),
    Route("GET", "/work-time", "read", "Office hours and days off", rest_work_days.get_work_time),
    Route("GET", "/work-days/{year}", "read", "A year's days: worked or not, and why", rest_work_days.get_year),
    Route("PUT", "/work-days/{year}", "admin", "The city's own corrections of a year, all of them", rest_work_days.put_year,
          body=object_of(("days", "why"), days={"type": "array", "items": object_of(("day", "works"), day=DATE, works=FLAG, note=TEXT)},
                         why=TEXT),
          answers=_REVISED[:2]),
    Route("POST", "/work-days/table", "admin", "What a table of days would change, and with `apply` the change", rest_work_days.post_table,
          rest_work_days.FILE_PARAMS, BYTES, _RAW),
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
          body=object_of(("login", "password"), login=TEXT, password=TEXT), answers=((201, "signed in"), (429, "locked"))),
    Route("DELETE", "/session", PUBLIC, "Sign out", rest_session.delete_session, answers=((204, "signed out"),)),
    *ANALYSIS,
    *MAP,
    *COCKPIT,
    *EMERGENCIES,
    *TOLD,
    *LEDGERS,
    *ORGANISATION,
    *REPLAY,
    *SCREENS,
    *WORKS,
)  # fmt: skip

SCREEN = Route(
    "GET", "/screen/{token}", PUBLIC, "Bind this browser to a wall's view", rest_session.enter_screen, answers=((303, "to the view"),)
)
