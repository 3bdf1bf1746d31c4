"""Cases and pictures over HTTP."""

from typing import Any

from api import photos
from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_cursor, read_filter, read_params, read_time
from api.places import place_of_fields
from api.problems import Gone
from api.rest_alerts import acted, read_act, shown
from core.errors import Invalid, NotAllowed
from store import cases, media, openings, reports, shifts
from store.acts import Act

CASE_PARAMS = (
    Param("stage", "one or more, comma-separated", "list"), Param("state", "the same as stage", "list"),
    Param("class", "class code"),
    Param("severity", "one or more of 1 to 5", "list"), AREA, Param("cell", "cell_id or cell code"),
    Param("incident", "incident id", "integer"),
    Param("overdue", "true or false", "boolean"), Param("mine", "only those dispatched to me", "boolean"), *SPAN, *PAGE,
)  # fmt: skip
MEDIA_PARAMS = (Param("case", "case number"), Param("report", "report id", "integer"), Param("role", "before, after, evidence"))
MEDIA_LIST_PARAMS = (Param("report", "report id", "integer"), Param("device", "device"))
_OPENING_FIELDS = {
    "alert_id", "report_id", "incident_id", "class_code", "title", "text", "note", "dispatch", "lon", "lat", "datum", "cell_code",
    "area", "address", "drill", "worker",
}  # fmt: skip


def list_cases(call: Call) -> Answer:
    wanted = read_params(CASE_PARAMS, call.query)
    after = read_cursor(wanted.get("next"), str, str)
    if wanted.pop("mine", False):
        wanted["handler_id"] = call.scope.account_id if call.scope.account_id is not None else -1
    filter_ = read_filter(wanted)
    rows = cases.list_cases(call.connection, call.scope, filter_, (read_time("next", after[0]).isoformat(), after[1]) if after else None)
    return page("cases", rows, filter_.limit, "opened_at", "number")


def get_case(call: Call) -> Answer:
    return shown(cases.get_case(call.connection, call.scope, call.path["number"], call.now))


def act_on_case(call: Call) -> Answer:
    number, act = call.path["number"], read_act(call)
    return acted(
        call,
        lambda: cases.act_on_case(call.connection, number, act),
        lambda: cases.get_case(call.connection, call.scope, number, call.now),
    )


def open_case(call: Call) -> Answer:
    fields = call.fields()
    unknown = sorted(fields.keys() - _OPENING_FIELDS)
    if unknown:
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_OPENING_FIELDS))}")
    opening = _read_opening(call, fields)
    note = fields.get("note") or ""
    extra = {"worker": fields["worker"]} if fields.get("worker") else {}
    act = Act("open", call.scope, call.now, str(note).strip(), None, extra, call.address)
    shifts.be_on(call.connection, call.scope, call.now)
    number = openings.open_case(call.connection, opening, act, call.config)
    shape = cases.get_case(call.connection, call.scope, number, call.now)
    return shown(shape, 201, {"Location": f"/api/v1/cases/{number}"})


def _read_opening(call: Call, fields: dict[str, Any]) -> openings.Opening:
    ids = {name: fields.get(name) for name in ("alert_id", "report_id", "incident_id")}
    texts = {name: fields.get(name) for name in ("class_code", "title", "text", "address", "area")}
    if any(value is not None and not isinstance(value, str) for value in texts.values()):
        raise Invalid("class_code, title, text, address and area are texts")
    by_hand: dict[str, Any] = {}
    if all(value is None for value in ids.values()):
        by_hand = {"text": texts["text"], "address": texts["address"], "drill": fields.get("drill") is True}
        if fields.get("lon") is not None or fields.get("lat") is not None or fields.get("cell_code"):
            by_hand |= place_of_fields(call, fields)
        elif texts["area"]:
            by_hand["area"] = texts["area"]
    return openings.Opening(
        **ids, class_code=texts["class_code"], title=texts["title"], fields=by_hand, dispatch=fields.get("dispatch") is True
    )


def post_media(call: Call) -> Answer:
    """Take a picture for a case or a report the caller can see; people who handle or run the desk may."""
    wanted = read_params(MEDIA_PARAMS, call.query)
    role, number, report_id = wanted.get("role", "evidence"), wanted.get("case"), wanted.get("report")
    if role not in media.ROLES or (number is None) == (report_id is None):
        raise Invalid(f"name a case or a report, and a role of {', '.join(media.ROLES)}")
    if number is not None:
        row = cases.lock_case(call.connection, call.scope, number)
        if role == "after" and row["handler_id"] not in {None, call.scope.account_id} and call.scope.role in {"handler", "grid_worker"}:
            raise NotAllowed("this case was dispatched to somebody else")
    else:
        row = reports.lock_report(call.connection, call.scope, int(report_id or 0))
    photo = photos.read_photo(call.body, call.config.area.zone)
    media_id = media.keep_photo(call.media, photo.jpeg)
    medium = media.Medium(media_id, photo.sha256, "image/jpeg", len(photo.jpeg), role, photo.lon, photo.lat, photo.taken_at)
    act = Act("add_photo", call.scope, call.now, address=call.address)
    media.add_medium(call.connection, medium, row["area"], number, report_id, act)
    return Answer(
        {"media_id": media_id, "url": f"/api/v1/media/{media_id}", "bytes": len(photo.jpeg)}, 201, {"Location": f"/api/v1/media/{media_id}"}
    )


def list_media(call: Call) -> Answer:
    """Pictures of one report or one device, whoever brought them: people, cameras, stations."""
    wanted = read_params(MEDIA_LIST_PARAMS, call.query)
    report_id, device = wanted.get("report"), wanted.get("device")
    if (report_id is None) == (device is None):
        raise Invalid("name a report or a device")
    return Answer({"media": media.list_media(call.connection, call.scope, report_id, device)})


def get_media(call: Call) -> Answer:
    row = media.get_medium(call.connection, call.scope, call.path["media_id"])
    if row["ended_at"] is not None:
        raise Gone(f"the picture ended on {row['ended_at'].astimezone(call.config.area.zone):%Y-%m-%d}", row["ended_at"], row["ended_why"])
    path = media.path_of(call.media, row["media_id"])
    if not path.is_file():
        raise Gone("the picture's file is missing")
    # The name never means another picture; `private`: the next user of the browser must ask again.
    return Answer(path.read_bytes(), headers={"Cache-Control": "private, max-age=3600, immutable"}, media_type=row["kind"])
