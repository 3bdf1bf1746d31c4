"""The JSON shapes in which Chinese weather warnings come: 彩云, 和风 v7 and v1, 腾讯, and the issuers' own.

Decides which shape a document has and which of its fields is what. The words themselves are read in `weather_signals`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.cap import REFERENCES_LIMIT, identifiers_of


@dataclass(frozen=True, slots=True)
class Signal:
    """What every shape says of a warning, still as the wire has it; None where it says nothing."""

    number: Any
    title: Any
    text: Any
    published: Any
    kind: Any = None
    code: Any = None
    colour: Any = None
    place: Any = None  # whatever tells one issuing place from another
    issuer: Any = None
    state: Any = None  # active, update, cancel
    status: Any = None  # Actual, Test, Exercise
    references: tuple[Any, ...] = ()
    starts: Any = None
    ends: Any = None
    lon: Any = None
    lat: Any = None
    area_code: Any = None
    area_name: Any = None


Element = Mapping[str, Any]
Reader = Callable[[Element], Signal]

_NUMBER = ("identifier", "alertId", "alertid", "warningId", "id")
_LISTS = ("alert", "warnings", "data", "list", "rows")


def signals_of(whole: Any) -> list[tuple[Reader, Any]]:
    """The warnings of a document, each with what reads it. Raises `DecodeError` when its shape is none we know."""
    for _ in range(2):  # {"result": {"alert": …}}, {"data": {"alarm": …}}
        if isinstance(whole, dict):
            whole = next((whole[name] for name in ("result", "data") if isinstance(whole.get(name), dict)), whole)
    if isinstance(whole, dict):
        alert, alarm = whole.get("alert"), whole.get("alarm")
        if isinstance(alert, dict) and isinstance(alert.get("content"), list):
            return [(_caiyun, one) for one in alert["content"]]
        if isinstance(whole.get("warning"), list):
            return [(_qweather, one) for one in whole["warning"]]
        if isinstance(whole.get("alerts"), list):
            return [(_qweather_v1, one) for one in whole["alerts"]]
        if isinstance(alarm, dict | list):
            return [(_tencent, one) for one in (alarm.values() if isinstance(alarm, dict) else alarm)]
        whole = next((whole[name] for name in _LISTS if isinstance(whole.get(name), list)), [whole])
    if isinstance(whole, list) and any(isinstance(one, dict) and _first(one, *_NUMBER) is not None for one in whole):
        return [(_issuers, one) for one in whole]
    raise DecodeError("none of the known shapes of weather warnings", Reason.UNSUPPORTED)


def _first(element: Element, *names: str) -> Any:
    return next((element[name] for name in names if element.get(name) not in (None, "")), None)


def _inner(element: Element, name: str) -> Element:
    """An object within; of a list of them the first; nothing for all else."""
    value = element.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> tuple[Any, ...]:
    """Numbers of earlier warnings: a list, or a text as CAP writes it."""
    if isinstance(value, list):
        return tuple(value[:REFERENCES_LIMIT])
    return tuple(identifiers_of(value)) if isinstance(value, str) else ()


def _caiyun(e: Element) -> Signal:
    at = e.get("latlon")
    lat, lon = at if isinstance(at, list) and len(at) == 2 else (None, None)
    return Signal(
        e.get("alertId"), e.get("title"), e.get("description"), e.get("pubtimestamp"), code=e.get("code"), state=e.get("status"),
        place=_first(e, "adcode", "location"), issuer=e.get("source"), lon=lon, lat=lat, area_code=e.get("adcode"),
        area_name=e.get("location"),
    )  # fmt: skip


def _qweather(e: Element) -> Signal:
    return Signal(
        e.get("id"), e.get("title"), e.get("text"), e.get("pubTime"), e.get("typeName"), e.get("type"),
        _first(e, "severityColor", "level"), e.get("sender"), e.get("sender"), e.get("status"), references=_listed(e.get("related")),
        starts=e.get("startTime"), ends=e.get("endTime"),
    )  # fmt: skip


def _qweather_v1(e: Element) -> Signal:
    """Both forms of it: `messageType` and `eventType` as objects, or `msgType` and `event` as words."""
    message, event = _inner(e, "messageType"), _inner(e, "eventType")
    return Signal(
        e.get("id"), e.get("headline"), e.get("description"), e.get("issuedTime"), event.get("name") or e.get("event"),
        event.get("code") or _inner(e, "eventCodes").get("value"), _inner(e, "color").get("code"), e.get("senderName"),
        e.get("senderName"), message.get("code") or e.get("msgType"),
        references=_listed(message.get("supersedes") or e.get("relatedAlertIds")), starts=e.get("onsetTime"), ends=e.get("expireTime"),
    )  # fmt: skip


def _tencent(e: Element) -> Signal:
    place = "".join(e[part] for part in ("province", "city", "county") if isinstance(e.get(part), str))
    words = "".join(e[part] for part in ("type_name", "level_name") if isinstance(e.get(part), str))
    return Signal(
        _first(e, "info", "url"), f"{place}{words}预警" if words else None, e.get("detail"), e.get("update_time"), e.get("type_name"),
        e.get("type_code"), _first(e, "level_name", "level_code"), place, area_name=place,
    )  # fmt: skip


def _issuers(e: Element) -> Signal:
    """The issuers' own messages (the fields of the national warning XML, as JSON), flat or with `info` and its `area`."""
    info = {**e, **_inner(e, "info")}
    area = {**info, **_inner(info, "area")}
    return Signal(
        _first(e, *_NUMBER), _first(info, "headline", "title"), _first(info, "description", "text", "content", "detail"),
        _first(info, "sendTime", "sent", "pubTime", "publishTime", "issueTime", "effective"),
        _first(info, "typeName", "type_name", "eventName"), _first(info, "eventType", "typeCode", "type_code", "type", "code"),
        _first(info, "severity", "colour", "color", "level", "severityColor", "level_name"), _first(e, "senderCode", "sender"),
        _first(e, "sender", "senderName"), _first(e, "msgType", "state"), e.get("status"), _listed(e.get("references")),
        _first(info, "onset", "startTime", "effective"), _first(info, "expires", "endTime"), _first(area, "lon", "longitude"),
        _first(area, "lat", "latitude"), _first(area, "geocode", "adcode", "areaCode"), area.get("areaDesc"),
    )  # fmt: skip
