"""Pictures and voice notes in and out. What they are decides `ingest`; where a phone says it made one is kept by `store.field`."""

from typing import Any

from api import photos
from api.call import Answer, Call, Param, read_params
from api.phone import PARAMS, said_of
from api.problems import Gone
from core.errors import Invalid, NotAllowed
from dispatch.plausible import Said
from ingest.voices import is_voice
from store import cases, field, media, reports
from store.acts import Act

MEDIA_PARAMS = (
    Param("case", "case number"), Param("report", "report id", "integer"), Param("role", "before, after, evidence"),
    Param("seconds", "how long a voice note lasts", "number"), *PARAMS,
)  # fmt: skip
MEDIA_LIST_PARAMS = (Param("report", "report id", "integer"), Param("device", "device"))
_HANDLING = {"handler", "grid_worker"}


def post_media(call: Call) -> Answer:
    """Take a picture or voice note for a case or a report the caller can see; people who handle or run the desk may."""
    wanted = read_params(MEDIA_PARAMS, call.query)
    role, number, report_id = wanted.get("role", "evidence"), wanted.get("case"), wanted.get("report")
    if role not in media.ROLES or (number is None) == (report_id is None):
        raise Invalid(f"name a case or a report, and a role of {', '.join(media.ROLES)}")
    if number is not None:
        row = cases.lock_case(call.connection, call.scope, number)
        if role == "after" and row["handler_id"] not in {None, call.scope.account_id} and call.scope.role in _HANDLING:
            raise NotAllowed("this case was dispatched to somebody else")
    else:
        row = reports.lock_report(call.connection, call.scope, int(report_id or 0))
    said = said_of(wanted, call.headers)
    medium, said = _voice(call, role, said, wanted) if is_voice(call.body) else _photo(call, role, said)
    act = Act("add_voice" if medium.kind.startswith("audio/") else "add_photo", call.scope, call.now, address=call.address)
    media.add_medium(call.connection, medium, row["area"], number, report_id, act)
    if number is not None:
        field.photograph(call.connection, number, medium.media_id, act, said, call.config.field)
    url = f"{media.ADDRESS}{medium.media_id}"
    return Answer({"media_id": medium.media_id, "url": url, "kind": medium.kind, "bytes": medium.bytes}, 201, {"Location": url})


def _photo(call: Call, role: str, said: Said) -> tuple[media.Medium, Said]:
    """The camera's own place and time count before the phone's."""
    photo = photos.read_photo(call.body, call.config.area.zone)
    if photo.lon is not None:
        said = Said(photo.lon, photo.lat, None, said.done_at, said.sent_at)
    media_id = media.keep_photo(call.media, photo.jpeg)
    taken_at = photo.taken_at or said.done_at
    return media.Medium(media_id, photo.sha256, "image/jpeg", len(photo.jpeg), role, said.lon, said.lat, taken_at), said


def _voice(call: Call, role: str, said: Said, wanted: dict[str, Any]) -> tuple[media.Medium, Said]:
    """Words prove nothing: a voice note is never the picture of a result."""
    if role != "evidence":
        raise Invalid("a voice note has the role evidence")
    voice = photos.read_voice(call.body)
    seconds = wanted.get("seconds")
    if seconds is not None and not 0 <= seconds <= call.config.field.voice_seconds + 5:
        raise Invalid(f"a voice note lasts at most {call.config.field.voice_seconds} s")
    media_id = media.keep_voice(call.media, voice.content)
    return media.Medium(media_id, voice.sha256, voice.kind, len(voice.content), role, said.lon, said.lat, said.done_at, seconds), said


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
