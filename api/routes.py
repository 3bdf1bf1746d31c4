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
    rest_desk,
    rest_devices,
    rest_incidents,
    rest_metrics,
    rest_notices,
    rest_places,
    rest_quality,
    rest_rules,
    rest_session,
    rest_shifts,
    rest_silences,
    rest_storm,
)
from api.call import Param, Route
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
    **_PLACE,
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
_VIEW = _object(("name", "filters"), name=_TEXT, filters={"type": "object"}, order=_INTEGER, role={"type": ["string", "null"]})
_HANDOVER = _object(("to", "password"), to=_INTEGER, note=_TEXT, password=_TEXT)
_SHIFT_ACT = _object(("act",), act=_TEXT, note=_TEXT, password=_TEXT)
_CASE = _object(
    (), alert_id=_INTEGER, report_id=_INTEGER, incident_id=_INTEGER, class_code=_TEXT, title=_TEXT, text=_TEXT, note=_TEXT, address=_TEXT,
    area=_TEXT, worker=_TEXT, dispatch={"type": "boolean"}, drill={"type": "boolean"}, **_PLACE,
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
    Route("GET", "/incidents/{id}", "read", "One incident with its acts", rest_alerts.get_incident),
    Route("POST", "/incidents/{id}/acts", "act", "Act on an incident", rest_alerts.act_on_incident, body=_ACT, answers=_ACTED),
    Route("GET", "/incidents/{id}/similar", "read", "Past incidents like this one, and how they ended", rest_incidents.get_similar),
    Route("GET", "/incidents/{id}/nearby", "read", "Devices near an incident, and cameras that see it", rest_incidents.get_nearby,
          rest_incidents.NEARBY_PARAMS),
    Route("GET", "/cases", "read", "Cases", rest_cases.list_cases, rest_cases.CASE_PARAMS),
    Route("POST", "/cases", "act", "Open a case, from something or by hand", rest_cases.open_case, body=_CASE, answers=_OPENED),
    Route("GET", "/cases/{number}", "read", "One case with acts, audit, media and time left", rest_cases.get_case),
    Route("POST", "/cases/{number}/acts", "act", "Move a case", rest_cases.act_on_case, body=_ACT, answers=_ACTED),
    Route("POST", "/media", "act", "A picture for a case or a report", rest_cases.post_media, rest_cases.MEDIA_PARAMS,
          _BYTES, "image/jpeg", ((201, "media_id"),)),
    Route("GET", "/media", "read", "The latest pictures of a report or a device", rest_cases.list_media, rest_cases.MEDIA_LIST_PARAMS),
    Route("GET", "/media/{media_id}", "read", "A picture", rest_cases.get_media),
    Route("GET", "/queue", "read", "Work items, what needs attention next on top", rest_desk.get_queue, rest_desk.QUEUE_PARAMS),
    Route("GET", "/queue/counts", "read", "How many work items, by kind and severity", rest_desk.count_queue, rest_desk.COUNT_PARAMS),
    Route("GET", "/approvals", "read", "Acts that wait for a second person", rest_desk.list_approvals, rest_desk.APPROVAL_PARAMS),
    Route("POST", "/approvals/{id}/acts", "act", "Approve, refuse or withdraw", rest_desk.act_on_approval, body=_ACT),
    Route("GET", "/notices", "read", "What I was told on my desk", rest_notices.list_notices, rest_notices.NOTICE_PARAMS),
    Route("POST", "/notices/acts", "act", "`see` notices of mine", rest_notices.act_on_notices,
          body=_object(("act", "ids"), act=_TEXT, ids=_IDS)),
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
    Route("GET", "/classes", "read", "Event classes and their deadlines", rest_city.list_classes),
    Route("GET", "/indicators", "read", "Indicators with numerator and denominator", rest_city.list_indicators, rest_city.INDICATOR_PARAMS),
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
)  # fmt: skip

SCREEN = Route(
    "GET", "/screen/{token}", PUBLIC, "Bind this browser to a wall's view", rest_session.enter_screen, answers=((303, "to the view"),)
)
