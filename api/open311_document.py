"""Documents of Open311 GeoReport v2, as XML and as JSON from the same nouns: services, requests, tokens, errors, discovery.

Decides names and order of the elements (the specification's). Everything is escaped by the writers of XML and JSON themselves;
what XML cannot hold (control characters) is left out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from api.problems import NotSignedIn, TooLarge
from core.config import AreaConfig, ClassConfig
from core.errors import Invalid, NotAllowed, NotFound, StoreUnavailable

MEDIA_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
CHANGED = "2026-11-21T00:00:00+08:00"  # when these endpoints last changed, as discovery tells it

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Fields = Mapping[str, Any]


def write(form: str, root: str, item: str, body: Any) -> bytes:
    """A document: a list under `root`/`item`, or one object under `root`. JSON leaves the outer names out, as the standard does."""
    if form == "json":
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    top = Element(root)
    for one in body if isinstance(body, list) else ():
        _fill(SubElement(top, item), one)
    if isinstance(body, Mapping):
        _fill(top, body)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(top, encoding="unicode").encode("utf-8", "replace")


def _fill(parent: Element, fields: Fields) -> None:
    """One child a field; a list becomes children named in the singular; null stays empty."""
    for name, value in fields.items():
        child = SubElement(parent, name)
        if isinstance(value, list):
            for part in value:
                inner = SubElement(child, name.removesuffix("s"))
                if isinstance(part, Mapping):
                    _fill(inner, part)
                else:
                    inner.text = _text(part)
        elif value is not None:
            child.text = _text(value)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else _NOT_XML.sub("", str(value))


def services(classes: Mapping[str, ClassConfig]) -> list[dict[str, Any]]:
    """Each event class as a service; none asks for more than the standard's own fields."""
    return [service(code, one) for code, one in classes.items()]


def service(code: str, one: ClassConfig) -> dict[str, Any]:
    return {
        "service_code": code, "service_name": one.label, "description": one.label_en, "metadata": False, "type": "realtime",
        "keywords": f"{one.domain},{one.label_en}", "group": one.group,
    }  # fmt: skip


def definition(code: str) -> dict[str, Any]:
    """A service asks for no attributes of its own."""
    return {"service_code": code, "attributes": []}


def discovery(area: AreaConfig, url: str) -> dict[str, Any]:
    """Where the endpoints are. `url` is the address this installation was asked under."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2", "url": url, "changeset": CHANGED, "type": "production",
        "formats": ["text/xml", "application/json"],
    }  # fmt: skip
    return {
        "changeset": CHANGED,
        "contact": f"{area.name} {area.name_en}",
        "key_service": f"{area.title} (api_key)",
        "endpoints": [endpoint],
    }


def errors(code: int, description: str) -> list[dict[str, Any]]:
    return [{"code": code, "description": description}]


def error_of(error: Exception) -> tuple[int, str]:
    """Status and words for an error of ours: the standard knows 400, 403 (a key that is missing or wrong) and 404."""
    match error:
        case NotSignedIn():
            return 403, "api_key is missing or invalid"
        case NotAllowed():
            return 403, str(error)
        case NotFound():
            return 404, str(error)
        case TooLarge():
            return 413, str(error)
        case Invalid():
            return 400, str(error)
        case StoreUnavailable():
            return 503, "nothing was stored that was not confirmed: try again"
        case _:
            return 500, "an unforeseen error; it was written to the log"


def requests(rows: Sequence[Fields]) -> list[dict[str, Any]]:
    """Rows of `open311_requests` in the standard's order."""
    return [{name: row.get(name) for name in REQUEST} for row in rows]


REQUEST = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long",
    "media_url",
)  # fmt: skip
