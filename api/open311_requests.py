"""Reports as service requests of Open311 GeoReport v2: which ones, their status, and what a sender's fields become.

Decides what a citizen's application may ask for and what is shown: reports that people made, within the reader's areas, never
who made them. Closed is what was dismissed, has ended, or whose incident is over.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.call import read_time
from core.config import Config
from core.errors import Invalid, NotFound
from core.model import Channel, Scope
from store import change_log, reports
from store.lists import MOST, Filter
from store.timescale import Connection

SOURCE = "open311"
CHANNELS = (Channel.PUBLIC, Channel.HOTLINE, Channel.COLLECTOR)  # what people said; sensors and cameras make no requests
SPAN = timedelta(days=90)  # of a list without dates (GeoReport v2, GET Service Requests)
PAGE_SIZE, DEEPEST = 100, 10_000
IDS_ASKED = 200
TEXT_LIMIT = 4_000

COMMON = frozenset(("jurisdiction_id", "api_key"))
LISTED_BY = COMMON | {"service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size", "extensions"}
POSTED = COMMON | {"service_code", "lat", "long", "address_string", "address_id", "email", "device_id", "account_id", "first_name",
                   "last_name", "phone", "description", "media_url"}  # fmt: skip

DRILL = "【演练 DRILL】"  # the standard has no field for it: it stands before the words, and before the name of the service

Row = dict[str, Any]


def demand_known(fields: Mapping[str, str], known: frozenset[str], config: Config) -> None:
    """Raises `Invalid` for a field nobody knows (a misspelt filter would show everything), `NotFound` for another city."""
    for name in fields:
        if name not in known and not (name.startswith("attribute[") and known is POSTED):
            raise Invalid(f"'{name[:60]}' is not known; there are {', '.join(sorted(known))}")
    city = fields.get("jurisdiction_id", "")
    if city and city != config.area.code:
        raise NotFound(f"jurisdiction_id '{city[:60]}' is not {config.area.code}")


def list_requests(connection: Connection, scope: Scope, fields: Mapping[str, str], config: Config, now: datetime) -> list[Row]:
    """The requests a query asks for, newest first. Raises `Invalid`, `NotFound`."""
    demand_known(fields, LISTED_BY, config)
    if fields.get("service_request_id"):  # it overrides all the others
        return _named(connection, scope, fields["service_request_id"].split(","), config)
    codes = [code for code in fields.get("service_code", "").split(",") if code]
    statuses = {word for word in fields.get("status", "").split(",") if word}
    if not statuses <= {"open", "closed"}:
        raise Invalid("status is open, closed or both with a comma")
    until = read_time("end_date", fields["end_date"]) if fields.get("end_date") else None
    since = read_time("start_date", fields["start_date"]) if fields.get("start_date") else (until or now) - SPAN
    size, page = _number(fields, "page_size", PAGE_SIZE, MOST), _number(fields, "page", 1, DEEPEST)
    if size * page > DEEPEST:
        raise Invalid(f"a list ends after {DEEPEST} requests: ask for shorter spans of time")
    closed = "closed" in statuses if len(statuses) == 1 else None
    asked = {"channels": [channel.value for channel in CHANNELS], "codes": codes or None, "closed": closed}
    found = reports.list_requests(connection, scope, Filter(asked, since=since, until=until, limit=size), size * (page - 1))
    return [_row(row["shape"], row["incident"], config) for row in found]


def _number(fields: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = fields.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise Invalid(f"{name}: a number from 1 to {most}")
    return int(text[:9])


def _named(connection: Connection, scope: Scope, numbers: Sequence[str], config: Config) -> list[Row]:
    """The ones asked for by number. Raises `NotFound` when there is none of them."""
    if len(numbers) > IDS_ASKED:
        raise Invalid(f"{IDS_ASKED} numbers at most")
    ids = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= 18]
    found = change_log.read(connection, "report", ids)
    shapes = [shape for shape in found.values() if scope.sees(shape["area"]) and shape["channel"] in CHANNELS]
    if not shapes:
        raise NotFound(f"no service request {','.join(numbers)[:100]}")
    return _rows(connection, sorted(shapes, key=lambda shape: -shape["id"]), config)


def _rows(connection: Connection, shapes: Sequence[Mapping[str, Any]], config: Config) -> list[Row]:
    """What the standard shows of them, with their incidents looked up in one query."""
    incidents = change_log.read(connection, "incident", sorted({shape["incident_id"] for shape in shapes if shape["incident_id"]}))
    return [_row(shape, incidents.get(shape["incident_id"]), config) for shape in shapes]


def _row(shape: Mapping[str, Any], incident: Mapping[str, Any] | None, config: Config) -> Row:
    kind = config.classes.get(shape["class_code"] or "")
    over = incident is not None and incident["stage"] in {"closed", "dismissed"}
    closed = bool(shape["ended_at"]) or shape["stage"] == "dismissed" or over
    moved = shape["ended_at"] or (incident["updated_at"] if incident else None)
    mark = f"{DRILL} " if shape["drill"] else ""
    media = next((url for url in shape["media"] or () if str(url).startswith(("http://", "https://"))), None)
    return {
        "service_request_id": shape["id"],
        "status": "closed" if closed else "open",
        "service_name": mark + (kind.label if kind else shape["title"]),
        "service_code": shape["class_code"],
        "description": mark + (shape["text"] or shape["title"]),
        "requested_datetime": _local(shape["observed_at"], config.area.zone),
        "updated_datetime": _local(moved, config.area.zone),
        "address": shape["address"],
        "lat": shape["lat"],
        "long": shape["lon"],
        "media_url": media,
    }


def _local(stamp: str | None, zone: ZoneInfo) -> str | None:
    """With the offset of the city, as the standard asks."""
    return datetime.fromisoformat(stamp).astimezone(zone).isoformat(timespec="seconds") if stamp else None


def request_of_token(connection: Connection, scope: Scope, token: str) -> Row:
    """The number behind a token. Raises `NotFound`."""
    wanted = Filter({"source": SOURCE, "external_id": token[:200]}, limit=1)
    found = reports.list_reports(connection, scope, wanted)
    if not found:
        raise NotFound(f"no service request has the token {token[:60]}")
    return {"service_request_id": found[0]["id"], "token": token}


def report_of(fields: Mapping[str, str], token: str, config: Config, now: datetime) -> dict[str, Any]:
    """The body of `POST /reports` that a posted form means. Raises `Invalid` for what the standard requires, `NotFound` for a service."""
    demand_known(fields, POSTED, config)
    code = fields.get("service_code", "")
    if not code:
        raise Invalid("service_code was not provided")
    if code not in config.classes:
        raise NotFound(f"service_code '{code[:40]}' was not found")
    lon, lat = _degrees(fields, "long", 180), _degrees(fields, "lat", 90)
    address = fields.get("address_string", "") or fields.get("address_id", "")
    if (lon is None or lat is None) and not address:
        raise Invalid("lat and long, address_string or address_id is required")
    description, media = fields.get("description", ""), fields.get("media_url", "")
    if len(description) > TEXT_LIMIT:
        raise Invalid(f"description has {TEXT_LIMIT} letters at most")
    if media and not media.startswith(("http://", "https://")):
        raise Invalid("media_url is no address of the web")
    name = " ".join(part for part in (fields.get("last_name"), fields.get("first_name")) if part)
    attributes = {key[len("attribute[") :].partition("]")[0]: value for key, value in fields.items() if key.startswith("attribute[")}
    caller = {"name": name, "phone": fields.get("phone") or fields.get("email", "")}
    return {
        "source": SOURCE, "external_id": token, "channel": Channel.PUBLIC.value, "class_code": code, "title": config.classes[code].label,
        "text": description or None, "lon": lon, "lat": lat, "datum": "wgs84", "address": address[:500] or None,
        "observed_at": now.isoformat(), "media": [media] if media else [],
        "caller": {key: word[:160] for key, word in caller.items() if word},
        "extra": {"attributes": attributes} if attributes else {},
    }  # fmt: skip


def _degrees(fields: Mapping[str, str], name: str, most: int) -> float | None:
    text = fields.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = most + 1.0
    if not -most <= value <= most:
        raise Invalid(f"{name}: degrees between -{most} and {most}")
    return value
