"""Shapes of the JSON that calls take, as JSON Schema: the atoms of `api.routes` and its parts. Checks nothing; the handlers do."""

from collections.abc import Mapping
from typing import Any

from alerts.lifecycle import VERDICTS
from geodata.datums import DATUMS

PUBLIC = "public"
ANYBODY = ""  # signed in, whatever the scope

TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "number"}
INTEGER: Mapping[str, Any] = {"type": "integer"}
TEXTS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
IDS: Mapping[str, Any] = {"type": "array", "items": {"type": "integer"}}
TIME: Mapping[str, Any] = {"type": "string", "format": "date-time"}
DATE: Mapping[str, Any] = {"type": "string", "format": "date"}
FLAG: Mapping[str, Any] = {"type": "boolean"}


def object_of(required: tuple[str, ...] = (), **fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "required": list(required), "properties": fields} if required else {"type": "object", "properties": fields}


PLACE = {"lon": NUMBER, "lat": NUMBER, "datum": {"enum": list(DATUMS)}, "cell_code": TEXT}
ACT = object_of(
    ("act",), act=TEXT, note=TEXT, until=TIME, class_code=TEXT, incident_id=INTEGER, worker=TEXT, place_id=INTEGER,
    account={"type": ["integer", "null"]}, verdict={"enum": list(VERDICTS)}, alerts=IDS, reports=IDS, incidents=IDS, title=TEXT,
    accuracy_m=NUMBER, done_at=TIME, **PLACE,
)  # fmt: skip
ACTED = (
    (200, "the thing as it is now, with its ETag"),
    (409, "the stage does not know this act"),
    (412, "somebody was faster: `present` shows it"),
)
PUT = ((200, "changed"), (201, "new"))
BYTES: Mapping[str, Any] = {"type": "string", "format": "binary"}
